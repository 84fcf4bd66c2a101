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
    let files = before.map(|(before, _)| differing(before, &source)).unwrap_or_default();
    let as_before =
        |(before, told): (&Source, _)| before.files.len() == source.files.len() && problems == told;
    let same = matches!(changed, Changed::All) && files.is_empty() && before.is_some_and(as_before);
    let left: Vec<&SourceFile> = before.map(|(before, _)| vanished(before, &source)).unwrap_or_default();
    // What changes its role does more than come or go.
    let known = before.is_some_and(|(before, _)| {
        left.iter().all(|file| file.role == Role::Content)
            && files.iter().all(|name| match (before.get(name), source.get(name)) {
                (Some(old), Some(new)) => old.role == new.role,
                (None, new) => new.is_some_and(|new| new.role == Role::Content),
                _ => false,
            })
    });
    let gone = left.into_iter().map(|file| file.path.clone()).collect();
    Ok(Looked { source: Arc::new(source), problems, same, known, unfinished: false, files, gone })
}

/// The source with new stamps for `paths`, if these are files that were there before, or pages that came or went. Only for a
/// source of which the walk told nothing: what it told could have ended.
fn touch(
    before: &Source,
    request: &Request,
    paths: &BTreeSet<PathBuf>,
    last: bool,
) -> Result<Option<Looked>, Failure> {
    let root = files::resolve(&request.root)?;
    let mut source = before.clone();
    let (mut same, mut unfinished, mut files) = (true, false, Vec::new());
    let mut gone = Vec::new();
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
                same = false;
            }
            (Some((at, file)), None) if file.role == Role::Content && !file.is_bound() => {
                source.files.remove(at);
                gone.push(name.into());
                same = false;
            }
            // What decides how other files are read needs the whole road.
            (Some((at, file)), Some(look)) if look.nature == Nature::File && file.role != Role::Config => {
                if look.change.size == 0 && file.stamp.size > 0 && !last {
                    unfinished = true;
                    continue;
                }
                source.files[at].stamp = look.change;
                files.push(name);
                same = false;
            }
            _ => return Ok(None),
        }
    }
    let same = same && !unfinished;
    let source = Arc::new(source);
    Ok(Some(Looked { source, problems: Vec::new(), same, known: true, unfinished, files, gone }))
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
