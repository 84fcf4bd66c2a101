//! Events as templates see them, one by one and by year and month. Everything an event's value is made of stands in
//! [`EventFace`], and its digest is taken over just that.

use super::parts::Kitchen;
use super::picture::Picture;
use super::values::{Fields, date, list, spoken, text, url};
use crate::build::model::{EventId, Model, picture};
use crate::digest::Digester;
use crate::kinds::Date;
use serde::Serialize;
use tera::Value;

/// An event as lists show it.
#[derive(Serialize)]
struct EventFace<'m> {
    date: &'m Date,
    title: &'m str,
    label: &'m str,
    field: Option<&'m str>,
    kind: &'m str,
    kind_label: &'m str,
    page: (&'m str, &'m str),
    about: Vec<Link<'m>>,
    cover: Option<Picture>,
    planned: bool,
    chinese: bool,
}

/// So many pages an event tells it is about: each of them shows the event, and would name all the others.
const MOST_ABOUT: usize = 100;

/// A related page: title, path of its URL, key of its kind.
type Link<'m> = (&'m str, &'m str, &'m str);

impl<'m> EventFace<'m> {
    fn new(model: &'m Model, id: EventId) -> Self {
        let event = model.timeline.get(id);
        let page = model.page(event.page);
        let kind = model.kinds.get(page.kind);
        let language = model.config.language(page.language);
        let related = model.relations.of(event.page);
        let link = |id: &crate::build::model::PageId| {
            let page = model.page(*id);
            (&*page.title, &*page.url, model.kinds.get(page.kind).key.as_str())
        };
        // What a field tells of a page is about that page; then what the page itself names, in the kind's order.
        let own = event.part.map(|_| link(&event.page));
        let named =
            kind.fields.iter().filter_map(|field| related.get(field.key.as_str())).flatten().map(link);
        let cover = page.row.front.common.cover.as_ref().filter(|_| event.part.is_none());
        EventFace {
            date: &event.date,
            title: event.title(model),
            label: event.label(model),
            field: event.part.and_then(|(field, _)| kind.fields.get(field)).map(|field| field.key.as_str()),
            kind: &kind.key,
            kind_label: kind.label.in_language(&language.code),
            page: (&page.title, &page.url),
            about: own.into_iter().chain(named).take(MOST_ABOUT).collect(),
            cover: cover
                .and_then(|cover| picture(&model.library, page.row.folder(), &cover.text))
                .map(|media| Picture::new(model, media, None)),
            planned: event.planned,
            chinese: language.is_chinese(),
        }
    }

    fn value(&self, kitchen: &Kitchen<'_>) -> Value {
        let (title, path) = self.page;
        let link = |(title, path, kind): &Link<'_>| {
            Fields::new().with("title", *title).with("url", url(path)).with("kind", *kind).done()
        };
        let cover = self.cover.as_ref();
        Fields::new()
            .with("date", date(self.date, self.chinese))
            .with("title", self.title)
            .with("label", self.label)
            .with("field", text(self.field))
            .with("kind", self.kind)
            .with("kind_label", self.kind_label)
            .with("url", url(path))
            .with("page", Fields::new().with("title", title).with("url", url(path)).done())
            .with("about", list(self.about.iter().map(link)))
            .with(
                "cover",
                cover.map_or_else(Value::none, |cover| {
                    cover.value(kitchen.model, &kitchen.photos, self.chinese)
                }),
            )
            .with("planned", self.planned)
            .done()
    }
}

/// Adds events one after the other.
pub fn add(kitchen: &Kitchen<'_>, events: &[EventId], digester: &mut Digester) {
    digester.number(events.len() as u64);
    for id in events {
        digester.value(&EventFace::new(kitchen.model, *id));
    }
}

/// Events as a list.
pub fn values(kitchen: &Kitchen<'_>, events: &[EventId]) -> Value {
    list(events.iter().map(|id| EventFace::new(kitchen.model, *id).value(kitchen)))
}

/// Events by year, and in each year by month; those without a month under the year alone.
pub fn months(kitchen: &Kitchen<'_>, events: &[EventId], chinese: bool) -> Value {
    let date_of = |id: &EventId| kitchen.model.timeline.get(*id).date;
    let years = events.chunk_by(|a, b| date_of(a).year == date_of(b).year).filter_map(|events| {
        let year = date_of(events.first()?).year;
        let months = events.chunk_by(|a, b| date_of(a).month == date_of(b).month).filter_map(|events| {
            let date = Date { day: None, time: None, ..date_of(events.first()?) };
            let (key, label) = match date.month {
                Some(_) => (date.iso(), spoken(&date, chinese, false)),
                None => (String::new(), String::new()),
            };
            Some(
                Fields::new()
                    .with("key", key)
                    .with("label", label)
                    .with("events", values(kitchen, events))
                    .done(),
            )
        });
        let whole = Date { year, month: None, day: None, time: None };
        Some(
            Fields::new()
                .with("key", whole.iso())
                .with("label", spoken(&whole, chinese, true))
                .with("months", list(months))
                .done(),
        )
    });
    list(years)
}
