//! The HTML of what was read, put away until it is rendered: so a body is read and parsed once in a build.
//!
//! What is not here, because its row was remembered or it has raw HTML, is read again by the render stage.

use super::aside::{Aside, Asides};
use super::row::Row;
use crate::build::markdown::Fragment;
use crate::digest::{Digest, Digester};
use crate::files::{Failure, Scratch};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Where a body lies. There are as many as pages, and they stay until the last is rendered.
#[derive(Debug)]
struct Place {
    key: Digest,
    start: u64,
    length: u32,
}

/// Where bodies are put while rows are read.
#[derive(Debug)]
pub struct Gathering {
    scratch: Scratch,
    asides: Asides,
    places: Mutex<Vec<Place>>,
}

impl Gathering {
    /// Nothing yet; much goes into a file in the folder of the memo.
    pub fn new(memory: &Path) -> Self {
        Gathering {
            scratch: Scratch::beside(&memory.join("bodies")),
            asides: Asides::new(memory),
            places: Mutex::default(),
        }
    }

    /// Puts away what only few ask of an article.
    pub(super) fn put_aside(&self, aside: Aside) -> Aside {
        self.asides.put(aside)
    }

    /// Puts the body of a row away.
    pub(super) fn put(&self, row: &Row, chinese: bool, fragment: &Fragment<'_>) {
        let bytes = fragment.to_bytes();
        let (Ok(length), Some(place)) = (u32::try_from(bytes.len()), self.scratch.put(&bytes)) else {
            return;
        };
        let place = Place { key: key(row, chinese), start: place.start, length };
        self.places.lock().unwrap_or_else(PoisonError::into_inner).push(place);
    }

    /// All that were put.
    pub fn finish(self) -> Bodies {
        let mut places = self.places.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Equal keys lead to equal bytes, so which of them comes first makes no difference.
        places.sort_unstable_by_key(|place| place.key);
        places.shrink_to_fit();
        Bodies { places, scratch: self.scratch, asides: self.asides }
    }
}

/// What a body's HTML depends on besides the options: its text, whether its fixed words are Chinese, and whether its first
/// heading is shown as the title.
fn key(row: &Row, chinese: bool) -> Digest {
    let choices = u64::from(chinese) << 1 | u64::from(row.has_own_title());
    Digester::new().digest(&row.digest).number(choices).finish()
}

/// Bodies by what they are made of.
#[derive(Debug)]
pub struct Bodies {
    places: Vec<Place>,
    scratch: Scratch,
    asides: Asides,
}

impl Bodies {
    /// The bytes of a row's [`Fragment`], if they are here.
    pub fn get(&self, row: &Row, chinese: bool) -> Option<Vec<u8>> {
        let at = self.places.binary_search_by_key(&key(row, chinese), |place| place.key).ok()?;
        let Place { start, length, .. } = self.places.get(at)?;
        self.scratch.get(&(*start..start + u64::from(*length)))
    }

    /// Whether all that was put away and asked for came back: what did not has been read as nothing, and is not to be published.
    ///
    /// # Errors
    /// The disk refused to read what it had taken.
    pub fn check(&self) -> Result<(), Failure> {
        self.asides.check()
    }
}
