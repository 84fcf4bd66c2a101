//! Small photographs for the tests: drawn, encoded as JPEG, and given the EXIF a telephone would write.

use exif::{Field, In, Rational, Tag, Value, experimental};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageBuffer, Rgb};
use img_parts::{Bytes, ImageEXIF};
use std::io::Cursor;

/// A JPEG of the given size; `seed` changes its colours.
pub fn jpeg(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let picture = ImageBuffer::from_fn(width, height, |x, y| {
        let wave = |scale: u64| ((u64::from(x) * scale + u64::from(y) * (seed % 7 + 1)) % 256) as u8;
        Rgb([wave(seed % 5 + 1), wave(2), (seed % 256) as u8])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&picture).unwrap();
    bytes
}

/// A JPEG that says where (GPS), when and with which camera it was taken.
pub fn jpeg_with_gps(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let degrees = |whole| {
        Value::Rational(vec![Rational::from((whole, 1)), Rational::from((30, 1)), Rational::from((15, 1))])
    };
    let fields = [
        field(Tag::Make, Value::Ascii(vec![b"Cunzhen".to_vec()])),
        field(Tag::Artist, Value::Ascii(vec![b"Zhang San".to_vec()])),
        field(Tag::DateTimeOriginal, Value::Ascii(vec![b"2026:10:01 09:30:00".to_vec()])),
        field(Tag::GPSLatitudeRef, Value::Ascii(vec![b"N".to_vec()])),
        field(Tag::GPSLatitude, degrees(23)),
        field(Tag::GPSLongitudeRef, Value::Ascii(vec![b"E".to_vec()])),
        field(Tag::GPSLongitude, degrees(108)),
    ];
    let mut writer = experimental::Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut tiff = Cursor::new(Vec::new());
    writer.write(&mut tiff, false).unwrap();
    let mut parts = img_parts::jpeg::Jpeg::from_bytes(Bytes::from(jpeg(width, height, seed))).unwrap();
    parts.set_exif(Some(Bytes::from(tiff.into_inner())));
    let mut bytes = Vec::new();
    parts.encoder().write_to(&mut bytes).unwrap();
    bytes
}

/// A PNG whose header promises `width` × `height` pixels, with next to nothing behind it.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = b"IHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    for chunk in [head, b"IDAT".to_vec(), b"IEND".to_vec()] {
        bytes.extend((chunk.len() as u32 - 4).to_be_bytes());
        bytes.extend(&chunk);
        bytes.extend(crc32(&chunk).to_be_bytes());
    }
    bytes
}

/// A JPEG whose header promises `width` × `height` pixels.
pub fn jpeg_header(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(16, 16, 1);
    let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
        }
        crc
    })
}

/// What EXIF of a person or a place is left in an image: names of the tags; empty when none is.
pub fn private_exif(bytes: &[u8]) -> Vec<String> {
    let Ok(exif) = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)) else {
        return Vec::new();
    };
    let personal = |tag: Tag| {
        let named = [
            Tag::Artist,
            Tag::Copyright,
            Tag::CameraOwnerName,
            Tag::BodySerialNumber,
            Tag::LensSerialNumber,
            Tag::MakerNote,
            Tag::UserComment,
        ];
        tag.context() == exif::Context::Gps || named.contains(&tag)
    };
    exif.fields().map(|field| field.tag).filter(|tag| personal(*tag)).map(|tag| tag.to_string()).collect()
}

#[test]
fn a_photo_with_gps_is_seen_as_such() {
    assert!(private_exif(&jpeg_with_gps(32, 24, 1)).contains(&"GPSLatitude".to_owned()));
    assert!(private_exif(&jpeg(32, 24, 1)).is_empty());
}
