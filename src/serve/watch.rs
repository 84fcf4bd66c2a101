//! Hears of changes in the folders a site is made of.
//!
//! Only those folders are watched (not `public/`, `target/`, `.git/`), the root itself without its subfolders; a
//! folder that appears later is watched from then on. Out come paths; whoever reads them decides what to do.
#![expect(clippy::disallowed_methods, reason = "the watcher asks what changed")]

use crate::problem::Problem;
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

/// Folders in a site's root whose files make the site.
const FOLDERS: [&str; 6] = ["content", "themes", "templates", "words", "kinds", "static"];

/// Watches while it lives.
pub(super) struct Watcher {
    root: PathBuf,
    inner: RecommendedWatcher,
}

/// Begins to watch; the receiver hears of every change that can matter.
pub(super) fn watch(root: &Path) -> Result<(Watcher, Receiver<PathBuf>), Box<Problem>> {
    let refuse = |error: notify::Error| Box::new(Problem::new("serve-watch").arg("detail", error));
    // Events come with the path that is watched as their beginning, so both must be written alike.
    let root = crate::files::resolve(root).map_err(|failure| Box::new(failure.problem()))?;
    let (sender, receiver) = channel();
    let base = root.clone();
    let inner = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        Ok(event) if counts(&event.kind) => {
            for path in event.paths {
                if matters(&base, &path) {
                    // Nobody listens any more when the preview ends.
                    let _ = sender.send(path);
                }
            }
        }
        Ok(event) if event.need_rescan() => _ = sender.send(base.clone()),
        Ok(_) => {}
        // The watcher lost track: look at everything again.
        Err(_) => _ = sender.send(base.clone()),
    })
    .map_err(refuse)?;
    let mut watcher = Watcher { root, inner };
    watcher.inner.watch(&watcher.root, RecursiveMode::NonRecursive).map_err(refuse)?;
    for folder in FOLDERS {
        let path = watcher.root.join(folder);
        if path.is_dir() {
            watcher.inner.watch(&path, RecursiveMode::Recursive).map_err(refuse)?;
        }
    }
    Ok((watcher, receiver))
}

impl Watcher {
    /// Watches a folder of the site that has just appeared.
    pub(super) fn heed(&mut self, path: &Path) {
        if path.parent() == Some(&self.root) && path.is_dir() {
            // If it has gone again, its going is an event of its own.
            let _ = self.inner.watch(path, RecursiveMode::Recursive);
        }
    }
}

/// Reading a file is no change; closing one after writing is.
fn counts(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

/// Whether a path belongs to the site, and not to an editor's or Office's passing files.
fn matters(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let names: Vec<_> = inside.iter().map(|name| name.to_string_lossy()).collect();
    let ours = names.first().is_some_and(|name| name == "site.toml" || FOLDERS.contains(&name.as_ref()));
    ours && !names.iter().any(|name| {
        name.starts_with('.')
            || name.starts_with("~$")
            || name.ends_with('~')
            || [".swp", ".swx", ".tmp", ".part", ".crdownload"].iter().any(|end| name.ends_with(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_site_matter() {
        let root = Path::new("/site");
        for path in ["site.toml", "content/news/a.md", "themes/hongqi/theme.toml", "static"] {
            assert!(matters(root, &root.join(path)), "{path}");
        }
        for path in [
            "",
            "public/index.html",
            ".yicun/preview/index.html",
            ".git/index",
            "target/x",
            "content/.a.md.swp",
            "content/~$报告.docx",
            "content/a.md~",
            "notes.txt",
        ] {
            assert!(!matters(root, &root.join(path)), "{path}");
        }
        assert!(!matters(root, Path::new("/elsewhere/site.toml")));
    }
}
