//! Tables as content: a `.csv` or `.xlsx` in the folder of a section is a record a row.
//!
//! In come the bytes of the file, out goes [`Table`]: a row of the site for each row of the table, checked by the rules
//! of front matter, and every fault at its cell. The first of the first ten rows with a column of names (`村名`,
//! `项目名称`, `名称`, `title`) and another known column is the header; columns are called as in front matter, with a unit
//! in brackets if need be. What counts is what the program shows: `29.8%` for 0.298 in a percent format, `12.5万元`, a day
//! for 45000, the words of a merge in all its cells. Rows of sums (合计, 小计) are checked and left out, columns 序号 and
//! those that begin with `#` are not read. Rows of one indicator in several periods become one with its history.
//! [`merge`](merge::merge) lays pages in Markdown over the records of their names.

mod archive;
mod csv;
mod format;
mod header;
mod merge;
mod names;
mod periods;
mod records;
mod sheet;
mod totals;
mod values;
mod workbook;

pub use merge::{folders, meets, merge};

use super::page;
use super::row::{FileName, Row};
use crate::config::Config;
use crate::files::{Encoding, decode};
use crate::kinds::Kinds;
use crate::messages::level;
use crate::problem::{Cell as Address, Level, Place, Problem};
use archive::Fault;
use header::Search;
use serde::{Deserialize, Serialize};
use sheet::Sheet;

/// What is known of one table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Table {
    /// The file, relative to the site's root.
    pub path: String,
    /// Its records, in the order of the file.
    pub records: Vec<Record>,
    /// Faults of the table alone; those of records stand in their rows.
    pub problems: Vec<Problem>,
}

/// One record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// As a page without an article.
    pub row: Row,
    /// The cell of each key that is set; the title's is the first.
    pub cells: Vec<(String, Place)>,
}

impl Record {
    /// The cell of its name.
    pub fn place(&self) -> Option<&Place> {
        self.cells.first().map(|(_, place)| place)
    }
}

/// The most problems told of one table.
const MOST: usize = 100;

/// Reads a table.
pub fn read(path: &str, bytes: &[u8], kinds: &Kinds, config: &Config) -> Table {
    let mut problems = Vec::new();
    let sheets = sheets(path, bytes, &mut problems);
    let kind = page::kind_of(path, kinds);
    let mut records = Vec::new();
    let searches: Vec<(&Sheet, Search)> =
        sheets.iter().map(|sheet| (sheet, header::find(sheet, kinds.get(kind)))).collect();
    let any = searches.iter().any(|(_, search)| matches!(search, Search::Found(..)));
    for (number, (sheet, search)) in searches.into_iter().enumerate() {
        let first = number == 0 && !any;
        match search {
            Search::Found(header, found) => {
                problems.extend(found);
                let table = records::Table { path, sheet, header: &header, kinds, kind, slugs: config.slugs };
                let (found, wrong) = table.records();
                if found.is_empty() {
                    problems.push(Problem::new("table-without-records").at(sheet.place(&header.title.span)));
                }
                records.extend(found);
                problems.extend(wrong);
            }
            Search::Nameless(row) => {
                let label = &kinds.get(kind).label;
                let problem = Problem::new("table-without-names").arg("kind_zh", &label.zh);
                problems.push(problem.arg("kind_en", &label.en).at(sheet.place_of(row, 0)));
            }
            Search::Nothing if first => {
                let label = &kinds.get(kind).label;
                let problem = Problem::new("table-without-header").arg("kind_zh", &label.zh);
                problems.push(problem.arg("kind_en", &label.en).at(whole(path, sheet)));
            }
            Search::Nothing if sheet.is_empty() => {}
            Search::Nothing => {
                let name = sheet.name.as_deref().unwrap_or_default();
                problems.push(Problem::new("table-sheet-skipped").arg("sheet", name).at(whole(path, sheet)));
            }
        }
    }
    let (mut records, wrong) = periods::join(records, kinds.get(kind));
    problems.extend(wrong);
    let name = FileName::of(path, config);
    for Record { row, .. } in &mut records {
        row.language = page::language(path, &name, &row.front, config, &mut row.problems);
    }
    few(&mut problems, &mut records);
    Table { path: path.to_owned(), records, problems }
}

/// The sheets to read.
fn sheets(path: &str, bytes: &[u8], problems: &mut Vec<Problem>) -> Vec<Sheet> {
    let fault = |fault: Fault| {
        let problem = match fault {
            Fault::Encrypted => Problem::new("table-old-workbook"),
            // The old format, and a workbook with a password, are both of this family.
            Fault::NotAnArchive if bytes.starts_with(b"\xD0\xCF\x11\xE0") => {
                Problem::new("table-old-workbook")
            }
            Fault::NotAnArchive => Problem::new("table-no-workbook"),
            Fault::Damaged => Problem::new("table-damaged"),
            Fault::TooLarge => Problem::new("table-too-large"),
        };
        problem.at(Place::file(path))
    };
    if !path.to_ascii_lowercase().ends_with(".csv") {
        return match workbook::read(path, bytes) {
            Ok(found) => found
                .into_iter()
                .filter_map(|workbook::Found { sheet, hidden }| {
                    if hidden {
                        let name = sheet.name.clone().unwrap_or_default();
                        problems.push(
                            Problem::new("table-sheet-hidden").arg("sheet", name).at(whole(path, &sheet)),
                        );
                    }
                    (!hidden).then_some(sheet)
                })
                .collect(),
            Err(found) => {
                problems.push(fault(found));
                Vec::new()
            }
        };
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        problems.push(Problem::new("table-no-csv").at(Place::file(path)));
        return Vec::new();
    }
    let decoded = decode(bytes);
    problems.extend(decoded.encoding.problem(path).filter(|_| decoded.encoding != Encoding::Gb18030));
    let read = csv::read(&decoded.text);
    if read.too_large {
        problems.push(fault(Fault::TooLarge));
        return Vec::new();
    }
    if let Some(quote) = read.open {
        problems.push(Problem::new("table-open-quote").at(Place::of(path, &decoded.text, quote)));
        return Vec::new();
    }
    vec![Sheet::new(path, None, decoded.text.into_owned(), read.cells, Vec::new())]
}

/// A whole sheet.
fn whole(path: &str, sheet: &Sheet) -> Place {
    let cell = sheet.name.clone().map(|name| Address { sheet: Some(name), address: "A1".to_owned() });
    Place { cell, ..Place::file(path) }
}

/// Keeps the first problems, errors before the rest: nobody reads a thousand.
fn few(problems: &mut Vec<Problem>, records: &mut [Record]) {
    let count = problems.len() + records.iter().map(|record| record.row.problems.len()).sum::<usize>();
    if count <= MOST {
        return;
    }
    let mut left = MOST;
    for wanted in [Level::Error, Level::Warning, Level::Hint] {
        let mut keep = |problem: &Problem| {
            level(problem) != wanted || {
                left = left.saturating_sub(1);
                left > 0
            }
        };
        problems.retain(&mut keep);
        records.iter_mut().for_each(|record| record.row.problems.retain(&mut keep));
    }
}
