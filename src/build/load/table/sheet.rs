//! A sheet: cells with their addresses, whatever file they come from.
//!
//! Every cell has a span in one text, so that front matter's checks can speak of it: in a CSV file that is the file
//! itself, in a workbook a text made of what the cells show. What a merge covers has the content of its first cell.

use crate::kinds::Date;
use crate::problem::{Cell as Address, Excerpt, Place};
use std::collections::BTreeSet;
use std::ops::Range;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Words.
    Text(String),
    /// A number as its format shows it, with the unit that the format writes behind it: 29.8 and `%`.
    Number(f64, String),
    /// A day, as exact as its format; and whether that writes 年 and 月.
    Date(Date, bool),
    /// Yes or no.
    Bool(bool),
    /// `#REF!` and the like.
    Error(String),
    /// A formula that no program has computed.
    Uncalculated,
}

impl Content {
    /// What a reader of the table sees.
    pub fn shown(&self) -> String {
        match self {
            Content::Text(text) | Content::Error(text) => text.clone(),
            Content::Number(value, unit) => format!("{}{unit}", plain(*value)),
            Content::Date(date, true) => {
                let mut shown = format!("{}年", date.year);
                if let Some(month) = date.month {
                    shown.push_str(&format!("{month}月"));
                }
                if let Some(day) = date.day {
                    shown.push_str(&format!("{day}日"));
                }
                shown
            }
            Content::Date(date, false) => date.to_string(),
            Content::Bool(true) => "TRUE".to_owned(),
            Content::Bool(false) => "FALSE".to_owned(),
            Content::Uncalculated => String::new(),
        }
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        matches!(self, Content::Text(text) if text.trim().is_empty())
    }
}

/// A number without the noise of binary fractions: 29.8, not 29.799999999999997.
pub fn plain(value: f64) -> String {
    settled(value).to_string()
}

/// The nearest number of twelve digits; whole numbers as they are.
pub fn settled(value: f64) -> f64 {
    if value.fract() == 0.0 {
        return value;
    }
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// From 1, as spreadsheets count.
    pub row: u32,
    /// From 0: 0 is A.
    pub column: u32,
    /// What it holds.
    pub content: Content,
    /// Bytes of [`Sheet::text`].
    pub span: Range<usize>,
    /// Whether a merge put its content here.
    pub filled: bool,
}

/// The cells that a merge makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// First and last row.
    pub rows: (u32, u32),
    /// First and last column.
    pub columns: (u32, u32),
}

impl Merge {
    fn holds(&self, row: u32, column: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }
}

/// One sheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    file: String,
    /// Its name; none for a CSV file.
    pub name: Option<String>,
    /// What spans point into.
    pub text: String,
    /// Whether days are counted from 1904.
    pub from_1904: bool,
    /// Rows that the program does not show.
    pub hidden_rows: BTreeSet<u32>,
    /// Columns that it does not show: first and last.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Sorted by row and column.
    cells: Vec<Cell>,
    /// The cells as written, by span.
    written: Vec<(Range<usize>, u32, u32)>,
    /// Where the lines of `text` begin: a place must not count them each time.
    lines: Vec<usize>,
    merges: Vec<Merge>,
}

/// The most cells that merges may fill.
const MOST_FILLED: usize = 100_000;

impl Sheet {
    /// A sheet of `file`. `cells` are in the order of `text`.
    pub fn new(
        file: &str,
        name: Option<String>,
        text: String,
        mut cells: Vec<Cell>,
        merges: Vec<Merge>,
    ) -> Self {
        let written = cells.iter().map(|cell| (cell.span.clone(), cell.row, cell.column)).collect();
        cells.sort_by_key(|cell| (cell.row, cell.column));
        cells.dedup_by_key(|cell| (cell.row, cell.column));
        let mut sheet = Sheet {
            file: file.to_owned(),
            name,
            from_1904: false,
            hidden_rows: BTreeSet::new(),
            hidden_columns: Vec::new(),
            lines: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect(),
            text,
            cells,
            written,
            merges: Vec::new(),
        };
        sheet.fill(&merges);
        sheet.merges = merges;
        sheet
    }

    /// Copies the first cell of each merge into the others.
    fn fill(&mut self, merges: &[Merge]) {
        let last = self.cells.last().map_or(0, |cell| cell.row);
        let mut filled = Vec::new();
        for merge in merges {
            let Some(first) = self.get(merge.rows.0, merge.columns.0).filter(|cell| !cell.content.is_empty())
            else {
                continue;
            };
            for row in merge.rows.0..=merge.rows.1.min(last) {
                for column in merge.columns.0..=merge.columns.1 {
                    if (row, column) != (first.row, first.column) && filled.len() < MOST_FILLED {
                        filled.push(Cell { row, column, filled: true, ..first.clone() });
                    }
                }
            }
        }
        // What a merge covers is not shown, whatever is stored there.
        self.cells.splice(0..0, filled);
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        self.cells.dedup_by_key(|cell| (cell.row, cell.column));
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The rows that hold cells, in order.
    pub fn rows(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunk_by(|a, b| a.row == b.row)
    }

    /// Whether the program shows this column.
    pub fn shows(&self, column: u32) -> bool {
        !self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }

    /// The number of the last row.
    pub fn last_row(&self) -> u32 {
        self.cells.last().map_or(0, |cell| cell.row)
    }

    /// A cell, if anything stands in it.
    pub fn get(&self, row: u32, column: u32) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&(row, column), |cell| (cell.row, cell.column)).ok()?;
        self.cells.get(at)
    }

    /// The merge over a cell.
    pub fn merge(&self, row: u32, column: u32) -> Option<&Merge> {
        self.merges.iter().find(|merge| merge.holds(row, column))
    }

    /// The place of a span of the text.
    pub fn place(&self, span: &Range<usize>) -> Place {
        let at = self.written.partition_point(|(cell, _, _)| cell.start <= span.start);
        match at.checked_sub(1).and_then(|at| self.written.get(at)) {
            Some((cell, row, column)) => self.placed(cell, span, *row, *column),
            None => Place::file(&self.file),
        }
    }

    /// The place of a cell, also of one in which nothing stands.
    pub fn place_of(&self, row: u32, column: u32) -> Place {
        match self.get(row, column) {
            Some(cell) if !cell.filled => self.placed(&cell.span, &cell.span, row, column),
            _ if self.name.is_some() => self.named(Place::file(&self.file), row, column),
            _ => {
                // An empty field of a line: its neighbour shows the line.
                let line = self.cells.iter().find(|cell| cell.row == row);
                let place = line.map(|cell| self.line(&(cell.span.start..cell.span.start)));
                self.named(place.unwrap_or_else(|| Place::file(&self.file)), row, column)
            }
        }
    }

    fn placed(&self, cell: &Range<usize>, span: &Range<usize>, row: u32, column: u32) -> Place {
        if self.name.is_none() {
            return self.named(self.line(span), row, column);
        }
        let text = self.text.get(cell.clone()).unwrap_or_default();
        let inside = span.start.saturating_sub(cell.start)..span.end.saturating_sub(cell.start);
        self.named(Place::of(&*self.file, text, inside), row, column)
    }

    /// A span of the text, which is the file itself.
    fn line(&self, span: &Range<usize>) -> Place {
        let number = self.lines.partition_point(|start| *start <= span.start);
        let start = number.checked_sub(1).and_then(|at| self.lines.get(at)).copied().unwrap_or(0);
        let end = self.lines.get(number).copied().unwrap_or(self.text.len());
        let line = self.text.get(start..end).unwrap_or_default();
        let inside = span.start.saturating_sub(start)..span.end.saturating_sub(start);
        Place { line: u32::try_from(number).unwrap_or(u32::MAX), ..Place::of(&*self.file, line, inside) }
    }

    /// The place of a cell as written, showing no more than its own words: one is kept for each cell of a record.
    pub fn mark(&self, span: &Range<usize>) -> Place {
        let place = self.place(span);
        let excerpt = place.excerpt.map(|excerpt| {
            let text = excerpt.text.get(excerpt.start..excerpt.end).unwrap_or_default().to_owned();
            Excerpt { start: 0, end: text.len(), text }
        });
        Place { excerpt, ..place }
    }

    fn named(&self, place: Place, row: u32, column: u32) -> Place {
        let cell = Some(Address { sheet: self.name.clone(), address: address(row, column) });
        match self.name {
            Some(_) => Place { line: row, column: column.saturating_add(1), cell, ..place },
            None => Place { cell, ..place },
        }
    }
}

/// `C7` for row 7, column 2.
pub fn address(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().chain(row.to_string().chars().collect::<Vec<_>>().iter()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_addresses() {
        for (row, column, expected) in
            [(1, 0, "A1"), (7, 2, "C7"), (3, 25, "Z3"), (3, 26, "AA3"), (1_048_576, 16_383, "XFD1048576")]
        {
            assert_eq!(address(row, column), expected);
        }
    }

    #[test]
    fn numbers_lose_their_noise() {
        assert_eq!(plain(0.298 * 100.0), "29.8");
        assert_eq!(plain(450_126_101_201.0), "450126101201");
        assert_eq!(plain(-3.0), "-3");
        assert_eq!(plain(0.1 + 0.2), "0.3");
    }
}
