//! Relations between pages, from relation fields alone: forward as written, and back through the field's `inverse`.

use super::meant::{Fault, Pool, Pools};
use super::names::World;
use super::order::Ranks;
use super::similar::NEAREST;
use super::{Found, Library, Names, Page, PageId, Pages};
use crate::kinds::{Field, Kinds, Reference, Type, Value};
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who is related to whom, and under which name.
#[derive(Debug, Default)]
pub struct Relations {
    /// By page: field or inverse → pages, without hidden ones; each once, in the order of paths.
    named: Arc<Vec<BTreeMap<String, Vec<PageId>>>>,
    /// By page: what each reference text of its relation fields means.
    meaning: Arc<Vec<BTreeMap<String, PageId>>>,
    /// By page: pages with a relation to it, in the order of paths.
    back: Arc<Vec<Vec<PageId>>>,
    /// Of pages to which many have a relation: these, newest first.
    newest: BTreeMap<PageId, Vec<PageId>>,
}

/// Relations while they are gathered.
struct Maps {
    named: Vec<BTreeMap<String, Vec<PageId>>>,
    meaning: Vec<BTreeMap<String, PageId>>,
    back: Vec<Vec<PageId>>,
}

impl Maps {
    fn add(
        &mut self,
        from: PageId,
        to: PageId,
        field: &Field,
        key: &str,
        reference: &Reference,
        pages: &Pages,
    ) {
        self.meaning[from.0]
            .insert(format!("{}\u{0}{}", field.target.as_deref().unwrap_or(""), reference.text), to);
        if !pages[from.0].visible || !pages[to.0].visible {
            return;
        }
        self.named[from.0].entry(key.to_owned()).or_default().push(to);
        // A page lists what is told in its own language.
        if pages[from.0].language != pages[to.0].language {
            return;
        }
        if let Some(inverse) = &field.inverse {
            self.named[to.0].entry(inverse.clone()).or_default().push(from);
        }
        self.back[to.0].push(from);
    }
}

/// Of pages to which many have a relation: these, newest first.
fn newest(back: &[Vec<PageId>], ranks: &Ranks) -> BTreeMap<PageId, Vec<PageId>> {
    let many = back.iter().enumerate().filter(|(_, back)| back.len() > NEAREST);
    let newest = many.map(|(at, back)| {
        let mut back = back.clone();
        ranks.newest(&mut back);
        (PageId(at), back)
    });
    newest.collect()
}

impl Relations {
    /// Looks up every relation field of every page, and tells which lead nowhere.
    pub(super) fn resolve(
        world: &World<'_>,
        names: &Names,
        library: &Library,
        kinds: &Kinds,
        ranks: &Ranks,
    ) -> (Self, Vec<Problem>) {
        let pages = world.pages;
        let mut problems = Vec::new();
        let mut maps = Maps {
            named: vec![BTreeMap::new(); pages.len()],
            meaning: vec![BTreeMap::new(); pages.len()],
            back: vec![Vec::new(); pages.len()],
        };
        // Looking names up takes longest, and needs nothing but the names.
        let found = pages.map(|page| {
            let kind = kinds.get(page.kind);
            let mut found = Vec::new();
            for (key, value) in &page.row.front.fields {
                let Some(field) = kind.fields.iter().find(|field| field.key == *key) else { continue };
                each_reference(field, value, &mut |field, reference| {
                    let target = target(field, reference, names, page, world, kinds);
                    found.push((field, key, reference, target));
                });
            }
            found
        });
        for (at, found) in found.into_iter().enumerate() {
            for (field, key, reference, target) in found {
                match target {
                    Ok(to) => maps.add(PageId(at), to, field, key, reference, pages),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        maps.named.iter_mut().flat_map(BTreeMap::values_mut).chain(&mut maps.back).for_each(|ids| {
            ids.sort_unstable();
            ids.dedup();
        });
        let Maps { named, meaning, back } = maps;
        let newest = newest(&back, ranks);
        let relations =
            Relations { named: Arc::new(named), meaning: Arc::new(meaning), back: Arc::new(back), newest };
        if problems.iter().any(Fault::is_among_titles) {
            names.guess();
        }
        (relations, Pools { pages, library, urls: &Vec::new }.suggest(problems))
    }

    /// The same where pages are dated otherwise.
    pub(super) fn ranked(&self, ranks: &Ranks) -> Self {
        Relations {
            named: Arc::clone(&self.named),
            meaning: Arc::clone(&self.meaning),
            back: Arc::clone(&self.back),
            newest: newest(&self.back, ranks),
        }
    }

    /// Related pages of `page` under the names of its fields and of fields that point at it.
    pub fn of(&self, page: PageId) -> &BTreeMap<String, Vec<PageId>> {
        &self.named[page.0]
    }

    /// What a reference in a field with this target kind means.
    pub fn meaning(&self, page: PageId, target: Option<&str>, text: &str) -> Option<PageId> {
        self.meaning[page.0].get(&format!("{}\u{0}{text}", target.unwrap_or(""))).copied()
    }

    /// Pages with a relation to `page`.
    pub fn backlinks(&self, page: PageId) -> &[PageId] {
        &self.back[page.0]
    }

    /// The same, newest first where they are many.
    pub(super) fn newest(&self, page: PageId) -> &[PageId] {
        self.newest.get(&page).map_or(self.backlinks(page), Vec::as_slice)
    }
}

/// Calls `found` for each reference in a value, also inside lists and records.
fn each_reference<'v>(field: &'v Field, value: &'v Value, found: &mut impl FnMut(&'v Field, &'v Reference)) {
    match value {
        Value::Relation(reference) => found(field, reference),
        Value::List(values) => values.iter().for_each(|value| each_reference(field, value, found)),
        Value::Record(entries) => {
            for (key, value) in entries {
                if let Some(inner) = field.fields.iter().find(|inner| inner.key == *key) {
                    each_reference(inner, value, found);
                }
            }
        }
        _ => {}
    }
}

fn target<'w>(
    field: &Field,
    reference: &Reference,
    names: &Names,
    page: &Page,
    world: &World<'w>,
    kinds: &Kinds,
) -> Result<PageId, Fault<'w>> {
    let pages = world.pages;
    debug_assert!(matches!(field.ty, Type::Relation | Type::List(_)), "only relation fields hold references");
    let kind = field.target.as_deref().and_then(|key| kinds.by_key(key));
    match names.find(&reference.text, kind, page.language, world) {
        Found::One(page) => Ok(page),
        Found::Many(several) => Err(Problem::new("relation-ambiguous")
            .arg("name", &reference.text)
            .arg("field", &field.label.zh)
            .arg("candidates", list_of_paths(&several, pages))
            .at(page.row.place(&reference.place))
            .into()),
        Found::Nothing => {
            let problem = Problem::new("relation-unknown")
                .arg("name", &reference.text)
                .arg("field", &field.label.zh)
                .arg("kind", kind.map_or("", |kind| &kinds.get(kind).label.zh))
                .arg("kind_en", kind.map_or("", |kind| &kinds.get(kind).label.en))
                .at(page.row.place(&reference.place));
            Err(Fault::among(Pool::Titles(kind), &reference.text, problem))
        }
    }
}

/// The first few of several pages, as paths.
fn list_of_paths(several: &[PageId], pages: &Pages) -> String {
    several.iter().take(5).map(|id| pages[id.0].row.path.as_str()).collect::<Vec<_>>().join(", ")
}
