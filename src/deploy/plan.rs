//! The difference of two manifests: pure, complete, checked whole before anything is touched.
//!
//! In come what stands on the host and what shall; out come the steps in waves and the manifest that will be true after
//! them. Removed is only what our own notes name.

use super::headers::{Wave, is_hashed, wave};
use super::index::Known;
use super::manifest::{Entry, Manifest};
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Puts a file.
    Put {
        /// Where.
        path: String,
        /// What.
        entry: Entry,
        /// What stands there, as far as it is known.
        was: Option<Entry>,
        /// Whether something of ours stands there.
        there: bool,
    },
    /// Removes a file of ours.
    Remove {
        /// Where.
        path: String,
        /// What stands there, as far as it is known.
        was: Option<Entry>,
    },
}

/// All that a deploy does, and what is true afterwards.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In this order; a wave begins when the one before is done.
    pub waves: BTreeMap<Wave, Vec<Step>>,
    /// What stands on the host afterwards.
    pub next: Manifest,
    /// How many files of ours stand there now, those aside that stay only for pages that browsers still have.
    pub before: usize,
    /// How many of them go.
    pub lost: usize,
    /// How many files of the build stay as they are.
    pub same: usize,
    /// Paths that stay for pages that browsers still have.
    pub carried: usize,
}

/// How much a deploy may do without being asked twice.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Deletions.
    pub max_delete: u32,
    /// Deletions, in per cent of what stands there.
    pub max_delete_percent: u32,
}

impl Step {
    /// Its path.
    pub fn path(&self) -> &str {
        match self {
            Step::Put { path, .. } | Step::Remove { path, .. } => path,
        }
    }

    /// What will stand there.
    pub fn result(&self) -> Option<Entry> {
        match self {
            Step::Put { entry, .. } => Some(entry.clone()),
            Step::Remove { .. } => None,
        }
    }
}

/// Compares. `number` is that of the release being made (or of the newest, for a rollback); files with a digest in
/// their name stay until `keep` releases did without them.
pub fn plan(known: &Known, wanted: &Manifest, number: u64, keep: u64) -> Plan {
    let folders = folders(wanted);
    let has_below = |folder: &str| folders.contains(folder);
    let newest = known.values().flatten().map(|entry| entry.last).max().unwrap_or(0);
    let shown = |path: &str, was: &Option<Entry>| {
        !(is_hashed(path) && was.as_ref().is_some_and(|entry| entry.last < newest))
    };
    let before = known.iter().filter(|(path, was)| shown(path, was)).count();
    let mut plan = Plan { before, ..Plan::default() };
    let mut next: BTreeMap<String, Entry> = BTreeMap::new();
    for (path, entry) in &wanted.files {
        let there = known.get(path);
        let was = there.and_then(Option::as_ref);
        if was.is_some_and(|was| was.same(entry)) {
            plan.same += 1;
        } else {
            let step = Step::Put {
                path: path.clone(),
                entry: entry.clone(),
                was: was.cloned(),
                there: there.is_some(),
            };
            plan.waves.entry(wave(path, has_below)).or_default().push(step);
        }
        next.insert(path.clone(), entry.clone());
    }
    for (path, was) in known.iter().filter(|(path, _)| !wanted.files.contains_key(*path)) {
        match was {
            Some(entry) if is_hashed(path) && number.saturating_sub(entry.last) < keep => {
                plan.carried += 1;
                next.insert(path.clone(), entry.clone());
            }
            _ => {
                plan.lost += usize::from(shown(path, was));
                let step = Step::Remove { path: path.clone(), was: was.clone() };
                plan.waves.entry(Wave::Gone).or_default().push(step);
            }
        }
    }
    plan.next = Manifest::new(next);
    plan
}

/// Folders with pages below them, not only in them.
fn folders(manifest: &Manifest) -> BTreeSet<&str> {
    let mut folders = BTreeSet::new();
    for path in manifest.files.keys().filter(|path| path.ends_with(".html")) {
        let own = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut above = own.rsplit_once('/').map(|(folder, _)| folder);
        while let Some(folder) = above {
            // What is above was put in with it.
            if !folders.insert(folder) {
                break;
            }
            above = folder.rsplit_once('/').map(|(folder, _)| folder);
        }
    }
    folders
}

impl Plan {
    /// All steps in their order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.waves.values().flatten()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }

    /// New files, changed ones, removed ones, and the bytes to send before packing.
    pub fn counts(&self) -> (u64, u64, u64, u64) {
        self.steps().fold((0, 0, 0, 0), |(added, changed, removed, bytes), step| match step {
            Step::Put { there: false, entry, .. } => {
                (added + 1, changed, removed, bytes.saturating_add(entry.size))
            }
            Step::Put { entry, .. } => (added, changed + 1, removed, bytes.saturating_add(entry.size)),
            Step::Remove { .. } => (added, changed, removed + 1, bytes),
        })
    }

    /// What makes the plan look like a mistake. `forced` lets pass what may be meant: a much smaller site, many deletions.
    pub fn doubts(
        &self,
        wanted: &Manifest,
        withdrawn: &BTreeSet<String>,
        limits: Limits,
        forced: bool,
    ) -> Vec<Problem> {
        let mut doubts = Vec::new();
        let count = wanted.files.len();
        if wanted.files.get("index.html").is_none_or(|entry| entry.size == 0) {
            doubts.push(Problem::new("deploy-build-empty").arg("count", count));
        }
        let again = |path: &&String| wanted.files.get(*path).is_some_and(|entry| entry.packed.is_none());
        for path in withdrawn.iter().filter(again) {
            doubts.push(Problem::new("deploy-withdrawn-again").arg("path", path));
        }
        if forced {
            return doubts;
        }
        if self.before >= 20 && count * 2 < self.before {
            doubts.push(Problem::new("deploy-build-small").arg("count", count).arg("before", self.before));
        }
        let removed = self.lost;
        let part = removed * 100 / self.before.max(1);
        let few = removed <= 10;
        if removed > limits.max_delete as usize || (!few && part > limits.max_delete_percent as usize) {
            doubts.push(
                Problem::new("deploy-many-deletions")
                    .arg("count", removed)
                    .arg("before", self.before)
                    .arg("limit", limits.max_delete)
                    .arg("percent", limits.max_delete_percent),
            );
        }
        doubts
    }
}

#[cfg(test)]
mod tests;
