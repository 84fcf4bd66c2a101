//! What the disk says about a file without reading it.
#![expect(clippy::disallowed_methods, reason = "this is the door to the file system")]

use super::{Doing, Failure, absent};
use serde::{Deserialize, Serialize};
use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Size and time: equal stamps are taken for equal contents. There are two of each file. One has the time that belongs to its
/// content, which a rename keeps; the other, [`Look::change`], the time at which the disk saw it change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970; good until the year 2262.
    pub time_ns: i64,
}

impl Stamp {
    /// Equal to no file's stamp.
    pub const UNKNOWN: Stamp = Stamp { size: u64::MAX, time_ns: i64::MIN };

    /// Whether the file was last changed clearly before `now`, by the disk's own clock. Clocks of file systems tick every
    /// few milliseconds, on FAT every two seconds.
    pub fn is_settled(&self, now: &Stamp) -> bool {
        let coarse = self.time_ns % 1_000_000_000 == 0;
        let ticks = if coarse { 2_000_000_000 } else { 20_000_000 };
        self.time_ns.saturating_add(ticks) < now.time_ns
    }
}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link or a junction.
    Link,
    /// A pipe, a socket, a device: reading it could wait for ever.
    Other,
}

/// The answer of [`look`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// What it is.
    pub nature: Nature,
    /// Its stamp: when its content was last written, or what a program that keeps times says of it.
    pub stamp: Stamp,
    /// Its stamp by the disk's own account, where the system gives one: a program that sets a file's time back, as archives
    /// and copies do, cannot set back this.
    pub change: Stamp,
}

/// What stands under `path`, without following a link; nothing when there is none.
pub fn look(path: &Path) -> Result<Option<Look>, Failure> {
    answer(path, std::fs::symlink_metadata(path))
}

/// Like [`look`], but of what a link leads to.
pub fn look_through(path: &Path) -> Result<Option<Look>, Failure> {
    answer(path, std::fs::metadata(path))
}

fn answer(path: &Path, metadata: std::io::Result<Metadata>) -> Result<Option<Look>, Failure> {
    match metadata {
        Ok(metadata) => {
            let (nature, stamp, change) =
                (nature_of(metadata.file_type()), stamp_of(&metadata), change_of(&metadata));
            Ok(Some(Look { nature, stamp, change }))
        }
        Err(error) if absent(&error) => Ok(None),
        Err(error) => Err(Failure::new(Doing::Read, path, error)),
    }
}

/// The nature in a file type that somebody already asked for.
pub fn nature_of(file_type: std::fs::FileType) -> Nature {
    if file_type.is_file() {
        Nature::File
    } else if file_type.is_dir() {
        Nature::Folder
    } else if file_type.is_symlink() {
        Nature::Link
    } else {
        Nature::Other
    }
}

/// The stamp in metadata that somebody already asked for.
pub fn stamp_of(metadata: &Metadata) -> Stamp {
    let nanoseconds = match metadata.modified().map(|time| time.duration_since(UNIX_EPOCH)) {
        Ok(Ok(after)) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Ok(Err(before)) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
        Err(_) => 0,
    };
    Stamp { size: metadata.len(), time_ns: nanoseconds }
}

/// The stamp by the disk's own account. Some file systems know no such time and say 1970, so the later one counts.
fn change_of(metadata: &Metadata) -> Stamp {
    let stamp = stamp_of(metadata);
    Stamp { time_ns: stamp.time_ns.max(changed_ns(metadata)), ..stamp }
}

#[cfg(unix)]
fn changed_ns(metadata: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed_ns(_: &Metadata) -> i64 {
    i64::MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_settled_when_the_clock_has_moved_on() {
        let at = |time_ns| Stamp { size: 1, time_ns };
        assert!(at(1_000).is_settled(&at(30_000_000)));
        assert!(!at(1_000).is_settled(&at(20_000_000)));
        assert!(!at(1_000_000_000).is_settled(&at(3_000_000_000)));
        assert!(at(1_000_000_000).is_settled(&at(4_000_000_000)));
    }
}
