//! Links, and who may read a file: what putting a site somewhere needs besides reading and writing.
#![expect(clippy::disallowed_methods, reason = "this is the door to the file system")]

use super::{Doing, Failure, absent, make_folder};
use std::io::ErrorKind;
use std::path::Path;

/// Gives a file a second name, or copies it where the disk knows no such thing. What stands at `to` is replaced.
pub fn link_or_copy(from: &Path, to: &Path) -> Result<(), Failure> {
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    super::remove_file(to)?;
    match std::fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(error) if absent(&error) => Err(Failure::new(Doing::Read, from, error)),
        Err(error) if error.kind() == ErrorKind::StorageFull => Err(Failure::new(Doing::Write, to, error)),
        Err(_) => std::fs::copy(from, to).map(|_| ()).map_err(Failure::when(Doing::Write, to)),
    }
}

/// Makes a symbolic link to a folder; says whether the disk and the system can.
pub fn symlink_folder(target: &str, link: &Path) -> Result<bool, Failure> {
    #[cfg(unix)]
    let made = std::os::unix::fs::symlink(target, link);
    #[cfg(windows)]
    let made = std::os::windows::fs::symlink_dir(target.replace('/', "\\"), link);
    match made {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => {
            Ok(false)
        }
        // Windows: the right to make links is missing.
        Err(error) if cfg!(windows) && error.raw_os_error() == Some(1314) => Ok(false),
        Err(error) => Err(Failure::new(Doing::Write, link, error)),
    }
}

/// Writes a file that must not be there yet; says whether it was not.
pub fn claim(path: &Path, bytes: &[u8]) -> Result<bool, Failure> {
    match super::write_new(path, bytes) {
        Ok(_) => Ok(true),
        Err(failure) if failure.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Whether only the owner of a file may read it. Systems without such rights are taken at their word.
pub fn is_private(path: &Path) -> Result<bool, Failure> {
    let metadata = std::fs::metadata(path).map_err(Failure::when(Doing::Read, path))?;
    #[cfg(unix)]
    let private = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 == 0;
    #[cfg(not(unix))]
    let private = metadata.is_file();
    Ok(private)
}
