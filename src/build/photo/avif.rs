//! AVIF: AV1 pictures in a HEIF container, decoded by a port of dav1d to Rust.
//!
//! In come the bytes of a file; out go pixels of eight bits a channel, put together from tiles, with their transparency, cut
//! and turned as the container says. High dynamic range and the matrices that stills never use are told.

use super::decode::Decoded;
use super::pixels::Pixels;
use super::{Format, MAX_PIXELS, PhotoFacts, PhotoFault, heif};
use heifer::color::{ColorParams, frame_to_rgba_into};
use heifer::heifer_hevc_dec::recon::Frame;
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use image::DynamicImage;
use re_rav1d::dav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent, Settings, pixel};

/// An image of eight bits a channel.
type Image = heifer::Image<u8>;

/// Decodes the picture whose headers are `facts`.
pub(super) fn decode(bytes: &[u8], facts: &PhotoFacts) -> Result<Decoded, PhotoFault> {
    let file = heif::open(bytes, Format::Avif)?;
    let id = file.primary_id;
    let (width, height) = heif::stored(&file, id)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoFault::TooLarge { width, height });
    }
    let mut image = Image::filled_samples(width, height, 8, [0, 0, 0, 255]);
    let mut numbers = None;
    tiles(&file, id, (width, height), |left, top, picture| {
        numbers.get_or_insert(picture.numbers);
        picture.paint(&mut image, left, top, params(&file, id, picture)?);
        Ok(())
    })?;
    if let Some(alpha) = heif::alpha(&file, id) {
        heif::coded(&file, alpha, Format::Avif)?;
        if heif::stored(&file, alpha)? != (width, height) {
            return Err(PhotoFault::Broken("transparency of another size".into()));
        }
        tiles(&file, alpha, (width, height), |left, top, picture| {
            picture.lay_over(&mut image, left, top);
            Ok(())
        })?;
        if file.referenced_items(id, b"prem").contains(&alpha) {
            image.data.chunks_exact_mut(4).for_each(divide);
        }
    }
    let image = turned(&file, image)?;
    if (image.width, image.height) != facts.stored() {
        return Err(PhotoFault::Broken("headers disagree about the size".into()));
    }
    let profile = heif::profile(&file, Format::Avif, numbers)?;
    let pixels = image::RgbaImage::from_raw(image.width, image.height, image.data)
        .ok_or_else(|| PhotoFault::Broken("too few pixels".into()))?;
    Ok(Decoded { pixels: Pixels::of(DynamicImage::ImageRgba8(pixels), facts.alpha), profile })
}

/// Decodes the tiles of a picture of `size`, or the only one, and hands each to `visit` with its place.
fn tiles(
    file: &HeifFile<'_>,
    id: ItemId,
    size: (u32, u32),
    mut visit: impl FnMut(u32, u32, &Coded) -> Result<(), PhotoFault>,
) -> Result<(), PhotoFault> {
    let coded = heif::coded(file, id, Format::Avif)?;
    if coded == [id] {
        return visit(0, 0, &picture(file, id)?);
    }
    let grid = file.grid(id).map_err(PhotoFault::decoder)?;
    let columns = u32::from(grid.columns);
    if (grid.output_width, grid.output_height) != size
        || coded.len() != usize::from(grid.rows) * usize::from(grid.columns)
    {
        return Err(PhotoFault::Broken("the grid is not whole".into()));
    }
    let mut first = None;
    for (number, tile) in (0_u32..).zip(coded) {
        let tile = picture(file, tile)?;
        let (across, down) = *first.get_or_insert((tile.width, tile.height));
        if (tile.width, tile.height) != (across, down) {
            return Err(PhotoFault::Broken("tiles of several sizes".into()));
        }
        visit((number % columns).saturating_mul(across), (number / columns).saturating_mul(down), &tile)?;
    }
    match first {
        Some((across, down)) if across * columns >= size.0 && down * u32::from(grid.rows) >= size.1 => Ok(()),
        _ => Err(PhotoFault::Broken("tiles leave a gap".into())),
    }
}

/// A decoded picture.
struct Coded {
    /// Planes, the first one padded to as many columns and rows as the others stand for.
    frame: Frame,
    width: u32,
    height: u32,
    /// Primaries and transfer function (ITU-T H.273).
    numbers: (u16, u16),
}

/// Decodes one coded picture.
fn picture(file: &HeifFile<'_>, id: ItemId) -> Result<Coded, PhotoFault> {
    let (width, height) = heif::stored(file, id)?;
    let data = file.item_data(id).map_err(PhotoFault::decoder)?;
    let picture = first_frame(data.into_owned())?;
    if (picture.width(), picture.height()) != (width, height) {
        return Err(PhotoFault::Broken("headers disagree about the size".into()));
    }
    let format = match picture.pixel_layout() {
        PixelLayout::I400 => 0,
        PixelLayout::I420 => 1,
        PixelLayout::I422 => 2,
        PixelLayout::I444 => 3,
    };
    let (wide, high) = (u32::from(matches!(format, 1 | 2)) + 1, u32::from(format == 1) + 1);
    let chroma = if format == 0 { (0, 0) } else { (width.div_ceil(wide), height.div_ceil(high)) };
    let luma = if format == 0 { (width, height) } else { (chroma.0 * wide, chroma.1 * high) };
    let depth = u8::try_from(picture.bit_depth()).unwrap_or(8);
    let plane = |component, size| plane(&picture, component, size, depth);
    let frame = Frame {
        widths: [luma.0, chroma.0, chroma.0],
        heights: [luma.1, chroma.1, chroma.1],
        planes: [
            plane(PlanarImageComponent::Y, luma)?,
            plane(PlanarImageComponent::U, chroma)?,
            plane(PlanarImageComponent::V, chroma)?,
        ],
        bit_depth: [depth; 2],
        chroma_format: format,
        full_range: picture.color_range() == pixel::YUVRange::Full,
        matrix_coeffs: picture.matrix_coefficients() as u8,
    };
    let numbers = (picture.color_primaries() as u16, picture.transfer_characteristic() as u16);
    Ok(Coded { frame, width, height, numbers })
}

/// The samples of a plane, the last ones of a row and of a column repeated up to `size`.
fn plane(
    picture: &Picture,
    component: PlanarImageComponent,
    size: (u32, u32),
    depth: u8,
) -> Result<Vec<u16>, PhotoFault> {
    let short = || PhotoFault::Broken("too few samples".into());
    let index = |side: u32| usize::try_from(side).unwrap_or(usize::MAX);
    let (wanted, rows) = (index(size.0), index(size.1));
    if wanted == 0 || rows == 0 {
        return Ok(Vec::new());
    }
    let plane = picture.plane(component);
    let (stride, height) = picture.plane_data_geometry(component);
    let width = if component == PlanarImageComponent::Y { index(picture.width()) } else { wanted };
    let mut samples: Vec<u16> = Vec::with_capacity(wanted * rows);
    for row in 0..rows {
        let start = index(stride) * row.min(index(height).saturating_sub(1));
        let bytes = plane.get(start..).ok_or_else(short)?;
        let from = samples.len();
        if depth == 8 {
            samples.extend(bytes.get(..width).ok_or_else(short)?.iter().map(|sample| u16::from(*sample)));
        } else {
            let pairs = bytes.get(..width * 2).ok_or_else(short)?.as_chunks::<2>().0;
            samples.extend(pairs.iter().map(|pair| u16::from_ne_bytes(*pair)));
        }
        let last = samples.last().copied().unwrap_or_default();
        samples.resize(from + wanted, last);
    }
    Ok(samples)
}

/// The first picture of an AV1 stream.
fn first_frame(data: Vec<u8>) -> Result<Picture, PhotoFault> {
    let mut settings = Settings::new();
    // Photos are decoded side by side already.
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(u32::try_from(MAX_PIXELS).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings).map_err(PhotoFault::decoder)?;
    match decoder.send_data(data, None, None, None) {
        Ok(()) | Err(Error::Again) => decoder.get_picture().map_err(PhotoFault::decoder),
        Err(error) => Err(PhotoFault::decoder(error)),
    }
}

/// How the numbers of a picture are meant: as its container says, or else as it says itself.
fn params(file: &HeifFile<'_>, id: ItemId, picture: &Coded) -> Result<ColorParams, PhotoFault> {
    let told = file.item_properties(id).map_err(PhotoFault::decoder)?.find_map(|property| match property {
        Property::Color(ColorInfo::Nclx { matrix, full_range, .. }) => {
            Some(ColorParams { matrix: *matrix, full_range: *full_range })
        }
        _ => None,
    });
    let params = told.unwrap_or_else(|| ColorParams::from_frame(&picture.frame));
    match params.matrix {
        0..=7 | 9 | 10 => Ok(params),
        _ => Err(PhotoFault::Unsupported("AVIF (YCgCo)".into())),
    }
}

impl Coded {
    /// The part of the picture that lies in an image, row by row with the pixels of the image.
    fn rows<'i>(&self, image: &'i mut Image, left: u32, top: u32) -> (usize, Vec<&'i mut [u8]>) {
        let index = |side: u32| usize::try_from(side).unwrap_or(usize::MAX);
        let width = index(self.width.min(image.width.saturating_sub(left)));
        let height = index(self.height.min(image.height.saturating_sub(top)));
        let stride = (index(image.width) * 4).max(4);
        let from = index(left).saturating_mul(4);
        let rows = image.data.chunks_exact_mut(stride).skip(index(top)).take(height);
        (width, rows.filter_map(|row| row.get_mut(from..from + width * 4)).collect())
    }

    fn paint(&self, image: &mut Image, left: u32, top: u32, params: ColorParams) {
        let (width, mut rows) = self.rows(image, left, top);
        let height = rows.len();
        frame_to_rgba_into(&self.frame, params, &mut rows, width, height);
        if self.frame.chroma_format == 0 && !params.full_range {
            let wide = |sample: &mut u8| *sample = widened(f64::from(*sample) / 255.0);
            rows.iter_mut().flat_map(|row| row.chunks_exact_mut(4)).for_each(|pixel| {
                pixel.iter_mut().take(3).for_each(wide);
            });
        }
    }

    /// Takes the picture as the transparency of an image.
    fn lay_over(&self, image: &mut Image, left: u32, top: u32) {
        let [luma, ..] = &self.frame.planes;
        let [stride, ..] = self.frame.widths;
        let largest = f64::from((1_u32 << self.frame.bit_depth[0]) - 1);
        let full = self.frame.full_range;
        let (_, rows) = self.rows(image, left, top);
        let stride = usize::try_from(stride).unwrap_or(usize::MAX).max(1);
        for (row, samples) in rows.into_iter().zip(luma.chunks_exact(stride)) {
            for (pixel, sample) in row.chunks_exact_mut(4).zip(samples) {
                let share = f64::from(*sample) / largest;
                let value = if full { (share * 255.0).round() as u8 } else { widened(share) };
                pixel.iter_mut().skip(3).for_each(|alpha| *alpha = value);
            }
        }
    }
}

/// A share of the limited range (16–235 of 255) in the full one.
fn widened(share: f64) -> u8 {
    ((share * 255.0 - 16.0) * 255.0 / 219.0).round().clamp(0.0, 255.0) as u8
}

/// Takes the transparency out of the colours of a pixel.
fn divide(pixel: &mut [u8]) {
    if let [colours @ .., alpha @ 1..=254] = pixel {
        for colour in colours {
            let whole = (u16::from(*colour) * 255 + u16::from(*alpha) / 2) / u16::from(*alpha);
            *colour = u8::try_from(whole).unwrap_or(255);
        }
    }
}

/// Cuts and turns an image as the container says, in the order in which the properties stand.
fn turned(file: &HeifFile<'_>, mut image: Image) -> Result<Image, PhotoFault> {
    for property in file.item_properties(file.primary_id).map_err(PhotoFault::decoder)? {
        image = match *property {
            Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                let (left, across) = heif::window(image.width, width, horiz_offset)?;
                let (top, down) = heif::window(image.height, height, vert_offset)?;
                image.crop(left, top, across, down)
            }
            Property::Rotation(quarters @ 1..) => image.rotate_ccw(quarters),
            Property::Mirror(top_bottom) => image.mirror(top_bottom),
            _ => image,
        };
    }
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Recipe, derive, probe, uncleanable};
    use super::*;
    use proptest::prelude::*;

    /// [`quarters`], 64 × 48, made by libavif and libaom.
    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/fixtures/avif/", $name, ".avif"))
        };
    }

    fn copy(bytes: &[u8]) -> image::RgbaImage {
        let facts = probe(bytes).unwrap();
        assert_eq!(facts.format, Format::Avif);
        let made = derive(bytes, &Recipe { widths: vec![facts.width], ..Recipe::default() }).unwrap();
        image::load_from_memory(&made[0].bytes).unwrap().into_rgba8()
    }

    fn corners(image: &image::RgbaImage) -> [[u8; 3]; 4] {
        let (right, below) = (image.width() - 4, image.height() - 4);
        [(3, 3), (right, 3), (3, below), (right, below)].map(|(x, y)| {
            let [red, green, blue, _] = image.get_pixel(x, y).0;
            [red, green, blue]
        })
    }

    #[test]
    fn every_layout_depth_and_range_comes_out_right() {
        let all: [(&str, &[u8]); 6] = [
            ("4:2:0", fixture!("plain")),
            ("63 × 47, limited range", fixture!("odd")),
            ("4:4:4", fixture!("444")),
            ("ten bits", fixture!("ten")),
            ("identity", fixture!("lossless")),
            ("tiles", fixture!("grid")),
        ];
        for (name, bytes) in all {
            let got = corners(&copy(bytes));
            let fine = got.iter().zip([RED, GREEN, BLUE, WHITE]).all(|(is, wanted)| near(*is, wanted));
            assert!(fine, "{name}: {got:?}");
        }
        // As PIL makes them grey: 299, 587 and 114 thousandths.
        let grey = corners(&copy(fixture!("grey")));
        let wanted = [80, 126, 43, 240].map(|grey| [grey; 3]);
        assert!(grey.iter().zip(wanted).all(|(is, wanted)| near(*is, wanted)), "{grey:?}");
    }

    #[test]
    fn a_turned_photo_comes_out_upright_and_clean() {
        let facts = probe(fixture!("phone")).unwrap();
        assert_eq!((facts.width, facts.height, facts.orientation), (48, 64, 1));
        assert_eq!(facts.description.as_deref(), Some("Title"));
        assert!(facts.carried.device);
        let made = derive(fixture!("phone"), &Recipe { widths: vec![48], ..Recipe::default() }).unwrap();
        for copy in &made {
            let image = image::load_from_memory(&copy.bytes).unwrap().into_rgba8();
            let got = corners(&image);
            let wanted = [BLUE, RED, WHITE, GREEN];
            assert!(got.iter().zip(wanted).all(|(is, wanted)| near(*is, wanted)), "{got:?}");
            assert!(!contains(&copy.bytes, b"Maker") && !contains(&copy.bytes, b"Exif"));
        }
        assert_eq!(uncleanable(fixture!("phone"), "static/a.avif").unwrap().code, "photo-uncleanable");
    }

    #[test]
    fn transparency_is_kept() {
        let all: [&[u8]; 2] = [fixture!("sheer"), fixture!("prem")];
        for bytes in all {
            assert!(probe(bytes).unwrap().alpha);
            let image = copy(bytes);
            assert_eq!((image.get_pixel(5, 20).0[3], image.get_pixel(60, 20).0[3]), (0, 255));
            let [red, green, blue, _] = image.get_pixel(60, 5).0;
            assert!(near([red, green, blue], GREEN));
        }
        let mut pixel = [60, 100, 0, 128];
        divide(&mut pixel);
        assert_eq!(pixel, [120, 199, 0, 128]);
    }

    #[test]
    fn wide_colours_come_out_right_and_hdr_is_told() {
        let [red, green, blue] = corners(&copy(fixture!("p3")))[0];
        assert!(red > 250 && green < 16 && blue < 16, "{red} {green} {blue}");
        let hdr = derive(fixture!("hdr"), &Recipe::default());
        assert_eq!(hdr, Err(PhotoFault::Unsupported("AVIF (HDR)".into())));
    }

    proptest! {
        #[test]
        fn damage_is_survived(which in 0..4_usize, at: prop::sample::Index, byte: u8, end: prop::sample::Index) {
            let all: [&[u8]; 4] = [fixture!("plain"), fixture!("grid"), fixture!("sheer"), fixture!("phone")];
            let mut damaged = all[which].to_vec();
            let at = at.index(damaged.len());
            damaged[at] = byte;
            let recipe = Recipe { widths: vec![20], ..Recipe::default() };
            _ = derive(&damaged, &recipe);
            _ = derive(&damaged[..end.index(damaged.len())], &recipe);
        }
    }
}
