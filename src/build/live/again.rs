//! The short way: a few pages were saved and everything else is as it was, so the model and the plan share with those before
//! what cannot have changed. Whatever is out of the ordinary takes the long way.

use super::changed::Looked;
use super::kept::{kinds_key, theme_key};
use super::stage::{Basis, Before, Site, Stage};
use super::{Fresh, Live, Templates, Today};
use crate::build::api::{Failure, Request};
use crate::build::load::Different;
use crate::build::memo::Store;
use crate::build::model::{self, Ground, Model};
use crate::build::root::Root;
use crate::build::source::Role;
use crate::config::Config;
use crate::files::Stamp;
use crate::problem::Problem;
use std::sync::Arc;

/// What the newest stage was made of.
pub(super) struct Last {
    /// The settings as they were read, and what was told of them.
    pub(super) config: (Config, Vec<Problem>),
    pub(super) templates: Option<Templates>,
    pub(super) model: Arc<Model>,
    pub(super) ground: Ground,
    pub(super) basis: Basis,
    /// What was told before the plan was made; lines are not looked up.
    pub(super) found: Vec<Problem>,
}

/// How to go on.
pub(super) enum Way {
    /// All is to be assembled.
    Long,
    /// This came of it.
    Short(Fresh),
    /// The files say what they said.
    None,
}

impl Live {
    /// Goes the short way, if it leads to where the long way does.
    pub(super) fn again(
        &mut self,
        request: &Request,
        config: &(Config, Vec<Problem>),
        looked: &Looked,
        (today, now): (Today, Stamp),
    ) -> Result<Way, Failure> {
        let source = &looked.source;
        let Some(last) = &self.last else { return Ok(Way::Long) };
        let pages_only = looked.known && {
            let content = |name: &String| {
                source
                    .get(name)
                    .is_some_and(|file| matches!(file.role, Role::Content | Role::Table | Role::ContentFile))
            };
            looked.files.iter().all(content)
        };
        let as_before = self.made_for == Some(today)
            && last.config == *config
            && looked.problems == self.walked
            && self.kinds.has(kinds_key(source, now))
            && self.theme.has(theme_key(source, &last.model.config, now));
        if !pages_only || !as_before {
            return Ok(Way::Long);
        }
        let (kinds, settings) = (&last.model.kinds, &last.model.config);
        let Some(reread) = self.rows.reread(source, (&looked.files, &looked.gone), (kinds, settings), now)?
        else {
            return Ok(Way::Long);
        };
        let different = self.rows.news(&reread);
        let Different { rows, gone, media, media_gone } = &different;
        let told = |problem: &Problem| {
            let file = problem.place.as_ref().map(|place| place.file.as_str());
            let of = |path: &Arc<str>| {
                // A record bears the name of its table and its own.
                let rest = file.and_then(|file| path.strip_prefix(file));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
            };
            let of_media = |path: &str| file == Some(path);
            rows.iter().any(|row| of(&row.path))
                || gone.iter().any(of)
                || media.iter().any(|media| of_media(&media.path))
                || media_gone.iter().any(|path| of_media(path))
        };
        if rows.iter().any(|row| !row.problems.is_empty()) || last.found.iter().any(told) {
            return Ok(Way::Long);
        }
        if different.is_none() {
            self.rows.put(reread);
            return Ok(Way::None);
        }
        let news = model::News { rows, gone, media, media_gone };
        let Some((model, ground, changes)) = model::again(&last.model, &last.ground, &news, &today) else {
            return Ok(Way::Long);
        };
        let model = Arc::new(model);
        let site = Site {
            root: Root::of(&model.config, request.offline),
            store: Store::open(&self.memory.join("photos")),
            negatives: self.negatives.clone(),
            source: Arc::clone(source),
            today: request.today,
            templates: last.templates.clone(),
            model: Arc::clone(&model),
        };
        let before = Before { model: Arc::clone(&last.model), basis: last.basis.clone(), changes };
        let (stage, basis) = Stage::raise(site, Some(before), &self.known, &self.urgent)?;
        let problems = last.told(&basis, source);
        let next_change = model.next_change;
        self.rows.put(reread);
        self.good.put(different.rows, &different.gone);
        if let Some(last) = &mut self.last {
            (last.model, last.ground, last.basis) = (model, ground, basis);
        }
        Ok(Way::Short(Fresh { stage, problems, next_change, files: looked.files.clone(), shared: true }))
    }
}

impl Last {
    /// All problems of a stage on `basis`, with their lines, in order.
    pub(super) fn told(&self, basis: &Basis, source: &crate::build::source::Source) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.found.iter().chain(basis.problems.iter()).cloned().collect();
        crate::build::locate::locate(&mut problems, source);
        problems.sort();
        problems.dedup();
        problems
    }
}
