//! Two memories of rows compared: which articles were read anew, if nothing else is different.

use super::{Remembered, Row};
use crate::digest::Digester;
use crate::files::Stamp;
use std::sync::Arc;

impl Remembered {
    /// Adds what rows, tables and other files say, and what they were read by.
    pub fn add(&self, digester: &mut Digester) {
        digester.digest(&self.recipe);
        digester.number(self.rows.len() as u64);
        for (_, row) in &self.rows {
            digester.text(&row.path).digest(&row.digest);
        }
        digester.number(self.media.len() as u64);
        for (_, media) in &self.media {
            digester.text(&media.path).digest(&media.digest);
        }
        digester.number(self.tables.len() as u64);
        // A table that may yet change unseen is read anew next time, and then something else is different.
        for (stamp, table) in &self.tables {
            digester.text(&table.path).number(stamp.size).number(stamp.time_ns as u64);
        }
    }

    /// The rows that were read anew, each as it was and as it is; nothing if anything else is different.
    pub fn articles_since<'r>(&'r self, before: &'r Self) -> Option<Vec<(&'r Row, &'r Row)>> {
        let same = self.recipe == before.recipe
            && is_same(&self.media, &before.media)
            && is_same(&self.tables, &before.tables)
            && self.rows.len() == before.rows.len();
        let mut changed = Vec::new();
        for ((_, old), (_, new)) in before.rows.iter().zip(&self.rows).filter(|_| same) {
            if old.path != new.path {
                return None;
            }
            if !Arc::ptr_eq(old, new) {
                changed.push((&**old, &**new));
            }
        }
        same.then_some(changed)
    }
}

/// Whether nothing was read anew, nor came or went.
fn is_same<T>(one: &[(Stamp, Arc<T>)], other: &[(Stamp, Arc<T>)]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|((_, one), (_, other))| Arc::ptr_eq(one, other))
}
