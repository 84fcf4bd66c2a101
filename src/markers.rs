//! Markers: characters that stand in contexts for what is known only when a page is written. They are noncharacters of
//! Unicode, which no text needs; so what people write loses them here, however it is written.

use std::borrow::Cow;

/// Stands for the path of the site's root, such as `/lihua`.
pub const ROOT: &str = "\u{FDD0}";
/// Stands for the whole address of the site's root, such as `https://example.org/lihua`.
pub const SITE: &str = "\u{FDD1}";
/// Stands, with digits of a photo's key behind it, for the class of the photo's colour.
pub const TONE: &str = "\u{FDD2}";
/// Stands before and behind an address of which the QR code is wanted.
pub const CODE: &str = "\u{FDD3}";

/// The first two bytes of every marker, which few texts hold at all.
pub const HEAD: [u8; 2] = [0xEF, 0xB7];

/// Whether a character is a marker.
pub fn is_marker(character: char) -> bool {
    matches!(character, '\u{FDD0}'..='\u{FDD3}')
}

/// Whether a text holds a marker.
pub fn has(text: &str) -> bool {
    // Most paths and addresses have nothing that a search would have to be prepared for.
    !text.is_ascii() && memchr::memmem::find(text.as_bytes(), &HEAD).is_some() && text.contains(is_marker)
}

/// The text with U+FFFD where it holds a marker.
pub fn without(text: Cow<'_, str>) -> Cow<'_, str> {
    if has(&text) { Cow::Owned(text.replace(is_marker, "\u{FFFD}")) } else { text }
}

/// The text with U+FFFD also where TOML, YAML or JSON would read a marker: `\uFDD0`, `\U0000FDD0`. Its length stays.
pub fn without_escaped(text: Cow<'_, str>) -> Cow<'_, str> {
    let text = without(text);
    let bytes = text.as_bytes();
    let places: Vec<usize> = memchr::memchr_iter(b'\\', bytes).filter_map(|at| escaped(bytes, at)).collect();
    if places.is_empty() {
        return text;
    }
    let mut text = text.into_owned();
    for at in places {
        text.replace_range(at..at + 4, "FFFD");
    }
    Cow::Owned(text)
}

/// Where the four digits of a marker stand that is escaped at `at`.
fn escaped(bytes: &[u8], at: usize) -> Option<usize> {
    let (start, digits) = match bytes.get(at + 1)? {
        b'u' => (at + 2, bytes.get(at + 2..at + 6)?),
        b'U' if bytes.get(at + 2..at + 6)? == b"0000" => (at + 6, bytes.get(at + 6..at + 10)?),
        _ => return None,
    };
    let number = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    char::from_u32(number).filter(|character| is_marker(*character)).map(|_| start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_way_of_writing_a_marker_is_left() {
        let clean = |text: &'static str| without_escaped(text.into()).into_owned();
        assert_eq!(clean("a\u{FDD0}b\u{FDD3}ﷺ"), "a\u{FFFD}b\u{FFFD}ﷺ");
        assert_eq!(clean(r"\uFDD0 \ufdd2 \U0000FDd1 \U0000fdd3"), r"\uFFFD \uFFFD \U0000FFFD \U0000FFFD");
        assert_eq!(
            clean(r"\uFDD4 \u5E86 \U0001FDD0 \u+DD0 \uFD \"),
            r"\uFDD4 \u5E86 \U0001FDD0 \u+DD0 \uFD \"
        );
        assert!(matches!(without_escaped("庆乐村，\\n".into()), Cow::Borrowed(_)));
    }
}
