//! Text of a CSV file → cells with their bytes in it.
//!
//! The separator is found out (`,` `;` tab `，`, or what a first line `sep=;` says). A field may stand in quotes, with
//! separators, line breaks and doubled quotes inside. Any text is some table.

use super::sheet::{Cell, Content};
use std::ops::Range;

/// The most cells of a table.
pub const MOST_CELLS: usize = 500_000;

const SEPARATORS: [char; 4] = [',', ';', '\t', '，'];

/// One field.
#[derive(Clone, Debug, PartialEq)]
struct Field {
    /// What it says, quotes undone.
    text: String,
    /// Its bytes, without the quotes around it.
    span: Range<usize>,
}

/// What was read.
#[derive(Debug, Default, PartialEq)]
pub struct Read {
    /// All cells that are not empty, in order.
    pub cells: Vec<Cell>,
    /// A quote that is never closed.
    pub open: Option<Range<usize>>,
    /// There are more cells than anyone's table has.
    pub too_large: bool,
}

/// Reads the whole of `text`.
pub fn read(text: &str) -> Read {
    let (separator, start) = separator(text);
    let mut records = Records { text, separator, at: start, open: None, dirty: false };
    let mut read = Read::default();
    let mut row = u32::from(start > 0);
    for record in records.by_ref() {
        row = row.saturating_add(1);
        for (column, field) in (0_u32..).zip(record) {
            if !field.text.trim().is_empty() {
                let (text, span) = (unformula(field.text), field.span);
                read.cells.push(Cell { row, column, content: Content::Text(text), span, filled: false });
            }
        }
        if read.cells.len() > MOST_CELLS {
            read.too_large = true;
            break;
        }
    }
    read.open = records.open;
    read
}

/// `="007"`, which keeps Excel from making a number of it, is `007`.
fn unformula(text: String) -> String {
    let inner = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.map(str::to_owned).unwrap_or(text)
}

/// What separates the fields, and where the table begins.
fn separator(text: &str) -> (char, usize) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(said) = rest.chars().next().filter(|said| !said.is_alphanumeric() && *said != '"')
        && rest.trim_start_matches(said).starts_with(['\r', '\n'])
    {
        return (said, text.find('\n').map_or(text.len(), |at| at + 1));
    }
    let score = |separator: char| {
        let mut records = Records { text, separator, at: 0, open: None, dirty: false };
        let widths: Vec<usize> =
            records.by_ref().take(20).map(|record| record.len()).filter(|width| *width > 1).collect();
        let same = |width: &usize| widths.iter().filter(|other| *other == width).count();
        let score = widths.iter().map(|width| (same(width), *width)).max().unwrap_or_default();
        (!records.dirty, score)
    };
    // Of equal scores the first separator wins.
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator));
    (best.unwrap_or(','), 0)
}

struct Records<'t> {
    text: &'t str,
    separator: char,
    at: usize,
    open: Option<Range<usize>>,
    /// Something stands between a closing quote and the next separator.
    dirty: bool,
}

impl Iterator for Records<'_> {
    type Item = Vec<Field>;

    /// The fields of the next line; an empty line has one empty field.
    fn next(&mut self) -> Option<Vec<Field>> {
        if self.at >= self.text.len() {
            return None;
        }
        let mut fields = Vec::new();
        loop {
            fields.push(self.field());
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.starts_with(self.separator) {
                self.at += self.separator.len_utf8();
            } else {
                self.at += if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
                return Some(fields);
            }
        }
    }
}

impl Records<'_> {
    /// The field that begins here; afterwards `at` stands on a separator, a line break or the end.
    fn field(&mut self) -> Field {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        if !rest.get(blanks..).is_some_and(|rest| rest.starts_with('"')) {
            let end = self.at + self.plain(rest);
            let span = self.at..end;
            self.at = end;
            return Field { text: self.text.get(span.clone()).unwrap_or_default().to_owned(), span };
        }
        let start = self.at + blanks + 1;
        let mut text = String::new();
        let mut at = start;
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let Some(quote) = rest.find('"') else {
                self.open.get_or_insert(start - 1..start);
                text.push_str(rest);
                self.at = self.text.len();
                return Field { text, span: start..self.at };
            };
            text.push_str(rest.get(..quote).unwrap_or_default());
            at += quote + 1;
            if !self.text.get(at..).is_some_and(|rest| rest.starts_with('"')) {
                break;
            }
            text.push('"');
            at += 1;
        }
        let span = start..at - 1;
        let rest = self.text.get(at..).unwrap_or_default();
        let more = self.plain(rest);
        let rest = rest.get(..more).unwrap_or_default().trim_end();
        self.dirty |= !rest.is_empty();
        text.push_str(rest);
        self.at = at + more;
        Field { text, span }
    }

    /// The length of what comes before the next separator or line break.
    fn plain(&self, rest: &str) -> usize {
        rest.find([self.separator, '\r', '\n']).unwrap_or(rest.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(text: &str) -> Vec<(u32, u32, String)> {
        let shown = |cell: Cell| (cell.row, cell.column, cell.content.shown());
        read(text).cells.into_iter().map(shown).collect()
    }

    fn cells(expected: &[(u32, u32, &str)]) -> Vec<(u32, u32, String)> {
        expected.iter().map(|(row, column, text)| (*row, *column, (*text).to_owned())).collect()
    }

    #[test]
    fn fields_are_read() {
        let all = cells(&[(1, 0, "村名"), (1, 1, "人口"), (2, 0, "庆乐村"), (2, 1, "42")]);
        for text in [
            "村名,人口\n庆乐村,42",
            "村名;人口\r\n庆乐村;42\r\n",
            "村名\t人口\n庆乐村\t42\n",
            "村名，人口\n庆乐村，42\n",
            "\"村名\",\"人口\"\n\"庆乐村\", \"42\"\n",
        ] {
            assert_eq!(table(text), all, "{text}");
        }
        assert_eq!(
            table("a,b\n\n,\"x, \"\"y\"\"\nz\"\n"),
            cells(&[(1, 0, "a"), (1, 1, "b"), (3, 1, "x, \"y\"\nz")])
        );
        assert_eq!(table("sep=;\na;b"), cells(&[(2, 0, "a"), (2, 1, "b")]));
        assert_eq!(table("a,=\"007\""), cells(&[(1, 0, "a"), (1, 1, "007")]));
        assert_eq!(table(""), []);
    }

    #[test]
    fn chinese_commas_inside_do_not_separate() {
        let text = "村名,简介\n庆乐村,山好，水好，人好\n联桂村,花多，果多，路宽\n";
        assert_eq!(read(text).cells.len(), 6);
    }

    #[test]
    fn an_open_quote_is_told() {
        assert_eq!(read("a,b\n\"c,d\n").open, Some(4..5));
        assert_eq!(read("a,b\n\"c\",d\n").open, None);
    }

    proptest! {
        #[test]
        fn any_text_is_some_table(text in "[,;\t\"，a村\r\n sep=]{0,60}") {
            for cell in read(&text).cells {
                prop_assert!(text.get(cell.span).is_some());
            }
        }

        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a村\", \n;]{0,6}x", 2..5), 1..6)) {
            let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
            let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",");
            let text = rows.iter().map(line).collect::<Vec<_>>().join("\r\n");
            let mut expected = Vec::new();
            for (row, fields) in (1..).zip(&rows) {
                expected.extend((0..).zip(fields).map(|(column, field)| (row, column, field.clone())));
            }
            prop_assert_eq!(table(&text), expected);
        }
    }
}
