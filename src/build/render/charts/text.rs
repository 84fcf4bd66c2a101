//! Words and numbers of charts: how wide they will be, where they break, how numbers are written, and what is escaped.
//!
//! No font is known here. A Han character is one em wide, others a bit more than half of it: good for right margins and
//! for choosing a layout, and wrong by less than the room that every chart leaves.

use unicode_width::UnicodeWidthChar;

/// The size of most words, in units of the view box.
pub const SIZE: f64 = 13.0;
/// The size of words beside marks; never smaller, for a chart is shown at one unit a pixel on small phones.
pub const SMALL: f64 = 12.0;

/// The estimated width of a line at a font size.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

fn advance(character: char) -> f64 {
    match character.width().unwrap_or(0) {
        0 => 0.0,
        1 => 0.57,
        _ => 1.0,
    }
}

/// Breaks a text into at most `most` lines of a width; what is left out is shown by an ellipsis.
pub fn wrap(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for word in words(text) {
        let mut needed = width(word, size);
        if used + needed > room && used > 0.0 {
            lines.push(String::new());
            used = 0.0;
        }
        let Some(line) = lines.last_mut() else { continue };
        if needed <= room {
            line.push_str(if line.is_empty() { word.trim_start() } else { word });
        } else {
            // A word wider than the line is cut: there is no better place.
            needed = 0.0;
            for character in word.chars() {
                let next = advance(character) * size;
                if needed + next > room && needed > 0.0 {
                    lines.push(String::new());
                    needed = 0.0;
                }
                if let Some(line) = lines.last_mut() {
                    line.push(character);
                }
                needed += next;
            }
        }
        used += needed;
    }
    let cut = lines.len() > most;
    lines.truncate(most.max(1));
    if let Some(last) = lines.last_mut().filter(|_| cut) {
        while width(last, size) + size > room && last.pop().is_some() {}
        last.push('…');
    }
    lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Pieces that stay together: every wide character alone (a closing mark with the one before), other runs with the
/// space before them.
fn words(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        let wide = |c: char| c.width().unwrap_or(0) > 1;
        let closing = matches!(character, '，' | '。' | '、' | '）' | '》' | '”' | '：' | '；' | '%' | '℃');
        let splits = match before {
            None => false,
            Some(_) if closing => false,
            Some('（' | '《' | '“') => false,
            Some(last) => wide(last) || wide(character) || character == ' ',
        };
        if splits {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(character);
    }
    pieces.push(&text[start..]);
    pieces
}

/// A number with at most two decimals, the same everywhere; very large ones as `1.5e20`.
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    if value.abs() < 0.005 {
        return if value < 0.0 { ">-0.01" } else { "<0.01" }.to_owned();
    }
    if value.abs() >= 1e15 {
        let shown = format!("{value:.2e}");
        let (digits, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
        return format!("{}e{exponent}", shorten(digits));
    }
    shorten(&format!("{value:.2}")).to_owned()
}

/// A coordinate with at most two decimals.
pub fn unit(value: f64) -> String {
    let shown = format!("{:.2}", if value.is_finite() { value } else { 0.0 });
    match shorten(&shown) {
        "-0" => "0".to_owned(),
        shown => shown.to_owned(),
    }
}

fn shorten(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

/// Text for markup; characters that XML forbids are dropped, and white space is one space.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            character if character.is_control() => {}
            character => safe.push(character),
        }
    }
    safe
}

/// One line without control characters: what labels and values become before anything is measured.
pub fn tidy(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a text is written in Han characters, so that words and marks that we add are Chinese.
pub fn is_han(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}'))
}
