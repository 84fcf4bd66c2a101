//! What is on show today: drafts, scheduled, expired and future-dated pages are not.

use super::Today;
use crate::build::load::Row;
use crate::kinds::{Date, Kind, Value};

/// Whether a page is on show, and the next day on which that will change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visibility {
    /// On show today.
    pub visible: bool,
    /// What it tells of is over: the kind's closing date lies before today.
    pub ended: bool,
    /// The next day on which it appears, ends or goes, if any.
    pub changes: Option<jiff::civil::Date>,
}

/// Looks at a page's front matter and nothing else.
pub fn visibility(row: &Row, kind: &Kind, today: &Today) -> Visibility {
    let common = &row.front.common;
    if common.draft && !today.drafts {
        return Visibility { visible: false, ended: false, changes: None };
    }
    let over = closing(row, kind).map(after_last_day);
    let ended = over.is_some_and(|day| day <= today.date);
    if today.future {
        return Visibility { visible: true, ended, changes: over.filter(|day| *day > today.date) };
    }
    let appears = [common.rare.publish.as_ref(), common.date.as_ref().filter(|_| kind.hide_future)]
        .into_iter()
        .flatten()
        .map(first_day)
        .max();
    let goes = common.rare.expire.as_ref().map(first_day);
    let visible = appears.is_none_or(|day| day <= today.date) && goes.is_none_or(|day| day > today.date);
    let changes =
        [appears, goes, over.filter(|_| visible)].into_iter().flatten().filter(|day| *day > today.date).min();
    Visibility { visible, ended, changes }
}

/// The date after which what the page tells of is over.
fn closing<'r>(row: &'r Row, kind: &Kind) -> Option<&'r Date> {
    let field = kind.ends.as_deref()?;
    row.front.fields.iter().find_map(|(key, value)| match value {
        Value::Date(date) if key == field => Some(date),
        _ => None,
    })
}

/// The day after the last one that a date, perhaps only a month or a year, names.
fn after_last_day(date: &Date) -> jiff::civil::Date {
    let first = first_day(date);
    let last = match (date.month, date.day) {
        (None, _) => first.last_of_year(),
        (_, None) => first.last_of_month(),
        _ => first,
    };
    last.tomorrow().unwrap_or(jiff::civil::Date::MAX)
}

/// The first day that a date, perhaps only a month or a year, names.
pub(super) fn first_day(date: &Date) -> jiff::civil::Date {
    let (month, day) = (date.month.unwrap_or(1), date.day.unwrap_or(1));
    let as_i8 = |number: u8| i8::try_from(number).unwrap_or(1);
    jiff::civil::Date::new(date.year, as_i8(month), as_i8(day)).unwrap_or(jiff::civil::Date::MIN)
}
