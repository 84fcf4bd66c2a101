//! YAML → nodes. The parser stops at the first fault; limits keep aliases from growing without bound.

use super::{Entry, Fault, FaultKind, Node, What, ascii_twin};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Options, Spanned};
use std::fmt;
use std::ops::Range;

/// Parses the bytes `part` of `text` as one YAML mapping; spans are bytes of `text`. Names may repeat.
pub fn parse(text: &str, part: Range<usize>) -> (Vec<Entry>, Vec<Fault>) {
    let source = text.get(part.clone()).unwrap_or_default();
    let nothing_said = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if source.lines().all(nothing_said) {
        return (Vec::new(), Vec::new());
    }
    let reader = Reader { text, offset: part.start };
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(source, options()) {
        Ok(Spanned { value: Raw::Map(entries), .. }) => (reader.entries(entries), Vec::new()),
        Ok(root) if matches!(root.value, Raw::Null) => (Vec::new(), Vec::new()),
        Ok(_) => (
            Vec::new(),
            vec![reader.punctuation(&part).unwrap_or(Fault { what: FaultKind::NotAMap, span: part })],
        ),
        Err(error) => {
            let span = error.location().map_or(part.start..part.start, |location| reader.span(location));
            let detail = error.without_snippet().to_string();
            // The parser counts lines from the fence; the fault has its own place.
            let detail = detail.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            let detail = detail.rsplit_once(" at line ").map_or(detail, |(detail, _)| detail);
            let syntax = Fault { what: FaultKind::Syntax(detail.to_owned()), span };
            (Vec::new(), vec![reader.punctuation(&part).unwrap_or(syntax)])
        }
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.with_snippet = false;
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options.non_finite_float_policy = serde_saphyr::options::NonFiniteFloatPolicy::AsString;
    options.duplicate_keys = serde_saphyr::options::DuplicateKeyPolicy::PassThrough;
    // Front matter is a page long: more than this is an attack or an accident.
    options.alias_limits.max_total_replayed_events = 10_000;
    options.alias_limits.max_replay_stack_depth = 8;
    if let Some(budget) = &mut options.budget {
        budget.max_depth = 48;
        budget.flow_nesting_limit = 48;
        budget.max_nodes = 200_000;
        budget.max_documents = 1;
    }
    options
}

/// A node as the parser gives it.
enum Raw {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }
    fn visit_bool<E>(self, yes: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(yes))
    }
    fn visit_i64<E>(self, int: i64) -> Result<Raw, E> {
        Ok(Raw::Int(int))
    }
    fn visit_u64<E>(self, int: u64) -> Result<Raw, E> {
        Ok(i64::try_from(int).map_or_else(|_| Raw::Text(int.to_string()), Raw::Int))
    }
    fn visit_i128<E>(self, int: i128) -> Result<Raw, E> {
        Ok(Raw::Text(int.to_string()))
    }
    fn visit_u128<E>(self, int: u128) -> Result<Raw, E> {
        Ok(Raw::Text(int.to_string()))
    }
    fn visit_f64<E>(self, float: f64) -> Result<Raw, E> {
        Ok(if float.is_finite() { Raw::Float(float) } else { Raw::Text(float.to_string()) })
    }
    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

struct Reader<'t> {
    text: &'t str,
    offset: usize,
}

impl Reader<'_> {
    fn span(&self, location: Location) -> Range<usize> {
        let bytes = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let span = location.span();
        let at = |at: usize| self.text.floor_char_boundary(at.min(self.text.len()));
        let Some(offset) = span.byte_offset() else { return self.line_and_column(location) };
        let start = self.offset.saturating_add(bytes(offset));
        at(start)..at(start.saturating_add(bytes(span.byte_len().unwrap_or(0))))
    }

    /// The character that a location without bytes means.
    fn line_and_column(&self, location: Location) -> Range<usize> {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
        let source = self.text.get(self.offset..).unwrap_or_default();
        let mut start = self.offset;
        for (at, line) in source.split_inclusive('\n').enumerate() {
            if at == number(location.line()) {
                let column = line.char_indices().nth(number(location.column()));
                let (column, length) = column.map_or((line.len(), 0), |(column, c)| (column, c.len_utf8()));
                return start + column..start + column + length;
            }
            start += line.len();
        }
        self.text.len()..self.text.len()
    }

    fn entries(&self, entries: Vec<(Spanned<Raw>, Spanned<Raw>)>) -> Vec<Entry> {
        let entry = |(key, value): (Spanned<Raw>, Spanned<Raw>)| {
            let key_span = self.span(key.referenced);
            let key = match key.value {
                Raw::Text(text) => text,
                _ => self.text.get(key_span.clone()).unwrap_or_default().trim().to_owned(),
            };
            Entry { key, key_span, value: self.node(value) }
        };
        entries.into_iter().map(entry).collect()
    }

    fn node(&self, raw: Spanned<Raw>) -> Node {
        let what = match raw.value {
            Raw::Null => What::Null,
            Raw::Bool(yes) => What::Bool(yes),
            Raw::Int(int) => What::Int(int),
            Raw::Float(float) => What::Float(float),
            Raw::Text(text) => What::Text(text),
            Raw::List(items) => What::List(items.into_iter().map(|item| self.node(item)).collect()),
            Raw::Map(entries) => What::Map(self.entries(entries)),
        };
        Node { what, span: self.span(raw.referenced) }
    }

    /// A line `标题：…`, where a full-width colon stands in place of `: `.
    fn punctuation(&self, part: &Range<usize>) -> Option<Fault> {
        let mut start = part.start;
        for line in self.text.get(part.clone())?.split_inclusive('\n') {
            let key: usize =
                line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
            let sign = line.get(key..).and_then(|rest| rest.chars().next());
            if let (1..=40, Some('：')) = (key, sign) {
                let wanted = ascii_twin('：')?;
                let span = start + key..start + key + '：'.len_utf8();
                return Some(Fault { what: FaultKind::Punctuation { found: '：', wanted }, span });
            }
            start += line.len();
        }
        None
    }
}
