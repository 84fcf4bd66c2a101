//! Cleaning of pictures that are published as they are: `static/`, theme assets, linked attachments.
//!
//! In: any file. Out: the same picture without metadata, or nothing when there is nothing to do. Pixels are never
//! coded anew. EXIF's orientation is kept, alone in a block of its own, because the picture would fall over.

use super::{Format, PhotoFault, gif, jpeg, png, sniff, webp};

/// Removes EXIF, XMP, IPTC, comments, thumbnails and trailing data from JPEG, PNG, WebP and GIF.
///
/// `None`: nothing to remove, or another kind of file (see [`super::uncleanable`] for those that may tell a place).
/// A file that begins like a picture and cannot be followed to its end is [`PhotoFault::Broken`]: what it carries
/// is not known, so it should not be published. A JPEG cut off among its pixels is still cleaned.
pub fn strip(bytes: &[u8]) -> Result<Option<Vec<u8>>, PhotoFault> {
    let cleaned = match sniff::format(bytes) {
        Ok(Format::Jpeg) => jpeg::strip(bytes),
        Ok(Format::Png) => png::strip(bytes),
        Ok(Format::WebP) => webp::strip(bytes),
        Ok(Format::Gif) => gif::strip(bytes),
        Err(_) => return Ok(None),
    }?;
    Ok((cleaned != bytes).then_some(cleaned))
}
