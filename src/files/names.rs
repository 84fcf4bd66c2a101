//! Names that every system can hold, and which of them some take for one.

use std::borrow::Cow;

/// Whether Windows and FAT can hold a file of this name.
pub fn is_portable(name: &str) -> bool {
    // Most names are of letters, digits and few signs, and longer than any that a system keeps for itself.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b'-' | b'_');
    if let Some((stem, ending)) = name.split_once('.')
        && stem.len() > 4
        && !ending.is_empty()
        && stem.bytes().chain(ending.bytes()).all(plain)
    {
        return true;
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_ascii_uppercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    let reserved =
        matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT");
    !reserved
        && !name.ends_with(['.', ' '])
        && !name.contains(|character: char| {
            character.is_ascii_control()
                || matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\')
        })
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
