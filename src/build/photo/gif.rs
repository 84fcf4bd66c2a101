//! GIF files as a row of blocks: headers, and the file again without comments.
//!
//! Kept are frames, palettes, frame controls and the looping extensions; comments, XMP and other application
//! data go, and so does what follows the trailer.

use super::{Carried, Format, Head, PhotoFault};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;
const CONTROL: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;
const COMMENT: u8 = 0xFE;

/// Takes `count` bytes off the front.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

/// Takes a row of data sub-blocks with its end mark off the front.
fn sub_blocks<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let all = *rest;
    let mut at = 0_usize;
    loop {
        let length = usize::from(*all.get(at)?);
        at += length + 1;
        if length == 0 {
            return take(rest, at);
        }
    }
}

fn palette(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// Reads the headers up to the first frame.
pub(super) fn head(bytes: &[u8]) -> Result<Head<'_>, PhotoFault> {
    let rest = &mut &*bytes;
    read_head(rest).ok_or_else(|| PhotoFault::Broken("GIF header".into()))
}

fn read_head<'a>(rest: &mut &'a [u8]) -> Option<Head<'a>> {
    let screen = take(rest, 13)?;
    let (width, height) = (le16(screen, 6)?, le16(screen, 8)?);
    take(rest, palette(*screen.get(10)?))?;
    let (mut alpha, mut more) = (false, Carried::default());
    loop {
        match *take(rest, 1)?.first()? {
            EXTENSION => {
                let label = *take(rest, 1)?.first()?;
                let data = sub_blocks(rest)?;
                alpha |= label == CONTROL && data.get(1).is_some_and(|flags| flags & 1 == 1);
                if label == APPLICATION && data.get(1..12) == Some(b"XMP DataXMP") {
                    more = more.and(Carried::of_xmp(data));
                } else if label == COMMENT {
                    more = more.and(Carried::unknown());
                }
            }
            IMAGE => {
                let frame = take(rest, 9)?;
                // Round a frame that does not fill the picture nothing is drawn.
                let fills = (le16(frame, 0), le16(frame, 2)) == (Some(0), Some(0))
                    && (le16(frame, 4), le16(frame, 6)) == (Some(width), Some(height));
                let (width, height) = (width.into(), height.into());
                let alpha = alpha || !fills;
                return Some(Head {
                    format: Format::Gif,
                    width,
                    height,
                    alpha,
                    exif: None,
                    more,
                    cut: false,
                    animated: moves(rest, frame),
                    each: super::WHOLE,
                });
            }
            _ => return None,
        }
    }
}

/// Whether another frame follows this one.
fn moves(rest: &mut &[u8], frame: &[u8]) -> bool {
    let mut frames = || -> Option<bool> {
        take(rest, palette(*frame.get(8)?) + 1)?;
        sub_blocks(rest)?;
        loop {
            match *take(rest, 1)?.first()? {
                EXTENSION => {
                    take(rest, 1)?;
                    sub_blocks(rest)?;
                }
                next => return Some(next == IMAGE),
            }
        }
    };
    frames().unwrap_or(false)
}

/// The file without comments and application data; the frames are copied as they are.
pub(super) fn strip(bytes: &[u8]) -> Result<Vec<u8>, PhotoFault> {
    let rest = &mut &*bytes;
    let mut out = Vec::with_capacity(bytes.len());
    copy(rest, &mut out).ok_or_else(|| PhotoFault::Broken("GIF cut off".into()))?;
    Ok(out)
}

fn copy(rest: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    let screen = take(rest, 13)?;
    out.extend(screen);
    out.extend(take(rest, palette(*screen.get(10)?))?);
    loop {
        match *take(rest, 1)?.first()? {
            EXTENSION => {
                let label = *take(rest, 1)?.first()?;
                let data = sub_blocks(rest)?;
                let kept = match label {
                    COMMENT => false,
                    APPLICATION => [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"]
                        .iter()
                        .any(|&it| data.get(1..12) == Some(it)),
                    _ => true,
                };
                if kept {
                    out.extend([EXTENSION, label]);
                    out.extend(data);
                }
            }
            IMAGE => {
                let frame = take(rest, 9)?;
                out.push(IMAGE);
                out.extend(frame);
                out.extend(take(rest, palette(*frame.get(8)?))?);
                out.extend(take(rest, 1)?);
                out.extend(sub_blocks(rest)?);
            }
            TRAILER => {
                out.push(TRAILER);
                return Some(());
            }
            _ => return None,
        }
    }
}
