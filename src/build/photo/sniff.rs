//! Which format a file has, by its first bytes.
//!
//! In: bytes. Out: a [`Format`] that can be read, or the fault that names what it is instead.

use super::{Format, PhotoFault};
use crate::problem::{Place, Problem};

const RAW: &str = "RAW";
const FILMS: [&str; 3] = ["MP4/MOV", "AVI", "MKV/WebM"];
/// Tags of a TIFF.
const NEW_SUBFILE_TYPE: u16 = 254;
const DNG_VERSION: u16 = 50706;

/// The format, if it is one that can be read.
pub(super) fn format(bytes: &[u8]) -> Result<Format, PhotoFault> {
    if bytes.is_empty() {
        return Err(PhotoFault::Empty);
    }
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Ok(Format::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(Format::Png)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Ok(Format::Gif)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Ok(Format::WebP)
    } else if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        // A camera's raw file is a TIFF whose first picture is a stamp-sized preview.
        if is_raw(bytes) { Err(PhotoFault::Unsupported(RAW.to_owned())) } else { Ok(Format::Tiff) }
    } else if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        // "BM" alone would take in texts: the reserved field of a bitmap is zero.
        Ok(Format::Bmp)
    } else {
        match unread(bytes) {
            Some("HEIC") => Ok(Format::Heic),
            Some("AVIF") => Ok(Format::Avif),
            Some(name) => Err(PhotoFault::Unsupported(name.to_owned())),
            None => Err(PhotoFault::NotAnImage),
        }
    }
}

/// The name of a picture or film format that is recognised, but not read.
fn unread(bytes: &[u8]) -> Option<&'static str> {
    const STARTS: [(&[u8], &str); 15] = [
        (b"8BPS", "PSD (Photoshop)"),
        (b"\xFF\x0A", "JPEG XL"),
        (b"\0\0\0\x0CJXL ", "JPEG XL"),
        (b"\0\0\0\x0CjP  ", "JPEG 2000"),
        (b"\0\0\x01\0", "ICO"),
        (b"\x1A\x45\xDF\xA3", "MKV/WebM"),
        (b"\xFF\x4F\xFF\x51", "JPEG 2000"),
        (b"II+\0\x08\0", "TIFF (BigTIFF)"),
        (b"MM\0+\0\x08", "TIFF (BigTIFF)"),
        (b"FUJIFILM", RAW),
        (b"IIU\0", RAW),
        (b"IIRO", RAW),
        (b"IIRS", RAW),
        (b"MMOR", RAW),
        (b"FOVb", RAW),
    ];
    if let Some((_, name)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(name);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(brand(bytes));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"AVI ") {
        return Some("AVI");
    }
    let start = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    memchr::memmem::find(start, b"<svg").is_some().then_some("SVG")
}

/// The format of an ISO media file by its brands.
fn brand(bytes: &[u8]) -> &'static str {
    let length = bytes.get(..4).and_then(|it| it.try_into().ok()).map_or(0, u32::from_be_bytes);
    let end = usize::try_from(length).unwrap_or(0).clamp(12, 512).min(bytes.len());
    let brands: Vec<&[u8]> = bytes.get(8..end).unwrap_or_default().chunks_exact(4).collect();
    // The second word is a version number, not a brand; no version spells one.
    let any = |names: &[&[u8; 4]]| brands.iter().any(|it| names.iter().any(|name| it == name));
    if any(&[b"avif", b"avis"]) {
        "AVIF"
    } else if any(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
        "HEIC"
    } else if any(&[b"crx "]) {
        RAW
    } else {
        "MP4/MOV"
    }
}

/// Whether a TIFF is a camera's raw file: its first directory says that it is only a preview, or that it is a DNG.
fn is_raw(bytes: &[u8]) -> bool {
    if bytes.get(8..10) == Some(b"CR") {
        return true;
    }
    let little = bytes.starts_with(b"II");
    let short = |at: usize| -> Option<u16> {
        let two = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let long = |at: usize| -> Option<u32> {
        let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    let Some(first) = long(4).and_then(|at| usize::try_from(at).ok()) else { return false };
    let count = short(first).unwrap_or(0);
    (0..usize::from(count)).any(|number| {
        let Some(at) = number.checked_mul(12).and_then(|at| first.checked_add(2)?.checked_add(at)) else {
            return false;
        };
        let value = at.checked_add(8).and_then(long).unwrap_or(0);
        match short(at) {
            Some(NEW_SUBFILE_TYPE) => value & 1 == 1,
            tag => tag == Some(DNG_VERSION),
        }
    })
}

/// What to say of a file that would be published as it is and whose metadata [`super::strip()`] cannot remove: it may
/// show where it was taken. An error for pictures, which can be saved in another format; a warning for films.
pub fn uncleanable(bytes: &[u8], file: &str) -> Option<Problem> {
    let name = match format(bytes) {
        Ok(Format::Tiff) => "TIFF",
        Ok(Format::Heic) => "HEIC",
        Ok(Format::Avif) => "AVIF",
        Ok(_) => return None,
        Err(PhotoFault::Unsupported(name)) if name == RAW => RAW,
        Err(_) => unread(bytes).filter(|name| !matches!(*name, "SVG" | "ICO"))?,
    };
    let problem = if FILMS.contains(&name) {
        Problem::new("photo-not-cleaned")
    } else {
        Problem::new("photo-uncleanable")
    };
    Some(problem.arg("format", name).arg("file", file).at(Place::file(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_told_by_name() {
        let named = |name: &str| Err(PhotoFault::Unsupported(name.into()));
        assert_eq!(format(b""), Err(PhotoFault::Empty));
        assert_eq!(format(b"# not a picture"), Err(PhotoFault::NotAnImage));
        assert_eq!(format(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic...."), Ok(Format::Heic));
        assert_eq!(format(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic...."), Ok(Format::Heic));
        assert_eq!(format(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf...."), Ok(Format::Avif));
        assert_eq!(format(b"\0\0\0\x14ftypqt  \0\0\0\0qt  "), named("MP4/MOV"));
        assert_eq!(format(b"II*\0\x08\0\0\0"), Ok(Format::Tiff));
        assert_eq!(format(b"BM\x10\0\0\0\0\0\0\0\x36"), Ok(Format::Bmp));
        assert_eq!(format(b"BMW is a maker of cars"), Err(PhotoFault::NotAnImage));
        assert_eq!(format("<?xml version='1.0'?>\n<svg>".as_bytes()), named("SVG"));
    }

    #[test]
    fn raw_files_are_not_taken_for_their_previews() {
        let raw = Err(PhotoFault::Unsupported("RAW".into()));
        let tiff = |tag: u16, value: u8| {
            let entry = [&tag.to_le_bytes()[..], &[4, 0, 1, 0, 0, 0, value, 0, 0, 0]].concat();
            [b"II*\0\x08\0\0\0\x01\0".as_slice(), &entry, &[0; 4]].concat()
        };
        assert_eq!(format(&tiff(254, 1)), raw);
        assert_eq!(format(&tiff(50706, 1)), raw);
        assert_eq!(format(&tiff(254, 0)), Ok(Format::Tiff));
        assert_eq!(format(&tiff(256, 1)), Ok(Format::Tiff));
        assert_eq!(format(b"MM\0*\0\0\0\x08\0\x01\0\xFE\0\x04\0\0\0\x01\0\0\0\x01\0\0\0\0"), raw);
        for start in
            [&b"II*\0\x10\0\0\0CR\x02\0"[..], b"IIU\0\x18", b"IIRO\x08", b"FUJIFILMCCD-RAW ", b"FOVb\0"]
        {
            assert_eq!(format(start), raw, "{start:?}");
        }
        assert_eq!(format(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom"), raw);
        assert_eq!(format(b"\xFF\x4F\xFF\x51\0\x2F"), Err(PhotoFault::Unsupported("JPEG 2000".into())));
        assert_eq!(format(b"\0\0\0\x0CjP  \r\n\x87\n"), Err(PhotoFault::Unsupported("JPEG 2000".into())));
    }

    #[test]
    fn only_what_may_tell_a_place_is_warned_about() {
        let code = |bytes: &[u8]| uncleanable(bytes, "static/a").map(|problem| problem.code.into_owned());
        assert_eq!(code(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").as_deref(), Some("photo-uncleanable"));
        assert_eq!(code(b"II*\0\x08\0\0\0").as_deref(), Some("photo-uncleanable"));
        assert_eq!(code(b"II*\0\x10\0\0\0CR\x02\0").as_deref(), Some("photo-uncleanable"));
        assert_eq!(code(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ").as_deref(), Some("photo-not-cleaned"));
        assert!(uncleanable(b"\xFF\xD8\xFF\xE0", "static/a.jpg").is_none());
        assert!(uncleanable(b"<svg>", "static/a.svg").is_none());
        assert!(uncleanable(b"body {}", "static/a.css").is_none());
    }
}
