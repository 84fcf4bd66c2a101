//! The memo of rows on disk: one file for all, and a small one beside it for what has changed since that was written, so
//! that one edited page need not write a line about every other.
//!
//! The small file names the large one that it belongs to; with any other it counts for nothing. The large one alone is a
//! memo too, only an older one: what is newer on disk bears other stamps and is read again.

use super::Remembered;
use super::media::Media;
use super::row::Row;
use super::table::Table;
use crate::build::memo::{self, Opened};
use crate::digest::Digest;
use crate::files::{self, Failure, Stamp, Stored};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The name of the small file.
const SINCE: &str = "memo-v1-since";

/// When more than so many, and more than an eighth of all, have changed, all is written anew.
const FEW: usize = 64;

/// What is on disk.
#[derive(Debug, Default)]
pub struct Notebook {
    /// What the large file holds, and what names it.
    all: Remembered,
    id: Option<Digest>,
    /// With what has changed since.
    newest: Remembered,
}

/// What has changed since.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Since {
    rows: Changes<Row>,
    tables: Changes<Table>,
    media: Changes<Media>,
}

/// Sorted by path, like what it changes.
#[derive(Debug, Serialize, Deserialize)]
struct Changes<T> {
    put: Vec<(Stamp, Arc<T>)>,
    gone: BTreeSet<String>,
}

impl<T> Default for Changes<T> {
    fn default() -> Self {
        Changes { put: Vec::new(), gone: BTreeSet::new() }
    }
}

/// What is remembered of one path.
trait Kept {
    fn path(&self) -> &str;
}

impl Kept for Row {
    fn path(&self) -> &str {
        &self.path
    }
}

impl Kept for Table {
    fn path(&self) -> &str {
        &self.path
    }
}

impl Kept for Media {
    fn path(&self) -> &str {
        &self.path
    }
}

impl<T: Kept> Changes<T> {
    /// What makes `new` of `old`. What was not read again is the same piece of memory.
    fn between(old: &[(Stamp, Arc<T>)], new: &[(Stamp, Arc<T>)]) -> Self {
        let mut changes = Changes::default();
        let mut rest = old.iter().peekable();
        for (stamp, value) in new {
            while let Some((_, gone)) = rest.next_if(|(_, old)| old.path() < value.path()) {
                changes.gone.insert(gone.path().to_owned());
            }
            let old = rest.next_if(|(_, old)| old.path() == value.path());
            if old.is_none_or(|(before, old)| before != stamp || !Arc::ptr_eq(old, value)) {
                changes.put.push((*stamp, Arc::clone(value)));
            }
        }
        changes.gone.extend(rest.map(|(_, gone)| gone.path().to_owned()));
        changes
    }

    /// `old` with the changes.
    fn applied(self, old: &[(Stamp, Arc<T>)]) -> Vec<(Stamp, Arc<T>)> {
        let mut new = Vec::with_capacity(old.len() + self.put.len());
        let mut put = self.put.into_iter().peekable();
        for entry in old {
            let path = entry.1.path();
            while let Some(added) = put.next_if(|(_, added)| added.path() < path) {
                new.push(added);
            }
            match put.next_if(|(_, other)| other.path() == path) {
                Some(other) => new.push(other),
                None if self.gone.contains(path) => {}
                None => new.push(entry.clone()),
            }
        }
        new.extend(put);
        new
    }

    fn count(&self) -> usize {
        self.put.len() + self.gone.len()
    }
}

/// Writes what only few ask of these rows, in their order.
fn write_asides(rows: &[(Stamp, Arc<Row>)], out: &mut dyn Write) -> io::Result<()> {
    rows.iter().try_for_each(|(_, row)| row.facts.aside.write(out))
}

/// Finds it again for rows that come from `stored`, where it stands at `places`. Says whether it is as much as the rows say.
fn place_asides(rows: &mut [(Stamp, Arc<Row>)], stored: &Arc<Stored>, places: &Range<u64>) -> bool {
    let mut at = places.start;
    for (_, row) in rows {
        // Nobody else has them yet.
        let Some(row) = Arc::get_mut(row) else { return false };
        at = row.facts.aside.place(stored, at);
    }
    at == places.end
}

impl Remembered {
    /// Whether all that was asked for of the memo came back: what did not has been read as nothing, and is not to be published.
    ///
    /// # Errors
    /// The disk refused to read what it had taken.
    pub fn check(&self) -> Result<(), Failure> {
        self.stored.iter().try_for_each(|stored| stored.check())
    }
}

impl Notebook {
    /// What is kept in the folder of the memo; a damaged file is told, and counts for nothing.
    pub fn open(folder: &Path, build_id: &Digest) -> (Self, Option<Problem>) {
        let path = folder.join(memo::FILE);
        let (all, damaged) = memo::load_stored::<Remembered>(&path, build_id);
        let Some(Opened { value: mut all, name: id, stored, rest }) = all else {
            return (Notebook::default(), damaged);
        };
        if !place_asides(&mut all.rows, &stored, &rest) {
            return (Notebook::default(), Some(memo::damaged(&path)));
        }
        all.stored = vec![stored];
        let path = folder.join(SINCE);
        let (since, damaged) = memo::load_stored::<Since>(&path, &id);
        let Some(Opened { value: mut since, name: _, stored, rest }) = since else {
            return (Notebook { newest: all.clone(), all, id: Some(id) }, damaged);
        };
        if !place_asides(&mut since.rows.put, &stored, &rest) {
            return (Notebook { newest: all.clone(), all, id: Some(id) }, Some(memo::damaged(&path)));
        }
        let newest = Remembered {
            recipe: all.recipe,
            rows: since.rows.applied(&all.rows),
            tables: since.tables.applied(&all.tables),
            media: since.media.applied(&all.media),
            stored: all.stored.iter().cloned().chain([stored]).collect(),
        };
        (Notebook { all, id: Some(id), newest }, None)
    }

    /// What earlier builds read.
    pub fn rows(&self) -> &Remembered {
        &self.newest
    }

    /// The same, for whoever will write all of it.
    pub fn into_rows(self) -> Remembered {
        self.newest
    }

    /// Writes down what is remembered now.
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn save(&self, folder: &Path, build_id: &Digest, now: &Remembered) -> Result<(), Failure> {
        let total = now.rows.len() + now.tables.len() + now.media.len();
        if let Some(id) = self.id.filter(|_| self.all.recipe == now.recipe) {
            let since = Since {
                rows: Changes::between(&self.all.rows, &now.rows),
                tables: Changes::between(&self.all.tables, &now.tables),
                media: Changes::between(&self.all.media, &now.media),
            };
            let count = since.rows.count() + since.tables.count() + since.media.count();
            if count <= FEW.max(total / 8) {
                let asides = |out: &mut dyn Write| write_asides(&since.rows.put, out);
                return memo::save_with(&folder.join(SINCE), &id, &since, asides);
            }
        }
        let asides = |out: &mut dyn Write| write_asides(&now.rows, out);
        memo::save_with(&folder.join(memo::FILE), build_id, now, asides)?;
        // It belongs to the file that is gone, and would only take room.
        files::remove_file(&folder.join(SINCE)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn media(path: &str) -> Arc<Media> {
        Arc::new(Media::read(path, path.as_bytes()))
    }

    proptest! {
        /// Old and new hold some of ten paths each; of those in both some were read again, or looked at again.
        #[test]
        fn changes_make_the_new_of_the_old(places in prop::collection::vec(0u8..7, 10)) {
            let (mut old, mut new) = (Vec::new(), Vec::new());
            for (number, place) in places.iter().enumerate() {
                let entry = (Stamp { size: 1, time_ns: 5 }, media(&format!("content/{number}.pdf")));
                if *place != 1 && *place != 0 {
                    old.push(entry.clone());
                }
                match place {
                    0 | 2 => {}
                    3 => new.push((Stamp { size: 1, time_ns: 6 }, entry.1)),
                    4 => new.push((entry.0, media(&entry.1.path))),
                    _ => new.push(entry),
                }
            }
            let changes = Changes::between(&old, &new);
            let changed = places.iter().filter(|place| (1..=4).contains(*place)).count();
            prop_assert_eq!(changes.count(), changed);
            let applied = changes.applied(&old);
            prop_assert_eq!(applied.len(), new.len());
            for (one, other) in applied.iter().zip(&new) {
                prop_assert!(one.0 == other.0 && Arc::ptr_eq(&one.1, &other.1));
            }
        }
    }

    #[test]
    fn few_changes_leave_the_large_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let id = Digest::of(b"build");
        let entry = |number: usize| (Stamp::default(), media(&format!("content/{number:04}.pdf")));
        let first = Remembered { media: (0..900).map(entry).collect(), ..Remembered::default() };
        Notebook::default().save(folder.path(), &id, &first).unwrap();
        let large = files::read(&folder.path().join(memo::FILE)).unwrap();
        let paths = |notebook: &Notebook| -> Vec<String> {
            notebook.rows().media.iter().map(|(_, media)| media.path.clone()).collect()
        };

        let (notebook, damaged) = Notebook::open(folder.path(), &id);
        assert_eq!((notebook.rows().media.len(), damaged), (900, None));
        let mut second = notebook.rows().clone();
        second.media.remove(7);
        second.media.push(entry(900));
        notebook.save(folder.path(), &id, &second).unwrap();
        assert_eq!(files::read(&folder.path().join(memo::FILE)).unwrap(), large);
        let (notebook, damaged) = Notebook::open(folder.path(), &id);
        let expected: Vec<String> = second.media.iter().map(|(_, media)| media.path.clone()).collect();
        assert_eq!((paths(&notebook), damaged), (expected, None));

        // What belongs to another large file counts for nothing, and goes when a large file is written.
        let small = files::read(&folder.path().join(SINCE)).unwrap();
        let mut third = notebook.rows().clone();
        third.media.truncate(10);
        notebook.save(folder.path(), &id, &third).unwrap();
        assert_eq!(files::read_if_there(&folder.path().join(SINCE)).unwrap(), None);
        files::write_atomically(&folder.path().join(SINCE), &small).unwrap();
        let (notebook, damaged) = Notebook::open(folder.path(), &id);
        assert_eq!((notebook.rows().media.len(), damaged), (10, None));
        files::write_atomically(&folder.path().join(SINCE), b"junk").unwrap();
        let (notebook, damaged) = Notebook::open(folder.path(), &id);
        assert_eq!(
            (notebook.rows().media.len(), damaged.map(|it| it.code)),
            (10, Some("memo-damaged".into()))
        );
    }
}
