//! How pages are called in relations, wikilinks and `@/` links: by title, slug or path.

use super::{Page, PageId, Translations};
use crate::config::LanguageId;
use crate::kinds::KindId;
use std::collections::HashMap;

/// The index of all names.
#[derive(Debug, Default)]
pub struct Names(HashMap<String, Vec<PageId>>);

/// What a name stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// Exactly one page.
    One(PageId),
    /// Several; the first ones.
    Many(Vec<PageId>),
    /// None.
    Nothing,
}

/// The pages among which names are looked up.
#[derive(Clone, Copy)]
pub struct World<'w> {
    /// All pages.
    pub pages: &'w [Page],
    /// Which of them are the same in another language.
    pub translations: &'w Translations,
}

impl Names {
    /// Indexes all pages, hidden ones too: a link to a hidden page is no dead link.
    pub(super) fn new(pages: &[Page]) -> Self {
        let mut names: HashMap<String, Vec<PageId>> = HashMap::new();
        for (id, page) in pages.iter().enumerate().map(|(at, page)| (PageId(at), page)) {
            let path = page.row.path.strip_prefix("content/").unwrap_or(&page.row.path);
            let bare = path.strip_suffix("/index.md").or_else(|| path.strip_suffix(".md")).unwrap_or(path);
            let mut forms = vec![
                page.title.as_str(),
                page.slug(),
                path,
                bare,
                page.row.path.as_str(),
                page.url.trim_end_matches('/'),
            ];
            forms.sort_unstable();
            forms.dedup();
            for form in forms {
                names.entry(form.to_owned()).or_default().push(id);
            }
        }
        Names(names)
    }

    /// Who is called `name`, among pages of `kind` if one is given, seen from a page in `language`: pages in that
    /// language come first, and what is named in another is meant in this one where it exists.
    pub fn find(&self, name: &str, kind: Option<KindId>, language: LanguageId, world: &World<'_>) -> Found {
        let World { pages, translations } = *world;
        let name = name.trim().trim_start_matches("@/");
        let fits = |id: &&PageId| kind.is_none_or(|kind| pages[id.0].kind == kind);
        let all: Vec<PageId> = self.0.get(name).into_iter().flatten().filter(fits).copied().collect();
        let own: Vec<PageId> = all.iter().copied().filter(|id| pages[id.0].language == language).collect();
        // What is on show in this language, else in the first: one page in two languages is one.
        let meant = |id: PageId| {
            let here = translations.in_language(id, language);
            let first = || translations.of(id).iter().map(|(_, id)| *id).find(|id| pages[id.0].visible);
            here.filter(|here| pages[here.0].visible).or_else(first).unwrap_or(id)
        };
        let mut found = if own.is_empty() { all.into_iter().map(meant).collect() } else { own };
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [] => Found::Nothing,
            [one] => Found::One(*one),
            _ => Found::Many(found),
        }
    }

    /// Titles of pages of a kind, for suggestions, in a fixed order.
    pub fn titles(pages: &[Page], kind: Option<KindId>) -> impl Iterator<Item = &str> {
        pages
            .iter()
            .filter(move |page| kind.is_none_or(|kind| page.kind == kind))
            .map(|page| page.title.as_str())
    }
}
