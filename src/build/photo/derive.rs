//! The copies of a photo: decode once, scale down step by step, encode.
//!
//! In: the file and a [`Recipe`]. Out: one [`Derivative`] for each of [`Recipe::variants`], in that order.
//! Orientation and colours are set right on the first scaled picture (few pixels instead of all). Nothing but pixels
//! is written.

use super::pixels::{Pixels, Scratch};
use super::recipe::{Encoding, Recipe, Variant};
use super::{BY_ROWS, Look, PhotoFacts, PhotoFault, colour, decode, encode, fenced, probe, rows};

/// One finished copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Derivative {
    /// What it is.
    pub variant: Variant,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Makes all copies of a photo, and tells how it looks. Memory: see [`weight`].
pub fn develop(
    bytes: &[u8],
    recipe: &Recipe,
    scratch: &Scratch,
) -> Result<(Vec<Derivative>, Look), PhotoFault> {
    let mut done = Vec::new();
    let look = scaled(bytes, recipe, scratch, |variant, pixels| {
        done.push(Derivative { variant, bytes: encode::encode(pixels, variant.format, recipe)? });
        Ok(())
    })?;
    done.reverse();
    Ok((done, look))
}

/// Calls `each` for every copy of a photo, the widest first, with its pixels, and tells how the photo looks.
fn scaled(
    bytes: &[u8],
    recipe: &Recipe,
    scratch: &Scratch,
    mut each: impl FnMut(Variant, &Pixels) -> Result<(), PhotoFault>,
) -> Result<Look, PhotoFault> {
    let facts = probe(bytes)?;
    fenced(|| {
        let variants = recipe.variants(&facts);
        let stored = |variant: &Variant| facts.turned((variant.width, variant.height));
        let largest = variants.last().map_or(facts.stored(), stored);
        let decode::Decoded { mut pixels, profile } =
            decode::decode(bytes, &facts, largest.0, largest.1, scratch)?;
        pixels.resize(largest, scratch)?;
        let mut pixels = colour::to_srgb(pixels.upright(facts.orientation)?, profile.as_deref());
        // From the widest down, each from the one before.
        for variant in variants.iter().rev() {
            pixels.resize((variant.width, variant.height), scratch)?;
            each(*variant, &pixels)?;
        }
        let look = Look::of(&pixels)?;
        scratch.give(pixels.bytes);
        Ok(look)
    })
}

/// A photo in all its sizes, none of them encoded yet.
#[derive(Debug)]
pub struct Negative {
    /// The widest first.
    sizes: Vec<Pixels>,
    /// In the order of [`Recipe::variants`], each with the number of its size.
    variants: Vec<(Variant, usize)>,
    look: Look,
}

impl Negative {
    /// Decodes a photo and scales it, as [`develop`] does.
    pub fn of(bytes: &[u8], recipe: &Recipe, scratch: &Scratch) -> Result<Self, PhotoFault> {
        let (mut sizes, mut variants): (Vec<Pixels>, Vec<(Variant, usize)>) = Default::default();
        let look = scaled(bytes, recipe, scratch, |variant, pixels| {
            if sizes.last().is_none_or(|last| (last.width, last.height) != (pixels.width, pixels.height)) {
                sizes.push(pixels.clone());
            }
            variants.push((variant, sizes.len() - 1));
            Ok(())
        })?;
        variants.reverse();
        Ok(Negative { sizes, variants, look })
    }

    /// How many copies there are.
    pub fn count(&self) -> usize {
        self.variants.len()
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        self.sizes.iter().map(|pixels| pixels.bytes.len()).sum()
    }

    /// How the photo looks.
    pub fn look(&self) -> Look {
        self.look
    }

    /// One of the copies, as [`develop`] makes it.
    pub fn encode(&self, at: usize, recipe: &Recipe) -> Result<Vec<u8>, PhotoFault> {
        let missing = || PhotoFault::Broken("no such copy".into());
        let (variant, size) = self.variants.get(at).ok_or_else(missing)?;
        let pixels = self.sizes.get(*size).ok_or_else(missing)?;
        fenced(|| encode::encode(pixels, variant.format, recipe))
    }
}

#[cfg(test)]
pub(super) fn derive(bytes: &[u8], recipe: &Recipe) -> Result<Vec<Derivative>, PhotoFault> {
    develop(bytes, recipe, &Scratch::default()).map(|(copies, _)| copies)
}

/// Bytes that the AVIF encoder takes for a pixel.
const FOR_AVIF: u64 = 64;

/// Bytes that the copies and their encoders take for a pixel of the largest copy.
const FOR_COPIES: u64 = 12;

/// About how many bytes of memory [`develop`] takes at most for a photo: what is decoded (see [`PhotoFacts::each`]), the largest
/// copy while it is encoded, and the file.
pub fn weight(facts: &PhotoFacts, file: u64, recipe: &Recipe) -> u64 {
    let variants = recipe.variants(facts);
    let pixels = |variant: &Variant| u64::from(variant.width) * u64::from(variant.height);
    let avif = variants.iter().filter(|it| it.format == Encoding::Avif).map(pixels).max().unwrap_or(0);
    let decoded = if facts.each == BY_ROWS {
        let largest = variants.last().map_or(facts.stored(), |it| facts.turned((it.width, it.height)));
        rows::kept(facts, largest) * 4
    } else {
        u64::from(facts.width) * u64::from(facts.height) * u64::from(facts.each)
    };
    let copies = variants.last().map_or(0, pixels) * FOR_COPIES;
    decoded + copies + avif * FOR_AVIF + file + (8 << 20)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use image::ImageFormat;
    use std::io::Cursor;

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
            assert_eq!((facts.carried.place, facts.taken, facts.orientation), (false, None, 1));
        }
    }

    #[test]
    fn a_copy_by_itself_is_that_of_all() {
        let turned = with_exif(&jpeg(96, 64), &exif_block(6));
        for photo in [jpeg(96, 64), turned, png(96, 64, true), webp_lossy(30, 20)] {
            let (done, look) = develop(&photo, &small(), &Scratch::default()).unwrap();
            let negative = Negative::of(&photo, &small(), &Scratch::default()).unwrap();
            assert_eq!((negative.count(), negative.look()), (done.len(), look));
            for (at, copy) in done.iter().enumerate().rev() {
                assert_eq!(negative.encode(at, &small()).unwrap(), copy.bytes, "{:?}", copy.variant);
            }
            assert!(negative.encode(done.len(), &small()).is_err() && negative.size() > 0);
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
