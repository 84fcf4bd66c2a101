//! Tags: every tag of a visible page, with its pages, newest first.

use super::{Page, PageId, order};
use crate::config::{Config, LanguageId};
use crate::kinds::Order;
use crate::problem::{Place, Problem};
use crate::slug;
use std::collections::BTreeMap;

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

/// The URLs of all tags and of the lists of them, and whether a page on show has them.
pub(super) fn urls(pages: &[Page], config: &Config) -> BTreeMap<String, bool> {
    let mut urls = BTreeMap::new();
    for page in pages {
        for name in &page.row.front.common.tags {
            for url in [url(name, page.language, config), all(page.language, config)] {
                *urls.entry(url).or_default() |= page.visible;
            }
        }
    }
    urls
}

pub(super) fn collect(pages: &[Page], config: &Config, problems: &mut Vec<Problem>) -> Vec<Term> {
    let mut by_url: BTreeMap<String, Term> = BTreeMap::new();
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| page.visible) {
        for name in &page.row.front.common.tags {
            let term = by_url.entry(url(name, page.language, config)).or_insert_with_key(|url| Term {
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
    terms
}
