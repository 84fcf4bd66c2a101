//! The sitemap, with the photos of albums, and robots.txt. A sitemap holds at most 50,000 addresses (sitemaps.org): a larger site has several, and an
//! index of them.

use super::feeds::output;
use super::parts::{Kitchen, photo_recipe};
use super::picture::published;
use super::values::{free, list};
use super::{Output, Part, map, site_map};
use crate::build::model::{Model, terms_url};
use crate::build::photo::Recipe;
use crate::build::root::SITE;
use crate::config::LanguageId;
use crate::digest::Digester;
use crate::kinds::{Date, Free};
use serde::Serialize;
use std::borrow::Cow;
use std::ops::Range;
use tera::Value;

/// The most addresses in one sitemap.
const MOST: usize = 50_000;
/// The most pictures of one page (Google's extension for images).
const MOST_IMAGES: usize = 1000;

/// Something that has an address.
#[derive(Serialize)]
struct Entry<'m> {
    /// Path below the root.
    url: Cow<'m, str>,
    updated: Option<Date>,
    /// Paths of its pictures.
    images: Vec<String>,
}

/// Plans them. Without an address of its own a site has no sitemap: its entries must be whole URLs.
pub fn plan(model: &Model, outputs: &mut Vec<Output>) {
    let known = model.config.has_address();
    if known {
        let total = entries(model, &photo_recipe(model), false).count();
        let part = |range| vec![("entries", Part::Addresses(range))];
        if total <= MOST {
            outputs.push(output("sitemap.xml", "sitemap.xml", LanguageId::MAIN, part(0..total)));
        } else {
            let count = total.div_ceil(MOST);
            let name = |at: usize| format!("sitemap-{}.xml", at + 1);
            let maps = (0..count).map(|at| map(vec![("url", address(&name(at)))])).collect();
            let index = vec![("sitemaps", Part::Plain(Free::List(maps)))];
            outputs.push(output("sitemap.xml", "sitemap-index.xml", LanguageId::MAIN, index));
            outputs.extend((0..count).map(|at| {
                let range = at * MOST..total.min((at + 1) * MOST);
                output(&name(at), "sitemap.xml", LanguageId::MAIN, part(range))
            }));
        }
    }
    let sitemap = if known { address("sitemap.xml") } else { Free::Null };
    let recipe = vec![("sitemap", Part::Plain(sitemap))];
    outputs.push(output("robots.txt", "robots.txt", LanguageId::MAIN, recipe));
}

/// Adds everything that the value of some addresses is made of.
pub fn add(kitchen: &Kitchen<'_>, range: &Range<usize>, digester: &mut Digester) {
    for entry in part(kitchen, range) {
        digester.value(&entry);
    }
}

/// Some addresses, as the template sees them.
pub fn value(kitchen: &Kitchen<'_>, range: &Range<usize>) -> Value {
    let entry = |entry: Entry<'_>| {
        let updated = entry.updated.map_or(Free::Null, |date| Free::Text(day(&date)));
        let images = entry.images.iter().map(|path| address(path)).collect::<Vec<_>>();
        let images = if images.is_empty() { Free::Null } else { Free::List(images) };
        map(vec![("url", address(&entry.url)), ("updated", updated), ("images", images)])
    };
    list(part(kitchen, range).map(|known| free(&entry(known))))
}

fn part<'m>(kitchen: &Kitchen<'m>, range: &Range<usize>) -> impl Iterator<Item = Entry<'m>> {
    entries(kitchen.model, &kitchen.photos, true).skip(range.start).take(range.len())
}

fn address(path: &str) -> Free {
    Free::Text(format!("{SITE}/{path}"))
}

/// All of it in its order; pictures only where they are asked for.
fn entries<'m>(model: &'m Model, recipe: &Recipe, pictures: bool) -> impl Iterator<Item = Entry<'m>> {
    let entry = |url: Cow<'m, str>| Entry { url, updated: None, images: Vec::new() };
    let sections = model.sections.iter().filter(|section| !section.hidden);
    let sections = sections.map(move |section| entry(Cow::Borrowed(&section.url)));
    let recipe = recipe.clone();
    let pages = model.visible().filter(|(_, page)| page.has_page).map(move |(id, page)| {
        let common = &page.row.front.common;
        let images = if pictures { model.album(id) } else { Vec::new() };
        let images = images.into_iter().take(MOST_IMAGES).map(|media| published(model, media, &recipe));
        let updated = common.rare.updated.or(common.date);
        Entry { url: Cow::Borrowed(&page.url), updated, images: images.collect() }
    });
    let tags = model.spoken().filter(|language| model.terms.iter().any(|term| term.language == *language));
    let tags = tags.map(move |language| entry(Cow::Owned(terms_url(language, &model.config))));
    let terms = model.terms.iter().map(move |term| entry(Cow::Borrowed(&term.url)));
    let maps = model.spoken().filter(|_| site_map::is_there(model));
    let maps = maps.map(move |language| entry(Cow::Owned(site_map::url(model, language))));
    sections.chain(pages).chain(tags).chain(terms).chain(maps)
}

/// The W3C date of a sitemap.
fn day(date: &Date) -> String {
    Date { time: None, ..*date }.iso()
}
