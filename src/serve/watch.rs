//! Hears of changes in the folders a site is made of.
//!
//! Only those folders are watched (not `public/`, `target/`, `.git/`), the root itself without its subfolders; a
//! folder that appears later is watched from then on. Out come paths; whoever reads them decides what to do.
#![expect(clippy::disallowed_methods, reason = "the watcher asks what changed")]

use super::drives;
use crate::problem::Problem;
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

/// Folders in a site's root whose files make the site.
const FOLDERS: [&str; 6] = ["content", "themes", "templates", "words", "kinds", "static"];

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A path changed, appeared or went away.
    File(PathBuf),
    /// A file of the site, as it is called below the root.
    Name(String),
    /// Something did.
    All,
}

/// Watches while it lives.
pub(super) struct Watcher {
    root: PathBuf,
    /// None where the system tells of no changes: then the site is walked again and again.
    inner: Option<RecommendedWatcher>,
}

/// Begins to watch; `sender` is told of every change that can matter. Network drives tell of nothing that other machines
/// change, so they are not relied on; nor is any other if `poll` says so.
pub(super) fn watch(root: &Path, poll: bool, sender: Sender<Heard>) -> Result<Watcher, Box<Problem>> {
    // Events come with the path that is watched as their beginning, so both must be written alike.
    let root = crate::files::resolve(root).map_err(|failure| Box::new(failure.problem()))?;
    let inner = if poll || drives::is_remote(&root) { None } else { listen(&root, sender).ok() };
    Ok(Watcher { root, inner })
}

fn listen(root: &Path, sender: Sender<Heard>) -> notify::Result<RecommendedWatcher> {
    let base = root.to_owned();
    let mut inner = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Nobody listens any more when the preview ends.
        match event {
            Ok(event) if event.need_rescan() => _ = sender.send(Heard::All),
            Ok(event) if counts(&event.kind) => {
                for path in event.paths.into_iter().filter(|path| matters(&base, path)) {
                    _ = sender.send(Heard::File(path));
                }
            }
            Ok(_) => {}
            // The watcher lost track: look at everything again.
            Err(_) => _ = sender.send(Heard::All),
        }
    })?;
    inner.watch(root, RecursiveMode::NonRecursive)?;
    for folder in FOLDERS {
        let path = root.join(folder);
        if path.is_dir() {
            inner.watch(&path, RecursiveMode::Recursive)?;
        }
    }
    Ok(inner)
}

impl Watcher {
    /// Whether changes have to be looked for.
    pub(super) fn polls(&self) -> bool {
        self.inner.is_none()
    }

    /// Where a file of the site is.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Watches a folder of the site that has just appeared.
    pub(super) fn heed(&mut self, path: &Path) {
        if path.parent() == Some(&self.root)
            && path.is_dir()
            && let Some(inner) = &mut self.inner
        {
            // If it has gone again, its going is an event of its own; if it cannot be watched, looking has to do.
            if inner.watch(path, RecursiveMode::Recursive).is_err() && path.is_dir() {
                self.inner = None;
            }
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
        name.starts_with('.') && name != ".well-known"
            || name.starts_with("~$")
            || name.starts_with(".~")
            || name.ends_with('~')
            || [".swp", ".swx", ".swo", ".tmp", ".bak", ".part", ".crdownload", ".yicun-part"]
                .iter()
                .any(|end| name.to_ascii_lowercase().ends_with(end))
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
