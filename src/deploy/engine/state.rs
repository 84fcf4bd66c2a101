//! What our notes on a host say.

use crate::deploy::fault::Fault;
use crate::deploy::host::{CURRENT, Host, MARK};
use crate::deploy::index::{Index, Intent, Known, is_id, manifest_key, own};
use crate::deploy::manifest::Manifest;
use crate::problem::Problem;

pub(super) const INDEX: &str = "index.json";
pub(super) const INTENT: &str = "intent.json";
pub(super) const PROGRESS: &str = "progress";

/// What stands on a host.
#[derive(Clone, Debug)]
pub struct State {
    /// The releases.
    pub index: Index,
    /// The release that is shown.
    pub shown: Option<String>,
    /// Its files.
    pub live: Manifest,
    /// What an interrupted deploy left, and how many of its steps are done for sure.
    pub intent: Option<(Intent, usize)>,
}

impl State {
    /// Reads the notes.
    ///
    /// # Errors
    /// A host that cannot be reached; notes that are not as we write them.
    pub fn read(host: &dyn Host) -> Result<State, Fault> {
        let damaged = |key: &str| Fault::lasting(Problem::new("deploy-notes-damaged").arg("path", key));
        let index = match host.get(&own(INDEX))? {
            Some(bytes) => Index::read(&bytes).ok_or_else(|| damaged(&own(INDEX)))?,
            None => Index::new(),
        };
        let shown = match host.switch() {
            Some(_) => mark(host, CURRENT)?,
            None => index.current.clone(),
        };
        let live = match &shown {
            Some(id) => manifest(host, id)?.ok_or_else(|| damaged(&manifest_key(id)))?,
            None => Manifest::new(Default::default()),
        };
        let intent = match host.get(&own(INTENT))? {
            Some(bytes) => {
                let intent = Intent::read(&bytes).ok_or_else(|| damaged(&own(INTENT)))?;
                let done = host.get(&own(PROGRESS))?.and_then(|bytes| String::from_utf8(bytes).ok());
                // The number belongs to one intent alone: another one's must not be taken for its own.
                let done = done.and_then(|text| {
                    let (id, done) = text.trim().split_once(' ')?;
                    (id == token(&intent)).then(|| done.parse().ok()).flatten()
                });
                Some((intent, done.unwrap_or(0)))
            }
            None => None,
        };
        Ok(State { index, shown, live, intent })
    }

    /// The number of the next release.
    pub fn next_number(&self) -> u64 {
        self.index.number.max(self.intent.as_ref().map_or(0, |(intent, _)| intent.number)).saturating_add(1)
    }

    /// What the release that is shown consists of. Of withdrawn paths nothing is known: a withdrawal may have been cut.
    pub(super) fn known_shown(&self) -> Known {
        let mut known = whole(&self.live);
        known
            .iter_mut()
            .filter(|(path, _)| self.index.withdrawn.contains(*path))
            .for_each(|(_, entry)| *entry = None);
        known
    }

    /// What stands where pages are changed in place.
    pub(super) fn known_in_place(&self) -> Known {
        let mut known = self.told_in_place();
        known
            .iter_mut()
            .filter(|(path, _)| self.index.withdrawn.contains(*path))
            .for_each(|(_, entry)| *entry = None);
        known
    }

    fn told_in_place(&self) -> Known {
        match &self.intent {
            None => whole(&self.live),
            Some((intent, done)) if intent.base == self.shown => intent.known(&self.live, *done),
            // Either all of it went live and only removals are left, or our notes were changed by hand: then nothing that
            // it names is known.
            Some((intent, _)) => {
                let finished = self.shown.as_deref() == Some(&intent.id);
                let mut known = whole(&self.live);
                for (path, entry) in intent.known.iter().chain(&intent.steps) {
                    if !finished || (entry.is_none() && !known.contains_key(path)) {
                        known.insert(path.clone(), None);
                    }
                }
                known
            }
        }
    }
}

/// A manifest of which everything is known.
pub(super) fn whole(manifest: &Manifest) -> Known {
    manifest.files.iter().map(|(path, entry)| (path.clone(), Some(entry.clone()))).collect()
}

/// The manifest of a release.
pub(super) fn manifest(host: &dyn Host, id: &str) -> Result<Option<Manifest>, Fault> {
    Ok(host.get(&manifest_key(id))?.and_then(|bytes| Manifest::read(&bytes)))
}

/// The name of the release that lies in a folder.
pub(super) fn mark(host: &dyn Host, folder: &str) -> Result<Option<String>, Fault> {
    let bytes = host.get(&format!("{folder}/{MARK}"))?;
    let id = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(id.map(|id| id.trim().to_owned()).filter(|id| is_id(id)))
}

/// What tells the progress of one intent from that of another.
pub(super) fn token(intent: &Intent) -> String {
    crate::digest::Digest::of(&intent.bytes()).to_string()
}
