//! Puts down text: gathered whole, its bare addresses linked, its line breaks between Han characters dropped, and its
//! `　　` indents turned into paragraphs.

use super::document::Piece;
use super::reader::Reader;
use super::types::{Link, LinkKind};
use super::{autolink, cjk};
use pulldown_cmark::{CowStr, Tag};
use std::borrow::Cow;
use std::ops::Range;

impl<'a> Reader<'a> {
    /// Adds text to what is open.
    pub(super) fn more_text(&mut self, more: CowStr<'a>, span: Range<usize>) {
        if let Some(code) = &mut self.code {
            code.text.push_str(&more);
            let start = code.text_span.as_ref().map_or(span.start, |seen| seen.start);
            code.text_span = Some(start..span.end);
        } else if let Some((image, _)) = &mut self.image {
            image.alt.push_str(&more);
        } else if let Some((text, text_span)) = &mut self.text {
            // A paragraph may come in a hundred thousand pieces.
            text.to_mut().push_str(&more);
            if !span.is_empty() {
                text_span.end = span.end.max(text_span.end);
            }
        } else {
            self.text = Some((more.into(), span));
        }
    }

    /// Puts down the text gathered so far.
    pub(super) fn put_text(&mut self) {
        let Some((mut text, mut span)) = self.text.take() else { return };
        let begins = self.document.pieces.len().checked_sub(1);
        if self.extensions && text.starts_with('\u{3000}') && self.inline == 0 && self.paragraph.is_some() {
            if begins.is_some() && begins == self.soft_break {
                self.document.pieces.pop();
                self.close_paragraph();
                self.paragraph = Some(self.document.pieces.len());
                self.push(Piece::Open(Tag::Paragraph));
            }
            if begins == self.paragraph || self.document.pieces.len().checked_sub(1) == self.paragraph {
                let indent = text.len() - text.trim_start_matches('\u{3000}').len();
                span.start = (span.start + indent).min(span.end);
                text = Cow::Owned(text[indent..].to_owned());
            }
        }
        if text.is_empty() {
            return;
        }
        self.visible(&text);
        if !self.addresses || !self.links.is_empty() || self.raw_anchor {
            return self.push(Piece::Text(text.into()));
        }
        let found = autolink::find(&text);
        if found.is_empty() {
            return self.push(Piece::Text(text.into()));
        }
        let mut done = 0;
        // Escapes and entities can hide an address; then the whole text is its place, and no further search is made.
        let mut search = Some(span.start);
        for (range, dest) in found {
            let shown = text[range.clone()].to_owned();
            let start = search.and_then(|from| Some(from + self.body.get(from..span.end)?.find(&shown)?));
            search = start.map(|start| start + shown.len());
            let link_span = start.map_or(span.clone(), |start| start..start + shown.len());
            if range.start > done {
                self.push(Piece::Text(text[done..range.start].to_owned().into()));
            }
            done = range.end;
            let link = Link {
                dest,
                kind: LinkKind::Inline,
                text: shown.clone(),
                title: String::new(),
                span: link_span,
            };
            self.open_link(link);
            self.push(Piece::Text(shown.into()));
            self.links.pop();
            self.push(Piece::LinkEnd);
        }
        if done < text.len() {
            self.push(Piece::Text(text[done..].to_owned().into()));
        }
    }

    /// Takes note of text that a reader sees: for headings and links, and for the line break before it.
    pub(super) fn visible(&mut self, text: &str) {
        let Some(first) = text.chars().next() else { return };
        let mut gap = false;
        if let Some(at) = self.soft_break.take() {
            let joins = self.extensions && self.last.is_some_and(|last| cjk::joins(last, first));
            gap = !joins;
            if let (true, Some(piece)) = (joins, self.document.pieces.get_mut(at)) {
                *piece = Piece::Text("".into());
            }
        }
        self.last = text.chars().next_back();
        let heading = self.heading.and_then(|number| self.document.headings.get_mut(number));
        let link = self.links.last().and_then(|number| self.document.links.get_mut(*number));
        for known in
            heading.map(|heading| &mut heading.text).into_iter().chain(link.map(|link| &mut link.text))
        {
            if gap && !known.is_empty() {
                known.push(' ');
            }
            known.push_str(text);
        }
    }
}
