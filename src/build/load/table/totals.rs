//! Rows of sums: 合计, 小计 and the like are no records, and their numbers should be true.

use super::header::{Column, field_of};
use super::names::Slot;
use super::sheet::{Content, Sheet, plain, settled};
use crate::kinds::{Kind, Type};
use crate::problem::Problem;
use unicode_normalization::UnicodeNormalization;

/// What a row of sums counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// All records above.
    All,
    /// The records since the last row of sums.
    Part,
    /// No sum: averages, shares.
    Other,
}

/// The words for sums, with what they count.
const WORDS: [(&str, Total); 11] = [
    ("合计", Total::All),
    ("总计", Total::All),
    ("共计", Total::All),
    ("总合计", Total::All),
    ("全镇合计", Total::All),
    ("总", Total::All),
    ("total", Total::All),
    ("小计", Total::Part),
    ("subtotal", Total::Part),
    ("平均", Total::Other),
    ("平均值", Total::Other),
];

/// Whether `name` is that of a row of sums.
pub fn of_name(name: &str) -> Option<Total> {
    let name: String = name.nfkc().filter(|c| !c.is_whitespace()).collect();
    let name = name.to_lowercase();
    let (_, total) = WORDS.iter().find(|(word, _)| {
        let rest = name.strip_prefix(word);
        rest.is_some_and(|rest| {
            rest.is_empty()
                || rest.starts_with(['(', ':', '['])
                || rest.starts_with(|c: char| c.is_ascii_digit())
        })
    })?;
    Some(*total)
}

/// The numbers of the records so far.
#[derive(Debug)]
pub struct Sums {
    columns: Vec<Sum>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    all: f64,
    part: f64,
    /// Something in the column cannot be added.
    unknown: bool,
}

/// The number in a cell, with its unit.
fn number(content: &Content) -> Option<(f64, String)> {
    match content {
        Content::Number(value, unit) => Some((*value, unit.clone())),
        Content::Text(text) => {
            let text: String = text.trim().nfkc().filter(|c| *c != ',').collect();
            let end = text.find(|c: char| !(c.is_ascii_digit() || ".+-".contains(c))).unwrap_or(text.len());
            let (digits, unit) = text.split_at_checked(end)?;
            Some((digits.parse().ok()?, unit.trim().to_owned()))
        }
        _ => None,
    }
}

impl Sums {
    /// For the columns of a header.
    pub fn new(columns: &[Column]) -> Self {
        Sums { columns: vec![Sum::default(); columns.len()] }
    }

    /// Counts the cells of a record.
    pub fn add(&mut self, sheet: &Sheet, columns: &[Column], row: u32) {
        for (sum, column) in self.columns.iter_mut().zip(columns) {
            let Some(cell) = sheet.get(row, column.column).filter(|cell| !cell.filled) else { continue };
            match number(&cell.content) {
                Some((value, unit)) if unit.is_empty() || !unit.starts_with(['万', '亿']) => {
                    sum.all += value;
                    sum.part += value;
                }
                _ if cell.content.is_empty() => {}
                _ => sum.unknown = true,
            }
        }
    }

    /// Compares a row of sums with what was counted.
    pub fn check(
        &mut self,
        sheet: &Sheet,
        kind: &Kind,
        columns: &[Column],
        row: u32,
        total: Total,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (sum, column) in self.columns.iter_mut().zip(columns) {
            let wanted = match total {
                Total::All => sum.all,
                Total::Part => std::mem::take(&mut sum.part),
                Total::Other => continue,
            };
            if sum.unknown || !adds_up(kind, column) {
                continue;
            }
            let Some(cell) = sheet.get(row, column.column).filter(|cell| !cell.filled) else { continue };
            let Some((found, unit)) = number(&cell.content) else { continue };
            let digits = plain(found).split_once('.').map_or(0, |(_, digits)| digits.len());
            let last_digit =
                if digits == 0 { 0.0 } else { 0.5 * 10_f64.powi(-i32::try_from(digits).unwrap_or(9)) };
            let near = (found - wanted).abs() <= last_digit + 1e-9 * wanted.abs().max(1.0);
            if !near && !unit.starts_with(['万', '亿', '%']) {
                let key = field_of(kind, &column.slot).map_or(&column.key, |field| &field.label.zh);
                problems.push(
                    Problem::new("table-total-differs")
                        .arg("key", key)
                        .arg("sum", plain(settled(wanted)))
                        .arg("found", plain(found))
                        .at(sheet.place_of(row, column.column)),
                );
            }
        }
        problems
    }
}

/// Whether numbers of a column mean something when added: counts and amounts, no shares, ranks and years.
fn adds_up(kind: &Kind, column: &Column) -> bool {
    let field = match field_of(kind, &column.slot) {
        Some(field) => field.fields.first().filter(|_| *field.ty.item() == Type::Record).unwrap_or(field),
        None => return false,
    };
    // What an indicator counts differs from row to row.
    let same_unit = field.unit.is_some() || field.ty == Type::Money;
    matches!(field.ty, Type::Int | Type::Decimal | Type::Money)
        && field.choices.is_empty()
        && same_unit
        && !matches!(column.slot, Slot::Period(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_sums_are_known() {
        for name in ["合计", "合　计", " 总 计 ", "合计（6个村）", "合计：", "总", "Total"] {
            assert_eq!(of_name(name), Some(Total::All), "{name}");
        }
        assert_eq!(of_name("小计"), Some(Total::Part));
        assert_eq!(of_name("平均"), Some(Total::Other));
        for name in ["总支部", "合计村", "庆乐村", ""] {
            assert_eq!(of_name(name), None, "{name}");
        }
    }
}
