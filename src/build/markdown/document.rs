//! A body as a list of pieces: the one reading that facts and HTML share.
//!
//! In: the swapped body. Out: pieces that refer to links, images, headings and components by their number, with
//! addresses linked, breaks between Han characters dropped, footnotes moved to the end and numbered.
//! Pieces are balanced like the parser's events; everything is one pass over them, so nesting costs no stack.

use super::faults::Fault;
use super::reader::Reader;
use super::swap::Swapped;
use super::types::{Component, Heading, Image, Link, Options};
use pulldown_cmark::{CowStr, Options as Syntax, Parser, Tag, TagEnd};
use std::ops::Range;

/// A piece of a document.
pub(super) enum Piece<'a> {
    Open(Tag<'a>),
    Close(TagEnd),
    Text(CowStr<'a>),
    Code(CowStr<'a>),
    Html(CowStr<'a>),
    SoftBreak,
    HardBreak,
    Rule,
    Task(bool),
    CodeBlock {
        language: Option<String>,
        text: String,
    },
    /// The number of a heading, its classes.
    Heading(usize, Vec<CowStr<'a>>),
    HeadingEnd(usize),
    Link(usize),
    LinkEnd,
    Image(usize),
    Component(usize),
    /// A paragraph of images only begins or ends.
    Figures,
    /// A reference not yet numbered.
    Reference(CowStr<'a>),
    /// A footnote's number, and how many references to it came before.
    Numbered(usize, usize),
    Footnotes,
    FootnotesEnd,
    Footnote(usize),
    /// A footnote's number, and how many references it has.
    FootnoteEnd(usize, usize),
}

/// A footnote before it is numbered.
pub(super) struct Definition<'a> {
    pub name: CowStr<'a>,
    pub span: Range<usize>,
    pub pieces: Vec<Piece<'a>>,
}

/// A body, read.
#[derive(Default)]
pub(super) struct Document<'a> {
    pub pieces: Vec<Piece<'a>>,
    pub headings: Vec<Heading>,
    pub links: Vec<Link>,
    pub images: Vec<Image>,
    pub components: Vec<Component>,
    pub footnotes: usize,
    pub raw_html: bool,
    pub faults: Vec<Fault>,
}

impl<'a> Document<'a> {
    /// Reads a body.
    pub fn read(body: &'a str, swapped: &'a Swapped<'a>, options: &Options) -> Self {
        let mut syntax = Syntax::empty();
        if options.gfm || options.extensions {
            syntax |= Syntax::ENABLE_TABLES | Syntax::ENABLE_STRIKETHROUGH | Syntax::ENABLE_TASKLISTS;
        }
        if options.extensions {
            syntax |= Syntax::ENABLE_FOOTNOTES
                | Syntax::ENABLE_HEADING_ATTRIBUTES
                | Syntax::ENABLE_GFM
                | Syntax::ENABLE_DEFINITION_LIST
                | Syntax::ENABLE_WIKILINKS;
        }
        let mut reader = Reader::new(body, swapped, options);
        for (event, span) in Parser::new_ext(&swapped.text, syntax).into_offset_iter() {
            reader.event(event, span);
        }
        reader.finish()
    }
}
