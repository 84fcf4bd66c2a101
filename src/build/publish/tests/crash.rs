//! Invariant 2: a commit killed after any number of steps leaves the old tree or, after the next open, the new one.
#![allow(clippy::disallowed_methods, reason = "tests make and break their own files")]

use super::super::{Fault, MANIFEST, Publisher, fuse::Fuse};
use super::{Tree, fill, on_disk, open, publish, published, tree};
use std::fs;
use std::path::Path;

/// Publishes with a fuse; whether it was killed.
fn killed(site: &Path, wanted: &Tree, steps: usize) -> bool {
    let done = Publisher::open_with(&site.join("public"), site, Fuse::of(steps)).and_then(|publisher| {
        fill(&publisher, wanted)?;
        publisher.commit(None)
    });
    match done {
        Ok(_) => false,
        Err(Fault::Disk(failure)) if failure.path == Path::new("fuse") => true,
        Err(fault) => panic!("{fault:?}"),
    }
}

/// Kills the way from `old` to `new` at every step, and the recovery at every step too.
fn survives(old: Option<&Tree>, new: &Tree) {
    let clean = tempfile::tempdir().unwrap();
    publish(clean.path(), new).unwrap();
    let clean = on_disk(&clean.path().join("public"));
    let empty = Tree::new();
    for steps in 0.. {
        for again in [None, Some(0), Some(1), Some(3), Some(6)] {
            let site = tempfile::tempdir().unwrap();
            let site = site.path();
            if let Some(old) = old {
                publish(site, old).unwrap();
            }
            let finished = !killed(site, new, steps);
            if let Some(again) = again {
                killed(site, new, again);
            }
            drop(open(site).unwrap());
            let now = published(site);
            assert!(
                &now == new || !finished && &now == old.unwrap_or(&empty),
                "step {steps}, {again:?}: {now:?}"
            );
            assert!(!site.join(".public.yicun-stage").exists());
            publish(site, new).unwrap();
            assert_eq!(on_disk(&site.join("public")), clean, "step {steps}, {again:?}");
            assert!(open(site).unwrap().untouched().is_some());
            if finished && again.is_none() {
                assert!(steps > 2);
                return;
            }
        }
    }
}

#[test]
fn a_first_build_is_all_or_nothing() {
    survives(None, &tree(&[("index.html", "1"), ("a/index.html", "2")]));
}

#[test]
fn a_later_build_is_all_or_nothing() {
    let old = tree(&[("index.html", "1"), ("a/index.html", "2"), ("gone/x/y.html", "3"), ("same", "4")]);
    let new = tree(&[("index.html", "one"), ("a/index.html", "two"), ("new/z.html", "5"), ("same", "4")]);
    survives(Some(&old), &new);
}

#[test]
fn files_becoming_folders_are_all_or_nothing() {
    let old = tree(&[("a", "1"), ("b/c/d", "2"), ("b/e", "3")]);
    let new = tree(&[("a/x/index.html", "1"), ("b", "3"), ("z", "4")]);
    survives(Some(&old), &new);
    survives(Some(&new), &old);
}

#[test]
fn an_output_removed_after_a_kill_is_not_half_filled() {
    let site = tempfile::tempdir().unwrap();
    let (old, new) = (tree(&[("a", "1"), ("b", "2")]), tree(&[("a", "3"), ("b", "4")]));
    publish(site.path(), &old).unwrap();
    assert!(killed(site.path(), &new, 4));
    fs::remove_dir_all(site.path().join("public")).unwrap();
    drop(open(site.path()).unwrap());
    assert_eq!(published(site.path()), Tree::new());
}

#[test]
fn a_power_cut_that_tears_staged_files_is_mended_by_the_next_build() {
    let (old, new) =
        (tree(&[("a", "1"), ("b", "2"), ("gone", "3")]), tree(&[("a", "one"), ("b", "two"), ("new", "4")]));
    for steps in 4..8 {
        let site = tempfile::tempdir().unwrap();
        publish(site.path(), &old).unwrap();
        assert!(killed(site.path(), &new, steps));
        let staged = site.path().join(".public.yicun-stage/tree");
        assert!(staged.join(MANIFEST).exists());
        for name in ["a", "b", "new", MANIFEST] {
            for folder in [staged.clone(), site.path().join("public")] {
                // Files that were moved are torn as well; those that were there before are safe.
                let path = folder.join(name);
                if fs::read(&path)
                    .is_ok_and(|bytes| new.get(name).is_none_or(|new| *new == bytes) && name != MANIFEST)
                    || path == staged.join(MANIFEST)
                {
                    fs::write(&path, "").unwrap();
                }
            }
        }
        publish(site.path(), &new).unwrap();
        assert_eq!(published(site.path()), new, "step {steps}");
        assert!(open(site.path()).unwrap().untouched().is_some());
    }
}
