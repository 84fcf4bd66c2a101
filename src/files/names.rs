//! Names that every system can hold.

/// Whether Windows and FAT can hold a file of this name.
pub fn is_portable(name: &str) -> bool {
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
