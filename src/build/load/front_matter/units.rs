//! Units that a page tells in a field of their own (`unit_in` of a kind file): an indicator's 次, 万元, 平方公里.
//!
//! In come the entries of the front matter; a number asks in what it is counted. Where the page names no unit, the word
//! behind its first number does, and becomes the value of that field.

use crate::kinds::tree::{Entry, What};
use crate::kinds::{Field, Kind, Type, Value, fold, is_redacted};

/// The longest word behind a number that can be a unit, in characters (平方公里/户).
const LONGEST: usize = 10;

/// The units of one page.
#[derive(Default)]
pub(super) struct Units {
    /// The field that holds the unit, the unit, and whether the page names it itself.
    known: Vec<(String, String, bool)>,
}

impl Units {
    /// What the page names itself. A withheld unit is none.
    pub fn of(kind: &Kind, entries: &[Entry]) -> Self {
        let mut units = Units::default();
        for holder in parts(&kind.fields).filter_map(|field| field.unit_in.as_deref()) {
            let Some(field) = kind.field(holder).filter(|_| units.get(holder).is_none()) else { continue };
            let written = entries.iter().find(|entry| field.answers_to(&fold(&entry.key)));
            if let Some(Entry { value: node, .. }) = written
                && let What::Text(unit) = &node.what
                && !unit.trim().is_empty()
                && !is_redacted(unit)
            {
                units.known.push((holder.to_owned(), unit.trim().to_owned(), true));
            }
        }
        units
    }

    /// The unit that the field `holder` holds.
    pub fn get(&self, holder: &str) -> Option<&str> {
        self.known.iter().find(|(own, ..)| own == holder).map(|(_, unit, _)| unit.as_str())
    }

    /// Keeps the word behind a number as the unit, if it can be one.
    pub fn learn(&mut self, holder: &str, unit: &str) -> bool {
        let fits = unit.chars().count() <= LONGEST && !unit.chars().any(|c| c.is_ascii_digit());
        if fits {
            self.known.push((holder.to_owned(), unit.to_owned(), false));
        }
        fits
    }

    /// What was learnt, as values of the fields of `kind`, by place.
    pub fn learnt(self, kind: &Kind) -> impl Iterator<Item = (usize, Value)> {
        let learnt = self.known.into_iter().filter(|(_, _, named)| !named);
        learnt.filter_map(|(holder, unit, _)| Some((kind.field_index(&holder)?, Value::Text(unit))))
    }
}

/// The fields with those of their records.
fn parts(fields: &[Field]) -> impl Iterator<Item = &Field> {
    let numbers = |field: &&Field| *field.ty.item() == Type::Decimal;
    fields.iter().chain(fields.iter().flat_map(|field| &field.fields)).filter(numbers)
}
