//! The EXIF block: the few facts that are used, and the smallest block that still says which way is up.
//!
//! In: a block from its TIFF header on. Out: [`Said`]; what cannot be read counts as not said.

use super::Carried;
use crate::markers::is_marker;
use exif::{In, Reader, Tag, Value};

/// What an EXIF block says.
#[derive(Debug, PartialEq)]
pub(super) struct Said {
    /// 1–8.
    pub(super) orientation: u8,
    /// `YYYY-MM-DDTHH:MM:SS`.
    pub(super) taken: Option<String>,
    pub(super) carried: Carried,
    pub(super) description: Option<String>,
}

impl Default for Said {
    fn default() -> Self {
        Said { orientation: 1, taken: None, carried: Carried::default(), description: None }
    }
}

/// Texts that cameras and phones write as description by themselves.
const BY_CAMERAS: [&str; 12] = [
    "default",
    "dav",
    "cof",
    "hdr",
    "sony dsc",
    "olympus digital camera",
    "exif_jpeg_picture",
    "digital camera",
    "kodak digital still camera",
    "samsung camera pictures",
    "untitled",
    "screenshot",
];

/// The longest description that is kept, in characters.
const LONGEST: usize = 300;

/// Reads a block; a damaged one gives what can still be read.
pub(super) fn read(block: &[u8]) -> Said {
    super::fenced(|| Ok(said(block))).unwrap_or_default()
}

fn said(block: &[u8]) -> Said {
    let parsed = Reader::new()
        .continue_on_error(true)
        .read_raw(block.to_vec())
        .or_else(|error| error.distill_partial_result(|_| ()));
    let Ok(parsed) = parsed else { return Said::default() };
    let value = |tag| parsed.get_field(tag, In::PRIMARY).map(|field| &field.value);
    Said {
        orientation: value(Tag::Orientation)
            .and_then(|value| value.get_uint(0))
            .and_then(|number| u8::try_from(number).ok())
            .filter(|number| (1..=8).contains(number))
            .unwrap_or(1),
        taken: value(Tag::DateTimeOriginal).and_then(ascii).and_then(moment),
        carried: Carried::of_exif(&parsed),
        description: value(Tag::ImageDescription).and_then(ascii).and_then(description),
    }
}

fn ascii(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Ascii(parts) => parts.first().map(Vec::as_slice),
        _ => None,
    }
}

/// `2026:11:22 09:30:05` as ISO, if it is a moment of the calendar.
fn moment(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    if !text.is_ascii() || text.len() < 19 {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let year = number(0, 4).filter(|year| *year >= 1826)?;
    let moment =
        jiff::civil::DateTime::new(year, small(5)?, small(8)?, small(11)?, small(14)?, small(17)?, 0).ok()?;
    Some(moment.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

/// A description somebody wrote, on one line; older Chinese programs write it in GBK.
fn description(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned()
        }
    };
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control() || is_marker(c)).collect();
    let text: String = words
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(LONGEST)
        .collect();
    let lower = text.to_lowercase();
    let by_camera = BY_CAMERAS.contains(&lower.as_str()) || lower.starts_with("dcim");
    (!text.is_empty() && !by_camera).then_some(text)
}

/// A block that holds an orientation and nothing else (TIFF header, one directory with one entry).
pub(super) fn only_orientation(orientation: u8) -> [u8; 26] {
    let mut block = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    if let Some(value) = block.get_mut(19) {
        *value = orientation;
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_must_exist() {
        assert_eq!(moment(b"2026:11:22 09:30:05").as_deref(), Some("2026-11-22T09:30:05"));
        assert_eq!(moment(b"2024:02:29 23:59:59\0").as_deref(), Some("2024-02-29T23:59:59"));
        for nonsense in [
            "2026:02:29 09:30:05",
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "2026:11:22",
            "二〇二六年十一月",
        ] {
            assert_eq!(moment(nonsense.as_bytes()), None, "{nonsense}");
        }
    }

    #[test]
    fn descriptions_are_words_of_people() {
        assert_eq!(description("  庆乐村\n梅花 ".as_bytes()).as_deref(), Some("庆乐村 梅花"));
        assert_eq!(description(b"\xC7\xEC\xC0\xD6\xB4\xE5").as_deref(), Some("庆乐村"));
        assert_eq!(description(b"OLYMPUS DIGITAL CAMERA         "), None);
        assert_eq!(description(b"DCIM\\100MEDIA\\DJI_0012.JPG"), None);
        assert_eq!(description(b"\0\0\0"), None);
        assert_eq!(description(b"\xff\xff\xff"), None);
    }

    #[test]
    fn the_smallest_block_can_be_read() {
        for orientation in 1..=8 {
            assert_eq!(read(&only_orientation(orientation)), Said { orientation, ..Said::default() });
        }
        assert_eq!(read(&only_orientation(9)), Said::default());
    }

    proptest! {
        #[test]
        fn any_block_is_survived(tail in prop::collection::vec(any::<u8>(), 0..200)) {
            read(&tail);
            read(&[b"II*\0\x08\0\0\0".as_slice(), &tail].concat());
        }
    }
}
