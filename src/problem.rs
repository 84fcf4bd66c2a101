//! Faults as values: what a user can get wrong, where it stands, and in which words it is told.
//!
//! A stage returns its value and `Vec<Problem>`; the words for a code live in [`crate::messages`].
//! A problem carries the line it speaks of, so that it can be kept in the memo and told again without the file.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// How much a problem weighs: an error keeps the build from publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Nothing is published.
    Error,
    /// Published; an error under `--strict`.
    Warning,
    /// Advice.
    Hint,
}

/// A position in a file of the site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Path relative to the site's root, with `/`.
    pub file: String,
    /// Line, from 1; 0 when the whole file is meant.
    pub line: u32,
    /// Column in characters, from 1; 0 when the whole file is meant.
    pub column: u32,
    /// The cell of a table. In a sheet of a workbook, which has no lines of text, `line` and `column` count its cells.
    pub cell: Option<Cell>,
    /// The line itself, for showing.
    pub excerpt: Option<Excerpt>,
    /// The bytes meant, in a file whose text is not at hand: its line is looked up when the problem is told.
    pub span: Option<(u32, u32)>,
}

/// A place kept small: rows hold many of them, and few are ever told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spot {
    /// Bytes of the decoded text of the row's own file.
    Text(u32, u32),
    /// Somewhere else: a cell of a table.
    Cell(Box<Place>),
}

impl Spot {
    /// A byte range of the row's own file.
    pub fn of(span: &Range<usize>) -> Self {
        let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Spot::Text(small(span.start), small(span.end))
    }

    /// The place in `file`, the row's own.
    pub fn place(&self, file: &str) -> Place {
        match self {
            Spot::Text(start, end) => Place { span: Some((*start, *end)), ..Place::file(file) },
            Spot::Cell(place) => (**place).clone(),
        }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// The sheet of the workbook; none in a text file.
    pub sheet: Option<String>,
    /// As spreadsheets name it: `C7`.
    pub address: String,
}

/// One source line and the part of it that is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Excerpt {
    /// The line without its line break, shortened to a window around the fault when it is long.
    pub text: String,
    /// Start of the marked part, in bytes of `text`.
    pub start: usize,
    /// End of the marked part, in bytes of `text`.
    pub end: usize,
}

/// The longest piece of a line that an excerpt keeps before and after the fault, in bytes.
const WINDOW: usize = 160;

impl Place {
    /// The whole of a file.
    pub fn file(file: impl Into<String>) -> Self {
        Place { file: file.into(), line: 0, column: 0, cell: None, excerpt: None, span: None }
    }

    /// The byte range `span` of `text`, which is the (decoded) content of `file`.
    /// A range outside `text`, or not on character borders, is moved to the nearest one inside.
    pub fn of(file: impl Into<String>, text: &str, span: Range<usize>) -> Self {
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line_end = if text[line_start..line_end].ends_with('\r') { line_end - 1 } else { line_end };
        let start = start.min(line_end);
        let end = text.floor_char_boundary(span.end.clamp(start, line_end));
        let from = text.ceil_char_boundary(start.saturating_sub(WINDOW).max(line_start));
        let to = text.floor_char_boundary((end.min(start + WINDOW) + WINDOW).min(line_end)).max(start);
        Place {
            file: file.into(),
            line: count(memchr::memchr_iter(b'\n', &text.as_bytes()[..line_start]).count()),
            column: count(text[line_start..start].chars().count()),
            cell: None,
            excerpt: Some(Excerpt {
                text: text[from..to].to_owned(),
                start: start - from,
                end: end.min(to) - from,
            }),
            span: None,
        }
    }

    /// The place with its line, if it was not looked up yet; `text` is the decoded content of its file.
    #[must_use]
    pub fn found_in(self, text: &str) -> Self {
        match self.span {
            Some((start, end)) => Place::of(self.file, text, start as usize..end as usize),
            None => self,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "{sheet}!{}", self.address),
            None => f.write_str(&self.address),
        }
    }
}

/// `file:line:column`, as editors and terminals open it; `file!Sheet1!C7` for a cell of a workbook.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cell {
            Some(cell) if cell.sheet.is_some() => write!(f, "{}!{cell}", self.file),
            _ if self.line == 0 => f.write_str(&self.file),
            Some(cell) => write!(f, "{}:{}:{} ({cell})", self.file, self.line, self.column),
            None => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

/// A position from 1 out of a number of things before it.
fn count(before: usize) -> u32 {
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}

/// Something a user can mend, with everything needed to say it in either language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// Where; problems sort by place first.
    pub place: Option<Place>,
    /// A key of `src/messages/problems/*.toml`.
    pub code: Cow<'static, str>,
    /// Values for the `{name}` slots of the message.
    pub args: Vec<(Cow<'static, str>, String)>,
    /// A nearby word that was probably meant.
    pub suggestion: Option<String>,
}

impl Problem {
    /// A problem with the code of an entry in `src/messages/problems/`.
    pub fn new(code: &'static str) -> Self {
        Problem { place: None, code: Cow::Borrowed(code), args: Vec::new(), suggestion: None }
    }

    /// Fills the slot `{name}` of the message.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((Cow::Borrowed(name), value.to_string()));
        self
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds "did you mean …" for the nearest of `candidates`, if one is near.
    #[must_use]
    pub fn suggest<'a>(mut self, wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        self.suggestion = nearest(wrong, candidates);
        self
    }
}

/// The candidate nearest to `wrong`, if it is near enough to be a slip of the pen.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wrong = wrong.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wrong, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, candidate)| {
            // Chinese names are short: 党员人数 and 党员数 share three of four characters.
            *likeness >= if candidate.is_ascii() { 0.8 } else { 0.6 }
        })
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_counts_lines_and_columns_in_characters() {
        let place = Place::of("a.md", "一\r\n标题 = 3\r\n", 5..11);
        assert_eq!((place.line, place.column), (2, 1));
        let excerpt = place.excerpt.unwrap();
        assert_eq!(&excerpt.text[excerpt.start..excerpt.end], "标题");
        assert_eq!(excerpt.text, "标题 = 3");
    }

    #[test]
    fn places_are_told() {
        let mut place = Place::of("a.csv", "村名\n庆乐村", 7..16);
        assert_eq!(place.to_string(), "a.csv:2:1");
        place.cell = Some(Cell { sheet: None, address: "A2".into() });
        assert_eq!(place.to_string(), "a.csv:2:1 (A2)");
        place.cell = Some(Cell { sheet: Some("表 1".into()), address: "A2".into() });
        assert_eq!(place.to_string(), "a.csv!表 1!A2");
        assert_eq!(Place::file("a.csv").to_string(), "a.csv");
    }

    #[test]
    fn place_survives_any_range() {
        let text = "庆乐村\n\n联桂村";
        for start in 0..30 {
            for end in 0..30 {
                let excerpt = Place::of("a", text, Range { start, end }).excerpt.unwrap();
                assert!(excerpt.text.get(excerpt.start..excerpt.end).is_some());
            }
        }
    }

    #[test]
    fn long_lines_are_cut_to_a_window() {
        let text = "村".repeat(100_000);
        let excerpt = Place::of("a", &text, 150_000..150_003).excerpt.unwrap();
        assert!(excerpt.text.len() < 3 * WINDOW);
    }

    #[test]
    fn spots_are_looked_up_when_told() {
        let place = Spot::of(&(5..11)).place("a.md");
        assert_eq!(place.line, 0);
        assert_eq!(place.found_in("一\r\n标题 = 3\r\n"), Place::of("a.md", "一\r\n标题 = 3\r\n", 5..11));
        let cell = Place { line: 3, ..Place::file("a.csv") };
        assert_eq!(Spot::Cell(Box::new(cell.clone())).place("a.md"), cell);
    }

    #[test]
    fn nearest_word_is_suggested() {
        assert_eq!(nearest("tilte", ["date", "title"]), Some("title".into()));
        assert_eq!(nearest("党员人数", ["户数", "党员数"]), Some("党员数".into()));
        assert_eq!(nearest("xyz", ["title"]), None);
    }
}
