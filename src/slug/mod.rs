//! Slugs: the last part of a page's URL. Lower case, NFC, legal on FAT; Chinese becomes pinyin unless the site keeps it.
//!
//! Characters are read one by one, so names and words with another reading stand in `words.rs`. A reading once
//! published must not change: an entry may be added for a word that was never right, never altered.

mod readings;
mod words;

pub use readings::{Doubt, doubts};

use crate::config::Slugs;
use readings::{Piece, pieces, usual};
use unicode_normalization::UnicodeNormalization;

/// Device names that Windows reserves.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The slug of a name; never empty, never with a path separator.
pub fn slug(name: &str, style: Slugs) -> String {
    if is_slug(name) {
        return name.to_owned();
    }
    let text: String = name.nfc().collect();
    let mut out = String::new();
    let pieces = match style {
        Slugs::Pinyin => pieces(&text),
        Slugs::Keep => text.chars().map(Piece::One).collect(),
    };
    for piece in pieces {
        match piece {
            Piece::Known(reading) => syllables(&mut out, reading),
            Piece::One(character) => match usual(character).filter(|_| style == Slugs::Pinyin) {
                Some(reading) => syllables(&mut out, &reading),
                None => other(&mut out, character),
            },
        }
    }
    let out = out.trim_matches(['-', '.', '_']).to_owned();
    let device = RESERVED.contains(&out.as_str())
        || (out.len() == 4
            && (out.starts_with("com") || out.starts_with("lpt"))
            && out.ends_with(|last: char| last.is_ascii_digit()));
    match (out.is_empty(), device) {
        (true, _) => format!("p-{}", crate::digest::Digest::of(name.as_bytes()).to_string().split_at(8).0),
        (_, true) => format!("{out}-"),
        _ => out,
    }
}

/// Whether a name is a slug already, as most names of files are: letters and digits of ASCII with single hyphens between them, more
/// than a device has.
fn is_slug(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() > 4
        && name.bytes().all(plain)
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}

/// Adds what was read, apart from what stands beside it.
fn syllables(out: &mut String, reading: &str) {
    hyphen(out);
    out.push_str(reading);
    out.push('-');
}

/// Adds a character that is not read.
fn other(out: &mut String, character: char) {
    if character.is_alphanumeric() {
        out.extend(character.to_lowercase());
    } else if matches!(character, '_' | '.') && !out.is_empty() && !out.ends_with('-') {
        out.push(character);
    } else {
        hyphen(out);
    }
}

/// Ends a syllable, once.
fn hyphen(out: &mut String) {
    if !out.is_empty() && !out.ends_with('-') {
        out.push('-');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs() {
        for (name, expected) in [
            ("庆乐村", "qing-le-cun"),
            ("Hello World", "hello-world"),
            ("“双太”沃柑产业示范区", "shuang-tai-wo-gan-chan-ye-shi-fan-qu"),
            ("重庆路", "chong-qing-lu"),
            ("绿水村", "lv-shui-cun"),
            ("2026年3月", "2026-nian-3-yue"),
            ("a/../b", "a-b"),
            ("CON", "con-"),
            ("v1.2_x", "v1.2_x"),
            ("2026-11-22-village", "2026-11-22-village"),
            ("-a--village-", "a-village"),
            ("lpt9", "lpt9-"),
        ] {
            assert_eq!(slug(name, Slugs::Pinyin), expected);
        }
        assert_eq!(slug("庆乐村 A", Slugs::Keep), "庆乐村-a");
        assert!(slug("**", Slugs::Pinyin).starts_with("p-"));
    }
}
