//! HTML with gaps: a body is read once, when its file is, and what the rest of the site decides is put in later.
//!
//! In: a document, as [`super::press`] reads it. Out: a [`Fragment`], which becomes with the caller's slots exactly the
//! HTML of [`super::render`]; as bytes it may wait on a disk meanwhile. Bodies with raw HTML or footnotes have none: there
//! what comes before a gap depends on what fills it.

use super::document::Document;
use super::html::{self, Inserts};
use super::types::{Heading, LinkKind, Options, Slots};
use serde::{Deserialize, Serialize};

/// A body's HTML up to its links, images and components.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fragment<'f> {
    html: std::borrow::Cow<'f, str>,
    rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Rest {
    gaps: Vec<(usize, Gap)>,
    headings: Vec<Heading>,
}

/// What is put in at a place of the HTML.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Gap {
    /// A link begins: what was written, for the case that nothing is put in.
    Link { number: usize, dest: String, kind: LinkKind, title: String },
    /// The innermost link ends.
    LinkEnd,
    /// An image.
    Image(usize),
    /// A component.
    Component(usize),
    /// A line ends, unless it just did.
    Line,
}

impl Fragment<'static> {
    /// The fragment of a document, with the fixed words of `slots`; nothing where there can be none.
    pub(super) fn of(document: &Document, options: &Options, slots: &Slots) -> Option<Self> {
        if document.raw_html || document.footnotes > 0 {
            return None;
        }
        let (html, gaps) = html::write_gapped(document, options, slots, Inserts::Gaps);
        Some(Fragment { html: html.into(), rest: Rest { gaps, headings: document.headings.clone() } })
    }
}

impl<'f> Fragment<'f> {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.html.len() + 64);
        bytes.extend_from_slice(&(self.html.len() as u64).to_le_bytes());
        bytes.extend_from_slice(self.html.as_bytes());
        postcard::to_extend(&self.rest, bytes).expect("gaps and headings have a known shape")
    }

    /// Back from bytes; nothing if they are not those of a fragment.
    pub fn from_bytes(bytes: &'f [u8]) -> Option<Self> {
        let (size, bytes) = bytes.split_first_chunk()?;
        let (html, rest) = bytes.split_at_checked(usize::try_from(u64::from_le_bytes(*size)).ok()?)?;
        let html = simdutf8::basic::from_utf8(html).ok()?;
        Some(Fragment { html: html.into(), rest: postcard::from_bytes(rest).ok()? })
    }

    /// The HTML with the caller's links, images and components, and the headings in it.
    pub fn fill(self, options: &Options, slots: &Slots) -> (String, Vec<Heading>) {
        let Rest { gaps, headings } = self.rest;
        if gaps.is_empty() {
            return (self.html.into_owned(), headings);
        }
        let of = |texts: &[String], number: usize| texts.get(number).map_or(0, String::len);
        let more: usize = gaps
            .iter()
            .map(|(_, gap)| match gap {
                Gap::Link { .. } => 64,
                Gap::Image(number) => of(slots.images, *number),
                Gap::Component(number) => of(slots.components, *number),
                Gap::LinkEnd | Gap::Line => 4,
            })
            .sum();
        let mut out = String::with_capacity(self.html.len() + more);
        let mut shut = Vec::new();
        let mut done = 0;
        for (at, gap) in gaps {
            out.push_str(self.html.get(done..at).unwrap_or_default());
            done = at;
            match gap {
                Gap::Link { number, dest, kind, title } => {
                    shut.push(html::link(&mut out, options, slots, (number, &dest, kind, &title)));
                }
                Gap::LinkEnd if shut.pop() == Some(true) => out.push_str("</a>"),
                Gap::LinkEnd => {}
                Gap::Image(number) => out.push_str(slots.images.get(number).map_or("", String::as_str)),
                Gap::Component(number) => {
                    out.push_str(slots.components.get(number).map_or("", String::as_str));
                }
                Gap::Line => html::line(&mut out),
            }
        }
        out.push_str(self.html.get(done..).unwrap_or_default());
        (out, headings)
    }
}
