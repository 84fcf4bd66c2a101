//! Prepares a body for the parser: what CommonMark would misread in Chinese text is swapped for harmless characters.
//!
//! In: the body. Out: a text of exactly the same length (so that byte ranges keep their meaning) and the way back.
//! Full-width punctuation touching `*` or `~~` becomes a private-use character, because CommonMark sees no closing
//! delimiter between punctuation and a Han character (beside ASCII punctuation the Han character becomes a mark
//! instead); a redaction (see [`super::redaction`]) becomes one C1 control.
//! Stand-ins are taken from those characters that the body neither holds nor can make with `&#…;`, so that
//! [`Swapped::back`] is exact for any input.

use super::cjk::is_han;
use super::redaction;
use crate::markers;
use pulldown_cmark::CowStr;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A body made ready for the parser.
pub(super) struct Swapped<'a> {
    /// As long as the body.
    pub text: Cow<'a, str>,
    /// (stand-in, original) pairs.
    pairs: Vec<(char, &'static str, char)>,
    /// Whether the body has references by number, which the parser may turn into any character.
    references: bool,
}

impl<'a> Swapped<'a> {
    /// The body as it is.
    pub fn plain(body: &'a str) -> Self {
        Swapped { text: Cow::Borrowed(body), pairs: Vec::new(), references: references(body) }
    }

    /// The body with its stand-ins.
    pub fn of(body: &'a str) -> Self {
        let has_delimiters = memchr::memchr2(b'*', b'~', body.as_bytes()).is_some();
        let blanks = blank_lines(body);
        if !has_delimiters && blanks.is_empty() {
            return Self::plain(body);
        }
        let redactions = redaction::find(body);
        let touching = touching(body);
        if redactions.is_empty() && touching.is_empty() && blanks.is_empty() {
            return Self::plain(body);
        }
        let used = used(body);
        let mut letters = ('\u{E000}'..='\u{F8FF}').filter(|c| !used.contains(c));
        // Braille counts as punctuation for CommonMark.
        let mut marks = ('\u{2800}'..='\u{28FF}').filter(|c| !used.contains(c));
        let mut pairs: Vec<(char, &'static str, char)> = Vec::new();
        let mut edits: Vec<(usize, usize, char)> = Vec::new();
        let control = ('\u{80}'..='\u{9F}').find(|c| *c != '\u{85}' && !used.contains(c));
        if let (Some(control), false) = (control, redactions.is_empty()) {
            pairs.push((control, "**", control));
            edits.extend(redactions.iter().map(|&at| (at, 2, control)));
        }
        for (at, original, as_mark) in touching {
            let known = pairs.iter().find(|(_, _, c)| *c == original).map(|(stand_in, _, _)| *stand_in);
            let stand_in = known.or_else(|| {
                let new = if as_mark { marks.next() } else { letters.next() }?;
                pairs.push((new, "", original));
                Some(new)
            });
            if let Some(stand_in) = stand_in {
                edits.push((at, original.len_utf8(), stand_in));
            }
        }
        edits.extend(blanks.into_iter().map(|at| (at, '\u{3000}'.len_utf8(), ' ')));
        edits.sort_unstable();
        edits.dedup_by_key(|edit| edit.0);
        let mut text = String::with_capacity(body.len());
        let mut done = 0;
        for (at, len, stand_in) in edits {
            text.push_str(body.get(done..at).unwrap_or_default());
            text.push(stand_in);
            // A blank ideographic space becomes three spaces, so that the line keeps its length.
            text.extend(std::iter::repeat_n(' ', len.saturating_sub(stand_in.len_utf8())));
            done = at + len;
        }
        text.push_str(body.get(done..).unwrap_or_default());
        Swapped { text: Cow::Owned(text), pairs, references: references(body) }
    }

    /// The original of anything that the parser made out of `text`.
    pub fn back<'t>(&self, text: CowStr<'t>) -> CowStr<'t> {
        let text = if self.references && markers::has(&text) {
            text.replace(markers::is_marker, "\u{FFFD}").into()
        } else {
            text
        };
        if self.pairs.is_empty() || !text.contains(|c| stand_in(&c)) {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.pairs.iter().find(|pair| stand_in(&c) && pair.0 == c) {
                Some((_, "", original)) => out.push(*original),
                Some((_, literal, _)) => out.push_str(literal),
                None => out.push(c),
            }
        }
        out.into()
    }
}

/// Whether a body may name characters by their number.
fn references(body: &str) -> bool {
    memchr::memmem::find(body.as_bytes(), b"&#").is_some()
}

/// Three-byte punctuation and symbols of Chinese text.
fn swappable(c: char) -> bool {
    matches!(c,
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{2100}'..='\u{214F}'
        | '\u{2190}'..='\u{2BFF}' | '\u{3001}'..='\u{303F}' | '\u{30FB}' | '\u{3200}'..='\u{33FF}'
        | '\u{FE10}'..='\u{FE1F}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF01}'..='\u{FFEF}')
}

/// What stands directly before or after `*` or `~~` and is to be swapped: where, what, and whether for punctuation.
///
/// A delimiter works between two letters, and between two punctuation characters. So full-width punctuation becomes a
/// letter, unless there is ASCII punctuation on the other side (which can't be swapped, as it may be `)` of a link):
/// then a Han character beside it becomes punctuation.
fn touching(body: &str) -> Vec<(usize, char, bool)> {
    let bytes = body.as_bytes();
    let mut found: Vec<(usize, char, bool)> = Vec::new();
    let mut end = 0;
    for start in memchr::memchr2_iter(b'*', b'~', bytes) {
        if start < end {
            continue;
        }
        let byte = bytes[start];
        end = start + bytes[start..].iter().take_while(|b| **b == byte).count();
        if byte == b'~' && end - start < 2 {
            continue;
        }
        let before = body[..start].chars().next_back();
        let after = body[end..].chars().next();
        let ascii = |side: Option<char>| side.is_some_and(|c| c.is_ascii_punctuation());
        for (c, at, other) in
            [(before, before.map_or(0, |c| start - c.len_utf8()), ascii(after)), (after, end, ascii(before))]
        {
            let Some(c) = c.filter(|c| c.len_utf8() == 3) else { continue };
            let swap = if other { is_han(c) } else { swappable(c) };
            if swap && found.last().is_none_or(|(last, _, _)| *last != at) {
                found.push((at, c, other));
            }
        }
    }
    found
}

/// Ideographic spaces on lines that hold nothing else but white space: a writer sees an empty line there.
fn blank_lines(body: &str) -> Vec<usize> {
    let mut found = Vec::new();
    // Its last byte alone stands in every line of Chinese.
    if memchr::memmem::find(body.as_bytes(), "\u{3000}".as_bytes()).is_none() {
        return found;
    }
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        if line.contains('\u{3000}') && line.trim().is_empty() {
            found.extend(line.match_indices('\u{3000}').map(|(at, _)| start + at));
        }
        start += line.len();
    }
    found
}

/// Whether a character can be a stand-in.
fn stand_in(c: &char) -> bool {
    matches!(c, '\u{80}'..='\u{9F}' | '\u{2800}'..='\u{28FF}' | '\u{E000}'..='\u{F8FF}')
}

/// Possible stand-ins that the body holds or can make with a numeric reference.
fn used(body: &str) -> BTreeSet<char> {
    let mut used: BTreeSet<char> = body.chars().filter(stand_in).collect();
    for (at, _) in body.match_indices("&#") {
        let rest = &body[at + 2..];
        let (digits, radix) = match rest.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16),
            None => (rest, 10),
        };
        let end = digits.bytes().take(8).position(|b| !b.is_ascii_hexdigit()).unwrap_or(8).min(digits.len());
        let number = digits.get(..end).and_then(|d| u32::from_str_radix(d, radix).ok());
        used.extend(number.and_then(char::from_u32).filter(stand_in));
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_stay() {
        for body in ["**文字。**后", "学习**次、", "　　\n\u{E000}**“\u{91}”**", "~~，~~"] {
            let swapped = Swapped::of(body);
            assert_eq!(swapped.text.len(), body.len());
        }
    }

    #[test]
    fn stand_ins_never_meet_the_body() {
        let swapped = Swapped::of("\u{E000}&#xE001;&#57346;村**“一”**");
        assert!(swapped.text.contains('\u{E003}'));
        assert_eq!(&*swapped.back("\u{E003}\u{E000}\u{E001}".into()), "“\u{E000}\u{E001}");
    }
}
