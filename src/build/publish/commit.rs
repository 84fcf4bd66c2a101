//! The commit: compares what was put with what is published, and makes the difference real.

use super::journal::{Journal, Move};
use super::record::{self, Entry};
use super::{Fault, Fresh, MANIFEST, Publisher, manifest, occupied, twice};
use crate::digest::Digest;
use crate::files::{self, Doing, Failure, Nature};
use crate::problem::Problem;
use std::io;
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

/// What a commit changed. The manifest is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// New and changed files, sorted.
    pub written: Vec<Arc<str>>,
    /// Files that are no longer published, sorted.
    pub removed: Vec<String>,
    /// Files that stayed as they were.
    pub unchanged: usize,
}

impl Publisher {
    /// Publishes all that was put and kept, and removes what else of ours is in the output. `made_of` is remembered with it.
    pub fn commit(mut self, made_of: Option<Digest>) -> Result<Summary, Fault> {
        if self.incomplete.load(Ordering::Relaxed) {
            return Err(Problem::new("output-incomplete").arg("path", self.at.output.display()).into());
        }
        let Fresh { mut entries, mut same } =
            mem::take(self.fresh.get_mut().unwrap_or_else(PoisonError::into_inner));
        entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        same.sort_unstable();
        let staged = entries.iter().filter(|entry| same.binary_search(&entry.path).is_err());
        let written: Vec<Arc<str>> = staged.map(|entry| Arc::clone(&entry.path)).collect();
        let (next, removed) = self.next(entries)?;
        refuse_clashes(&next)?;
        let summary = Summary { unchanged: next.len() - written.len(), written, removed };

        if summary.written.is_empty() && summary.removed.is_empty() && !self.empty {
            let path = self.at.output.join(MANIFEST);
            let wanted = manifest::write(&next, io::sink()).map_err(Failure::when(Doing::Write, &path))?;
            let there = files::read_if_there(&path)?;
            if there.is_some_and(|bytes| (bytes.len() as u64, Digest::of(&bytes)) == wanted) {
                if next != self.old.entries || !self.old.complete || made_of != self.old.made_of {
                    record::save(&self.at, wanted.1, made_of, &next);
                }
                return Ok(summary);
            }
        }

        self.fuse.step()?;
        files::make_folder(&self.at.tree)?;
        let (size, digest) =
            files::write_with(&self.at.tree.join(MANIFEST), true, |file| manifest::write(&next, file))?;
        self.fuse.step()?;
        if !self.become_output()? {
            let journal =
                self.journal(&next, &summary, Move { path: MANIFEST.to_owned(), content: digest, size })?;
            self.fuse.step()?;
            journal.save(&self.at)?;
            self.committing = true;
            files::make_folder(&self.at.output)?;
            journal.replay(&self.at, &self.fuse)?;
        }
        record::save(&self.at, digest, made_of, &next);
        self.fuse.step()?;
        // What cannot be removed now is removed by the next build; a journal would only repeat what is done.
        _ = files::remove_file(&self.at.journal).and_then(|_| self.at.clear_stage());
        Ok(summary)
    }

    /// All files that will be published, and the paths of those that will not be any more; both sorted, as `fresh` is.
    fn next(&self, fresh: Vec<Entry>) -> Result<(Vec<Entry>, Vec<String>), Fault> {
        let mut removed = Vec::new();
        let next = if self.old.entries.is_empty() { fresh } else { self.merged(fresh, &mut removed)? };
        match next.array_windows().find(|[one, other]| one.path == other.path) {
            Some([one, _]) => Err(twice(&one.path)),
            None => Ok((next, removed)),
        }
    }

    fn merged(&self, fresh: Vec<Entry>, removed: &mut Vec<String>) -> Result<Vec<Entry>, Fault> {
        let kept = self.kept.iter().filter(|kept| kept.load(Ordering::Relaxed)).count();
        let mut next: Vec<Entry> = Vec::with_capacity(fresh.len() + kept);
        let mut fresh = fresh.into_iter().peekable();
        for (entry, kept) in self.old.entries.iter().zip(&self.kept) {
            next.extend(std::iter::from_fn(|| fresh.next_if(|fresh| fresh.path < entry.path)));
            let again = fresh.peek().is_some_and(|fresh| fresh.path == entry.path);
            match (kept.load(Ordering::Relaxed), again) {
                (true, false) => next.push(entry.clone()),
                (false, false) => removed.push(entry.path.to_string()),
                (false, true) => {}
                (true, true) => return Err(twice(&entry.path)),
            }
        }
        next.extend(fresh);
        Ok(next)
    }

    /// Where nothing is published yet, the staged tree becomes the output by one rename.
    fn become_output(&self) -> Result<bool, Fault> {
        // A mount point cannot be replaced; it is filled by a journal.
        if !self.empty || !files::remove_empty_folder(&self.at.output)? {
            return Ok(false);
        }
        self.fuse.step()?;
        files::rename(&self.at.tree, &self.at.output)?;
        self.fuse.step()?;
        Ok(true)
    }

    /// The steps from what is published to `next`. Looks at every place where a file will go before anything is
    /// changed, and refuses those that hold something that is not ours.
    fn journal(&self, next: &[Entry], summary: &Summary, manifest: Move) -> Result<Journal, Fault> {
        let mut journal = Journal {
            had_manifest: files::look(&self.at.output.join(MANIFEST))?.is_some(),
            early: Vec::new(),
            early_folders: Vec::new(),
            moves: Vec::with_capacity(summary.written.len() + 1),
            late: Vec::new(),
        };
        let mut seen = "";
        for path in &summary.written {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder != seen {
                self.look_at_folders(folder, path, &mut journal)?;
                seen = folder;
            }
            match files::look(&self.at.output.join(&**path))?.map(|look| look.nature) {
                Some(Nature::Folder) => self.look_into(path, path, &mut journal)?,
                Some(_) if self.old.find(path).is_none() => return Err(occupied(path)),
                Some(_) | None => {}
            }
            if let Ok(at) = next.binary_search_by(|entry| entry.path.cmp(path))
                && let Some(entry) = next.get(at)
            {
                journal.moves.push(Move { path: path.to_string(), content: entry.content, size: entry.size });
            }
        }
        journal.moves.push(manifest);
        journal.early.sort_unstable();
        journal.early.dedup();
        let mut seen = ("", true);
        for path in &summary.removed {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder != seen.0 {
                seen = (folder, self.is_within(folder)?);
            }
            if seen.1 && journal.early.binary_search(path).is_err() {
                journal.late.push(path.clone());
            }
        }
        Ok(journal)
    }

    /// The folders above a new file: a file of ours that stands in the way goes, anything else is not ours to remove.
    fn look_at_folders(&self, folder: &str, path: &str, journal: &mut Journal) -> Result<(), Fault> {
        for above in prefixes(folder) {
            match files::look(&self.at.output.join(above))?.map(|look| look.nature) {
                Some(Nature::Folder) => {}
                None => return Ok(()),
                // It cannot be in the next set: no path of that set lies below another.
                Some(Nature::File) if self.old.find(above).is_some() => {
                    journal.early.push(above.to_owned());
                    return Ok(());
                }
                Some(_) => return Err(occupied(path)),
            }
        }
        Ok(())
    }

    /// Whether `folder` is really in the output: behind a link that somebody put there, nothing is ours.
    fn is_within(&self, folder: &str) -> Result<bool, Fault> {
        for above in prefixes(folder) {
            if files::look(&self.at.output.join(above))?.is_none_or(|look| look.nature != Nature::Folder) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A folder where a file must be: it goes if all files in it are ours.
    fn look_into(&self, folder: &str, path: &str, journal: &mut Journal) -> Result<(), Fault> {
        for name in files::list(&self.at.output.join(folder))? {
            let inside = format!("{folder}/{}", name.to_str().ok_or_else(|| occupied(path))?);
            match files::look(&self.at.output.join(&inside))?.map(|look| look.nature) {
                Some(Nature::Folder) => self.look_into(&inside, path, journal)?,
                Some(_) if self.old.find(&inside).is_some() => journal.early.push(inside),
                Some(_) => return Err(occupied(path)),
                None => {}
            }
        }
        journal.early_folders.push(folder.to_owned());
        Ok(())
    }
}

/// No published file may be a folder of another.
fn refuse_clashes(next: &[Entry]) -> Result<(), Fault> {
    // In a sorted list all that begins with a path follows it, so the paths that a path begins with are at hand.
    let mut begun: Vec<&str> = Vec::new();
    for entry in next {
        let rest = |above: &&str| entry.path.strip_prefix(*above);
        begun.truncate(begun.iter().take_while(|above| rest(above).is_some()).count());
        if let Some(above) = begun.iter().find(|above| rest(above).is_some_and(|rest| rest.starts_with('/')))
        {
            return Err(Problem::new("output-clash").arg("path", above).into());
        }
        begun.push(&entry.path);
    }
    Ok(())
}

/// `a`, `a/b`, `a/b/c` of `a/b/c`; nothing of the output itself.
fn prefixes(folder: &str) -> impl Iterator<Item = &str> {
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    ends.filter_map(|end| folder.get(..end)).filter(|above| !above.is_empty())
}
