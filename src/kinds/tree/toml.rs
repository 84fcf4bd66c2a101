//! TOML → nodes. Chinese keys need no quotes. Every fault is told, and what can be read around it is kept.

use super::quote::{Quoted, quote};
use super::{Entry, Fault, FaultKind, Node, What};
use crate::kinds::Date;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The most faults told of one text.
const MOST: usize = 20;

/// Parses the bytes `part` of `text` as TOML; spans are bytes of `text`.
pub fn parse(text: &str, part: Range<usize>) -> (Vec<Entry>, Vec<Fault>) {
    let source = text.get(part.clone()).unwrap_or_default();
    let quoted = quote(source);
    let reader = Reader { text, quoted: &quoted, offset: part.start };
    if let Some(at) = quoted.too_deep {
        let what = FaultKind::Syntax("too many levels of tables or lists".to_owned());
        return (Vec::new(), vec![Fault { what, span: part.start + at..part.start + at + 1 }]);
    }
    let (table, errors) = DeTable::parse_recoverable(&quoted.text);
    let mut faults: Vec<Fault> = Vec::new();
    let mut lines: BTreeMap<usize, usize> = BTreeMap::new();
    for error in errors {
        let span = reader.span(error.span().unwrap_or_default());
        // One fault a line: those that follow it on the same line are its echoes.
        if lines.range(..=span.start).next_back().is_some_and(|(_, end)| span.start < *end) {
            continue;
        }
        let line = line_around(text, span.start);
        let odd = quoted.odd.iter().find(|(at, ..)| line.contains(&(part.start + at)));
        faults.push(match odd {
            Some((at, found, wanted)) => Fault {
                what: FaultKind::Punctuation { found: *found, wanted: *wanted },
                span: part.start + at..part.start + at + found.len_utf8(),
            },
            None if error.message().starts_with("duplicate key") => {
                Fault { what: FaultKind::Duplicate, span }
            }
            None => Fault { what: FaultKind::Syntax(error.message().to_owned()), span },
        });
        lines.insert(line.start, line.end);
        if faults.len() >= MOST {
            break;
        }
    }
    faults.sort_by_key(|fault| fault.span.start);
    (reader.table(table.into_inner()), faults)
}

/// The line around byte `at`, with its line break.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let at = text.floor_char_boundary(at.min(text.len()));
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end =
        text.get(at..).and_then(|after| after.find('\n')).map_or(text.len() + 1, |newline| at + newline + 1);
    start..end
}

struct Reader<'t> {
    text: &'t str,
    quoted: &'t Quoted<'t>,
    offset: usize,
}

impl Reader<'_> {
    fn span(&self, span: Range<usize>) -> Range<usize> {
        let at =
            |at| self.text.floor_char_boundary((self.offset + self.quoted.back(at)).min(self.text.len()));
        at(span.start)..at(span.end.max(span.start))
    }

    fn table(&self, table: DeTable<'_>) -> Vec<Entry> {
        let entry = |(key, value): (Spanned<std::borrow::Cow<'_, str>>, _)| Entry {
            key_span: self.span(key.span()),
            key: key.into_inner().into_owned(),
            value: self.node(value),
        };
        table.into_iter().map(entry).collect()
    }

    fn node(&self, value: Spanned<DeValue<'_>>) -> Node {
        let span = self.span(value.span());
        let written = || What::Text(self.text.get(span.clone()).unwrap_or_default().to_owned());
        let what = match value.into_inner() {
            DeValue::String(text) => What::Text(text.into_owned()),
            DeValue::Integer(int) => {
                i64::from_str_radix(int.as_str(), int.radix()).map_or_else(|_| written(), What::Int)
            }
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => What::Float(number),
                _ => written(),
            },
            DeValue::Boolean(yes) => What::Bool(yes),
            DeValue::Datetime(moment) => moment_of(&moment).unwrap_or_else(written),
            DeValue::Array(items) => What::List(items.into_iter().map(|item| self.node(item)).collect()),
            DeValue::Table(table) => What::Map(self.table(table)),
        };
        Node { what, span }
    }
}

fn moment_of(moment: &toml::value::Datetime) -> Option<What> {
    let day = moment.date?;
    let time = moment.time.map(|time| (u32::from(time.hour), u32::from(time.minute)));
    let date = Date::new(i32::from(day.year), Some(day.month.into()), Some(day.day.into()), time)?;
    let offset = moment.offset.map(|offset| match offset {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i32::from(minutes),
    });
    Some(What::Moment(date, offset))
}
