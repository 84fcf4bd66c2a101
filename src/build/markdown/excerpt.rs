//! Turns a document into facts: words are counted, and the first paragraphs make an excerpt.

use super::cjk;
use super::document::{Document, Piece};
use super::types::Facts;
use pulldown_cmark::{Tag, TagEnd};

/// About how many characters an excerpt has.
const LENGTH: usize = 120;

/// The facts of a document.
pub(super) fn facts(document: Document) -> Facts {
    let (mut han, mut latin) = (0u32, 0u32);
    let mut paragraphs = Gatherer::default();
    let mut others = Gatherer::default();
    let (mut in_paragraph, mut in_heading, mut in_notes, mut in_table) = (false, false, false, false);
    for piece in &document.pieces {
        let text = match piece {
            Piece::Open(Tag::Paragraph) => {
                paragraphs.border();
                in_paragraph = true;
                continue;
            }
            Piece::Close(TagEnd::Paragraph) => {
                in_paragraph = false;
                continue;
            }
            Piece::Heading(..) => {
                in_heading = true;
                continue;
            }
            Piece::HeadingEnd(_) => {
                in_heading = false;
                continue;
            }
            Piece::Open(Tag::Table(_)) => {
                in_table = true;
                continue;
            }
            Piece::Close(TagEnd::Table) => {
                in_table = false;
                continue;
            }
            Piece::Open(
                Tag::Item | Tag::TableCell | Tag::DefinitionListTitle | Tag::DefinitionListDefinition,
            ) => {
                others.border();
                continue;
            }
            Piece::Footnotes => {
                in_notes = true;
                continue;
            }
            Piece::Text(text) | Piece::Code(text) => text.as_ref(),
            Piece::SoftBreak | Piece::HardBreak => " ",
            _ => continue,
        };
        let (more_han, more_latin) = cjk::count(text);
        han = han.saturating_add(more_han);
        latin = latin.saturating_add(more_latin);
        if !in_heading && !in_notes && !in_table {
            if in_paragraph {
                paragraphs.add(text);
            }
            others.add(text);
        }
    }
    let excerpt = if paragraphs.text.trim().is_empty() { others } else { paragraphs }.cut();
    let first_heading_h1 = match document.pieces.first() {
        Some(Piece::Heading(number, _)) => {
            document.headings.get(*number).filter(|heading| heading.level == 1)
        }
        _ => None,
    };
    Facts {
        first_heading_h1: first_heading_h1.map(|heading| heading.text.clone()),
        headings: document.headings,
        links: document.links,
        images: document.images,
        components: document.components,
        footnotes: u32::try_from(document.footnotes).unwrap_or(u32::MAX),
        han,
        latin,
        excerpt,
        raw_html: document.raw_html,
        faults: document.faults,
    }
}

/// Gathers text until there is enough for an excerpt.
#[derive(Default)]
struct Gatherer {
    text: String,
    border: bool,
    full: bool,
}

impl Gatherer {
    fn border(&mut self) {
        self.border = true;
        self.full |= self.text.len() > 4 * LENGTH || self.text.chars().count() >= LENGTH;
    }

    fn add(&mut self, text: &str) {
        if self.full || self.text.len() > 16 * LENGTH {
            return;
        }
        if let (true, Some(last), Some(first)) =
            (self.border, self.text.chars().next_back(), text.chars().next())
        {
            if !cjk::joins(last, first) {
                self.text.push(' ');
            } else if !cjk::joins('村', last) || last.is_alphanumeric() {
                self.text.push('　');
            }
        }
        self.border = false;
        self.text.push_str(text);
    }

    /// Cut after a sentence, else after a phrase with `…`.
    fn cut(self) -> String {
        let text = self.text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        let Some((limit, _)) = text.char_indices().nth(LENGTH) else { return text };
        let head = &text[..limit];
        let least = head.char_indices().nth(LENGTH / 3).map_or(0, |(at, _)| at);
        let after = |marks: &[char]| {
            head.rmatch_indices(marks).map(|(at, mark)| at + mark.len()).find(|end| *end > least)
        };
        if let Some(end) = after(&['。', '！', '？']) {
            // The closing quote belongs to the sentence.
            let quote = text[end..]
                .chars()
                .next()
                .filter(|c| matches!(c, '”' | '’' | '）'))
                .map_or(0, char::len_utf8);
            return text[..end + quote].to_owned();
        }
        let end = after(&['，', '；', '：', '、', ' ']).unwrap_or(limit);
        format!("{}…", head[..end].trim_end_matches(['，', '；', '：', '、', ' ']))
    }
}
