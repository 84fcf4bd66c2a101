//! What is on disk after a change: known files are only looked at, everything else means a new walk.

use crate::build::api::{Failure, Request};
use crate::build::source::{self, Role, Source, SourceFile};
use crate::files::{self, Nature, Stamp};
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Anything.
    All,
    /// These files; `last` says that a file which looks half-written is to be taken as it is.
    Paths {
        /// As the system names them, below the resolved root.
        paths: BTreeSet<PathBuf>,
        /// Whether there is no hope of more.
        last: bool,
    },
}

/// What was found.
pub(super) struct Looked {
    pub(super) source: Arc<Source>,
    /// What the walk told: of names that are no files of the site, and so not in `source`.
    pub(super) problems: Vec<Problem>,
    /// Nothing is different from before.
    pub(super) same: bool,
    /// What `files` and `gone` say is all that is different.
    pub(super) known: bool,
    /// A file was emptied, as editors do before they write it anew: its old state stays for now.
    pub(super) unfinished: bool,
    /// Files that are new or bear another stamp, relative to the root; none if nothing was known before.
    pub(super) files: Vec<String>,
    /// Pages that are no more.
    pub(super) gone: Vec<Arc<str>>,
}

/// The coarsest tick of a clock of file systems (FAT), in nanoseconds.
const TICK: i64 = 2_000_000_000;

/// Whether stamps can be trusted: a file that is written twice within a tick of the disk's clock may bear one stamp.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settling {
    /// When stamps were last seen to change, in nanoseconds of the disk's clock.
    since: i64,
    /// Whether files with the same stamps hold what was read of them.
    pub(super) sure: bool,
}

impl Settling {
    /// What holds once `source`, looked at `now`, has been read. Times in the future, as of a drive with another clock,
    /// are trusted after a tick too.
    pub(super) fn then(self, source: &Source, same: bool, now: Stamp) -> Self {
        let since = if same { self.since } else { now.time_ns };
        let settled = source.files.iter().all(|file| file.stamp.is_settled(&now));
        Settling { since, sure: settled || (same && now.time_ns.saturating_sub(since) > TICK) }
    }
}

/// Looks at the disk; `before` is what was found the last time, and what the walk told then.
pub(super) fn look(
    before: Option<(&Source, &[Problem])>,
    request: &Request,
    theme: &str,
    changed: &Changed,
) -> Result<Looked, Failure> {
    if let (Some((before, [])), Changed::Paths { paths, last }) = (before, changed)
        && let Some(looked) = touch(before, request, paths, *last)?
    {
        return Ok(looked);
    }
    let skip = std::slice::from_ref(&request.output);
    let (source, problems) = source::scan(&request.root, skip, theme)?;
    let Some((before, told)) = before else {
        let (files, gone) = (Vec::new(), Vec::new());
        let source = Arc::new(source);
        return Ok(Looked { source, problems, same: false, known: false, unfinished: false, files, gone });
    };
    let looked = compared(before, source, false);
    let same = looked.same && problems == told && matches!(changed, Changed::All);
    Ok(Looked { same, problems, ..looked })
}

/// The source with new stamps for `paths`, if these are files that were there before, or what stands at and below them now.
/// Only for a source of which the walk told nothing: what it told could have ended.
fn touch(
    before: &Source,
    request: &Request,
    paths: &BTreeSet<PathBuf>,
    last: bool,
) -> Result<Option<Looked>, Failure> {
    let root = files::resolve(&request.root)?;
    let mut source = before.clone();
    let (mut unfinished, mut files, mut gone) = (false, Vec::new(), Vec::new());
    let mut others = BTreeSet::new();
    for path in paths {
        let Some(inside) = path.strip_prefix(&root).ok().and_then(|inside| inside.to_str()) else {
            return Ok(None);
        };
        let name = inside.replace('\\', "/");
        let look = files::look(path)?;
        let place = source.place(&name).ok();
        match (place.map(|at| (at, &source.files[at])), look) {
            // A passing file of an editor is there and gone again.
            (None, None) if source.under(&name).next().is_none() => {}
            // An empty one is only about to be written.
            (None, Some(look)) if look.nature == Nature::File && source.takes(&name) => {
                if look.change.size == 0 && !last {
                    unfinished = true;
                    continue;
                }
                source.add(&name, look.change);
                files.push(name);
            }
            (Some((at, file)), None) if file.role == Role::Content && !file.is_bound() => {
                source.files.remove(at);
                gone.push(name.into());
            }
            // What decides how other files are read needs the whole road.
            (Some((_, file)), _) if file.role == Role::Config => return Ok(None),
            (Some((at, file)), Some(look)) if look.nature == Nature::File => {
                if look.change.size == 0 && file.stamp.size > 0 && !last {
                    unfinished = true;
                    continue;
                }
                source.files[at].stamp = look.change;
                files.push(name);
            }
            _ => _ = others.insert(name),
        }
    }
    if others.is_empty() {
        let same = files.is_empty() && gone.is_empty() && !unfinished;
        let source = Arc::new(source);
        let problems = Vec::new();
        return Ok(Some(Looked { source, problems, same, known: true, unfinished, files, gone }));
    }
    let Some(mut source) = source.rescan(&others, std::slice::from_ref(&request.output))? else {
        return Ok(None);
    };
    let empty = |file: &SourceFile| !last && file.role == Role::Content && file.stamp.size == 0;
    source.files.retain_mut(|file| match before.get(&file.path) {
        None if empty(file) => {
            unfinished = true;
            false
        }
        Some(old) if empty(file) && old.stamp.size > 0 => {
            unfinished = true;
            file.stamp = old.stamp;
            true
        }
        _ => true,
    });
    Ok(Some(compared(before, source, unfinished)))
}

/// What is different in `source` from `before`.
fn compared(before: &Source, source: Source, unfinished: bool) -> Looked {
    let files = differing(before, &source);
    let left = vanished(before, &source);
    // What changes its role does more than come or go.
    let may_come_or_go = |file: &SourceFile| matches!(file.role, Role::Content | Role::ContentFile);
    let known = left.iter().all(|file| may_come_or_go(file))
        && files.iter().all(|name| match (before.get(name), source.get(name)) {
            (Some(old), Some(new)) => old.role == new.role,
            (None, new) => new.is_some_and(may_come_or_go),
            _ => false,
        });
    let same = files.is_empty() && left.is_empty() && !unfinished;
    let gone = left.into_iter().map(|file| file.path.clone()).collect();
    Looked { source: Arc::new(source), problems: Vec::new(), same, known, unfinished, files, gone }
}

/// The files of `before` that are no more.
fn vanished<'b>(before: &'b Source, source: &Source) -> Vec<&'b SourceFile> {
    let mut rest = source.files.iter().peekable();
    let gone = |file: &&SourceFile| {
        while rest.next_if(|new| new.path < file.path).is_some() {}
        rest.next_if(|new| new.path == file.path).is_none()
    };
    before.files.iter().filter(gone).collect()
}

/// The files of `source` that were not in `before`, or not so.
fn differing(before: &Source, source: &Source) -> Vec<String> {
    let mut rest = before.files.iter().peekable();
    let new = |file: &&SourceFile| {
        while rest.next_if(|old| old.path < file.path).is_some() {}
        let old = rest.next_if(|old| old.path == file.path);
        old.is_none_or(|old| (old.role, old.stamp) != (file.role, file.stamp))
    };
    source.files.iter().filter(new).map(|file| file.path.to_string()).collect()
}
