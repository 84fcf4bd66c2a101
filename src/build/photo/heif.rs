//! HEIF containers, in which HEIC (HEVC) and AVIF (AV1) pictures lie: headers, tiles, cuts, colours.
//!
//! Such pictures are cut and turned by properties of the container: sizes here are as one looks at the picture, and EXIF's
//! orientation does not count (ISO/IEC 23008-12, annex A.2.1). Single pictures and grids of tiles are read; bursts, moving
//! pictures and overlays are told.

use super::{Carried, Format, Head, MAX_PIXELS, PhotoFault};
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use moxcms::ColorProfile;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Primaries and transfer functions of ITU-T H.273: P3, and the two of high dynamic range.
const P3: u16 = 12;
const PQ: u16 = 16;
const HLG: u16 = 18;

/// Reads the headers.
pub(super) fn head(bytes: &[u8], format: Format) -> Result<Head<'_>, PhotoFault> {
    let file = open(bytes, format)?;
    let id = file.primary_id;
    let (width, height) = size(&file, id)?;
    Ok(Head {
        format,
        width,
        height,
        alpha: alpha(&file, id).is_some(),
        exif: file.exif(id).ok().flatten().map(Cow::Owned),
        more: file.xmp(id).ok().flatten().map(|packet| Carried::of_xmp(&packet)).unwrap_or_default(),
        cut: false,
        animated: false,
        // AVIF comes in planes first.
        each: if format == Format::Avif { 18 } else { super::WHOLE },
    })
}

/// What is said of a picture of `format` that is not read.
pub(super) fn unsupported(format: Format) -> PhotoFault {
    if format == Format::Avif { PhotoFault::Unsupported("AVIF".into()) } else { PhotoFault::Heic }
}

/// The container, if its picture is one that is read.
pub(super) fn open(bytes: &[u8], format: Format) -> Result<HeifFile<'_>, PhotoFault> {
    let file = HeifFile::parse(bytes).map_err(PhotoFault::decoder)?;
    coded(&file, file.primary_id, format)?;
    Ok(file)
}

/// The coded pictures of which a picture is made: itself, or the tiles of a grid.
pub(super) fn coded(file: &HeifFile<'_>, id: ItemId, format: Format) -> Result<Vec<ItemId>, PhotoFault> {
    let coding = if format == Format::Avif { *b"av01" } else { *b"hvc1" };
    let kind = |id: ItemId| file.item(id).map(|item| item.item_type.0).map_err(PhotoFault::decoder);
    let main = kind(id)?;
    if main == coding {
        return Ok(vec![id]);
    }
    if main != *b"grid" {
        return Err(unsupported(format));
    }
    let tiles = file.referenced_items(id, b"dimg");
    // One tile told a thousand times would be decoded as often.
    if tiles.iter().collect::<BTreeSet<_>>().len() != tiles.len() {
        return Err(PhotoFault::Broken("a tile stands in two places".into()));
    }
    let mut whole = 0;
    for tile in tiles {
        if kind(*tile)? != coding {
            return Err(unsupported(format));
        }
        let (width, height) = stored(file, *tile)?;
        whole += u64::from(width) * u64::from(height);
    }
    // Tiles may reach a little beyond the picture.
    if whole > 2 * MAX_PIXELS {
        return Err(PhotoFault::Broken("too many tiles".into()));
    }
    Ok(tiles.to_vec())
}

/// The size before the picture is cut and turned.
pub(super) fn stored(file: &HeifFile<'_>, id: ItemId) -> Result<(u32, u32), PhotoFault> {
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
    window(side, length, offset).map(|(_, length)| length)
}

/// Where what is left of a side begins, and how long it is.
pub(super) fn window(side: u32, length: (u32, u32), offset: (i32, u32)) -> Result<(u32, u32), PhotoFault> {
    if length.1 == 0 || offset.1 == 0 {
        return Err(PhotoFault::Broken("a fraction by zero".into()));
    }
    let length = f64::from(length.0) / f64::from(length.1);
    let centre = f64::from(offset.0) / f64::from(offset.1) + (f64::from(side) - 1.0) / 2.0;
    let start = (centre - (length - 1.0) / 2.0).round().clamp(0.0, f64::from(side));
    Ok((start as u32, length.round().clamp(0.0, f64::from(side) - start) as u32))
}

/// The picture that holds the transparency of another.
pub(super) fn alpha(file: &HeifFile<'_>, id: ItemId) -> Option<ItemId> {
    file.referencing_items(id, b"auxl").into_iter().find(|other| is_alpha(file, *other))
}

fn is_alpha(file: &HeifFile<'_>, id: ItemId) -> bool {
    file.item_properties(id).is_ok_and(|mut properties| {
        properties.any(|property| {
            matches!(property, Property::AuxiliaryType(name) if name == "urn:mpeg:hevc:2015:auxid:1"
                || name == "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha")
        })
    })
}

/// The colour profile that came with the picture, or the one that its numbers mean; none is sRGB. `inner` are the primaries
/// and the transfer function that the coded picture itself tells.
pub(super) fn profile(
    file: &HeifFile<'_>,
    format: Format,
    inner: Option<(u16, u16)>,
) -> Result<Option<Vec<u8>>, PhotoFault> {
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
    match numbers.or(inner) {
        Some((_, PQ | HLG)) => {
            let name = if format == Format::Avif { "AVIF (HDR)" } else { "HEIC (HDR)" };
            Err(PhotoFault::Unsupported(name.into()))
        }
        Some((P3, _)) => Ok(ColorProfile::new_display_p3().encode().ok()),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_side() {
        assert_eq!(window(100, (80, 1), (0, 1)), Ok((10, 80)));
        assert_eq!(window(100, (80, 1), (40, 1)), Ok((50, 50)));
        assert_eq!(window(100, (500, 1), (0, 1)), Ok((0, 100)));
        assert_eq!(window(100, (80, 1), (900, 1)), Ok((100, 0)));
        assert!(window(100, (80, 0), (0, 1)).is_err());
    }
}
