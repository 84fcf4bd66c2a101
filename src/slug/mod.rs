//! Slugs: the last part of a page's URL. Lower case, NFC, legal on FAT; Chinese becomes pinyin unless the site keeps it.
//!
//! Characters are read one by one, so names and words with another reading stand in [`readings`]. A reading once
//! published must not change: an entry may be added for a word that was never right, never altered.

mod readings;

pub use readings::{Doubt, doubts};

use crate::config::Slugs;
use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;

/// Device names that Windows reserves.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The slug of a name; never empty, never with a path separator.
pub fn slug(name: &str, style: Slugs) -> String {
    let mut text: String = name.nfc().collect();
    let mut out = String::new();
    if style == Slugs::Pinyin {
        text = readings::spelled(&text);
    }
    for character in text.chars() {
        let reading = if style == Slugs::Pinyin { character.to_pinyin() } else { None };
        if let Some(reading) = reading {
            hyphen(&mut out);
            // As in passports and input methods: ü has no place in an address.
            out.push_str(&reading.plain().replace('ü', "v"));
            out.push('-');
        } else if character.is_alphanumeric() {
            out.extend(character.to_lowercase());
        } else if matches!(character, '_' | '.') && !out.is_empty() && !out.ends_with('-') {
            out.push(character);
        } else {
            hyphen(&mut out);
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
        ] {
            assert_eq!(slug(name, Slugs::Pinyin), expected);
        }
        assert_eq!(slug("庆乐村 A", Slugs::Keep), "庆乐村-a");
        assert!(slug("**", Slugs::Pinyin).starts_with("p-"));
    }
}
