//! A host that is held, and whose notes are sealed: between the engine and a host.
//!
//! Before each step it is made sure that nobody else took over. Where files change in place, notes that name files are
//! sealed when they are put; one that comes back without a seal of ours stops everything, unless it is only looked at, or
//! taken over because the user said so. Elsewhere nothing is touched but our own folders.

use super::Ask;
use super::lease::Held;
use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, Claim, Host, Switch};
use crate::deploy::index::{Index, own};
use crate::deploy::manifest::OWN;
use crate::deploy::seal::Seal;
use crate::deploy::tree::Tree;
use crate::problem::Problem;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is done with a note that has no seal of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strange {
    /// It stops everything.
    Refuse,
    /// It is read, and that is told.
    Read,
    /// It is sealed.
    Adopt,
}

/// After so many files for each that is under way it is looked whether the host is still ours.
const STEPS: usize = 8;

/// A host, what keeps others out of it, and the seals on its notes.
pub(super) struct Sealed<'a> {
    host: &'a dyn Host,
    held: Option<&'a Held<'a>>,
    seal: &'a Seal,
    strange: Strange,
    seen: AtomicBool,
}

impl<'a> Sealed<'a> {
    pub fn new(
        host: &'a dyn Host,
        held: Option<&'a Held<'a>>,
        seal: &'a Seal,
        strange: Strange,
    ) -> Sealed<'a> {
        Sealed { host, held, seal, strange, seen: AtomicBool::new(false) }
    }

    fn step(&self) -> usize {
        self.host.width().saturating_mul(STEPS).max(64)
    }

    fn hold(&self) -> Result<(), Fault> {
        self.held.map_or(Ok(()), Held::hold)
    }

    /// Whether a note names files, so that a lie in it would cost some.
    fn is_sealed(&self, key: &str) -> bool {
        let name = key.strip_prefix(OWN).and_then(|rest| rest.strip_prefix('/'));
        self.host.switch().is_none()
            && name.is_some_and(|name| name.ends_with(".json") && name != "lock.json" && !name.contains('/'))
    }

    /// Whether a note without a seal of ours was read.
    pub fn seen(&self) -> bool {
        self.seen.load(Ordering::Relaxed)
    }
}

/// How strange notes are met.
pub(super) fn manner(ask: &Ask) -> Strange {
    match (ask.dry, ask.adopt) {
        (true, _) => Strange::Read,
        (false, true) => Strange::Adopt,
        (false, false) => Strange::Refuse,
    }
}

fn refusal(key: &str, note: &[u8]) -> Fault {
    let last = (key == own("index.json")).then(|| Index::read(note)).flatten();
    let last = last.and_then(|index| index.releases.last().cloned()).unwrap_or_default();
    let or = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    Problem::new("deploy-notes-strange")
        .arg("path", key)
        .arg("by", or(last.by))
        .arg("time", or(last.time))
        .into()
}

impl Host for Sealed<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.hold()?;
        let Some(note) = self.host.get(key)? else { return Ok(None) };
        if !self.is_sealed(key) {
            return Ok(Some(note));
        }
        let (bytes, ours) = self.seal.opened(key, &note);
        if !ours {
            match self.strange {
                Strange::Refuse => return Err(refusal(key, bytes)),
                Strange::Read => self.seen.store(true, Ordering::Relaxed),
                Strange::Adopt => self.put(key, bytes)?,
            }
        }
        Ok(Some(bytes.to_vec()))
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.hold()?;
        if self.is_sealed(key) {
            return self.host.put(key, &self.seal.sealed(key, bytes));
        }
        self.host.put(key, bytes)
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        self.hold()?;
        self.host.claim(key, bytes)
    }

    fn apply(&self, acts: &[Act<'_>], tree: Option<&Tree>) -> Result<(), Fault> {
        // What goes, goes many at a time; a folder of a new release is nobody else's.
        let whole = self.host.switch().is_some() || acts.iter().any(|act| matches!(act, Act::Delete { .. }));
        let step = if whole { acts.len().max(1) } else { self.step() };
        acts.chunks(step).try_for_each(|acts| {
            self.hold()?;
            self.host.apply(acts, tree)
        })
    }

    fn sweep(&self, folder: &str, keys: &[String]) -> Result<(), Fault> {
        self.hold()?;
        self.host.sweep(folder, keys)
    }

    fn keep(&self, copies: &[Act<'_>]) -> Result<Vec<String>, Fault> {
        let mut gone = Vec::new();
        for copies in copies.chunks(self.step()) {
            self.hold()?;
            gone.extend(self.host.keep(copies)?);
        }
        Ok(gone)
    }

    fn date(&self) -> Option<i64> {
        self.host.date()
    }

    fn width(&self) -> usize {
        self.host.width()
    }

    fn keeps_versions(&self) -> bool {
        self.host.keeps_versions()
    }

    fn switch(&self) -> Option<&dyn Switch> {
        self.host.switch()
    }

    fn requests(&self) -> u64 {
        self.host.requests()
    }
}
