//! Files that are held open, from which pieces are read as somebody asks for them.
#![expect(clippy::disallowed_methods, reason = "this is the door to the file system")]

use super::{Doing, Failure};
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file. What is written in its place later is another one.
#[derive(Debug)]
pub struct Stored {
    file: File,
    path: PathBuf,
    /// When it was opened.
    size: u64,
    /// Whether it goes when nobody needs it any more.
    passing: bool,
    lost: Mutex<Option<io::Error>>,
}

impl Drop for Stored {
    fn drop(&mut self) {
        if self.passing {
            // What cannot be removed now is removed when it is old.
            _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Stored {
    /// The file at `path`, if there is one.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn open(path: &Path) -> Result<Option<Self>, Failure> {
        let open = || -> io::Result<Self> {
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            Ok(Stored { file, path: path.to_owned(), size, passing: false, lost: Mutex::default() })
        };
        match open() {
            Ok(stored) => Ok(Some(stored)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::when(Doing::Read, path)(error)),
        }
    }

    /// A new and empty file, which is there as long as it is needed.
    pub(super) fn passing(path: PathBuf) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        Ok(Stored { file, path, size: 0, passing: true, lost: Mutex::default() })
    }

    /// Adds bytes at the end of a new file.
    pub(super) fn append(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.file).write_all(bytes)
    }

    /// How many bytes it had when it was opened.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes that stand there; nothing where the disk refuses.
    pub fn get(&self, place: &Range<u64>) -> Option<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(place.end.checked_sub(place.start)?).ok()?];
        let read = read_exact_at(&self.file, &mut bytes, place.start);
        read.map_err(|error| *self.lost() = Some(error)).ok().map(|()| bytes)
    }

    /// The text that stands there; nothing where the disk refuses, or gives back something else.
    pub fn get_text(&self, place: &Range<u64>) -> Option<String> {
        let bytes = self.get(place)?;
        let text = simdutf8::basic::from_utf8(&bytes).map(str::to_owned);
        text.map_err(|error| *self.lost() = Some(io::Error::new(ErrorKind::InvalidData, error))).ok()
    }

    /// Whether all that was asked for came back.
    ///
    /// # Errors
    /// The disk refused to read what it had taken.
    pub fn check(&self) -> Result<(), Failure> {
        self.lost().take().map_or(Ok(()), |error| Err(Failure::when(Doing::Read, &self.path)(error)))
    }

    fn lost(&self) -> MutexGuard<'_, Option<io::Error>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt as _;
    while !bytes.is_empty() {
        let read = file.seek_read(bytes, at)?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[read..];
        at += read as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_also_when_another_file_stands_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        assert!(Stored::open(&path).unwrap().is_none());
        std::fs::write(&path, "党课示范村").unwrap();
        let stored = Stored::open(&path).unwrap().unwrap();
        super::super::write_atomically(&path, b"other").unwrap();
        assert_eq!((stored.size(), stored.get_text(&(6..15)).as_deref()), (15, Some("示范村")));
        assert_eq!((stored.get(&(0..3)), stored.get(&(9..9))), (Some("党".into()), Some(Vec::new())));
        stored.check().unwrap();
        drop(stored);
        assert!(path.exists());
    }

    #[test]
    fn what_does_not_come_back_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        std::fs::write(&path, "党课").unwrap();
        let stored = Stored::open(&path).unwrap().unwrap();
        for place in [4..6, 3..9, 1 << 60..(1 << 60) + 3] {
            assert_eq!(stored.get_text(&place), None, "{place:?}");
            assert_eq!(stored.check().unwrap_err().doing, Doing::Read);
            stored.check().unwrap();
        }
    }
}
