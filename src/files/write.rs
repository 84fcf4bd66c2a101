//! Writing: new files, files that replace another at once, names.
#![expect(clippy::disallowed_methods, reason = "this is the door to the file system")]

use super::{Doing, Failure, Stamp, stamp_of};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How the name of a file ends that is being written.
pub const PART: &str = ".yicun-part";

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(Failure::when(Doing::Write, path))
}

/// Writes a file that must not be there yet; its folder must be there.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<Stamp, Failure> {
    let write = || {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.metadata()
    };
    Ok(stamp_of(&write().map_err(Failure::when(Doing::Write, path))?))
}

/// Writes a file so that readers see either the old bytes or the new ones.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_with(path, false, |file| file.write_all(bytes))
}

/// Like [`write_atomically`]; nobody but the owner may read the file, where the system knows such rights.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_with(path, false, |file| {
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        file.write_all(bytes)
    })
}

/// Like [`write_atomically`], and the bytes are on the disk, not only in memory, when it returns.
pub fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_with(path, true, |file| file.write_all(bytes))
}

/// Writes a file piece by piece, under another name until it is complete.
pub fn write_with<T>(
    path: &Path,
    durable: bool,
    work: impl FnOnce(&mut File) -> io::Result<T>,
) -> Result<T, Failure> {
    let beside = beside(path);
    let write = || {
        let mut file = File::create(&beside)?;
        let done = work(&mut file)?;
        if durable {
            file.sync_all()?;
        }
        Ok(done)
    };
    let written = write()
        .map_err(Failure::when(Doing::Write, path))
        .and_then(|done| rename(&beside, path).map(|()| done));
    if written.is_err() {
        // The first failure is the one to tell.
        _ = std::fs::remove_file(&beside);
    } else if durable {
        sync_folder(path);
    }
    written
}

/// Gives `from` the name `to`, replacing a file of that name. Between two disks the bytes are copied,
/// so that `to` still changes at once.
pub fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    match rename_patiently(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::CrossesDevices => copy_over(from, to),
        Err(error) => Err(Failure::new(Doing::Rename, to, error)),
    }
}

/// Virus scanners and indexers on Windows hold new files for a moment.
fn rename_patiently(from: &Path, to: &Path) -> io::Result<()> {
    let pauses: &[u64] = if cfg!(windows) { &[10, 50, 250] } else { &[] };
    for pause in pauses {
        match std::fs::rename(from, to) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied || error.raw_os_error() == Some(32) => {
                std::thread::sleep(Duration::from_millis(*pause));
            }
            done => return done,
        }
    }
    std::fs::rename(from, to)
}

fn copy_over(from: &Path, to: &Path) -> Result<(), Failure> {
    let beside = beside(to);
    let copy = || {
        std::fs::copy(from, &beside)?;
        File::options().write(true).open(&beside)?.sync_all()?;
        std::fs::rename(&beside, to)?;
        std::fs::remove_file(from)
    };
    copy().map_err(Failure::when(Doing::Write, to))
}

/// The name under which a file is written before it gets its own; another one each time, since two builds may write the
/// same file. What a killed process leaves is removed with old records.
pub(super) fn beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{number}{PART}", std::process::id()));
    path.with_file_name(name)
}

/// Makes a rename last through a power cut. Windows has no such call, and some disks refuse it.
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent()
        && cfg!(unix)
    {
        _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}
