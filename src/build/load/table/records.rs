//! Rows of a sheet → records, each checked by the same rules as front matter.

use super::Record;
use super::header::{Column, Header, field_of};
use super::names::Slot;
use super::sheet::{Cell, Content, Sheet};
use super::totals::{self, Sums};
use super::values::{Reader, Wish};
use crate::build::load::front_matter::convert::Converter;
use crate::build::load::front_matter::{self, Front};
use crate::build::load::row::{self, Facts, Row};
use crate::config::{LanguageId, Slugs};
use crate::digest::Digest;
use crate::kinds::common::Key;
use crate::kinds::tree::{Entry, Node, What};
use crate::kinds::{Field, KindId, Kinds, Type};
use crate::problem::{Place, Problem};
use crate::slug;

/// Everything that a row is read with.
pub struct Table<'t> {
    /// The file.
    pub path: &'t str,
    /// The sheet.
    pub sheet: &'t Sheet,
    /// Its header.
    pub header: &'t Header,
    /// All kinds.
    pub kinds: &'t Kinds,
    /// That of the folder.
    pub kind: KindId,
    /// How names become slugs.
    pub slugs: Slugs,
}

/// What begins a line below a table that is no record.
const NOTES: [&str; 12] = [
    "注",
    "备注",
    "说明",
    "填表",
    "制表",
    "审核",
    "填报",
    "数据来源",
    "来源",
    "单位负责人",
    "联系人",
    "note",
];

impl Table<'_> {
    /// Reads all rows below the header.
    pub fn records(&self) -> (Vec<Record>, Vec<Problem>) {
        let (mut records, mut problems) = (Vec::new(), Vec::new());
        let mut sums = Sums::new(&self.header.columns);
        let kind = self.kinds.get(self.kind);
        problems.extend(self.hidden_columns());
        let mut hidden: Option<(u32, usize)> = None;
        for cells in self.sheet.rows() {
            let Some(row) = cells.first().map(|cell| cell.row).filter(|row| *row > self.header.row) else {
                continue;
            };
            if let Some(total) = self.total(cells) {
                problems.extend(sums.check(self.sheet, kind, &self.header.columns, row, total));
                continue;
            }
            let filled = |column: &Column| self.cell(row, column.column).is_some_and(|cell| !cell.filled);
            let says_something = self.header.columns.iter().any(filled);
            let Some(title) = self.cell(row, self.header.title.column) else {
                if says_something {
                    let place = self.sheet.place_of(row, self.header.title.column);
                    problems.push(Problem::new("table-row-without-name").arg("row", row).at(place));
                }
                continue;
            };
            if self.is_remark(title, says_something) {
                continue;
            }
            if self.sheet.hidden_rows.contains(&row) {
                hidden = Some(hidden.map_or((row, 1), |(first, count)| (first, count + 1)));
            }
            sums.add(self.sheet, &self.header.columns, row);
            records.push(self.record(row, title));
        }
        if let Some((row, count)) = hidden {
            let place = self.sheet.place_of(row, self.header.title.column);
            problems.push(Problem::new("table-rows-hidden").arg("count", count).at(place));
        }
        (records, problems)
    }

    /// Columns that somebody hid, perhaps to keep them from others.
    fn hidden_columns(&self) -> Vec<Problem> {
        let hidden = self.header.columns.iter().filter(|column| !self.sheet.shows(column.column));
        let told = |column: &Column| {
            let header = self.sheet.text.get(column.span.clone()).unwrap_or_default();
            Problem::new("table-column-hidden").arg("header", header).at(self.sheet.place(&column.span))
        };
        hidden.map(told).collect()
    }

    fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        self.sheet.get(row, column).filter(|cell| !cell.content.is_empty())
    }

    /// Whether the row is one of sums: its name says so or, without a name, its first words do.
    fn total(&self, cells: &[Cell]) -> Option<totals::Total> {
        let title = cells.iter().find(|cell| cell.column == self.header.title.column);
        let first = || cells.iter().find(|cell| matches!(cell.content, Content::Text(_)));
        let title = title.filter(|cell| !cell.content.is_empty()).or_else(first)?;
        totals::of_name(&title.content.shown())
    }

    /// Whether a row holds words about the table: a heading over the whole width, a note, the header once more.
    fn is_remark(&self, title: &Cell, says_something: bool) -> bool {
        let shown = title.content.shown();
        let shown = shown.trim();
        let wide = self.sheet.merge(title.row, title.column).is_some_and(|merge| {
            let covered = |column: &&Column| (merge.columns.0..=merge.columns.1).contains(&column.column);
            let count = self.header.columns.iter().filter(covered).count();
            count > 0 && count * 2 >= self.header.columns.len()
        });
        let bare = shown.trim_start_matches(['（', '(', '【', '[', '*', '※', ' ']);
        let note = NOTES.iter().filter_map(|note| bare.strip_prefix(note)).any(|rest| {
            let head: String = rest.chars().take(if says_something { 4 } else { rest.len() }).collect();
            head.contains(['：', ':'])
        });
        // “一、队伍建设” with nothing beside it heads the rows below.
        let ordinal = bare.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
        let heading = !says_something
            && ordinal.len() < bare.len()
            && ordinal.starts_with(['、', '）', ')', '.', '．']);
        wide || note || heading || self.sheet.text.get(self.header.title.span.clone()) == Some(shown)
    }

    fn record(&self, row: u32, title: &Cell) -> Record {
        let mut reader = Reader::new(self.sheet);
        let name = reader.node(Wish { ty: &Type::Text, parts: &[], unit: None }, title);
        let mut cells: Vec<(String, Place)> = vec![("title".to_owned(), self.sheet.place(&title.span))];
        let mut entries: Vec<Entry> = Vec::new();
        let mut periods: Vec<(String, Node)> = Vec::new();
        let header = &self.header.title;
        entries.extend(name.map(|value| entry("title", header, value)));
        for column in &self.header.columns {
            let Some(cell) = self.cell(row, column.column) else { continue };
            let Some(node) = self.node(&mut reader, column, cell) else { continue };
            let place = self.sheet.mark(&cell.span);
            cells.push((self.canonical(&column.slot), place));
            match &column.slot {
                Slot::Part(field, _) => {
                    let outer = self.kinds.get(self.kind).fields.get(*field).map_or("", |field| &field.key);
                    put(&mut entries, outer, column, entry(&self.spoken(column), column, node));
                }
                Slot::Extra(key) => put(&mut entries, "extra", column, entry(key, column, node)),
                Slot::Period(period) => periods.push((period.clone(), node)),
                _ => entries.push(entry(&self.spoken(column), column, node)),
            }
        }
        self.over_time(periods, &mut entries);
        let place = |span: &std::ops::Range<usize>| self.sheet.place(span);
        let mut converter = Converter::of_cells(self.path, &self.sheet.text, &place);
        let front = front_matter::check(&mut converter, self.kinds, self.kind, &entries, &title.span);
        let mut problems = reader.problems;
        problems.append(&mut converter.problems);
        problems.sort();
        problems.dedup();
        Record { row: self.row(row, front, problems), cells }
    }

    /// The node of a cell, counted as the header says.
    fn node(&self, reader: &mut Reader<'_>, column: &Column, cell: &Cell) -> Option<Node> {
        let kind = self.kinds.get(self.kind);
        let Some(field) = field_of(kind, &column.slot) else {
            let ty = match &column.slot {
                Slot::Common(key) => type_of(*key),
                _ => Type::Text,
            };
            return reader.node(Wish { ty: &ty, parts: &[], unit: None }, cell);
        };
        let first = if field.fields.is_empty() { field } else { field.fields.first().unwrap_or(field) };
        let mut counted = column.unit.as_deref();
        if *first.ty.item() == Type::Money {
            counted = counted.or(self.header.money.as_deref());
        }
        reader.node(Wish::of(field, counted), cell)
    }

    /// Columns that are periods: all of them are the history, the last one with a value is the value of today.
    fn over_time(&self, periods: Vec<(String, Node)>, entries: &mut Vec<Entry>) {
        let Some((period, value)) =
            periods.iter().max_by_key(|(period, _)| super::periods::order(period)).cloned()
        else {
            return;
        };
        let kind = self.kinds.get(self.kind);
        let has = |key: &str| {
            let slot = kind.field_index(key).map(Slot::Field);
            self.header.columns.iter().any(|column| Some(&column.slot) == slot.as_ref())
        };
        let plain = |key: &str, span: &std::ops::Range<usize>, node: Node| Entry {
            key: key.to_owned(),
            key_span: span.clone(),
            value: node,
        };
        let text = |words: &str, span: &std::ops::Range<usize>| Node {
            what: What::Text(words.to_owned()),
            span: span.clone(),
        };
        let (whole, history) = (value.span.clone(), !has("history"));
        if !has("value") {
            entries.push(plain("value", &whole, value));
            if !has("period") {
                entries.push(plain("period", &whole, text(&period, &whole)));
            }
        }
        if history {
            let item = |(period, node): (String, Node)| {
                let span = node.span.clone();
                let parts = vec![plain("period", &span, text(&period, &span)), plain("value", &span, node)];
                Node { what: What::Map(parts), span }
            };
            let mut periods = periods;
            periods.sort_by_key(|(period, _)| super::periods::order(period));
            let list =
                Node { what: What::List(periods.into_iter().map(item).collect()), span: whole.clone() };
            entries.push(plain("history", &whole, list));
        }
    }

    /// What a column fills, as its author calls it: problems speak of 星级 under a Chinese header, of star under another.
    fn spoken(&self, column: &Column) -> String {
        let kind = self.kinds.get(self.kind);
        let chinese = self.sheet.text.get(column.span.clone()).is_some_and(|header| !header.is_ascii());
        let label = |field: Option<&Field>| field.map(|field| field.label.zh.clone());
        let said = match &column.slot {
            Slot::Field(at) => label(kind.fields.get(*at)),
            Slot::Part(at, part) => label(kind.fields.get(*at).and_then(|field| field.fields.get(*part))),
            Slot::Common(key) => key.names().get(1).map(|name| (*name).to_owned()),
            _ => None,
        };
        said.filter(|_| chinese).unwrap_or_else(|| column.key.clone())
    }

    /// The key of what a column fills.
    fn canonical(&self, slot: &Slot) -> String {
        let kind = self.kinds.get(self.kind);
        match slot {
            Slot::Common(key) => key.names().first().map_or(String::new(), |name| (*name).to_owned()),
            Slot::Field(at) | Slot::Part(at, _) => {
                kind.fields.get(*at).map_or(String::new(), |field: &Field| field.key.clone())
            }
            Slot::Extra(_) => "extra".to_owned(),
            Slot::Period(_) => "history".to_owned(),
            Slot::Ignored => String::new(),
        }
    }

    fn row(&self, row: u32, front: Front, problems: Vec<Problem>) -> Row {
        let width = self.sheet.last_row().to_string().len();
        let sheet = self.sheet.name.as_ref().map(|name| format!("!{name}")).unwrap_or_default();
        let named = front.common.rare.slug.as_deref().or(front.common.title.as_deref()).unwrap_or_default();
        // A record called “index” is no folder's page.
        let stem = if named.starts_with("index") || named == "_index" {
            format!("{named}-")
        } else {
            named.to_owned()
        };
        let path = format!("{}{sheet}!{row:0width$}", self.path);
        Row {
            slug: slug::slug(row::name(&path, &stem), self.slugs).into(),
            path: path.into(),
            stem: stem.into(),
            language: LanguageId::default(),
            digest: Digest::default(),
            front,
            facts: Facts::default(),
            components: Box::default(),
            problems,
        }
    }
}

fn entry(key: &str, column: &Column, value: Node) -> Entry {
    Entry { key: key.to_owned(), key_span: column.span.clone(), value }
}

/// Adds a part to the map called `outer`.
fn put(entries: &mut Vec<Entry>, outer: &str, column: &Column, part: Entry) {
    let span = part.value.span.clone();
    match entries.iter_mut().find(|entry| entry.key == outer) {
        Some(Entry { value: Node { what: What::Map(parts), .. }, .. }) => parts.push(part),
        _ => entries.push(entry(outer, column, Node { what: What::Map(vec![part]), span })),
    }
}

/// What cells of a common key hold.
fn type_of(key: Key) -> Type {
    match key {
        Key::Date | Key::Updated | Key::Publish | Key::Expire => Type::Date,
        Key::Draft | Key::Pinned => Type::Bool,
        Key::Weight => Type::Int,
        Key::Tags | Key::Aliases => Type::List(Box::new(Type::Text)),
        _ => Type::Text,
    }
}
