//! What a plan does and never does.

use super::*;
use crate::deploy::index::{Intent, beyond};
use crate::deploy::manifest::Sha;
use proptest::prelude::*;

fn entry(content: u8, last: u64) -> Entry {
    Entry {
        sha256: Sha::of(&[content]),
        size: u64::from(content) + 1,
        kind: "text/html".into(),
        cache: "no-cache".into(),
        packed: None,
        last,
    }
}

fn manifest(files: &[(&str, u8)]) -> Manifest {
    Manifest::new(files.iter().map(|(path, content)| ((*path).to_owned(), entry(*content, 0))).collect())
}

fn known(files: &[(&str, u8)]) -> Known {
    manifest(files).files.into_iter().map(|(path, entry)| (path, Some(entry))).collect()
}

const LIMITS: Limits = Limits { max_delete: 100, max_delete_percent: 30 };

fn doubts(plan: &Plan, wanted: &Manifest) -> Vec<String> {
    plan.doubts(wanted, &BTreeSet::new(), LIMITS, false)
        .into_iter()
        .map(|doubt| doubt.code.into_owned())
        .collect()
}

#[test]
fn waves_stand_in_order() {
    let wanted = manifest(&[
        ("index.html", 1),
        ("news/index.html", 1),
        ("news/a/index.html", 1),
        ("assets/style.0123456789ab.css", 1),
        ("sitemap.xml", 1),
        ("news/a/b.pdf", 1),
    ]);
    let plan = plan(&known(&[("old.html", 1)]), &wanted, 2, 5);
    let order: Vec<&str> = plan.steps().map(Step::path).collect();
    assert_eq!(
        order,
        [
            "assets/style.0123456789ab.css",
            "news/a/b.pdf",
            "news/a/index.html",
            "index.html",
            "news/index.html",
            "sitemap.xml",
            "old.html",
        ]
    );
}

#[test]
fn headers_are_part_of_the_difference() {
    let mut wanted = manifest(&[("index.html", 1)]);
    assert!(plan(&known(&[("index.html", 1)]), &wanted, 1, 5).is_empty());
    wanted.files.get_mut("index.html").unwrap().cache = "no-store".into();
    assert_eq!(plan(&known(&[("index.html", 1)]), &wanted, 1, 5).counts().1, 1);
}

#[test]
fn hashed_files_outlive_their_release() {
    let asset = "assets/style.0123456789ab.css";
    let standing: Known = [(asset.to_owned(), Some(entry(1, 3)))].into();
    let wanted = manifest(&[("index.html", 1)]);
    assert_eq!(plan(&standing, &wanted, 7, 5).carried, 1);
    assert_eq!(plan(&standing, &wanted, 8, 5).carried, 0);
}

/// An album was taken out: that was asked once, and is not asked again while its photos stay, nor when they go.
#[test]
fn files_that_stay_for_old_pages_make_no_doubts() {
    let page = |last| ("index.html".to_owned(), Some(entry(1, last)));
    let photos = (0..60).map(|n| (format!("photos/{n:016x}-480.jpg"), Some(entry(2, 3))));
    let standing: Known = photos.chain([page(4)]).collect();
    let wanted = manifest(&[("index.html", 2)]);
    for (number, carried) in [(5, 60), (9, 0)] {
        let plan = plan(&standing, &wanted, number, 5);
        assert_eq!((plan.carried, plan.before), (carried, 1));
        assert!(doubts(&plan, &wanted).is_empty());
    }
}

#[test]
fn what_looks_like_a_mistake_is_refused() {
    let many: Vec<String> = (0..100).map(|n| format!("p{n}.html")).collect();
    let mut all: Vec<(&str, u8)> = many.iter().map(|path| (path.as_str(), 1)).collect();
    all.push(("index.html", 1));
    let standing = known(&all);
    let of = |wanted: Manifest| doubts(&plan(&standing, &wanted, 1, 5), &wanted);
    assert_eq!(of(manifest(&all)), Vec::<String>::new());
    assert_eq!(of(manifest(&[])), ["deploy-build-empty", "deploy-build-small", "deploy-many-deletions"]);
    assert_eq!(of(manifest(&all[40..])), ["deploy-many-deletions"]);
    assert_eq!(of(manifest(&all[20..])), Vec::<String>::new());
    let wanted = manifest(&all);
    let withdrawn = BTreeSet::from(["p1.html".to_owned()]);
    let told = plan(&standing, &wanted, 1, 5).doubts(&wanted, &withdrawn, LIMITS, true);
    assert_eq!(told[0].code, "deploy-withdrawn-again");
}

fn files() -> impl Strategy<Value = BTreeMap<String, (u8, u64)>> {
    let path = prop_oneof![
        "[a-c]/[a-c]/index\\.html",
        "[a-c]\\.html",
        Just("index.html".to_owned()),
        "assets/x\\.00000000000[0-9a-f]\\.css",
        "[a-c]/p\\.jpg",
    ];
    proptest::collection::btree_map(path, (0u8..3, 0u64..9), 0..12)
}

fn made(files: &BTreeMap<String, (u8, u64)>) -> Manifest {
    Manifest::new(
        files.iter().map(|(path, (content, last))| (path.clone(), entry(*content, *last))).collect(),
    )
}

proptest! {
    /// Doing the steps to what stands there gives exactly `next`, which holds all that is wanted; nothing that our
    /// notes do not name is removed; every page comes after every hashed file and before every removal.
    #[test]
    fn a_plan_leads_where_it_says(old in files(), new in files(), dirty in proptest::collection::btree_set("[a-d]\\.html", 0..3)) {
        let wanted = made(&new);
        let mut standing: Known = made(&old).files.into_iter().map(|(path, entry)| (path, Some(entry))).collect();
        standing.extend(dirty.into_iter().map(|path| (path, None)));
        let plan = plan(&standing, &wanted, 9, 3);
        let mut host = standing.clone();
        let mut last = None;
        for (wave, steps) in &plan.waves {
            prop_assert!(last < Some(*wave));
            last = Some(*wave);
            for step in steps {
                match step {
                    Step::Put { path, entry, .. } => {
                        prop_assert!(*wave != Wave::Gone);
                        host.insert(path.clone(), Some(entry.clone()));
                    }
                    Step::Remove { path, .. } => {
                        prop_assert!(*wave == Wave::Gone && !wanted.files.contains_key(path));
                        prop_assert!(host.remove(path).is_some());
                    }
                }
            }
        }
        prop_assert_eq!(host.keys().collect::<Vec<_>>(), plan.next.files.keys().collect::<Vec<_>>());
        for (path, entry) in &plan.next.files {
            prop_assert!(host[path].as_ref().is_some_and(|there| there.same(entry)));
        }
        for (path, entry) in &wanted.files {
            prop_assert_eq!(plan.next.files.get(path), Some(entry));
        }
    }

    /// Cut anywhere, the notes never claim to know more than is true, whatever was half done; the next plan ends right.
    #[test]
    fn an_interrupted_deploy_is_finished(old in files(), new in files(), later in files(), cut in 0usize..20, told in 0usize..20) {
        let base = made(&old);
        let truth = |manifest: &Manifest| -> BTreeMap<String, Sha> {
            manifest.files.iter().map(|(path, entry)| (path.clone(), entry.sha256.clone())).collect()
        };
        let mut host = truth(&base);
        let standing: Known = base.files.iter().map(|(path, entry)| (path.clone(), Some(entry.clone()))).collect();
        let first = plan(&standing, &made(&new), 9, 3);
        let mut intent = Intent::new("r1-1T1Z", 9, None);
        intent.steps = first.steps().map(|step| (step.path().to_owned(), step.result())).collect();
        for (path, entry) in intent.steps.iter().take(cut) {
            match entry {
                Some(entry) => _ = host.insert(path.clone(), entry.sha256.clone()),
                None => _ = host.remove(path),
            }
        }
        let known = intent.known(&base, told.min(cut));
        for (path, entry) in &known {
            if let Some(entry) = entry {
                prop_assert_eq!(host.get(path), Some(&entry.sha256), "{}", path);
            }
        }
        prop_assert!(host.keys().all(|path| known.contains_key(path)));
        // What the next intent passes on says the same again.
        let mut passed = Intent::new("r1-1T1Z", 9, None);
        passed.known = beyond(&known, &base);
        let again = passed.known(&base, 0);
        prop_assert!(known.iter().all(|(path, entry)| entry.is_none() || again.get(path) == Some(entry)));
        // The next deploy, of another build.
        let wanted = made(&later);
        let second = plan(&known, &wanted, 10, 3);
        for step in second.steps() {
            match step.result() {
                Some(entry) => _ = host.insert(step.path().to_owned(), entry.sha256),
                None => _ = host.remove(step.path()),
            }
        }
        prop_assert_eq!(host, truth(&second.next));
    }
}
