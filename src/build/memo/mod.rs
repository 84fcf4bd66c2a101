//! What earlier builds made, kept under `.yicun/`: one value in one file, and the photos in [`Store`].
//!
//! Everything here may be deleted at any time. A memo of another build of the program is passed over in silence, a
//! damaged one with a warning; neither ever ends a run, and a value that comes back is the one that was saved.

mod container;
mod prune;
mod store;

pub use container::{Loaded, Opened, open, open_stored, seal, seal_with};
pub use prune::prune;
pub use store::{Kept, Store};

use crate::digest::Digest;
use crate::files::{self, Failure, Stamp, Stored};
use crate::problem::{Place, Problem};
use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The folder of the memo, below the site's root.
pub const FOLDER: &str = ".yicun";

/// The folder of a build from nothing that is compared with what is published, below [`FOLDER`].
pub const VERIFY: &str = "verify";

/// The file of the memo, below [`FOLDER`].
pub const FILE: &str = "memo-v1";

/// The file whose stamp is the time of this build, below [`FOLDER`].
const CLOCK: &str = "clock";

/// Makes the folder of the memo and marks it as a cache, for git and for backups.
pub fn prepare(root: &Path) -> Result<PathBuf, Failure> {
    let folder = root.join(FOLDER);
    files::make_folder(&folder)?;
    let marks = [
        (".gitignore", "*\n"),
        (
            "CACHEDIR.TAG",
            "Signature: 8a477f597d28d172789f06886806bc55\n# Made by yicun. It may be deleted; the next build makes it again.\n",
        ),
    ];
    for (name, text) in marks {
        let path = folder.join(name);
        if files::look(&path)?.is_none() {
            files::write_atomically(&path, text.as_bytes())?;
        }
    }
    Ok(folder)
}

/// The time by the disk's own clock: the stamp of a file written just now.
pub fn now(root: &Path) -> Result<Stamp, Failure> {
    let path = prepare(root)?.join(CLOCK);
    files::remove_file(&path)?;
    match files::write_new(&path, b"") {
        // Another build of this site has just written it.
        Err(failure) if failure.error.kind() == ErrorKind::AlreadyExists => {
            files::look(&path)?.map(|look| look.stamp).ok_or(failure)
        }
        written => written,
    }
}

/// The value that the same build of the program saved at `path`, if there is one.
pub fn load<T: DeserializeOwned>(path: &Path, build_id: &Digest) -> (Option<T>, Option<Problem>) {
    match files::read_if_there(path) {
        Ok(None) => (None, None),
        Ok(Some(bytes)) => match open(&bytes, build_id) {
            Loaded::Value(value) => (Some(value), None),
            Loaded::Foreign => (None, None),
            Loaded::Damaged => (None, Some(damaged(path))),
        },
        Err(_) => (None, Some(damaged(path))),
    }
}

/// Like [`load`], of a file of which the rest stays where it is.
pub fn load_stored<T: DeserializeOwned>(
    path: &Path,
    build_id: &Digest,
) -> (Option<Opened<T>>, Option<Problem>) {
    match Stored::open(path) {
        Ok(None) => (None, None),
        Ok(Some(stored)) => match open_stored(stored, build_id) {
            Loaded::Value(opened) => (Some(opened), None),
            Loaded::Foreign => (None, None),
            Loaded::Damaged => (None, Some(damaged(path))),
        },
        Err(_) => (None, Some(damaged(path))),
    }
}

/// Says that what was saved at `path` is not there any more.
pub fn damaged(path: &Path) -> Problem {
    let shown = path.display().to_string().replace('\\', "/");
    Problem::new("memo-damaged").arg("path", &shown).at(Place::file(shown))
}

/// Saves a value so that [`load`] finds either it or the one before it.
pub fn save(path: &Path, build_id: &Digest, value: &impl Serialize) -> Result<(), Failure> {
    save_with(path, build_id, value, |_| Ok(()))
}

/// The same with what `rest` writes behind it, for [`load_stored`].
pub fn save_with(
    path: &Path,
    build_id: &Digest,
    value: &impl Serialize,
    rest: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    files::write_with(path, false, |file| seal_with(file, build_id, value, rest))
}

#[cfg(test)]
mod tests;
