//! A lock between processes: held as long as the value lives, and given back by the system if the process dies.
#![expect(clippy::disallowed_methods, reason = "this is the door to the file system")]

use super::{Doing, Failure};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

/// A held lock.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file gives the lock back")] File);

/// Takes the lock, or nothing when another process holds it.
pub fn lock(path: &Path) -> Result<Option<Lock>, Failure> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(Failure::when(Doing::Lock, path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        // Some network drives cannot lock; a build there is better than none.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(Some(Lock(file))),
        Err(TryLockError::Error(error)) => Err(Failure::new(Doing::Lock, path, error)),
    }
}
