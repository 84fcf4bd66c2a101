//! Takes the parser's events one by one and puts down pieces.
//!
//! In: events whose strings still hold stand-ins. Out: [`Document`]. What is text goes on in [`super::text`], what is
//! code in [`super::code`]. The number of a link, image, heading or component is given here, when it begins.

use super::code::OpenCode;
use super::document::{Definition, Document, Piece};
use super::faults::{Fault, FaultKind};
use super::swap::Swapped;
use super::types::{Heading, Image, Link, LinkKind, Options};
use super::{footnotes, ids, sanitise};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};
use std::borrow::Cow;
use std::ops::Range;

/// What has been read so far.
pub(super) struct Reader<'a> {
    pub(super) body: &'a str,
    pub(super) swapped: &'a Swapped<'a>,
    pub(super) extensions: bool,
    pub(super) addresses: bool,
    pub(super) document: Document<'a>,
    explicit: Vec<Option<String>>,
    definitions: Vec<Definition<'a>>,
    /// Pieces of the text around the footnotes that are being read, outermost first.
    around: Vec<(Vec<Piece<'a>>, CowStr<'a>, Range<usize>)>,
    /// Text not yet put down, so that what the parser splits is seen whole.
    pub(super) text: Option<(Cow<'a, str>, Range<usize>)>,
    /// Where a soft break stands that the next character decides on.
    pub(super) soft_break: Option<usize>,
    pub(super) last: Option<char>,
    /// Where the open paragraph begins.
    pub(super) paragraph: Option<usize>,
    pub(super) inline: usize,
    pub(super) heading: Option<usize>,
    pub(super) links: Vec<usize>,
    pub(super) image: Option<(Image, usize)>,
    /// Single tildes that are no strikethrough.
    tildes: Vec<bool>,
    pub(super) code: Option<OpenCode<'a>>,
    pub(super) raw_anchor: bool,
}

impl<'a> Reader<'a> {
    pub fn new(body: &'a str, swapped: &'a Swapped<'a>, options: &Options) -> Self {
        Reader {
            body,
            swapped,
            extensions: options.extensions,
            addresses: options.gfm || options.extensions,
            document: Document::default(),
            explicit: Vec::new(),
            definitions: Vec::new(),
            around: Vec::new(),
            text: None,
            soft_break: None,
            last: None,
            paragraph: None,
            inline: 0,
            heading: None,
            links: Vec::new(),
            image: None,
            tildes: Vec::new(),
            code: None,
            raw_anchor: false,
        }
    }

    pub(super) fn push(&mut self, piece: Piece<'a>) {
        self.document.pieces.push(piece);
    }

    pub(super) fn fault(&mut self, kind: FaultKind, span: Range<usize>) {
        self.document.faults.push(Fault { kind, span });
    }

    /// Takes the next event.
    pub fn event(&mut self, event: Event<'a>, span: Range<usize>) {
        if let Event::Text(text) = event {
            return self.more_text(self.swapped.back(text), span);
        }
        self.put_text();
        if self.image.is_some() {
            return self.in_image(event);
        }
        match event {
            Event::Start(tag) => self.open(tag, span),
            Event::End(tag) => self.close(tag),
            Event::Code(text) => {
                let text = self.swapped.back(text);
                self.visible(&text);
                self.push(Piece::Code(text));
            }
            Event::Html(html) | Event::InlineHtml(html) => self.html(html, span),
            Event::FootnoteReference(name) => {
                let name = self.swapped.back(name);
                self.push(Piece::Reference(name));
            }
            Event::SoftBreak => {
                self.soft_break = Some(self.document.pieces.len());
                self.push(Piece::SoftBreak);
            }
            Event::HardBreak => {
                self.visible(" ");
                self.push(Piece::HardBreak);
            }
            Event::Rule => self.push(Piece::Rule),
            Event::TaskListMarker(done) => self.push(Piece::Task(done)),
            Event::Text(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn html(&mut self, html: CowStr<'a>, span: Range<usize>) {
        let html = self.swapped.back(html);
        self.document.raw_html = true;
        if let Some(name) = sanitise::removed(&html) {
            self.fault(FaultKind::RawHtmlRemoved(name), span);
        }
        let head = html.as_bytes().get(..3).unwrap_or_default().to_ascii_lowercase();
        if head.starts_with(b"</a") {
            self.raw_anchor = false;
        } else if head.starts_with(b"<a") && !head.get(2).is_some_and(u8::is_ascii_alphanumeric) {
            self.raw_anchor = true;
        }
        self.last = None;
        self.soft_break = None;
        self.push(Piece::Html(html));
    }

    /// Inside an image all becomes its description.
    fn in_image(&mut self, event: Event<'a>) {
        let Some((image, depth)) = &mut self.image else { return };
        match event {
            Event::Start(_) => *depth += 1,
            Event::End(_) if *depth > 0 => *depth -= 1,
            Event::End(_) => {
                if let Some((image, _)) = self.image.take() {
                    let number = self.document.images.len();
                    self.visible(&image.alt);
                    self.document.images.push(image);
                    self.push(Piece::Image(number));
                }
            }
            Event::Code(text) | Event::InlineHtml(text) => {
                let text = self.swapped.back(text);
                image.alt.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            _ => {}
        }
    }

    fn open(&mut self, tag: Tag<'a>, span: Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.last = None;
                self.paragraph = Some(self.document.pieces.len());
                self.inline = 0;
                self.push(Piece::Open(Tag::Paragraph));
            }
            Tag::Heading { level, id, classes, .. } => {
                let number = self.document.headings.len();
                let heading = Heading { level: level as u8, text: String::new(), id: String::new(), span };
                self.document.headings.push(heading);
                self.explicit.push(id.map(|id| self.swapped.back(id).into_string()));
                self.heading = Some(number);
                self.last = None;
                let classes = classes.into_iter().map(|class| self.swapped.back(class)).collect();
                self.push(Piece::Heading(number, classes));
            }
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => Some(self.swapped.back(info)),
                    CodeBlockKind::Indented => None,
                };
                self.code = Some(OpenCode { info, text: String::new(), span, text_span: None });
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                let dest = self.swapped.back(dest_url);
                let dest = match link_type {
                    LinkType::Email => format!("mailto:{dest}"),
                    _ => dest.into_string(),
                };
                let wiki = matches!(link_type, LinkType::WikiLink { .. });
                let kind = if wiki { LinkKind::Wiki } else { LinkKind::Inline };
                let title = self.swapped.back(title).into_string();
                self.inline += 1;
                self.open_link(Link { dest, kind, text: String::new(), title, span });
            }
            Tag::Image { dest_url, title, .. } => {
                let src = self.swapped.back(dest_url).into_string();
                let title = self.swapped.back(title).into_string();
                self.image = Some((Image { src, alt: String::new(), title, alone: false, span }, 0));
            }
            Tag::FootnoteDefinition(name) => {
                let pieces = std::mem::take(&mut self.document.pieces);
                self.soft_break = None;
                self.around.push((pieces, self.swapped.back(name), span));
            }
            Tag::Strikethrough => {
                let single =
                    self.extensions && !self.body.get(span).is_some_and(|text| text.starts_with("~~"));
                self.tildes.push(single);
                if single {
                    self.more_text("~".into(), 0..0);
                } else {
                    self.inline += 1;
                    self.push(Piece::Open(Tag::Strikethrough));
                }
            }
            tag => {
                match tag {
                    Tag::Emphasis | Tag::Strong => self.inline += 1,
                    Tag::HtmlBlock => {}
                    _ => self.block_border(),
                }
                self.push(Piece::Open(tag));
            }
        }
    }

    pub(super) fn block_border(&mut self) {
        self.last = None;
        self.soft_break = None;
        self.raw_anchor = false;
    }

    pub(super) fn open_link(&mut self, link: Link) {
        let number = self.document.links.len();
        self.document.links.push(link);
        self.links.push(number);
        self.push(Piece::Link(number));
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.close_paragraph(),
            TagEnd::Heading(_) => {
                if let Some(number) = self.heading.take() {
                    self.push(Piece::HeadingEnd(number));
                }
                self.block_border();
            }
            TagEnd::CodeBlock => self.close_code(),
            TagEnd::Link => {
                self.inline = self.inline.saturating_sub(1);
                if self.links.pop().is_some() {
                    self.push(Piece::LinkEnd);
                }
            }
            TagEnd::FootnoteDefinition => {
                if let Some((pieces, name, span)) = self.around.pop() {
                    let pieces = std::mem::replace(&mut self.document.pieces, pieces);
                    self.definitions.push(Definition { name, span, pieces });
                }
                self.block_border();
            }
            TagEnd::Strikethrough => {
                if self.tildes.pop() == Some(true) {
                    self.more_text("~".into(), 0..0);
                } else {
                    self.inline = self.inline.saturating_sub(1);
                    self.push(Piece::Close(tag));
                }
            }
            tag => {
                match tag {
                    TagEnd::Emphasis | TagEnd::Strong => self.inline = self.inline.saturating_sub(1),
                    TagEnd::HtmlBlock => {}
                    _ => self.block_border(),
                }
                self.push(Piece::Close(tag));
            }
        }
    }

    /// Ends a paragraph; one that holds images only loses its `<p>`.
    pub(super) fn close_paragraph(&mut self) {
        self.block_border();
        let start = self.paragraph.take().unwrap_or(self.document.pieces.len());
        let inside = self.document.pieces.get(start + 1..).unwrap_or_default();
        let plain = |piece: &Piece| match piece {
            Piece::Text(text) => text.trim().is_empty(),
            Piece::Image(_) | Piece::Link(_) | Piece::LinkEnd | Piece::SoftBreak | Piece::HardBreak => true,
            _ => false,
        };
        let images: Vec<usize> = inside
            .iter()
            .filter_map(|piece| if let Piece::Image(number) = piece { Some(*number) } else { None })
            .collect();
        if !self.extensions || images.is_empty() || !inside.iter().all(plain) {
            return self.push(Piece::Close(TagEnd::Paragraph));
        }
        for number in images {
            if let Some(image) = self.document.images.get_mut(number) {
                image.alone = true;
            }
        }
        if let Some(open) = self.document.pieces.get_mut(start) {
            *open = Piece::Figures;
        }
        self.push(Piece::Figures);
    }

    /// The document.
    pub fn finish(mut self) -> Document<'a> {
        self.put_text();
        footnotes::place(&mut self.document, self.definitions);
        if self.extensions {
            for number in ids::assign(&mut self.document.headings, &self.explicit) {
                let id = self.explicit.get(number).cloned().flatten().unwrap_or_default();
                let span = self
                    .document
                    .headings
                    .get(number)
                    .map(|heading| heading.span.clone())
                    .unwrap_or_default();
                self.document.faults.push(Fault { kind: FaultKind::DuplicateHeadingId(id), span });
            }
        }
        self.document.faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
        self.document
    }
}
