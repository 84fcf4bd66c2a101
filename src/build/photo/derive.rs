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
        let (width, height) =
            if orientation >= 5 { (variant.height, variant.width) } else { (variant.width, variant.height) };
        self.resized(width, height)?.upright(orientation)
    }

    fn resized(self, width: u32, height: u32) -> Result<Self, PhotoFault> {
        if (width, height) == (self.width, self.height) {
            return Ok(self);
        }
        let layout = if self.alpha { fir::PixelType::U8x4 } else { fir::PixelType::U8x3 };
        let source =
            fir::images::Image::from_vec_u8(self.width, self.height, self.pixels, layout).map_err(broken)?;
        let mut target = fir::images::Image::new(width, height, layout);
        // Colours are weighted by their alpha, or transparent edges would get a dark rim.
        let options = fir::ResizeOptions::new()
            .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3))
            .use_alpha(self.alpha);
        fir::Resizer::new().resize(&source, &mut target, &options).map_err(broken)?;
        Ok(Picture { width, height, alpha: self.alpha, pixels: target.into_vec() })
    }

    fn upright(self, orientation: u8) -> Result<Self, PhotoFault> {
        let Some(turn) =
            Orientation::from_exif(orientation).filter(|turn| *turn != Orientation::NoTransforms)
        else {
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

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn small() -> Recipe {
        Recipe { widths: vec![20, 40], ..Recipe::default() }
    }

    fn corners(bytes: &[u8]) -> [[u8; 3]; 4] {
        let image = image::load_from_memory(bytes).unwrap().into_rgb8();
        let (right, below) = (image.width() - 4, image.height() - 4);
        [(3, 3), (right, 3), (3, below), (right, below)].map(|(x, y)| image.get_pixel(x, y).0)
    }

    #[test]
    fn every_orientation_ends_upright() {
        // Stored: red and green above, blue and white below. Seen: as EXIF 2.32 draws it.
        let seen = [
            [RED, GREEN, BLUE, WHITE],
            [GREEN, RED, WHITE, BLUE],
            [WHITE, BLUE, GREEN, RED],
            [BLUE, WHITE, RED, GREEN],
            [RED, BLUE, GREEN, WHITE],
            [BLUE, RED, WHITE, GREEN],
            [WHITE, GREEN, BLUE, RED],
            [GREEN, WHITE, RED, BLUE],
        ];
        for (orientation, seen) in (1..).zip(seen) {
            let photo = with_exif(&jpeg(96, 64), &exif_block(orientation));
            let done = derive(&photo, &Recipe { widths: vec![32, 48], ..Recipe::default() }).unwrap();
            assert_eq!(done.len(), 4);
            for copy in done {
                let (width, height) =
                    image::load_from_memory(&copy.bytes).map(|it| (it.width(), it.height())).unwrap();
                assert_eq!((width, height), (copy.variant.width, copy.variant.height));
                assert_eq!(width > height, orientation < 5, "{orientation}");
                for (got, want) in corners(&copy.bytes).into_iter().zip(seen) {
                    assert!(near(got, want), "{orientation} {:?}: {got:?} for {want:?}", copy.variant);
                }
            }
        }
    }

    #[test]
    fn copies_carry_nothing_but_pixels() {
        let photo = with_exif(&jpeg(96, 64), &exif_block(6));
        assert!(contains(&photo, b"SecretMaker"));
        for copy in derive(&photo, &small()).unwrap() {
            for trace in
                [b"Exif".as_slice(), b"EXIF", b"Secret", b"SECRET", "庆乐".as_bytes(), b"2026:11", b"<x:xmp"]
            {
                assert!(!contains(&copy.bytes, trace), "{:?}", copy.variant);
            }
            assert!(exif::Reader::new().read_from_container(&mut Cursor::new(&copy.bytes)).is_err());
            let facts = probe(&copy.bytes).unwrap();
            assert_eq!((facts.has_gps, facts.taken, facts.orientation), (false, None, 1));
        }
    }

    #[test]
    fn copies_are_the_variants_in_order_and_the_same_each_time() {
        let photo = jpeg(50, 25);
        let recipe = small();
        let done = derive(&photo, &recipe).unwrap();
        let variants: Vec<Variant> = done.iter().map(|copy| copy.variant).collect();
        assert_eq!(variants, recipe.variants(&probe(&photo).unwrap()));
        assert_eq!(variants.iter().map(|it| it.width).collect::<Vec<_>>(), [20, 20, 40, 40]);
        assert_eq!(done, derive(&photo, &recipe).unwrap());
    }

    #[test]
    fn transparency_stays_without_dark_rims() {
        let done = derive(&png(80, 40, true), &small()).unwrap();
        assert_eq!(
            done.iter().map(|copy| copy.variant.format).collect::<Vec<_>>(),
            [Encoding::Png, Encoding::WebP, Encoding::Png, Encoding::WebP]
        );
        for copy in &done {
            let image = image::load_from_memory(&copy.bytes).unwrap().into_rgba8();
            assert_eq!(image.get_pixel(1, 1).0[3], 0);
            assert_eq!(image.get_pixel(copy.variant.width - 2, 1).0, [255; 4]);
        }
        let small = image::load_from_memory(&done[0].bytes).unwrap().into_rgba8();
        assert!(small.pixels().all(|it| it.0[3] < 8 || it.0[0] > 240));
    }

    #[test]
    fn other_depths_and_formats_come_out_as_photos() {
        let deep = image::ImageBuffer::from_fn(50, 50, |_, _| image::Rgb([65_535_u16, 0, 0]));
        let grey = image::GrayImage::from_pixel(50, 50, image::Luma([90]));
        let photos = [
            (encode(deep, ImageFormat::Png), [255, 0, 0]),
            (encode(grey.clone(), ImageFormat::Jpeg), [90, 90, 90]),
            (encode(grey, ImageFormat::Png), [90, 90, 90]),
            (gif(50, 50), [255, 0, 0]),
        ];
        for (photo, color) in photos {
            let done = derive(&photo, &small()).unwrap();
            assert_eq!(done[0].variant.format, Encoding::Jpeg);
            assert!(done.iter().all(|copy| near(corners(&copy.bytes)[0], color)));
        }
        assert_eq!(derive(&webp_lossy(50, 50), &small()).unwrap().len(), 4);
    }

    #[test]
    fn cut_off_files_give_a_picture_or_a_fault() {
        for photo in [jpeg(96, 64), png(96, 64, true), webp_lossy(96, 64), webp_lossless(96, 64), gif(9, 9)] {
            for length in 0..photo.len() {
                match derive(&photo[..length], &small()) {
                    Ok(done) => assert!(!done.is_empty()),
                    Err(PhotoFault::Empty | PhotoFault::NotAnImage | PhotoFault::Broken(_)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
        let photo = encode(quarters(400, 300), ImageFormat::Jpeg);
        let half = derive(&photo[..photo.len() / 2], &small()).unwrap();
        assert!(near(corners(&half[0].bytes)[0], RED));
    }
}
