//! Which pages tell the same in other languages: `a.md` and `a.en.md`, also when one has a folder of its own.

use super::{PageId, Pages};
use crate::build::load::Row;
use crate::config::LanguageId;
use std::collections::HashMap;
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
            let group = by_subject.get(&page.row.subject()).filter(|group| group.len() > 1);
            let mut group = group.cloned().unwrap_or_default();
            group.sort_unstable();
            // Of two in one language (`a.md` and `a/index.md`) the first counts, and the other stands alone.
            group.dedup_by_key(|(language, _)| *language);
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

    /// A page in all its languages, in the order of languages; empty for a page in one language.
    pub fn of(&self, page: PageId) -> &[(LanguageId, PageId)] {
        self.groups.get(page.at()).map_or(&[], Vec::as_slice)
    }

    /// The same page in `language`, if it is there.
    pub fn in_language(&self, page: PageId, language: LanguageId) -> Option<PageId> {
        self.of(page).iter().find(|(own, _)| *own == language).map(|(_, id)| *id)
    }
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
