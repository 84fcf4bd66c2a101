//! URLs of pages, and the fault of two pages that want the same.

use super::visible::visibility;
use super::{Page, Pages, Section, SectionId, Today, sections, translations};
use crate::build::load::Row;
use crate::config::LanguageId;
use crate::files::folded;
use crate::kinds::Kinds;
use crate::problem::{Place, Problem};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Pages with their URLs, and the next day on which one appears or goes.
pub(super) fn pages(
    rows: Vec<Arc<Row>>,
    sections: &[Section],
    kinds: &Kinds,
    today: &Today,
) -> (Pages, Option<jiff::civil::Date>) {
    let by_folder: HashMap<(LanguageId, &str), SectionId> = sections
        .iter()
        .enumerate()
        .map(|(at, section)| ((section.language, section.folder.as_str()), SectionId(at)))
        .collect();
    let slugs = translations::slugs(&rows);
    let mut next_change = None;
    let mut last = None;
    let pages = rows
        .into_iter()
        .map(|row| {
            let home = (row.language, sections::home_of(&row));
            // Rows stand in the order of paths: most share their section with the one before.
            let same = |id: &SectionId| {
                let section: &Section = &sections[id.0];
                (section.language, section.folder.as_str()) == home
            };
            let section = last.filter(same).or_else(|| by_folder.get(&home).copied());
            let section = *last.insert(section.unwrap_or(SectionId(0)));
            let (page, changes) = page(row, &slugs, (section, &sections[section.0]), kinds, today);
            next_change = [next_change, changes].into_iter().flatten().min();
            page
        })
        .collect();
    (pages, next_change)
}

/// One page in its section, and the next day on which it appears or goes; `slugs` has those of its subject.
pub(super) fn page(
    row: Arc<Row>,
    slugs: &HashMap<String, Box<str>>,
    (section, above): (SectionId, &Section),
    kinds: &Kinds,
    today: &Today,
) -> (Page, Option<jiff::civil::Date>) {
    let kind = row.front.kind;
    let of_kind = kinds.get(kind);
    let visibility = visibility(&row, of_kind, today);
    let has_page = of_kind.page;
    let (above, slug) = (above.url.as_str(), page_slug(&row, slugs));
    let url = if has_page { [above, slug, "/"].concat() } else { [above, "#", slug].concat() };
    let page = Page {
        kind,
        title: title(&row),
        url: url.into(),
        section,
        language: row.language,
        date: row.front.common.date,
        visible: visibility.visible,
        ended: visibility.ended,
        has_page,
        row,
    };
    (page, visibility.changes)
}

/// Whether the URL of a page is that of another one, or of a section.
pub(super) fn is_taken(url: &str, pages: &Pages, sections: &[Section]) -> bool {
    let wanted = folded(url);
    // Nearly all are plain, and then few are even as long.
    let same = |other: &&str| match url.is_ascii() && other.is_ascii() {
        true => url.len() == other.len() && url.eq_ignore_ascii_case(other),
        false => folded(other) == wanted,
    };
    let pages = pages.iter().map(|page| &*page.url).filter(same).count();
    pages > 1 || sections.iter().map(|section| section.url.as_str()).any(|url| same(&url))
}

/// The slug that the page asks for, or that its main language does, or one made of its name.
fn page_slug<'r>(row: &'r Row, slugs: &'r HashMap<String, Box<str>>) -> &'r str {
    let own = row.front.common.rare.slug.as_ref();
    let asked = own.or_else(|| if slugs.is_empty() { None } else { slugs.get(&row.subject()) });
    asked.unwrap_or(&row.slug)
}

/// Front matter, else the first heading, else the file's name.
pub(super) fn title(row: &Row) -> Arc<str> {
    row.front
        .common
        .title
        .clone()
        .or_else(|| row.facts.first_heading_h1.as_deref().map(Into::into))
        .unwrap_or_else(|| row.name().into())
}

/// Two pages with one URL are an error, never a silent `-2`. Compared without case, for hosts and disks that ignore it.
pub(super) fn same(pages: &Pages, sections: &[Section]) -> Vec<Problem> {
    // Sections first, then pages by path: of two, the later one is told.
    let of_sections = sections
        .iter()
        .filter_map(|section| Some((folded(&section.url), &*section.row.as_ref()?.path, None)));
    let of_pages = pages.iter().map(|page| (folded(&page.url), &*page.row.path, Some(page)));
    let mut owners: Vec<_> = of_sections.chain(of_pages).collect();
    owners.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let taken = |pair: &[(Cow<'_, str>, &str, Option<&Page>)]| {
        let [(one, other, _), (url, path, Some(page))] = pair else { return None };
        (one == url).then(|| {
            let common = &page.row.front.common;
            let spot = common.rare.slug_place.as_ref().or(common.title_place.as_ref());
            Problem::new("url-taken")
                .arg("url", format!("/{}", page.url))
                .arg("other", other)
                .at(spot.map_or_else(|| Place::file(*path), |spot| page.row.place(spot)))
        })
    };
    owners.windows(2).filter_map(taken).collect()
}
