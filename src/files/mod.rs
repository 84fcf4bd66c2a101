//! The only reader and writer of the file system.
//!
//! Paths come in, bytes and plain facts go out. What the system refuses becomes a [`Failure`], which ends the run
//! with exit code 3 and can say itself in both languages. Lists are sorted: no caller ever sees the order of a disk.
#![expect(clippy::disallowed_methods, reason = "this is the door to the file system")]

mod below;
mod decode;
mod failure;
mod links;
mod lock;
mod names;
mod scratch;
mod stamp;
mod stored;
mod write;

pub use below::Below;
pub use decode::{Decoded, Encoding, decode};
pub use failure::{Doing, Failure};
pub use links::{claim, is_private, link_or_copy, symlink_folder};
pub use lock::{Lock, lock};
pub use names::{folded, has_plain_letters, is_portable};
pub use scratch::Scratch;
use stamp::stamp_of;
pub use stamp::{Look, Nature, Stamp, look, look_through, nature_of};
pub use stored::Stored;
pub use write::{
    PART, make_folder, rename, write_atomically, write_durably, write_new, write_private, write_with,
};

use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// The most that is asked for at once on the word of a size.
const GUESS: usize = 1 << 26;

/// All bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(Failure::when(Doing::Read, path))
}

/// All bytes of a file that was `size` bytes long when somebody looked: without looking again.
pub fn read_sized(path: &Path, size: u64) -> Result<Vec<u8>, Failure> {
    let read = || {
        let mut file = std::fs::File::open(path)?;
        // The size is only a guess: nothing is taken from it but how much to ask for at first.
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0).min(GUESS) + 1];
        let mut filled = 0;
        loop {
            match file.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if filled as u64 == size {
                break;
            }
            if filled == bytes.len() {
                bytes.resize(filled * 2 + 4096, 0);
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    };
    read().map_err(Failure::when(Doing::Read, path))
}

/// All bytes of a file, or nothing when there is no such file.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if absent(&error) => Ok(None),
        Err(error) => Err(Failure::new(Doing::Read, path, error)),
    }
}

/// Like [`read_if_there`], for files that strangers wrote: at most so many bytes, and of plain files only; anything else
/// is read as nothing but an empty text.
pub fn read_at_most(path: &Path, most: u64) -> Result<Option<Vec<u8>>, Failure> {
    match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() || metadata.len() > most => Ok(Some(Vec::new())),
        Ok(_) => read_if_there(path),
        Err(error) if absent(&error) => Ok(None),
        Err(error) => Err(Failure::new(Doing::Read, path, error)),
    }
}

/// The first link below a folder, or the folder itself if it is one; nothing where there is none.
pub fn first_link(folder: &Path) -> Result<Option<PathBuf>, Failure> {
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.path_is_symlink() => return Ok(Some(entry.into_path())),
            // What cannot be looked into cannot be changed either.
            _ => {}
        }
    }
    Ok(None)
}

/// The names in a folder, sorted; nothing when there is no such folder.
pub fn list(folder: &Path) -> Result<Vec<OsString>, Failure> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::new(Doing::List, folder, error)),
    };
    let mut names = entries
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::when(Doing::List, folder))?;
    names.sort_unstable();
    Ok(names)
}

/// Removes a file or a link; says whether there was one. A folder of that name is left alone.
pub fn remove_file(path: &Path) -> Result<bool, Failure> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if absent(&error) => Ok(false),
        // Systems disagree about the error for a folder (EISDIR, EPERM, access denied), so look.
        Err(_) if matches!(look(path)?, Some(Look { nature: Nature::Folder, .. })) => Ok(false),
        Err(error) => Err(Failure::new(Doing::Remove, path, error)),
    }
}

/// Removes a folder if it is empty; says whether it is gone.
pub fn remove_empty_folder(path: &Path) -> Result<bool, Failure> {
    match std::fs::remove_dir(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory) => {
            Ok(false)
        }
        // A mount point, or a folder that some program has open: it simply stays.
        Err(error) if matches!(error.kind(), ErrorKind::ResourceBusy | ErrorKind::PermissionDenied) => {
            Ok(false)
        }
        Err(error) => Err(Failure::new(Doing::Remove, path, error)),
    }
}

/// Removes a folder and all that is in it, without following links; there need not be one.
pub fn remove_tree(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_dir_all(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::new(Doing::Remove, path, error)),
    }
}

/// The absolute path without links and `..`, as far as it exists; the rest is appended as it is written.
pub fn resolve(path: &Path) -> Result<PathBuf, Failure> {
    let whole = std::path::absolute(path).map_err(Failure::when(Doing::Read, path))?;
    for ancestor in whole.ancestors() {
        let mut resolved = match std::fs::canonicalize(ancestor) {
            Ok(resolved) => resolved,
            Err(error) if absent(&error) => continue,
            Err(error) => return Err(Failure::new(Doing::Read, ancestor, error)),
        };
        for component in whole.strip_prefix(ancestor).unwrap_or(Path::new("")).components() {
            match component {
                Component::ParentDir => _ = resolved.pop(),
                Component::Normal(name) => resolved.push(name),
                _ => {}
            }
        }
        return Ok(resolved);
    }
    Ok(whole)
}

/// There is no file: neither the name nor, where a folder was meant, the folder.
fn absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests;
