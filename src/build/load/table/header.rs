//! Where the table begins, and what each of its columns holds.
//!
//! The header is the first of the first ten rows with a column of names and one more that is known. What stands above
//! is a caption. Merged headers of several rows are joined: `集体经济收入` over `收入` is `集体经济收入.收入`.

use super::names::{Names, Slot, unit};
use super::sheet::{Cell, Sheet, address};
use crate::build::load::front_matter::convert::{money_unit, unit_fits};
use crate::kinds::common::Key;
use crate::kinds::{Field, Kind};
use crate::problem::Problem;
use std::ops::Range;

/// One column that is read.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its number.
    pub column: u32,
    /// What it holds.
    pub slot: Slot,
    /// Its name in front matter.
    pub key: String,
    /// The unit in its header, where it says more than the field's own.
    pub unit: Option<String>,
    /// Its header in the sheet's text.
    pub span: Range<usize>,
}

/// The header of a sheet.
#[derive(Clone, Debug)]
pub struct Header {
    /// The row of the column names; of several, the last one.
    pub row: u32,
    /// The columns that are read, from left to right, without that of names.
    pub columns: Vec<Column>,
    /// The column of names.
    pub title: Column,
    /// The unit of money that the caption names.
    pub money: Option<String>,
}

/// What became of the search.
pub enum Search {
    /// The header, and what is wrong with it.
    Found(Box<Header>, Vec<Problem>),
    /// Known columns, but none of names; the row.
    Nameless(u32),
    /// Nothing like a header.
    Nothing,
}

/// How many rows are searched.
const SEARCHED: usize = 10;

/// Finds the header of a sheet.
pub fn find(sheet: &Sheet, kind: &Kind) -> Search {
    let names = Names::of(kind);
    let mut nameless = None;
    for cells in sheet.rows().take(SEARCHED) {
        let Some(row) = cells.first().map(|cell| cell.row) else { continue };
        let slots: Vec<Option<Slot>> = cells.iter().map(|cell| slot_of(&names, cell)).collect();
        let known =
            |slot: &&Option<Slot>| !matches!(slot, None | Some(Slot::Ignored | Slot::Common(Key::Title)));
        let titled = slots.contains(&Some(Slot::Common(Key::Title)));
        let subject =
            || cells.iter().zip(&slots).any(|(cell, slot)| slot.is_none() && is_subject(&names, cell));
        match slots.iter().filter(known).count() {
            0 => {}
            _ if titled || subject() => return read(sheet, kind, &names, row),
            1 => {}
            _ => nameless = nameless.or(Some(row)),
        }
    }
    nameless.map_or(Search::Nothing, Search::Nameless)
}

fn slot_of(names: &Names<'_>, cell: &Cell) -> Option<Slot> {
    let shown = cell.content.shown();
    let whole = names.find(&shown).or_else(|| names.find(&unit(&shown).0));
    whole.map(|(slot, _)| slot)
}

fn is_subject(names: &Names<'_>, cell: &Cell) -> bool {
    names.is_subject(&unit(&cell.content.shown()).0)
}

/// The rows of the header around `row`: what merges make of it.
fn block(sheet: &Sheet, row: u32) -> (u32, u32) {
    let (mut top, mut bottom) = (row, row);
    let cells: Vec<&Cell> = sheet.rows().flatten().filter(|cell| cell.row == row).collect();
    let width = cells.len();
    for cell in &cells {
        let Some(merge) = sheet.merge(row, cell.column) else { continue };
        let wide = usize::try_from(merge.columns.1 - merge.columns.0).unwrap_or(0) + 1;
        top = top.min(merge.rows.0.max(row.saturating_sub(2)));
        bottom = bottom.max(merge.rows.1.min(row + 2));
        if wide > 1 && wide < width && merge.rows.1 == row {
            bottom = bottom.max(row + 1);
        }
    }
    (top, bottom)
}

/// The words over a column from top to bottom, each once.
fn words(sheet: &Sheet, (top, bottom): (u32, u32), column: u32) -> Vec<(String, Range<usize>)> {
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    for row in top..=bottom {
        if let Some(cell) = sheet.get(row, column).filter(|cell| !cell.content.is_empty()) {
            let shown = cell.content.shown().trim().to_owned();
            if found.last().is_none_or(|(last, _)| *last != shown) {
                found.push((shown, cell.span.clone()));
            }
        }
    }
    found
}

/// What the words over a column mean: joined, or the lowest alone.
fn meaning(names: &Names<'_>, words: &[(String, Range<usize>)]) -> Option<(Slot, String, Option<String>)> {
    let split: Vec<(String, Option<String>)> = words.iter().map(|(words, _)| unit(words)).collect();
    let counted = || split.iter().rev().find_map(|(_, unit)| unit.clone());
    if words.len() > 1 {
        let joined = split.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(".");
        if let Some((slot, key)) = names.find(&joined) {
            return Some((slot, key.to_owned(), counted()));
        }
    }
    words.iter().zip(&split).rev().find_map(|((whole, _), (name, unit))| {
        let found = names.find(whole).map(|found| (found, None));
        let ((slot, key), unit) = found.or_else(|| names.find(name).map(|found| (found, unit.clone())))?;
        Some((slot, key.to_owned(), unit))
    })
}

fn read(sheet: &Sheet, kind: &Kind, names: &Names<'_>, row: u32) -> Search {
    let rows = block(sheet, row);
    let mut problems = Vec::new();
    let mut columns: Vec<Column> = Vec::new();
    let mut unknown: Vec<(u32, String, Range<usize>)> = Vec::new();
    let numbers: std::collections::BTreeSet<u32> = sheet
        .rows()
        .flatten()
        .filter(|cell| cell.row >= rows.0 && !cell.content.is_empty())
        .map(|cell| cell.column)
        .collect();
    for column in numbers {
        let words = words(sheet, rows, column);
        let Some((lowest, span)) = words.last().cloned() else {
            headless(sheet, rows.1, column, &mut problems);
            continue;
        };
        match meaning(names, &words) {
            Some((slot, key, unit)) => columns.push(Column { column, slot, key, unit, span }),
            None => unknown.push((column, lowest, span)),
        }
    }
    columns.retain(|column| column.slot != Slot::Ignored);
    let title = Slot::Common(Key::Title);
    if !columns.iter().any(|column| column.slot == title)
        && let Some(at) = unknown.iter().position(|(_, words, _)| names.is_subject(&unit(words).0))
    {
        let (column, _, span) = unknown.remove(at);
        columns.push(Column { column, slot: title.clone(), key: "title".into(), unit: None, span });
    }
    for (_, words, span) in unknown {
        problems.push(stranger(kind, names, &words).at(sheet.place(&span)));
    }
    columns.sort_by_key(|column| column.column);
    twice(sheet, &mut columns, &mut problems);
    for column in &mut columns {
        settle_unit(sheet, kind, column, &mut problems);
    }
    let Some(at) = columns.iter().position(|column| column.slot == title) else {
        return Search::Nameless(row);
    };
    let title = columns.remove(at);
    let header = Header { row: rows.1, columns, title, money: caption_money(sheet, rows.0) };
    Search::Found(Box::new(header), problems)
}

/// A column with values and nothing over them.
fn headless(sheet: &Sheet, header: u32, column: u32, problems: &mut Vec<Problem>) {
    let first =
        sheet.rows().flatten().find(|cell| cell.row > header && cell.column == column && !cell.filled);
    if let Some(cell) = first {
        let name = address(header, column);
        let problem = Problem::new("table-column-without-header").arg("header", name);
        problems.push(problem.at(sheet.place_of(cell.row, column)));
    }
}

fn stranger(kind: &Kind, names: &Names<'_>, words: &str) -> Problem {
    let name = unit(words).0;
    let label = |field: &Field| if name.is_ascii() { field.key.clone() } else { field.label.zh.clone() };
    let known = kind.fields.iter().map(label).collect::<Vec<_>>().join("、");
    Problem::new("table-unknown-column")
        .arg("header", words.replace('\n', " "))
        .arg("kind_zh", &kind.label.zh)
        .arg("kind_en", &kind.label.en)
        .arg("known", known)
        .suggest(&name, names.candidates())
}

/// Of two columns for one thing the first counts.
fn twice(sheet: &Sheet, columns: &mut Vec<Column>, problems: &mut Vec<Problem>) {
    let mut kept: Vec<Column> = Vec::new();
    for column in columns.drain(..) {
        match kept.iter().find(|other| other.slot == column.slot) {
            Some(first) => {
                let problem = Problem::new("table-column-twice")
                    .arg("header", sheet.text.get(column.span.clone()).unwrap_or_default())
                    .arg("first", address(header_row(sheet, first), first.column));
                problems.push(problem.at(sheet.place(&column.span)));
            }
            None => kept.push(column),
        }
    }
    *columns = kept;
}

fn header_row(sheet: &Sheet, column: &Column) -> u32 {
    let over = |cell: &&Cell| cell.column == column.column && cell.span == column.span;
    sheet.rows().flatten().find(over).map_or(1, |cell| cell.row)
}

/// The field that a column fills.
pub fn field_of<'k>(kind: &'k Kind, slot: &Slot) -> Option<&'k Field> {
    match slot {
        Slot::Field(at) => kind.fields.get(*at),
        Slot::Part(at, part) => kind.fields.get(*at)?.fields.get(*part),
        Slot::Period(_) => kind.field("value"),
        _ => None,
    }
}

/// Checks the unit in the header against the field's.
fn settle_unit(sheet: &Sheet, kind: &Kind, column: &mut Column, problems: &mut Vec<Problem>) {
    let Some(written) = column.unit.take() else { return };
    let Some(field) = field_of(kind, &column.slot) else { return };
    // Plain words stand for the first part of a record.
    let field = if field.fields.is_empty() { field } else { field.fields.first().unwrap_or(field) };
    if unit_fits(field, &written) {
        column.unit = Some(written);
        return;
    }
    // Longer words, and years, are remarks.
    let remark = written.chars().count() > 3
        || written.chars().any(|c| c.is_ascii_digit())
        || matches!(written.as_str(), "必填" | "选填" | "可选" | "可填" | "年底");
    if !remark {
        let problem = Problem::new("table-header-unit")
            .arg("key", &field.label.zh)
            .arg("unit", &written)
            .arg("wanted", field.unit.as_deref().unwrap_or("%"));
        problems.push(problem.at(sheet.place(&column.span)));
    }
}

/// `单位：万元` above the header.
fn caption_money(sheet: &Sheet, top: u32) -> Option<String> {
    let captions = sheet.rows().flatten().filter(|cell| cell.row < top && !cell.filled);
    captions.map(|cell| cell.content.shown()).find_map(|words| {
        let (_, said) = words.split_once("单位：").or_else(|| words.split_once("单位:"))?;
        let unit: String =
            said.trim().chars().take_while(|c| !c.is_whitespace() && !"、，,;；)）".contains(*c)).collect();
        money_unit(&unit).map(str::to_owned)
    })
}
