//! Tags: every tag of a visible page, with its pages, newest first.

use super::order::Ranks;
use super::{PageId, Pages};
use crate::config::{Config, LanguageId};
use crate::problem::{Place, Problem};
use crate::slug;
use ahash::AHashMap;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// A tag.
#[derive(Clone, Debug)]
pub struct Term {
    /// As written.
    pub name: String,
    /// The language of its pages.
    pub language: LanguageId,
    /// Path of its URL below the root: `tags/dang-ke/`.
    pub url: String,
    /// Pages and records on show, newest first.
    pub pages: Vec<PageId>,
}

/// The URL of a tag, without looking at other tags.
pub fn url(name: &str, language: LanguageId, config: &Config) -> String {
    format!("{}{}/", all(language, config), slug::slug(name, config.slugs))
}

/// The URL of the list of tags of a language.
pub fn all(language: LanguageId, config: &Config) -> String {
    format!("{}tags/", config.prefix(language))
}

/// A tag as a page names it.
pub struct Tag<'m> {
    /// As written.
    pub name: &'m str,
    /// Path of its URL below the root.
    pub url: Cow<'m, str>,
    /// Its number among all that pages on show name, as they write them; none of a page that is not.
    pub number: Option<usize>,
}

/// The URLs of the tags of each page on show, in the order in which the page names them: every face asks for its own.
#[derive(Debug, Default)]
pub struct Urls {
    /// Each once.
    urls: Vec<String>,
    /// Numbers of these, page after page.
    tags: Vec<u32>,
    /// Where those of each page end.
    ends: Vec<u32>,
}

impl Urls {
    /// Those of one page, with their numbers; none of a page that is not on show.
    pub(super) fn of(&self, page: PageId) -> impl Iterator<Item = (usize, &str)> {
        let start = page.at().checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(page.at()).copied().unwrap_or(start);
        let tags = self.tags.get(start as usize..end as usize).unwrap_or_default();
        tags.iter().filter_map(|tag| Some((*tag as usize, self.urls.get(*tag as usize)?.as_str())))
    }

    /// How many there are: the numbers are below that.
    pub(super) fn count(&self) -> usize {
        self.urls.len()
    }
}

/// The URLs of all tags and of the lists of them, and whether a page on show has them.
pub(super) fn urls(pages: &Pages, terms: &[Term], config: &Config) -> BTreeMap<String, bool> {
    let shown = |term: &Term| [term.url.clone(), all(term.language, config)].map(|url| (url, true));
    let mut found: BTreeMap<String, bool> = terms.iter().flat_map(shown).collect();
    for page in pages.iter().filter(|page| !page.visible) {
        for name in page.row.front.common.tags.iter() {
            for url in [url(name, page.language, config), all(page.language, config)] {
                found.entry(url).or_insert(false);
            }
        }
    }
    found
}

/// All tags of visible pages, sorted by URL, the URLs of each page's, and tags that differ in spelling only.
pub(super) fn collect(pages: &Pages, config: &Config, ranks: &Ranks) -> (Vec<Term>, Urls, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut urls = Urls::default();
    let mut terms: Vec<Term> = Vec::new();
    let mut by_url: HashMap<String, usize> = HashMap::new();
    // Nearly every name has been seen before: it is looked up without making anything. Its term, and its number in `urls`.
    let mut by_name: AHashMap<(LanguageId, &str), (usize, u32)> = AHashMap::new();
    for (at, page) in pages.iter().enumerate() {
        for name in page.row.front.common.tags.iter().filter(|_| page.visible) {
            let (known, number) = *by_name.entry((page.language, name)).or_insert_with(|| {
                let url = url(name, page.language, config);
                urls.urls.push(url.clone());
                let term = *by_url.entry(url).or_insert_with_key(|url| {
                    let (name, url) = (name.to_owned(), url.clone());
                    terms.push(Term { name, language: page.language, url, pages: Vec::new() });
                    terms.len() - 1
                });
                (term, small(urls.urls.len() - 1))
            });
            urls.tags.push(number);
            let term = &mut terms[known];
            if term.name != name {
                problems.push(
                    Problem::new("tags-alike")
                        .arg("tag", name)
                        .arg("other", &term.name)
                        .arg("url", &term.url)
                        .at(Place::file(&*page.row.path)),
                );
            }
            if term.pages.last() != Some(&PageId::new(at)) {
                term.pages.push(PageId::new(at));
            }
        }
        urls.ends.push(small(urls.tags.len()));
    }
    for term in &mut terms {
        ranks.newest(&mut term.pages);
    }
    terms.sort_by(|a, b| a.url.cmp(&b.url));
    (terms, urls, problems)
}

/// No site has four thousand million tags.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
