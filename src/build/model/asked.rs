//! What pages ask of others while links and relations are resolved: a page of which nobody asked anything can come, go or be
//! called otherwise, and nothing else is different.

use super::names;

use crate::build::load::Row;
use crate::files;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many shelves there are for hashes.
const SHELVES: usize = 32;

/// What was asked. It may hold more than was asked: then more is assembled anew than need be.
#[derive(Debug, Default)]
pub struct Asked {
    /// Hashes of what was asked for, on several shelves: all threads note at once.
    hashes: [Mutex<HashSet<u64>>; SHELVES],
    /// Whether a title was looked for that nearly fits.
    guessed: AtomicBool,
}

impl Asked {
    /// A page was looked up by a name, of which this is the hash.
    pub(super) fn name(&self, hash: u64) {
        self.shelf(hash).insert(hash);
    }

    /// A page was looked up by its file, or by what could be one.
    pub(super) fn file(&self, path: &str) {
        self.name(of_file(path));
    }

    /// Something was looked up by its path below the root.
    pub(super) fn url(&self, url: &str) {
        self.name(of_url(url));
    }

    /// A heading of the page of this file was looked up.
    pub(super) fn headings(&self, path: &str) {
        self.name(of_headings(path));
    }

    /// A name was not found, and a title may be suggested for it.
    pub(super) fn guess(&self) {
        self.guessed.store(true, Ordering::Relaxed);
    }

    /// Whether a title may have been suggested anywhere.
    pub(super) fn has_guessed(&self) -> bool {
        self.guessed.load(Ordering::Relaxed)
    }

    /// Whether anybody looked a page up by this name, or would have found one if it had been there.
    pub(super) fn has_name(&self, name: &str) -> bool {
        [name, name.trim()].into_iter().any(|name| self.has(names::hash(name)))
    }

    /// Likewise by this file.
    pub(super) fn has_file(&self, path: &str) -> bool {
        self.has(of_file(path))
    }

    /// Likewise by this path below the root.
    pub(super) fn has_url(&self, url: &str) -> bool {
        self.has(of_url(url))
    }

    /// Whether anybody links to a heading of a row's page.
    pub(super) fn has_headings(&self, row: &Row) -> bool {
        self.has(of_headings(&row.path))
    }

    fn has(&self, hash: u64) -> bool {
        self.shelf(hash).contains(&hash)
    }

    fn shelf(&self, hash: u64) -> MutexGuard<'_, HashSet<u64>> {
        let at = hash as usize % SHELVES;
        self.hashes[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names hold no such characters, so that a file is no name.
fn of_file(path: &str) -> u64 {
    names::hash(&["\u{1}", path].concat())
}

fn of_url(url: &str) -> u64 {
    names::hash(&["\u{2}", &files::folded(url)].concat())
}

fn of_headings(path: &str) -> u64 {
    names::hash(&["\u{3}", path].concat())
}
