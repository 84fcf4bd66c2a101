//! HEIC, as phones write photos, by a decoder in plain Rust that follows the properties of the container itself.

use super::decode::Decoded;
use super::pixels::Pixels;
use super::{Format, MAX_PIXELS, PhotoFacts, PhotoFault, heif};
use image::DynamicImage;

/// Decodes the picture whose headers are `facts`.
pub(super) fn decode(bytes: &[u8], facts: &PhotoFacts) -> Result<Decoded, PhotoFault> {
    let profile = heif::profile(&heif::open(bytes, Format::Heic)?, Format::Heic, None)?;
    // Photos are decoded side by side already.
    let options = heifer::Options { max_threads: 1, max_pixels: MAX_PIXELS };
    let image = heifer::decode_rgba8(bytes, &options).map_err(fault)?;
    if (image.width, image.height) != facts.stored() {
        return Err(PhotoFault::Broken("headers disagree about the size".into()));
    }
    let pixels = image::RgbaImage::from_raw(image.width, image.height, image.data)
        .ok_or_else(|| PhotoFault::Broken("too few pixels".into()))?;
    Ok(Decoded { pixels: Pixels::of(DynamicImage::ImageRgba8(pixels), facts.alpha), profile })
}

fn fault(error: heifer::Error) -> PhotoFault {
    match error {
        heifer::Error::Unsupported(_) => PhotoFault::Heic,
        error => PhotoFault::decoder(error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Recipe, derive, probe, uncleanable};
    use super::*;
    use heifer::{EncodeOptions, Image, Metadata};
    use image::ImageFormat;
    use moxcms::ColorProfile;
    use proptest::prelude::*;

    /// 64 × 48, by libheif and x265: [`quarters`] with `irot` from an orientation of 6, EXIF with a position.
    const PHONE: &[u8] = include_bytes!("../../../tests/fixtures/phone.heic");

    fn ours(image: &image::RgbaImage, metadata: &Metadata) -> Vec<u8> {
        let mut heic = Image::filled(image.width(), image.height(), 8, [0; 4]);
        heic.data = image.iter().map(|sample| u16::from(*sample)).collect();
        heic.has_alpha = image.pixels().any(|pixel| pixel.0[3] < 255);
        let options = EncodeOptions { quality: 95, ..EncodeOptions::default() };
        heifer::encode_with_metadata(&heic, metadata, &options).unwrap()
    }

    fn corners(bytes: &[u8]) -> [[u8; 3]; 4] {
        let image = image::load_from_memory(bytes).unwrap().into_rgb8();
        let (right, below) = (image.width() - 4, image.height() - 4);
        [(3, 3), (right, 3), (3, below), (right, below)].map(|(x, y)| image.get_pixel(x, y).0)
    }

    #[test]
    fn a_phone_s_photo_comes_out_upright_and_clean() {
        let facts = probe(PHONE).unwrap();
        assert_eq!((facts.format, facts.width, facts.height), (Format::Heic, 48, 64));
        assert_eq!((facts.orientation, facts.alpha, facts.animated), (1, false, false));
        assert_eq!(facts.taken.as_deref(), Some("2026-11-22T09:30:05"));
        assert!(facts.carried.place && facts.carried.device);
        let made = derive(PHONE, &Recipe { widths: vec![48], ..Recipe::default() }).unwrap();
        for copy in &made {
            let wanted = [BLUE, RED, WHITE, GREEN];
            assert!(corners(&copy.bytes).iter().zip(wanted).all(|(is, wanted)| near(*is, wanted)));
            assert!(!contains(&copy.bytes, b"Maker") && !contains(&copy.bytes, b"Exif"));
        }
        // The original itself cannot be cleaned, so it is not published.
        assert_eq!(uncleanable(PHONE, "static/a.heic").unwrap().code, "photo-uncleanable");
    }

    #[test]
    fn exif_does_not_turn_it_once_more() {
        let upright = image::DynamicImage::from(quarters(64, 48)).into_rgba8();
        let metadata = Metadata { exif: Some(exif_block(6)), ..Metadata::default() };
        let mut bytes = ours(&upright, &metadata);
        // The encoder sets the orientation right; a careless program does not.
        let at = memchr::memmem::find(&bytes, b"\x01\x12\0\x03\0\0\0\x01\0").unwrap() + 9;
        bytes[at] = 6;
        let facts = probe(&bytes).unwrap();
        assert_eq!((facts.width, facts.height, facts.orientation), (64, 48, 1));
        assert_eq!(facts.description.as_deref(), Some("庆乐村主题党日"));
    }

    #[test]
    fn wide_colours_and_transparency_are_kept_right() {
        let plain = image::RgbaImage::from_pixel(64, 48, image::Rgba([234, 51, 35, 255]));
        let icc = ColorProfile::new_display_p3().encode().ok();
        let made = derive(
            &ours(&plain, &Metadata { icc_profile: icc, ..Metadata::default() }),
            &Recipe { widths: vec![64], ..Recipe::default() },
        );
        let [red, green, blue] = corners(&made.unwrap()[0].bytes)[0];
        assert!(red > 250 && green < 16 && blue < 16, "{red} {green} {blue}");

        let mut sheer = image::RgbaImage::from_pixel(64, 48, image::Rgba([20, 200, 20, 255]));
        (0..48).for_each(|y| (0..32).for_each(|x| sheer.put_pixel(x, y, image::Rgba([0, 0, 0, 0]))));
        let bytes = ours(&sheer, &Metadata::default());
        assert!(probe(&bytes).unwrap().alpha);
        let made = derive(&bytes, &Recipe { widths: vec![64], ..Recipe::default() }).unwrap();
        let image = image::load_from_memory(&made[0].bytes).unwrap().into_rgba8();
        assert_eq!((image.get_pixel(5, 20).0[3], image.get_pixel(60, 20).0[3]), (0, 255));
    }

    #[test]
    fn large_photos_in_tiles_are_put_together() {
        let tiled = ours(&image::DynamicImage::from(quarters(1300, 900)).into_rgba8(), &Metadata::default());
        let made = derive(&tiled, &Recipe { widths: vec![650], ..Recipe::default() }).unwrap();
        let wanted = [RED, GREEN, BLUE, WHITE];
        assert!(corners(&made[0].bytes).iter().zip(wanted).all(|(is, wanted)| near(*is, wanted)));
    }

    #[test]
    fn a_picture_that_ends_too_soon_is_broken() {
        let cut = &PHONE[..PHONE.len() - 40];
        assert!(matches!(derive(cut, &Recipe::default()), Err(PhotoFault::Broken(_))));
        assert!(derive(&encode(quarters(8, 8), ImageFormat::Png), &Recipe::default()).is_ok());
    }

    proptest! {
        #[test]
        fn damage_is_survived(at in 0..PHONE.len(), byte: u8, length in 0..PHONE.len()) {
            let mut damaged = PHONE.to_vec();
            damaged[at] = byte;
            let recipe = Recipe { widths: vec![20], ..Recipe::default() };
            _ = derive(&damaged, &recipe);
            _ = derive(&damaged[..length], &recipe);
        }
    }
}
