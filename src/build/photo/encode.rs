//! [`Pixels`] → files: JPEG with fitted Huffman tables, PNG, WebP. Nothing but pixels is written.

use super::PhotoFault;
use super::pixels::{Channels, Pixels};
use super::recipe::{Encoding, Recipe};
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use libjpeg_turbo_rs as turbo;

/// libwebp's effort, 0–6: 2 takes a third of the time of the default 4 for a few per cent of size.
const WEBP_METHOD: i32 = 2;

/// A picture as a file.
pub(super) fn encode(pixels: &Pixels, format: Encoding, recipe: &Recipe) -> Result<Vec<u8>, PhotoFault> {
    match format {
        Encoding::Jpeg => jpeg(pixels, recipe.jpeg_quality.clamp(1, 100)),
        Encoding::Png => png(pixels),
        Encoding::WebP => webp(pixels, recipe.webp_quality.clamp(1, 100)),
    }
}

/// Baseline: progressive takes twice as long to make, to decode too, and saves two per cent.
fn jpeg(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, PhotoFault> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    turbo::Encoder::new(&pixels.bytes, width, height, turbo::PixelFormat::Rgb)
        .quality(quality)
        .subsampling(turbo::Subsampling::S420)
        .optimize_huffman(true)
        .encode()
        .map_err(PhotoFault::decoder)
}

fn png(pixels: &Pixels) -> Result<Vec<u8>, PhotoFault> {
    let mut out = Vec::new();
    let layout =
        if pixels.channels == Channels::Rgba { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
    PngEncoder::new(&mut out)
        .write_image(&pixels.bytes, pixels.width, pixels.height, layout)
        .map_err(PhotoFault::decoder)?;
    Ok(out)
}

fn webp(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, PhotoFault> {
    let mut config = webp::WebPConfig::new().map_err(|()| PhotoFault::Broken("libwebp".into()))?;
    config.quality = f32::from(quality);
    config.method = WEBP_METHOD;
    let layout =
        if pixels.channels == Channels::Rgba { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
    webp::Encoder::new(&pixels.bytes, layout, pixels.width, pixels.height)
        .encode_advanced(&config)
        .map(|memory| memory.to_vec())
        .map_err(|error| PhotoFault::Broken(format!("libwebp: {error:?}")))
}
