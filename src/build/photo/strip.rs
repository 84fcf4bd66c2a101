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
        Ok(Format::Bmp | Format::Tiff | Format::Heic | Format::Avif) | Err(_) => return Ok(None),
    }?;
    Ok((cleaned != bytes).then_some(cleaned))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{derive, probe};
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn same_pixels(a: &[u8], b: &[u8]) {
        assert_eq!(image::load_from_memory(a).unwrap(), image::load_from_memory(b).unwrap());
    }

    #[test]
    fn jpeg_keeps_its_picture_profile_and_orientation_only() {
        let plain = jpeg(40, 30);
        let profile = segment(0xE2, b"ICC_PROFILE\0\x01\x01profile");
        let full = insert(
            &plain,
            &[
                segment(0xE1, &[b"Exif\0\0", exif_block(6).as_slice()].concat()),
                segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude='23,59N'/>"),
                profile.clone(),
                segment(0xE2, b"MPF\0secret preview"),
                segment(0xED, b"Photoshop 3.0\08BIM secret"),
                segment(0xFE, b"secret comment"),
            ],
        );
        let full = [full, jpeg(10, 10), b"secret film".to_vec()].concat();
        let clean = strip(&full).unwrap().unwrap();
        same_pixels(&clean, &plain);
        assert!(contains(&clean, &profile));
        for trace in [b"secret".as_slice(), b"Secret", b"SECRET", b"xmp", b"MPF", b"GPS", b"2026:11"] {
            assert!(!contains(&clean, trace), "{trace:?}");
        }
        let facts = probe(&clean).unwrap();
        assert_eq!((facts.width, facts.height, facts.orientation), (30, 40, 6));
        assert_eq!((facts.carried.place, facts.taken, facts.description), (false, None, None));
        let left = exif::Reader::new().read_from_container(&mut Cursor::new(&clean)).unwrap();
        assert_eq!(left.fields().map(|field| field.tag).collect::<Vec<_>>(), [exif::Tag::Orientation]);
        assert_eq!(strip(&clean), Ok(None));
    }

    #[test]
    fn orientation_1_leaves_no_exif() {
        let plain = jpeg(40, 30);
        assert_eq!(strip(&with_exif(&plain, &exif_block(1))), Ok(Some(plain)));
    }

    #[test]
    fn clean_files_and_other_kinds_are_left_alone() {
        for file in [jpeg(9, 9), png(9, 9, true), webp_lossy(9, 9), webp_lossless(9, 9), b"body {}".to_vec()]
        {
            assert_eq!(strip(&file), Ok(None));
        }
        assert_eq!(strip(b""), Ok(None));
    }

    #[test]
    fn png_loses_its_texts() {
        let plain = png(9, 9, true);
        let chunk = |name: &[u8; 4], data: &[u8]| {
            [&u32::try_from(data.len()).unwrap().to_be_bytes(), name.as_slice(), data, &[0; 4]].concat()
        };
        let extra = [
            chunk(b"tEXt", b"Author\0secret"),
            chunk(b"eXIf", &exif_block(3)),
            chunk(b"tIME", &[7; 7]),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0secret exif:GPSLatitude"),
        ]
        .concat();
        let full = [&plain[..33], &extra, &plain[33..], b"secret"].concat();
        assert!(probe(&full).unwrap().carried.place);
        let clean = strip(&full).unwrap().unwrap();
        assert!(!contains(&clean, b"ecret") && !contains(&clean, b"SECRET"));
        assert_eq!(probe(&clean).unwrap().orientation, 3);
        same_pixels(&clean, &plain);
        assert_eq!(strip(&clean), Ok(None));
    }

    #[test]
    fn webp_loses_exif_and_xmp() {
        let plain = webp_lossy(40, 30);
        let chunk = |name: &[u8; 4], data: &[u8]| {
            let pad = vec![0; data.len() % 2];
            [name.as_slice(), &u32::try_from(data.len()).unwrap().to_le_bytes(), data, &pad].concat()
        };
        let body = [
            chunk(b"VP8X", &[0x0C, 0, 0, 0, 39, 0, 0, 29, 0, 0]),
            plain[12..].to_vec(),
            chunk(b"EXIF", &exif_block(1)),
            chunk(b"XMP ", b"secret exif:GPSLatitude"),
        ]
        .concat();
        let length = u32::try_from(body.len() + 4).unwrap().to_le_bytes();
        let full = [b"RIFF".as_slice(), &length, b"WEBP", &body, b"secret"].concat();
        assert!(probe(&full).unwrap().carried.place);
        let clean = strip(&full).unwrap().unwrap();
        assert!(!contains(&clean, b"ecret") && !contains(&clean, b"EXIF"));
        assert_eq!(clean[20], 0);
        assert_eq!(clean.len() - 8, u32::from_le_bytes(clean[4..8].try_into().unwrap()) as usize);
        same_pixels(&clean, &plain);
        assert_eq!(strip(&clean), Ok(None));
    }

    #[test]
    fn gif_loses_its_comment() {
        let clean = strip(&gif(9, 9)).unwrap().unwrap();
        assert!(!contains(&clean, b"hello"));
        same_pixels(&clean, &gif(9, 9));
        assert_eq!(strip(&clean), Ok(None));
    }

    #[test]
    fn what_cannot_be_followed_is_a_fault() {
        assert!(matches!(strip(b"\xFF\xD8\xFF\xE1\xFF\xFFcut"), Err(PhotoFault::Broken(_))));
        assert!(matches!(strip(&png(9, 9, true)[..60]), Err(PhotoFault::Broken(_))));
        let cut = jpeg(90, 90);
        let cut = with_exif(&cut[..cut.len() - 40], &exif_block(1));
        assert!(!contains(&strip(&cut).unwrap().unwrap(), b"Secret"));
    }

    /// Runs everything; a cleaned file must have nothing left to clean.
    fn survives(bytes: &[u8]) {
        let _ = probe(bytes);
        let _ = derive(bytes, &crate::build::photo::Recipe::default());
        let _ = crate::build::photo::uncleanable(bytes, "a");
        if let Ok(Some(clean)) = strip(bytes) {
            assert_eq!(strip(&clean), Ok(None));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn garbage_is_survived(start in 0_usize..6, tail in prop::collection::vec(any::<u8>(), 0..300)) {
            let starts: [&[u8]; 6] =
                [b"", b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR", b"GIF89a", b"RIFF\xFF\0\0\0WEBPVP8X", b"\0\0\0\x18ftyp"];
            survives(&[starts[start], &tail].concat());
        }

        #[test]
        fn damaged_photos_are_survived(
            kind in 0_usize..5,
            hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        ) {
            let mut photo = match kind {
                0 => with_exif(&jpeg(24, 16), &exif_block(6)),
                1 => png(24, 16, true),
                2 => webp_lossy(24, 16),
                3 => webp_lossless(24, 16),
                _ => gif(24, 16),
            };
            for (at, value) in hits {
                let at = at.index(photo.len());
                photo[at] = value;
            }
            survives(&photo);
        }
    }
}
