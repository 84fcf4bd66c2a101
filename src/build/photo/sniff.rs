//! Which format a file has, by its first bytes.
//!
//! In: bytes. Out: a [`Format`] that can be read, or the fault that names what it is instead.

use super::{Format, PhotoFault};
use crate::problem::{Place, Problem};

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
        Ok(Format::Tiff)
    } else if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        // "BM" alone would take in texts: the reserved field of a bitmap is zero.
        Ok(Format::Bmp)
    } else {
        Err(match unread(bytes) {
            Some("HEIC") => PhotoFault::Heic,
            Some(name) => PhotoFault::Unsupported(name.to_owned()),
            None => PhotoFault::NotAnImage,
        })
    }
}

/// The name of a picture or film format that is recognised, but not read.
fn unread(bytes: &[u8]) -> Option<&'static str> {
    const STARTS: [(&[u8], &str); 7] = [
        (b"8BPS", "PSD (Photoshop)"),
        (b"\xFF\x0A", "JPEG XL"),
        (b"\0\0\0\x0CJXL ", "JPEG XL"),
        (b"\0\0\0\x0CjP  ", "JPEG 2000"),
        (b"\0\0\x01\0", "ICO"),
        (b"\x1A\x45\xDF\xA3", "MKV/WebM"),
        (b"FUJIFILM", "RAW"),
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
        "RAW"
    } else {
        "MP4/MOV"
    }
}

/// What to tell of a file published as it is whose metadata [`super::strip()`] cannot remove: it may show where it was
/// taken. Such pictures (HEIC, AVIF, TIFF, RAW) are not published; films are, with a warning.
pub fn uncleanable(bytes: &[u8], file: &str) -> Option<Problem> {
    let name = match format(bytes) {
        Ok(Format::Tiff) => "TIFF",
        Ok(_) => return None,
        Err(_) => unread(bytes).filter(|name| !matches!(*name, "SVG" | "ICO"))?,
    };
    let film = matches!(name, "MP4/MOV" | "MKV/WebM" | "AVI");
    let problem = if film { Problem::new("film-not-cleaned") } else { Problem::new("photo-not-cleaned") };
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
        assert_eq!(format(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic...."), Err(PhotoFault::Heic));
        assert_eq!(format(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic...."), Err(PhotoFault::Heic));
        assert_eq!(format(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf...."), named("AVIF"));
        assert_eq!(format(b"\0\0\0\x14ftypqt  \0\0\0\0qt  "), named("MP4/MOV"));
        assert_eq!(format(b"II*\0\x08\0\0\0"), Ok(Format::Tiff));
        assert_eq!(format(b"BM\x10\0\0\0\0\0\0\0\x36"), Ok(Format::Bmp));
        assert_eq!(format(b"BMW is a maker of cars"), Err(PhotoFault::NotAnImage));
        assert_eq!(format("<?xml version='1.0'?>\n<svg>".as_bytes()), named("SVG"));
    }

    #[test]
    fn what_may_tell_a_place_is_told() {
        let told = |bytes: &[u8]| uncleanable(bytes, "static/a").map(|problem| problem.code.into_owned());
        let (picture, film) = (Some("photo-not-cleaned".to_owned()), Some("film-not-cleaned".to_owned()));
        assert_eq!(told(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), picture);
        assert_eq!(told(b"II*\0\x08\0\0\0"), picture);
        assert_eq!(told(b"\0\0\0\x14ftypqt  \0\0\0\0qt  "), film);
        for plain in [b"\xFF\xD8\xFF\xE0".as_slice(), b"<svg>", b"body {}"] {
            assert_eq!(told(plain), None);
        }
    }
}
