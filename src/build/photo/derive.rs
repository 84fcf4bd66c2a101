//! The copies of a photo: decode once, scale down step by step, encode.
//!
//! In: the file and a [`Recipe`]. Out: one [`Derivative`] for each of [`Recipe::variants`], in that order.
//! Orientation is applied to the first scaled picture (turning few pixels instead of all). Colour profiles are
//! dropped without conversion: phones' Display P3 comes out slightly paler. Nothing but pixels is written.

use super::recipe::{Encoding, Recipe, Variant};
use super::{Format, MAX_PIXELS, MAX_SIDE, PhotoFacts, PhotoFault, fenced, probe};
use fast_image_resize as fir;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// One finished copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Derivative {
    /// What it is.
    pub variant: Variant,
    /// The file.
    pub bytes: Vec<u8>,
}

/// libwebp's effort, 0–6: 2 takes half the time of the default 4 for a few per cent of size.
const WEBP_METHOD: i32 = 2;

/// Makes all copies of a photo. Memory: about 4 bytes a pixel of the original, 8 with 16-bit PNG.
pub fn derive(bytes: &[u8], recipe: &Recipe) -> Result<Vec<Derivative>, PhotoFault> {
    let facts = probe(bytes)?;
    fenced(|| {
        let mut picture = Picture::decode(bytes, &facts)?;
        let variants = recipe.variants(&facts);
        let mut done = Vec::with_capacity(variants.len());
        // From the widest down, each from the one before.
        let mut orientation = facts.orientation;
        for variant in variants.iter().rev() {
            picture = picture.scaled(variant, orientation)?;
            orientation = 1;
            done.push(Derivative { variant: *variant, bytes: picture.encoded(variant.format, recipe)? });
        }
        done.reverse();
        Ok(done)
    })
}

/// Pixels, 3 or 4 bytes each.
struct Picture {
    width: u32,
    height: u32,
    alpha: bool,
    pixels: Vec<u8>,
}

impl Picture {
    fn decode(bytes: &[u8], facts: &PhotoFacts) -> Result<Self, PhotoFault> {
        let format = match facts.format {
            Format::Jpeg => ImageFormat::Jpeg,
            Format::Png => ImageFormat::Png,
            Format::WebP => ImageFormat::WebP,
            Format::Gif => ImageFormat::Gif,
        };
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        // 16-bit RGBA, and something for the decoder itself.
        limits.max_alloc = Some(MAX_PIXELS * 8 + (64 << 20));
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits);
        let decoder = reader.into_decoder().map_err(broken)?;
        let stored =
            if facts.orientation >= 5 { (facts.height, facts.width) } else { (facts.width, facts.height) };
        if decoder.dimensions() != stored {
            return Err(PhotoFault::Broken("headers disagree about the size".into()));
        }
        Ok(Picture::of(DynamicImage::from_decoder(decoder).map_err(broken)?, facts.alpha))
    }

    fn of(image: DynamicImage, alpha: bool) -> Self {
        let (width, height) = (image.width(), image.height());
        let pixels = if alpha { image.into_rgba8().into_raw() } else { image.into_rgb8().into_raw() };
        Picture { width, height, alpha, pixels }
    }

    /// The size of a variant, the right way up.
    fn scaled(self, variant: &Variant, orientation: u8) -> Result<Self, PhotoFault> {
        let (width, height) = if orientation >= 5 {
            (variant.height, variant.width)
        } else {
            (variant.width, variant.height)
        };
        self.resized(width, height)?.upright(orientation)
    }

    fn resized(self, width: u32, height: u32) -> Result<Self, PhotoFault> {
        if (width, height) == (self.width, self.height) {
            return Ok(self);
        }
        let layout = if self.alpha { fir::PixelType::U8x4 } else { fir::PixelType::U8x3 };
        let source = fir::images::Image::from_vec_u8(self.width, self.height, self.pixels, layout).map_err(broken)?;
        let mut target = fir::images::Image::new(width, height, layout);
        // Colours are weighted by their alpha, or transparent edges would get a dark rim.
        let options = fir::ResizeOptions::new()
            .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3))
            .use_alpha(self.alpha);
        fir::Resizer::new().resize(&source, &mut target, &options).map_err(broken)?;
        Ok(Picture { width, height, alpha: self.alpha, pixels: target.into_vec() })
    }

    fn upright(self, orientation: u8) -> Result<Self, PhotoFault> {
        let Some(turn) = Orientation::from_exif(orientation).filter(|turn| *turn != Orientation::NoTransforms) else {
            return Ok(self);
        };
        let Picture { width, height, alpha, pixels } = self;
        let image = if alpha {
            image::RgbaImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgba8)
        } else {
            image::RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
        };
        let mut image = image.ok_or_else(|| PhotoFault::Broken("too few pixels".into()))?;
        image.apply_orientation(turn);
        Ok(Picture::of(image, alpha))
    }

    fn encoded(&self, format: Encoding, recipe: &Recipe) -> Result<Vec<u8>, PhotoFault> {
        let mut out = Vec::new();
        let layout = if self.alpha { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
        match format {
            Encoding::Jpeg => JpegEncoder::new_with_quality(&mut out, recipe.jpeg_quality.clamp(1, 100))
                .encode(&self.pixels, self.width, self.height, layout)
                .map_err(broken)?,
            Encoding::Png => PngEncoder::new(&mut out)
                .write_image(&self.pixels, self.width, self.height, layout)
                .map_err(broken)?,
            Encoding::WebP => out = self.webp(recipe.webp_quality.clamp(1, 100))?,
        }
        Ok(out)
    }

    fn webp(&self, quality: u8) -> Result<Vec<u8>, PhotoFault> {
        let mut config = webp::WebPConfig::new().map_err(|()| PhotoFault::Broken("libwebp".into()))?;
        config.quality = f32::from(quality);
        config.method = WEBP_METHOD;
        let layout = if self.alpha { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
        webp::Encoder::new(&self.pixels, layout, self.width, self.height)
            .encode_advanced(&config)
            .map(|memory| memory.to_vec())
            .map_err(|error| PhotoFault::Broken(format!("libwebp: {error:?}")))
    }
}

fn broken(error: impl std::fmt::Display) -> PhotoFault {
    PhotoFault::Broken(error.to_string())
}
