//! Which pages tell the same in other languages: `a.md` and `a.en.md`, also when one has a folder of its own.

use super::{PageId, Pages, Shift};
use crate::build::load::Row;
use crate::config::LanguageId;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Pages and their counterparts.
#[derive(Debug, Default)]
pub struct Translations {
    /// By page: all languages of it, itself too; empty for a page in one language, and where all are.
    groups: Vec<Vec<(LanguageId, PageId)>>,
}

impl Translations {
    /// Finds them.
    pub(super) fn new(pages: &Pages) -> Self {
        if pages.iter().all(|page| page.language == LanguageId::MAIN) {
            return Translations::default();
        }
        let mut groups = vec![Vec::new(); pages.len()];
        let mut by_subject: HashMap<String, Vec<(LanguageId, PageId)>> = HashMap::new();
        for (at, page) in pages.iter().enumerate() {
            by_subject.entry(page.row.subject()).or_default().push((page.language, PageId::new(at)));
        }
        for (at, page) in pages.iter().enumerate() {
            let same = by_subject.get(&page.row.subject()).filter(|group| group.len() > 1);
            let group = same.map(|same| group(same)).unwrap_or_default();
            if group.len() > 1 && group.iter().any(|(_, id)| id.at() == at) {
                groups[at] = group;
            }
        }
        Translations { groups }
    }

    /// Whether all pages are in the main language.
    pub(super) fn is_none(&self) -> bool {
        self.groups.is_empty()
    }

    /// Those of a site in which pages came and went, as `shift` says: `pages` are those that are there now, `before` those
    /// that were.
    pub(super) fn again(&self, shift: &Shift, before: &Pages, pages: &Pages) -> Self {
        if pages.iter().all(|page| page.language == LanguageId::MAIN) {
            return Translations::default();
        }
        if self.groups.is_empty() {
            return Translations::new(pages);
        }
        let mut groups = vec![Vec::new(); pages.len()];
        for (at, group) in self.groups.iter().enumerate().filter(|(_, group)| !group.is_empty()) {
            let Some(now) = shift.moved(PageId::new(at)) else { continue };
            let moved = |(language, id): &(LanguageId, PageId)| Some((*language, shift.moved(*id)?));
            groups[now.at()] = group.iter().filter_map(moved).collect();
        }
        let went = shift.gone().iter().map(|at| before[*at].row.subject());
        let subjects: BTreeSet<String> =
            went.chain(shift.came().map(|id| pages[id.at()].row.subject())).collect();
        for subject in subjects {
            let same = of_subject(&subject, pages);
            let group = group(&same);
            for (_, id) in same {
                let is_in = group.len() > 1 && group.iter().any(|(_, other)| *other == id);
                groups[id.at()] = if is_in { group.clone() } else { Vec::new() };
            }
        }
        Translations { groups }
    }

    /// A page in all its languages, in the order of languages; empty for a page in one language.
    pub fn of(&self, page: PageId) -> &[(LanguageId, PageId)] {
        self.groups.get(page.at()).map_or(&[], Vec::as_slice)
    }

    /// The same page in `language`, if it is there.
    pub fn in_language(&self, page: PageId, language: LanguageId) -> Option<PageId> {
        self.of(page).iter().find(|(own, _)| *own == language).map(|(_, id)| *id)
    }
}

/// Pages of one subject in the order of their languages. Of two in one language (`a.md` and `a/index.md`) the first counts,
/// and the other stands alone.
fn group(same: &[(LanguageId, PageId)]) -> Vec<(LanguageId, PageId)> {
    let mut group = same.to_vec();
    group.sort_unstable();
    group.dedup_by_key(|(language, _)| *language);
    group
}

/// The pages of a subject, by path.
pub(super) fn of_subject(subject: &str, pages: &Pages) -> Vec<(LanguageId, PageId)> {
    let (folder, stem) = subject.rsplit_once('/').unwrap_or_default();
    // The last part of a subject tells most pages apart, without their folders being looked for.
    let is_same = |row: &Row| {
        if row.is_bundle() { row.folder() == subject } else { *row.stem == *stem && row.folder() == folder }
    };
    let same = pages.iter().enumerate().filter(|(_, page)| is_same(&page.row));
    same.map(|(at, page)| (page.language, PageId::new(at))).collect()
}

/// Slugs that pages of the main language ask for, by subject: their translations stand under the same.
pub(super) fn slugs(rows: &[Arc<Row>]) -> HashMap<String, Box<str>> {
    if rows.iter().all(|row| row.language == LanguageId::MAIN) {
        return HashMap::new();
    }
    rows.iter()
        .filter(|row| row.language == LanguageId::MAIN)
        .filter_map(|row| Some((row.subject(), row.front.common.rare.slug.clone()?)))
        .collect()
}
