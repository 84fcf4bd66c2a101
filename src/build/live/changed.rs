//! What is on disk after a change: known files are only looked at, everything else means a new walk.

use crate::build::api::{Failure, Request};
use crate::build::source::{self, Role, Source};
use crate::files::{self, Nature};
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::path::PathBuf;

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
    pub(super) source: Source,
    pub(super) problems: Vec<Problem>,
    /// Nothing is different from before.
    pub(super) same: bool,
    /// A file was emptied, as editors do before they write it anew: its old state stays for now.
    pub(super) unfinished: bool,
}

/// Looks at the disk.
pub(super) fn look(
    before: Option<&Source>,
    request: &Request,
    theme: &str,
    changed: &Changed,
) -> Result<Looked, Failure> {
    if let (Some(before), Changed::Paths { paths, last }) = (before, changed)
        && let Some(looked) = touch(before, request, paths, *last)?
    {
        return Ok(looked);
    }
    let skip = std::slice::from_ref(&request.output);
    let (source, problems) = source::scan(&request.root, skip, theme)?;
    let same = matches!(changed, Changed::All)
        && before.is_some_and(|before| {
            let facts = |source: &Source| {
                source.files.iter().map(|file| (file.path.clone(), file.role, file.stamp)).collect::<Vec<_>>()
            };
            facts(before) == facts(&source)
        });
    Ok(Looked { source, problems, same, unfinished: false })
}

/// The source with new stamps for `paths`, if these are files that were there before and still are. What the walk told
/// of names holds as before, and was told then; so a source with such problems is walked again.
fn touch(
    before: &Source,
    request: &Request,
    paths: &BTreeSet<PathBuf>,
    last: bool,
) -> Result<Option<Looked>, Failure> {
    let root = files::resolve(&request.root)?;
    let mut source = before.clone();
    let (mut same, mut unfinished) = (true, false);
    for path in paths {
        let Some(inside) = path.strip_prefix(&root).ok().and_then(|inside| inside.to_str()) else {
            return Ok(None);
        };
        let name = inside.replace('\\', "/");
        let known = source.files.binary_search_by(|file| file.path.as_str().cmp(&name)).ok();
        let look = files::look(path)?;
        let Some(file) = known.and_then(|at| source.files.get_mut(at)) else {
            // A passing file of an editor is there and gone again.
            if look.is_none() && source.under(&name).next().is_none() {
                continue;
            }
            return Ok(None);
        };
        // What decides how other files are read needs the whole road.
        let Some(look) = look.filter(|look| look.nature == Nature::File && file.role != Role::Config) else {
            return Ok(None);
        };
        if look.stamp.size == 0 && file.stamp.size > 0 && !last {
            unfinished = true;
            continue;
        }
        file.stamp = look.stamp;
        same = false;
    }
    Ok(Some(Looked { source, problems: Vec::new(), same: same && !unfinished, unfinished }))
}
