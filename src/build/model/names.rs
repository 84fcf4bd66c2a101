//! How pages are called in relations, wikilinks and `@/` links: by title, slug or path.

use super::asked::Asked;
use super::shift::Shift;
use super::{Page, PageId, Pages, Translations};
use crate::config::LanguageId;
use crate::kinds::KindId;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// The index of all names: the hash of each form of each page's name, sorted. What is found is compared with the name
/// itself, so the index keeps no words; and it is made when the first name is looked up.
#[derive(Debug, Default)]
pub struct Names {
    index: OnceLock<Vec<(u64, PageId)>>,
    /// Notes what is looked up, if anybody wants to know.
    asked: Option<Arc<Asked>>,
}

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
    pub pages: &'w Pages,
    /// Which of them are the same in another language.
    pub translations: &'w Translations,
}

/// How a page can be called.
pub(super) fn forms(page: &Page) -> [&str; 6] {
    let whole = &*page.row.path;
    let path = whole.strip_prefix("content/").unwrap_or(whole);
    let bare = path.strip_suffix("/index.md").or_else(|| path.strip_suffix(".md")).unwrap_or(path);
    [&page.title, page.slug(), path, bare, whole, page.url.trim_end_matches('/')]
}

/// The same in every run.
pub(super) fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Names {
    /// Names of which `asked` is told which are looked up.
    pub(super) fn noting(asked: Option<Arc<Asked>>) -> Self {
        Names { index: OnceLock::new(), asked }
    }

    /// The names of a site in which pages came and went, as `shift` says, and `others` are new or called otherwise; what else
    /// these were called stays, which does no harm.
    pub(super) fn with<'p>(&self, shift: &Shift, others: impl Iterator<Item = (PageId, &'p Page)>) -> Self {
        let index = OnceLock::new();
        if let Some(known) = self.index.get() {
            // Pages keep their order, so the entries of one hash do.
            let moved = |(hash, id): &(u64, PageId)| Some((*hash, shift.moved(*id)?));
            let mut all: Vec<_> =
                if shift.is_none() { known.clone() } else { known.iter().filter_map(moved).collect() };
            for entry in others.flat_map(|(id, page)| forms(page).map(|form| (hash(form), id))) {
                if let Err(at) = all.binary_search(&entry) {
                    all.insert(at, entry);
                }
            }
            _ = index.set(all);
        }
        Names { index, asked: self.asked.clone() }
    }

    /// Notes that a name was not found, and that a title may be suggested for it.
    pub(super) fn guess(&self) {
        self.asked.iter().for_each(|asked| asked.guess());
    }

    /// Indexes all pages, hidden ones too: a link to a hidden page is no dead link.
    fn index(pages: &Pages) -> Vec<(u64, PageId)> {
        let hashes = |(at, page)| forms(page).map(|form| (hash(form), PageId::new(at)));
        let mut index: Vec<(u64, PageId)> = pages.iter().enumerate().flat_map(hashes).collect();
        index.sort_unstable();
        index.dedup();
        index
    }

    /// The pages that are called so, by path.
    fn called<'n>(&'n self, name: &'n str, pages: &'n Pages) -> impl Iterator<Item = PageId> + 'n {
        let index = self.index.get_or_init(|| Self::index(pages));
        let hash = hash(name);
        let start = index.partition_point(|(other, _)| *other < hash);
        let same = index.iter().skip(start).take_while(move |(other, _)| *other == hash);
        same.map(|(_, id)| *id).filter(move |id| forms(&pages[id.at()]).contains(&name))
    }

    /// Who is called `name`, among pages of `kind` if one is given, seen from a page in `language`: pages in that
    /// language come first, and what is named in another is meant in this one where it exists.
    pub fn find(&self, name: &str, kind: Option<KindId>, language: LanguageId, world: &World<'_>) -> Found {
        let World { pages, translations } = *world;
        let name = name.trim().trim_start_matches("@/");
        self.asked.iter().for_each(|asked| asked.name(hash(name)));
        let fits = |id: &PageId| kind.is_none_or(|kind| pages[id.at()].kind == kind);
        let all: Vec<PageId> = self.called(name, pages).filter(fits).collect();
        let own: Vec<PageId> = all.iter().copied().filter(|id| pages[id.at()].language == language).collect();
        // What is on show in this language, else in the first: one page in two languages is one.
        let meant = |id: PageId| {
            let here = translations.in_language(id, language);
            let first = || translations.of(id).iter().map(|(_, id)| *id).find(|id| pages[id.at()].visible);
            here.filter(|here| pages[here.at()].visible).or_else(first).unwrap_or(id)
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
}
