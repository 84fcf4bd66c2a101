//! Bytes → [`Pixels`], at no more than the size that is needed.
//!
//! JPEG is scaled while it is decoded (in the DCT), by libjpeg-turbo's algorithms in Rust; what that decoder refuses is
//! tried with the decoder of `image`, which takes the other formats too but HEIC and AVIF, and PNG that goes by rows. All stop
//! at limits on memory and scans.

use super::jpeg::{is_adobe, rare};
use super::pixels::{Channels, Pixels, Scratch};
use super::{BY_ROWS, Format, MAX_PIXELS, MAX_SIDE, PhotoFacts, PhotoFault};
use super::{avif, heic, rows};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use libjpeg_turbo_rs::{self as turbo, ScalingFactor};
use std::io::Cursor;

/// A picture with the colour profile that came with it.
pub(super) struct Decoded {
    pub(super) pixels: Pixels,
    pub(super) profile: Option<Vec<u8>>,
}

/// Scans of a progressive JPEG; cameras write about ten, a bomb thousands.
const MAX_SCANS: u32 = 100;

/// What decoding may take besides the pixels: 16-bit RGBA, and something for the decoder itself.
const MAX_MEMORY: u64 = MAX_PIXELS * 8 + (64 << 20);

/// Decodes a picture; `width` and `height` are the largest size wanted, as it is stored (before orientation).
pub(super) fn decode(
    bytes: &[u8],
    facts: &PhotoFacts,
    width: u32,
    height: u32,
    scratch: &Scratch,
) -> Result<Decoded, PhotoFault> {
    if facts.format == Format::Jpeg {
        if let Ok(decoded) = jpeg(bytes, facts, width, height, scratch) {
            return Ok(decoded);
        }
        // The decoder of `image` knows none of these, and would call them damaged.
        if let Some(kind) = rare(bytes).filter(|_| !facts.cut) {
            return Err(PhotoFault::Unsupported(kind.into()));
        }
    }
    if facts.each == BY_ROWS {
        return rows::decode(bytes, facts, (width, height));
    }
    any(bytes, facts)
}

/// The smallest scale, in eighths, at which the picture has a sixth more than the wanted size: what follows is a clean
/// reduction, and one eighth more would not be seen (48.6 against 49.6 dB).
fn eighths(facts: &PhotoFacts, width: u32, height: u32) -> u32 {
    let (whole, tall) = facts.stored();
    let enough = |eighths: &u32| {
        let ample =
            |side: u32, wanted: u32| u64::from(side) * u64::from(*eighths) * 6 >= u64::from(wanted) * 8 * 7;
        ample(whole, width) && ample(tall, height)
    };
    (1..8).find(enough).unwrap_or(8)
}

/// A scale in eighths in its lowest terms.
fn factor(eighths: u32) -> Result<ScalingFactor, PhotoFault> {
    let shared = 1 << eighths.trailing_zeros().min(3);
    ScalingFactor::try_new(eighths / shared, 8 / shared).map_err(PhotoFault::decoder)
}

fn jpeg(
    bytes: &[u8],
    facts: &PhotoFacts,
    width: u32,
    height: u32,
    scratch: &Scratch,
) -> Result<Decoded, PhotoFault> {
    let mut decoder = turbo::Decoder::new(bytes).map_err(PhotoFault::decoder)?;
    decoder.set_max_pixels(usize::try_from(MAX_PIXELS).unwrap_or(usize::MAX));
    decoder.set_max_memory(usize::try_from(MAX_MEMORY).unwrap_or(usize::MAX));
    decoder.set_scan_limit(MAX_SCANS);
    // A tail that did not come over the line shall not cost the whole picture.
    decoder.set_lenient(true);
    decoder.set_scale(factor(eighths(facts, width, height))?);
    let profile = decoder.icc_profile().ok().flatten();
    let inks = matches!(decoder.jpeg_color_space(), turbo::ColorSpace::Cmyk | turbo::ColorSpace::Ycck);
    let channels = if inks { Channels::Cmyk } else { Channels::Rgb };
    decoder.set_output_format(if inks { turbo::PixelFormat::Cmyk } else { turbo::PixelFormat::Rgb });
    let size = decoder.output_buffer_size().map_err(PhotoFault::decoder)?;
    let mut pixels = scratch.take(size);
    let image = decoder.decode_image_into(&mut pixels).map_err(PhotoFault::decoder)?;
    if !image.warnings.is_empty() {
        // Where the picture is damaged, nothing of an earlier one may show through.
        pixels.fill(0);
        decoder.decode_image_into(&mut pixels).map_err(PhotoFault::decoder)?;
    }
    if inks && is_adobe(bytes) {
        // Adobe writes how much paper is left, not how much ink is put on.
        pixels.iter_mut().for_each(|ink| *ink = 255 - *ink);
    }
    let (Ok(width), Ok(height)) = (u32::try_from(image.width), u32::try_from(image.height)) else {
        return Err(PhotoFault::Broken("size".into()));
    };
    if pixels.len() != image.width * image.height * channels.count() {
        return Err(PhotoFault::Broken("too few pixels".into()));
    }
    Ok(Decoded { pixels: Pixels { width, height, channels, bytes: pixels }, profile })
}

fn any(bytes: &[u8], facts: &PhotoFacts) -> Result<Decoded, PhotoFault> {
    let (format, name) = match facts.format {
        Format::Jpeg => (ImageFormat::Jpeg, "JPEG"),
        Format::Png => (ImageFormat::Png, "PNG"),
        Format::WebP => (ImageFormat::WebP, "WebP"),
        Format::Gif => (ImageFormat::Gif, "GIF"),
        Format::Bmp => (ImageFormat::Bmp, "BMP"),
        Format::Tiff => (ImageFormat::Tiff, "TIFF"),
        Format::Heic => return heic::decode(bytes, facts),
        Format::Avif => return avif::decode(bytes, facts),
    };
    let fault = |error| PhotoFault::of_image(error, name);
    let mut decoder = reader(bytes, format).into_decoder().map_err(fault)?;
    if decoder.dimensions() != facts.stored() {
        return Err(PhotoFault::Broken("headers disagree about the size".into()));
    }
    let profile = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder).map_err(fault)?;
    Ok(Decoded { pixels: Pixels::of(image, facts.alpha), profile })
}

/// A reader of `image` with our limits.
pub(super) fn reader(bytes: &[u8], format: ImageFormat) -> ImageReader<Cursor<&[u8]>> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader
}

#[cfg(test)]
mod tests {
    use super::super::probe;
    use super::super::testing::{encode, quarters};
    use super::*;

    #[test]
    fn a_jpeg_is_decoded_no_larger_than_needed() {
        let photo = encode(quarters(800, 600), ImageFormat::Jpeg);
        let facts = probe(&photo).unwrap();
        for ((width, height), decoded) in [
            ((800, 600), 800),
            ((640, 480), 800),
            ((320, 240), 400),
            ((160, 120), 200),
            ((20, 15), 100),
            ((250, 180), 300),
        ] {
            let pixels = jpeg(&photo, &facts, width, height, &Scratch::default()).unwrap().pixels;
            assert_eq!(pixels.width, decoded, "{width}");
        }
    }
}
