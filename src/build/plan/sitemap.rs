//! The sitemap, with the photos of albums, and robots.txt. A sitemap holds at most 50,000 addresses (sitemaps.org): a larger site has several, and an
//! index of them.

use super::feeds::output;
use super::parts::photo_recipe;
use super::picture::published;
use super::{Output, Part, map, site_map};
use crate::build::model::{Model, terms_url};
use crate::build::root::SITE;
use crate::config::LanguageId;
use crate::kinds::{Date, Free};

/// The most addresses in one sitemap.
const MOST: usize = 50_000;
/// The most pictures of one page (Google's extension for images).
const MOST_IMAGES: usize = 1000;

/// Plans them. Without an address of its own a site has no sitemap: its entries must be whole URLs.
pub fn plan(model: &Model, outputs: &mut Vec<Output>) {
    let known = model.config.has_address();
    if known {
        let entries = entries(model);
        if entries.len() <= MOST {
            outputs.push(output("sitemap.xml", "sitemap.xml", LanguageId::MAIN, entries_of(entries)));
        } else {
            let count = entries.len().div_ceil(MOST);
            let name = |at: usize| format!("sitemap-{}.xml", at + 1);
            let maps = (0..count).map(|at| map(vec![("url", address(&name(at)))])).collect();
            let index = vec![("sitemaps", Part::Plain(Free::List(maps)))];
            outputs.push(output("sitemap.xml", "sitemap-index.xml", LanguageId::MAIN, index));
            let mut entries = entries.into_iter();
            outputs.extend((0..count).map(|at| {
                let part = entries.by_ref().take(MOST).collect();
                output(&name(at), "sitemap.xml", LanguageId::MAIN, entries_of(part))
            }));
        }
    }
    let sitemap = if known { address("sitemap.xml") } else { Free::Null };
    let recipe = vec![("sitemap", Part::Plain(sitemap))];
    outputs.push(output("robots.txt", "robots.txt", LanguageId::MAIN, recipe));
}

fn address(path: &str) -> Free {
    Free::Text(format!("{SITE}/{path}"))
}

fn entries_of(entries: Vec<Free>) -> Vec<(&'static str, Part)> {
    vec![("entries", Part::Plain(Free::List(entries)))]
}

fn entries(model: &Model) -> Vec<Free> {
    let recipe = photo_recipe(model);
    let entry_with = |url: &str, updated: Option<Date>, images: Vec<Free>| {
        let updated = updated.map_or(Free::Null, |date| Free::Text(day(&date)));
        let images = if images.is_empty() { Free::Null } else { Free::List(images) };
        map(vec![("url", address(url)), ("updated", updated), ("images", images)])
    };
    let entry = |url: &str, updated: Option<Date>| entry_with(url, updated, Vec::new());
    let sections =
        model.sections.iter().filter(|section| !section.hidden).map(|section| entry(&section.url, None));
    let pages = model.visible().filter(|(_, page)| page.has_page).map(|(id, page)| {
        let common = &page.row.front.common;
        let images = model.album(id).into_iter().take(MOST_IMAGES);
        let images = images.map(|media| address(&published(model, media, &recipe)));
        entry_with(&page.url, common.rare.updated.or(common.date), images.collect())
    });
    let tags = model.spoken().filter(|language| model.terms.iter().any(|term| term.language == *language));
    let tags = tags.map(|language| entry(&terms_url(language, &model.config), None));
    let terms = model.terms.iter().map(|term| entry(&term.url, None));
    let maps = model.spoken().filter(|_| site_map::is_there(model));
    let maps = maps.map(|language| entry(&site_map::url(model, language), None));
    sections.chain(pages).chain(tags).chain(terms).chain(maps).collect()
}

/// The W3C date of a sitemap.
fn day(date: &Date) -> String {
    Date { time: None, ..*date }.iso()
}
