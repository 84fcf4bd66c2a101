//! URLs of pages, and the fault of two pages that want the same.

use super::visible::visibility;
use super::{Page, Section, SectionId, Today, sections, translations};
use crate::build::load::Row;
use crate::config::{Config, LanguageId};
use crate::kinds::{Date, Kinds};
use crate::problem::{Place, Problem};
use crate::slug;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Pages with their URLs, and the next day on which one appears or goes.
pub(super) fn pages(
    rows: Vec<Arc<Row>>,
    sections: &[Section],
    kinds: &Kinds,
    config: &Config,
    today: &Today,
) -> (Vec<Page>, Option<jiff::civil::Date>) {
    let by_folder: HashMap<(LanguageId, &str), SectionId> = sections
        .iter()
        .enumerate()
        .map(|(at, section)| ((section.language, section.folder.as_str()), SectionId(at)))
        .collect();
    let slugs = translations::slugs(&rows);
    let mut next_change = None;
    let pages = rows
        .into_iter()
        .map(|row| {
            let section =
                by_folder.get(&(row.language, sections::home_of(&row))).copied().unwrap_or(SectionId(0));
            let kind = row.front.kind;
            let of_kind = kinds.get(kind);
            let visibility = visibility(&row, of_kind, today);
            next_change = [next_change, visibility.changes].into_iter().flatten().min();
            let has_page = of_kind.page;
            let slug = page_slug(&row, &slugs, config);
            let above = &sections[section.0].url;
            let url = if has_page { format!("{above}{slug}/") } else { format!("{above}#{slug}") };
            let title = title(&row);
            Page {
                kind,
                title,
                url,
                section,
                language: row.language,
                visible: visibility.visible,
                ended: visibility.ended,
                has_page,
                row,
            }
        })
        .collect();
    (pages, next_change)
}

/// The slug that the page asks for, or that its main language does, or one made of its name.
fn page_slug(row: &Row, slugs: &HashMap<String, String>, config: &Config) -> String {
    let own = row.front.common.rare.slug.clone();
    let asked = own.or_else(|| if slugs.is_empty() { None } else { slugs.get(&row.subject()).cloned() });
    asked.unwrap_or_else(|| slug::slug(file_name(row), config.slugs))
}

/// The name that the author gave to the file or, for `name/index.md`, to its folder; without a date in front.
fn file_name(row: &Row) -> &str {
    let name = match row.folder().rsplit_once('/') {
        Some((_, folder)) if row.is_bundle() => folder,
        _ => &row.stem,
    };
    Date::of_file_name(name).map(|(_, rest)| rest).filter(|rest| !rest.is_empty()).unwrap_or(name)
}

fn title(row: &Row) -> String {
    row.front
        .common
        .title
        .clone()
        .or_else(|| row.facts.first_heading_h1.as_deref().map(str::to_owned))
        .unwrap_or_else(|| file_name(row).to_owned())
}

/// Two pages with one URL are an error, never a silent `-2`. Compared without case, for hosts and disks that ignore it.
pub(super) fn same(pages: &[Page], sections: &[Section], problems: &mut Vec<Problem>) {
    // Sections first, then pages by path: of two, the later one is told.
    let of_sections = sections
        .iter()
        .filter_map(|section| Some((folded(&section.url), section.row.as_ref()?.path.as_str(), None)));
    let of_pages = pages.iter().map(|page| (folded(&page.url), page.row.path.as_str(), Some(page)));
    let mut owners: Vec<_> = of_sections.chain(of_pages).collect();
    owners.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    for pair in owners.windows(2) {
        let [(one, other, _), (url, path, Some(page))] = pair else { continue };
        if one == url {
            let common = &page.row.front.common;
            let spot = common.rare.slug_place.as_ref().or(common.title_place.as_ref());
            problems.push(
                Problem::new("url-taken")
                    .arg("url", format!("/{}", page.url))
                    .arg("other", other)
                    .at(spot.map_or_else(|| Place::file(*path), |spot| page.row.place(spot))),
            );
        }
    }
}

/// A URL without capital letters.
fn folded(url: &str) -> Cow<'_, str> {
    if url.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase()) {
        Cow::Owned(url.to_lowercase())
    } else {
        Cow::Borrowed(url)
    }
}
