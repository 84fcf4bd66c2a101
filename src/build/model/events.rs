//! The line of time: dated pages of kinds that are events (news, activities), and dates in fields that are (milestones,
//! honours). Events point at their page and field; their words are looked up there.

use super::visible::first_day;
use super::{Model, PageId, Pages, Today};
use crate::kinds::{Date, Field, Kinds, Type, Value};

/// The number of an event in [`Timeline::events`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub usize);

/// Something that happened on a day, in a month or in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub date: Date,
    /// The page that tells of it.
    pub page: PageId,
    /// The field of the page's kind, and which of its records; `None` when the page itself is the event.
    pub part: Option<(usize, usize)>,
    /// Whether it is still to come.
    pub planned: bool,
}

/// All events of visible pages.
#[derive(Debug, Default)]
pub struct Timeline {
    /// Newest first; of one year, those without a month come last; ties end with the path.
    pub events: Vec<Event>,
    by_page: Vec<(PageId, EventId)>,
}

impl Timeline {
    /// An event by its number.
    pub fn get(&self, id: EventId) -> &Event {
        &self.events[id.0]
    }

    /// The events that a page tells of, newest first.
    pub fn of(&self, page: PageId) -> impl Iterator<Item = EventId> {
        let start = self.by_page.partition_point(|(other, _)| *other < page);
        self.by_page[start..].iter().take_while(move |(other, _)| *other == page).map(|(_, id)| *id)
    }

    /// All of them with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (EventId, &Event)> {
        self.events.iter().enumerate().map(|(at, event)| (EventId(at), event))
    }
}

/// Gathers the events, and the next day on which one of them is no longer to come.
pub(super) fn collect(pages: &Pages, kinds: &Kinds, today: &Today) -> (Timeline, Option<jiff::civil::Date>) {
    let mut events = Vec::new();
    let mut next: Option<jiff::civil::Date> = None;
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| page.visible) {
        let kind = kinds.get(page.kind);
        let mut add = |date: Date, part| {
            let day = first_day(&date);
            let planned = day > today.date && !today.future;
            if planned {
                next = [next, Some(day)].into_iter().flatten().min();
            }
            events.push(Event { date, page: PageId::new(at), part, planned });
        };
        if let Some(date) = page.date.filter(|_| kind.event) {
            add(date, None);
        }
        for (index, field) in kind.fields.iter().enumerate().filter(|(_, field)| field.event) {
            let Some((_, value)) = page.row.front.fields.iter().find(|(key, _)| *key == field.key) else {
                continue;
            };
            for (item, value) in items(value).iter().enumerate() {
                if let Some(date) = date_of(value, field) {
                    add(date, Some((index, item)));
                }
            }
        }
    }
    events.sort_by(|a, b| b.date.cmp(&a.date).then(a.page.cmp(&b.page)).then(a.part.cmp(&b.part)));
    let mut by_page: Vec<_> =
        events.iter().enumerate().map(|(at, event)| (event.page, EventId(at))).collect();
    by_page.sort_unstable();
    (Timeline { events, by_page }, next)
}

/// The values of a list, or the one value.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::List(values) => values,
        one => std::slice::from_ref(one),
    }
}

/// The date that a value is, or the first that its record holds.
fn date_of(value: &Value, field: &Field) -> Option<Date> {
    match value {
        Value::Date(date) => Some(*date),
        Value::Record(entries) => {
            let dates = field.fields.iter().filter(|inner| inner.ty == Type::Date);
            dates.into_iter().find_map(|inner| match entries.iter().find(|(key, _)| *key == inner.key) {
                Some((_, Value::Date(date))) => Some(*date),
                _ => None,
            })
        }
        _ => None,
    }
}

impl Event {
    /// What happened: the words of the record, else the page's title.
    pub fn title<'m>(&self, model: &'m Model) -> &'m str {
        let page = model.page(self.page);
        self.words(model).unwrap_or(&page.title)
    }

    /// What sort of event it is: the name of the field (里程碑), or of the kind (工作动态).
    pub fn label<'m>(&self, model: &'m Model) -> &'m str {
        let page = model.page(self.page);
        let kind = model.kinds.get(page.kind);
        let field = self.part.and_then(|(field, _)| kind.fields.get(field));
        let label = field.map_or(&kind.label, |field| &field.label);
        label.in_language(&model.config.language(page.language).code)
    }

    /// The first text of the record.
    fn words<'m>(&self, model: &'m Model) -> Option<&'m str> {
        let (field, item) = self.part?;
        let page = model.page(self.page);
        let field = model.kinds.get(page.kind).fields.get(field)?;
        let (_, value) = page.row.front.fields.iter().find(|(key, _)| *key == field.key)?;
        let Value::Record(entries) = items(value).get(item)? else { return None };
        field.fields.iter().filter(|inner| inner.ty == Type::Text).find_map(|inner| {
            match entries.iter().find(|(key, _)| *key == inner.key) {
                Some((_, Value::Text(text) | Value::Redacted(text))) => Some(text.as_str()),
                _ => None,
            }
        })
    }
}
