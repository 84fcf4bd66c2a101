//! A body as a list of pieces: the one reading that facts and HTML share.
//!
//! In: the swapped body. Out: pieces that refer to links, images, headings and components by their number, with
//! addresses linked, breaks between Han characters dropped, footnotes moved to the end and numbered.
//! Pieces are balanced like the parser's events; everything is one pass over them, so nesting costs no stack.

use super::faults::{Fault, FaultKind};
use super::swap::Swapped;
use super::types::{Component, Heading, Image, Link, LinkKind, Options};
use super::{autolink, cjk, footnotes, ids, sanitise};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options as Syntax, Parser, Tag, TagEnd};
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

struct Reader<'a> {
    body: &'a str,
    swapped: &'a Swapped<'a>,
    extensions: bool,
    addresses: bool,
    document: Document<'a>,
    explicit: Vec<Option<String>>,
    definitions: Vec<Definition<'a>>,
    /// Pieces of the text around the footnotes that are being read, outermost first.
    around: Vec<(Vec<Piece<'a>>, CowStr<'a>, Range<usize>)>,
    /// Text not yet put down, so that what the parser splits is seen whole.
    text: Option<(CowStr<'a>, Range<usize>)>,
    /// Where a soft break stands that the next character decides on.
    soft_break: Option<usize>,
    last: Option<char>,
    /// Where the open paragraph begins.
    paragraph: Option<usize>,
    inline: usize,
    heading: Option<usize>,
    links: Vec<usize>,
    image: Option<(Image, usize)>,
    /// Single tildes that are no strikethrough.
    tildes: Vec<bool>,
    code: Option<(Option<CowStr<'a>>, String, Range<usize>, Option<Range<usize>>)>,
    raw_anchor: bool,
}

impl<'a> Reader<'a> {
    fn new(body: &'a str, swapped: &'a Swapped<'a>, options: &Options) -> Self {
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

    fn push(&mut self, piece: Piece<'a>) {
        self.document.pieces.push(piece);
    }

    fn fault(&mut self, kind: FaultKind, span: Range<usize>) {
        self.document.faults.push(Fault { kind, span });
    }

    fn event(&mut self, event: Event<'a>, span: Range<usize>) {
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
                self.code = Some((info, String::new(), span, None));
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

    fn block_border(&mut self) {
        self.last = None;
        self.soft_break = None;
        self.raw_anchor = false;
    }

    fn open_link(&mut self, link: Link) {
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
    fn close_paragraph(&mut self) {
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

    fn close_code(&mut self) {
        self.block_border();
        let Some((info, text, span, text_span)) = self.code.take() else { return };
        let trimmed = info.as_deref().map(str::trim).unwrap_or_default();
        let component =
            trimmed.strip_prefix('{').filter(|_| self.extensions).and_then(|rest| rest.split_once('}'));
        if let Some((inside, after)) = component {
            let name = inside.split_whitespace().next().unwrap_or_default().to_owned();
            if !after.trim().is_empty() || inside.split_whitespace().nth(1).is_some() {
                self.fault(FaultKind::ComponentInfo, first_line(self.body, &span));
            }
            if !is_closed(self.body.get(span.clone()).unwrap_or_default()) {
                self.fault(FaultKind::UnclosedComponent, first_line(self.body, &span));
            }
            let number = self.document.components.len();
            let args_span = text_span.unwrap_or_else(|| {
                let end = (first_line(self.body, &span).end + 1).min(span.end);
                end..end
            });
            self.document.components.push(Component { name, args: text, span, args_span });
            return self.push(Piece::Component(number));
        }
        if info.is_none()
            && self.extensions
            && text.trim_start().chars().next().is_some_and(|c| cjk::joins('村', c))
        {
            self.fault(FaultKind::PastedIndent, first_line(self.body, &span));
        }
        let language =
            info.and_then(|info| info.split(' ').next().map(str::to_owned)).filter(|name| !name.is_empty());
        self.push(Piece::CodeBlock { language, text });
    }

    fn more_text(&mut self, more: CowStr<'a>, span: Range<usize>) {
        if let Some((_, text, _, text_span)) = &mut self.code {
            text.push_str(&more);
            let start = text_span.as_ref().map_or(span.start, |seen| seen.start);
            *text_span = Some(start..span.end);
        } else if let Some((image, _)) = &mut self.image {
            image.alt.push_str(&more);
        } else if let Some((text, text_span)) = self.text.take() {
            let mut text = text.into_string();
            text.push_str(&more);
            let span = if span.is_empty() { text_span } else { text_span.start..span.end.max(text_span.end) };
            self.text = Some((text.into(), span));
        } else {
            self.text = Some((more, span));
        }
    }

    /// Puts down the text gathered so far.
    fn put_text(&mut self) {
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
                text = text[indent..].to_owned().into();
            }
        }
        if text.is_empty() {
            return;
        }
        self.visible(&text);
        if !self.addresses || !self.links.is_empty() || self.raw_anchor {
            return self.push(Piece::Text(text));
        }
        let found = autolink::find(&text);
        if found.is_empty() {
            return self.push(Piece::Text(text));
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
    fn visible(&mut self, text: &str) {
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

    fn finish(mut self) -> Document<'a> {
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

/// The first line of a span, without its line break.
fn first_line(body: &str, span: &Range<usize>) -> Range<usize> {
    let text = body.get(span.clone()).unwrap_or_default();
    span.start..span.start + text.find(['\r', '\n']).unwrap_or(text.len())
}

/// Whether a fenced block ends with its fence.
fn is_closed(block: &str) -> bool {
    let fence = if block.trim_start().starts_with('~') { '~' } else { '`' };
    let length = |line: &str| line.chars().take_while(|c| *c == fence).count();
    let mut lines = block.lines();
    let opened = lines.next().map_or(0, |line| length(line.trim_start()));
    lines.next_back().is_some_and(|line| {
        let line = line.trim_matches([' ', '\t', '>']);
        length(line) >= opened.max(3) && line.chars().all(|c| c == fence)
    })
}
