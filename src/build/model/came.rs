//! What new pages can change of others, where that is little: their neighbours, and whom they name. Lists are another matter.

use super::again::{Ground, may_come_or_go};
use super::{Model, PageId};
use std::collections::BTreeSet;

/// What alone can be different from what is published.
#[derive(Debug, PartialEq, Eq)]
pub struct Touched {
    /// Pages, for what they show besides lists.
    pub pages: BTreeSet<PageId>,
    /// Pages that came: lists can be different that hold one, or may.
    pub came: BTreeSet<PageId>,
}

/// The pages that can be different since the pages `came`: these, those beside them, and those that they name; nothing if more
/// can be. That is so where somebody asked for what came, where a section or a tag is there because of it, and in sites of
/// several languages.
pub fn touched_by_new(model: &Model, ground: &Ground, came: &BTreeSet<PageId>) -> Option<BTreeSet<PageId>> {
    let is_quiet = |id: &PageId| {
        let page = model.page(*id);
        may_come_or_go(model, ground, page) && !page.row.is_bundle()
    };
    let has_others = |pages: &[PageId]| pages.iter().any(|id| !came.contains(id));
    let sections = came.iter().map(|id| model.page(*id).section).collect::<BTreeSet<_>>();
    let is_old = sections.iter().all(|id| has_others(&model.section(*id).pages));
    let tags_are_old = model.terms.iter().all(|term| has_others(&term.pages));
    if !model.translations.is_none() || !came.iter().all(is_quiet) || !is_old || !tags_are_old {
        return None;
    }
    let mut touched = came.clone();
    for id in sections {
        let pages = model.in_turn(model.section(id));
        let beside = pages.windows(2).filter(|pair| pair.iter().any(|id| came.contains(id)));
        touched.extend(beside.flatten().copied());
    }
    touched.extend(came.iter().flat_map(|id| model.relations.of(*id).values().flatten().copied()));
    Some(touched)
}
