//! What is on disk: every file of a site with its role and its stamp, read only when somebody asks.
//!
//! In: the site's root. Out: [`Source`], sorted by path, the same on every system; and problems of single names.
//! Paths are NFC and use `/`. Junk of editors and systems is left out. Nothing outside the root is ever read.

mod again;
mod names;
mod role;
mod walk;

pub use role::Role;

use crate::files::{self, Failure, Nature, Stamp};
use crate::problem::Problem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// All files of a site.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Sorted by path; no path twice.
    pub files: Vec<SourceFile>,
}

/// One file of a site.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Relative to the root, NFC, with `/`. What is read from it keeps it too.
    pub path: Arc<str>,
    /// What it is for.
    pub role: Role,
    /// Size and time ([`crate::files::Look::change`]) on disk when it was found.
    pub stamp: Stamp,
    root: Arc<Path>,
    /// The name on disk where it is not spelled like `path`: a million paths are not kept twice.
    spelled: Option<Box<Path>>,
}

impl SourceFile {
    /// Where it is on disk.
    pub fn disk(&self) -> PathBuf {
        match &self.spelled {
            Some(path) => path.to_path_buf(),
            None => self.root.join(&*self.path),
        }
    }

    /// Its bytes.
    pub fn read(&self) -> Result<Vec<u8>, Failure> {
        files::read_sized(&self.disk(), self.stamp.size)
    }

    /// Its name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

impl Source {
    /// The files whose role is wanted, by path.
    pub fn with_role(&self, wanted: impl Fn(Role) -> bool) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(move |file| wanted(file.role))
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&SourceFile> {
        self.place(path).ok().and_then(|at| self.files.get(at))
    }

    /// All files in `folder` (written without a slash at the end) and below it.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a SourceFile> {
        // Between the folder and its files may stand names such as `a-b`, since '-' sorts before '/'.
        let start = self.files.partition_point(|file| *file.path < *folder);
        self.files
            .iter()
            .skip(start)
            .take_while(move |file| file.path.starts_with(folder))
            .filter(move |file| file.path.as_bytes().get(folder.len()) == Some(&b'/'))
    }
}

/// Finds all files of the site at `root`, leaving out the folders `skip` (those of outputs) and all themes but `theme`.
/// Fails only when the root itself cannot be read.
pub fn scan(root: &Path, skip: &[PathBuf], theme: &str) -> Result<(Source, Vec<Problem>), Failure> {
    let root: Arc<Path> = files::resolve(root)?.into();
    if files::look(&root)?.is_none() {
        return Err(Failure::new(files::Doing::List, &root, std::io::ErrorKind::NotFound.into()));
    }
    files::list(&root)?;
    let skip = skip.iter().map(|folder| files::resolve(folder)).collect::<Result<Vec<_>, _>>()?;
    let mut walk = walk::Walk::new(&root, &skip);
    walk.top("site.toml", theme);
    for folder in ["kinds", "content", "templates", "words", "static"] {
        walk.top(folder, theme);
    }
    if !theme.is_empty() && !theme.contains(['/', '\\']) && theme != ".." {
        walk.top(&format!("themes/{theme}"), theme);
    }
    let (mut found, mut problems) = walk.finish();
    if files::look_through(&root.join("content"))?.is_none_or(|look| look.nature != Nature::Folder) {
        // A folder that was renamed by a slip empties the whole site.
        problems.push(Problem::new("content-missing").arg("folder", root.display()));
    }
    // Many disks list a folder by name or by age: runs that a stable sort makes use of.
    found.sort_by(|a, b| a.path.cmp(&b.path).then_with(|| a.spelled.cmp(&b.spelled)));
    names::clashes(&mut found, &mut problems);
    role::mark_tables(&mut found);
    problems.sort();
    Ok((Source { files: found }, problems))
}

#[cfg(test)]
mod tests;
