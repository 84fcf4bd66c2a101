//! Markdown, read once and used twice: [`facts`] for load (links, images, headings, words, faults), [`render`] for HTML;
//! [`press`] gives both of one reading.
//!
//! In: a body and [`Options`]. Out: [`Facts`], or HTML in which the caller's [`Slots`] stand where the links, images and
//! components were. The n-th link, image or component of the facts is the n-th slot, for any input: both consumers walk
//! the same `Document`. Nothing panics; a missing slot falls back to what the writer typed. No `style`
//! attribute and no script ever comes out (unless raw HTML is kept by option). `{{` and `{%` are plain text.
//! Chinese: strong emphasis works beside full-width punctuation (`swap`), redactions like `**村` stay as they are
//! (`redaction`), line breaks between Han characters are no space, and a line that begins with `　　` is a paragraph.

mod autolink;
mod cjk;
mod code;
mod document;
mod escape;
mod excerpt;
mod faults;
mod footnotes;
mod fragment;
mod html;
mod ids;
mod plain;
mod reader;
mod redaction;
mod sanitise;
mod swap;
mod text;
mod types;

#[cfg(test)]
mod tests;

pub use faults::{Fault, FaultKind};
pub use fragment::Fragment;
pub use plain::plain;
pub use types::{Component, Facts, Heading, Image, Link, LinkKind, Options, RawHtml, Slots, Target, Words};

use document::Document;
use swap::Swapped;

/// What a body holds, without making HTML.
pub fn facts(body: &str, options: &Options) -> Facts {
    let swapped = swapped(body, options);
    excerpt::facts(Document::read(body, &swapped, options))
}

/// [`facts`], and the HTML of the body up to what the rest of the site decides; of `slots` only what is fixed counts.
pub fn press(body: &str, options: &Options, slots: &Slots) -> (Facts, Option<Fragment<'static>>) {
    let swapped = swapped(body, options);
    let document = Document::read(body, &swapped, options);
    let fragment = Fragment::of(&document, options, slots);
    (excerpt::facts(document), fragment)
}

/// The HTML of a body, with the caller's links, images and components in place.
pub fn render(body: &str, options: &Options, slots: &Slots) -> String {
    render_with_headings(body, options, slots).0
}

/// The HTML of a body as [`render`] makes it, and its headings as in its [`Facts`].
pub fn render_with_headings(body: &str, options: &Options, slots: &Slots) -> (String, Vec<Heading>) {
    let swapped = swapped(body, options);
    let document = Document::read(body, &swapped, options);
    let html = if document.raw_html && options.raw_html == RawHtml::Sanitise {
        sanitise::render(body, &document, options, slots)
    } else {
        html::write(&document, options, slots, html::Inserts::Whole)
    };
    (html, document.headings)
}

fn swapped<'a>(body: &'a str, options: &Options) -> Swapped<'a> {
    if options.extensions { Swapped::of(body) } else { Swapped::plain(body) }
}
