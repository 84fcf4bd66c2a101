//! Hosts that show every file as soon as it is put: object stores, WebDAV.
//!
//! Order: copies of what will be replaced · what is about to be done · hashed files · other files · pages · lists · search
//! and feeds · the manifest and the index · removals. A wave begins when the one before is done, so no page is shown
//! before its assets, and nothing is removed unless everything went well.

use super::lease::Lease;
use super::state::{INDEX, INTENT, PROGRESS, State, manifest, token};
use super::{Ask, Outcome, batches, release};
use crate::deploy::fault::Fault;
use crate::deploy::headers::{Wave, is_hashed};
use crate::deploy::host::{Act, Host};
use crate::deploy::index::{
    self, Index, Intent, Known, Release, beyond, blob_folder, blob_key, manifest_key, own,
};
use crate::deploy::manifest::{Manifest, Sha};
use crate::deploy::plan::{Plan, Step, plan};
use crate::deploy::retry::patiently;
use crate::deploy::tree::Tree;
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn deploy(
    host: &dyn Host,
    mut state: State,
    wanted: &Manifest,
    tree: &Tree,
    ask: &Ask,
    lease: &Lease<'_>,
) -> Result<Outcome, Vec<Fault>> {
    let number = state.next_number();
    let known = state.known_in_place();
    let change = plan(&known, wanted, number, ask.keep);
    ask.doubt(&change, wanted, &state.index)?;
    if state.shown.is_none() && state.intent.is_none() && !ask.force && host.get("index.html")?.is_some() {
        return Err(vec![Problem::new("deploy-place-foreign").arg("name", "index.html").into()]);
    }
    let mut outcome = Outcome::of(&change);
    let leftover = change.steps().all(|step| matches!(step, Step::Remove { was: None, .. }));
    if ask.dry || (leftover && state.shown.is_some()) {
        if !ask.dry && state.intent.is_some() {
            let mut acts: Vec<Act<'_>> =
                change.steps().map(|step| Act::Delete { key: step.path().to_owned() }).collect();
            sweep(host, &state.index, &mut acts)?;
            clear(host, acts)?;
        }
        return Ok(outcome);
    }
    let id = index::id(number, (lease.now)());
    let release = release(&change, &id, number, lease);
    let work = Work { host, keep: ask.keep, id: &id, number };
    let kept = work.keep_replaced(&state, &change, &mut outcome)?;
    let intent = work.announce(&state, &known, &change, kept)?;
    work.waves(&change, &intent, Source::Tree(tree))?;
    state.index.number = number;
    state.index.releases.push(release.clone());
    let gone = state.index.prune(usize::try_from(ask.keep).unwrap_or(usize::MAX), &id);
    work.finish(state, &change, &intent, gone)?;
    outcome.release = Some(release);
    Ok(outcome)
}

pub(super) fn rollback(
    host: &dyn Host,
    state: State,
    target: Release,
    ask: &Ask,
) -> Result<Outcome, Vec<Fault>> {
    let mut wanted = manifest(host, &target.id)?
        .ok_or_else(|| Fault::lasting(Problem::new("deploy-release-gone").arg("release", &target.id)))?;
    wanted.files.retain(|path, _| !state.index.withdrawn.contains(path));
    let number = state.index.number;
    let known = state.known_in_place();
    let change = plan(&known, &wanted, number, ask.keep);
    let mut outcome = Outcome::of(&change);
    let sources = sources(&state, &known, &change)?;
    if ask.dry {
        return Ok(outcome);
    }
    let work = Work { host, keep: ask.keep, id: &target.id, number };
    let kept = work.keep_replaced(&state, &change, &mut outcome)?;
    let intent = work.announce(&state, &known, &change, kept)?;
    work.waves(&change, &intent, Source::Kept(&sources))?;
    work.finish(state, &change, &intent, Vec::new())?;
    outcome.release = Some(target);
    Ok(outcome)
}

/// Where the host has the bytes of each file that must come back.
fn sources(state: &State, known: &Known, change: &Plan) -> Result<BTreeMap<Sha, String>, Vec<Fault>> {
    // A path that the rollback itself changes is no source: another worker may have changed it first.
    let changed: BTreeSet<&str> = change.steps().map(Step::path).collect();
    let mut sources: BTreeMap<Sha, String> = known
        .iter()
        .filter(|(path, _)| !changed.contains(path.as_str()))
        .filter_map(|(path, entry)| Some((entry.as_ref()?.sha256.clone(), path.clone())))
        .collect();
    let left = state.intent.iter().flat_map(|(intent, _)| &intent.blobs);
    sources
        .extend(state.index.blobs.iter().chain(left).map(|(sha, last)| (sha.clone(), blob_key(sha, *last))));
    let missing: Vec<&str> = change
        .steps()
        .filter(|step| step.result().is_some_and(|entry| !sources.contains_key(&entry.sha256)))
        .map(Step::path)
        .collect();
    match missing.first() {
        None => Ok(sources),
        Some(path) => Err(vec![
            Problem::new("deploy-rollback-missing").arg("count", missing.len()).arg("path", path).into(),
        ]),
    }
}

/// Where what is put comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    Tree(&'a Tree),
    /// What the host has already, by its digest.
    Kept(&'a BTreeMap<Sha, String>),
}

impl Source<'_> {
    fn tree(&self) -> Option<&Tree> {
        match self {
            Source::Tree(tree) => Some(tree),
            Source::Kept(_) => None,
        }
    }

    fn act<'p>(&self, step: &'p Step) -> Option<Act<'p>> {
        let Step::Put { path, entry, .. } = step else { return None };
        match self {
            Source::Tree(_) => Some(Act::Put { key: path.clone(), path, entry }),
            Source::Kept(sources) => {
                Some(Act::Copy { from: sources.get(&entry.sha256)?.clone(), to: path.clone(), entry })
            }
        }
    }
}

/// One change of a host in place.
struct Work<'a> {
    host: &'a dyn Host,
    keep: u64,
    id: &'a str,
    number: u64,
}

impl Work<'_> {
    /// Copies what will be replaced or removed to where a rollback finds it.
    fn keep_replaced(
        &self,
        state: &State,
        change: &Plan,
        outcome: &mut Outcome,
    ) -> Result<BTreeMap<Sha, u64>, Fault> {
        let mut kept: BTreeMap<Sha, u64> =
            state.intent.iter().flat_map(|(intent, _)| intent.blobs.clone()).collect();
        // No release is newer than the newest: what it or an older one showed is needed as long as it is kept.
        let last = state.index.number.max(1);
        if self.keep < 2 {
            return Ok(kept);
        }
        let mut acts = Vec::new();
        let mut olds: BTreeMap<String, (Sha, Option<u64>)> = BTreeMap::new();
        for step in change.steps() {
            let (path, was) = match step {
                // Only its headers change.
                Step::Put { was: Some(was), entry, .. } if was.sha256 == entry.sha256 => continue,
                Step::Put { path, was: Some(was), .. } | Step::Remove { path, was: Some(was) } => (path, was),
                _ => continue,
            };
            // A hashed file goes only when no kept release needs it.
            if is_hashed(path) || state.index.blobs.get(&was.sha256) == Some(&last) {
                continue;
            }
            let before = kept.insert(was.sha256.clone(), last);
            if before != Some(last) {
                acts.push(Act::Copy { from: path.clone(), to: blob_key(&was.sha256, last), entry: was });
                olds.insert(path.clone(), (was.sha256.clone(), before));
            }
        }
        let gone = self.host.keep(&acts)?;
        for (sha, before) in gone.iter().filter_map(|path| olds.remove(path)) {
            match before {
                Some(before) => _ = kept.insert(sha, before),
                None => _ = kept.remove(&sha),
            }
        }
        if let Some(path) = gone.iter().min() {
            outcome.notes.push(Problem::new("deploy-file-gone").arg("count", gone.len()).arg("path", path));
        }
        Ok(kept)
    }

    /// Writes down what is about to be done.
    fn announce(
        &self,
        state: &State,
        known: &Known,
        change: &Plan,
        kept: BTreeMap<Sha, u64>,
    ) -> Result<Intent, Fault> {
        let mut intent = Intent::new(self.id, self.number, state.shown.clone());
        intent.known = beyond(known, &state.live);
        intent.steps = change.steps().map(|step| (step.path().to_owned(), step.result())).collect();
        intent.blobs = kept;
        self.host.put(&own(INTENT), &intent.bytes())?;
        Ok(intent)
    }

    /// All waves but the removals, each after the one before.
    fn waves(&self, change: &Plan, intent: &Intent, source: Source<'_>) -> Result<(), Fault> {
        let mut done = 0;
        for (_, steps) in change.waves.iter().filter(|(wave, _)| **wave != Wave::Gone) {
            let mut left = steps.len();
            for batch in batches(steps) {
                let acts: Vec<Act<'_>> = batch.iter().filter_map(|step| source.act(step)).collect();
                self.host.apply(&acts, source.tree())?;
                done += batch.len();
                left -= batch.len();
                if left > 0 {
                    self.host.put(&own(PROGRESS), format!("{} {done}", token(intent)).as_bytes())?;
                }
            }
        }
        Ok(())
    }

    /// The manifest, the index, and then what is no longer there.
    fn finish(
        &self,
        mut state: State,
        change: &Plan,
        intent: &Intent,
        gone: Vec<String>,
    ) -> Result<(), Fault> {
        self.host.put(&manifest_key(self.id), &change.next.bytes())?;
        let oldest = state.index.releases.iter().map(|release| release.number).min().unwrap_or(0);
        let index = &mut state.index;
        let mut trash =
            if state.intent.is_some() { std::mem::take(&mut index.trash) } else { BTreeSet::new() };
        let left = state.intent.iter().flat_map(|(old, _)| old.blobs.clone());
        for (sha, last) in left.chain(intent.blobs.clone()) {
            if let Some(old) = index.blobs.insert(sha.clone(), last).filter(|old| *old != last) {
                trash.insert((old, sha));
            }
        }
        trash.extend(
            index.blobs.iter().filter(|(_, last)| **last < oldest).map(|(sha, last)| (*last, sha.clone())),
        );
        index.blobs.retain(|_, last| *last >= oldest);
        trash.retain(|(last, sha)| index.blobs.get(sha) != Some(last));
        index.trash = trash;
        state.index.current = Some(self.id.to_owned());
        let index = state.index.bytes();
        self.host.put(&own(INDEX), &index)?;
        // A host that says yes to everything and keeps nothing is found out before anything is removed.
        patiently(INDEX, || match self.host.get(&own(INDEX))? {
            Some(there) if there == index => Ok(()),
            _ => Err(Fault::passing(Problem::new("deploy-host-forgets").arg("path", own(INDEX)))),
        })?;
        let mut acts: Vec<Act<'_>> = Vec::new();
        acts.extend(gone.iter().map(|id| Act::Delete { key: manifest_key(id) }));
        let removed = change.waves.get(&Wave::Gone).into_iter().flatten();
        acts.extend(removed.map(|step| Act::Delete { key: step.path().to_owned() }));
        sweep(self.host, &state.index, &mut acts)?;
        clear(self.host, acts)
    }
}

/// Removes blobs that no kept release needs: by folders where none of the folder's is needed, else by keys.
fn sweep(host: &dyn Host, index: &Index, acts: &mut Vec<Act<'_>>) -> Result<(), Fault> {
    let needed: BTreeSet<u64> = index.blobs.values().copied().collect();
    let mut folders: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (last, sha) in &index.trash {
        let key = blob_key(sha, *last);
        if needed.contains(last) {
            acts.push(Act::Delete { key });
        } else {
            folders.entry(*last).or_default().push(key);
        }
    }
    folders.iter().try_for_each(|(last, keys)| host.sweep(&blob_folder(*last), keys))
}

/// Removes, and then what only a deploy at work needs.
fn clear(host: &dyn Host, acts: Vec<Act<'_>>) -> Result<(), Fault> {
    host.apply(&acts, None)?;
    host.apply(&[Act::Delete { key: own(INTENT) }, Act::Delete { key: own(PROGRESS) }], None)
}
