//! WebP files as a row of chunks: headers, and the file again without metadata.
//!
//! Kept are pixels, transparency, animation and colour profile; EXIF, XMP and unknown chunks go, and so does what
//! follows the RIFF container.

use super::{Carried, Format, Head, PhotoFault, exif};

const EXIF_FLAG: u8 = 0x08;
const XMP_FLAG: u8 = 0x04;
const ALPHA_FLAG: u8 = 0x10;

const KEPT: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ICCP", b"ANIM", b"ANMF", b"ALPH"];

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
}

/// Takes one chunk off the front; `None` when it is cut off.
fn step<'a>(rest: &mut &'a [u8]) -> Option<Chunk<'a>> {
    let name = rest.get(..4)?.try_into().ok()?;
    let length = usize::try_from(u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?)).ok()?;
    let data = rest.get(8..length.checked_add(8)?)?;
    // Chunks are padded to even length; the last padding byte is sometimes forgotten.
    *rest = rest.get(8 + length + length % 2..).unwrap_or_default();
    Some(Chunk { name, data })
}

/// The chunks inside the container.
fn chunks(bytes: &[u8]) -> &[u8] {
    let length = bytes.get(4..8).and_then(|it| it.try_into().ok()).map_or(0, u32::from_le_bytes);
    let end = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(8).min(bytes.len());
    bytes.get(12..end).unwrap_or_default()
}

/// Reads the headers.
pub(super) fn head(bytes: &[u8]) -> Result<Head<'_>, PhotoFault> {
    let broken = || PhotoFault::Broken("WebP header".into());
    let rest = &mut chunks(bytes);
    // A cut-off picture keeps its header: only the pixels of the first chunk are missing then.
    let name: [u8; 4] = rest.get(..4).and_then(|it| it.try_into().ok()).ok_or_else(broken)?;
    let data = rest.get(8..).ok_or_else(broken)?;
    let (width, height, alpha) = match &name {
        b"VP8X" => extended(data),
        b"VP8L" => lossless(data),
        b"VP8 " => lossy(data),
        _ => None,
    }
    .ok_or_else(broken)?;
    let mut head = Head {
        format: Format::WebP,
        width,
        height,
        alpha,
        exif: None,
        more: Carried::default(),
        cut: false,
        animated: false,
        each: super::WHOLE,
    };
    while let Some(chunk) = step(rest) {
        match &chunk.name {
            // Without the extended header a browser does not look at EXIF.
            b"EXIF" if &name == b"VP8X" && head.exif.is_none() => {
                head.exif = Some(chunk.data.strip_prefix(b"Exif\0\0").unwrap_or(chunk.data).into());
            }
            b"ANIM" => head.animated = true,
            b"XMP " => head.more = head.more.and(Carried::of_xmp(chunk.data)),
            _ => {}
        }
    }
    Ok(head)
}

fn extended(data: &[u8]) -> Option<(u32, u32, bool)> {
    let number = |at: usize| match data.get(at..at + 3) {
        Some(&[a, b, c]) => Some(u32::from_le_bytes([a, b, c, 0]) + 1),
        _ => None,
    };
    Some((number(4)?, number(7)?, data.first()? & ALPHA_FLAG != 0))
}

fn lossless(data: &[u8]) -> Option<(u32, u32, bool)> {
    let bits = u32::from_le_bytes(data.get(1..5)?.try_into().ok()?);
    (data.first()? == &0x2F).then_some((
        (bits & 0x3FFF) + 1,
        ((bits >> 14) & 0x3FFF) + 1,
        bits >> 28 & 1 == 1,
    ))
}

fn lossy(data: &[u8]) -> Option<(u32, u32, bool)> {
    let number =
        |at: usize| Some(u32::from(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?) & 0x3FFF));
    (data.get(3..6)? == b"\x9D\x01\x2A").then_some((number(6)?, number(8)?, false))
}

/// The file without metadata; the coded picture is copied as it is.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, PhotoFault> {
    let orientation = head(bytes)?.exif.map_or(1, |block| exif::read(&block).orientation);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend(b"RIFF\0\0\0\0WEBP");
    let rest = &mut chunks(bytes);
    while rest.len() > 1 {
        let chunk = step(rest).ok_or_else(|| PhotoFault::Broken("WebP cut off".into()))?;
        if &chunk.name == b"VP8X" {
            let mut data = chunk.data.to_vec();
            if let Some(flags) = data.first_mut() {
                *flags &= !(EXIF_FLAG | XMP_FLAG);
                *flags |= if orientation == 1 { 0 } else { EXIF_FLAG };
            }
            write(&mut out, chunk.name, &data);
        } else if KEPT.contains(&&chunk.name) {
            write(&mut out, chunk.name, chunk.data);
        }
    }
    if orientation != 1 {
        write(&mut out, *b"EXIF", &exif::only_orientation(orientation));
    }
    let length = u32::try_from(out.len() - 8).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(4..8) {
        place.copy_from_slice(&length.to_le_bytes());
    }
    Ok(out)
}

fn write(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    out.extend(name);
    out.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
}
