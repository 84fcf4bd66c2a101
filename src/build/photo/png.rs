//! PNG files as a row of chunks: headers, and the file again without metadata.
//!
//! Kept are the chunks a browser needs to draw the picture (an allow-list); texts, EXIF, times, provenance and
//! private chunks go, and so does what follows IEND.

use super::{BY_ROWS, Carried, Format, Head, PhotoFault, WHOLE, exif};

const SIGNATURE: usize = 8;
/// The keyword of a text that is an XMP packet.
const XMP: &[u8] = b"XML:com.adobe.xmp\0";

/// Chunks that are not critical, but change how the picture looks.
const KEPT: [&[u8; 4]; 16] = [
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"sBIT",
    b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
    /// Length, name, data and checksum.
    whole: &'a [u8],
}

/// Takes one chunk off the front; `None` when it is cut off.
fn step<'a>(rest: &mut &'a [u8]) -> Option<Chunk<'a>> {
    let length = usize::try_from(u32::from_be_bytes(rest.get(..4)?.try_into().ok()?)).ok()?;
    let name = rest.get(4..8)?.try_into().ok()?;
    let end = length.checked_add(12)?;
    let (whole, after) = rest.split_at_checked(end)?;
    *rest = after;
    Some(Chunk { name, data: whole.get(8..end - 4)?, whole })
}

fn chunks(bytes: &[u8]) -> &[u8] {
    bytes.get(SIGNATURE..).unwrap_or_default()
}

/// Reads the headers. EXIF may stand behind the pixels, so all chunk heads are looked at.
pub(super) fn head(bytes: &[u8]) -> Result<Head<'_>, PhotoFault> {
    let broken = || PhotoFault::Broken("PNG header".into());
    // Behind a cut-off header nothing can be said; the size stands in its first bytes.
    let rest = &mut chunks(bytes);
    let first = step(rest).filter(|chunk| &chunk.name == b"IHDR").ok_or_else(broken)?;
    let number = |at: usize| Some(u32::from_be_bytes(first.data.get(at..at + 4)?.try_into().ok()?));
    let (width, height) = (number(0).ok_or_else(broken)?, number(4).ok_or_else(broken)?);
    let color = first.data.get(9).ok_or_else(broken)?;
    let (depth, interlaced) = (first.data.get(8), first.data.get(12) == Some(&1));
    let mut head = Head {
        format: Format::Png,
        width,
        height,
        alpha: matches!(color, 4 | 6),
        exif: None,
        more: Carried::default(),
        cut: true,
        animated: false,
        each: match (interlaced, depth) {
            (false, _) => BY_ROWS,
            (true, Some(16)) => WHOLE,
            (true, _) => 8,
        },
    };
    let mut begun = false;
    while let Some(chunk) = step(rest) {
        match &chunk.name {
            b"IDAT" => begun = true,
            b"tRNS" => head.alpha = true,
            b"eXIf" if head.exif.is_none() => head.exif = Some(chunk.data.into()),
            b"iTXt" if chunk.data.starts_with(XMP) => {
                head.more = head.more.and(Carried::of_xmp(chunk.data));
            }
            b"tEXt" | b"zTXt" | b"iTXt" => {
                let keyword = chunk.data.split(|byte| *byte == 0).next().unwrap_or_default();
                head.more = head.more.and(Carried::of_text(keyword));
            }
            b"acTL" => head.animated = true,
            b"IEND" => {
                head.cut = false;
                break;
            }
            _ => {}
        }
    }
    // Without any pixels it is not cut, but damaged.
    head.cut &= begun || rest.get(4..8) == Some(b"IDAT");
    Ok(head)
}

/// The file without metadata; the coded picture is copied as it is.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, PhotoFault> {
    let orientation = head(bytes)?.exif.map_or(1, |block| exif::read(&block).orientation);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend(bytes.get(..SIGNATURE).unwrap_or_default());
    let rest = &mut chunks(bytes);
    loop {
        let chunk = step(rest).ok_or_else(|| PhotoFault::Broken("PNG cut off".into()))?;
        // The case of a name's first letter says whether a chunk is critical.
        let critical = chunk.name.first().is_some_and(u8::is_ascii_uppercase);
        if critical || KEPT.contains(&&chunk.name) {
            out.extend(chunk.whole);
        }
        match &chunk.name {
            b"IHDR" if orientation != 1 => write(&mut out, *b"eXIf", &exif::only_orientation(orientation)),
            b"IEND" => return Ok(out),
            _ => {}
        }
    }
}

fn write(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(name);
    out.extend(data);
    out.extend(crc(name.iter().chain(data)).to_be_bytes());
}

/// The checksum of PNG (CRC-32, reflected); bit by bit, as it only ever sees 30 bytes.
fn crc<'a>(bytes: impl Iterator<Item = &'a u8>) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    #[test]
    fn checksum_is_that_of_the_standard() {
        assert_eq!(super::crc(b"IEND".iter()), 0xAE42_6082);
        assert_eq!(super::crc(b"123456789".iter()), 0xCBF4_3926);
    }
}
