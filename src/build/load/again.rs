//! A few pages and tables read once more, beside all that is known: for who knows that nothing else changed.

use super::bodies::Gathering;
use super::media::Media;
use super::page;
use super::row::{FileName, Row};
use super::table::{self, Record, Table};
use super::{Remembered, settled};
use crate::build::markdown;
use crate::build::source::{Role, Source, SourceFile};
use crate::config::Config;
use crate::digest::Digest;
use crate::files::{Failure, Stamp, decode};
use crate::kinds::Kinds;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More pages than this are read as after a walk.
const FEW: usize = 64;

/// More other files than this are read as after a walk.
const FEW_MEDIA: usize = 8;

/// What was read, not yet put in its place.
#[derive(Debug)]
pub struct Reread {
    /// By path.
    pages: Vec<(Stamp, Arc<Row>)>,
    /// With their numbers.
    tables: Vec<(usize, Stamp, Arc<Table>)>,
    /// New stamps of media, with their numbers.
    media: Vec<(usize, Stamp)>,
    /// Other files that are new or not as they were, by path.
    others: Vec<(Stamp, Arc<Media>)>,
    /// Files of pages, and others, that are no more.
    gone: Vec<Arc<str>>,
}

/// What is different from what is known.
#[derive(Debug, Default)]
pub struct Different {
    /// Rows that are new or not as they were, by path.
    pub rows: Vec<Arc<Row>>,
    /// The files of rows that are no more.
    pub gone: Vec<Arc<str>>,
    /// Other files that are new or not as they were, by path.
    pub media: Vec<Arc<Media>>,
    /// Other files that are no more.
    pub media_gone: Vec<Arc<str>>,
}

impl Different {
    /// Whether nothing is.
    pub fn is_none(&self) -> bool {
        let Different { rows, gone, media, media_gone } = self;
        rows.is_empty() && gone.is_empty() && media.is_empty() && media_gone.is_empty()
    }
}

/// Reads one page; its HTML goes into `bodies`.
pub(super) fn read(
    file: &SourceFile,
    site: (&Kinds, &Config),
    options: &markdown::Options,
    bodies: Option<&Gathering>,
) -> Result<Row, Failure> {
    let bytes = file.read()?;
    let decoded = decode(&bytes);
    let mut row = page::read(&file.path, &decoded.text, site, options, bodies);
    row.problems.extend(decoded.encoding.problem(&file.path));
    Ok(row)
}

impl Remembered {
    /// Reads the pages, tables and files beside pages `files` again, and those pages whose stamps cannot be trusted, and leaves
    /// out those that are `gone`; nothing comes back if more would have to be looked at. Kinds and settings must be those of before.
    pub fn reread(
        &self,
        source: &Source,
        (files, gone): (&[String], &[Arc<str>]),
        (kinds, config): (&Kinds, &Config),
        now: Stamp,
    ) -> Result<Option<Reread>, Failure> {
        let Some(media) = self.media_again(source, (files, gone), now)? else { return Ok(None) };
        let is_other = |path: &&String| source.get(path).is_some_and(|file| file.role == Role::ContentFile);
        let mut others = Vec::new();
        for file in files.iter().filter(is_other).filter_map(|path| source.get(path)) {
            if others.len() >= FEW_MEDIA {
                return Ok(None);
            }
            let media = Media::read(&file.path, &file.read()?);
            others.push((settled(file.stamp, now), Arc::new(media)));
        }
        others.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
        let doubtful =
            self.rows.iter().filter(|(stamp, row)| *stamp == Stamp::UNKNOWN && !gone.contains(&row.path));
        let mut wanted: Vec<&str> = doubtful.map(|(_, row)| &*row.path).collect();
        let pages = files.iter().filter(|file| self.table(file).is_none() && !is_other(file));
        wanted.extend(pages.map(String::as_str));
        let mut tables = Vec::new();
        for (at, (stamp, table)) in self.tables.iter().enumerate() {
            if *stamp == Stamp::UNKNOWN || files.contains(&table.path) {
                let Some(file) = source.get(&table.path).filter(|file| file.role == Role::Table) else {
                    return Ok(None);
                };
                let table = table::read(&file.path, &file.read()?, kinds, config);
                tables.push((at, settled(file.stamp, now), Arc::new(table)));
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        let foreign = |path: &&str| FileName::of(path, config).foreign.is_some();
        let unknown = |path: &Arc<str>| self.known(path).is_none() && self.media(path).is_none();
        if wanted.len() > FEW
            || wanted.iter().any(foreign)
            || gone.iter().any(unknown)
            || self.are_laid_over(&tables)
        {
            return Ok(None);
        }
        let options = markdown::Options::of_site(config.raw_html);
        let mut pages = Vec::with_capacity(wanted.len());
        for path in wanted {
            let file = source.get(path).filter(|file| file.role == Role::Content);
            let Some(file) = file else { return Ok(None) };
            let row = read(file, (kinds, config), &options, None)?;
            // The same text makes the same row.
            let known =
                self.known(path).filter(|known| row.digest == known.digest && row.problems == known.problems);
            let row = known.map_or_else(|| Arc::new(row), Arc::clone);
            pages.push((settled(file.stamp, now), row));
        }
        let left = gone.iter().filter_map(|path| self.known(path));
        let mut touched = pages.iter().map(|(_, row)| row).chain(left);
        let folders = table::folders(self.tables.iter().map(|(_, table)| &**table));
        if touched.any(|row| table::meets(row, &folders)) {
            return Ok(None);
        }
        Ok(Some(Reread { pages, tables, media, others, gone: gone.to_vec() }))
    }

    /// Media whose stamps cannot be trusted, with the stamps that they have now; nothing if one is another.
    fn media_again(
        &self,
        source: &Source,
        (files, gone): (&[String], &[Arc<str>]),
        now: Stamp,
    ) -> Result<Option<Vec<(usize, Stamp)>>, Failure> {
        let stays =
            |path: &str| !files.iter().any(|file| file == path) && !gone.iter().any(|file| **file == *path);
        let untrusted = self.media.iter().enumerate();
        let untrusted =
            untrusted.filter(|(_, (stamp, media))| *stamp == Stamp::UNKNOWN && stays(&media.path));
        let mut media = Vec::new();
        for (at, (_, known)) in untrusted {
            let Some(file) = source.get(&known.path).filter(|_| media.len() < FEW_MEDIA) else {
                return Ok(None);
            };
            if Digest::of(&file.read()?) != known.digest {
                return Ok(None);
            }
            media.push((at, settled(file.stamp, now)));
        }
        Ok(Some(media))
    }

    fn table(&self, path: &str) -> Option<usize> {
        self.tables.binary_search_by(|(_, table)| table.path.as_str().cmp(path)).ok()
    }

    fn media(&self, path: &str) -> Option<usize> {
        self.media.binary_search_by(|(_, media)| media.path.as_str().cmp(path)).ok()
    }

    fn known(&self, path: &str) -> Option<&Arc<Row>> {
        let at = self.rows.binary_search_by(|(_, row)| (*row.path).cmp(path)).ok()?;
        self.rows.get(at).map(|(_, row)| row)
    }

    /// Whether any of `tables`, as it is or as it was, has faults, or pages in Markdown beside its records, which may be
    /// laid over these.
    fn are_laid_over(&self, tables: &[(usize, Stamp, Arc<Table>)]) -> bool {
        tables.iter().any(|(at, _, new)| {
            let old = &self.tables[*at].1;
            let both = || [old, new].into_iter().map(|table| &**table);
            let folders = table::folders(both());
            both().any(|table| !table.problems.is_empty())
                || self.rows.iter().any(|(_, row)| table::meets(row, &folders))
        })
    }

    /// What in `reread` is not what is known.
    pub fn news(&self, reread: &Reread) -> Different {
        let new = |row: &&Arc<Row>| self.known(&row.path).is_none_or(|known| !Arc::ptr_eq(row, known));
        let mut rows: Vec<Arc<Row>> =
            reread.pages.iter().map(|(_, row)| row).filter(new).map(Arc::clone).collect();
        let (media_gone, mut gone): (Vec<_>, Vec<_>) =
            reread.gone.iter().cloned().partition(|path| self.known(path).is_none());
        let changed = |media: &&Arc<Media>| {
            let known = self.media(&media.path).and_then(|at| self.media.get(at));
            known.is_none_or(|(_, known)| known.digest != media.digest)
        };
        let media = reread.others.iter().map(|(_, media)| media).filter(changed).map(Arc::clone).collect();
        for (at, _, table) in &reread.tables {
            let digests = |table: &Table| -> BTreeMap<Arc<str>, Digest> {
                let digest = |record: &Record| (record.row.path.clone(), Digest::of_value(&record.row));
                table.records.iter().map(digest).collect()
            };
            let (old, now) = (digests(&self.tables[*at].1), digests(table));
            let new =
                table.records.iter().filter(|record| old.get(&record.row.path) != now.get(&record.row.path));
            rows.extend(new.map(|record| Arc::new(record.row.clone())));
            gone.extend(old.into_keys().filter(|path| !now.contains_key(path)));
        }
        rows.sort_by(|a, b| a.path.cmp(&b.path));
        gone.sort();
        Different { rows, gone, media, media_gone }
    }

    /// Puts what was read in the place of what was known.
    pub fn put(&mut self, reread: Reread) {
        self.rows.retain(|(_, row)| !reread.gone.contains(&row.path));
        for (stamp, row) in reread.pages {
            match self.rows.binary_search_by(|(_, known)| known.path.cmp(&row.path)) {
                Ok(at) => self.rows[at] = (stamp, row),
                Err(at) => self.rows.insert(at, (stamp, row)),
            }
        }
        for (at, stamp) in reread.media {
            self.media[at].0 = stamp;
        }
        self.media.retain(|(_, media)| !reread.gone.iter().any(|path| **path == *media.path));
        for (stamp, media) in reread.others {
            match self.media.binary_search_by(|(_, known)| known.path.cmp(&media.path)) {
                Ok(at) => self.media[at] = (stamp, media),
                Err(at) => self.media.insert(at, (stamp, media)),
            }
        }
        for (at, stamp, table) in reread.tables {
            self.tables[at] = (stamp, table);
        }
    }
}
