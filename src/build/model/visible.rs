//! What is on show today: drafts, scheduled, expired and future-dated pages are not.

use super::Today;
use crate::build::load::Row;
use crate::kinds::{Date, Kind};

/// Whether a page is on show, and the next day on which that will change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visibility {
    /// On show today.
    pub visible: bool,
    /// The next day on which it appears or goes, if any.
    pub changes: Option<jiff::civil::Date>,
}

/// Looks at a page's front matter and nothing else.
pub fn visibility(row: &Row, kind: &Kind, today: &Today) -> Visibility {
    let common = &row.front.common;
    if common.draft && !today.drafts {
        return Visibility { visible: false, changes: None };
    }
    if today.future {
        return Visibility { visible: true, changes: None };
    }
    let appears = [common.publish.as_ref(), common.date.as_ref().filter(|_| kind.hide_future)]
        .into_iter()
        .flatten()
        .map(first_day)
        .max();
    let goes = common.expire.as_ref().map(first_day);
    let visible = appears.is_none_or(|day| day <= today.date) && goes.is_none_or(|day| day > today.date);
    let changes = [appears, goes].into_iter().flatten().filter(|day| *day > today.date).min();
    Visibility { visible, changes }
}

/// The first day that a date, perhaps only a month or a year, names.
fn first_day(date: &Date) -> jiff::civil::Date {
    let (month, day) = (date.month.unwrap_or(1), date.day.unwrap_or(1));
    let as_i8 = |number: u8| i8::try_from(number).unwrap_or(1);
    jiff::civil::Date::new(date.year, as_i8(month), as_i8(day)).unwrap_or(jiff::civil::Date::MIN)
}
