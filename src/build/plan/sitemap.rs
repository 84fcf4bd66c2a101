//! The sitemap, with the photos of albums, and robots.txt. A sitemap may hold 50,000 addresses (sitemaps.org); a large site has
//! several, and an index of them.

use super::feeds::output;
use super::parts::Kitchen;
use super::picture::published;
use super::values::{Fields, address, list};
use super::{Output, Part, map, site_map};
use crate::build::model::{Model, PageId, SectionId, terms_url};
use crate::build::photo::Recipe;
use crate::config::LanguageId;
use crate::digest::Digester;
use crate::kinds::{Date, Free};
use std::borrow::Cow;
use std::ops::Range;
use tera::Value;

/// A site of more addresses has several sitemaps, each of as many at most: what a template sees of them all is in memory
/// while one is made.
const MOST: usize = 5000;
/// A sitemap of so many addresses ends with its section, so that a new page changes that of its own section alone.
const ENOUGH: usize = 1000;
/// The most pictures of one page (Google's extension for images).
const MOST_IMAGES: usize = 1000;

/// Something that has an address.
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
        let all = Addresses::of(model);
        let end = all.len();
        let ranges = cut(all.within(0..end).map(|(at, one)| (at, one.folder(model))), end);
        let part = |range| vec![("entries", Part::Addresses(range))];
        if let [all] = &ranges[..] {
            outputs.push(output("sitemap.xml", "sitemap.xml", LanguageId::MAIN, part(all.clone())));
        } else {
            let name = |at: usize| format!("sitemap-{}.xml", at + 1);
            let maps =
                (0..ranges.len()).map(|at| map(vec![("url", Free::Text(address(&name(at))))])).collect();
            let index = vec![("sitemaps", Part::Plain(Free::List(maps)))];
            outputs.push(output("sitemap.xml", "sitemap-index.xml", LanguageId::MAIN, index));
            let maps = ranges.into_iter().enumerate();
            outputs.extend(
                maps.map(|(at, range)| output(&name(at), "sitemap.xml", LanguageId::MAIN, part(range))),
            );
        }
    }
    let sitemap = if known { Free::Text(address("sitemap.xml")) } else { Free::Null };
    let recipe = vec![("sitemap", Part::Plain(sitemap))];
    outputs.push(output("robots.txt", "robots.txt", LanguageId::MAIN, recipe));
}

/// Which addresses stand in which sitemap; `folders` says of each place with an address below `end` in which folder of `content`
/// it stands.
fn cut<'m>(folders: impl Iterator<Item = (usize, &'m str)>, end: usize) -> Vec<Range<usize>> {
    let (mut ranges, mut begin) = (Vec::new(), 0);
    let (mut length, mut total, mut before) = (0, 0, "");
    for (at, folder) in folders {
        if length == MOST || (length >= ENOUGH && folder != before) {
            ranges.push(begin..at);
            (begin, length) = (at, 0);
        }
        (length, total, before) = (length + 1, total + 1, folder);
    }
    if total <= MOST {
        ranges.clear();
        begin = 0;
    }
    ranges.push(begin..end);
    ranges
}

/// Adds everything that the value of some addresses is made of.
pub fn add(kitchen: &Kitchen<'_>, range: &Range<usize>, digester: &mut Digester) {
    for Entry { url, updated, images } in part(kitchen, range) {
        let updated = updated.map_or(0, |date| date.number());
        digester.text(&url).number(updated).number(images.len() as u64);
        for image in &images {
            digester.text(image);
        }
    }
}

/// Some addresses, as the template sees them.
pub fn value(kitchen: &Kitchen<'_>, range: &Range<usize>) -> Value {
    let entry = |Entry { url, updated, images }: Entry<'_>| {
        let images = images.iter().map(|path| address(path).into());
        Fields::with_capacity(3)
            .with("url", address(&url))
            .with("updated", updated.map_or_else(Value::none, |date| day(&date).into()))
            .with("images", if images.len() == 0 { Value::none() } else { list(images) })
            .done()
    };
    list(part(kitchen, range).map(entry))
}

fn part<'m>(kitchen: &Kitchen<'m>, range: &Range<usize>) -> impl Iterator<Item = Entry<'m>> {
    let all = Addresses::of(kitchen.model);
    all.within(range.clone()).map(|(_, one)| one.entry(kitchen.model, &kitchen.photos))
}

/// What has an address.
#[derive(Clone, Copy)]
enum Addressed {
    Section(SectionId),
    Page(PageId),
    Tags(LanguageId),
    Term(usize),
    SiteMap(LanguageId),
}

/// Everything that may have an address has a place, so that a sitemap is found without walking over those before it.
struct Addresses<'m> {
    model: &'m Model,
    /// The languages with tags, and those with a site map.
    tagged: Vec<LanguageId>,
    mapped: Vec<LanguageId>,
}

impl<'m> Addresses<'m> {
    fn of(model: &'m Model) -> Self {
        let has_tags = |language: &LanguageId| model.terms.iter().any(|term| term.language == *language);
        let tagged = model.spoken().filter(has_tags).collect();
        Addresses { model, tagged, mapped: model.spoken().filter(|_| site_map::is_there(model)).collect() }
    }

    fn len(&self) -> usize {
        let Model { sections, pages, terms, .. } = self.model;
        sections.len() + pages.len() + self.tagged.len() + terms.len() + self.mapped.len()
    }

    /// What has an address at these places.
    fn within(self, places: Range<usize>) -> impl Iterator<Item = (usize, Addressed)> {
        places.filter_map(move |at| Some((at, self.at(at)?)))
    }

    fn at(&self, at: usize) -> Option<Addressed> {
        let Model { sections, pages, terms, .. } = self.model;
        if let Some(section) = sections.get(at) {
            return (!section.hidden).then_some(Addressed::Section(SectionId(at)));
        }
        let at = at - sections.len();
        if at < pages.len() {
            return (pages[at].visible && pages[at].has_page).then_some(Addressed::Page(PageId::new(at)));
        }
        let at = at - pages.len();
        if let Some(language) = self.tagged.get(at) {
            return Some(Addressed::Tags(*language));
        }
        let at = at - self.tagged.len();
        if at < terms.len() {
            return Some(Addressed::Term(at));
        }
        self.mapped.get(at - terms.len()).map(|language| Addressed::SiteMap(*language))
    }
}

impl Addressed {
    /// The folder of `content` in which it stands.
    fn folder(self, model: &Model) -> &str {
        match self {
            Addressed::Page(id) => {
                let inside = model.page(id).row.path.strip_prefix("content/").unwrap_or_default();
                let end = memchr::memchr(b'/', inside.as_bytes()).unwrap_or(inside.len());
                inside.get(..end).unwrap_or_default()
            }
            _ => "",
        }
    }

    fn entry<'m>(self, model: &'m Model, recipe: &Recipe) -> Entry<'m> {
        let plain = |url: Cow<'m, str>| Entry { url, updated: None, images: Vec::new() };
        match self {
            Addressed::Section(id) => plain(Cow::Borrowed(&model.section(id).url)),
            Addressed::Tags(language) => plain(Cow::Owned(terms_url(language, &model.config))),
            Addressed::Term(at) => plain(Cow::Borrowed(&model.terms[at].url)),
            Addressed::SiteMap(language) => plain(Cow::Owned(site_map::url(model, language))),
            Addressed::Page(id) => {
                let page = model.page(id);
                let common = &page.row.front.common;
                // Most pages have no folder for photos, and all of them are asked.
                let album = if page.row.is_bundle() { model.album(id) } else { Vec::new() };
                let images = album.into_iter().take(MOST_IMAGES);
                Entry {
                    url: Cow::Borrowed(&page.url),
                    updated: common.rare.updated.or(common.date),
                    images: images.map(|media| published(model, media, recipe)).collect(),
                }
            }
        }
    }
}

/// The W3C date of a sitemap.
fn day(date: &Date) -> String {
    Date { time: None, ..*date }.iso()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths of sitemaps, where so many addresses stand in each folder.
    fn lengths(counts: &[(&'static str, usize)]) -> Vec<usize> {
        let folders = counts.iter().flat_map(|(folder, count)| std::iter::repeat_n(*folder, *count));
        let ranges = cut(folders.enumerate(), counts.iter().map(|(_, count)| count).sum());
        assert!(ranges.array_windows().all(|[one, other]| one.end == other.start) && ranges[0].start == 0);
        ranges.into_iter().map(|range| range.len()).collect()
    }

    #[test]
    fn sitemaps_end_with_their_section() {
        assert_eq!(lengths(&[]), [0]);
        assert_eq!(lengths(&[("", 5), ("news", 4995)]), [5000]);
        assert_eq!(lengths(&[("", 5), ("news", 2000), ("villages", 4000)]), [2005, 4000]);
        // A page more leaves the others as they are.
        assert_eq!(lengths(&[("", 5), ("news", 2001), ("villages", 4000)]), [2006, 4000]);
        // Small ones share one, large ones have several.
        assert_eq!(lengths(&[("a", 400), ("b", 300), ("c", 9500), ("", 1)]), [5000, 5000, 201]);
    }
}
