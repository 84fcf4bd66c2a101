//! The journal of a commit: all its steps, written and flushed to disk before the first of them is taken.
//!
//! Every step may be taken twice, so a commit that was killed is finished by taking all of them again.
//! Pages are not flushed one by one (10,000 of them would take minutes on a hard disk): a power cut may leave some of
//! them torn. The journal knows their digests; a torn one ends the recovery with a manifest that owns both the old and the
//! new files, and the build that follows renders and compares all of the new ones.

use super::fuse::Fuse;
use super::location::Location;
use super::record::Entry;
use super::{Fault, MANIFEST, manifest};
use crate::build::memo::{self, Loaded};
use crate::digest::{Digest, Digester, Marks};
use crate::files::{self, Failure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The steps of a commit, in their order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Journal {
    /// The output had a manifest when the commit began.
    pub(super) had_manifest: bool,
    /// Files that stand where folders must be, or in folders that stand where files must be.
    pub(super) early: Vec<String>,
    /// Folders that stand where files must be, deepest first.
    pub(super) early_folders: Vec<String>,
    /// Files that move from the staged tree, the manifest last.
    pub(super) moves: Vec<Move>,
    /// Files that are no longer published.
    pub(super) late: Vec<String>,
}

/// A file that moves from the staged tree to the output.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Move {
    pub(super) path: String,
    pub(super) content: Digest,
    pub(super) size: u64,
}

impl Journal {
    /// Writes the journal; from now on the commit will be finished, by us or by the next build.
    pub(super) fn save(&self, at: &Location) -> Result<(), Failure> {
        files::write_with(&at.journal, true, |file| memo::seal(file, &form(at), self))
    }

    /// Takes all steps that are not taken yet.
    pub(super) fn replay(&self, at: &Location, fuse: &Fuse) -> Result<(), Fault> {
        for path in &self.early {
            fuse.step()?;
            files::remove_file(&at.output.join(path))?;
        }
        for folder in &self.early_folders {
            fuse.step()?;
            files::remove_empty_folder(&at.output.join(folder))?;
        }
        let (last, pages) = match self.moves.split_last() {
            Some((last, pages)) if last.path == MANIFEST => (Some(last), pages),
            _ => (None, self.moves.as_slice()),
        };
        let mut made = "";
        for step in pages {
            fuse.step()?;
            let folder = step.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder != made {
                files::make_folder(&at.output.join(folder))?;
                made = folder;
            }
            move_in(at, &step.path)?;
        }
        for path in &self.late {
            fuse.step()?;
            files::remove_file(&at.output.join(path))?;
        }
        self.remove_empty_folders(at, fuse)?;
        if let Some(last) = last {
            fuse.step()?;
            move_in(at, &last.path)?;
        }
        fuse.step()
    }

    /// Folders that our removals have left empty.
    fn remove_empty_folders(&self, at: &Location, fuse: &Fuse) -> Result<(), Fault> {
        let mut folders = BTreeSet::new();
        for path in self.late.iter().chain(&self.early) {
            let mut rest = path.as_str();
            while let Some((folder, _)) = rest.rsplit_once('/') {
                if !folders.insert(folder) {
                    break;
                }
                rest = folder;
            }
        }
        // A folder sorts before those in it.
        for folder in folders.into_iter().rev() {
            fuse.step()?;
            files::remove_empty_folder(&at.output.join(folder))?;
        }
        Ok(())
    }

    /// Whether all files that still wait have their bytes.
    fn is_sound(&self, at: &Location) -> Result<bool, Failure> {
        for step in &self.moves {
            if let Some(bytes) = files::read_if_there(&at.tree.join(&step.path))?
                && Digest::of(&bytes) != step.content
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// After a power cut: old and new files are ours, and none of the new ones is known to be good.
    fn give_up(&self, at: &Location) -> Result<(), Failure> {
        let path = at.output.join(MANIFEST);
        let known = files::read_if_there(&path)?.and_then(|bytes| manifest::read(&bytes)).unwrap_or_default();
        let mut all: std::collections::BTreeMap<Arc<str>, Entry> =
            known.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
        for step in self.moves.iter().filter(|step| step.path != MANIFEST) {
            let path: Arc<str> = step.path.as_str().into();
            let entry = Entry {
                path: path.clone(),
                size: step.size,
                content: step.content,
                key: None,
                marks: Marks::default(),
                stamp: None,
            };
            all.insert(path, entry);
        }
        files::make_folder(&at.output)?;
        let entries: Vec<Entry> = all.into_values().collect();
        files::write_with(&path, true, |file| manifest::write(&entries, file)).map(|_| ())
    }
}

/// Moves one file, unless it has been moved.
fn move_in(at: &Location, path: &str) -> Result<(), Failure> {
    let staged = at.tree.join(path);
    match files::rename(&staged, &at.output.join(path)) {
        Err(_) if files::look(&staged)?.is_none() => Ok(()),
        done => done,
    }
}

/// Finishes the commit of a build that was killed, or drops what it had staged.
pub(super) fn recover(at: &Location, fuse: &Fuse) -> Result<(), Fault> {
    if files::look(&at.stage)?.is_none() {
        return Ok(());
    }
    let journal = match files::read_if_there(&at.journal)? {
        Some(bytes) => memo::open::<Journal>(&bytes, &form(at)),
        None => Loaded::Foreign,
    };
    if let Loaded::Value(journal) = journal {
        let has_manifest = files::look(&at.output.join(MANIFEST))?.is_some();
        // Who removed the output in between wants a new one, not the rest of the old commit.
        if has_manifest || !journal.had_manifest {
            if journal.is_sound(at)? {
                journal.replay(at, fuse)?;
            } else {
                journal.give_up(at)?;
            }
        }
        // The journal goes first: without it the rest is only left-over.
        files::remove_file(&at.journal)?;
    }
    at.clear_stage().map_err(Fault::from)
}

/// A journal counts only for the folder that it was written for.
fn form(at: &Location) -> Digest {
    Digester::new().text("journal, form 1").digest(&at.id).finish()
}
