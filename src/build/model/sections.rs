//! Sections: every folder under `content/` that holds pages, with or without an `_index.md`.

use super::alike::{lists_alike, section_stays};
use super::order::Ranks;
use super::visible::visibility;
use super::{PageId, Pages, Today};
use crate::build::load::Row;
use crate::build::load::front_matter::Common;
use crate::config::{Config, LanguageId};
use crate::kinds::{Kind, KindId, Kinds, Order};
use crate::slug;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of a section in [`super::Model::sections`]; parents come before their children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub usize);

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its `_index.md`, if there is one.
    pub row: Option<Arc<Row>>,
    /// Its folder: `content/news`.
    pub folder: String,
    /// Path of its URL below the root: `news/`; empty for home.
    pub url: String,
    /// Its language; every language has a tree of its own.
    pub language: LanguageId,
    /// Title: front matter, else the kind's name, else the folder's.
    pub title: String,
    /// The kind of its pages.
    pub kind: KindId,
    /// The section above.
    pub parent: Option<SectionId>,
    /// Sections directly below, by weight, then folder.
    pub children: Vec<SectionId>,
    /// Visible pages, sorted as the section or its kind says.
    pub pages: Vec<PageId>,
    /// Whether pages are sorted by date, newest first: such lists paginate from the oldest.
    pub by_date: bool,
    /// Pages on a list page; all when `None`.
    pub paginate_by: Option<usize>,
    /// Not on show: its `_index.md` is not today, or nothing is yet in its language.
    pub hidden: bool,
}

/// All sections of the site without their pages, one tree after the other; the main language's home is first.
pub(super) fn trees(
    section_rows: &[Arc<Row>],
    rows: &[Arc<Row>],
    kinds: &Kinds,
    config: &Config,
) -> Vec<Section> {
    let mut sections = Vec::new();
    for (language, _) in config.languages() {
        let there = section_rows.iter().chain(rows).any(|row| row.language == language);
        if there || language == LanguageId::MAIN {
            tree(language, section_rows, rows, kinds, config, &mut sections);
        }
    }
    sections
}

/// Adds the tree of one language.
fn tree(
    language: LanguageId,
    section_rows: &[Arc<Row>],
    rows: &[Arc<Row>],
    kinds: &Kinds,
    config: &Config,
    sections: &mut Vec<Section>,
) {
    let own = |row: &&Arc<Row>| row.language == language;
    let mut folders: BTreeMap<String, Option<Arc<Row>>> = BTreeMap::from([("content".to_owned(), None)]);
    let mut last = "";
    for row in rows.iter().filter(own) {
        let mut folder = home_of(row);
        if folder == last {
            continue;
        }
        last = folder;
        while folder.len() > "content".len() && !folders.contains_key(folder) {
            folders.insert(folder.to_owned(), None);
            folder = folder.rsplit_once('/').map_or("content", |(above, _)| above);
        }
    }
    for row in section_rows.iter().filter(own) {
        folders.insert(row.folder().to_owned(), Some(Arc::clone(row)));
    }
    let first = sections.len();
    let mut known: BTreeMap<String, SectionId> = BTreeMap::new();
    for (folder, row) in folders {
        let parent = folder.rsplit_once('/').and_then(|(above, _)| nearest(above, &known));
        let id = SectionId(sections.len());
        known.insert(folder.clone(), id);
        let section = section(language, folder, row, parent, sections, kinds, config);
        sections.push(section);
        if let Some(parent) = parent {
            sections[parent.0].children.push(id);
        }
    }
    for at in first..sections.len() {
        let children = std::mem::take(&mut sections[at].children);
        sections[at].children = by_weight(children, sections);
    }
}

/// The folder whose section a page belongs to: above its own folder for `name/index.md`.
pub(super) fn home_of(row: &Row) -> &str {
    let folder = row.folder();
    if row.is_bundle() && folder != "content" {
        folder.rsplit_once('/').map_or("content", |(above, _)| above)
    } else {
        folder
    }
}

fn nearest(folder: &str, known: &BTreeMap<String, SectionId>) -> Option<SectionId> {
    known
        .get(folder)
        .copied()
        .or_else(|| folder.rsplit_once('/').and_then(|(above, _)| nearest(above, known)))
}

fn section(
    language: LanguageId,
    folder: String,
    row: Option<Arc<Row>>,
    parent: Option<SectionId>,
    sections: &[Section],
    kinds: &Kinds,
    config: &Config,
) -> Section {
    let inside = folder.strip_prefix("content/").unwrap_or_default();
    let top = inside.split('/').next().unwrap_or_default();
    let common = row.as_ref().map(|row| &row.front.common);
    let kind = row
        .as_ref()
        .map(|row| row.front.kind)
        .or_else(|| kinds.by_folder(top))
        .unwrap_or_else(|| kinds.page());
    let name = inside.rsplit('/').next().unwrap_or_default();
    // A translation stands under the slug that the main language chose.
    let main = || {
        let main = sections.iter().find(|other| other.folder == folder && other.language != language)?;
        main.url.trim_end_matches('/').rsplit('/').next().filter(|slug| !slug.is_empty()).map(str::to_owned)
    };
    let url = parent.map_or_else(
        || config.prefix(language),
        |parent| {
            let slug = common
                .and_then(|common| common.rare.slug.as_deref())
                .map(str::to_owned)
                .or_else(main)
                .unwrap_or_else(|| slug::slug(name, config.slugs));
            format!("{}{slug}/", sections[parent.0].url)
        },
    );
    let section = Section {
        by_date: false,
        paginate_by: None,
        hidden: false,
        children: Vec::new(),
        pages: Vec::new(),
        row,
        folder,
        url,
        language,
        title: String::new(),
        kind,
        parent,
    };
    said(section, kinds, config)
}

/// The section with what its own file says of its title and its lists.
fn said(section: Section, kinds: &Kinds, config: &Config) -> Section {
    let spoken = config.language(section.language);
    let inside = section.folder.strip_prefix("content/").unwrap_or_default();
    let common = section.row.as_ref().map(|row| &row.front.common);
    let title = common
        .and_then(|common| common.title.as_deref())
        .map(str::to_owned)
        .or_else(|| (section.parent.is_none()).then(|| spoken.title.clone()))
        .or_else(|| {
            let is_of_kind = !inside.contains('/') && kinds.by_folder(inside).is_some();
            is_of_kind.then(|| label(kinds, section.kind, &spoken.code))
        })
        .unwrap_or_else(|| inside.rsplit('/').next().unwrap_or_default().to_owned());
    let of_kind = kinds.get(section.kind);
    let (sort_by, order) = sorting(common, of_kind);
    let paginate_by = common
        .and_then(|common| common.rare.paginate_by)
        .or(of_kind.paginate_by)
        .or(Some(config.paginate_by))
        .filter(|size| *size > 0);
    Section { by_date: sort_by == "date" && order == Order::Descending, paginate_by, title, ..section }
}

/// Sections whose own files say something else now.
pub(super) struct Resaid {
    /// All sections.
    pub(super) all: Vec<Section>,
    /// Which of them.
    pub(super) which: Vec<SectionId>,
    /// Whether lists may stand in another order, or not be on show.
    pub(super) ordered: bool,
}

/// The sections with `rows` as their files; nothing if a file is new, or says more than words and how lists are sorted.
pub(super) fn again(
    before: &[Section],
    rows: &[&Arc<Row>],
    kinds: &Kinds,
    config: &Config,
) -> Option<Resaid> {
    let mut resaid = Resaid { all: before.to_vec(), which: Vec::new(), ordered: false };
    for row in rows {
        let is_its = |section: &Section| section.row.as_ref().is_some_and(|own| own.path == row.path);
        let at = before.iter().position(is_its)?;
        let old = before[at].row.as_ref()?;
        if !section_stays(old, row) {
            return None;
        }
        resaid.ordered |= !lists_alike(old, row);
        let section = Section { row: Some(Arc::clone(row)), ..before[at].clone() };
        let hidden = section.hidden;
        resaid.all[at] = Section { hidden, ..said(section, kinds, config) };
        resaid.which.push(SectionId(at));
    }
    if resaid.ordered {
        for section in 0..resaid.all.len() {
            let children = std::mem::take(&mut resaid.all[section].children);
            resaid.all[section].children = by_weight(children, &resaid.all);
        }
    }
    Some(resaid)
}

/// Sections below another, as menus have them.
fn by_weight(mut children: Vec<SectionId>, sections: &[Section]) -> Vec<SectionId> {
    children.sort_by_key(|id| (weight(&sections[id.0]), &sections[id.0].folder));
    children
}

/// The name of a kind in a language.
fn label(kinds: &Kinds, kind: KindId, code: &str) -> String {
    kinds.get(kind).label.in_language(code).to_owned()
}

/// The weight that orders sections in menus; those without one come last.
fn weight(section: &Section) -> i64 {
    section.row.as_ref().and_then(|row| row.front.common.rare.weight).unwrap_or(i64::MAX)
}

/// Puts the visible pages into their sections, in order, and hides what is not on show. Returns the next day on which
/// a section appears or goes.
pub(super) fn fill(
    sections: &mut [Section],
    pages: &Pages,
    kinds: &Kinds,
    ranks: &Ranks,
    today: &Today,
) -> Option<jiff::civil::Date> {
    let mut next_change = None;
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| page.visible) {
        sections[page.section.0].pages.push(PageId::new(at));
    }
    for section in sections.iter_mut() {
        let Some(row) = &section.row else { continue };
        let visibility = visibility(row, kinds.get(section.kind), today);
        section.hidden = !visibility.visible;
        next_change = [next_change, visibility.changes].into_iter().flatten().min();
    }
    // A language whose first translation is still a draft is not there yet.
    for tree in sections.chunk_by_mut(|a, b| a.language == b.language) {
        let shown =
            |section: &Section| (section.row.is_some() && !section.hidden) || !section.pages.is_empty();
        if tree.iter().all(|section| section.language != LanguageId::MAIN && !shown(section)) {
            tree.iter_mut().for_each(|section| section.hidden = true);
        }
    }
    for section in sections {
        let of_kind = kinds.get(section.kind);
        let common = section.row.as_ref().map(|row| &row.front.common);
        let (sort_by, order) = sorting(common, of_kind);
        ranks.sort(&mut section.pages, pages, sort_by, order);
    }
    next_change
}

/// What a section is sorted by: as it says itself, else as its kind does. Who asks for dates gets the newest first.
pub(super) fn sorting<'s>(common: Option<&'s Common>, kind: &'s Kind) -> (&'s str, Order) {
    let own = common.and_then(|common| common.rare.sort_by.as_deref());
    let order = common.and_then(|common| common.rare.order);
    let usual = || own.map_or(kind.order, Order::usual);
    (own.unwrap_or(&kind.sort_by), order.unwrap_or_else(usual))
}
