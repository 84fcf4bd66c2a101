//! [`Pixels`] → files: JPEG with fitted Huffman tables, PNG, WebP, and AVIF where the program was built with it. Nothing but pixels is written.

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
        Encoding::Avif => avif(pixels, recipe.avif_quality.unwrap_or(60).clamp(1, 100)),
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

/// rav1e's effort, 1–10: 8 takes three times as long for a twentieth of size.
#[cfg(feature = "avif")]
const AVIF_SPEED: u8 = 9;

#[cfg(feature = "avif")]
fn avif(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, PhotoFault> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    // Photos are encoded side by side already. Transparent pixels keep their colours: they were weighted when scaled.
    let encoder = ravif::Encoder::new()
        .with_quality(f32::from(quality))
        .with_alpha_quality(f32::from(quality))
        .with_speed(AVIF_SPEED)
        .with_bit_depth(ravif::BitDepth::Eight)
        .with_num_threads(Some(1));
    let made = if pixels.channels == Channels::Rgba {
        let colours = |pixel: &[u8; 4]| ravif::RGBA8::new(pixel[0], pixel[1], pixel[2], pixel[3]);
        let pixels: Vec<_> = pixels.bytes.as_chunks().0.iter().map(colours).collect();
        encoder.encode_rgba(ravif::Img::new(pixels.as_slice(), width, height))
    } else {
        let colours = |pixel: &[u8; 3]| ravif::RGB8::new(pixel[0], pixel[1], pixel[2]);
        let pixels: Vec<_> = pixels.bytes.as_chunks().0.iter().map(colours).collect();
        encoder.encode_rgb(ravif::Img::new(pixels.as_slice(), width, height))
    };
    made.map(|made| made.avif_file).map_err(PhotoFault::decoder)
}

/// The settings ask for no AVIF that cannot be made; see `config-avif-missing`.
#[cfg(not(feature = "avif"))]
fn avif(_: &Pixels, _: u8) -> Result<Vec<u8>, PhotoFault> {
    Err(PhotoFault::Unsupported("AVIF".into()))
}

#[cfg(test)]
mod tests {
    use super::super::derive;
    use super::super::testing::*;
    use super::Recipe;

    fn recipe() -> Recipe {
        Recipe { widths: vec![64], avif_quality: Some(70), ..Recipe::default() }
    }

    #[test]
    #[cfg(feature = "avif")]
    fn avif_copies_show_the_same_picture_and_carry_nothing() {
        use super::super::{Encoding, Format, probe};
        use image::ImageFormat;

        let photo = with_exif(&encode(quarters(96, 80), ImageFormat::Jpeg), &exif_block(6));
        let made = derive(&photo, &recipe()).unwrap();
        let avif = made.iter().find(|copy| copy.variant.format == Encoding::Avif).unwrap();
        let facts = probe(&avif.bytes).unwrap();
        assert_eq!((facts.format, facts.width, facts.height), (Format::Avif, 64, 77));
        assert!(facts.carried.is_nothing() && !contains(&avif.bytes, b"Exif"));
        let again = derive(&avif.bytes, &recipe()).unwrap();
        let image = image::load_from_memory(&again[0].bytes).unwrap().into_rgb8();
        let corners = [(3, 3), (60, 3), (3, 73), (60, 73)].map(|(x, y)| image.get_pixel(x, y).0);
        for (got, wanted) in corners.into_iter().zip([BLUE, RED, WHITE, GREEN]) {
            assert!(near(got, wanted), "{got:?} for {wanted:?}");
        }
        assert_eq!(made, derive(&photo, &recipe()).unwrap());

        let sheer = derive(&png(80, 40, true), &recipe()).unwrap();
        let avif = sheer.iter().find(|copy| copy.variant.format == Encoding::Avif).unwrap();
        assert!(probe(&avif.bytes).unwrap().alpha);
    }

    #[test]
    #[cfg(not(feature = "avif"))]
    fn avif_is_refused_where_it_was_left_out() {
        let photo = encode(quarters(96, 80), image::ImageFormat::Png);
        let refused = super::PhotoFault::Unsupported("AVIF".into());
        assert_eq!(derive(&photo, &recipe()).err(), Some(refused));
    }
}
