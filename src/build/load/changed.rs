//! Two memories of rows compared: which articles were read anew and which pages came, if nothing else is different.

use super::{Remembered, Row, table};
use crate::digest::Digester;
use crate::files::Stamp;
use std::sync::Arc;

/// More pages than so many do not come one by one: then all is asked.
const MOST: usize = 64;

/// What was read anew.
#[derive(Debug, Default)]
pub struct News<'r> {
    /// Each as it was and as it is.
    pub changed: Vec<(&'r Row, &'r Row)>,
    /// Pages that were not there.
    pub came: Vec<&'r Row>,
}

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

    /// What was read anew; nothing if more is different than articles and pages that came, or if records of tables may be
    /// laid over these.
    pub fn since<'r>(&'r self, before: &'r Self) -> Option<News<'r>> {
        let same = self.recipe == before.recipe
            && is_same(&self.media, &before.media)
            && is_same(&self.tables, &before.tables);
        let mut news = News::default();
        let mut rest = before.rows.iter().peekable();
        for (_, new) in self.rows.iter().filter(|_| same) {
            match rest.next_if(|(_, old)| old.path == new.path) {
                Some((_, old)) if Arc::ptr_eq(old, new) => {}
                Some((_, old)) => news.changed.push((old, new)),
                None => news.came.push(new),
            }
            if news.came.len() > MOST {
                return None;
            }
        }
        let folders = table::folders(self.tables.iter().map(|(_, table)| &**table));
        let laid_over = news.came.iter().any(|row| table::meets(row, &folders));
        (same && rest.next().is_none() && !laid_over).then_some(news)
    }
}

/// Whether nothing was read anew, nor came or went.
fn is_same<T>(one: &[(Stamp, Arc<T>)], other: &[(Stamp, Arc<T>)]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|((_, one), (_, other))| Arc::ptr_eq(one, other))
}
