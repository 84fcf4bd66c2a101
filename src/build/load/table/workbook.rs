//! Bytes of an `.xlsx` workbook → its sheets.
//!
//! Read by hand, for what a clerk sees depends on number formats, merges and hidden sheets, and since every amount must
//! be bounded. Formulas count as what was last computed. Whatever the bytes are, sheets come out or a [`Fault`].

use super::archive::{Archive, Fault};
use super::csv::MOST_CELLS;
use super::format::{Format, built_in};
use super::sheet::{Cell, Content, Merge, Sheet};
use crate::markers;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::{BTreeMap, BTreeSet};

/// A sheet, and whether the workbook hides it.
#[derive(Debug)]
pub struct Found {
    /// The sheet.
    pub sheet: Sheet,
    /// Not shown in the program.
    pub hidden: bool,
}

/// The most merges of a sheet that are looked at.
const MOST_MERGES: usize = 2_000;

/// Reads all sheets of the workbook `file`.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Found>, Fault> {
    let mut archive = Archive::open(bytes)?;
    let root = archive.text("_rels/.rels")?.unwrap_or_default();
    let book_path = relations(&root, "")?
        .into_values()
        .find(|relation| relation.kind == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
    let book = archive.text(&book_path)?.ok_or(Fault::NotAnArchive)?;
    let (folder, name) = book_path.rsplit_once('/').unwrap_or(("", &book_path));
    let relations_path = format!("{folder}/_rels/{name}.rels");
    let related = archive.text(relations_path.trim_start_matches('/'))?.unwrap_or_default();
    let related = relations(&related, folder)?;
    let part =
        |kind: &str| related.values().find(|relation| relation.kind == kind).map(|found| &found.target);
    let strings = match part("sharedStrings") {
        Some(path) => strings(&archive.text(path)?.unwrap_or_default())?,
        None => Vec::new(),
    };
    let formats = match part("styles") {
        Some(path) => formats(&archive.text(path)?.unwrap_or_default())?,
        None => Vec::new(),
    };
    let (listed, from_1904) = sheets(&book)?;
    let mut found = Vec::new();
    let mut cells_left = MOST_CELLS;
    for Listed { name, id, hidden } in listed {
        // Charts and dialogs are listed among the sheets, too.
        let Some(relation) = related.get(&id).filter(|relation| relation.kind == "worksheet") else {
            continue;
        };
        let Some(text) = archive.text(&relation.target)? else { return Err(Fault::Damaged) };
        let mut shelf = Shelf { strings: &strings, formats: &formats, from_1904, cells_left };
        let read = shelf.sheet(&text)?;
        cells_left = shelf.cells_left;
        let mut sheet = Sheet::new(file, Some(name), read.shown, read.cells, read.merges);
        sheet.from_1904 = from_1904;
        sheet.hidden_rows = read.hidden_rows;
        sheet.hidden_columns = read.hidden_columns;
        found.push(Found { sheet, hidden });
    }
    Ok(found)
}

/// What a part of the workbook points to.
struct Relation {
    kind: String,
    target: String,
}

/// Relations by id, targets from the root of the archive.
fn relations(text: &str, folder: &str) -> Result<BTreeMap<String, Relation>, Fault> {
    let mut found = BTreeMap::new();
    each(text, |event| {
        if let Piece::Start(start) = event
            && start.local_name().into_inner() == "Relationship"
        {
            let value = |name| attribute(start, name).unwrap_or_default();
            let target = value("Target");
            let target = match target.strip_prefix('/') {
                Some(whole) => whole.to_owned(),
                None => resolve(folder, &target),
            };
            let kind = value("Type").rsplit('/').next().unwrap_or_default().to_owned();
            found.insert(value("Id"), Relation { kind, target });
        }
        Ok(())
    })?;
    Ok(found)
}

fn resolve(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(path.pop()),
            part => path.push(part),
        }
    }
    path.join("/")
}

struct Listed {
    name: String,
    id: String,
    hidden: bool,
}

/// The sheets in their order, and whether days are counted from 1904.
fn sheets(text: &str) -> Result<(Vec<Listed>, bool), Fault> {
    let (mut found, mut from_1904) = (Vec::new(), false);
    each(text, |event| {
        if let Piece::Start(start) = event {
            match start.local_name().into_inner() {
                "workbookPr" => from_1904 = attribute(start, "date1904").is_some_and(|said| truth(&said)),
                "sheet" => {
                    let value = |name| attribute(start, name).unwrap_or_default();
                    let hidden = matches!(value("state").as_str(), "hidden" | "veryHidden");
                    // A slash would look like a folder in the record's path.
                    let name = clean(&value("name")).replace('/', "／");
                    found.push(Listed { name, id: value("id"), hidden });
                }
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok((found, from_1904))
}

/// The texts that cells share.
fn strings(text: &str) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    let (mut current, mut inside, mut reading) = (String::new(), false, false);
    each(text, |event| {
        match event {
            Piece::Start(start) => match start.local_name().into_inner() {
                "si" => current.clear(),
                "t" => inside = true,
                // How a word is read aloud is no part of it.
                "rPh" => reading = true,
                _ => {}
            },
            Piece::Text(text) if inside && !reading => current.push_str(text),
            Piece::Text(_) => {}
            Piece::End(name) => match name {
                "si" => found.push(clean(&current)),
                "t" => inside = false,
                "rPh" => reading = false,
                _ => {}
            },
        }
        Ok(())
    })?;
    Ok(found)
}

/// The formats of cells, by number of the style.
fn formats(text: &str) -> Result<Vec<Format>, Fault> {
    let mut own: BTreeMap<u32, String> = BTreeMap::new();
    let mut found = Vec::new();
    let mut inside = false;
    each(text, |event| {
        match event {
            Piece::Start(start) => {
                let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok());
                match start.local_name().into_inner() {
                    "numFmt" => {
                        own.extend(id.zip(attribute(start, "formatCode")));
                    }
                    "cellXfs" => inside = true,
                    "xf" if inside => {
                        let id = id.unwrap_or(0);
                        found.push(Format::of(own.get(&id).map_or_else(|| built_in(id), String::as_str)));
                    }
                    _ => {}
                }
            }
            Piece::End("cellXfs") => inside = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// What the XML of a sheet says.
#[derive(Default)]
struct Raw {
    /// The words of all cells, a line each.
    shown: String,
    cells: Vec<Cell>,
    merges: Vec<Merge>,
    hidden_rows: BTreeSet<u32>,
    hidden_columns: Vec<(u32, u32)>,
}

fn hidden(start: &BytesStart<'_>) -> bool {
    attribute(start, "hidden").is_some_and(|said| truth(&said))
}

/// What cells are read with.
struct Shelf<'b> {
    strings: &'b [String],
    formats: &'b [Format],
    from_1904: bool,
    cells_left: usize,
}

/// A cell while it is read.
#[derive(Default)]
struct Draft {
    row: u32,
    column: u32,
    kind: String,
    style: usize,
    value: String,
    formula: bool,
}

impl Shelf<'_> {
    /// Reads the XML of a sheet.
    fn sheet(&mut self, text: &str) -> Result<Raw, Fault> {
        let mut raw = Raw::default();
        let (mut row, mut column) = (0_u32, 0_u32);
        let mut draft: Option<Draft> = None;
        let (mut inside, mut reading) = (false, false);
        each(text, |event| {
            match event {
                Piece::Start(start) => match start.local_name().into_inner() {
                    "col" if hidden(start) && raw.hidden_columns.len() < 1_000 => {
                        let number = |name| attribute(start, name)?.parse::<u32>().ok()?.checked_sub(1);
                        raw.hidden_columns.extend(number("min").zip(number("max")));
                    }
                    "row" => {
                        let said = attribute(start, "r").and_then(|row| row.parse().ok());
                        row = said.unwrap_or(row.saturating_add(1));
                        if hidden(start) {
                            raw.hidden_rows.insert(row);
                        }
                        column = 0;
                    }
                    "c" => {
                        let said = attribute(start, "r").and_then(|name| position(&name));
                        (row, column) = said.unwrap_or((row.max(1), column));
                        draft = Some(Draft {
                            row,
                            column,
                            kind: attribute(start, "t").unwrap_or_default(),
                            style: attribute(start, "s").and_then(|style| style.parse().ok()).unwrap_or(0),
                            ..Draft::default()
                        });
                        column = column.saturating_add(1);
                    }
                    "v" | "t" => inside = true,
                    "rPh" => reading = true,
                    "f" => draft.iter_mut().for_each(|draft| draft.formula = true),
                    "mergeCell" if raw.merges.len() < MOST_MERGES => {
                        raw.merges.extend(attribute(start, "ref").and_then(|area| merge(&area)));
                    }
                    _ => {}
                },
                Piece::Text(text) if inside && !reading => {
                    draft.iter_mut().for_each(|draft| draft.value.push_str(text));
                }
                Piece::Text(_) => {}
                Piece::End(name) => match name {
                    "v" | "t" => inside = false,
                    "rPh" => reading = false,
                    "c" => {
                        if let Some(draft) = draft.take()
                            && let Some(content) = self.content(&draft)
                        {
                            self.cells_left = self.cells_left.checked_sub(1).ok_or(Fault::TooLarge)?;
                            let start = raw.shown.len();
                            raw.shown.push_str(&content.shown());
                            let span = start..raw.shown.len();
                            raw.shown.push('\n');
                            let Draft { row, column, .. } = draft;
                            raw.cells.push(Cell { row, column, content, span, filled: false });
                        }
                    }
                    _ => {}
                },
            }
            Ok(())
        })?;
        Ok(raw)
    }

    /// What a cell holds; none when nothing.
    fn content(&self, draft: &Draft) -> Option<Content> {
        let value = draft.value.trim();
        let text = |text: &str| Some(Content::Text(clean(text))).filter(|content| !content.is_empty());
        match draft.kind.as_str() {
            "s" => text(value.parse().ok().and_then(|at: usize| self.strings.get(at))?),
            "inlineStr" => text(&draft.value),
            "str" if draft.formula && draft.value.is_empty() => None,
            "str" => text(&draft.value),
            "e" => Some(Content::Error(clean(value))),
            "b" => Some(Content::Bool(truth(value))),
            "d" => {
                text(value.split_once('T').map_or(
                    value,
                    |(day, time)| {
                        if time.starts_with("00:00") { day } else { value }
                    },
                ))
            }
            _ if value.is_empty() => draft.formula.then_some(Content::Uncalculated),
            _ => match value.parse::<f64>().ok().filter(|number| number.is_finite()) {
                Some(number) => {
                    let plain = Format::default();
                    Some(self.formats.get(draft.style).unwrap_or(&plain).apply(number, self.from_1904))
                }
                None => text(value),
            },
        }
    }
}

/// `C7` → row 7, column 2.
fn position(name: &str) -> Option<(u32, u32)> {
    let name = name.replace('$', "");
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = name.split_at_checked(digits)?;
    let mut column: u32 = 0;
    for letter in letters.chars() {
        let value = letter.to_ascii_uppercase().to_digit(36)?.checked_sub(9)?;
        column = column.checked_mul(26)?.checked_add(value)?;
    }
    let row = row.parse().ok().filter(|row| (1..=1_048_576).contains(row))?;
    Some((row, column.checked_sub(1).filter(|column| *column < 16_384)?))
}

fn merge(area: &str) -> Option<Merge> {
    let (first, last) = area.split_once(':')?;
    let ((top, left), (bottom, right)) = (position(first)?, position(last)?);
    Some(Merge { rows: (top.min(bottom), bottom.max(top)), columns: (left.min(right), right.max(left)) })
}

fn truth(said: &str) -> bool {
    matches!(said, "1" | "true")
}

/// Without what no text may hold, and with Excel's `_x000D_` undone.
fn clean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let character = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let (before, after) = rest.split_at(at + if character.is_some() { 7 } else { 2 });
        match character {
            Some(character) => {
                kept.push_str(before.get(..at).unwrap_or_default());
                kept.push(character);
            }
            None => kept.push_str(before),
        }
        rest = after;
    }
    kept.push_str(rest);
    let kept = kept.replace("\r\n", "\n").replace('\0', "\u{FFFD}").replace('\r', "\n");
    markers::without(kept.into()).into_owned()
}

/// A piece of XML.
enum Piece<'e> {
    /// An element begins; an empty one ends at once.
    Start(&'e BytesStart<'e>),
    /// An element of this local name ends.
    End(&'e str),
    /// Characters.
    Text(&'e str),
}

/// Hands every piece of the XML in `text` to `tell`.
fn each(text: &str, mut tell: impl FnMut(Piece<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|_| Fault::Damaged)? {
            Event::Start(start) => tell(Piece::Start(&start))?,
            Event::Empty(start) => {
                tell(Piece::Start(&start))?;
                tell(Piece::End(start.local_name().into_inner()))?;
            }
            Event::End(end) => tell(Piece::End(end.local_name().into_inner()))?,
            Event::Text(text) => tell(Piece::Text(&text.xml10_content()))?,
            Event::CData(text) => tell(Piece::Text(&text.xml10_content()))?,
            Event::GeneralRef(name) => {
                let mut buffer = [0; 4];
                let character = match name.resolve_char_ref().map_err(|_| Fault::Damaged)? {
                    Some(character) => character,
                    None => match &*name {
                        "lt" => '<',
                        "gt" => '>',
                        "amp" => '&',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => return Err(Fault::Damaged),
                    },
                };
                tell(Piece::Text(character.encode_utf8(&mut buffer)))?;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute, by local name.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let found = attributes
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().into_inner() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: &[u8] = include_bytes!("../../../../tests/tables/openpyxl.xlsx");

    #[test]
    fn addresses_are_read() {
        assert_eq!(position("C7"), Some((7, 2)));
        assert_eq!(position("$AA$12"), Some((12, 26)));
        for name in ["", "7", "C", "C0", "XFE1", "A1048577", "村1", "AAAAAAAAAAAAAAAA1"] {
            assert_eq!(position(name), None, "{name}");
        }
        let area = Merge { rows: (1, 2), columns: (0, 3) };
        assert_eq!(merge("D2:A1"), Some(area));
        assert_eq!(merge("A1"), None);
    }

    #[test]
    fn texts_are_cleaned() {
        assert_eq!(clean("a_x000D_\nb_x5e86_c_xzz_"), "a\nb庆c_xzz_");
        assert_eq!(clean("_xFDD0_\u{FDD1}"), "\u{FFFD}\u{FFFD}");
    }

    proptest! {
        #[test]
        fn damaged_bytes_never_panic(at in 0..WHOLE.len(), bytes in prop::collection::vec(any::<u8>(), 1..9), cut in 0..WHOLE.len()) {
            let mut damaged = WHOLE.to_vec();
            for (byte, by) in damaged.iter_mut().skip(at).zip(&bytes) {
                *byte ^= by;
            }
            let _ = read("a.xlsx", &damaged);
            damaged.truncate(cut);
            let _ = read("a.xlsx", &damaged);
        }

        #[test]
        fn any_xml_is_some_sheet(text in "(<(row|c|v|f|is|t|mergeCell|col)( (r|t|s|ref|min|max|hidden)=\"[A-Ces0-9:.]{0,8}\"){0,3}/?>|[0-9村&;.]{0,4}|</(row|c|v|f|is|t)>){0,30}") {
            let mut shelf = Shelf { strings: &[], formats: &[], from_1904: true, cells_left: 100 };
            if let Ok(raw) = shelf.sheet(&text) {
                let sheet = Sheet::new("a.xlsx", Some("S".into()), raw.shown, raw.cells, raw.merges);
                for cell in sheet.rows().flatten() {
                    prop_assert!(sheet.place(&cell.span).cell.is_some());
                }
            }
            let _ = (strings(&text), formats(&text), sheets(&text), relations(&text, "xl"));
        }
    }
}
