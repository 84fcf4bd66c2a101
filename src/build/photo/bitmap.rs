//! BMP and TIFF: their headers, read by the decoders of `image`. They are scaled, never cleaned: what is published of them
//! is derived.

use super::{Carried, Format, Head, PhotoFault, decode};
use image::{ImageDecoder, ImageFormat};
use std::borrow::Cow;

/// Reads the headers.
pub(super) fn head(bytes: &[u8], format: Format) -> Result<Head<'_>, PhotoFault> {
    let (kind, name) =
        if format == Format::Tiff { (ImageFormat::Tiff, "TIFF") } else { (ImageFormat::Bmp, "BMP") };
    let fault = |error| PhotoFault::of_image(error, name);
    let decoder = decode::reader(bytes, kind).into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    let alpha = decoder.color_type().has_alpha();
    // A TIFF file is a block of EXIF itself.
    let exif = (format == Format::Tiff).then_some(Cow::Borrowed(bytes));
    let more = Carried::default();
    Ok(Head { format, width, height, alpha, exif, more, cut: false, animated: false, each: super::WHOLE })
}
