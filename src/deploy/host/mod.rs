//! A place where a site is put, as little of it as the engine needs.
//!
//! Keys are paths with `/` below the target. A host says honestly what it can: [`Host::switch`] is there only where a
//! whole release goes live at once, [`Host::claim`] answers [`Claim::Unsure`] where nobody keeps two people apart.

pub mod folder;
pub mod http;
mod refusal;
pub mod s3;
pub mod sigv4;
pub mod ssh;
pub mod webdav;

use super::fault::Fault;
use super::manifest::{Entry, Manifest};
use super::retry::several;
use super::tree::Tree;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// One change on a host.
#[derive(Clone, Debug)]
pub enum Act<'a> {
    /// Puts a file of the local tree.
    Put {
        /// Where.
        key: String,
        /// Its path in the tree.
        path: &'a str,
        /// What it is.
        entry: &'a Entry,
    },
    /// Puts what the host has already.
    Copy {
        /// From where.
        from: String,
        /// To where; what stands there is replaced.
        to: String,
        /// The headers it gets.
        entry: &'a Entry,
    },
    /// Removes; there need not be anything.
    Delete {
        /// What.
        key: String,
    },
}

impl Act<'_> {
    /// What it changes.
    pub fn key(&self) -> &str {
        match self {
            Act::Put { key, .. } | Act::Delete { key } | Act::Copy { to: key, .. } => key,
        }
    }
}

/// Whether a file that must not exist could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours.
    Made,
    /// Somebody else's is there.
    Taken,
    /// It is written, but the host would have overwritten another one.
    Unsure,
}

/// A host.
pub trait Host: Sync {
    /// The bytes at a key; none when there is nothing.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault>;

    /// Writes a note of ours, at once or not at all.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses.
    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault>;

    /// Writes a note that must not be there yet.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses.
    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault>;

    /// Does the acts, in any order and several at a time; all of them are done when it returns. The tree holds what is
    /// put.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses; any number of the acts may be done then.
    fn apply(&self, acts: &[Act<'_>], tree: Option<&Tree>) -> Result<(), Fault>;

    /// Removes a folder of our notes; these keys are all that is in it.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses.
    fn sweep(&self, folder: &str, keys: &[String]) -> Result<(), Fault> {
        _ = folder;
        let acts: Vec<Act<'_>> = keys.iter().map(|key| Act::Delete { key: key.clone() }).collect();
        self.apply(&acts, None)
    }

    /// Does copies and says of which keys there was nothing to copy.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses.
    fn keep(&self, copies: &[Act<'_>]) -> Result<Vec<String>, Fault> {
        self.apply(copies, None).map(|()| Vec::new())
    }

    /// How many files may be asked for at a time.
    fn width(&self) -> usize {
        1
    }

    /// What the host's clock said with its last answer, in seconds, where it says that.
    fn date(&self) -> Option<i64> {
        None
    }

    /// Whether the host was seen to keep what is replaced or removed, as buckets with versions do.
    fn keeps_versions(&self) -> bool {
        false
    }

    /// How whole releases go live, where the host can do that.
    fn switch(&self) -> Option<&dyn Switch> {
        None
    }

    /// How many requests were made, tries that failed included.
    fn requests(&self) -> u64;
}

/// How a new release's folder begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    /// Empty.
    Empty,
    /// As a copy of a release; a host that is asked for it can do so in one step.
    Copy(&'a str),
    /// As a release that is no longer kept, which is used up by it.
    Reuse(&'a str),
}

/// A host that keeps releases side by side and shows one of them.
pub trait Switch {
    /// Whether [`Start::Copy`] costs one step, not one a file.
    fn copies(&self) -> bool;

    /// Makes the folder of a release, unless it is there.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses.
    fn prepare(&self, id: &str, start: Start<'_>) -> Result<(), Fault>;

    /// Shows a release, at once.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses; then the old one is shown.
    fn point(&self, id: &str) -> Result<(), Fault>;

    /// Removes the folders of releases.
    ///
    /// # Errors
    /// A host that cannot be reached or refuses.
    fn remove(&self, ids: &[String]) -> Result<(), Fault>;

    /// The files that a release's folder should have and has not, where that is quickly seen.
    ///
    /// # Errors
    /// A host that refuses.
    fn lacks(&self, id: &str, manifest: &Manifest) -> Result<Vec<String>, Fault> {
        _ = (id, manifest);
        Ok(Vec::new())
    }

    /// Where the files of a release lie.
    fn place(&self, id: &str, shown: Option<&str>) -> String {
        _ = shown;
        format!("{RELEASES}/{id}")
    }
}

/// The path of a file in its release, from a key that lies in one.
fn in_release(key: &str) -> &str {
    key.splitn(3, '/').nth(2).unwrap_or_default()
}

/// The folder of all releases.
pub const RELEASES: &str = "releases";
/// What the server shows.
pub const CURRENT: &str = "current";
/// In each release: its name.
pub const MARK: &str = ".yicun-release";

/// [`Host::keep`], one copy after the other: a source that is not there is told by looking for it, for hosts answer with
/// any status then.
fn keep_each(host: &dyn Host, copies: &[Act<'_>]) -> Result<Vec<String>, Fault> {
    let gone: Mutex<Vec<String>> = Mutex::default();
    let wary = AtomicBool::new(false);
    several(copies, host.width(), |act| {
        let Act::Copy { from, .. } = act else { return Ok(()) };
        // Where one is missing, others may be: then looking first is faster than failing.
        let done = match wary.load(Ordering::Relaxed) && host.get(from)?.is_none() {
            true => None,
            false => Some(host.apply(std::slice::from_ref(act), None)),
        };
        match done {
            Some(Ok(())) => Ok(()),
            Some(Err(fault)) if host.get(from)?.is_some() => Err(fault),
            _ => {
                wary.store(true, Ordering::Relaxed);
                gone.lock().unwrap_or_else(PoisonError::into_inner).push(from.clone());
                Ok(())
            }
        }
    })?;
    Ok(gone.into_inner().unwrap_or_else(PoisonError::into_inner))
}
