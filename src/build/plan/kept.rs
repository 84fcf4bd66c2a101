//! Faces that are kept while a site is made, so that a list need not make again what another has made.
//!
//! Those of the first pages are, as many as fit into a fixed amount of memory: on a large site the faces of all pages would
//! fill more memory than all else. And those that name many things are, such as a project of a thousand villages: each of
//! the things named shows the face in turn, so that making it anew every time would take time by the square.

use crate::build::load::Row;
use crate::build::model::PageId;
use crate::kinds::Value as Raw;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use tera::Value;

/// So many entries of faces of the first pages are kept, some 9 MiB.
const ENTRIES: usize = 48_000;

/// A face that names so many is kept whatever its page's number.
const MANY: usize = 64;

/// All that is kept of these names at most so many, some 60 MiB; beyond that everything is forgotten and gathered again.
const MOST: usize = 200_000;

/// The faces that are kept.
pub struct Kept {
    first: Box<[OnceLock<Value>]>,
    large: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    faces: HashMap<PageId, Value>,
    named: usize,
}

impl Kept {
    /// Nothing yet, of so many pages whose faces have about so many entries each.
    pub fn new(pages: usize, entries: usize) -> Self {
        let first = (0..pages.min(ENTRIES / entries.max(1))).map(|_| OnceLock::new()).collect();
        Kept { first, large: Mutex::default() }
    }

    /// The face of a page, of which `row` tells what it names; made only if it is not here.
    pub fn face(&self, id: PageId, row: &Row, make: impl FnOnce() -> Value) -> Value {
        if let Some(face) = self.first.get(id.at()).and_then(OnceLock::get) {
            return face.clone();
        }
        let named = named(row);
        if named < MANY {
            return match self.first.get(id.at()) {
                Some(kept) => kept.get_or_init(make).clone(),
                None => make(),
            };
        }
        if let Some(face) = self.shelf().faces.get(&id) {
            return face.clone();
        }
        // Made while nobody waits: two threads may make the same, which costs once.
        let face = make();
        let mut shelf = self.shelf();
        if shelf.named + named > MOST {
            *shelf = Shelf::default();
        }
        if shelf.faces.insert(id, face.clone()).is_none() {
            shelf.named += named;
        }
        face
    }

    /// Whether the face of a page is kept once it is made.
    pub fn has_room(&self, id: PageId, row: &Row) -> bool {
        id.at() < self.first.len() || named(row) >= MANY
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many things a face names in lists.
fn named(row: &Row) -> usize {
    let count = |value: &Raw| if let Raw::List(values) = value { values.len() } else { 0 };
    row.front.common.tags.iter().count()
        + row.front.fields.iter().map(|(_, value)| count(value)).sum::<usize>()
}
