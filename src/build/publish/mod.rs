//! Bytes to disk: staged beside the output, committed by one rename or by a journal.
//!
//! In: every output's path, key and bytes (or only its key, where the published file may stay). Out: the output
//! folder, exactly that set of files, plus a manifest. Until [`Publisher::commit`] nothing published changes; a commit
//! that was killed is finished by the next [`Publisher::open`]. Only files that we wrote are replaced or removed;
//! ours that somebody changed or deleted are restored; unchanged files are not touched, so they keep their times.

mod commit;
mod fault;
mod fuse;
mod journal;
mod location;
mod manifest;
mod record;

pub use commit::Summary;
pub use fault::Fault;
pub use manifest::MANIFEST;

use crate::build::memo;
use crate::digest::{Digest, Marks};
use crate::files::{self, Below, Failure, Lock, Nature, Stamp};
use crate::parallel;
use crate::problem::Problem;
use fuse::Fuse;
use location::Location;
use record::{Entry, Owned};
use std::cmp;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// One build's way into an output folder. Calls from several threads are fine.
#[derive(Debug)]
pub struct Publisher {
    at: Location,
    /// What earlier builds published here, and this one may replace or remove.
    old: Owned,
    /// There is nothing in the output: the staged tree can become it whole.
    empty: bool,
    /// For each of `old`, whether it is still as it was published.
    whole: Vec<bool>,
    /// For each of `old`, whether it stays without having been rendered.
    kept: Vec<AtomicBool>,
    /// What was put.
    fresh: Mutex<Fresh>,
    /// Folders that were made in the staged tree and may hold more than an `index.html`.
    folders: RwLock<HashSet<Box<str>>>,
    /// Some `put` failed, so the set of outputs is not complete.
    incomplete: AtomicBool,
    /// The journal is written: the staged files are needed until the commit is finished.
    committing: bool,
    fuse: Fuse,
    _lock: Lock,
}

/// What an earlier build published at a path.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    /// Where it stands among all that were published.
    at: usize,
    /// Of what it was made.
    pub key: Digest,
    /// The same in parts.
    pub marks: Marks,
    /// Whether the file is still as it was published.
    pub whole: bool,
}

/// Where a file stands among all that were published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

/// The files that were put.
#[derive(Debug, Default)]
struct Fresh {
    entries: Vec<Entry>,
    /// Those whose bytes the published file has already; all others wait in the staged tree.
    same: Vec<Arc<str>>,
}

impl Publisher {
    /// Takes the output folder of the site at `root`: locks it, finishes a commit that was killed, and learns what is
    /// published. Refuses folders with files that we did not write, and folders of the site itself.
    pub fn open(output: &Path, root: &Path) -> Result<Publisher, Fault> {
        Self::open_with(output, root, Fuse::default())
    }

    fn open_with(output: &Path, root: &Path, fuse: Fuse) -> Result<Publisher, Fault> {
        let at = Location::of(output, root)?;
        memo::prepare(&at.root)?;
        let Some(lock) = files::lock(&at.lock)? else {
            return Err(Problem::new("build-running").arg("path", at.output.display()).into());
        };
        journal::recover(&at, &fuse)?;
        let (old, empty) = record::owned(&at)?;
        // Asked now and in parallel, not at the first need: then a thread of the pool would wait for itself.
        let output = Below::new(&at.output);
        let whole = parallel::map(&old.entries, |entry| {
            let look = output.look(&entry.path).ok().flatten();
            look.is_some_and(|look| look.nature == Nature::File && Some(look.stamp) == entry.stamp)
        });
        let kept = old.entries.iter().map(|_| AtomicBool::new(false)).collect();
        Ok(Publisher {
            at,
            old,
            empty,
            whole,
            kept,
            fresh: Mutex::default(),
            folders: RwLock::default(),
            incomplete: AtomicBool::new(false),
            committing: false,
            fuse,
            _lock: lock,
        })
    }

    /// Names the output among those of the site.
    pub fn id(&self) -> Digest {
        self.at.id
    }

    /// What [`commit`](Self::commit) was told of what is published, if that is remembered.
    pub fn made_of(&self) -> Option<Digest> {
        self.old.made_of.filter(|_| self.old.complete)
    }

    /// How many files are published, if all of them are still exactly as they were.
    /// If the inputs are also those of the last build, there is nothing to do.
    pub fn untouched(&self) -> Option<usize> {
        let untouched = !self.empty
            && self.old.complete
            && self.old.entries.iter().all(|entry| entry.key.is_some())
            && self.whole.iter().all(|whole| *whole);
        untouched.then_some(self.old.entries.len())
    }

    /// Says how many files there will be, so that room is made for them once.
    pub fn expect(&self, count: usize) {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).entries.reserve_exact(count);
    }

    /// Lets the published file at `path` stay, if it has this key and is still as it was, so that it need
    /// not be rendered. Otherwise says no: then put it.
    #[must_use = "a path that cannot be kept must be put"]
    pub fn keep(&self, path: &str, key: &Digest) -> bool {
        self.before(path).is_some_and(|before| self.keep_as(&before, key))
    }

    /// Like [`keep`](Self::keep), of a file that was looked up already.
    #[must_use = "a path that cannot be kept must be put"]
    pub fn keep_as(&self, before: &Before, key: &Digest) -> bool {
        let kept = self.kept.get(before.at).filter(|_| before.whole && before.key == *key);
        if let Some(kept) = kept {
            kept.store(true, Ordering::Relaxed);
        }
        kept.is_some()
    }

    /// Where each of `paths`, which are sorted, stands among all that was published.
    pub fn places<'p>(
        &'p self,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> impl Iterator<Item = Option<Place>> {
        let mut old = self.old.entries.iter().enumerate().peekable();
        paths.into_iter().map(move |path| {
            loop {
                let (at, entry) = old.peek()?;
                match (*entry.path).cmp(path) {
                    cmp::Ordering::Less => _ = old.next(),
                    cmp::Ordering::Equal => return Some(Place(u32::try_from(*at).ok()?)),
                    cmp::Ordering::Greater => return None,
                }
            }
        })
    }

    /// What was published at `path`, as far as it is remembered.
    pub fn before(&self, path: &str) -> Option<Before> {
        self.known(self.old.find(path)?.0)
    }

    /// What was published at a place, as far as it is remembered.
    pub fn before_at(&self, place: Place) -> Option<Before> {
        self.known(place.0 as usize)
    }

    fn known(&self, at: usize) -> Option<Before> {
        let entry = self.old.entries.get(at)?;
        let whole = self.whole.get(at).copied().unwrap_or(false);
        Some(Before { at, key: entry.key?, marks: entry.marks, whole })
    }

    /// Publishes `bytes` at `path` with the commit. Written to the staged tree at once, unless the published file
    /// has the same bytes.
    pub fn put(&self, path: impl Into<Arc<str>>, key: Digest, bytes: &[u8]) -> Result<(), Fault> {
        self.put_marked(path, key, Marks::default(), bytes)
    }

    /// Like [`put`](Self::put), with what says later which part of the key changed.
    pub fn put_marked(
        &self,
        path: impl Into<Arc<str>>,
        key: Digest,
        marks: Marks,
        bytes: &[u8],
    ) -> Result<(), Fault> {
        let put = self.try_put(path.into(), key, marks, bytes);
        if put.is_err() {
            self.incomplete.store(true, Ordering::Relaxed);
        }
        put
    }

    fn try_put(&self, path: Arc<str>, key: Digest, marks: Marks, bytes: &[u8]) -> Result<(), Fault> {
        location::check(&path)?;
        let content = Digest::of(bytes);
        let (stamp, staged) = match self.published_same(&path, &content, bytes)? {
            Some(stamp) => (stamp, false),
            None => (self.stage(&path, bytes)?, true),
        };
        let size = bytes.len() as u64;
        let entry = Entry { path, size, content, key: Some(key), marks, stamp: Some(stamp) };
        let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if !staged {
            fresh.same.push(Arc::clone(&entry.path));
        }
        fresh.entries.push(entry);
        Ok(())
    }

    /// The stamp of our published file, if it has these bytes.
    fn published_same(&self, path: &str, content: &Digest, bytes: &[u8]) -> Result<Option<Stamp>, Fault> {
        if self.empty {
            return Ok(None);
        }
        let disk = self.at.output.join(path);
        let Some((at, entry)) = self.old.find(path) else {
            return match files::look(&disk)? {
                // A folder may turn out to hold only our own files, which go: the commit looks.
                None => Ok(None),
                Some(look) if look.nature == Nature::Folder => Ok(None),
                Some(_) => Err(occupied(path)),
            };
        };
        let whole = self.whole.get(at).copied().unwrap_or(false);
        if whole {
            return Ok(entry.stamp.filter(|_| entry.content == *content));
        }
        // Touched, or our record of it is lost: its bytes decide.
        match files::look(&disk)? {
            Some(look) if look.nature == Nature::File && look.stamp.size == bytes.len() as u64 => {
                Ok((files::read_if_there(&disk)?.as_deref() == Some(bytes)).then_some(look.stamp))
            }
            _ => Ok(None),
        }
    }

    fn is_put(&self, path: &str) -> bool {
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        fresh.entries.iter().any(|entry| &*entry.path == path)
    }

    fn stage(&self, path: &str, bytes: &[u8]) -> Result<Stamp, Fault> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        // Most folders are made for one `index.html`, and need not be remembered.
        let alone = name == "index.html";
        let made = !alone && self.folders.read().unwrap_or_else(PoisonError::into_inner).contains(folder);
        let staged = (|| {
            if !made {
                files::make_folder(&self.at.tree.join(folder))?;
                if !alone {
                    self.folders.write().unwrap_or_else(PoisonError::into_inner).insert(folder.into());
                }
            }
            files::write_new(&self.at.tree.join(path), bytes)
        })();
        staged.map_err(|failure| match failure.error.kind() {
            // The tree was empty, so another output is in the way: the same, or `a` and `a/b`, or on Windows `a` and `A`.
            ErrorKind::AlreadyExists if self.is_put(path) => twice(path),
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
                Problem::new("output-clash").arg("path", path).into()
            }
            _ => Fault::Disk(failure),
        })
    }
}

/// The problem of two outputs for one path.
fn twice(path: &str) -> Fault {
    Problem::new("output-twice").arg("path", path).into()
}

/// Forgets what is remembered of an output that will not be published to again.
pub fn forget(output: &Path, root: &Path) -> Result<(), Fault> {
    let at = Location::of(output, root)?;
    files::remove_file(&at.record)?;
    files::remove_file(&at.lock)?;
    Ok(())
}

/// The paths of all files that are published in a folder, by its manifest; none where there is no manifest of ours.
pub fn paths(output: &Path) -> Result<Vec<String>, Failure> {
    let bytes = files::read_if_there(&output.join(MANIFEST))?.unwrap_or_default();
    let entries = manifest::read(&bytes).unwrap_or_default();
    Ok(entries.into_iter().map(|entry| entry.path.to_string()).collect())
}

/// Without a commit nothing has happened.
impl Drop for Publisher {
    fn drop(&mut self) {
        if !self.committing && !self.fuse.is_blown() {
            // Left-overs are removed by the next open.
            _ = files::remove_tree(&self.at.stage);
        }
    }
}

/// Path, size and content of all files that are published in a folder, by its manifest.
pub fn listed(output: &Path) -> Result<Vec<(String, u64, Digest)>, Failure> {
    let bytes = files::read_if_there(&output.join(MANIFEST))?.unwrap_or_default();
    let entries = manifest::read(&bytes).unwrap_or_default();
    Ok(entries.into_iter().map(|entry| (entry.path.to_string(), entry.size, entry.content)).collect())
}

/// The problem of a file that is not ours where one of ours should be.
fn occupied(path: &str) -> Fault {
    Problem::new("output-occupied").arg("path", path).into()
}

#[cfg(test)]
mod tests;
