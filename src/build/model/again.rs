//! The model once more, after a few articles changed: every column that cannot have changed is shared with the model before.
//!
//! What comes out is what [`super::assemble`] makes of all rows, or nothing: whatever a changed row says beyond its article,
//! its title and the like means assembling anew. The cases stand in [`alike`] and [`renamed`]; a key that is added to front
//! matter does not compile before it is decided there.

use super::links::{Addresses, World};
use super::names::{self, World as People};
use super::{Links, Model, Names, Page, PageId, albums, sections, urls};
use crate::build::load::Row;
use crate::build::load::front_matter::{Common, Front, Rare};
use crate::kinds::Value;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many shelves there are for names.
const SHELVES: usize = 32;

/// What pages were asked about others while links and relations were resolved. It may hold more than was asked: then more is
/// assembled anew than need be.
#[derive(Debug, Default)]
pub struct Asked {
    /// Hashes of names, on several shelves: all threads note at once.
    names: [Mutex<HashSet<u64>>; SHELVES],
    /// Pages to whose headings others link.
    headings: Mutex<HashSet<PageId>>,
    /// Whether a title was looked for that nearly fits.
    guessed: AtomicBool,
}

impl Asked {
    pub(super) fn name(&self, hash: u64) {
        self.shelf(hash).insert(hash);
    }

    pub(super) fn headings(&self, page: PageId) {
        self.headings.lock().unwrap_or_else(PoisonError::into_inner).insert(page);
    }

    pub(super) fn guess(&self) {
        self.guessed.store(true, Ordering::Relaxed);
    }

    /// Whether anybody looked a page up by this title, or would have if it had been there.
    fn is_asked_for(&self, title: &str) -> bool {
        [title, title.trim()].map(names::hash).into_iter().any(|hash| self.shelf(hash).contains(&hash))
    }

    fn shelf(&self, hash: u64) -> MutexGuard<'_, HashSet<u64>> {
        let at = hash as usize % SHELVES;
        self.names[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is kept of a model's making for the next.
#[derive(Debug)]
pub struct Ground {
    pub(super) names: Names,
    pub(super) addresses: Addresses,
    pub(super) asked: Arc<Asked>,
}

/// The model of the rows of `before` with `rows` in place of those at the same paths, and which pages these are; nothing if
/// more than these pages may be different. All else that the model is made of must be as it was, the day too, and neither
/// the rows nor what they replace may have any problem.
pub fn again(before: &Model, ground: &Ground, rows: &[Arc<Row>]) -> Option<(Model, Ground, Vec<PageId>)> {
    let mut others = Vec::with_capacity(rows.len());
    for row in rows {
        let at = before.pages.find(|page| page.row.path.cmp(&row.path))?;
        let old = &before.pages[at];
        let page = Page { title: urls::title(row), row: Arc::clone(row), ..old.clone() };
        let fits = alike(&old.row, row)
            && (old.title == page.title || renamed(before, ground, old, &page))
            && (same_headings(&old.row, row) || !asked_for_headings(ground, PageId::new(at)));
        if !fits {
            return None;
        }
        others.push((at, page));
    }
    let names = ground.names.with(others.iter().map(|(at, page)| (PageId::new(*at), page)));
    let changed: Vec<PageId> = others.iter().map(|(at, _)| PageId::new(*at)).collect();
    let pages = before.pages.with(others);
    let world = World::new(
        People { pages: &pages, translations: &before.translations },
        &before.sections,
        &names,
        &before.library,
        &before.theme,
        &before.kinds,
        &ground.addresses,
        Some(&*ground.asked),
    );
    let mut links = Vec::with_capacity(changed.len());
    for id in &changed {
        let row = &pages[id.at()].row;
        let (article, faults) = world.article(row);
        if !faults.is_empty() || albums::silent(&before.library, row, &article).is_some() {
            return None;
        }
        links.push((id.at(), article));
    }
    let links = Links { pages: before.links.pages.with(links), sections: Arc::clone(&before.links.sections) };
    let ground = Ground { names, addresses: ground.addresses.clone(), asked: Arc::clone(&ground.asked) };
    Some((Model { pages, links, ..before.clone() }, ground, changed))
}

/// Whether a row differs in nothing that other columns are made of.
fn alike(old: &Row, new: &Row) -> bool {
    let Row { path: _, stem: _, slug, language, digest: _, front, facts: _, components: _, problems } = new;
    let Front { common, kind, fields, extra: _, body: _ } = front;
    let Common {
        title: _,
        date,
        description: _,
        tags,
        cover: _,
        draft,
        // Lists ask for it when they are made.
        pinned: _,
        source,
        author: _,
        editor: _,
        title_place: _,
        date_place: _,
        rare,
    } = common;
    let Rare {
        updated,
        slug: own_slug,
        aliases,
        publish,
        expire,
        weight,
        reviewer: _,
        layout,
        language: own_language,
        slug_place: _,
        sort_by,
        order,
        paginate_by,
    } = &**rare;
    let before = &old.front.common;
    problems.is_empty()
        && old.problems.is_empty()
        && !new.is_section()
        && (&old.slug, old.language, old.front.kind) == (slug, *language, *kind)
        && (&before.date, &before.tags, before.draft) == (date, tags, *draft)
        && before.source.is_none() == source.is_none()
        && (&before.rare.updated, &before.rare.publish, &before.rare.expire) == (updated, publish, expire)
        && (&before.rare.slug, &before.rare.aliases, &before.rare.language)
            == (own_slug, aliases, own_language)
        && (before.rare.weight, &before.rare.layout) == (*weight, layout)
        && (&before.rare.sort_by, before.rare.order, before.rare.paginate_by)
            == (sort_by, *order, *paginate_by)
        && old.front.fields.len() == fields.len()
        && old.front.fields.iter().zip(fields).all(|(a, b)| a.0 == b.0 && says_same(&a.1, &b.1))
}

/// Whether two rows of one page are the same to all other pages: they differ, if at all, in the article behind its beginning.
/// `counts` says that other pages may show how long it is.
pub fn is_same_to_others(old: &Row, new: &Row, counts: bool) -> bool {
    let (before, now) = (&old.front.common, &new.front.common);
    let cover = |common: &Common| common.cover.as_ref().map(|cover| cover.text.clone());
    alike(old, new)
        && same_headings(old, new)
        && (&before.title, &before.description, cover(before)) == (&now.title, &now.description, cover(now))
        && (&before.source, &before.author, &before.editor) == (&now.source, &now.author, &now.editor)
        && (before.pinned, &before.rare.reviewer) == (now.pinned, &now.rare.reviewer)
        && old.front.extra == new.front.extra
        && old.facts.first_heading_h1 == new.facts.first_heading_h1
        && old.facts.excerpt == new.facts.excerpt
        && (!counts || (old.facts.han, old.facts.latin) == (new.facts.han, new.facts.latin))
}

/// Whether two values are equal but for where they were written.
fn says_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Relation(a), Value::Relation(b))
        | (Value::Image(a), Value::Image(b))
        | (Value::File(a), Value::File(b)) => a.text == b.text,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| says_same(a, b))
        }
        (Value::Record(a), Value::Record(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && says_same(&a.1, &b.1))
        }
        (a, b) => a == b,
    }
}

/// Whether another title changes nothing but what is shown: nobody calls the page by the old or the new one, nothing stands
/// in the order of titles, and no problem tells of it.
fn renamed(before: &Model, ground: &Ground, old: &Page, new: &Page) -> bool {
    let section = before.section(old.section);
    let common = section.row.as_ref().map(|row| &row.front.common);
    let (sort_by, _) = sections::sorting(common, before.kinds.get(section.kind));
    old.visible
        && sort_by != "title"
        && before.kinds.get(old.kind).sort_by != "title"
        && !ground.asked.guessed.load(Ordering::Relaxed)
        && !ground.asked.is_asked_for(&old.title)
        && !ground.asked.is_asked_for(&new.title)
}

fn same_headings(old: &Row, new: &Row) -> bool {
    (&old.facts.anchors, old.facts.raw_html) == (&new.facts.anchors, new.facts.raw_html)
}

fn asked_for_headings(ground: &Ground, page: PageId) -> bool {
    ground.asked.headings.lock().unwrap_or_else(PoisonError::into_inner).contains(&page)
}
