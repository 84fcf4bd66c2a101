//! Small pictures for the tests of this module.

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Cursor;

pub(super) const RED: [u8; 3] = [220, 20, 20];
pub(super) const GREEN: [u8; 3] = [20, 200, 20];
pub(super) const BLUE: [u8; 3] = [20, 20, 220];
pub(super) const WHITE: [u8; 3] = [240, 240, 240];

/// Quarters: red and green above, blue and white below.
pub(super) fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        })
    })
}

pub(super) fn encode(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub(super) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encode(quarters(width, height), ImageFormat::Jpeg)
}

/// With `alpha`, the left half is transparent black and the right half opaque white.
pub(super) fn png(width: u32, height: u32, alpha: bool) -> Vec<u8> {
    if !alpha {
        return encode(quarters(width, height), ImageFormat::Png);
    }
    let half = |x, _| if x < width / 2 { Rgba([0, 0, 0, 0]) } else { Rgba([255, 255, 255, 255]) };
    encode(RgbaImage::from_fn(width, height, half), ImageFormat::Png)
}

pub(super) fn webp_lossy(width: u32, height: u32) -> Vec<u8> {
    webp::Encoder::from_rgb(&quarters(width, height), width, height).encode(90.0).to_vec()
}

pub(super) fn webp_lossless(width: u32, height: u32) -> Vec<u8> {
    let image = RgbaImage::from_fn(width, height, |x, _| Rgba([9, 9, 9, if x == 0 { 0 } else { 255 }]));
    encode(image, ImageFormat::WebP)
}

pub(super) fn gif(width: u32, height: u32) -> Vec<u8> {
    let mut out = b"GIF89a".to_vec();
    let size = [width.to_le_bytes()[0], 0, height.to_le_bytes()[0], 0];
    out.extend(size);
    out.extend([0x80, 0, 0, 255, 0, 0, 0, 0, 255]);
    out.extend(b"\x21\xFE\x05hello\0");
    out.push(0x2C);
    out.extend([0, 0, 0, 0]);
    out.extend(size);
    out.extend([0, 2]);
    // Codes of three bits that are cleared before each pixel, so they never grow: clear, red, clear, red, … end.
    let codes = (0..width * height).flat_map(|_| [4_u32, 0]).chain([5]);
    let mut data = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for code in codes {
        bits |= code << count;
        count += 3;
        while count >= 8 {
            data.push(bits.to_le_bytes()[0]);
            bits >>= 8;
            count -= 8;
        }
    }
    data.push(bits.to_le_bytes()[0]);
    for block in data.chunks(255) {
        out.push(u8::try_from(block.len()).unwrap());
        out.extend(block);
    }
    out.extend([0, 0x3B]);
    out
}

/// A camera's EXIF: orientation, moment, description, maker and a position.
pub(super) fn exif_block(orientation: u16) -> Vec<u8> {
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let text = |text: &str| Value::Ascii(vec![text.as_bytes().to_vec()]);
    let degrees = || Value::Rational([23, 59, 1].map(|num| Rational { num, denom: 1 }).to_vec());
    let fields = [
        field(Tag::Make, text("SecretMaker")),
        field(Tag::ImageDescription, text("庆乐村主题党日")),
        field(Tag::Orientation, Value::Short(vec![orientation])),
        field(Tag::DateTimeOriginal, text("2026:11:22 09:30:05")),
        field(Tag::BodySerialNumber, text("SECRET-SERIAL")),
        field(Tag::GPSLatitudeRef, text("N")),
        field(Tag::GPSLatitude, degrees()),
        field(Tag::GPSLongitudeRef, text("E")),
        field(Tag::GPSLongitude, degrees()),
    ];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut out = Cursor::new(Vec::new());
    writer.write(&mut out, false).unwrap();
    out.into_inner()
}

pub(super) fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], length.as_slice(), data].concat()
}

/// Puts segments behind the SOI of a JPEG.
pub(super) fn insert(jpeg: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

pub(super) fn with_exif(jpeg: &[u8], block: &[u8]) -> Vec<u8> {
    insert(jpeg, &[segment(0xE1, &[b"Exif\0\0", block].concat())])
}

pub(super) fn png_header(width: u32, height: u32) -> Vec<u8> {
    let data = [&width.to_be_bytes(), &height.to_be_bytes(), [8, 2, 0, 0].as_slice(), &[0]].concat();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".as_slice(), &data, &[0; 4]].concat()
}

pub(super) fn jpeg_header(width: u16, height: u16) -> Vec<u8> {
    let [a, b] = height.to_be_bytes();
    let [c, d] = width.to_be_bytes();
    [&[0xFF, 0xD8], segment(0xC0, &[8, a, b, c, d, 1, 1, 0x11, 0]).as_slice()].concat()
}

pub(super) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}

/// Whether two colours look the same after lossy coding.
pub(super) fn near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 30)
}
