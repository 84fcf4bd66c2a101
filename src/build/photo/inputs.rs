//! Files as phones, cameras, scanners and chats make them: each comes out as a photo with the right colours, or as a
//! fault that names it.

use super::testing::*;
use super::{Encoding, Format, PhotoFault, Recipe, derive, probe};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use libjpeg_turbo_rs as turbo;

fn recipe() -> Recipe {
    Recipe { widths: vec![40], ..Recipe::default() }
}

/// The colour in the middle of the first copy.
fn middle(photo: &[u8]) -> [u8; 3] {
    let made = derive(photo, &recipe()).unwrap();
    let image = image::load_from_memory(&made[0].bytes).unwrap().into_rgb8();
    image.get_pixel(image.width() / 2, image.height() / 2).0
}

fn plain(color: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(80, 60, Rgb(color))
}

fn near(a: [u8; 3], b: [u8; 3], most: u8) {
    assert!(a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= most), "{a:?} for {b:?}");
}

fn with_profile(jpeg: &[u8], profile: &moxcms::ColorProfile) -> Vec<u8> {
    let icc = profile.encode().unwrap();
    insert(jpeg, &[segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", icc.as_slice()].concat())])
}

#[test]
fn wide_colours_become_srgb() {
    // The red of sRGB as Display P3 has it; taken for sRGB it would be paler.
    let p3 = with_profile(
        &encode(plain([234, 51, 35]), ImageFormat::Jpeg),
        &moxcms::ColorProfile::new_display_p3(),
    );
    near(middle(&p3), [255, 0, 0], 6);
    let same =
        with_profile(&encode(plain([200, 90, 40]), ImageFormat::Jpeg), &moxcms::ColorProfile::new_srgb());
    near(middle(&same), [200, 90, 40], 3);
    let nonsense = insert(
        &encode(plain([200, 90, 40]), ImageFormat::Jpeg),
        &[segment(0xE2, b"ICC_PROFILE\0\x01\x01 no profile at all")],
    );
    near(middle(&nonsense), [200, 90, 40], 3);
}

#[test]
fn inks_become_light() {
    // Cyan and yellow make green. Adobe writes inks inverted and says so.
    let inks: Vec<u8> = [255 - 230, 255, 255 - 240, 255].repeat(80 * 60);
    let adobe = turbo::Encoder::new(&inks, 80, 60, turbo::PixelFormat::Cmyk)
        .quality(95)
        .subsampling(turbo::Subsampling::S444)
        .write_adobe_marker(true)
        .encode()
        .unwrap();
    assert!(contains(&adobe, b"Adobe"));
    near(middle(&adobe), [25, 255, 15], 8);
}

#[test]
fn progressive_and_arithmetic_are_read() {
    let pixels = plain([60, 120, 180]).into_raw();
    let encoder = || turbo::Encoder::new(&pixels, 80, 60, turbo::PixelFormat::Rgb).quality(95);
    near(middle(&encoder().progressive(true).encode().unwrap()), [60, 120, 180], 4);
    near(middle(&encoder().arithmetic(true).encode().unwrap()), [60, 120, 180], 4);
}

#[test]
fn twelve_bits_become_eight() {
    let pixels: Vec<i16> = [60, 120, 180].map(|sample: i16| sample * 16 + 8).repeat(80 * 60);
    let deep = |subsampling| turbo::compress_12bit(&pixels, 80, 60, 3, 95, subsampling).unwrap();
    near(middle(&deep(turbo::Subsampling::S444)), [60, 120, 180], 4);
    near(middle(&deep(turbo::Subsampling::S420)), [60, 120, 180], 4);
    let grey: Vec<i16> = vec![200 * 16; 80 * 60];
    let grey = turbo::compress_12bit(&grey, 80, 60, 1, 95, turbo::Subsampling::S444).unwrap();
    near(middle(&grey), [200, 200, 200], 4);
}

#[test]
fn rare_frames_are_named() {
    let mut file = encode(plain([60, 120, 180]), ImageFormat::Jpeg);
    let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    file[frame + 1] = 0xC5;
    let refused = PhotoFault::Unsupported("JPEG (hierarchical)".into());
    assert_eq!(probe(&file), Err(refused.clone()));
    assert_eq!(derive(&file, &recipe()).err(), Some(refused));
    file[frame + 1] = 0xC2;
    assert_eq!(super::jpeg::rare(&file), None);
    file[frame + 1] = 0xCA;
    assert_eq!(super::jpeg::rare(&file), Some("JPEG (arithmetic)"));
    file[frame + 1] = 0xC2;
    file[frame + 4] = 12;
    assert_eq!(super::jpeg::rare(&file), Some("JPEG (12 bit)"));
    // One that ends before its pixels is damaged, whatever it was to be.
    let cut = derive(&file[..frame + 40], &recipe());
    assert!(!matches!(cut, Err(PhotoFault::Unsupported(_))), "{cut:?}");
}

#[test]
fn deep_headers_that_promise_too_much_take_no_memory() {
    let pixels: Vec<i16> = vec![960; 80 * 60 * 3];
    let mut bomb = turbo::compress_12bit(&pixels, 80, 60, 3, 95, turbo::Subsampling::S444).unwrap();
    let frame = bomb.windows(2).position(|pair| matches!(pair, [0xFF, 0xC0 | 0xC1])).unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x2E, 0xE0]);
    assert_eq!(probe(&bomb).unwrap().width, 12_000);
    assert!(matches!(derive(&bomb, &recipe()), Err(PhotoFault::Unsupported(_) | PhotoFault::Broken(_))));
}

#[test]
fn rare_tiffs_are_named_and_not_called_damaged() {
    let mut tiff = encode(plain([60, 120, 180]), ImageFormat::Tiff);
    // Tag 262: how the numbers are meant. 8 is CIELab.
    let at = tiff.windows(4).position(|tag| tag == [6, 1, 3, 0]).unwrap();
    tiff[at + 8] = 8;
    let told = probe(&tiff).err().or_else(|| derive(&tiff, &recipe()).err());
    assert!(matches!(&told, Some(PhotoFault::Unsupported(name)) if name.starts_with("TIFF (")), "{told:?}");
}

#[test]
fn what_stands_beside_the_pixels_is_counted() {
    let carried = |photo: &[u8]| probe(photo).unwrap().carried;
    let jpeg = encode(plain([60, 120, 180]), ImageFormat::Jpeg);
    assert!(carried(&jpeg).is_nothing());
    assert!(carried(&insert(&jpeg, &[segment(0xFE, b"taken by Zhang")])).other);
    assert!(carried(&insert(&jpeg, &[segment(0xE2, b"MPF\0preview")])).other);
    let iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0B\x1C\x02\x50\0\x06Geheim";
    let told = carried(&insert(&jpeg, &[segment(0xED, iptc)]));
    assert!(told.person && !told.place && !told.device);

    let png = png(9, 9, false);
    assert!(carried(&png).is_nothing());
    let with = |name: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&png[..33], &length, name, data, &[0; 4], &png[33..]].concat()
    };
    assert!(carried(&with(b"tEXt", b"Author\0Geheim")).person);
    assert!(carried(&with(b"iTXt", b"Comment\0\0\0\0\0Geheim")).other);
    assert!(carried(&with(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0exif:GPSLatitude")).place);
    assert!(carried(&gif(9, 9)).other);
}

#[test]
fn scanners_and_old_programs_are_read() {
    for (format, ours) in [(ImageFormat::Tiff, Format::Tiff), (ImageFormat::Bmp, Format::Bmp)] {
        let file = encode(plain([60, 120, 180]), format);
        let facts = probe(&file).unwrap();
        assert_eq!((facts.format, facts.width, facts.height), (ours, 80, 60));
        near(middle(&file), [60, 120, 180], 4);
    }
    let deep = DynamicImage::ImageRgb16(image::ImageBuffer::from_pixel(80, 60, Rgb([65_535, 0, 32_768])));
    near(middle(&encode(deep, ImageFormat::Tiff)), [255, 0, 128], 6);
}

#[test]
fn a_tail_that_did_not_come_is_told_and_costs_only_itself() {
    let whole = encode(quarters(400, 300), ImageFormat::Jpeg);
    assert!(!probe(&whole).unwrap().cut);
    let cut = &whole[..whole.len() * 2 / 3];
    assert!(probe(cut).unwrap().cut);
    assert_eq!(derive(cut, &recipe()).unwrap().len(), 2);
    assert!(probe(&png(80, 60, false)[..70]).unwrap().cut);
}

/// A picture that does not pack well, so that half of its file is half of its rows: red, with noise in blue.
fn noisy(width: u32, height: u32) -> RgbImage {
    let mut dice = 1_u32;
    RgbImage::from_fn(width, height, |_, _| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([200, 30, dice.to_le_bytes()[3] / 4])
    })
}

#[test]
fn a_png_that_ends_too_early_shows_the_rows_that_came() {
    let file = encode(noisy(200, 240), ImageFormat::Png);
    let cut = &file[..file.len() / 2];
    assert!(probe(cut).unwrap().cut);
    let made = derive(cut, &recipe()).unwrap();
    let image = image::load_from_memory(&made[0].bytes).unwrap().into_rgb8();
    near(image.get_pixel(20, 6).0, [200, 30, 32], 14);
    near(image.get_pixel(20, 44).0, [128, 128, 128], 6);
    // Nothing of the picture: damaged, and not told a second time as cut.
    let pixels = file.windows(4).position(|name| name == b"IDAT").unwrap();
    assert!(!probe(&file[..pixels]).unwrap().cut);
    assert!(matches!(derive(&file[..pixels], &recipe()), Err(PhotoFault::Broken(_))));
    // Damage in the middle is damage.
    let mut bent = file.clone();
    bent[file.len() / 2] ^= 0xFF;
    assert!(matches!(derive(&bent, &recipe()), Err(PhotoFault::Broken(_))));
}

#[test]
fn large_pngs_are_made_small_while_they_are_read() {
    // Five pixels become one; what is left over on the right and below becomes one too.
    let red = DynamicImage::ImageRgb16(image::ImageBuffer::from_pixel(243, 182, Rgb([65_535, 0, 32_768])));
    near(middle(&encode(red, ImageFormat::Png)), [255, 0, 128], 4);
    let grey = DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(243, 182, image::Luma([25_700])));
    near(middle(&encode(grey, ImageFormat::Png)), [100, 100, 100], 4);
    // The quarters stay where they are.
    let made = derive(&png(400, 300, false), &recipe()).unwrap();
    let image = image::load_from_memory(&made[0].bytes).unwrap().into_rgb8();
    for ((x, y), colour) in [((4, 4), RED), ((35, 4), GREEN), ((4, 25), BLUE), ((35, 25), WHITE)] {
        near(image.get_pixel(x, y).0, colour, 12);
    }
    // Colours of what cannot be seen do not rub off.
    let sheer = derive(&png(403, 300, true), &recipe()).unwrap();
    let image = image::load_from_memory(&sheer[0].bytes).unwrap().into_rgba8();
    assert!(image.pixels().all(|it| it.0[3] < 8 || it.0[0] > 240));
    assert_eq!((image.get_pixel(2, 5).0[3], image.get_pixel(37, 5).0), (0, [255; 4]));
}

#[test]
fn what_decoding_takes_is_counted() {
    let weight = |facts: &super::PhotoFacts| super::weight(facts, 0, &Recipe::default()) >> 20;
    let mut facts = probe(&png_header(12_000, 10_000)).unwrap();
    assert!(weight(&facts) < 64, "{} MiB", weight(&facts));
    // Sixteen bits of four channels, put together whole.
    let mut header = png_header(12_000, 10_000);
    header[24..29].copy_from_slice(&[16, 6, 0, 0, 1]);
    facts = probe(&header).unwrap();
    assert!(weight(&facts) > 1_300, "{} MiB", weight(&facts));
    let pixels: Vec<i16> = vec![960; 80 * 60 * 3];
    let deep = turbo::compress_12bit(&pixels, 80, 60, 3, 95, turbo::Subsampling::S444).unwrap();
    let usual = encode(plain([60, 120, 180]), ImageFormat::Jpeg);
    assert!(
        super::weight(&probe(&deep).unwrap(), 0, &recipe())
            > super::weight(&probe(&usual).unwrap(), 0, &recipe())
    );
}

#[test]
fn what_moves_is_known() {
    let still = gif(9, 9);
    assert!(!probe(&still).unwrap().animated);
    // The same frame again, before the trailer.
    let frame = &still[still.iter().position(|byte| *byte == 0x2C).unwrap()..still.len() - 1];
    let twice = [&still[..still.len() - 1], frame, &[0x3B]].concat();
    assert!(probe(&twice).unwrap().animated);
}

#[test]
fn headers_that_promise_too_much_are_refused_before_memory_is_taken() {
    let tiff = |width: u32, height: u32| {
        let entry = |tag: u16, value: u32| {
            [&tag.to_le_bytes()[..], &4_u16.to_le_bytes(), &1_u32.to_le_bytes(), &value.to_le_bytes()]
                .concat()
        };
        let entries = [
            entry(256, width),
            entry(257, height),
            entry(258, 8),
            entry(259, 1),
            entry(262, 1),
            entry(273, 8),
        ];
        [b"II*\0\x08\0\0\0\x06\0".as_slice(), &entries.concat(), &[0; 4]].concat()
    };
    let bmp = |width: u32, height: u32| {
        let head = [&width.to_le_bytes()[..], &height.to_le_bytes(), &[1, 0, 24, 0], &[0; 24]].concat();
        [b"BM\xFF\xFF\xFF\x7F\0\0\0\0\x36\0\0\0\x28\0\0\0".as_slice(), &head].concat()
    };
    for giant in [tiff(60_000, 60_000), bmp(60_000, 60_000), png_header(1, 2_000_000_000)] {
        assert!(
            matches!(probe(&giant), Err(PhotoFault::TooLarge { .. } | PhotoFault::Broken(_))),
            "{:?}",
            probe(&giant)
        );
    }
    assert_eq!(probe(&bmp(30, 20)).unwrap().width, 30);
    assert!(matches!(derive(&bmp(11_000, 10_000), &recipe()), Err(PhotoFault::Broken(_))));
}

#[test]
fn a_bomb_of_scans_stops() {
    let pixels = plain([60, 120, 180]).into_raw();
    let bytes =
        turbo::Encoder::new(&pixels, 80, 60, turbo::PixelFormat::Rgb).progressive(true).encode().unwrap();
    let last = bytes.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let scan = &bytes[last..bytes.len() - 2];
    let bomb = [&bytes[..last], &scan.repeat(20_000), &[0xFF, 0xD9]].concat();
    // Whatever is made of it, it ends soon: both decoders stop counting.
    match derive(&bomb, &recipe()) {
        Ok(made) => assert_eq!(made[0].variant.format, Encoding::Jpeg),
        Err(fault) => assert!(matches!(fault, PhotoFault::Broken(_)), "{fault:?}"),
    }
}
