//! Several rows of one name: the periods of an indicator, or a mistake.
//!
//! Rows of a kind with `period` and `history` whose periods differ become one record: the latest with the history of
//! all. Any other second row of a name is an error that names both cells.

use super::Record;
use super::merge::{fill_common, fill_fields};
use super::names::periods;
use crate::kinds::{Kind, Type, Value};
use crate::problem::{Place, Problem};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// When a period ends: year, month, day; unreadable ones come first.
pub fn order(period: &str) -> (u32, u32, u32) {
    let text: String = period.nfkc().filter(|c| !c.is_whitespace()).collect();
    let numbers: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| (1..=4).contains(&digits.len()))
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let Some(at) = numbers.iter().position(|number| (1900..2200).contains(number)) else { return (0, 0, 0) };
    let year = numbers.iter().skip(at).copied().rfind(|number| (1900..2200).contains(number)).unwrap_or(0);
    let rest = numbers.get(at + 1..).unwrap_or_default();
    let quarters = [("一", 3), ("1", 3), ("二", 6), ("2", 6), ("三", 9), ("3", 9), ("四", 12), ("4", 12)];
    let quarter = quarters.iter().find(|(name, _)| text.contains(&format!("{name}季度")));
    if text.contains("上半年") {
        return (year, 6, 31);
    }
    if let Some((_, month)) = quarter {
        return (year, *month, 31);
    }
    if text.contains('日') || text.matches(['-', '.', '/']).count() == 2 {
        return (year, rest.first().copied().unwrap_or(12), rest.get(1).copied().unwrap_or(31));
    }
    let month = rest.iter().rev().copied().find(|month| (1..=12).contains(month));
    (year, month.unwrap_or(12), 31)
}

/// Joins what belongs together; `records` are those of one table, in its order.
pub fn join(records: Vec<Record>, kind: &Kind) -> (Vec<Record>, Vec<Problem>) {
    let mut groups: Vec<Vec<Record>> = Vec::new();
    let mut known: std::collections::BTreeMap<(Arc<str>, usize), usize> = std::collections::BTreeMap::new();
    for record in records {
        let common = &record.row.front.common;
        let key = (common.title.clone().unwrap_or_default(), record.row.front.kind.index());
        match known.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some(group) => group.push(record),
            None => {
                known.insert(key, groups.len());
                groups.push(vec![record]);
            }
        }
    }
    let (mut joined, mut problems) = (Vec::new(), Vec::new());
    for group in groups {
        joined.extend(one(group, kind, &mut problems));
    }
    (joined, problems)
}

/// The period of a record as words.
fn period_of(record: &Record) -> Option<String> {
    match field(record, "period")? {
        Value::Text(text) | Value::Choice(text) => Some(text.clone()),
        Value::Date(date) => Some(date.to_string()),
        Value::Int(year) => Some(year.to_string()),
        _ => None,
    }
}

fn field<'r>(record: &'r Record, key: &str) -> Option<&'r Value> {
    record.row.front.fields.iter().find(|(own, _)| own == key).map(|(_, value)| value)
}

/// The record of all rows of one name.
fn one(group: Vec<Record>, kind: &Kind, problems: &mut Vec<Problem>) -> Option<Record> {
    let mut kept: Vec<(Option<String>, Record)> = Vec::new();
    for record in group {
        let period = period_of(&record);
        let same =
            kept.iter().find(|(other, _)| periods(kind).is_none() || period.is_none() || *other == period);
        let same = same.or_else(|| kept.iter().find(|(other, _)| other.is_none()));
        match same {
            Some((_, first)) => problems.push(twice(&record, first.place())),
            None => kept.push((period, record)),
        }
    }
    let mut rows: Vec<(String, Record)> =
        kept.into_iter().map(|(period, record)| (period.unwrap_or_default(), record)).collect();
    let path = rows.first()?.1.row.path.clone();
    rows.sort_by_key(|(period, _)| order(period));
    let history: Vec<Value> = rows
        .iter()
        .filter_map(|(period, record)| {
            let period = ("period".to_owned(), Value::Text(period.clone()));
            Some(Value::Record(vec![period, ("value".to_owned(), field(record, "value")?.clone())]))
        })
        .collect();
    let (_, mut latest) = rows.pop()?;
    if rows.is_empty() {
        return Some(latest);
    }
    latest.row.path = path;
    for (_, older) in rows.into_iter().rev() {
        // Numbers and remarks of an older period are no longer true.
        let lasting = |key: &str| {
            let field = kind.fields.iter().find(|field| field.key == key);
            !matches!(key, "period" | "note")
                && field.is_some_and(|field| {
                    matches!(field.ty.item(), Type::Text | Type::Choice | Type::Relation | Type::Bool)
                })
        };
        fill_common(&mut latest.row.front.common, &older.row.front.common, &mut |_, _, _| {});
        fill_fields(&mut latest.row.front, &older.row.front, kind, &lasting, &mut |_, _, _| {});
        latest.row.problems.extend(older.row.problems);
    }
    if field(&latest, "history").is_none() && history.len() > 1 {
        latest.row.front.fields.push(("history".to_owned(), Value::List(history)));
        sort_fields(&mut latest.row.front.fields, kind);
    }
    Some(latest)
}

/// Puts fields into the order of the kind.
pub fn sort_fields(fields: &mut [(String, Value)], kind: &Kind) {
    fields.sort_by_key(|(key, _)| kind.fields.iter().position(|field| field.key == *key));
}

/// A second row of a name.
pub fn twice(record: &Record, first: Option<&Place>) -> Problem {
    let name = record.row.front.common.title.clone().unwrap_or_default();
    let other = first.map(|place| match &place.cell {
        Some(cell) => cell.to_string(),
        None => place.to_string(),
    });
    let problem = Problem::new("table-row-twice").arg("name", name).arg("other", other.unwrap_or_default());
    match record.place() {
        Some(place) => problem.at(place.clone()),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_ordered_by_their_end() {
        let sorted = [
            "上年",
            "2023",
            "2024年第一季度",
            "2024年上半年",
            "2024年三季度",
            "2024年1—10月",
            "2024年",
            "2025年3月15日",
            "2025-03",
            "2025年4月",
            "2025年底",
        ];
        let mut shuffled: Vec<&str> = sorted.iter().rev().copied().collect();
        shuffled.sort_by_key(|period| order(period));
        assert_eq!(shuffled, sorted);
    }
}
