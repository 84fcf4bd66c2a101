//! What a page is made of, in pieces that a person can be told of: why it was rendered anew.

use crate::digest::PARTS;

/// A piece of a page's recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says what it is")]
pub enum Piece {
    Program,
    Templates,
    Address,
    Site,
    Words,
    Assets,
    Feeds,
    Head,
    Ancestors,
    Face,
    Article,
    Neighbours,
    Backlinks,
    Related,
    Photos,
    Attachments,
    Section,
    Paginator,
    Lists,
    Rest,
}

/// All pieces, by number.
const ALL: [Piece; PARTS] = [
    Piece::Program,
    Piece::Templates,
    Piece::Address,
    Piece::Site,
    Piece::Words,
    Piece::Assets,
    Piece::Feeds,
    Piece::Head,
    Piece::Ancestors,
    Piece::Face,
    Piece::Article,
    Piece::Neighbours,
    Piece::Backlinks,
    Piece::Related,
    Piece::Photos,
    Piece::Attachments,
    Piece::Section,
    Piece::Paginator,
    Piece::Lists,
    Piece::Rest,
];

impl Piece {
    /// The piece with this number.
    pub fn at(number: usize) -> Piece {
        ALL.get(number).copied().unwrap_or(Piece::Rest)
    }

    /// Its number among the parts of a digest.
    pub(super) fn number(self) -> usize {
        self as usize
    }

    /// The piece to which a name of a context belongs.
    pub(super) fn of(name: &str) -> Piece {
        match name {
            "site" => Piece::Site,
            "words" => Piece::Words,
            "assets" => Piece::Assets,
            "feeds" => Piece::Feeds,
            "layout" | "current" | "absolute" | "section_key" | "translations" => Piece::Head,
            "ancestors" => Piece::Ancestors,
            "page" => Piece::Face,
            "section" => Piece::Section,
            "paginator" | "term" | "terms" => Piece::Paginator,
            "lists" => Piece::Lists,
            _ => Piece::Rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_at_their_numbers() {
        for (number, piece) in ALL.into_iter().enumerate() {
            assert_eq!((piece.number(), Piece::at(number)), (number, piece));
        }
    }
}
