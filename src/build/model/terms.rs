//! Tags: every tag of a visible page, with its pages, newest first.

use super::{Page, PageId, order};
use crate::config::{Config, LanguageId};
use crate::kinds::Order;
use crate::problem::{Place, Problem};
use crate::slug;
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

/// By language and name as written.
pub(super) type Urls = HashMap<LanguageId, HashMap<String, String>>;

/// The URL of a tag, made once.
fn remembered(urls: &mut Urls, name: &str, language: LanguageId, config: &Config) -> String {
    let known = urls.entry(language).or_default();
    if let Some(url) = known.get(name) {
        return url.clone();
    }
    let url = url(name, language, config);
    known.insert(name.to_owned(), url.clone());
    url
}

/// The URLs of all tags and of the lists of them, and whether a page on show has them.
pub(super) fn urls(pages: &[Page], known: &Urls, config: &Config) -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    for page in pages {
        let own = known.get(&page.language);
        for name in &page.row.front.common.tags {
            let tag = own.and_then(|own| own.get(name)).cloned();
            for url in [tag.unwrap_or_else(|| url(name, page.language, config)), all(page.language, config)] {
                *found.entry(url).or_default() |= page.visible;
            }
        }
    }
    found
}

/// All tags of visible pages.
pub(super) fn collect(pages: &[Page], config: &Config, problems: &mut Vec<Problem>) -> (Vec<Term>, Urls) {
    let mut urls = Urls::new();
    let mut by_url: BTreeMap<String, Term> = BTreeMap::new();
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| page.visible) {
        for name in &page.row.front.common.tags {
            let url = remembered(&mut urls, name, page.language, config);
            let term = by_url.entry(url).or_insert_with_key(|url| Term {
                language: page.language,
                name: name.clone(),
                url: url.clone(),
                pages: Vec::new(),
            });
            if term.name != *name {
                problems.push(
                    Problem::new("tags-alike")
                        .arg("tag", name)
                        .arg("other", &term.name)
                        .arg("url", &term.url)
                        .at(Place::file(&page.row.path)),
                );
            }
            if term.pages.last() != Some(&PageId(at)) {
                term.pages.push(PageId(at));
            }
        }
    }
    let mut terms: Vec<Term> = by_url.into_values().collect();
    for term in &mut terms {
        order::sort(&mut term.pages, pages, "date", Order::Descending);
    }
    (terms, urls)
}
