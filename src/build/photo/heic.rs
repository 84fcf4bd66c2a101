//! HEIC, as phones write photos: headers, and decoding by a decoder in plain Rust.
//!
//! Such pictures are cut and turned by properties of the container, which the decoder follows: sizes here are as one looks
//! at the picture, and EXIF's orientation does not count (ISO/IEC 23008-12, annex A.2.1). Single pictures and grids of
//! tiles are read; bursts, moving pictures and overlays are told.

use super::decode::Decoded;
use super::pixels::Pixels;
use super::{Carried, Format, Head, MAX_PIXELS, PhotoFacts, PhotoFault};
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use image::DynamicImage;
use moxcms::ColorProfile;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Primaries and transfer functions of ITU-T H.273: P3, and the two of high dynamic range.
const P3: u16 = 12;
const PQ: u16 = 16;
const HLG: u16 = 18;

/// Reads the headers.
pub(super) fn head(bytes: &[u8]) -> Result<Head<'_>, PhotoFault> {
    let file = open(bytes)?;
    let id = file.primary_id;
    let (width, height) = size(&file, id)?;
    Ok(Head {
        format: Format::Heic,
        width,
        height,
        alpha: file.referencing_items(id, b"auxl").into_iter().any(|other| is_alpha(&file, other)),
        exif: file.exif(id).ok().flatten().map(Cow::Owned),
        xmp: file.xmp(id).ok().flatten().map(|packet| Carried::of_xmp(&packet)).unwrap_or_default(),
        cut: false,
        animated: false,
    })
}

/// Decodes the picture whose headers are `facts`.
pub(super) fn decode(bytes: &[u8], facts: &PhotoFacts) -> Result<Decoded, PhotoFault> {
    let file = open(bytes)?;
    let profile = profile(&file)?;
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

/// The container, if its picture is one that is read.
fn open(bytes: &[u8]) -> Result<HeifFile<'_>, PhotoFault> {
    let file = HeifFile::parse(bytes).map_err(PhotoFault::decoder)?;
    let kind = |id: ItemId| file.item(id).map(|item| item.item_type.0).map_err(PhotoFault::decoder);
    match &kind(file.primary_id)? {
        b"hvc1" => {}
        b"grid" => {
            let tiles = file.referenced_items(file.primary_id, b"dimg");
            // One tile told a thousand times would be decoded as often.
            if tiles.iter().collect::<BTreeSet<_>>().len() != tiles.len() {
                return Err(PhotoFault::Broken("a tile stands in two places".into()));
            }
            let mut whole = 0;
            for tile in tiles {
                if kind(*tile)? != *b"hvc1" {
                    return Err(PhotoFault::Heic);
                }
                let (width, height) = stored(&file, *tile)?;
                whole += u64::from(width) * u64::from(height);
            }
            // Tiles may reach a little beyond the picture.
            if whole > 2 * MAX_PIXELS {
                return Err(PhotoFault::Broken("too many tiles".into()));
            }
        }
        _ => return Err(PhotoFault::Heic),
    }
    Ok(file)
}

fn stored(file: &HeifFile<'_>, id: ItemId) -> Result<(u32, u32), PhotoFault> {
    let size = file.image_size(id).map_err(PhotoFault::decoder)?;
    size.ok_or_else(|| PhotoFault::Broken("no size".into()))
}

/// The size as one looks at the picture: cut and turned in the order in which the properties stand.
fn size(file: &HeifFile<'_>, id: ItemId) -> Result<(u32, u32), PhotoFault> {
    let (mut width, mut height) = stored(file, id)?;
    for property in file.item_properties(id).map_err(PhotoFault::decoder)? {
        match *property {
            Property::CleanAperture { width: across, height: down, horiz_offset, vert_offset } => {
                width = cut(width, across, horiz_offset)?;
                height = cut(height, down, vert_offset)?;
            }
            Property::Rotation(quarters) if quarters % 2 == 1 => (width, height) = (height, width),
            _ => {}
        }
    }
    Ok((width, height))
}

/// What is left of a side: a length around a centre that lies off the middle, both fractions.
fn cut(side: u32, length: (u32, u32), offset: (i32, u32)) -> Result<u32, PhotoFault> {
    if length.1 == 0 || offset.1 == 0 {
        return Err(PhotoFault::Broken("a fraction by zero".into()));
    }
    let length = f64::from(length.0) / f64::from(length.1);
    let centre = f64::from(offset.0) / f64::from(offset.1) + (f64::from(side) - 1.0) / 2.0;
    let start = (centre - (length - 1.0) / 2.0).round().clamp(0.0, f64::from(side));
    Ok(length.round().clamp(0.0, f64::from(side) - start) as u32)
}

fn is_alpha(file: &HeifFile<'_>, id: ItemId) -> bool {
    file.item_properties(id).is_ok_and(|mut properties| {
        properties.any(|property| {
            matches!(property, Property::AuxiliaryType(name) if name == "urn:mpeg:hevc:2015:auxid:1"
                || name == "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha")
        })
    })
}

/// The colour profile that came with the picture, or the one that its numbers mean; none is sRGB.
fn profile(file: &HeifFile<'_>) -> Result<Option<Vec<u8>>, PhotoFault> {
    let id = file.primary_id;
    if let Some(profile) = file.icc_profile(id).ok().flatten() {
        return Ok(Some(profile.to_vec()));
    }
    let first = file.referenced_items(id, b"dimg").first().copied();
    let numbers = [Some(id), first].into_iter().flatten().find_map(|id| {
        file.item_properties(id).ok()?.find_map(|property| match property {
            Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => Some((*primaries, *transfer)),
            _ => None,
        })
    });
    match numbers {
        Some((_, PQ | HLG)) => Err(PhotoFault::Unsupported("HEIC (HDR)".into())),
        Some((P3, _)) => Ok(ColorProfile::new_display_p3().encode().ok()),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Recipe, derive, probe, uncleanable};
    use super::*;
    use heifer::{EncodeOptions, Image, Metadata};
    use image::ImageFormat;
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
    fn what_is_left_of_a_side() {
        assert_eq!(cut(100, (80, 1), (0, 1)), Ok(80));
        assert_eq!(cut(100, (80, 1), (40, 1)), Ok(50));
        assert_eq!(cut(100, (500, 1), (0, 1)), Ok(100));
        assert_eq!(cut(100, (80, 1), (900, 1)), Ok(0));
        assert!(cut(100, (80, 0), (0, 1)).is_err());
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
