//! Folders named on the command line are those that the shell means: as seen from where it stands.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files"
)]

mod common;

use common::{Run, Site, yicun};

/// Runs the program beside the site, which is named as somebody there would.
fn beside(site: &Site, arguments: &[&str]) -> Run {
    let folder = site.root().parent().unwrap();
    let name = site.root().file_name().unwrap().to_str().unwrap();
    let mut all = vec![arguments[0], "--root", name, "--today", common::TODAY, "--lang", "en"];
    let rest: Vec<String> = arguments[1..].iter().map(|argument| argument.replace("SITE", name)).collect();
    all.extend(rest.iter().map(String::as_str));
    yicun(folder, &all)
}

#[test]
fn a_site_that_is_named_from_beside_is_built_into_its_own_folder() {
    let site = Site::village();
    for _ in 0..2 {
        let run = beside(&site, &["build"]);
        assert_eq!(run.code, 0, "{}", run.said);
        assert!(run.said.contains("→ public/"), "{}", run.said);
        assert!(site.public().join("index.html").is_file());
        let names: Vec<_> =
            std::fs::read_dir(site.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!names.iter().any(|name| site.root().ends_with(name)), "{names:?}");
    }
    let run = beside(&site, &["build", "--verify"]);
    assert_eq!(run.code, 0, "{}", run.said);
}

#[test]
fn an_output_is_meant_from_where_one_stands() {
    let site = Site::village();
    for _ in 0..2 {
        let run = beside(&site, &["build", "--output", "SITE/out"]);
        assert_eq!(run.code, 0, "{}", run.said);
        assert!(site.root().join("out/index.html").is_file());
    }
    assert_eq!(beside(&site, &["build", "--verify", "--output", "SITE/out"]).code, 0);
    let folder = site.root().join("content/news");
    let run = yicun(&folder, &["build", "--output", "../../other", "--today", common::TODAY, "--lang", "en"]);
    assert_eq!(run.code, 0, "{}", run.said);
    assert!(site.root().join("other/index.html").is_file());
    let run = yicun(&folder, &["build", "--output", "other", "--lang", "en"]);
    assert!(run.code == 1 && run.said.contains("output-in-site"), "{}", run.said);
}

#[test]
fn a_deployed_site_is_the_one_that_was_built() {
    let site = Site::village();
    let target = site.root().join("site.toml");
    let text = std::fs::read_to_string(&target).unwrap();
    let shelf = tempfile::tempdir().unwrap();
    let path = shelf.path().join("site");
    std::fs::write(&target, format!("{text}\n[deploy.usb]\nkind = \"folder\"\npath = {path:?}\n")).unwrap();
    let told = beside(&site, &["deploy", "usb"]);
    assert!(told.code == 0, "{}", told.said);
    let mut placed = walkdir::WalkDir::new(&path).follow_links(true).into_iter().flatten();
    assert!(placed.any(|entry| entry.file_name() == "index.html"));
}

/// A site behind a link is the same site: its output inside it is no source.
#[cfg(unix)]
#[test]
fn a_link_to_the_site_is_the_site() {
    let site = Site::village();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(site.root(), folder.path().join("town")).unwrap();
    for _ in 0..2 {
        let run = yicun(
            folder.path(),
            &["build", "--root", "town", "--output", "town/out", "--today", common::TODAY, "--lang", "en"],
        );
        assert_eq!(run.code, 0, "{}", run.said);
        assert!(site.root().join("out/index.html").is_file());
    }
}
