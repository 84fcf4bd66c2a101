//! Faces that name many things, such as a project of a thousand villages: each of the things named shows the face in
//! turn, so that making it anew every time would take time by the square. These faces are kept while a site is made.

use crate::build::load::Row;
use crate::build::model::PageId;
use crate::kinds::Value as Raw;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tera::Value;

/// A face that names so many is kept; making one of fewer costs no more than looking for it.
const MANY: usize = 64;

/// All that is kept names at most so many, some 60 MiB; beyond that everything is forgotten and gathered again.
const MOST: usize = 200_000;

/// The faces that are kept.
#[derive(Default)]
pub struct Kept(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    faces: HashMap<PageId, Value>,
    named: usize,
}

impl Kept {
    /// The face of a page, of which `row` tells what it names; made only if it is not here.
    pub fn face(&self, id: PageId, row: &Row, make: impl FnOnce() -> Value) -> Value {
        let named = named(row);
        if named < MANY {
            return make();
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

    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many things a face names in lists.
fn named(row: &Row) -> usize {
    let count = |value: &Raw| if let Raw::List(values) = value { values.len() } else { 0 };
    row.front.common.tags.iter().count()
        + row.front.fields.iter().map(|(_, value)| count(value)).sum::<usize>()
}
