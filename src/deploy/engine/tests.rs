//! What changing a host in place costs, and that it is finished wherever it is cut: on a host in memory that counts.

mod two;

use super::lease::Lease;
use super::{Ask, deploy, rollback, withdraw};
use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, Claim, Host};
use crate::deploy::index::{Index, own};
use crate::deploy::manifest::{Entry, Manifest, OWN, Sha};
use crate::deploy::plan::Limits;
use crate::deploy::seal::Seal;
use crate::deploy::tree::Tree;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A host that counts requests, and refuses all of them from one on.
#[derive(Default)]
struct Counted {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    /// So many keys are deleted in one request.
    batch: usize,
    /// Whether a folder is removed in one request.
    folders: bool,
    count: AtomicU64,
    last: Option<u64>,
    /// Whether it lets everybody replace a file that must be new.
    unsure: bool,
    /// What happens when so many requests were made.
    meanwhile: Option<(u64, Happens)>,
}

type Happens = Box<dyn Fn(&mut BTreeMap<String, Vec<u8>>) + Send + Sync>;

impl Counted {
    fn store() -> Counted {
        Counted { batch: 1000, ..Counted::default() }
    }

    fn dav() -> Counted {
        Counted { batch: 1, folders: true, ..Counted::default() }
    }

    fn ask(&self) -> Result<(), Fault> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        if self.last.is_some_and(|last| count >= last) {
            return Err(Fault::lasting(Problem::new("deploy-unreachable")));
        }
        if let Some((when, happens)) = &self.meanwhile
            && *when == count
        {
            happens(&mut self.files.lock().unwrap());
        }
        Ok(())
    }

    /// What readers can get: for a file of a tree, the digest of its bytes.
    fn shown(&self) -> BTreeMap<String, Vec<u8>> {
        self.files.lock().unwrap().clone().into_iter().filter(|(key, _)| !key.starts_with(OWN)).collect()
    }

    /// The blobs there, and those of which the index knows.
    fn blobs(&self) -> (usize, usize) {
        let files = self.files.lock().unwrap();
        let seal = Seal::new("p", [b"k".as_slice()]);
        let (index, ours) = seal.opened(&own("index.json"), &files[&own("index.json")]);
        let index = Index::read(index).filter(|_| ours).unwrap();
        (files.keys().filter(|key| key.starts_with(&own("blobs/"))).count(), index.blobs.len())
    }
}

impl Host for Counted {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.ask()?;
        Ok(self.files.lock().unwrap().get(key).cloned())
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.ask()?;
        self.files.lock().unwrap().insert(key.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        if self.unsure {
            return self.put(key, bytes).map(|()| Claim::Unsure);
        }
        if self.get(key)?.is_some() {
            return Ok(Claim::Taken);
        }
        self.put(key, bytes).map(|()| Claim::Made)
    }

    fn apply(&self, acts: &[Act<'_>], _: Option<&Tree>) -> Result<(), Fault> {
        let (deletions, others): (Vec<_>, Vec<_>) =
            acts.iter().partition(|act| matches!(act, Act::Delete { .. }));
        for act in others {
            let bytes = match act {
                Act::Put { entry, .. } => entry.sha256.text().as_bytes().to_vec(),
                Act::Copy { from, .. } => self.files.lock().unwrap()[from].clone(),
                Act::Delete { .. } => continue,
            };
            self.put(act.key(), &bytes)?;
        }
        for batch in deletions.chunks(self.batch) {
            self.ask()?;
            let mut files = self.files.lock().unwrap();
            batch.iter().for_each(|act| _ = files.remove(act.key()));
        }
        Ok(())
    }

    fn sweep(&self, folder: &str, keys: &[String]) -> Result<(), Fault> {
        if self.folders {
            self.ask()?;
            let folder = format!("{folder}/");
            self.files.lock().unwrap().retain(|key, _| !key.starts_with(&folder));
            return Ok(());
        }
        let acts: Vec<Act<'_>> = keys.iter().map(|key| Act::Delete { key: key.clone() }).collect();
        self.apply(&acts, None)
    }

    fn requests(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

/// `count` pages; the first `changed` of them show `version`.
fn tree(count: usize, changed: usize, version: usize) -> Tree {
    let page = |n: usize| {
        let version = if n < changed { version } else { 0 };
        let entry = Entry {
            sha256: Sha::of(format!("{n} {version}").as_bytes()),
            size: 9,
            kind: "text/html".into(),
            cache: "no-cache".into(),
            packed: None,
            last: 0,
        };
        (if n == 0 { "index.html".to_owned() } else { format!("news/{n}/index.html") }, entry)
    };
    Tree { folder: PathBuf::new(), manifest: Manifest::new((0..count).map(page).collect()) }
}

fn shows(tree: &Tree) -> BTreeMap<String, Vec<u8>> {
    let files = tree.manifest.files.iter();
    files.map(|(path, entry)| (path.clone(), entry.sha256.text().as_bytes().to_vec())).collect()
}

fn ask(keep: u64) -> Ask {
    let limits = Limits { max_delete: 1000, max_delete_percent: 100 };
    Ask { dry: false, force: false, adopt: false, verify: false, readmit: Vec::new(), keep, limits }
}

/// A clock that goes on by a second whenever it is asked.
fn with_lease<T>(work: impl FnOnce(&Lease<'_>) -> T) -> T {
    let second = AtomicI64::new(1_790_000_000);
    let now = || jiff::Timestamp::from_second(second.fetch_add(1, Ordering::Relaxed)).unwrap_or_default();
    work(&Lease {
        owner: "o".into(),
        by: "b".into(),
        seal: Seal::new("p", [b"k".as_slice()]),
        newest: 0,
        now: &now,
    })
}

/// Two requests a changed file: one keeps the old bytes for a rollback, one puts the new ones. All else is a handful.
#[test]
fn requests_grow_with_what_changed_and_nothing_else() {
    for host in [Counted::store(), Counted::dav()] {
        with_lease(|lease| {
            deploy(&host, &tree(10_000, 0, 0), &ask(3), lease).unwrap();
            let (mut version, mut before_that) = (0, 0);
            for changed in [1, 10, 100, 1] {
                // So often that blobs of earlier rounds are removed too.
                for _ in 0..3 {
                    version += 1;
                    let tree = tree(10_000, changed, version);
                    let before = host.requests();
                    deploy(&host, &tree, &ask(3), lease).unwrap();
                    let asked = host.requests() - before;
                    // Going from many changed pages to few, the others change back.
                    let most = changed.max(before_that);
                    before_that = changed;
                    assert!(asked <= 2 * most as u64 + 18, "{changed}: {asked} requests");
                    assert!(host.shown() == shows(&tree));
                    let (there, known) = host.blobs();
                    assert_eq!(there, known);
                }
            }
            let before = host.requests();
            deploy(&host, &tree(10_000, 1, version), &ask(3), lease).unwrap();
            assert!(host.requests() - before <= 10);
        });
    }
}

#[test]
fn every_kept_release_can_be_shown_again() {
    let host = Counted::store();
    with_lease(|lease| {
        let mut names = Vec::new();
        for version in 0..9 {
            // The same bytes come again in every third release.
            let outcome = deploy(&host, &tree(30, 5, version % 3), &ask(3), lease).unwrap();
            names.push((outcome.release.unwrap().id, version % 3));
            for (name, version) in names.iter().rev().take(3).chain(names.last()) {
                rollback(&host, Some(name), &ask(3), lease).unwrap();
                assert!(host.shown() == shows(&tree(30, 5, *version)), "{name}");
            }
        }
        withdraw(&host, "/news/3/", &ask(3), lease).unwrap();
        let gone: Vec<Sha> = (0..3).map(|version| Sha::of(format!("3 {version}").as_bytes())).collect();
        for (key, bytes) in &*host.files.lock().unwrap() {
            assert!(!gone.iter().any(|sha| bytes == sha.text().as_bytes()), "{key}");
        }
    });
}

/// Cut at every single request, the next deploy finishes, nothing is left over, and the release before comes back.
#[test]
fn a_deploy_in_place_may_be_cut_anywhere() {
    for dav in [false, true] {
        for cut in 0.. {
            let mut host = if dav { Counted::dav() } else { Counted::store() };
            let done = with_lease(|lease| {
                for version in 0..3 {
                    deploy(&host, &tree(12, 4, version), &ask(2), lease).unwrap();
                }
                host.last = Some(host.requests() + cut);
                let done = deploy(&host, &tree(10, 3, 3), &ask(2), lease).is_ok();
                host.last = None;
                let released = deploy(&host, &tree(10, 3, 3), &ask(2), lease).unwrap().release.is_some();
                assert!(host.shown() == shows(&tree(10, 3, 3)), "cut at {cut}");
                let (there, known) = host.blobs();
                assert_eq!(there, known, "cut at {cut}, released {released}");
                rollback(&host, None, &ask(2), lease).unwrap();
                assert!(host.shown() == shows(&tree(12, 4, 2)), "cut at {cut}: rollback");
                done
            });
            if done {
                assert!(cut > 20, "{cut}");
                break;
            }
        }
    }
}

/// Cut at every single request, the same withdrawal again leaves nothing of the page, and no note of what is gone.
#[test]
fn a_withdrawal_may_be_cut_anywhere() {
    for dav in [false, true] {
        for cut in 0.. {
            let mut host = if dav { Counted::dav() } else { Counted::store() };
            let done = with_lease(|lease| {
                for version in 0..3 {
                    deploy(&host, &tree(12, 4, version), &ask(3), lease).unwrap();
                }
                host.last = Some(host.requests() + cut);
                let done = withdraw(&host, "/news/3/", &ask(3), lease).is_ok();
                host.last = None;
                withdraw(&host, "/news/3/", &ask(3), lease).unwrap();
                done
            });
            let gone: Vec<Sha> = (0..3).map(|version| Sha::of(format!("3 {version}").as_bytes())).collect();
            for (key, bytes) in &*host.files.lock().unwrap() {
                assert!(!gone.iter().any(|sha| bytes == sha.text().as_bytes()), "cut at {cut}: {key}");
            }
            let (there, known) = host.blobs();
            assert_eq!(there, known, "cut at {cut}");
            if done {
                assert!(cut > 8, "{cut}");
                break;
            }
        }
    }
}

/// Whoever can write to the host, but has none of our keys, makes us touch nothing.
#[test]
fn notes_that_are_not_ours_for_sure_are_not_believed() {
    let host = Counted::dav();
    with_lease(|lease| {
        deploy(&host, &tree(12, 2, 0), &ask(3), lease).unwrap();
        let first = deploy(&host, &tree(12, 2, 1), &ask(3), lease).unwrap().release.unwrap().id;
        let put = |key: &str, bytes: &[u8]| {
            host.files.lock().unwrap().insert(key.to_owned(), bytes.to_vec());
        };
        put("precious.txt", b"not ours");
        let key = own(&format!("{first}.json"));
        let note = host.files.lock().unwrap()[&key].clone();
        let text = String::from_utf8(note.clone()).unwrap();
        let (bytes, _) = lease.seal.opened(&key, &note);
        let mut lie = Manifest::read(bytes).unwrap();
        let entry = lie.files["index.html"].clone();
        lie.files.insert("precious.txt".into(), entry);
        let seals = text.lines().last().unwrap();
        let lie = String::from_utf8(lie.bytes()).unwrap();
        let stranger = Seal::new("p", [b"other".as_slice()]);
        let refused = |what: &str| {
            let before = host.files.lock().unwrap().clone();
            for done in [
                deploy(&host, &tree(12, 2, 2), &ask(3), lease),
                rollback(&host, None, &ask(3), lease),
                withdraw(&host, "/news/3/", &ask(3), lease),
            ] {
                let faults = done.unwrap_err();
                assert_eq!(faults[0].problem().code, "deploy-notes-strange", "{what}");
            }
            assert!(before == *host.files.lock().unwrap(), "{what}: something was touched");
        };
        for (what, note) in [
            ("the seals of another text", format!("{lie}\n{seals}\n").into_bytes()),
            ("no seals", lie.clone().into_bytes()),
            ("a stranger's seals", stranger.sealed(&key, lie.as_bytes())),
            ("the seals of another note", lease.seal.sealed("r9-1T1Z.json", lie.as_bytes())),
        ] {
            put(&key, &note);
            refused(what);
        }
        put(&key, &note);
        let intent = own("intent.json");
        put(&intent, b"{\"yicun_deploy\":1,\"id\":\"r9-1T1Z\",\"number\":9,\"base\":null,\"known\":[],\"steps\":[[\"precious.txt\",null]]}");
        refused("an intent");
        // It can be looked at: what it would cost is told.
        let dry = Ask { dry: true, ..ask(3) };
        let told = deploy(&host, &tree(12, 2, 2), &dry, lease).unwrap();
        assert!(told.steps.contains(&"- precious.txt".to_owned()), "{:?}", told.steps);
        assert_eq!(told.notes[0].code, "deploy-notes-unsure");
        host.files.lock().unwrap().remove(&intent);
        deploy(&host, &tree(12, 2, 2), &ask(3), lease).unwrap();
        assert_eq!(host.shown()["precious.txt"], b"not ours");
    });
}

/// A colleague with other keys takes the notes over once, and all of them are known from then on.
#[test]
fn notes_of_a_colleague_are_taken_over_when_asked_to() {
    let host = Counted::store();
    let lease = |key: &'static [u8], now| Lease {
        owner: "o".into(),
        by: "b".into(),
        seal: Seal::new("p", [key]),
        newest: 0,
        now,
    };
    let second = AtomicI64::new(1_790_000_000);
    let now = || jiff::Timestamp::from_second(second.fetch_add(1, Ordering::Relaxed)).unwrap_or_default();
    let (one, two) = (lease(b"one", &now), lease(b"two", &now));
    for version in 0..3 {
        deploy(&host, &tree(12, 2, version), &ask(3), &one).unwrap();
    }
    assert!(deploy(&host, &tree(12, 2, 3), &ask(3), &two).is_err());
    // Also where there is nothing else to do.
    let adopt = Ask { adopt: true, ..ask(3) };
    assert!(deploy(&host, &tree(12, 2, 2), &adopt, &two).unwrap().release.is_none());
    rollback(&host, None, &ask(3), &two).unwrap();
    assert!(host.shown() == shows(&tree(12, 2, 1)));
    assert!(rollback(&host, None, &ask(3), &one).is_err());
}
