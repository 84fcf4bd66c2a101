//! Our notes on a host: which releases there are, what was withdrawn, and what an interrupted deploy was doing.
//!
//! All of them are foreign input when they come back: names of releases are checked before they become paths.

use super::manifest::{Entry, Manifest, OWN, Sha, is_fit};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which releases there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    yicun_deploy: u32,
    /// The number of the newest release; numbers never come back.
    pub number: u64,
    /// What is shown, where the host itself cannot say it.
    pub current: Option<String>,
    /// Oldest first.
    pub releases: Vec<Release>,
    /// Paths taken down for good: no deploy and no rollback brings them back.
    #[serde(default)]
    pub withdrawn: BTreeSet<String>,
    /// Replaced files that are kept for a rollback, each with the number of the last release that showed it.
    #[serde(default)]
    pub blobs: BTreeMap<Sha, u64>,
    /// Those that were being removed when this was written.
    #[serde(default)]
    pub trash: BTreeSet<(u64, Sha)>,
}

/// One release, as `deploy --list` shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its name: `r12-20261123T034500Z`.
    pub id: String,
    /// Its number.
    pub number: u64,
    /// When, in UTC.
    pub time: String,
    /// Who.
    pub by: String,
    /// How many files it has.
    pub files: u64,
    /// New files.
    pub added: u64,
    /// Files with other bytes or headers.
    pub changed: u64,
    /// Files that went.
    pub removed: u64,
    /// Somebody else was at work on the host: its folder is not what another release begins with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
}

/// What a deploy was about to do; it stays behind when the deploy does not end well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    yicun_deploy: u32,
    /// The release that is being made.
    pub id: String,
    /// Its number.
    pub number: u64,
    /// The release whose files it began with.
    pub base: Option<String>,
    /// What is known to differ from the base.
    pub known: Vec<(String, Option<Entry>)>,
    /// What was to be put (or, without an entry, removed), in this order.
    pub steps: Vec<(String, Option<Entry>)>,
    /// Kept blobs that the index does not name yet.
    #[serde(default)]
    pub blobs: BTreeMap<Sha, u64>,
}

/// What stands at each path; none for a path of ours whose bytes are not known.
pub type Known = BTreeMap<String, Option<Entry>>;

impl Index {
    /// An index of a host that has none.
    pub fn new() -> Index {
        Index { yicun_deploy: 1, ..Index::default() }
    }

    /// As it is kept on a host.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// One that came from a host; none when it is not as we write it.
    pub fn read(bytes: &[u8]) -> Option<Index> {
        let index: Index = serde_json::from_slice(bytes).ok()?;
        let fits = index.yicun_deploy == 1
            && index.number < u64::MAX / 2
            && index.current.iter().all(|id| is_id(id))
            && index
                .releases
                .iter()
                .all(|release| is_id(&release.id) && plain(&release.time) && plain(&release.by))
            && index.withdrawn.iter().all(|path| is_fit(path));
        fits.then_some(index)
    }

    /// A release by its name.
    pub fn find(&self, id: &str) -> Option<&Release> {
        self.releases.iter().find(|release| release.id == id)
    }

    /// Takes out the oldest releases beyond `keep`, never the one in `spare`; returns their names.
    pub fn prune(&mut self, keep: usize, spare: &str) -> Vec<String> {
        let surplus = self.releases.len().saturating_sub(keep);
        // Sets: a list that others wrote may be long.
        let gone: Vec<String> = self
            .releases
            .iter()
            .filter(|release| release.id != spare)
            .take(surplus)
            .map(|r| r.id.clone())
            .collect();
        let names: BTreeSet<&String> = gone.iter().collect();
        self.releases.retain(|release| !names.contains(&release.id));
        gone
    }
}

impl Intent {
    /// What is about to be done.
    pub fn new(id: &str, number: u64, base: Option<String>) -> Intent {
        Intent { yicun_deploy: 1, id: id.to_owned(), number, base, ..Intent::default() }
    }

    /// As it is kept on a host.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// One that came from a host; none when it is not as we write it.
    pub fn read(bytes: &[u8]) -> Option<Intent> {
        let intent: Intent = serde_json::from_slice(bytes).ok()?;
        let fits = intent.yicun_deploy == 1
            && is_id(&intent.id)
            && intent.base.iter().all(|id| is_id(id))
            && intent.number < u64::MAX / 2
            && intent.known.iter().chain(&intent.steps).all(|(path, _)| is_fit(path));
        fits.then_some(intent)
    }

    /// What stands on the host after `done` of the steps: those are known, of the others only that they are ours.
    pub fn known(&self, base: &Manifest, done: usize) -> Known {
        let mut known: Known =
            base.files.iter().map(|(path, entry)| (path.clone(), Some(entry.clone()))).collect();
        let mut learn = |path: &String, entry: &Option<Entry>| match entry {
            Some(entry) => _ = known.insert(path.clone(), Some(entry.clone())),
            None => _ = known.remove(path),
        };
        for (path, entry) in self.known.iter().chain(self.steps.iter().take(done)) {
            learn(path, entry);
        }
        for (path, _) in self.steps.iter().skip(done) {
            known.insert(path.clone(), None);
        }
        known
    }
}

/// The difference between what is known and a base, for the next intent.
pub fn beyond(known: &Known, base: &Manifest) -> Vec<(String, Option<Entry>)> {
    let other = known.iter().filter_map(|(path, entry)| {
        let entry = entry.as_ref()?;
        (base.files.get(path) != Some(entry)).then(|| (path.clone(), Some(entry.clone())))
    });
    let gone = base.files.keys().filter(|path| !known.contains_key(*path)).map(|path| (path.clone(), None));
    other.chain(gone).collect()
}

/// The name of a release.
pub fn id(number: u64, time: jiff::Timestamp) -> String {
    format!("r{number}-{}", time.strftime("%Y%m%dT%H%M%SZ"))
}

/// Whether a name is one that [`id`] makes, so that it can be a folder and nothing else.
pub fn is_id(text: &str) -> bool {
    let Some((number, time)) = text.strip_prefix('r').and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    let digits =
        |text: &str| !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    let time = time.strip_suffix('Z').and_then(|time| time.split_once('T'));
    digits(number) && time.is_some_and(|(day, clock)| digits(day) && digits(clock))
}

/// Where a note of ours lies.
pub fn own(name: &str) -> String {
    format!("{OWN}/{name}")
}

/// Where the manifest of a release lies.
pub fn manifest_key(id: &str) -> String {
    own(&format!("{id}.json"))
}

/// Where the blobs lie that were last shown by one release: they go together.
pub fn blob_folder(last: u64) -> String {
    own(&format!("blobs/{last}"))
}

/// Where a kept blob lies.
pub fn blob_key(sha: &Sha, last: u64) -> String {
    format!("{}/{}", blob_folder(last), sha.text())
}

/// Text that can be shown on a terminal as it is.
fn plain(text: &str) -> bool {
    text.len() <= 200 && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_releases_are_no_paths() {
        assert!(is_id(&id(12, jiff::Timestamp::UNIX_EPOCH)));
        for text in ["", "r1", "r1-", "r1-../..", "r1-2T3Z/..", "x1-2T3Z", "r1-2T3"] {
            assert!(!is_id(text), "{text}");
        }
    }

    #[test]
    fn a_hostile_index_is_refused() {
        let text =
            |id: &str| format!("{{\"yicun_deploy\":1,\"number\":1,\"current\":{id:?},\"releases\":[]}}");
        assert!(Index::read(text("r1-20261123T000000Z").as_bytes()).is_some());
        assert!(Index::read(text("../../etc").as_bytes()).is_none());
    }

    #[test]
    fn the_oldest_go_but_never_the_one_shown() {
        let release = |number| Release { id: format!("r{number}-1T1Z"), number, ..Release::default() };
        let mut index = Index { releases: (1..=5).map(release).collect(), ..Index::new() };
        assert_eq!(index.prune(3, "r1-1T1Z"), ["r2-1T1Z", "r3-1T1Z"]);
        assert_eq!(index.releases.len(), 3);
        assert!(index.prune(3, "r1-1T1Z").is_empty());
    }
}
