//! The last good state of what is read: while a file is faulty, or half-written, what it said before stays.

use super::Templates;
use crate::build::load::{Row, Theme};
use crate::build::{render, stops};
use crate::config::Config;
use crate::kinds::Kinds;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was good last.
#[derive(Default)]
pub(super) struct Good {
    config: Option<Config>,
    kinds: Option<Kinds>,
    theme: Option<(Theme, Templates)>,
    /// Rows of the stage before, sorted by path.
    rows: Vec<Arc<Row>>,
    /// What faulty files said when they were not.
    fronts: BTreeMap<Arc<str>, Arc<Row>>,
}

impl Good {
    /// The settings, if nothing is wrong with them; else those before.
    pub(super) fn config(&mut self, config: Config, problems: &[Problem]) -> Config {
        match &self.config {
            Some(before) if stops(problems, false) => before.clone(),
            _ => {
                self.config = Some(config.clone());
                config
            }
        }
    }

    /// The kinds, likewise.
    pub(super) fn kinds(&mut self, kinds: Kinds, problems: &[Problem]) -> Kinds {
        match &self.kinds {
            Some(before) if stops(problems, false) => before.clone(),
            _ => {
                self.kinds = Some(kinds.clone());
                kinds
            }
        }
    }

    /// The compiled templates; a faulty theme gives way to the one before. `found` is what load told.
    pub(super) fn theme(
        &mut self,
        theme: &mut Theme,
        found: &[Problem],
        problems: &mut Vec<Problem>,
    ) -> Option<Templates> {
        if let Some((before, templates)) = &self.theme
            && before.templates_digest == theme.templates_digest
        {
            return Some(Arc::clone(templates));
        }
        let faulty = found.iter().any(|problem| problem.code.starts_with("theme-"));
        let (compiled, faults) = if faulty { (None, Vec::new()) } else { render::compile(theme) };
        problems.extend(faults);
        match (compiled, &self.theme) {
            (Some(templates), _) => {
                let templates = Arc::new(templates);
                self.theme = Some((theme.clone(), Arc::clone(&templates)));
                Some(templates)
            }
            (None, Some((before, templates))) => {
                *theme = before.clone();
                Some(Arc::clone(templates))
            }
            (None, None) => None,
        }
    }

    /// Remembers rows that are good, in place of those at the same paths, and forgets those of `gone`.
    pub(super) fn put(&mut self, rows: Vec<Arc<Row>>, gone: &[Arc<str>]) {
        if !gone.is_empty() {
            self.rows.retain(|row| !gone.contains(&row.path));
        }
        for row in rows {
            match self.rows.binary_search_by(|known| known.path.cmp(&row.path)) {
                Ok(at) => self.rows[at] = row,
                Err(at) => self.rows.insert(at, row),
            }
        }
    }

    /// Gives rows whose front matter is faulty the front matter that they had. Their problems stay, and so does their
    /// new article: it is told apart from the front matter even where that is broken.
    pub(super) fn rows(&mut self, rows: &mut [Arc<Row>]) {
        let mut fronts = BTreeMap::new();
        for row in rows.iter_mut().filter(|row| stops(&row.problems, false)) {
            let known = |rows: &[Arc<Row>]| {
                let at = rows.binary_search_by(|known| known.path.cmp(&row.path)).ok()?;
                rows.get(at).filter(|known| !stops(&known.problems, false)).map(Arc::clone)
            };
            let Some(good) = self.fronts.get(&row.path).map(Arc::clone).or_else(|| known(&self.rows)) else {
                continue;
            };
            let mut front = good.front.clone();
            front.body = row.front.body;
            fronts.insert(row.path.clone(), Arc::clone(&good));
            *row = Arc::new(Row { front, language: good.language, ..Row::clone(row) });
        }
        self.fronts = fronts;
        self.rows = rows.to_vec();
    }
}
