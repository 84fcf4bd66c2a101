//! What new pages, and those that others see otherwise, can change of others, where that is little: their neighbours, and whom
//! they name. Lists are another matter.

use super::again::{Ground, may_come_or_go};
use super::{Model, PageId, Section, sections, urls};
use crate::build::load::Row;
use std::collections::BTreeSet;

/// What alone can be different from what is published.
#[derive(Debug, PartialEq, Eq)]
pub struct Touched {
    /// Pages, for what they show besides lists.
    pub pages: BTreeSet<PageId>,
    /// Pages that came, or that others may see otherwise: lists can be different that hold one, or may.
    pub news: BTreeSet<PageId>,
}

/// The pages that can be different since the pages `news` came, or are seen otherwise: these, those beside them, and those that
/// they name; nothing if more can be. That is so where somebody asked for one of them, where a section or a tag is there because
/// of it, and in sites of several languages.
pub fn touched_by_news(model: &Model, ground: &Ground, news: &BTreeSet<PageId>) -> Option<BTreeSet<PageId>> {
    let is_quiet = |id: &PageId| {
        let page = model.page(*id);
        may_come_or_go(model, ground, page) && !page.row.is_bundle()
    };
    let has_others = |pages: &[PageId]| pages.iter().any(|id| !news.contains(id));
    let sections = news.iter().map(|id| model.page(*id).section).collect::<BTreeSet<_>>();
    let is_old = sections.iter().all(|id| has_others(&model.section(*id).pages));
    let tags_are_old = model.terms.iter().all(|term| has_others(&term.pages));
    if !model.translations.is_none() || !news.iter().all(is_quiet) || !is_old || !tags_are_old {
        return None;
    }
    let mut touched = news.clone();
    for id in sections {
        let pages = model.in_turn(model.section(id));
        let beside = pages.windows(2).filter(|pair| pair.iter().any(|id| news.contains(id)));
        touched.extend(beside.flatten().copied());
    }
    touched.extend(news.iter().flat_map(|id| model.relations.of(*id).values().flatten().copied()));
    Some(touched)
}

/// Whether a page that was a row `old` changes nothing but itself by its title: it is called the same, or nobody calls it by its old
/// one and nothing stands in the order of titles.
pub fn may_be_retitled(model: &Model, ground: &Ground, old: &Row, new: &Row) -> bool {
    let title = urls::title(old);
    let by_title = |section: &Section| {
        let common = section.row.as_ref().map(|row| &row.front.common);
        sections::sorting(common, model.kinds.get(section.kind)).0 == "title"
    };
    title == urls::title(new)
        || !ground.asked.has_name(&title)
            && !model.kinds.iter().any(|(_, kind)| kind.sort_by == "title")
            && !model.sections.iter().any(by_title)
}
