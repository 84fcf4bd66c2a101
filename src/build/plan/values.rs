//! Small builders of template values.

use crate::build::root::{ROOT, SITE};
use crate::kinds::{Date, Free};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use tera::Value;
use tera::value::Key;

/// A map value being filled; every key that a template may name must be set, since Tera refuses undefined ones. Of two
/// entries with one key the later wins.
#[derive(Default)]
pub struct Fields(Vec<(Key<'static>, Value)>);

/// Entries whose keys the program knows. As a struct they become a value at once, as a map they must be another map first.
struct Known<'f>(&'f [(Key<'static>, Value)]);

impl<'f> Known<'f> {
    fn of(entries: &'f [(Key<'static>, Value)]) -> Option<Self> {
        entries.iter().all(|(key, _)| matches!(key, Key::Str(_))).then_some(Known(entries))
    }
}

impl Serialize for Known<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_struct("", self.0.len())?;
        for (key, value) in self.0 {
            if let Key::Str(key) = key {
                all.serialize_field(key, value)?;
            }
        }
        all.end()
    }
}

/// A key that sorts by when it was set: of maps with keys that only the data knows a `BTreeMap` is the one that becomes a
/// value without being hashed twice.
struct InTurn(usize, Key<'static>);

impl From<InTurn> for Key<'static> {
    fn from(key: InTurn) -> Self {
        key.1
    }
}

impl Ord for InTurn {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for InTurn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for InTurn {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for InTurn {}

impl Fields {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty map with room for so many keys.
    pub fn with_capacity(count: usize) -> Self {
        Fields(Vec::with_capacity(count))
    }

    /// Sets all keys of a map.
    pub fn put_all(&mut self, map: &Value) {
        let map = map.as_map().into_iter().flatten();
        self.0.extend(map.map(|(key, value)| (key.clone(), value.clone())));
    }

    /// Sets a key.
    pub fn put(&mut self, key: &'static str, value: impl Into<Value>) {
        self.0.push((Key::Str(key), value.into()));
    }

    /// Sets a key.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.put(key, value);
        self
    }

    /// Sets a key that only the data knows.
    pub fn set(&mut self, key: &str, value: Value) {
        self.0.push((Key::String(key.into()), value));
    }

    /// The finished value.
    pub fn done(self) -> Value {
        if let Some(value) = Known::of(&self.0).and_then(|all| Value::try_from_serializable(&all).ok()) {
            return value;
        }
        let entries = self.0.into_iter().enumerate();
        Value::from(entries.map(|(at, (key, value))| (InTurn(at, key), value)).collect::<BTreeMap<_, _>>())
    }
}

/// A list value.
pub fn list(values: impl IntoIterator<Item = Value>) -> Value {
    Value::from(values.into_iter().collect::<Vec<_>>())
}

/// Text, or none.
pub fn text(value: Option<&str>) -> Value {
    value.map_or_else(Value::none, Value::from)
}

/// The URL of a path below the root, as contexts carry it.
pub fn url(path: &str) -> String {
    [ROOT, "/", path].concat()
}

/// The whole address of a path below the root, or none for a site that does not know its address.
pub fn absolute(path: &str, known: bool) -> Value {
    if known { Value::from(address(path)) } else { Value::none() }
}

/// The whole address of a path below the root of a site that knows its own.
pub fn address(path: &str) -> String {
    [SITE, "/", path].concat()
}

/// Free data as a template sees it.
pub fn free(value: &Free) -> Value {
    match value {
        Free::Null => Value::none(),
        Free::Bool(truth) => Value::from(*truth),
        Free::Int(number) => Value::from(*number),
        Free::Float(number) => Value::from(*number),
        Free::Text(text) => Value::from(text.as_str()),
        Free::List(values) => list(values.iter().map(free)),
        Free::Map(entries) => {
            let mut fields = Fields::with_capacity(entries.len());
            entries.iter().for_each(|(key, value)| fields.set(key, free(value)));
            fields.done()
        }
    }
}

/// A date in all the forms that a page may show, in the site's language.
pub fn date(value: &Date, chinese: bool) -> Value {
    free(&maybe_free_date(Some(value), chinese))
}

/// A date or none.
pub fn maybe_date(value: Option<&Date>, chinese: bool) -> Value {
    value.map_or_else(Value::none, |value| date(value, chinese))
}

/// A date as plain data: the form of [`date`], or null.
pub fn maybe_free_date(value: Option<&Date>, chinese: bool) -> Free {
    let Some(value) = value else { return Free::Null };
    let part = |part: Option<u8>| part.map_or(Free::Null, |part| Free::Int(i64::from(part)));
    let entries = [
        ("iso", Free::Text(value.iso())),
        ("text", Free::Text(spoken(value, chinese, true))),
        ("short", Free::Text(spoken(value, chinese, false))),
        ("year", Free::Int(i64::from(value.year))),
        ("month", part(value.month)),
        ("day", part(value.day)),
    ];
    Free::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026年11月22日`, or `22 November 2026`; without the year where a month is known and `full` is false.
pub fn spoken(date: &Date, chinese: bool, full: bool) -> String {
    let with_year = full || date.month.is_none();
    if chinese {
        let mut text = if with_year { format!("{}年", date.year) } else { String::new() };
        if let Some(month) = date.month {
            text.push_str(&format!("{month}月"));
        }
        if let Some(day) = date.day {
            text.push_str(&format!("{day}日"));
        }
        return text;
    }
    let month = date.month.and_then(|month| MONTHS.get(usize::from(month).checked_sub(1)?));
    let parts = [
        date.day.map(|day| day.to_string()),
        month.map(|month| (*month).to_owned()),
        with_year.then(|| date.year.to_string()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A number without a needless `.0`, with thousands apart.
pub fn number(value: f64) -> String {
    let plain = format!("{value}");
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("−", digits));
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && whole.len() > 4 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match part {
        Some(part) => format!("{sign}{grouped}.{part}"),
        None => format!("{sign}{grouped}"),
    }
}

/// A file size for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_spoken() {
        let day = Date { year: 2026, month: Some(3), day: Some(8), time: None };
        let month = Date { day: None, ..day };
        assert_eq!(spoken(&day, true, true), "2026年3月8日");
        assert_eq!(spoken(&day, true, false), "3月8日");
        assert_eq!(spoken(&month, true, true), "2026年3月");
        assert_eq!(spoken(&day, false, true), "8 March 2026");
        assert_eq!(spoken(&Date { month: None, ..month }, true, false), "2026年");
    }

    #[test]
    fn of_entries_with_one_key_the_later_wins_and_each_keeps_its_turn() {
        let known = || Fields::new().with("b", 1).with("a", 2).with("b", "x");
        let mut mixed = known();
        mixed.set("c", Value::none());
        for (fields, keys) in [(known(), &["b", "a"][..]), (mixed, &["b", "a", "c"])] {
            let value = fields.done();
            let map = value.as_map().unwrap();
            assert_eq!(map.keys().filter_map(Key::as_str).collect::<Vec<_>>(), keys);
            assert_eq!(map.values().take(2).cloned().collect::<Vec<_>>(), ["x".into(), Value::from(2)]);
        }
        assert_eq!(Fields::new().done().len(), Some(0));
    }

    #[test]
    fn numbers_are_grouped_from_five_digits_on() {
        assert_eq!(number(1000.0), "1000");
        assert_eq!(number(-12345.5), "−12,345.5");
        assert_eq!(number(29.8), "29.8");
    }
}
