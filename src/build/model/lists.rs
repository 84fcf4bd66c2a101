//! Declared lists: the one query form of layouts and components, answered from the model.

use super::library::MediaId;
use super::links::Arg;
use super::{EventId, Model, PageId, SectionId, near, similar};
use crate::build::load::ListSpec;
use crate::config::LanguageId;
use crate::kinds::{Free, KindId, Order, Type, Value};
use crate::problem::{Place, Problem};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What the `$names` of a query stand for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'m> {
    /// Lists hold pages in this language.
    pub language: LanguageId,
    /// `$page`.
    pub page: Option<PageId>,
    /// `$section`.
    pub section: Option<SectionId>,
    /// `$term`.
    pub term: Option<&'m str>,
    /// `$argument` of a component.
    pub args: Option<&'m BTreeMap<String, Arg>>,
}

/// Pages that have something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// `2026`, `2026-03`, or the field's value.
    pub key: String,
    /// The page that a relation names, when the group stands for one.
    pub page: Option<PageId>,
    /// Its pages.
    pub pages: Vec<PageId>,
}

/// What a query found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Pages in order.
    Pages(Vec<PageId>),
    /// Photos in order.
    Photos(Vec<MediaId>),
    /// Pages in groups, in the order in which the groups appear.
    Groups(Vec<Group>),
    /// Events, newest first.
    Events(Vec<EventId>),
    /// Events, to be shown by year and month.
    Months(Vec<EventId>),
}

/// What a `$name` or a literal stands for.
enum Wanted<'m> {
    Page(PageId),
    Section(SectionId),
    Free(Free),
    Text(&'m str),
    /// An argument that was not given: the condition falls away.
    Anything,
}

/// Answers a query.
pub fn select<'m>(model: &'m Model, spec: &'m ListSpec, scope: &Scope<'m>) -> Listed {
    let limit = spec.limit.as_ref().and_then(|limit| number(scope, limit)).unwrap_or(usize::MAX);
    if let Some(of) = &spec.of {
        return Listed::Photos(photos(model, of, scope).into_iter().take(limit).collect());
    }
    let kind = match spec.kind.as_deref().map(|kind| wanted(scope, &toml::Value::String(kind.to_owned()))) {
        Some(Wanted::Free(Free::Text(key))) => match model.kinds.by_key(&key) {
            Some(kind) => Some(kind),
            None => return Listed::Pages(Vec::new()),
        },
        _ => None,
    };
    let conditions: Vec<(&str, Wanted<'_>)> =
        spec.filter.iter().map(|(key, value)| (key.as_str(), wanted(scope, value))).collect();
    let fits = |id: &PageId| {
        let page = model.page(*id);
        page.visible
            && page.language == scope.language
            && kind.is_none_or(|kind| page.kind == kind)
            && conditions.iter().all(|(key, wanted)| holds(model, *id, key, wanted))
    };
    if spec.events {
        let mut events = events(model, &conditions, fits);
        events.truncate(limit);
        return if spec.group_by.is_some() { Listed::Months(events) } else { Listed::Events(events) };
    }
    let sort_by = spec.sort_by.as_deref().map(|key| (key, natural_order(key)));
    let named =
        |name: &Option<String>| name.as_ref().map(|name| wanted(scope, &toml::Value::String(name.clone())));
    let (known, asked) = match (named(&spec.near), named(&spec.similar)) {
        (Some(Wanted::Page(page)), _) => (Cow::Owned(near::near(model, page, kind, limit, fits)), sort_by),
        (None, Some(Wanted::Page(page))) => (Cow::Owned(similar::similar(model, page, kind)), sort_by),
        (None, None) => candidates(model, kind, &conditions, sort_by),
        _ => (Cow::default(), None),
    };
    let fitting = known.iter().copied().filter(fits);
    let mut pages: Vec<PageId> = match asked {
        // Most lists show the first few of a known order: the rest is not looked at.
        None => fitting.take(limit).collect(),
        Some((key, order)) => {
            let mut pages: Vec<PageId> = fitting.collect();
            model.ranks.sort(&mut pages, &model.pages, key, order);
            pages
        }
    };
    pages.truncate(limit);
    match spec.group_by.as_deref() {
        None => Listed::Pages(pages),
        Some(by) => Listed::Groups(groups(model, pages, by)),
    }
}

/// Events of pages that fit, newest first. `planned` is a condition on the event itself.
fn events(model: &Model, conditions: &[(&str, Wanted<'_>)], fits: impl Fn(&PageId) -> bool) -> Vec<EventId> {
    let planned = conditions.iter().find_map(|(key, wanted)| match wanted {
        Wanted::Free(Free::Bool(planned)) if *key == "planned" => Some(*planned),
        _ => None,
    });
    let timely = |id: &EventId| planned.is_none_or(|planned| model.timeline.get(*id).planned == planned);
    let related = conditions.iter().find_map(|(_, wanted)| match wanted {
        Wanted::Page(target) => Some(*target),
        _ => None,
    });
    let mut found: Vec<EventId> = match related {
        Some(target) => {
            around(model, target).into_iter().filter(&fits).flat_map(|page| model.timeline.of(page)).collect()
        }
        None => model.timeline.iter().filter(|(_, event)| fits(&event.page)).map(|(id, _)| id).collect(),
    };
    found.retain(timely);
    found.sort_unstable();
    found
}

/// A page and all pages related to it, either way.
fn around(model: &Model, target: PageId) -> Vec<PageId> {
    let mut pages: Vec<PageId> = model.relations.backlinks(target).to_vec();
    pages.extend(model.relations.of(target).values().flatten());
    pages.push(target);
    pages.sort_unstable();
    pages.dedup();
    pages
}

/// Faults of the declared lists of a theme: kinds that are not there.
pub(super) fn check(model: &Model) -> Vec<Problem> {
    let theme = &model.theme;
    let layouts = theme.layouts.values().flat_map(BTreeMap::iter);
    let components = theme.components.values().flat_map(|component| component.lists.iter());
    layouts
        .chain(components)
        .chain(&theme.paginate)
        .filter_map(|(name, spec)| {
            let kind = spec.kind.as_deref().filter(|kind| !kind.starts_with('$'))?;
            model.kinds.by_key(kind).is_none().then(|| {
                Problem::new("list-kind")
                    .arg("list", name)
                    .arg("kind", kind)
                    .suggest(kind, model.kinds.iter().map(|(_, kind)| kind.key.as_str()))
                    .at(Place::file(format!("themes/{}/theme.toml", model.config.theme)))
            })
        })
        .collect()
}

/// Dates run backwards, everything else forwards.
fn natural_order(sort_by: &str) -> Order {
    if matches!(sort_by, "date" | "updated") { Order::Descending } else { Order::Ascending }
}

/// The smallest known set that holds all answers, and how it has yet to be sorted.
fn candidates<'m>(
    model: &'m Model,
    kind: Option<KindId>,
    conditions: &[(&str, Wanted<'_>)],
    sort_by: Option<(&'m str, Order)>,
) -> (Cow<'m, [PageId]>, Option<(&'m str, Order)>) {
    let related = conditions.iter().find_map(|(_, wanted)| match wanted {
        Wanted::Page(target) => Some(*target),
        _ => None,
    });
    let usual = kind.map_or(("date", Order::Descending), |kind| {
        let kind = model.kinds.get(kind);
        (kind.sort_by.as_str(), kind.order)
    });
    if let Some(target) = related {
        return (Cow::Owned(around(model, target)), Some(sort_by.unwrap_or(usual)));
    }
    let known = match kind {
        Some(kind) => model.by_kind.get(kind.index()).map_or(&[][..], Vec::as_slice),
        // Things without a page of their own are only listed by kind.
        None => &model.by_date,
    };
    (Cow::Borrowed(known), sort_by.filter(|asked| *asked != usual))
}

fn wanted<'m>(scope: &Scope<'m>, value: &toml::Value) -> Wanted<'m> {
    let Some(name) = value.as_str().and_then(|text| text.strip_prefix('$')) else {
        return Wanted::Free(Free::from(value.clone()));
    };
    let known = match name {
        "page" => scope.page.map(Wanted::Page),
        "section" => scope.section.map(Wanted::Section),
        "term" => scope.term.map(Wanted::Text),
        name => scope.args.and_then(|args| args.get(name)).map(|arg| match arg {
            Arg::Page(page) => Wanted::Page(*page),
            Arg::Plain(free) => Wanted::Free(free.clone()),
            Arg::Picture(_) | Arg::File(_) => Wanted::Anything,
        }),
    };
    known.unwrap_or(Wanted::Anything)
}

fn number(scope: &Scope<'_>, value: &toml::Value) -> Option<usize> {
    match wanted(scope, value) {
        Wanted::Free(Free::Int(number)) => usize::try_from(number).ok(),
        _ => None,
    }
}

/// `$album.photos`; the page itself when the argument was not given.
fn photos(model: &Model, of: &str, scope: &Scope<'_>) -> Vec<MediaId> {
    let name = of.strip_suffix(".photos").unwrap_or(of).to_owned();
    let page = match wanted(scope, &toml::Value::String(name)) {
        Wanted::Page(page) => Some(page),
        _ => scope.page,
    };
    page.map_or(Vec::new(), |page| model.album(page))
}

fn holds(model: &Model, id: PageId, key: &str, wanted: &Wanted<'_>) -> bool {
    let page = model.page(id);
    let common = &page.row.front.common;
    match wanted {
        Wanted::Anything => true,
        Wanted::Page(target) if key == "about" => {
            id == *target
                || model.relations.backlinks(*target).binary_search(&id).is_ok()
                || model.relations.of(*target).values().flatten().any(|other| *other == id)
        }
        Wanted::Page(target) => {
            model.relations.of(id).get(key).is_some_and(|related| related.contains(target))
        }
        Wanted::Section(section) => page.section == *section,
        Wanted::Text(text) => common.tags.contains(text),
        Wanted::Free(Free::List(several)) => {
            several.iter().any(|one| holds(model, id, key, &Wanted::Free(one.clone())))
        }
        Wanted::Free(free) => match (key, free) {
            // Told of events, not of pages.
            ("planned", _) => true,
            ("pinned", Free::Bool(truth)) => common.pinned == *truth,
            ("ended", Free::Bool(truth)) => page.ended == *truth,
            ("title" | "name", Free::Text(text)) => *page.title == **text,
            ("tag" | "tags", Free::Text(text)) => common.tags.contains(text),
            ("section", Free::Text(text)) => {
                let folder = &model.section(page.section).folder;
                folder.strip_prefix("content/").unwrap_or_default() == text
            }
            _ => page.row.front.fields.iter().any(|(field, value)| field == key && equals(value, free)),
        },
    }
}

/// Whether a value, or one of a list, is `free`.
fn equals(value: &Value, free: &Free) -> bool {
    match (value, free) {
        (Value::List(values), _) => values.iter().any(|value| equals(value, free)),
        (Value::Text(a) | Value::Choice(a), Free::Text(b)) => a == b,
        (Value::Relation(reference), Free::Text(b)) => reference.text == *b,
        (Value::Int(a), Free::Int(b)) => a == b,
        (Value::Decimal(a) | Value::Percent(a), Free::Int(b)) => *a == *b as f64,
        (Value::Decimal(a) | Value::Percent(a), Free::Float(b)) => a == b,
        (Value::Bool(a), Free::Bool(b)) => a == b,
        _ => false,
    }
}

fn groups(model: &Model, pages: Vec<PageId>, by: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: BTreeMap<(String, Option<PageId>), usize> = BTreeMap::new();
    for id in pages {
        let mut keys = related(model, id, by);
        if keys.is_empty() {
            keys.push((group_key(model, id, by), None));
        }
        for (key, page) in keys {
            let at = *places.entry((key.clone(), page)).or_insert_with(|| {
                groups.push(Group { key, page, pages: Vec::new() });
                groups.len() - 1
            });
            groups[at].pages.push(id);
        }
    }
    groups
}

/// The pages that a relation field names: the page stands in the group of each.
fn related(model: &Model, id: PageId, field: &str) -> Vec<(String, Option<PageId>)> {
    let kind = model.kinds.get(model.page(id).kind);
    let is_relation = kind.fields.iter().any(|own| own.key == field && *own.ty.item() == Type::Relation);
    if !is_relation {
        return Vec::new();
    }
    let pages = model.relations.of(id).get(field).into_iter().flatten();
    pages.map(|to| (model.page(*to).title.to_string(), Some(*to))).collect()
}

fn group_key(model: &Model, id: PageId, by: &str) -> String {
    let front = &model.page(id).row.front;
    match (by, &front.common.date) {
        ("year", Some(date)) => format!("{:04}", date.year),
        ("month", Some(date)) => match date.month {
            Some(month) => format!("{:04}-{month:02}", date.year),
            None => format!("{:04}", date.year),
        },
        ("year" | "month", None) => String::new(),
        (field, _) => match front.fields.iter().find(|(key, _)| key == field) {
            Some((_, Value::Text(text) | Value::Choice(text))) => text.clone(),
            Some((_, Value::Relation(reference))) => reference.text.clone(),
            Some((_, Value::Int(number))) => number.to_string(),
            _ => String::new(),
        },
    }
}
