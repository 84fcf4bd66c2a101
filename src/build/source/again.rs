//! What came or went, without a walk over all: single pages, and folders and files below `content/` and `static/`. Only where a
//! walk could not tell anything of it, nor of what was there before.

use super::role::{is_junk, mark_tables, role};
use super::walk::Walk;
use super::{Role, Source, SourceFile, names};
use crate::files::{self, Failure, Stamp};
use crate::markers;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use unicode_normalization::is_nfc;

impl SourceFile {
    /// Whether other files are what they are because of this one: those beside an `index.md` belong to it.
    pub fn is_bound(&self) -> bool {
        is_bound(self.name())
    }
}

impl Source {
    /// Where a file stands among all, or would.
    pub fn place(&self, path: &str) -> Result<usize, usize> {
        self.files.binary_search_by(|file| (*file.path).cmp(path))
    }

    /// Whether a new file at `path` is a page like those that lie beside it, and nothing is to be told of its name. Folders
    /// in which nothing lies may be links, or left out.
    pub fn takes(&self, path: &str) -> bool {
        let Some((folder, name)) = path.rsplit_once('/') else { return false };
        let beside = self
            .under(folder)
            .any(|file| file.path.rsplit_once('/').is_some_and(|(other, _)| other == folder));
        beside
            && role(path, "") == Some(Role::Content)
            && !is_bound(name)
            && !is_junk(name, false)
            && files::is_portable(name)
            && !markers::has(name)
            && is_nfc(path)
            && !self.clashes(path)
    }

    /// Adds a file that is [taken](Source::takes).
    pub fn add(&mut self, path: &str, stamp: Stamp) {
        if let (Err(at), Some(other)) = (self.place(path), self.files.first()) {
            let root = Arc::clone(&other.root);
            let file = SourceFile { path: path.into(), role: Role::Content, stamp, root, spelled: None };
            self.files.insert(at, file);
        }
    }

    /// The source with what stands now at `paths` and below them, which are no links and below `content/` or `static/`;
    /// nothing if that needs a walk, or if a walk would tell anything. Folders of outputs are in `skip`.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn rescan(&self, paths: &BTreeSet<String>, skip: &[PathBuf]) -> Result<Option<Source>, Failure> {
        let Some(root) = self.files.first().map(|file| Arc::clone(&file.root)) else { return Ok(None) };
        let skip = skip.iter().map(|folder| files::resolve(folder)).collect::<Result<Vec<_>, _>>()?;
        let mut walk = Walk::new(&root, &skip);
        for path in paths {
            let disk = root.join(path);
            let above = disk.parent().unwrap_or(&root);
            if !is_walked(path) || skip.iter().any(|folder| disk.starts_with(folder)) {
                return Ok(None);
            }
            // Below a link, or where names are spelled otherwise on the disk, only a walk knows the way.
            if files::resolve(above)? != above {
                return Ok(None);
            }
            walk.top(path, "");
        }
        let (mut found, mut problems) = walk.finish();
        let inside = |file: &SourceFile| paths.iter().any(|path| is_at_or_below(&file.path, path));
        found.extend(self.files.iter().filter(|file| !inside(file)).cloned());
        // Few stand where they do not belong, which this sort makes use of.
        found.sort_by(|a, b| (&a.path, &a.spelled).cmp(&(&b.path, &b.spelled)));
        // A path may have been named together with its folder.
        found.dedup_by(|later, first| (&later.path, &later.spelled) == (&first.path, &first.spelled));
        names::clashes(&mut found, &mut problems);
        for file in found.iter_mut().filter(|file| file.role == Role::Table) {
            file.role = Role::ContentFile;
        }
        mark_tables(&mut found);
        Ok(problems.is_empty().then_some(Source { files: found }))
    }

    /// Whether a disk that ignores case may hold another file at `path`.
    fn clashes(&self, path: &str) -> bool {
        let capital = |file: &SourceFile| names::has_capitals(&file.path) && file.path.to_lowercase() == path;
        names::has_capitals(path) || self.files.iter().any(capital)
    }
}

/// Whether a walk would come to this path, if it is there, and have nothing to tell of its name.
fn is_walked(path: &str) -> bool {
    let Some((top, inside)) = path.split_once('/') else { return false };
    let plain = |name: &str| !name.is_empty() && !is_junk(name, top == "static") && files::is_portable(name);
    matches!(top, "content" | "static")
        && inside.split('/').all(plain)
        && !markers::has(path)
        && is_nfc(path)
        && !Path::new(path).components().any(|part| !matches!(part, std::path::Component::Normal(_)))
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_bound(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("index.") || lower.starts_with("_index.")
}
