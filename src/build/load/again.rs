//! A few pages read once more, beside all that is known: for who knows that nothing else changed.

use super::bodies::Gathering;
use super::page;
use super::row::Row;
use super::{Remembered, settled};
use crate::build::markdown;
use crate::build::source::{Role, Source, SourceFile};
use crate::config::Config;
use crate::files::{Failure, Stamp, decode};
use crate::kinds::Kinds;
use std::sync::Arc;

/// More pages than this are read as after a walk.
const FEW: usize = 64;

/// What was read, not yet put in its place.
#[derive(Debug)]
pub struct Reread(Vec<(usize, Stamp, Arc<Row>)>);

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
    /// Reads the pages `files` again, and those whose stamps cannot be trusted; nothing comes back if more would have to be
    /// looked at. Kinds and settings must be those of before.
    pub fn reread(
        &self,
        source: &Source,
        files: &[String],
        kinds: &Kinds,
        config: &Config,
        now: Stamp,
    ) -> Result<Option<Reread>, Failure> {
        // Records of tables are laid over pages by their names.
        if !self.tables.is_empty() || self.media.iter().any(|(stamp, _)| *stamp == Stamp::UNKNOWN) {
            return Ok(None);
        }
        let doubtful = |at: &usize| self.rows[*at].0 == Stamp::UNKNOWN;
        let mut wanted: Vec<usize> = (0..self.rows.len()).filter(doubtful).collect();
        for file in files {
            let Ok(at) = self.rows.binary_search_by(|(_, row)| (*row.path).cmp(file)) else {
                return Ok(None);
            };
            wanted.push(at);
        }
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.len() > FEW {
            return Ok(None);
        }
        let options = markdown::Options::of_site(config.raw_html);
        let mut found = Vec::with_capacity(wanted.len());
        for at in wanted {
            let (_, known) = &self.rows[at];
            let file = source.get(&known.path).filter(|file| file.role == Role::Content);
            let Some(file) = file else { return Ok(None) };
            let row = read(file, (kinds, config), &options, None)?;
            // The same text makes the same row.
            let same = row.digest == known.digest && row.problems == known.problems;
            let row = if same { Arc::clone(known) } else { Arc::new(row) };
            found.push((at, settled(file.stamp, now), row));
        }
        Ok(Some(Reread(found)))
    }

    /// The rows of `reread` that are not those that are known.
    pub fn news(&self, reread: &Reread) -> Vec<Arc<Row>> {
        let new = |(at, _, row): &&(usize, Stamp, Arc<Row>)| !Arc::ptr_eq(row, &self.rows[*at].1);
        reread.0.iter().filter(new).map(|(_, _, row)| Arc::clone(row)).collect()
    }

    /// Puts what was read in the place of what was known.
    pub fn put(&mut self, reread: Reread) {
        for (at, stamp, row) in reread.0 {
            self.rows[at] = (stamp, row);
        }
    }
}
