//! Prepares a body for the parser: what CommonMark would misread in Chinese text is swapped for harmless characters.
//!
//! In: the body. Out: a text of exactly the same length (so that byte ranges keep their meaning) and the way back.
//! Full-width punctuation touching `*` or `~~` becomes a private-use character, because CommonMark sees no closing
//! delimiter between punctuation and a Han character; a redaction (see [`super::redaction`]) becomes one C1 control.
//! Stand-ins are taken from those characters that the body neither holds nor can make with `&#…;`, so that
//! [`Swapped::back`] is exact for any input.

use super::redaction;
use pulldown_cmark::CowStr;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A body made ready for the parser.
pub(super) struct Swapped<'a> {
    /// As long as the body.
    pub text: Cow<'a, str>,
    /// (stand-in, original) pairs.
    pairs: Vec<(char, &'static str, char)>,
}

impl<'a> Swapped<'a> {
    /// The body as it is.
    pub fn plain(body: &'a str) -> Self {
        Swapped { text: Cow::Borrowed(body), pairs: Vec::new() }
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
        let mut free = ('\u{E000}'..='\u{F8FF}').filter(|c| !used.contains(c));
        let mut pairs: Vec<(char, &'static str, char)> = Vec::new();
        let mut edits: Vec<(usize, usize, char)> = Vec::new();
        let control = ('\u{80}'..='\u{9F}').find(|c| *c != '\u{85}' && !used.contains(c));
        if let (Some(control), false) = (control, redactions.is_empty()) {
            pairs.push((control, "**", control));
            edits.extend(redactions.iter().map(|&at| (at, 2, control)));
        }
        for (at, original) in touching {
            let known = pairs.iter().find(|(_, _, c)| *c == original).map(|(stand_in, _, _)| *stand_in);
            let stand_in = known.or_else(|| {
                let new = free.next()?;
                pairs.push((new, "", original));
                Some(new)
            });
            if let Some(stand_in) = stand_in {
                edits.push((at, original.len_utf8(), stand_in));
            }
        }
        edits.extend(blanks.into_iter().map(|at| (at, '\u{3000}'.len_utf8(), ' ')));
        edits.sort_unstable();
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
        Swapped { text: Cow::Owned(text), pairs }
    }

    /// The original of anything that the parser made out of `text`.
    pub fn back<'t>(&self, text: CowStr<'t>) -> CowStr<'t> {
        if self.pairs.is_empty() || !text.contains(|c| self.pairs.iter().any(|pair| pair.0 == c)) {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.pairs.iter().find(|pair| pair.0 == c) {
                Some((_, "", original)) => out.push(*original),
                Some((_, literal, _)) => out.push_str(literal),
                None => out.push(c),
            }
        }
        out.into()
    }
}

/// Three-byte punctuation and symbols of Chinese text.
fn swappable(c: char) -> bool {
    matches!(c,
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{2100}'..='\u{214F}'
        | '\u{2190}'..='\u{2BFF}' | '\u{3001}'..='\u{303F}' | '\u{30FB}' | '\u{3200}'..='\u{33FF}'
        | '\u{FE10}'..='\u{FE1F}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF01}'..='\u{FFEF}')
}

/// Where swappable characters stand directly before or after `*` or `~~`.
fn touching(body: &str) -> Vec<(usize, char)> {
    let bytes = body.as_bytes();
    let mut found = Vec::new();
    let mut last = None;
    for at in memchr::memchr2_iter(b'*', b'~', bytes) {
        let byte = bytes[at];
        if byte == b'~' && bytes.get(at + 1) != Some(&b'~') && (at == 0 || bytes[at - 1] != b'~') {
            continue;
        }
        let before = body[..at].chars().next_back().filter(|c| swappable(*c));
        let after = body[at + 1..].chars().next().filter(|c| swappable(*c));
        let before = before.map(|c| (at - c.len_utf8(), c));
        for (at, c) in before.into_iter().chain(after.map(|c| (at + 1, c))) {
            if last != Some(at) {
                found.push((at, c));
                last = Some(at);
            }
        }
    }
    found
}

/// Ideographic spaces on lines that hold nothing else but white space: a writer sees an empty line there.
fn blank_lines(body: &str) -> Vec<usize> {
    let mut found = Vec::new();
    if !body.contains('\u{3000}') {
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

/// Private-use and C1 characters that the body holds or can make with a numeric reference.
fn used(body: &str) -> BTreeSet<char> {
    let private = |c: &char| matches!(c, '\u{80}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}');
    let mut used: BTreeSet<char> = body.chars().filter(private).collect();
    for (at, _) in body.match_indices("&#") {
        let rest = &body[at + 2..];
        let (digits, radix) = match rest.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16),
            None => (rest, 10),
        };
        let end = digits.bytes().take(8).position(|b| !b.is_ascii_hexdigit()).unwrap_or(8).min(digits.len());
        let number = digits.get(..end).and_then(|d| u32::from_str_radix(d, radix).ok());
        used.extend(number.and_then(char::from_u32).filter(private));
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
        let swapped = Swapped::of("\u{E000}&#xE001;&#57346;**“一”**");
        assert!(swapped.text.contains('\u{E003}'));
        assert_eq!(&*swapped.back("\u{E003}\u{E000}\u{E001}".into()), "“\u{E000}\u{E001}");
    }
}
