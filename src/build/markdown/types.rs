//! What goes in and out of [`super::facts`] and [`super::render`].

use super::faults::Fault;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Everything beyond CommonMark that a site uses; off only for the examples of the specifications.
    pub extensions: bool,
    /// Tables, strikethrough, task lists and bare addresses, where `extensions` is off.
    pub gfm: bool,
    /// What becomes of raw HTML.
    pub raw_html: RawHtml,
}

/// What becomes of raw HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RawHtml {
    /// Harmless elements stay, the rest goes; addresses that run scripts go too, also those of Markdown links.
    Sanitise,
    /// All stays as it is typed.
    Keep,
}

impl Default for Options {
    fn default() -> Self {
        Options { extensions: true, gfm: true, raw_html: RawHtml::Sanitise }
    }
}

impl Options {
    /// As a site wants it: raw HTML stays only where `raw_html` says so.
    pub fn of_site(raw_html: bool) -> Self {
        let raw_html = if raw_html { RawHtml::Keep } else { RawHtml::Sanitise };
        Options { raw_html, ..Options::default() }
    }

    /// Exactly CommonMark.
    pub fn commonmark() -> Self {
        Options { extensions: false, gfm: false, raw_html: RawHtml::Keep }
    }

    /// CommonMark with GitHub's tables, strikethrough, task lists and bare addresses.
    pub fn gfm() -> Self {
        Options { extensions: false, gfm: true, raw_html: RawHtml::Keep }
    }
}

/// What a body holds. Spans are byte ranges of the body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// In the order of the text, footnotes included.
    pub headings: Vec<Heading>,
    /// In the order of the text, footnotes included; those inside an image's description don't count.
    pub links: Vec<Link>,
    /// In the order of the text, footnotes included.
    pub images: Vec<Image>,
    /// In the order of the text, footnotes included.
    pub components: Vec<Component>,
    /// How many footnotes are shown.
    pub footnotes: u32,
    /// Han characters.
    pub han: u32,
    /// Words and numbers of other scripts.
    pub latin: u32,
    /// Plain text of the first paragraphs, cut near 120 characters.
    pub excerpt: String,
    /// The text of the first heading, if it has level 1 and nothing stands before it.
    pub first_heading_h1: Option<String>,
    /// Whether there is any raw HTML.
    pub raw_html: bool,
    /// What the writer ought to know.
    pub faults: Vec<Fault>,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Plain text.
    pub text: String,
    /// Unique in the body.
    pub id: String,
    /// The whole heading.
    pub span: Range<usize>,
}

/// How a link was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkKind {
    /// `[text](dest)`, by reference, `<dest>`, or bare.
    Inline,
    /// `[[name]]` or `[[name|text]]`: the destination is a name.
    Wiki,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// As typed, escapes resolved; e-mail addresses begin with `mailto:`.
    pub dest: String,
    /// How it was written.
    pub kind: LinkKind,
    /// Plain text.
    pub text: String,
    /// The title, or nothing.
    pub title: String,
    /// The whole link.
    pub span: Range<usize>,
}

/// An image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// As typed, escapes resolved.
    pub src: String,
    /// Plain text.
    pub alt: String,
    /// The title, or nothing.
    pub title: String,
    /// Whether its paragraph holds images only: its slot then stands alone, without `<p>`, and may be a `<figure>`.
    pub alone: bool,
    /// The whole image.
    pub span: Range<usize>,
}

/// A fenced block whose info string is `{name}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Between the braces.
    pub name: String,
    /// The text of the block: TOML.
    pub args: String,
    /// The whole block.
    pub span: Range<usize>,
    /// From the first to the last line of `args`; of the same length where the block is not inside a list or a quote.
    pub args_span: Range<usize>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// Here, within the site.
    Url(String),
    /// Nowhere: the link becomes its text.
    Text,
    /// Out of the site: `rel="noopener"` for http and https.
    External(String),
}

/// What the caller puts in place of links, images and components, by their order in [`Facts`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Slots<'a> {
    /// The n-th link's target.
    pub links: &'a [Target],
    /// The n-th image's HTML.
    pub images: &'a [String],
    /// The n-th component's HTML.
    pub components: &'a [String],
    /// Fixed words.
    pub words: Words<'a>,
    /// Leaves out [`Facts::first_heading_h1`], for a page that shows it as its title.
    pub skip_title: bool,
}

/// Fixed words that come out in HTML.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// Label of the region of footnotes.
    pub footnotes: &'a str,
    /// Label of the way back from a footnote.
    pub back: &'a str,
    /// Label of a table's scrolling region.
    pub table: &'a str,
    /// Title of `[!NOTE]`.
    pub note: &'a str,
    /// Title of `[!TIP]`.
    pub tip: &'a str,
    /// Title of `[!IMPORTANT]`.
    pub important: &'a str,
    /// Title of `[!WARNING]`.
    pub warning: &'a str,
    /// Title of `[!CAUTION]`.
    pub caution: &'a str,
    /// What the box of a finished task is called.
    pub done: &'a str,
    /// What the box of an open task is called.
    pub open: &'a str,
}

impl Words<'static> {
    /// In English.
    const ENGLISH: Self = Words {
        footnotes: "Footnotes",
        back: "Back to text",
        table: "Table",
        note: "Note",
        tip: "Tip",
        important: "Important",
        warning: "Warning",
        caution: "Caution",
        done: "Done",
        open: "Open",
    };

    /// In Chinese, else in English.
    pub fn of(chinese: bool) -> Self {
        if chinese { Words::default() } else { Words::ENGLISH }
    }
}

/// Chinese.
impl Default for Words<'_> {
    fn default() -> Self {
        Words {
            footnotes: "脚注",
            back: "返回正文",
            table: "表格",
            note: "注意",
            tip: "提示",
            important: "重要",
            warning: "警告",
            caution: "当心",
            done: "已完成",
            open: "未完成",
        }
    }
}
