//! Bytes that are put away for a while: in memory as long as they are few, else in a file that is gone when they are.

use super::{Failure, Stored, write::beside};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many bytes are written to the file at once; fewer never leave memory.
const PIECE: usize = 1 << 20;

/// Takes bytes and gives them back, from and to several threads.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<Arc<Stored>>,
    written: u64,
    gathered: Vec<u8>,
    failed: bool,
}

impl Scratch {
    /// Nothing yet; should there be much, it goes into a file beside `path`.
    pub fn beside(path: &Path) -> Self {
        Scratch { path: path.to_owned(), state: Mutex::default() }
    }

    /// Puts bytes away and says where; nothing where the disk refuses.
    pub fn put(&self, bytes: &[u8]) -> Option<Range<u64>> {
        let mut state = self.state();
        if state.gathered.len() + bytes.len() > PIECE && state.spill(&self.path).is_err() {
            state.failed = true;
        }
        if state.failed {
            return None;
        }
        let start = state.written + state.gathered.len() as u64;
        state.gathered.extend_from_slice(bytes);
        Some(start..start + bytes.len() as u64)
    }

    /// What was put away there; nothing where the disk refuses.
    pub fn get(&self, place: &Range<u64>) -> Option<Vec<u8>> {
        match self.find(place)? {
            Found::Here(bytes) => Some(bytes),
            Found::Away(stored) => stored.get(place),
        }
    }

    /// The text that was put away there; nothing where the disk refuses, or gives back something else.
    pub fn get_text(&self, place: &Range<u64>) -> Option<String> {
        match self.find(place)? {
            Found::Here(bytes) => String::from_utf8(bytes).ok(),
            Found::Away(stored) => stored.get_text(place),
        }
    }

    fn find(&self, place: &Range<u64>) -> Option<Found> {
        let state = self.state();
        if place.start >= state.written {
            let inside = |at: u64| usize::try_from(at - state.written).ok();
            let bytes = state.gathered.get(inside(place.start)?..inside(place.end)?)?;
            return Some(Found::Here(bytes.to_vec()));
        }
        // Reading needs no turn.
        Some(Found::Away(Arc::clone(state.file.as_ref()?)))
    }

    /// Whether all that was asked for came back.
    ///
    /// # Errors
    /// The disk refused to read what it had taken.
    pub fn check(&self) -> Result<(), Failure> {
        self.state().file.as_ref().map_or(Ok(()), |stored| stored.check())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where something is that was put away.
enum Found {
    Here(Vec<u8>),
    Away(Arc<Stored>),
}

impl State {
    fn spill(&mut self, path: &Path) -> io::Result<()> {
        let stored = match &self.file {
            Some(stored) => stored,
            None => self.file.insert(Arc::new(Stored::passing(beside(path))?)),
        };
        stored.append(&self.gathered)?;
        self.written += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "tests make their own files")]
    use super::*;
    use crate::files::Doing;
    use std::fs::File;

    #[test]
    fn what_is_put_away_comes_back_and_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::beside(&folder.path().join("bodies"));
        let text = |number: usize| vec![u8::try_from(number % 251).unwrap(); number * 700];
        let places: Vec<_> = (0..90).map(|number| scratch.put(&text(number)).unwrap()).collect();
        assert_eq!(crate::files::list(folder.path()).unwrap().len(), 1);
        for (number, place) in places.iter().enumerate() {
            assert_eq!(scratch.get(place), Some(text(number)));
        }
        scratch.check().unwrap();
        drop(scratch);
        assert!(crate::files::list(folder.path()).unwrap().is_empty());
    }

    /// A file that somebody cut while the build went on.
    #[cfg(unix)]
    #[test]
    fn what_does_not_come_back_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::beside(&folder.path().join("bodies"));
        let places: Vec<_> = (0..3).map(|_| scratch.put(&vec![7; PIECE - 1]).unwrap()).collect();
        let name = crate::files::list(folder.path()).unwrap().pop().unwrap();
        File::options().write(true).open(folder.path().join(name)).unwrap().set_len(5).unwrap();
        assert_eq!(scratch.get(&places[2]), Some(vec![7; PIECE - 1]));
        scratch.check().unwrap();
        assert_eq!(scratch.get(&places[1]), None);
        assert_eq!(scratch.check().unwrap_err().doing, Doing::Read);
        scratch.check().unwrap();
    }

    #[test]
    fn a_disk_that_refuses_keeps_nothing() {
        let scratch = Scratch::beside(Path::new("/nowhere/at/all/bodies"));
        let big = vec![0; PIECE];
        assert_eq!(scratch.put(&big), Some(0..big.len() as u64));
        assert_eq!(scratch.put(&big), None);
        assert_eq!(scratch.put(b"x"), None);
        assert_eq!(scratch.get(&(0..4)), Some(vec![0; 4]));
    }
}
