//! The disk under a build: what `.yicun` holds may be damaged in any way, and the disk may fill. Afterwards the output is the old
//! one or the new one, and the next build equals one from nothing.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::dice::Dice;
use common::{Outcome, Site, TODAY, difference, tree};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const ROUNDS: usize = 60;

/// All files that builds keep for the next.
fn kept(site: &Site) -> Vec<PathBuf> {
    let folder = site.root().join(".yicun");
    let files = tree(&folder).into_keys().filter(|path| path != ".gitignore" && !path.ends_with(".lock"));
    files.map(|path| folder.join(path)).collect()
}

/// Damages some bytes as disks, copies and people do.
fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) -> &'static str {
    let length = bytes.len().max(1);
    match dice.below(5) {
        0 => {
            let at = dice.below(length);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
            "one bit"
        }
        1 => {
            bytes.truncate(dice.below(length));
            "the end"
        }
        2 => {
            let at = dice.below(length);
            bytes.iter_mut().skip(at).take(4096).for_each(|byte| *byte = 0);
            "a block of zeros"
        }
        3 => {
            bytes.extend_from_within(..bytes.len().min(100));
            "more at the end"
        }
        _ => {
            bytes.clear();
            "everything"
        }
    }
}

#[test]
fn damage_to_what_builds_keep_is_told_and_costs_nothing_but_time() {
    let site = Site::busy_village(60);
    site.build_well();
    let mut dice = Dice::new(7);
    let tells = |outcome: &Outcome| outcome.problems.iter().any(|problem| problem.code == "memo-damaged");
    let (mut told, mut unseen) = (0, false);
    for round in 0..ROUNDS {
        let files = kept(&site);
        let path = &files[dice.below(files.len())];
        let mut bytes = fs::read(path).unwrap();
        let before = bytes.clone();
        let what = damage(&mut bytes, &mut dice);
        fs::write(path, &bytes).unwrap();
        // Sometimes there is nothing else to do, sometimes a page has changed, sometimes all have.
        match dice.below(3) {
            0 => {}
            1 => {
                _ = site.write(
                    "content/news/n7.md",
                    format!("+++\ntitle = \"简讯{round}\"\ndate = 2026-09-08\n+++\n"),
                )
            }
            _ => site.entitle(round),
        }
        let outcome = site.build_well();
        let place = path.strip_prefix(site.root()).unwrap().display();
        let wrong = difference(&site.published(), &site.built_from_nothing());
        assert!(wrong.is_empty(), "round {round}: {what} of {place}: {wrong:#?}");
        // A build with nothing to do does not look at the memo: its damage may be told later, but only once.
        let memo = path.ends_with("memo-v1") || path.ends_with("memo-v1-since");
        unseen |= bytes != before && memo;
        if tells(&outcome) {
            assert!(unseen, "round {round}: nothing was damaged");
            assert!(!tells(&site.build_well()), "round {round}: told again");
            unseen = false;
            told += 1;
        }
    }
    assert!(told > 0, "no damage to the memo was ever told");
    println!("{ROUNDS} damages, {told} of them to the memo itself, and told");
}

#[test]
fn what_another_site_kept_is_never_believed() {
    let (site, other) = (Site::busy_village(60), Site::village());
    other.write("content/news/n7.md", "+++\ntitle = \"别处的\"\ndate = 2026-09-08\n+++\n");
    other.build_well();
    site.build_well();
    for (path, bytes) in tree(&other.root().join(".yicun")) {
        if !path.ends_with(".lock") {
            site.write(&format!(".yicun/{path}"), bytes);
        }
    }
    site.write("content/news/n8.md", "+++\ntitle = \"新的\"\ndate = 2026-09-09\n+++\n");
    site.build_well();
    assert_eq!(difference(&site.published(), &site.built_from_nothing()), Vec::<String>::new());
}

/// In a disk of their own, made by `unshare` so that nobody needs to be root: an old build with room, a new one with `$3` KiB
/// left, and a third with room again. What each left is copied out of it.
const ON_A_SMALL_DISK: &str = r#"
set -e
site=$1 out=$2 left=$3 yicun=$4 today=$5
disk=$out/disk
mkdir "$disk"
mount -t tmpfs -o size=64m tmpfs "$disk"
cp -r "$site"/. "$disk"
build() { "$yicun" build --root "$disk" --today "$today" --lang en >>"$out/said" 2>&1; }
build
cp -r "$disk/public" "$out/old"
printf 'title = "新版"\nbase_url = "https://example.org/"\n' >"$disk/site.toml"
used=$(df -k --output=used "$disk" | tail -1)
mount -o "remount,size=$((used + left))k" "$disk"
if build; then echo 0 >"$out/code"; else echo $? >"$out/code"; fi
cp -r "$disk/public" "$out/full"
mount -o remount,size=64m "$disk"
build
cp -r "$disk/public" "$out/new"
umount "$disk"
"#;

#[test]
fn a_full_disk_leaves_the_old_output_or_the_new() {
    let may = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !may.is_ok_and(|output| output.status.success()) {
        println!("left out: this machine lets nobody mount a small disk");
        return;
    }
    let site = Site::busy_village(60);
    let scratch = tempfile::tempdir().unwrap();
    let mut codes = Vec::new();
    let again = Site::copy_of(site.root());
    again.write("site.toml", "title = \"新版\"\nbase_url = \"https://example.org/\"\n").build_well();
    let renewed = again.published();
    for left in [0, 8, 40, 120, 240, 400, 600, 900, 4000] {
        let out = scratch.path().join(left.to_string());
        fs::create_dir(&out).unwrap();
        let run = Command::new("unshare")
            .args(["-rm", "sh", "-c", ON_A_SMALL_DISK, "sh"])
            .args([site.root(), &out])
            .args([left.to_string().as_str(), env!("CARGO_BIN_EXE_yicun"), TODAY])
            .output()
            .unwrap();
        let said = fs::read_to_string(out.join("said")).unwrap_or_default();
        let error = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{left} KiB left: {error}\n{said}");
        let code = fs::read_to_string(out.join("code")).unwrap().trim().to_owned();
        let of = |name: &str| tree(&out.join(name));
        let wanted = if code == "0" { of("new") } else { of("old") };
        assert_eq!(
            difference(&of("full"), &wanted),
            Vec::<String>::new(),
            "{left} KiB left, exit code {code}"
        );
        if code != "0" {
            assert!(said.contains("[disk-full]"), "{left} KiB left: {said}");
        }
        codes.push(code);
        assert_eq!(difference(&of("new"), &renewed), Vec::<String>::new(), "{left} KiB left before");
    }
    assert_eq!((codes.first().map(String::as_str), codes.last().map(String::as_str)), (Some("3"), Some("0")));
    println!("exit codes with less and more room: {codes:?}");
}
