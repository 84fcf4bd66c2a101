//! Photographs: the facts of a file from its headers, smaller copies for the web, and cleaning.
//!
//! In: the bytes of one file. Out: [`PhotoFacts`] ([`probe`], headers only), [`Derivative`]s ([`develop`], one
//! decode for all sizes), or the same picture without metadata ([`strip()`], no re-encoding).
//! Must hold: no input panics; size limits are checked before memory is taken; what leaves this module carries
//! no camera data, no position and no comment; the same bytes and recipe give the same derivatives.

mod avif;
mod bitmap;
mod carried;
mod colour;
mod decode;
mod derive;
mod encode;
mod exif;
mod fault;
mod gif;
mod heic;
mod heif;
#[cfg(test)]
mod inputs;
mod jpeg;
mod look;
mod pixels;
mod png;
mod ratio;
mod recipe;
mod rows;
mod sniff;
mod strip;
#[cfg(test)]
mod testing;
mod webp;

pub use carried::{Carried, Removed};
#[cfg(test)]
use derive::derive;
pub use derive::{Derivative, Negative, develop, weight};
pub use fault::PhotoFault;
pub use look::Look;
pub use pixels::Scratch;
pub use ratio::{ratio_class, ratio_classes};
pub use recipe::{Encoding, Recipe, Variant};
pub use sniff::uncleanable;
pub use strip::strip;

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The longest side a photo may have, in pixels.
pub const MAX_SIDE: u32 = 30_000;
/// The most pixels a photo may have.
pub const MAX_PIXELS: u64 = 120_000_000;

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG.
    Png,
    /// WebP, lossy or lossless.
    WebP,
    /// GIF; of an animation the first frame is used.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF; of several pages the first is used.
    Tiff,
    /// HEIC, as phones write photos.
    Heic,
    /// AVIF; of an animation the first frame is used.
    Avif,
}

/// What the headers of a photo say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhotoFacts {
    /// The file's real format, whatever its name.
    pub format: Format,
    /// Width in pixels as one looks at it, that is after `orientation` is applied.
    pub width: u32,
    /// Height in pixels as one looks at it.
    pub height: u32,
    /// EXIF orientation, 1–8; 1 when the file says nothing or nonsense.
    pub orientation: u8,
    /// Whether the headers announce transparency (it may be that no pixel uses it).
    pub alpha: bool,
    /// EXIF DateTimeOriginal as `YYYY-MM-DDTHH:MM:SS`, in the camera's own time zone.
    pub taken: Option<String>,
    /// What it tells about place, device and people.
    pub carried: Carried,
    /// EXIF ImageDescription, unless it is one of the texts cameras put there by themselves.
    pub description: Option<String>,
    /// Whether the file ends before the picture does.
    pub cut: bool,
    /// Whether it moves: then it is published as it is, cleaned, since copies would stand still.
    pub animated: bool,
    /// About how many bytes decoding takes for each pixel of the file; none where they are made fewer row by row.
    pub each: u8,
}

/// Of [`PhotoFacts::each`]: decoded whole, perhaps with sixteen bits a channel.
const WHOLE: u8 = 12;
/// Of [`PhotoFacts::each`]: pixels become fewer as rows come, see [`rows`].
const BY_ROWS: u8 = 0;

impl PhotoFacts {
    /// A size as one looks at it ↔ as it is stored.
    fn turned(&self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.orientation >= 5 { (height, width) } else { (width, height) }
    }

    /// Width and height before `orientation` is applied.
    fn stored(&self) -> (u32, u32) {
        self.turned((self.width, self.height))
    }
}

/// What a container parser finds; borrowed from the file.
struct Head<'a> {
    format: Format,
    /// Stored size, before orientation.
    width: u32,
    height: u32,
    alpha: bool,
    /// The EXIF block, beginning with its TIFF header.
    exif: Option<Cow<'a, [u8]>>,
    /// What stands elsewhere than in EXIF: XMP, IPTC, comments, previews.
    more: Carried,
    /// Whether the file ends before the picture does.
    cut: bool,
    /// Whether there is more than one frame.
    animated: bool,
    /// As [`PhotoFacts::each`].
    each: u8,
}

/// Reads the facts of a photo from its headers, without decoding it.
pub fn probe(bytes: &[u8]) -> Result<PhotoFacts, PhotoFault> {
    let head = head(bytes)?;
    let (width, height) = (head.width, head.height);
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoFault::TooLarge { width, height });
    }
    if width == 0 || height == 0 {
        return Err(PhotoFault::Broken("zero size".into()));
    }
    let mut said = head.exif.as_deref().map(exif::read).unwrap_or_default();
    if matches!(head.format, Format::Heic | Format::Avif) {
        said.orientation = 1;
    }
    let (width, height) = if said.orientation >= 5 { (height, width) } else { (width, height) };
    Ok(PhotoFacts {
        format: head.format,
        width,
        height,
        orientation: said.orientation,
        alpha: head.alpha,
        taken: said.taken,
        carried: said.carried.and(head.more),
        description: said.description,
        cut: head.cut,
        animated: head.animated,
        each: head.each,
    })
}

/// Finds the headers, by content and never by file name.
fn head(bytes: &[u8]) -> Result<Head<'_>, PhotoFault> {
    match sniff::format(bytes)? {
        Format::Jpeg => jpeg::head(bytes),
        Format::Png => png::head(bytes),
        Format::WebP => webp::head(bytes),
        Format::Gif => gif::head(bytes),
        format @ (Format::Heic | Format::Avif) => fenced(|| heif::head(bytes, format)),
        format @ (Format::Bmp | Format::Tiff) => fenced(|| bitmap::head(bytes, format)),
    }
}

/// Runs a decoder; its panic becomes a fault.
///
/// A last fence: the decoders are not known to panic, but they read files from anywhere, and one bad photo must
/// not end the build of a whole site. (With `panic = "abort"` this fence would not hold.)
fn fenced<T>(run: impl FnOnce() -> Result<T, PhotoFault>) -> Result<T, PhotoFault> {
    // What `run` borrows is only read, so nothing half-changed can be seen afterwards.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(PhotoFault::Broken("the decoder failed".into())))
}

#[cfg(test)]
mod tests {
    use super::testing::*;
    use super::*;

    #[test]
    fn facts_come_from_the_headers() {
        let plain = probe(&jpeg(30, 20)).unwrap();
        assert_eq!((plain.format, plain.width, plain.height), (Format::Jpeg, 30, 20));
        assert_eq!((plain.orientation, plain.alpha, plain.carried.place), (1, false, false));
        assert_eq!((plain.taken, plain.description), (None, None));

        let told = probe(&with_exif(&jpeg(30, 20), &exif_block(6))).unwrap();
        assert_eq!((told.width, told.height, told.orientation), (20, 30, 6));
        assert_eq!(told.taken.as_deref(), Some("2026-11-22T09:30:05"));
        assert_eq!(told.description.as_deref(), Some("庆乐村主题党日"));
        assert!(told.carried.place);
    }

    #[test]
    fn other_formats_are_read_too() {
        let facts = probe(&png(7, 5, true)).unwrap();
        assert_eq!((facts.format, facts.width, facts.height, facts.alpha), (Format::Png, 7, 5, true));
        assert!(!probe(&png(7, 5, false)).unwrap().alpha);
        let facts = probe(&webp_lossy(7, 5)).unwrap();
        assert_eq!((facts.format, facts.width, facts.height, facts.alpha), (Format::WebP, 7, 5, false));
        let facts = probe(&webp_lossless(7, 5)).unwrap();
        assert_eq!((facts.format, facts.width, facts.height, facts.alpha), (Format::WebP, 7, 5, true));
        let facts = probe(&gif(7, 5)).unwrap();
        assert_eq!((facts.format, facts.width, facts.height, facts.alpha), (Format::Gif, 7, 5, false));
    }

    #[test]
    fn giants_are_refused_by_their_header() {
        let giant = Err(PhotoFault::TooLarge { width: 60_000, height: 60_000 });
        assert_eq!(probe(&png_header(60_000, 60_000)), giant);
        assert_eq!(probe(&jpeg_header(60_000, 60_000)), giant);
        assert_eq!(probe(&jpeg_header(30_001, 1)), Err(PhotoFault::TooLarge { width: 30_001, height: 1 }));
        assert_eq!(
            probe(&jpeg_header(12_001, 10_000)),
            Err(PhotoFault::TooLarge { width: 12_001, height: 10_000 })
        );
        assert!(probe(&jpeg_header(12_000, 10_000)).is_ok());
        assert!(matches!(probe(&png_header(0, 9)), Err(PhotoFault::Broken(_))));
        assert!(matches!(
            super::derive(&png_header(60_000, 60_000), &Recipe::default()),
            Err(PhotoFault::TooLarge { .. })
        ));
    }

    #[test]
    fn facts_survive_the_memo() {
        let facts = probe(&with_exif(&jpeg(30, 20), &exif_block(6))).unwrap();
        let bytes = postcard::to_stdvec(&facts).unwrap();
        assert_eq!(postcard::from_bytes::<PhotoFacts>(&bytes).unwrap(), facts);
    }
}
