//! Writes a document as HTML.
//!
//! In: a document and the caller's slots. Out: HTML that equals CommonMark's own where no extension takes part.
//! [`Inserts::Marked`] leaves elements with a unique id where slots go, for the time that the HTML is sanitised.

use super::document::{Document, Piece};
use super::escape;
use super::fragment::Gap;
use super::types::{LinkKind, Options, RawHtml, Slots, Target};
use pulldown_cmark::{Alignment, BlockQuoteKind, Tag, TagEnd};
use std::fmt::Write;

/// What stands where images and components go.
#[derive(Clone, Copy)]
pub(super) enum Inserts<'t> {
    /// Their HTML.
    Whole,
    /// `<span id="{token}-i0"></span>`, to be replaced.
    Marked(&'t str),
    /// Their HTML; and raw HTML is shown as text.
    HtmlAsText,
    /// Nothing: what is missing is told beside the HTML.
    Gaps,
}

/// The HTML of a document.
pub(super) fn write(document: &Document, options: &Options, slots: &Slots, inserts: Inserts) -> String {
    write_gapped(document, options, slots, inserts).0
}

/// The HTML of a document, and what is missing in it, by place.
pub(super) fn write_gapped(
    document: &Document,
    options: &Options,
    slots: &Slots,
    inserts: Inserts,
) -> (String, Vec<(usize, Gap)>) {
    let mut writer = Writer {
        document,
        options,
        slots,
        inserts,
        out: String::new(),
        gaps: Vec::new(),
        head: true,
        cell: 0,
        aligned: &[],
        shut: Vec::new(),
    };
    writer.out.reserve(document.pieces.len() * 24);
    let skipped = match (slots.skip_title, document.pieces.first()) {
        (true, Some(Piece::Heading(number, _))) => {
            document.headings.get(*number).is_some_and(|h| h.level == 1)
        }
        _ => false,
    };
    let mut pieces = document.pieces.iter();
    if skipped {
        pieces.by_ref().find(|piece| matches!(piece, Piece::HeadingEnd(_)));
    }
    for piece in pieces {
        writer.piece(piece);
    }
    (writer.out, writer.gaps)
}

struct Writer<'d, 'a> {
    document: &'d Document<'a>,
    options: &'d Options,
    slots: &'d Slots<'d>,
    inserts: Inserts<'d>,
    out: String,
    gaps: Vec<(usize, Gap)>,
    head: bool,
    cell: usize,
    aligned: &'d [Alignment],
    /// Whether each open link has an element to close.
    shut: Vec<bool>,
}

impl<'d> Writer<'d, '_> {
    fn line(&mut self) {
        // What fills a gap decides whether a line has ended there.
        if self.gaps.last().is_some_and(|(at, _)| *at == self.out.len()) {
            self.gap(Gap::Line);
        } else {
            line(&mut self.out);
        }
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.push((self.out.len(), gap));
    }

    fn attribute(&mut self, name: &str, value: &str) {
        attribute(&mut self.out, name, value);
    }

    fn put(&mut self, arguments: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(arguments);
    }

    fn piece(&mut self, piece: &'d Piece) {
        match piece {
            Piece::Open(tag) => self.open(tag),
            Piece::Close(tag) => self.close(tag),
            Piece::Text(text) => escape::text(&mut self.out, text),
            Piece::Code(text) => {
                self.out.push_str("<code>");
                escape::text(&mut self.out, text);
                self.out.push_str("</code>");
            }
            Piece::Html(html) if matches!(self.inserts, Inserts::HtmlAsText) => {
                escape::text(&mut self.out, html)
            }
            Piece::Html(html) => self.out.push_str(html),
            Piece::SoftBreak => self.out.push('\n'),
            Piece::HardBreak => self.out.push_str("<br />\n"),
            Piece::Rule => {
                self.line();
                self.out.push_str("<hr />\n");
            }
            Piece::Task(done) => {
                let words = &self.slots.words;
                let (checked, label) = if *done { (" checked=\"\"", words.done) } else { ("", words.open) };
                self.put(format_args!("<input disabled=\"\" type=\"checkbox\"{checked}"));
                self.attribute("aria-label", label);
                self.out.push_str("/>\n");
            }
            Piece::CodeBlock { language, text } => {
                self.line();
                self.out.push_str("<pre><code");
                if let Some(language) = language {
                    self.attribute("class", &format!("language-{language}"));
                }
                self.out.push('>');
                escape::text(&mut self.out, text);
                self.out.push_str("</code></pre>\n");
            }
            Piece::Heading(number, classes) => self.heading(*number, classes),
            Piece::HeadingEnd(number) => {
                let level = self.document.headings.get(*number).map_or(6, |heading| heading.level);
                self.put(format_args!("</h{level}>\n"));
            }
            Piece::Link(number) => self.link(*number),
            Piece::LinkEnd => {
                if matches!(self.inserts, Inserts::Gaps) {
                    self.gap(Gap::LinkEnd);
                } else if self.shut.pop() == Some(true) {
                    self.out.push_str("</a>");
                }
            }
            Piece::Image(number) => self.image(*number),
            Piece::Component(number) => {
                self.line();
                match self.inserts {
                    Inserts::Marked(token) => {
                        self.put(format_args!("<span id=\"{token}-c{number}\"></span>"))
                    }
                    Inserts::Gaps => self.gap(Gap::Component(*number)),
                    _ => self.out.push_str(self.slots.components.get(*number).map_or("", String::as_str)),
                }
                self.line();
            }
            Piece::Figures => self.line(),
            Piece::Reference(name) => {
                self.out.push_str("[^");
                escape::text(&mut self.out, name);
                self.out.push(']');
            }
            Piece::Numbered(number, seen) => {
                let again = again(*seen);
                self.put(format_args!(
                    "<sup class=\"footnote-ref\"><a href=\"#fn:{number}\" id=\"fnref:{number}{again}\" role=\"doc-noteref\">{number}</a></sup>"
                ));
            }
            Piece::Footnotes => {
                self.line();
                self.out.push_str("<section class=\"footnotes\" role=\"doc-endnotes\"");
                self.attribute("aria-label", self.slots.words.footnotes);
                self.out.push_str(">\n<ol>\n");
            }
            Piece::FootnotesEnd => self.out.push_str("</ol>\n</section>\n"),
            Piece::Footnote(number) => self.put(format_args!("<li id=\"fn:{number}\">\n")),
            Piece::FootnoteEnd(number, references) => self.footnote_end(*number, *references),
        }
    }

    /// Puts the ways back to the references into the last paragraph.
    fn footnote_end(&mut self, number: usize, references: usize) {
        let in_paragraph = self.out.ends_with("</p>\n");
        if in_paragraph {
            self.out.truncate(self.out.len() - "</p>\n".len());
        }
        for seen in 0..references {
            let again = again(seen);
            self.put(format_args!(
                " <a href=\"#fnref:{number}{again}\" class=\"footnote-back\" role=\"doc-backlink\""
            ));
            self.attribute("aria-label", self.slots.words.back);
            self.out.push_str(">↩</a>");
        }
        self.out.push_str(if in_paragraph { "</p>\n</li>\n" } else { "\n</li>\n" });
    }

    fn heading(&mut self, number: usize, classes: &[pulldown_cmark::CowStr]) {
        let Some(heading) = self.document.headings.get(number) else { return };
        self.line();
        self.put(format_args!("<h{}", heading.level));
        if !heading.id.is_empty() {
            self.attribute("id", &heading.id);
        }
        if !classes.is_empty() {
            self.attribute("class", &classes.join(" "));
        }
        self.out.push('>');
    }

    fn link(&mut self, number: usize) {
        let Some(link) = self.document.links.get(number) else { return };
        if matches!(self.inserts, Inserts::Gaps) {
            let (dest, title) = (link.dest.clone(), link.title.clone());
            return self.gap(Gap::Link { number, dest, kind: link.kind, title });
        }
        let written = (number, link.dest.as_str(), link.kind, link.title.as_str());
        let opened = self::link(&mut self.out, self.options, self.slots, written);
        self.shut.push(opened);
    }

    fn image(&mut self, number: usize) {
        if let Inserts::Marked(token) = self.inserts {
            return self.put(format_args!("<span id=\"{token}-i{number}\"></span>"));
        }
        if matches!(self.inserts, Inserts::Gaps) {
            return self.gap(Gap::Image(number));
        }
        let html = image(self.document, self.options, self.slots, number);
        self.out.push_str(&html);
    }

    fn open(&mut self, tag: &'d Tag) {
        if !matches!(
            tag,
            Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::HtmlBlock
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
                | Tag::Table(_)
        ) {
            self.line();
        }
        match tag {
            Tag::Paragraph => self.out.push_str("<p>"),
            Tag::BlockQuote(None) => self.out.push_str("<blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => {
                let words = &self.slots.words;
                let (name, title) = match kind {
                    BlockQuoteKind::Note => ("note", words.note),
                    BlockQuoteKind::Tip => ("tip", words.tip),
                    BlockQuoteKind::Important => ("important", words.important),
                    BlockQuoteKind::Warning => ("warning", words.warning),
                    BlockQuoteKind::Caution => ("caution", words.caution),
                };
                self.put(format_args!(
                    "<div class=\"alert alert-{name}\" role=\"note\">\n<p class=\"alert-title\">"
                ));
                escape::text(&mut self.out, title);
                self.out.push_str("</p>\n");
            }
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(start)) => self.put(format_args!("<ol start=\"{start}\">\n")),
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::Item => self.out.push_str("<li>"),
            Tag::DefinitionList => self.out.push_str("<dl>\n"),
            Tag::DefinitionListTitle => self.out.push_str("<dt>"),
            Tag::DefinitionListDefinition => self.out.push_str("<dd>"),
            Tag::Table(aligned) => {
                self.aligned = aligned;
                if self.options.extensions {
                    self.line();
                    self.out.push_str("<div class=\"table-wrap\" tabindex=\"0\" role=\"region\"");
                    self.attribute("aria-label", self.slots.words.table);
                    self.out.push('>');
                }
                self.out.push_str("<table>");
            }
            Tag::TableHead => {
                self.head = true;
                self.cell = 0;
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.cell = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => {
                let class = match self.aligned.get(self.cell) {
                    Some(Alignment::Left) => " class=\"ta-l\"",
                    Some(Alignment::Center) => " class=\"ta-c\"",
                    Some(Alignment::Right) => " class=\"ta-r\"",
                    _ => "",
                };
                let scope = if self.head && self.options.extensions { " scope=\"col\"" } else { "" };
                let name = if self.head { "th" } else { "td" };
                self.put(format_args!("<{name}{scope}{class}>"));
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            _ => {}
        }
    }

    fn close(&mut self, tag: &TagEnd) {
        self.out.push_str(match tag {
            TagEnd::Paragraph => "</p>\n",
            TagEnd::BlockQuote(None) => "</blockquote>\n",
            TagEnd::BlockQuote(Some(_)) => "</div>\n",
            TagEnd::List(true) => "</ol>\n",
            TagEnd::List(false) => "</ul>\n",
            TagEnd::Item => "</li>\n",
            TagEnd::DefinitionList => "</dl>\n",
            TagEnd::DefinitionListTitle => "</dt>\n",
            TagEnd::DefinitionListDefinition => "</dd>\n",
            TagEnd::Table if self.options.extensions => "</tbody></table></div>\n",
            TagEnd::Table => "</tbody></table>\n",
            TagEnd::TableHead => {
                self.head = false;
                "</tr></thead><tbody>\n"
            }
            TagEnd::TableRow => "</tr>\n",
            TagEnd::TableCell => {
                self.cell += 1;
                if self.head { "</th>" } else { "</td>" }
            }
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            _ => "",
        });
    }
}

/// Ends a line, unless it just ended.
pub(super) fn line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape::attribute(out, value);
    out.push('"');
}

/// Begins a link, of which number, destination, form and title were written; says whether there is an element to close.
pub(super) fn link(
    out: &mut String,
    options: &Options,
    slots: &Slots,
    (number, dest, kind, title): (usize, &str, LinkKind, &str),
) -> bool {
    let (address, outside) = match slots.links.get(number) {
        Some(Target::Url(url)) => (Some(url.as_str()), false),
        Some(Target::External(url)) => (Some(url.as_str()), true),
        Some(Target::Text) => (None, false),
        // The name of a page is no address.
        None => (Some(dest).filter(|_| kind == LinkKind::Inline), false),
    };
    let keep = options.raw_html == RawHtml::Keep;
    let Some(address) = address.filter(|address| keep || escape::is_safe(address)) else { return false };
    out.push_str("<a href=\"");
    escape::address(out, address, !options.extensions);
    out.push('"');
    if !title.is_empty() {
        attribute(out, "title", title);
    }
    let web =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    if outside && (web("http:") || web("https:") || web("//")) {
        out.push_str(" rel=\"noopener\"");
    }
    out.push('>');
    true
}

/// The HTML of an image: its slot, or what was typed.
pub(super) fn image(document: &Document, options: &Options, slots: &Slots, number: usize) -> String {
    if let Some(html) = slots.images.get(number) {
        return html.clone();
    }
    let mut out = String::new();
    let Some(image) = document.images.get(number) else { return out };
    let safe = options.raw_html == RawHtml::Keep || escape::is_safe(&image.src);
    out.push_str("<img src=\"");
    escape::address(&mut out, if safe { &image.src } else { "" }, !options.extensions);
    out.push_str("\" alt=\"");
    escape::attribute(&mut out, &image.alt);
    if !image.title.is_empty() {
        out.push_str("\" title=\"");
        escape::attribute(&mut out, &image.title);
    }
    out.push_str("\" />");
    out
}

/// `-2` for the second reference.
fn again(seen: usize) -> String {
    if seen == 0 { String::new() } else { format!("-{}", seen + 1) }
}
