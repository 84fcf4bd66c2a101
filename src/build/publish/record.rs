//! What we published: the manifest says which files are ours, our private record adds keys and stamps.
//!
//! The record may be lost at any time: then files are rendered again and compared by their bytes, and those that are
//! the same are not touched.

use super::location::Location;
use super::{Fault, MANIFEST, manifest};
use crate::build::memo;
use crate::digest::{Digest, Marks};
use crate::files::{self, Nature, Stamp};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A published file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) path: Arc<str>,
    pub(super) size: u64,
    /// Of its bytes.
    pub(super) content: Digest,
    /// Of what it was rendered from, if we still know.
    pub(super) key: Option<Digest>,
    /// The parts of that.
    pub(super) marks: Marks,
    /// On disk right after publishing, if we still know.
    pub(super) stamp: Option<Stamp>,
}

/// All published files.
#[derive(Debug, Default)]
pub(super) struct Owned {
    /// Sorted by path.
    pub(super) entries: Vec<Entry>,
    /// The manifest on disk is that of `entries`.
    pub(super) complete: bool,
    /// All that it was made of, if the build knew.
    pub(super) made_of: Option<Digest>,
}

impl Owned {
    /// The entry of `path`, and where it stands.
    pub(super) fn find(&self, path: &str) -> Option<(usize, &Entry)> {
        let at = self.entries.binary_search_by(|entry| (*entry.path).cmp(path)).ok()?;
        Some((at, self.entries.get(at)?))
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    /// Of the manifest's bytes.
    manifest: Digest,
    made_of: Option<Digest>,
    entries: Vec<Entry>,
}

fn form() -> Digest {
    Digest::of(b"record of an output, form 3")
}

/// Remembers what is published. A record that cannot be written costs time, nothing else.
pub(super) fn save(at: &Location, manifest: Digest, made_of: Option<Digest>, entries: &[Entry]) {
    #[derive(Serialize)]
    struct Borrowed<'a> {
        manifest: Digest,
        made_of: Option<Digest>,
        entries: &'a [Entry],
    }
    _ = memo::save(&at.record, &form(), &Borrowed { manifest, made_of, entries });
}

/// What is ours in the output, and whether the output is empty. Refuses a folder that is not ours.
pub(super) fn owned(at: &Location) -> Result<(Owned, bool), Fault> {
    let foreign = || Fault::from(Problem::new("output-foreign").arg("path", at.output.display()));
    match files::look(&at.output)? {
        None => return Ok((Owned::default(), true)),
        Some(look) if look.nature != Nature::Folder => return Err(foreign()),
        Some(_) => {}
    }
    if files::list(&at.output)?.is_empty() {
        return Ok((Owned::default(), true));
    }
    // Whether a record is damaged or absent makes no difference here.
    let (record, _) = memo::load::<Record>(&at.record, &form());
    let Some(bytes) = files::read_if_there(&at.output.join(MANIFEST))? else {
        return match record {
            Some(record) if all_ours(at, "", &record.entries)? => {
                Ok((Owned { entries: record.entries, ..Owned::default() }, false))
            }
            _ => Err(foreign()),
        };
    };
    let digest = Digest::of(&bytes);
    match record {
        Some(record) if record.manifest == digest => {
            Ok((Owned { entries: record.entries, complete: true, made_of: record.made_of }, false))
        }
        record => {
            let entries = manifest::read(&bytes).ok_or_else(|| {
                Fault::from(
                    Problem::new("output-manifest-damaged").arg("path", at.output.join(MANIFEST).display()),
                )
            })?;
            Ok((Owned { entries: merge(entries, record), ..Owned::default() }, false))
        }
    }
}

/// Adds what the record knows of files whose bytes are still those of the manifest.
fn merge(mut entries: Vec<Entry>, record: Option<Record>) -> Vec<Entry> {
    let known = record.map(|record| record.entries).unwrap_or_default();
    let known = Owned { entries: known, ..Owned::default() };
    for entry in &mut entries {
        if let Some((_, known)) = known.find(&entry.path)
            && (known.content, known.size) == (entry.content, entry.size)
        {
            entry.clone_from(known);
        }
    }
    entries
}

/// Somebody removed only the manifest: the folder is ours if every file in it is exactly as we published it.
fn all_ours(at: &Location, folder: &str, entries: &[Entry]) -> Result<bool, Fault> {
    for name in files::list(&at.output.join(folder))? {
        let Some(name) = name.to_str() else { return Ok(false) };
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let Some(look) = files::look(&at.output.join(&path))? else { continue };
        let ours = match look.nature {
            Nature::Folder => all_ours(at, &path, entries)?,
            Nature::File => {
                let found = entries.binary_search_by(|entry| (*entry.path).cmp(&path)).ok();
                found.and_then(|at| entries.get(at)).is_some_and(|entry| entry.stamp == Some(look.stamp))
            }
            Nature::Link | Nature::Other => false,
        };
        if !ours {
            return Ok(false);
        }
    }
    Ok(true)
}
