//! Invariant 2, tried out: a build that is killed at any moment leaves, after the next command, the old output whole
//! or the new output whole, never a mixture; and the build after it equals one from nothing.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::dice::Dice;
use common::{Site, TODAY, difference};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

const KILLS: usize = 24;

#[test]
fn a_killed_build_leaves_the_old_or_the_new() {
    let site = Site::busy_village(120);
    site.entitle(0);
    let started = Instant::now();
    assert_eq!(site.run(&[]).code, 0);
    let whole = started.elapsed();
    let mut old = site.published();
    let mut dice = Dice::new(1);
    let (mut kept, mut changed) = (0, 0);
    for number in 1..=KILLS {
        site.entitle(number);
        let new = site.built_from_nothing();
        let mut child = Command::new(env!("CARGO_BIN_EXE_yicun"))
            .args(["build", "--root", ".", "--today", TODAY])
            .current_dir(site.root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(whole.mul_f64(dice.below(1000) as f64 / 900.0));
        // A child that has ended already is as good: then the new output must be there.
        let _ = child.kill();
        child.wait().unwrap();
        // The next command has a fault to tell and publishes nothing new, but finishes what was begun.
        site.write("content/news/huai.md", "+++\n");
        assert_eq!(site.run(&[]).code, 1);
        site.remove("content/news/huai.md");
        let now = site.published();
        if difference(&now, &old).is_empty() {
            kept += 1;
        } else {
            let wrong = difference(&now, &new);
            assert!(wrong.is_empty(), "kill {number}: neither old nor new (right): {wrong:#?}");
            changed += 1;
            old = now;
        }
    }
    println!("{KILLS} kills: {kept} left the old output, {changed} the new one");
    assert_eq!(site.run(&[]).code, 0);
    assert_eq!(difference(&site.published(), &site.built_from_nothing()), Vec::<String>::new());
}

#[test]
fn a_killed_first_build_leaves_no_half_site() {
    let site = Site::busy_village(120);
    let started = Instant::now();
    assert_eq!(site.run(&[]).code, 0);
    let whole = started.elapsed();
    let wanted = site.published();
    for part in 0..8 {
        site.remove("public").remove(".yicun");
        let mut child = Command::new(env!("CARGO_BIN_EXE_yicun"))
            .args(["build", "--root", ".", "--today", TODAY])
            .current_dir(site.root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(whole.mul_f64(f64::from(part) / 8.0));
        let _ = child.kill();
        child.wait().unwrap();
        let now = site.published();
        assert!(now.is_empty() || difference(&now, &wanted).is_empty(), "half a site was left");
        assert_eq!(site.run(&[]).code, 0);
        assert_eq!(difference(&site.published(), &wanted), Vec::<String>::new());
    }
}

/// Killed while photos are read, scaled, encoded and kept: what is kept is whole, and of what was begun nothing stays.
#[test]
fn a_build_killed_among_its_photos_keeps_no_half_photo() {
    let site = Site::village();
    for number in 0..5 {
        site.write(
            &format!("content/albums/hui/{number}.jpg"),
            common::photo::jpeg_with_gps(640 + 50 * number, 480, u64::from(number)),
        );
    }
    site.write(
        "content/albums/hui/index.md",
        "+++\ntitle = \"会\"\ndate = 2026-11-02\ndownload = true\n+++\n",
    );
    let started = Instant::now();
    assert_eq!(site.run(&[]).code, 0);
    let whole = started.elapsed();
    let wanted = site.published();
    assert!(wanted.keys().filter(|path| path.starts_with("photos/")).count() > 8);
    // A folder that a killed build was filling is nobody's photo; it goes when it is old, since another build may be
    // filling it (`memo::store` tests that).
    let store = || {
        let mut kept = common::published(&site.root().join(".yicun/photos"));
        kept.retain(|path, _| !path.starts_with("new-"));
        kept
    };
    let kept = store();
    let mut dice = Dice::new(7);
    let mut begun = 0;
    for kill in 0..12 {
        site.remove("public");
        if kill % 3 != 2 {
            site.remove(".yicun");
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_yicun"))
            .args(["build", "--root", ".", "--today", TODAY])
            .current_dir(site.root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(whole.mul_f64(dice.below(1000) as f64 / 1100.0));
        let _ = child.kill();
        child.wait().unwrap();
        let left = store();
        begun += usize::from(!left.is_empty() && left.len() < kept.len());
        assert_eq!(site.run(&[]).code, 0);
        assert_eq!(difference(&site.published(), &wanted), Vec::<String>::new(), "kill {kill}");
        assert_eq!(difference(&store(), &kept), Vec::<String>::new(), "kill {kill}");
    }
    println!("12 kills, {begun} of them among the photos");
}
