//! Names that every system can hold, and which of them some take for one.

use std::borrow::Cow;

/// Whether Windows and FAT can hold a file of this name.
pub fn is_portable(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem).trim_end_matches(' ');
    let unfit = |byte: u8| {
        byte.is_ascii_control() || matches!(byte, b'<' | b'>' | b':' | b'"' | b'|' | b'?' | b'*' | b'\\')
    };
    !is_device(stem.as_bytes())
        && !name.ends_with(['.', ' '])
        && !name.bytes().fold(false, |found, byte| found | unfit(byte))
}

/// Whether Windows keeps a name for a device, in whatever case: `con`, `lpt1`.
fn is_device(stem: &[u8]) -> bool {
    let is = |name: &[u8], one: &[u8]| name.eq_ignore_ascii_case(one);
    match stem {
        [_, _, _] => [b"con", b"prn", b"aux", b"nul"].into_iter().any(|one| is(stem, one)),
        [name @ .., b'1'..=b'9'] if name.len() == 3 => is(name, b"com") || is(name, b"lpt"),
        _ => false,
    }
}

/// A path or URL without capital letters, as disks and hosts see it that ignore case.
pub fn folded(path: &str) -> Cow<'_, str> {
    if has_plain_letters(path) { Cow::Borrowed(path) } else { Cow::Owned(path.to_lowercase()) }
}

/// Whether there is nothing but ASCII without capitals. Nearly every path is so, and many bytes are looked at in the time of one:
/// a loop that may end early could not.
pub fn has_plain_letters(path: &str) -> bool {
    !path.bytes().fold(false, |found, byte| found | !byte.is_ascii() | byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_system_refuses() {
        for name in [
            "CON",
            "con.md",
            "Aux .txt",
            "nul.tar.gz",
            "com1",
            "LPT9.md",
            "a.",
            "a ",
            "a:b",
            "a?b",
            "a\\b",
            "a\u{7f}",
        ] {
            assert!(!is_portable(name), "{name}");
        }
        for name in [
            "index.html",
            "news",
            "a.md",
            "com0",
            "com10",
            "lpt",
            "conx",
            "党课.md",
            "a b.md",
            ".gitignore",
            "com1x.md",
        ] {
            assert!(is_portable(name), "{name}");
        }
    }

    #[test]
    fn names_are_folded_once_they_have_capitals() {
        assert!(matches!(folded("news/a-1.md"), Cow::Borrowed(_)));
        assert_eq!((&*folded("News/A"), &*folded("党课Ａ"), &*folded("党课")), ("news/a", "党课ａ", "党课"));
    }
}
