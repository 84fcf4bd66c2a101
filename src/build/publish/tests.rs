//! Facts about publishing, on small trees; `crash.rs` kills commits at every step.
#![allow(clippy::disallowed_methods, reason = "tests make and break their own files")]

mod crash;

use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, UNIX_EPOCH};

/// Paths and their bytes.
pub(super) type Tree = BTreeMap<String, Vec<u8>>;

pub(super) fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

pub(super) fn on_disk(folder: &Path) -> Tree {
    let mut found = Tree::new();
    for entry in
        walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file())
    {
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
        found.insert(path, fs::read(entry.path()).unwrap());
    }
    found
}

/// What is published, without the manifest.
pub(super) fn published(site: &Path) -> Tree {
    let mut found = on_disk(&site.join("public"));
    found.remove(MANIFEST);
    found
}

pub(super) fn open(site: &Path) -> Result<Publisher, Fault> {
    Publisher::open(&site.join("public"), site)
}

/// Keeps what can be kept and puts the rest; the key is the digest of the bytes.
pub(super) fn fill(publisher: &Publisher, tree: &Tree) -> Result<(), Fault> {
    for (path, bytes) in tree {
        let key = Digest::of(bytes);
        if !publisher.keep(path, &key) {
            publisher.put(&**path, key, bytes)?;
        }
    }
    Ok(())
}

pub(super) fn publish(site: &Path, tree: &Tree) -> Result<Summary, Fault> {
    let publisher = open(site)?;
    fill(&publisher, tree)?;
    publisher.commit(None)
}

#[track_caller]
fn refused<T>(result: Result<T, Fault>, code: &str) {
    match result {
        Ok(_) => panic!("not refused"),
        Err(fault) => assert_eq!(fault.problem().code, code),
    }
}

fn site() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Gives a file a time that no build gives it.
fn age(path: &Path) {
    let time = UNIX_EPOCH + Duration::from_secs(1_000_000);
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn a_site_is_published_and_changed() {
    let site = site();
    let first =
        tree(&[("index.html", "1"), ("a/index.html", "2"), ("b/c/index.html", "3"), ("style.css", "4")]);
    let summary = publish(site.path(), &first).unwrap();
    assert_eq!((summary.written.len(), summary.unchanged), (4, 0));
    assert_eq!(published(site.path()), first);
    assert!(open(site.path()).unwrap().untouched().is_some());

    let stamp = || files::look(&site.path().join("public/style.css")).unwrap().unwrap().stamp;
    let before = stamp();
    let second =
        tree(&[("index.html", "one"), ("a/index.html", "2"), ("d/index.html", "5"), ("style.css", "4")]);
    let summary = publish(site.path(), &second).unwrap();
    assert_eq!(summary.written, ["d/index.html", "index.html"].map(Arc::from));
    assert_eq!(summary.removed, ["b/c/index.html"]);
    assert_eq!((summary.unchanged, stamp()), (2, before));
    assert_eq!(published(site.path()), second);
    assert!(!site.path().join("public/b").exists() && !site.path().join(".public.yicun-stage").exists());

    let clean = tempfile::tempdir().unwrap();
    publish(clean.path(), &second).unwrap();
    assert_eq!(on_disk(&clean.path().join("public")), on_disk(&site.path().join("public")));
    assert_eq!(publish(site.path(), &second).unwrap(), Summary { unchanged: 4, ..Summary::default() });
}

#[test]
fn without_a_commit_nothing_happens() {
    let site = site();
    let first = tree(&[("index.html", "1")]);
    publish(site.path(), &first).unwrap();
    let before = on_disk(&site.path().join("public"));
    let publisher = open(site.path()).unwrap();
    publisher.put("index.html", Digest::of(b"x"), b"x").unwrap();
    drop(publisher);
    assert_eq!(on_disk(&site.path().join("public")), before);
    assert!(!site.path().join(".public.yicun-stage").exists());
}

#[test]
fn changed_and_deleted_files_are_restored() {
    let site = site();
    let wanted = tree(&[("a.html", "1"), ("b.html", "2"), ("c.html", "3")]);
    publish(site.path(), &wanted).unwrap();
    let at = |name: &str| site.path().join("public").join(name);
    fs::write(at("a.html"), "9").unwrap();
    age(&at("a.html"));
    fs::remove_file(at("b.html")).unwrap();
    age(&at("c.html"));
    assert!(open(site.path()).unwrap().untouched().is_none());
    assert_eq!(publish(site.path(), &wanted).unwrap().written, ["a.html", "b.html"].map(Arc::from));
    assert_eq!(published(site.path()), wanted);
    assert!(open(site.path()).unwrap().untouched().is_some());
}

#[test]
fn a_lost_record_rewrites_nothing() {
    let site = site();
    let wanted = tree(&[("a.html", "1"), ("b/c.html", "2")]);
    publish(site.path(), &wanted).unwrap();
    fs::remove_dir_all(site.path().join(".yicun")).unwrap();
    assert!(open(site.path()).unwrap().untouched().is_none());
    assert_eq!(publish(site.path(), &wanted).unwrap().unchanged, 2);
    assert!(open(site.path()).unwrap().untouched().is_some());
    assert_eq!(publish(site.path(), &tree(&[("a.html", "1")])).unwrap().removed, ["b/c.html"]);
}

#[test]
fn foreign_folders_are_refused() {
    let site = site();
    let public = site.path().join("public");
    fs::create_dir(&public).unwrap();
    assert!(open(site.path()).is_ok());
    fs::write(public.join("mine.txt"), "x").unwrap();
    refused(open(site.path()), "output-foreign");
    fs::write(public.join(MANIFEST), "{}").unwrap();
    refused(open(site.path()), "output-manifest-damaged");
    fs::write(public.join(MANIFEST), r#"{"yicun":1,"files":{"../x":{"size":1,"blake3":""}}}"#).unwrap();
    refused(open(site.path()), "output-manifest-damaged");
    for output in [".", "..", "content", "content/x", "x/../static", ".yicun/out", "/"] {
        refused(Publisher::open(&site.path().join(output), site.path()), "output-in-site");
    }
    fs::write(site.path().join("file"), "x").unwrap();
    refused(Publisher::open(&site.path().join("file"), site.path()), "output-foreign");
}

#[test]
fn a_removed_manifest_is_made_again_unless_something_else_is_there() {
    let site = site();
    let wanted = tree(&[("a.html", "1")]);
    publish(site.path(), &wanted).unwrap();
    let public = site.path().join("public");
    fs::remove_file(public.join(MANIFEST)).unwrap();
    publish(site.path(), &wanted).unwrap();
    assert!(public.join(MANIFEST).exists());
    fs::remove_file(public.join(MANIFEST)).unwrap();
    fs::write(public.join("mine.txt"), "x").unwrap();
    refused(open(site.path()), "output-foreign");
}

#[test]
fn files_of_others_stay() {
    let site = site();
    publish(site.path(), &tree(&[("a/b.html", "1"), ("c.html", "2")])).unwrap();
    let public = site.path().join("public");
    fs::write(public.join("a/mine.txt"), "mine").unwrap();
    refused(publish(site.path(), &tree(&[("a/mine.txt", "x")])), "output-occupied");
    refused(publish(site.path(), &tree(&[("a/mine.txt/x.html", "x")])), "output-occupied");
    refused(publish(site.path(), &tree(&[("a", "x")])), "output-occupied");
    publish(site.path(), &tree(&[("c.html", "2")])).unwrap();
    assert_eq!(published(site.path()), tree(&[("a/mine.txt", "mine"), ("c.html", "2")]));
}

#[test]
fn files_become_folders_and_back() {
    let site = site();
    let file = tree(&[("a", "1"), ("b/c/d", "2"), ("b/e", "3")]);
    let folder = tree(&[("a/x/index.html", "1"), ("a/y", "2"), ("b", "3")]);
    for wanted in [&file, &folder, &file] {
        publish(site.path(), wanted).unwrap();
        assert_eq!(&published(site.path()), wanted);
    }
}

#[test]
fn one_path_has_one_writer() {
    let site = site();
    let (key, other) = (Digest::of(b"1"), Digest::of(b"2"));
    let publisher = open(site.path()).unwrap();
    publisher.put("a", key, b"1").unwrap();
    refused(publisher.put("a", other, b"2"), "output-twice");
    refused(publisher.commit(None), "output-incomplete");
    let publisher = open(site.path()).unwrap();
    publisher.put("a", key, b"1").unwrap();
    refused(publisher.put("a/b", other, b"2"), "output-clash");
    drop(publisher);
    publish(site.path(), &tree(&[("a", "1")])).unwrap();
    let publisher = open(site.path()).unwrap();
    assert!(publisher.keep("a", &key) && !publisher.keep("a", &other));
    publisher.put("a/b", other, b"2").unwrap();
    refused(publisher.commit(None), "output-clash");
    assert_eq!(published(site.path()), tree(&[("a", "1")]));
}

#[test]
fn unfit_paths_are_refused() {
    let site = site();
    let publisher = open(site.path()).unwrap();
    for path in [
        "",
        "/a",
        "a/",
        "a//b",
        "../a",
        "a/../b",
        ".",
        "a\\b",
        "c:/a",
        "a\0",
        "con/a",
        "a./b",
        MANIFEST,
        "x.yicun-part",
    ] {
        refused(publisher.put(path, Digest::of(b""), b""), "output-path-unfit");
    }
}

#[test]
fn two_publishers_do_not_meet() {
    let site = site();
    let first = open(site.path()).unwrap();
    refused(open(site.path()), "build-running");
    assert!(Publisher::open(Path::new("other"), site.path()).is_ok());
    drop(first);
    assert!(open(site.path()).is_ok());
}

#[test]
fn many_threads_may_put() {
    let site = site();
    let publisher = open(site.path()).unwrap();
    let numbers: Vec<usize> = (0..500).collect();
    let put = |number: &usize| publisher.put(format!("{}/{number}", number % 7), Digest::of(b""), b"x");
    parallel::try_map(&numbers, put).unwrap();
    assert_eq!(publisher.commit(None).unwrap().written.len(), 500);
    assert_eq!(published(site.path()).len(), 500);
}

#[cfg(unix)]
#[test]
fn nothing_behind_a_link_is_ours() {
    let site = site();
    publish(site.path(), &tree(&[("a/b.html", "1"), ("c.html", "2")])).unwrap();
    let (a, elsewhere) = (site.path().join("public/a"), site.path().join("elsewhere"));
    fs::rename(&a, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &a).unwrap();
    refused(publish(site.path(), &tree(&[("a/new.html", "1")])), "output-occupied");
    publish(site.path(), &tree(&[("c.html", "2")])).unwrap();
    assert!(elsewhere.join("b.html").exists());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    /// Invariant 1: whatever was published before, the output is that of a clean build.
    #[test]
    fn the_past_leaves_no_trace(
        builds in proptest::collection::vec(
            proptest::collection::btree_map("[ab](/[ab]){0,2}", proptest::collection::vec(0u8..3, 0..2), 0..6),
            1..5,
        ),
        lose_record: bool,
    ) {
        let (site, empty, mut last) = (site(), Tree::new(), None);
        for wanted in &builds {
            if lose_record {
                _ = fs::remove_dir_all(site.path().join(".yicun"));
            }
            match publish(site.path(), wanted) {
                Ok(_) => last = Some(wanted),
                Err(fault) => proptest::prop_assert_eq!(&*fault.problem().code, "output-clash"),
            }
            proptest::prop_assert_eq!(&published(site.path()), last.unwrap_or(&empty));
        }
        if let Some(last) = last {
            let clean = tempfile::tempdir().unwrap();
            publish(clean.path(), last).unwrap();
            proptest::prop_assert_eq!(on_disk(&clean.path().join("public")), on_disk(&site.path().join("public")));
        }
    }
}
