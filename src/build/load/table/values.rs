//! A cell → the node that front matter's checks understand: lists split, units written out, serial numbers made days.

use super::format::serial;
use super::sheet::{Cell, Content, Sheet, plain};
use crate::kinds::tree::{Entry, Node, What};
use crate::kinds::{Date, Field, Type, is_redacted};
use crate::problem::Problem;
use std::ops::Range;

/// What a column wants its cells to be.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'k> {
    /// The type.
    pub ty: &'k Type,
    /// Parts, if it is a record.
    pub parts: &'k [Field],
    /// The unit that a bare number is counted in, where it must be said.
    pub unit: Option<&'k str>,
}

impl<'k> Wish<'k> {
    /// What a field wants.
    pub fn of(field: &'k Field, unit: Option<&'k str>) -> Self {
        Wish { ty: &field.ty, parts: &field.fields, unit }
    }

    fn single(self) -> Self {
        Wish { ty: self.ty.item(), ..self }
    }

    /// What plain words stand for: the first part of a record, or the thing itself.
    fn plain(self) -> Self {
        match (self.ty.item(), self.parts.first()) {
            (Type::Record, Some(first)) => Wish { unit: self.unit, ..Wish::of(first, self.unit) },
            _ => self,
        }
    }
}

/// Reads the cells of one sheet.
pub struct Reader<'s> {
    sheet: &'s Sheet,
    /// What was found wrong.
    pub problems: Vec<Problem>,
}

/// What people write where there is nothing.
const DASHES: [&str; 8] = ["-", "－", "—", "——", "–", "/", "\\", "无"];

impl<'s> Reader<'s> {
    /// For the cells of `sheet`.
    pub fn new(sheet: &'s Sheet) -> Self {
        Reader { sheet, problems: Vec::new() }
    }

    fn tell(&mut self, problem: Problem, span: &Range<usize>) {
        self.problems.push(problem.at(self.sheet.place(span)));
    }

    /// What a cell says; none when it is empty or cannot be used.
    pub fn node(&mut self, wish: Wish<'_>, cell: &Cell) -> Option<Node> {
        let what = match &cell.content {
            Content::Text(text) => return self.text(wish, cell, text),
            Content::Error(error) => {
                self.tell(Problem::new("table-error-cell").arg("value", error), &cell.span);
                return None;
            }
            Content::Uncalculated => {
                self.tell(Problem::new("table-formula-uncalculated"), &cell.span);
                return None;
            }
            Content::Bool(yes) => What::Bool(*yes),
            Content::Date(date, _) if *wish.plain().ty.item() == Type::Date => What::Moment(*date, None),
            Content::Date(..) => What::Text(cell.content.shown()),
            Content::Number(value, unit) => self.number(wish.plain().single(), *value, unit, &cell.span),
        };
        Some(Node { what, span: cell.span.clone() })
    }

    fn number(&mut self, wish: Wish<'_>, value: f64, unit: &str, span: &Range<usize>) -> What {
        let text = || What::Text(format!("{}{unit}", plain(value)));
        match (wish.ty, wish.unit) {
            (Type::Date, _) if unit.is_empty() => {
                let tenths = (value * 10.0).round() / 10.0;
                if (1900.0..2200.0).contains(&value)
                    && plain(tenths).ends_with(".1")
                    && plain(value) == plain(tenths)
                {
                    self.tell(Problem::new("table-month-lost").arg("value", plain(value)), span);
                    return What::Null;
                }
                day_of(value, self.sheet.from_1904)
            }
            (Type::Int | Type::Decimal | Type::Money, Some(counted)) if unit.is_empty() => {
                What::Text(format!("{}{counted}", plain(value)))
            }
            (Type::Percent, None) if unit.is_empty() && value.abs() < 1.0 && value != 0.0 => {
                let problem = Problem::new("table-percent-fraction");
                let problem = problem.arg("value", plain(value)).arg("meant", plain(value * 100.0));
                self.tell(problem, span);
                What::Float(value)
            }
            (Type::Int | Type::Decimal | Type::Money | Type::Percent, _) if unit.is_empty() => bare(value),
            _ => text(),
        }
    }

    fn text(&mut self, wish: Wish<'_>, cell: &Cell, text: &str) -> Option<Node> {
        let words = text.trim();
        if words.is_empty() || (*wish.ty.item() != Type::Text && DASHES.contains(&words)) {
            return None;
        }
        let from = text.len() - text.trim_start().len();
        // Quotes inside a quoted CSV field shift what follows; then the whole cell is shown.
        let exact = self.sheet.text.get(cell.span.clone()) == Some(text);
        let piece = Piece { text, exact, cell: &cell.span };
        Some(self.words(wish, &piece, from..from + words.len()))
    }

    fn words(&mut self, wish: Wish<'_>, piece: &Piece<'_>, at: Range<usize>) -> Node {
        let words = piece.words(&at);
        let span = piece.span(&at);
        let what = match wish.ty {
            Type::List(item) => {
                let loose = !matches!(**item, Type::Text | Type::Record);
                let pieces = split(words, |c| match **item {
                    Type::Record => "；;\n".contains(c),
                    _ => "、；;\n".contains(c) || (loose && "，,".contains(c)),
                });
                let inner = pieces.into_iter().map(|inner| at.start + inner.start..at.start + inner.end);
                What::List(inner.map(|inner| self.words(wish.single(), piece, inner)).collect())
            }
            Type::Record => return self.record(wish, piece, at),
            Type::Date => match words.parse::<u32>() {
                Ok(days @ 10_000..=99_999) => day_of(f64::from(days), self.sheet.from_1904),
                _ => match Date::parse(words) {
                    // Midnight is what programs write when they mean the day.
                    Ok((date, None)) if date.time == Some((0, 0)) => {
                        What::Moment(Date { time: None, ..date }, None)
                    }
                    _ => What::Text(words.to_owned()),
                },
            },
            Type::Bool => match words {
                "√" | "✓" | "✔" => What::Bool(true),
                "×" | "✗" | "✘" => What::Bool(false),
                _ => What::Text(words.to_owned()),
            },
            Type::Int | Type::Decimal | Type::Money => {
                let counted = wish.unit.filter(|_| words.ends_with(|c: char| c.is_numeric()));
                What::Text(format!("{words}{}", counted.unwrap_or_default()))
            }
            _ => What::Text(words.to_owned()),
        };
        Node { what, span }
    }

    /// `五星级：1`: the parts of a record in their order; a part of the wrong sort is passed over.
    fn record(&mut self, wish: Wish<'_>, piece: &Piece<'_>, at: Range<usize>) -> Node {
        let words = piece.words(&at);
        let span = piece.span(&at);
        let parts =
            if words.contains("://") { Vec::new() } else { split(words, |c| "：:；;\n".contains(c)) };
        if parts.len() < 2 {
            return match wish.parts.first() {
                Some(_) if is_redacted(words) => Node { what: What::Text(words.to_owned()), span },
                Some(_) => self.words(wish.plain(), piece, at),
                None => Node { what: What::Text(words.to_owned()), span },
            };
        }
        let mut entries: Vec<Entry> = Vec::new();
        let mut next = 0;
        for inner in parts {
            let inner = at.start + inner.start..at.start + inner.end;
            let rest = wish.parts.get(next..).unwrap_or_default();
            let fits = rest.iter().enumerate().position(|(ahead, field)| {
                let later = rest.get(ahead + 1..).unwrap_or_default();
                accepts(field, piece.words(&inner), later, next + ahead == 0)
            });
            let Some(field) = wish.parts.get(next + fits.unwrap_or(0)) else {
                let names =
                    wish.parts.iter().map(|part| part.label.zh.as_str()).collect::<Vec<_>>().join("：");
                let problem =
                    Problem::new("table-record-parts").arg("value", piece.words(&inner)).arg("parts", names);
                self.tell(problem, &piece.span(&inner));
                break;
            };
            next += fits.unwrap_or(0) + 1;
            let key_span = piece.span(&inner);
            let value = self.words(Wish::of(field, None), piece, inner);
            entries.push(Entry { key: field.key.clone(), key_span, value });
        }
        Node { what: What::Map(entries), span }
    }
}

/// Words of a cell.
struct Piece<'c> {
    text: &'c str,
    /// Whether `text` stands in the sheet's text just so.
    exact: bool,
    cell: &'c Range<usize>,
}

impl Piece<'_> {
    fn words(&self, at: &Range<usize>) -> &str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    fn span(&self, at: &Range<usize>) -> Range<usize> {
        if self.exact { self.cell.start + at.start..self.cell.start + at.end } else { self.cell.clone() }
    }
}

/// Whether words can be the value of a part. `later` are the parts behind it.
fn accepts(part: &Field, words: &str, later: &[Field], first: bool) -> bool {
    let numeric = || {
        let digits = words.trim_start_matches(['+', '-', '¥', '￥']);
        digits.starts_with(|c: char| c.is_numeric() || "一二三四五六七八九".contains(c)) || is_redacted(words)
    };
    match part.ty.item() {
        Type::Date => Date::parse(words).is_ok() || is_redacted(words),
        Type::Int | Type::Decimal | Type::Percent | Type::Money => numeric(),
        // “全国文明村：2024”: the year is no level.
        Type::Text if !first => {
            Date::parse(words).is_err() || !later.iter().any(|other| *other.ty.item() == Type::Date)
        }
        _ => true,
    }
}

/// The pieces between separators, trimmed, without empty ones.
fn split(words: &str, separates: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for piece in words.split_inclusive(&separates) {
        let inner = piece.strip_suffix(&separates).unwrap_or(piece);
        let from = start + inner.len() - inner.trim_start().len();
        let trimmed = inner.trim();
        if !trimmed.is_empty() {
            found.push(from..from + trimmed.len());
        }
        start += piece.len();
    }
    found
}

/// A bare number: whole ones as such.
fn bare(value: f64) -> What {
    #[expect(clippy::cast_possible_truncation, reason = "within 2^53 and without a fraction")]
    if value.fract() == 0.0 && value.abs() < 9e15 { What::Int(value as i64) } else { What::Float(value) }
}

/// A number in a column of days: five digits are a serial number, else a year, or a day written together.
fn day_of(value: f64, from_1904: bool) -> What {
    let days = (10_000.0..100_000.0).contains(&value).then(|| serial(value, from_1904)).flatten();
    days.map_or_else(|| bare(value), |date| What::Moment(date, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(words: &str) -> Vec<&str> {
        split(words, |c| "、；\n".contains(c)).into_iter().map(|at| &words[at]).collect()
    }

    #[test]
    fn lists_are_split() {
        assert_eq!(pieces("沃柑、 李子；\n花木、"), ["沃柑", "李子", "花木"]);
        assert_eq!(pieces("沃柑"), ["沃柑"]);
        assert_eq!(pieces("、；"), [""; 0]);
    }

    #[test]
    fn days_are_told_from_years() {
        assert_eq!(day_of(2025.0, false), What::Int(2025));
        assert_eq!(day_of(20_251_122.0, false), What::Int(20_251_122));
        assert_eq!(day_of(45_000.0, false), What::Moment(Date::parse("2023-03-15").unwrap().0, None));
    }
}
