//! One feed as a part of a recipe: numbers of the pages and events that it tells, newest first. Its digest is taken over the
//! entries as they are; timestamps and addresses are made when the feed is.

use super::map;
use super::parts::Kitchen;
use super::values::free;
use crate::build::load::Texts;
use crate::build::model::{Event, EventId, Model, PageId};
use crate::build::root::SITE;
use crate::digest::{Digest, Digester};
use crate::kinds::{Date, Free};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::HashSet;
use tera::Value;

/// A feed to be made.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What it is a feed of.
    pub title: String,
    /// Path of that below the root.
    pub folder: String,
    /// Its own path below the root.
    pub path: String,
    /// What it tells, newest first.
    pub told: Vec<Told>,
}

/// Something that a feed tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// A page.
    Page(PageId),
    /// What the field of a page says.
    Event(EventId),
}

/// The first `limit` of what can be told, each once.
pub fn first(model: &Model, all: impl Iterator<Item = Told>, limit: usize) -> Vec<Told> {
    let mut seen = HashSet::new();
    let fits = |told: &Told| match told.page(model) {
        Some(page) => seen.insert((page, None)),
        None => told.entry(model).is_some_and(|entry| seen.insert((told.of(model), entry.mark))),
    };
    all.filter(fits).take(limit).collect()
}

impl Told {
    /// The page that it is, whole; none where it is a part of one.
    fn page(self, model: &Model) -> Option<PageId> {
        match self {
            Told::Page(id) => Some(id),
            Told::Event(id) => {
                Some(model.timeline.get(id)).filter(|event| event.part.is_none()).map(|event| event.page)
            }
        }
    }

    /// The page that tells it.
    fn of(self, model: &Model) -> PageId {
        match self {
            Told::Page(id) => id,
            Told::Event(id) => model.timeline.get(id).page,
        }
    }

    /// Whether it can be told: pages without a date cannot, nor can what is still to come.
    pub fn is_fit(self, model: &Model) -> bool {
        let planned = matches!(self, Told::Event(id) if model.timeline.get(id).planned);
        let dated = |id| Some(model.page(id)).filter(|page| page.has_page && page.date.is_some());
        !planned && self.page(model).is_none_or(|id| dated(id).is_some())
    }

    fn entry(self, model: &Model) -> Option<Entry<'_>> {
        match (self, self.page(model)) {
            (_, Some(id)) => page(model, id),
            (Told::Event(id), None) => Some(event(model, model.timeline.get(id))),
            (Told::Page(_), None) => None,
        }
    }
}

/// All that is told of one thing.
#[derive(Serialize)]
struct Entry<'m> {
    title: Cow<'m, str>,
    /// Path below the root.
    url: &'m str,
    /// What tells it from others at the same URL.
    mark: Option<String>,
    published: Date,
    updated: Date,
    summary: Cow<'m, str>,
    author: Option<&'m str>,
    tags: Option<&'m Texts>,
}

/// A page as an entry; none without a date or a page of its own.
fn page(model: &Model, id: PageId) -> Option<Entry<'_>> {
    let page = model.page(id);
    let common = &page.row.front.common;
    let published = common.date.filter(|_| page.has_page)?;
    Some(Entry {
        title: Cow::Borrowed(&page.title),
        url: &page.url,
        mark: None,
        published,
        updated: common.rare.updated.unwrap_or(published).max(published),
        summary: common.description.as_deref().map_or_else(|| page.row.facts.aside.excerpt(), Cow::Borrowed),
        author: common.credit.author.as_deref().or(common.credit.source.as_deref()),
        tags: Some(&common.tags),
    })
}

/// What a field tells, as an entry.
fn event<'m>(model: &'m Model, event: &Event) -> Entry<'m> {
    let page = model.page(event.page);
    let title = event.title(model);
    let colon = if model.config.language(page.language).is_chinese() { "：" } else { ": " };
    let what = if *title == *page.title { event.label(model) } else { title };
    let mark = Digest::of_value(&(event.date, title, event.label(model), page.slug()));
    Entry {
        mark: Some(mark.to_string()[..12].to_owned()),
        title: Cow::Owned(format!("{}{colon}{what}", page.title)),
        url: page.url.split('#').next().unwrap_or_default(),
        published: event.date,
        updated: event.date,
        summary: Cow::Borrowed(""),
        author: None,
        tags: None,
    }
}

impl Entry<'_> {
    /// What feed readers know it by: it stays the same, and is told once.
    fn id(&self) -> Cow<'_, str> {
        match &self.mark {
            Some(mark) => Cow::Owned(format!("{}#{mark}", self.url)),
            None => Cow::Borrowed(self.url),
        }
    }
}

impl Feed {
    fn entries<'m>(&self, model: &'m Model) -> impl Iterator<Item = Entry<'m>> {
        self.told.iter().filter_map(|told| told.entry(model))
    }

    /// Adds everything that the value is made of.
    pub fn add(&self, kitchen: &Kitchen<'_>, digester: &mut Digester) {
        digester.text(&self.title).text(&self.folder).text(&self.path).text(&kitchen.model.config.timezone);
        digester.number(self.told.len() as u64);
        for entry in self.entries(kitchen.model) {
            digester.value(&entry);
        }
    }

    /// As its template sees it.
    pub fn value(&self, model: &Model) -> Value {
        let zone = TimeZone::get(&model.config.timezone).unwrap_or(TimeZone::UTC);
        let stamp = |date: &Date| Free::Text(timestamp(date, &zone));
        let address = |path: &str| Free::Text(format!("{SITE}/{path}"));
        let newest = self.entries(model).map(|entry| entry.updated).max();
        let items = self.entries(model).map(|entry| {
            let tags = entry.tags.iter().flat_map(|tags| tags.iter());
            map(vec![
                ("title", Free::Text(entry.title.clone().into_owned())),
                ("url", address(entry.url)),
                ("id", address(&entry.id())),
                ("updated", stamp(&entry.updated)),
                ("published", stamp(&entry.published)),
                ("summary", Free::Text(entry.summary.clone().into_owned())),
                ("author", entry.author.map_or(Free::Null, |author| Free::Text(author.to_owned()))),
                ("tags", Free::List(tags.map(|tag| Free::Text(tag.to_owned())).collect())),
            ])
        });
        free(&map(vec![
            ("title", Free::Text(self.title.clone())),
            ("url", address(&self.folder)),
            ("self", address(&self.path)),
            ("updated", newest.map_or(Free::Null, |newest| stamp(&newest))),
            ("entries", Free::List(items.collect())),
        ]))
    }
}

/// `2026-11-22T09:30:00+08:00`, unknown parts at their first.
fn timestamp(date: &Date, zone: &TimeZone) -> String {
    let small = |part: Option<u8>, least: i8| part.and_then(|part| i8::try_from(part).ok()).unwrap_or(least);
    let (hour, minute) = date.time.unwrap_or((0, 0));
    let wall = jiff::civil::DateTime::new(
        date.year,
        small(date.month, 1),
        small(date.day, 1),
        small(Some(hour), 0),
        small(Some(minute), 0),
        0,
        0,
    )
    .unwrap_or(jiff::civil::DateTime::MIN);
    zone.to_zoned(wall).map_or_else(
        |_| format!("{}T00:00:00Z", wall.date()),
        |zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
    )
}
