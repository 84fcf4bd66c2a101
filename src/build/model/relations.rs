//! Relations between pages, from relation fields alone: forward as written, and back through the field's `inverse`.

use super::meant::{Fault, Pool, Pools};
use super::names::World;
use super::order::Ranks;
use super::similar::NEAREST;
use super::{Found, Library, Names, Page, PageId, Pages, Shift};
use crate::kinds::{Field, Kinds, Reference, Type, Value};
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who is related to whom, and under which name.
#[derive(Debug, Default)]
pub struct Relations {
    /// By page; most have none.
    pages: Arc<Vec<Option<Arc<Related>>>>,
    /// Of pages to which many have a relation: these, newest first.
    newest: BTreeMap<PageId, Vec<PageId>>,
}

/// The relations of one page.
#[derive(Debug, Default)]
struct Related {
    /// Field or inverse → pages, without hidden ones; each once, in the order of paths.
    named: BTreeMap<Arc<str>, Vec<PageId>>,
    /// What each reference text of its relation fields means.
    meaning: BTreeMap<Arc<str>, PageId>,
    /// Pages with a relation to it, in the order of paths.
    back: Vec<PageId>,
}

/// Relations while they are gathered, by page.
struct Gathered(Vec<Option<Box<Related>>>);

/// A reference with the field and the key that it stands under.
type Named<'v> = (&'v Field, &'v str, &'v Reference);

impl Gathered {
    fn new(pages: usize) -> Self {
        Gathered(std::iter::repeat_with(|| None).take(pages).collect())
    }

    /// With each page once, in the order of paths.
    fn sorted(mut self) -> Self {
        for related in self.0.iter_mut().flatten() {
            for ids in related.named.values_mut().chain([&mut related.back]) {
                ids.sort_unstable();
                ids.dedup();
            }
        }
        self
    }

    fn of(&mut self, page: PageId) -> &mut Related {
        self.0[page.at()].get_or_insert_default()
    }

    fn add(&mut self, from: PageId, to: PageId, (field, key, reference): Named<'_>, pages: &Pages) {
        let text = format!("{}\u{0}{}", field.target.as_deref().unwrap_or(""), reference.text);
        self.of(from).meaning.insert(text.into(), to);
        if !pages[from.at()].visible || !pages[to.at()].visible {
            return;
        }
        self.of(from).named.entry(key.into()).or_default().push(to);
        // A page lists what is told in its own language.
        if pages[from.at()].language != pages[to.at()].language {
            return;
        }
        if let Some(inverse) = &field.inverse {
            self.of(to).named.entry(inverse.as_str().into()).or_default().push(from);
        }
        self.of(to).back.push(from);
    }
}

/// Of pages to which many have a relation: these, newest first.
fn newest(pages: &[Option<Arc<Related>>], ranks: &Ranks) -> BTreeMap<PageId, Vec<PageId>> {
    let all = pages.iter().enumerate();
    let all = all.filter_map(|(at, related)| Some((PageId::new(at), &related.as_ref()?.back)));
    let many = all.filter(|(_, back)| back.len() > NEAREST);
    let newest = many.map(|(id, back)| {
        let mut back = back.clone();
        ranks.newest(&mut back);
        (id, back)
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
        let mut gathered = Gathered::new(pages.len());
        // Looking names up takes longest, and needs nothing but the names.
        let found = pages.map(|page| targets(page, world, names, kinds));
        for (at, found) in found.into_iter().enumerate() {
            for (named, target) in found {
                match target {
                    Ok(to) => gathered.add(PageId::new(at), to, named, pages),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        let all: Vec<_> = gathered.sorted().0.into_iter().map(|related| related.map(Arc::from)).collect();
        let newest = newest(&all, ranks);
        let relations = Relations { pages: Arc::new(all), newest };
        if problems.iter().any(Fault::is_among_titles) {
            names.guess();
        }
        (relations, Pools { pages, library, urls: &Vec::new }.suggest(problems))
    }

    /// Those of a site in which pages came and went, as `shift` says, and `changed` say other things of their fields (as they
    /// were numbered and as they are): made anew for these, for whom they name, and for whom they named. Nobody asked for what
    /// came or went, so all others name whom they named. Nothing if a reference leads nowhere.
    pub(super) fn again(
        &self,
        world: &World<'_>,
        names: &Names,
        kinds: &Kinds,
        (shift, changed): (&Shift, &[(PageId, PageId)]),
        ranks: &Ranks,
    ) -> Option<Self> {
        let pages = world.pages;
        let moved = |related: &Arc<Related>| related.moved(shift);
        let mut all: Vec<Option<Arc<Related>>> = vec![None; pages.len()];
        let there = self.pages.iter().enumerate().filter_map(|(at, related)| Some((at, related.as_ref()?)));
        for (at, related) in there {
            if let Some(now) = shift.moved(PageId::new(at)) {
                all[now.at()] = Some(moved(related));
            }
        }
        let left = changed.iter().map(|(old, _)| *old).chain(shift.gone().iter().map(|at| PageId::new(*at)));
        let named = left.flat_map(|old| self.at(old).meaning.values());
        let mut touched: BTreeSet<PageId> = named.filter_map(|id| shift.moved(*id)).collect();
        let mut sources = BTreeSet::new();
        for id in changed.iter().map(|(_, now)| *now).chain(shift.came()) {
            for (_, target) in targets(&pages[id.at()], world, names, kinds) {
                touched.insert(target.ok()?);
            }
            touched.insert(id);
            sources.insert(id);
        }
        for id in &touched {
            sources.insert(*id);
            sources.extend(all[id.at()].iter().flat_map(|related| &related.back));
        }
        let mut gathered = Gathered::new(pages.len());
        for from in sources {
            for (named, target) in targets(&pages[from.at()], world, names, kinds) {
                gathered.add(from, target.ok()?, named, pages);
            }
        }
        let mut gathered = gathered.sorted();
        for id in touched {
            all[id.at()] = gathered.0[id.at()].take().map(Arc::from);
        }
        let newest = newest(&all, ranks);
        Some(Relations { pages: Arc::new(all), newest })
    }

    /// The same where pages are dated otherwise.
    pub(super) fn ranked(&self, ranks: &Ranks) -> Self {
        Relations { pages: Arc::clone(&self.pages), newest: newest(&self.pages, ranks) }
    }

    fn at(&self, page: PageId) -> &Related {
        static NONE: Related = Related { named: BTreeMap::new(), meaning: BTreeMap::new(), back: Vec::new() };
        self.pages[page.at()].as_deref().unwrap_or(&NONE)
    }

    /// Related pages of `page` under the names of its fields and of fields that point at it.
    pub fn of(&self, page: PageId) -> &BTreeMap<Arc<str>, Vec<PageId>> {
        &self.at(page).named
    }

    /// What a reference in a field with this target kind means.
    pub fn meaning(&self, page: PageId, target: Option<&str>, text: &str) -> Option<PageId> {
        self.at(page).meaning.get(&*format!("{}\u{0}{text}", target.unwrap_or(""))).copied()
    }

    /// Pages with a relation to `page`.
    pub fn backlinks(&self, page: PageId) -> &[PageId] {
        &self.at(page).back
    }

    /// The same, newest first where they are many.
    pub(super) fn newest(&self, page: PageId) -> &[PageId] {
        self.newest.get(&page).map_or(self.backlinks(page), Vec::as_slice)
    }
}

impl Related {
    /// The same with the numbers that pages have now.
    fn moved(self: &Arc<Self>, shift: &Shift) -> Arc<Self> {
        let all = || self.named.values().flatten().chain(self.meaning.values()).chain(&self.back);
        if all().all(|id| shift.moved(*id) == Some(*id)) {
            return Arc::clone(self);
        }
        let ids = |ids: &Vec<PageId>| ids.iter().filter_map(|id| shift.moved(*id)).collect();
        Arc::new(Related {
            named: self.named.iter().map(|(key, pages)| (Arc::clone(key), ids(pages))).collect(),
            meaning: self
                .meaning
                .iter()
                .filter_map(|(text, id)| Some((Arc::clone(text), shift.moved(*id)?)))
                .collect(),
            back: ids(&self.back),
        })
    }
}

/// All references of a page with what they mean.
fn targets<'w>(
    page: &'w Page,
    world: &World<'w>,
    names: &Names,
    kinds: &'w Kinds,
) -> Vec<(Named<'w>, Result<PageId, Fault<'w>>)> {
    let kind = kinds.get(page.kind);
    let mut found = Vec::new();
    for (key, value) in &page.row.front.fields {
        let Some(field) = kind.fields.iter().find(|field| field.key == *key) else { continue };
        each_reference(field, value, &mut |field, reference| {
            let target = target(field, reference, names, page, world, kinds);
            found.push(((field, key.as_str(), reference), target));
        });
    }
    found
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
    several.iter().take(5).map(|id| &*pages[id.at()].row.path).collect::<Vec<_>>().join(", ")
}
