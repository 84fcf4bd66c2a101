//! The HTML of what was read, put away until it is rendered: so a body is read and parsed once in a build.
//!
//! What is not here, because its row was remembered or it has raw HTML, is read again by the render stage.

use super::row::Row;
use crate::build::markdown::Fragment;
use crate::digest::Digest;
use crate::files::{Scratch, Stored};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// What a body's HTML depends on besides the options: its text, whether its fixed words are Chinese, and whether its first
/// heading is shown as the title.
type Key = (Digest, bool, bool);

/// Where bodies are put while rows are read.
#[derive(Debug)]
pub struct Gathering {
    scratch: Scratch,
    places: Mutex<Vec<(Key, Range<u64>)>>,
}

impl Gathering {
    /// Nothing yet; much goes into a file in the folder of the memo.
    pub fn new(memory: &Path) -> Self {
        Gathering { scratch: Scratch::beside(&memory.join("bodies")), places: Mutex::default() }
    }

    /// Puts the body of a row away.
    pub(super) fn put(&self, row: &Row, chinese: bool, fragment: &Fragment<'_>) {
        let Some(place) = self.scratch.put(&fragment.to_bytes()) else { return };
        self.places.lock().unwrap_or_else(PoisonError::into_inner).push((key(row, chinese), place));
    }

    /// All that were put.
    pub fn finish(self) -> Bodies {
        let mut places = self.places.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Equal keys lead to equal bytes, so which of them comes first makes no difference.
        places.sort_unstable_by_key(|(key, _)| *key);
        Bodies { places, stored: Some(self.scratch.stored()) }
    }
}

fn key(row: &Row, chinese: bool) -> Key {
    (row.digest, chinese, row.has_own_title())
}

/// Bodies by what they are made of.
#[derive(Debug, Default)]
pub struct Bodies {
    places: Vec<(Key, Range<u64>)>,
    stored: Option<Stored>,
}

impl Bodies {
    /// The bytes of a row's [`Fragment`], if they are here.
    pub fn get(&self, row: &Row, chinese: bool) -> Option<Vec<u8>> {
        let at = self.places.binary_search_by_key(&key(row, chinese), |(key, _)| *key).ok()?;
        self.stored.as_ref()?.get(&self.places.get(at)?.1)
    }
}
