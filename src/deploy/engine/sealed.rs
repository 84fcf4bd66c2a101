//! A host whose notes are sealed: between the engine and a host that changes files in place.
//!
//! Notes that name files are sealed when they are put; one that comes back without a seal of ours stops everything, unless
//! it is only looked at, or taken over because the user said so.

use super::Ask;
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

/// A host and the seals on its notes.
pub(super) struct Sealed<'a> {
    host: &'a dyn Host,
    seal: &'a Seal,
    strange: Strange,
    seen: AtomicBool,
}

impl<'a> Sealed<'a> {
    pub fn new(host: &'a dyn Host, seal: &'a Seal, strange: Strange) -> Sealed<'a> {
        Sealed { host, seal, strange, seen: AtomicBool::new(false) }
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

/// Whether a note names files, so that a lie in it would cost some.
fn is_sealed(key: &str) -> bool {
    let name = key.strip_prefix(OWN).and_then(|rest| rest.strip_prefix('/'));
    name.is_some_and(|name| name.ends_with(".json") && name != "lock.json" && !name.contains('/'))
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
        let Some(note) = self.host.get(key)? else { return Ok(None) };
        if !is_sealed(key) {
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
        if is_sealed(key) {
            return self.host.put(key, &self.seal.sealed(key, bytes));
        }
        self.host.put(key, bytes)
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        self.host.claim(key, bytes)
    }

    fn apply(&self, acts: &[Act<'_>], tree: Option<&Tree>) -> Result<(), Fault> {
        self.host.apply(acts, tree)
    }

    fn sweep(&self, folder: &str, keys: &[String]) -> Result<(), Fault> {
        self.host.sweep(folder, keys)
    }

    fn keep(&self, copies: &[Act<'_>]) -> Result<Vec<String>, Fault> {
        self.host.keep(copies)
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
