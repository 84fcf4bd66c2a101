//! The walk itself: one pass over the folders, one question to the disk per file.
//!
//! What cannot be read becomes a problem and the walk goes on. Links are not followed, except to a file inside
//! the root, which is then treated as a file.
#![expect(
    clippy::disallowed_methods,
    reason = "walking is reading folders; the order is made good by sorting"
)]

use super::role::{is_junk, role};
use super::{Role, SourceFile};
use crate::files::{self, Below, Failure, Nature, Stamp, nature_of};
use crate::markers;
use crate::problem::{Place, Problem};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use walkdir::{DirEntry, WalkDir};

/// A walk over several folders of one root.
pub(super) struct Walk<'a> {
    root: &'a Arc<Path>,
    skip: &'a [PathBuf],
    below: Below,
    found: Vec<SourceFile>,
    problems: Vec<Problem>,
}

/// A path relative to the root, and whether the disk spells it in the same way.
struct Relative {
    path: String,
    same: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(root: &'a Arc<Path>, skip: &'a [PathBuf]) -> Self {
        Walk { root, skip, below: Below::new(root), found: Vec::new(), problems: Vec::new() }
    }

    pub(super) fn finish(self) -> (Vec<SourceFile>, Vec<Problem>) {
        (self.found, self.problems)
    }

    /// Walks one file or folder right under the root, if it is there.
    pub(super) fn top(&mut self, name: &str, theme: &str) {
        let top = self.root.join(name);
        let nature = match files::look(&top) {
            Ok(Some(look)) => look.nature,
            Ok(None) => return,
            Err(failure) => return self.unreadable(&failure),
        };
        if nature == Nature::Link {
            // The walker would follow a link that it begins with.
            return self.link(&top, Relative { path: name.to_owned(), same: true }, theme);
        }
        let served = name == "static";
        let skip = self.skip;
        let walk = WalkDir::new(&top).follow_links(false).into_iter().filter_entry(move |entry| {
            let junk = entry.file_name().to_str().is_some_and(|name| is_junk(name, served));
            entry.depth() == 0
                || !(junk || entry.file_type().is_dir() && skip.iter().any(|s| s == entry.path()))
        });
        for entry in walk {
            match entry {
                Ok(entry) => self.entry(&entry, theme),
                Err(error) => self.walk_error(&error, &top),
            }
        }
    }

    fn entry(&mut self, entry: &DirEntry, theme: &str) {
        let Some(relative) = self.relative(entry.path()) else { return };
        let nature = nature_of(entry.file_type());
        if entry.depth() > 0 && !entry.file_name().to_str().is_some_and(files::is_portable) {
            self.tell(Problem::new("name-not-portable"), &relative.path);
        }
        match nature {
            Nature::Folder => {}
            Nature::Link => self.link(entry.path(), relative, theme),
            Nature::Other => self.tell(Problem::new("not-a-file"), &relative.path),
            Nature::File => {
                let Some(role) = role(&relative.path, theme) else { return };
                let look = match relative.same {
                    true => self.below.look(&relative.path),
                    false => files::look(entry.path()),
                };
                match look {
                    Ok(Some(look)) => self.add(entry.path(), relative, role, look.change),
                    // A file that was removed while we looked is simply not there.
                    Ok(None) => {}
                    Err(failure) => self.unreadable(&failure),
                }
            }
        }
    }

    fn link(&mut self, disk: &Path, relative: Relative, theme: &str) {
        let target = match (files::look_through(disk), files::resolve(disk)) {
            (Ok(Some(look)), Ok(target)) => (look, target),
            // A link to itself is an error of its own on most systems.
            _ => return self.tell(Problem::new("symlink-broken"), &relative.path),
        };
        match target {
            (_, target) if !target.starts_with(self.root) => {
                self.tell(Problem::new("symlink-outside"), &relative.path);
            }
            (look, _) if look.nature == Nature::Folder => {
                self.tell(Problem::new("symlink-folder"), &relative.path);
            }
            (look, _) if look.nature == Nature::File => {
                if let Some(role) = role(&relative.path, theme) {
                    self.add(disk, relative, role, look.change);
                }
            }
            _ => self.tell(Problem::new("not-a-file"), &relative.path),
        }
    }

    fn add(&mut self, disk: &Path, relative: Relative, role: Role, stamp: Stamp) {
        let spelled = if relative.same { None } else { Some(disk.into()) };
        self.found.push(SourceFile {
            path: relative.path.into(),
            role,
            stamp,
            root: Arc::clone(self.root),
            spelled,
        });
    }

    /// What stands behind the root. The walk's paths begin with it as it is written, so they need not be taken apart.
    fn below_root<'d>(&self, disk: &'d Path) -> Option<&'d str> {
        let root = self.root.as_os_str().as_encoded_bytes();
        let inside = disk.as_os_str().as_encoded_bytes().strip_prefix(root)?;
        let separator = |byte: &&u8| std::path::is_separator(char::from(**byte));
        let start = inside.iter().take_while(separator).count();
        std::str::from_utf8(&inside[start..]).ok()
    }

    /// The path as all stages write it; a name that is no Unicode is a problem.
    fn relative(&mut self, disk: &Path) -> Option<Relative> {
        let Some(text) = self.below_root(disk).filter(|text| !markers::has(text)) else {
            let inside = disk.strip_prefix(self.root).unwrap_or(disk);
            self.tell(Problem::new("name-not-unicode"), &inside.to_string_lossy());
            return None;
        };
        let text = if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() };
        let same = text.is_ascii() || is_nfc(&text);
        Some(Relative { path: if same { text } else { text.nfc().collect() }, same })
    }

    fn walk_error(&mut self, error: &walkdir::Error, near: &Path) {
        let path = error.path().unwrap_or(near);
        // A file that was removed while we looked is simply not there.
        if error.io_error().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return;
        }
        let words = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        let shown = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        self.tell(Problem::new("entry-unreadable").arg("error", words), &shown);
    }

    fn unreadable(&mut self, failure: &Failure) {
        let path = failure.path.strip_prefix(self.root).unwrap_or(&failure.path).to_string_lossy();
        self.tell(Problem::new("entry-unreadable").arg("error", &failure.error), &path);
    }

    fn tell(&mut self, problem: Problem, path: &str) {
        self.problems.push(problem.arg("path", path).at(Place::file(path)));
    }
}
