//! Lines for a terminal: breaking text at a number of columns, with Chinese counted as two.
//!
//! Latin words stay whole, Chinese breaks anywhere but before closing punctuation. Control characters that
//! could steer the terminal (they come from files of the site) are replaced.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns a text takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// The text with tabs as one space, and control and direction characters made visible.
pub(super) fn tame(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Breaks `text` into lines of at most `width` columns; line breaks of its own are kept.
/// A word longer than a line is broken where the line ends.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for piece in pieces(&tame(paragraph)) {
            let fits = columns(&line) + columns(piece.trim_end()) <= width;
            if !fits && !line.is_empty() {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            for c in piece.chars() {
                if columns(&line) + c.width().unwrap_or(0) > width && c != ' ' {
                    lines.push(std::mem::take(&mut line).trim_end().to_owned());
                }
                if !(line.is_empty() && c == ' ') {
                    line.push(c);
                }
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The text cut wherever a line may break: each piece is a word with the spaces after it, or a Chinese character
/// with the punctuation that must not be parted from it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut previous: Option<char> = None;
    for (at, c) in text.char_indices() {
        if let Some(before) = previous
            && may_break(before, c)
        {
            pieces.push(&text[from..at]);
            from = at;
        }
        previous = Some(c);
    }
    pieces.push(&text[from..]);
    pieces
}

fn may_break(before: char, after: char) -> bool {
    const CLOSING: &str = "，。、；：？！）》」』】〕”’…％%,.;:?!)]}";
    const OPENING: &str = "（《「『【〔“‘([{";
    if after == ' ' || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    before == ' ' || wide(before) || wide(after) || OPENING.contains(after) && wide(before)
}

fn wide(c: char) -> bool {
    c.width() == Some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_counts_two_and_breaks_anywhere() {
        assert_eq!(wrap("联桂村党员人数", 8), ["联桂村党", "员人数"]);
        assert_eq!(wrap("一二三四，五", 8), ["一二三", "四，五"]);
    }

    #[test]
    fn words_stay_whole() {
        assert_eq!(wrap("use one of these", 10), ["use one of", "these"]);
        assert_eq!(wrap("改成 site.toml 里的字段", 12), ["改成", "site.toml 里", "的字段"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
    }

    #[test]
    fn terminals_are_not_steered() {
        assert_eq!(tame("a\u{1b}[31mb\t\u{202e}c"), "a\u{fffd}[31mb \u{fffd}c");
    }
}
