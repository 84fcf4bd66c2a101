//! JPEG files as a row of segments: headers, and the file again without metadata.
//!
//! In: bytes beginning with SOI. Out: a [`Head`], or the segments that make the picture, untouched.
//! Kept are tables, frames, scans, JFIF (without thumbnail), ICC and Adobe's colour marker; everything else in
//! APPn and COM goes, and so does all that follows the end of the picture (MPF previews, Ultra HDR gain maps,
//! films of "live" photos, hidden archives).

use super::{Carried, Format, Head, PhotoFault, exif};
use std::borrow::Cow;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;
const APP13: u8 = 0xED;
const APP15: u8 = 0xEF;
const COM: u8 = 0xFE;

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/x";

/// One segment; `data` is what follows the length, `scan` the coded pixels that follow a scan header.
struct Segment<'a> {
    marker: u8,
    data: &'a [u8],
    scan: &'a [u8],
}

/// Walks over the segments of one picture; ends at its EOI.
struct Segments<'a> {
    rest: &'a [u8],
    ended: bool,
}

impl<'a> Segments<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Segments { rest: bytes.get(2..).unwrap_or_default(), ended: false }
    }

    /// The next segment; `None` at the end of the picture or of the file.
    fn step(&mut self) -> Result<Option<Segment<'a>>, PhotoFault> {
        loop {
            // Decoders look for the next marker too when something stands between two segments.
            let Some(at) = memchr::memchr(0xFF, self.rest) else { return Ok(None) };
            self.rest = self.rest.get(at + 1..).unwrap_or_default();
            let Some((&marker, after)) = self.rest.split_first() else { return Ok(None) };
            match marker {
                0xFF => continue,
                0 | 1 | 0xD0..=0xD7 => self.rest = after,
                EOI => {
                    self.ended = true;
                    return Ok(None);
                }
                // A second picture begins: the first one was cut off.
                SOI => return Ok(None),
                _ => return self.body(marker, after).map(Some),
            }
        }
    }

    fn body(&mut self, marker: u8, after: &'a [u8]) -> Result<Segment<'a>, PhotoFault> {
        let cut = || PhotoFault::Broken("JPEG segment cut off".into());
        let length = usize::from(be16(after, 0).ok_or_else(cut)?);
        let data = after.get(2..length).ok_or_else(cut)?;
        let after = after.get(length..).ok_or_else(cut)?;
        let end = if marker == SOS { scan_end(after) } else { 0 };
        let (scan, rest) = after.split_at_checked(end).ok_or_else(cut)?;
        self.rest = rest;
        Ok(Segment { marker, data, scan })
    }
}

/// Where coded pixels end: at a marker that is neither a stuffed FF nor a restart.
fn scan_end(bytes: &[u8]) -> usize {
    let ends = |at: &usize| !matches!(bytes.get(at + 1), Some(0 | 0xD0..=0xD7 | 0xFF));
    memchr::memchr_iter(0xFF, bytes).find(ends).unwrap_or(bytes.len())
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// Reads the headers up to the first scan.
pub(super) fn head(bytes: &[u8]) -> Result<Head<'_>, PhotoFault> {
    let (mut size, mut deep) = (None, false);
    let (mut exif, mut more) = (None, Carried::default());
    let mut segments = Segments::of(bytes);
    loop {
        let segment = match segments.step() {
            Ok(Some(segment)) => segment,
            Ok(None) => break,
            // With the size known, the decoder shall try what it can make of the rest.
            Err(_) if size.is_some() => break,
            Err(fault) => return Err(fault),
        };
        match segment.marker {
            SOS => break,
            marker if is_frame(marker) && size.is_none() => {
                if matches!(marker, 0xC5..=0xC7 | 0xCB | 0xCD..=0xCF) {
                    return Err(PhotoFault::Unsupported("JPEG (hierarchical)".into()));
                }
                size = Some(frame(segment.data)?);
                deep = segment.data.first().is_some_and(|bits| *bits > 8);
            }
            APP1 if exif.is_none() && segment.data.starts_with(EXIF) => exif = segment.data.get(EXIF.len()..),
            APP1 if segment.data.starts_with(XMP) => more = more.and(Carried::of_xmp(segment.data)),
            APP13 if segment.data.starts_with(b"Photoshop 3.0\0") => {
                more = more.and(Carried::of_iptc(segment.data));
            }
            // Previews, which may show what was cut off.
            APP2 if segment.data.starts_with(b"MPF\0") => more = more.and(Carried::unknown()),
            COM if !segment.data.is_empty() => more = more.and(Carried::unknown()),
            _ => {}
        }
    }
    let (width, height) = size.ok_or_else(|| PhotoFault::Broken("JPEG without a frame".into()))?;
    Ok(Head {
        format: Format::Jpeg,
        width,
        height,
        alpha: false,
        exif: exif.map(Cow::Borrowed),
        more,
        cut: !ends(segments),
        animated: false,
        // A progressive one keeps its coefficients; deep ones are put together whole, in three steps.
        each: if deep { 24 } else { 9 },
    })
}

/// Whether the picture whose first scan has been reached has its end mark.
fn ends(mut segments: Segments<'_>) -> bool {
    while let Ok(Some(_)) = segments.step() {}
    segments.ended
}

/// Whether a marker begins a frame: C4, C8 and CC mean other things.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF)
}

fn frame(data: &[u8]) -> Result<(u32, u32), PhotoFault> {
    match (data.first(), be16(data, 1), be16(data, 3)) {
        (Some(2..=16), Some(height), Some(width)) => Ok((width.into(), height.into())),
        _ => Err(PhotoFault::Broken("JPEG frame header".into())),
    }
}

/// The name of a kind of JPEG that cameras and browsers do not know, from the frame before the first scan.
pub(super) fn rare(bytes: &[u8]) -> Option<&'static str> {
    let mut segments = Segments::of(bytes);
    while let Ok(Some(segment)) = segments.step() {
        match segment.marker {
            0xC3 => return Some("JPEG (lossless)"),
            0xC9 | 0xCA => return Some("JPEG (arithmetic)"),
            0xC0..=0xC2 => return segment.data.first().filter(|bits| **bits != 8).map(|_| "JPEG (12 bit)"),
            SOS => return None,
            _ => {}
        }
    }
    None
}

/// Whether Adobe's colour marker stands before the pixels.
pub(super) fn is_adobe(bytes: &[u8]) -> bool {
    let mut segments = Segments::of(bytes);
    while let Ok(Some(segment)) = segments.step() {
        match segment.marker {
            APP14 if segment.data.starts_with(b"Adobe") => return true,
            SOS => return false,
            _ => {}
        }
    }
    false
}

/// The file without metadata; the coded picture is copied as it is.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, PhotoFault> {
    let orientation = head(bytes)?.exif.map_or(1, |block| exif::read(&block).orientation);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend([0xFF, SOI]);
    let mut segments = Segments::of(bytes);
    let (mut up_written, mut scans) = (orientation == 1, 0);
    while let Some(segment) = segments.step()? {
        let jfif = segment.marker == APP0;
        if !jfif && !up_written {
            let block = exif::only_orientation(orientation);
            write(&mut out, APP1, &[EXIF, &block].concat())?;
            up_written = true;
        }
        let kept = match segment.marker {
            APP0 => jfif_without_thumbnail(segment.data),
            APP2 => segment.data.starts_with(b"ICC_PROFILE\0").then(|| segment.data.to_vec()),
            APP14 => segment
                .data
                .starts_with(b"Adobe")
                .then(|| segment.data.get(..12))
                .flatten()
                .map(<[u8]>::to_vec),
            APP1..=APP15 | COM => None,
            _ => Some(segment.data.to_vec()),
        };
        if let Some(data) = kept {
            write(&mut out, segment.marker, &data)?;
            out.extend(segment.scan);
        }
        scans += usize::from(segment.marker == SOS);
    }
    if scans == 0 {
        return Err(PhotoFault::Broken("JPEG without pixels".into()));
    }
    if segments.ended {
        out.extend([0xFF, EOI]);
    }
    Ok(out)
}

fn jfif_without_thumbnail(data: &[u8]) -> Option<Vec<u8>> {
    let fixed = data.get(..12).filter(|data| data.starts_with(b"JFIF\0"))?;
    Some([fixed, &[0, 0]].concat())
}

fn write(out: &mut Vec<u8>, marker: u8, data: &[u8]) -> Result<(), PhotoFault> {
    let length =
        u16::try_from(data.len() + 2).map_err(|_| PhotoFault::Broken("JPEG segment too long".into()))?;
    out.extend([0xFF, marker]);
    out.extend(length.to_be_bytes());
    out.extend(data);
    Ok(())
}
