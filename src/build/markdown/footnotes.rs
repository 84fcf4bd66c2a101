//! Moves footnotes to the end of the document and numbers them in the order of their first reference.
//!
//! A reference inside a footnote counts when that footnote is shown. Footnotes without a reference are left out and told.

use super::document::{Definition, Document, Piece};
use super::faults::{Fault, FaultKind};
use std::collections::BTreeMap;

/// Numbers the references in `document` and puts the footnotes behind it.
pub(super) fn place<'a>(document: &mut Document<'a>, definitions: Vec<Definition<'a>>) {
    if definitions.is_empty() {
        return;
    }
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (index, definition) in definitions.iter().enumerate() {
        known.entry(definition.name.to_lowercase()).or_insert(index);
    }
    let mut state = Numbers { known, order: Vec::new(), numbers: BTreeMap::new(), references: Vec::new() };
    state.number(&mut document.pieces);
    let mut bodies: Vec<Option<Definition>> = definitions.into_iter().map(Some).collect();
    let mut shown: Vec<Vec<Piece>> = Vec::new();
    // `order` grows while footnotes refer to footnotes.
    while let Some(definition) = state.order.get(shown.len()).and_then(|index| bodies.get_mut(*index)?.take())
    {
        let mut pieces = definition.pieces;
        state.number(&mut pieces);
        shown.push(pieces);
    }
    for definition in bodies.into_iter().flatten() {
        let kind = FaultKind::UnusedFootnote(definition.name.into_string());
        document.faults.push(Fault { kind, span: definition.span });
    }
    document.footnotes = shown.len();
    if shown.is_empty() {
        return;
    }
    document.pieces.push(Piece::Footnotes);
    for (index, pieces) in shown.into_iter().enumerate() {
        document.pieces.push(Piece::Footnote(index + 1));
        document.pieces.extend(pieces);
        let references = state.references.get(index).copied().unwrap_or_default();
        document.pieces.push(Piece::FootnoteEnd(index + 1, references));
    }
    document.pieces.push(Piece::FootnotesEnd);
}

struct Numbers {
    /// Index of the definition of a name.
    known: BTreeMap<String, usize>,
    /// Definitions by number.
    order: Vec<usize>,
    /// Number of a definition.
    numbers: BTreeMap<usize, usize>,
    /// How often each number is referred to.
    references: Vec<usize>,
}

impl Numbers {
    fn number(&mut self, pieces: &mut [Piece]) {
        for piece in pieces {
            let Piece::Reference(name) = piece else { continue };
            let Some(&definition) = self.known.get(&name.to_lowercase()) else { continue };
            let number = *self.numbers.entry(definition).or_insert_with(|| {
                self.order.push(definition);
                self.references.push(0);
                self.order.len()
            });
            if let Some(seen) = self.references.get_mut(number - 1) {
                *piece = Piece::Numbered(number, *seen);
                *seen += 1;
            }
        }
    }
}
