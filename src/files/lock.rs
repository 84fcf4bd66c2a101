//! A lock between processes: held as long as the value lives, and given back by the system if the process dies.
#![expect(clippy::disallowed_methods, reason = "this is the door to the file system")]

use super::{Doing, Failure};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// A held lock.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file gives the lock back")] File);

/// How often a held lock is asked for again, and after which pause. While a program starts another one, the child holds
/// a copy of every open file for a moment, and with it a lock that was given back already.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// Takes the lock, or nothing when another process holds it.
pub fn lock(path: &Path) -> Result<Option<Lock>, Failure> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(Failure::when(Doing::Lock, path))?;
    for attempt in 0..TRIES {
        if attempt > 0 {
            std::thread::sleep(PAUSE);
        }
        match file.try_lock() {
            Ok(()) => return Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => {}
            // Some network drives cannot lock; a build there is better than none.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                return Ok(Some(Lock(file)));
            }
            Err(TryLockError::Error(error)) => return Err(Failure::new(Doing::Lock, path, error)),
        }
    }
    Ok(None)
}
