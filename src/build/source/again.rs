//! A page that came or went, without a walk: only where a walk could not tell anything else of it.

use super::role::{is_junk, role};
use super::{Role, Source, SourceFile};
use crate::files::{self, Stamp};
use crate::markers;
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

    /// Whether a disk that ignores case may hold another file at `path`.
    fn clashes(&self, path: &str) -> bool {
        path.chars().any(char::is_uppercase)
            || self
                .files
                .iter()
                .any(|file| file.path.chars().any(char::is_uppercase) && file.path.to_lowercase() == path)
    }
}

fn is_bound(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("index.") || lower.starts_with("_index.")
}
