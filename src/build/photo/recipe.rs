//! Which copies of a photo are made: widths, formats, qualities.
//!
//! Names and sizes follow from the headers alone, so pages can be planned before any photo is decoded.

use super::PhotoFacts;
use serde::{Deserialize, Serialize};

/// The largest side a WebP picture can have.
const WEBP_SIDE: u32 = 16_383;
/// The smallest side that the AVIF encoder takes on.
const AVIF_SIDE: u32 = 16;

/// How copies are made; part of their key in the memo.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recipe {
    /// Wanted widths in pixels; order and repetition do not matter.
    pub widths: Vec<u32>,
    /// JPEG quality, 1–100.
    pub jpeg_quality: u8,
    /// WebP quality, 1–100.
    pub webp_quality: u8,
    /// AVIF quality, 1–100, where the site wants AVIF copies: they cost many times what the others do together.
    /// Left out of the key where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avif_quality: Option<u8>,
    /// Raised whenever the code makes other bytes from the same photo.
    pub version: u32,
}

impl Default for Recipe {
    fn default() -> Self {
        Recipe {
            widths: vec![480, 960, 1600],
            jpeg_quality: 80,
            webp_quality: 78,
            avif_quality: None,
            version: 3,
        }
    }
}

/// The format of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// For photos without transparency.
    Jpeg,
    /// For pictures with transparency.
    Png,
    /// For all browsers of the last years.
    WebP,
    /// For newer browsers, smaller still.
    Avif,
}

impl Encoding {
    /// The usual file name extension, without dot.
    pub fn extension(self) -> &'static str {
        match self {
            Encoding::Jpeg => "jpg",
            Encoding::Png => "png",
            Encoding::WebP => "webp",
            Encoding::Avif => "avif",
        }
    }

    /// The MIME type, for `<source type>`.
    pub fn mime(self) -> &'static str {
        match self {
            Encoding::Jpeg => "image/jpeg",
            Encoding::Png => "image/png",
            Encoding::WebP => "image/webp",
            Encoding::Avif => "image/avif",
        }
    }

    /// Whether every program opens it; each photo has such a copy in every width.
    pub fn opens_everywhere(self) -> bool {
        matches!(self, Encoding::Jpeg | Encoding::Png)
    }
}

/// One copy to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Variant {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Format.
    pub format: Encoding,
}

impl Recipe {
    /// The copies of a photo, by width ascending; of each width first the JPEG or PNG, then the WebP, then the AVIF.
    ///
    /// Nothing is made larger: a photo narrower than the widest wanted width also keeps its own width.
    /// There is always at least one copy. Strips too long for WebP have none, and those too narrow for AVIF.
    pub fn variants(&self, facts: &PhotoFacts) -> Vec<Variant> {
        let widest = self.widths.iter().copied().max().unwrap_or(u32::MAX);
        let mut widths: Vec<u32> =
            self.widths.iter().copied().filter(|width| (1..=facts.width).contains(width)).collect();
        if facts.width < widest || widths.is_empty() {
            widths.push(facts.width);
        }
        widths.sort_unstable();
        widths.dedup();
        let fallback = if facts.alpha { Encoding::Png } else { Encoding::Jpeg };
        let mut variants = Vec::with_capacity(widths.len() * 2);
        for width in widths {
            let height = scaled(facts, width);
            variants.push(Variant { width, height, format: fallback });
            if width <= WEBP_SIDE && height <= WEBP_SIDE {
                variants.push(Variant { width, height, format: Encoding::WebP });
            }
            if self.avif_quality.is_some() && width >= AVIF_SIDE && height >= AVIF_SIDE {
                variants.push(Variant { width, height, format: Encoding::Avif });
            }
        }
        variants
    }
}

/// The height that goes with a width, rounded, at least 1.
fn scaled(facts: &PhotoFacts, width: u32) -> u32 {
    let whole = u64::from(facts.width.max(1));
    let height = (u64::from(facts.height) * u64::from(width) + whole / 2) / whole;
    u32::try_from(height).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::photo::{Carried, Format};

    fn facts(width: u32, height: u32, alpha: bool) -> PhotoFacts {
        PhotoFacts {
            format: Format::Png,
            width,
            height,
            orientation: 1,
            alpha,
            taken: None,
            carried: Carried::default(),
            description: None,
            cut: false,
            animated: false,
            each: 12,
        }
    }

    fn sizes(recipe: &Recipe, width: u32, height: u32) -> Vec<(u32, u32)> {
        recipe
            .variants(&facts(width, height, false))
            .iter()
            .filter(|variant| variant.format == Encoding::Jpeg)
            .map(|variant| (variant.width, variant.height))
            .collect()
    }

    #[test]
    fn nothing_is_made_larger() {
        let recipe = Recipe::default();
        assert_eq!(sizes(&recipe, 4000, 3000), [(480, 360), (960, 720), (1600, 1200)]);
        assert_eq!(sizes(&recipe, 1600, 900), [(480, 270), (960, 540), (1600, 900)]);
        assert_eq!(sizes(&recipe, 1200, 800), [(480, 320), (960, 640), (1200, 800)]);
        assert_eq!(sizes(&recipe, 960, 1), [(480, 1), (960, 1)]);
        assert_eq!(sizes(&recipe, 300, 200), [(300, 200)]);
    }

    #[test]
    fn odd_recipes_still_give_a_copy() {
        let odd = |widths: &[u32]| Recipe { widths: widths.to_vec(), ..Recipe::default() };
        assert_eq!(sizes(&odd(&[]), 300, 200), [(300, 200)]);
        assert_eq!(sizes(&odd(&[0]), 300, 200), [(300, 200)]);
        assert_eq!(sizes(&odd(&[200, 100, 200]), 300, 200), [(100, 67), (200, 133)]);
    }

    #[test]
    fn formats_follow_transparency_and_limits() {
        let formats = |facts: &PhotoFacts| -> Vec<Encoding> {
            Recipe::default().variants(facts).iter().map(|variant| variant.format).collect()
        };
        assert_eq!(formats(&facts(300, 200, false)), [Encoding::Jpeg, Encoding::WebP]);
        assert_eq!(formats(&facts(300, 200, true)), [Encoding::Png, Encoding::WebP]);
        assert_eq!(formats(&facts(300, 20_000, false)), [Encoding::Jpeg]);
        let avif = Recipe { avif_quality: Some(60), ..Recipe::default() };
        let formats = |facts: &PhotoFacts| -> Vec<Encoding> {
            avif.variants(facts).iter().map(|variant| variant.format).collect()
        };
        assert_eq!(formats(&facts(300, 200, false)), [Encoding::Jpeg, Encoding::WebP, Encoding::Avif]);
        assert_eq!(formats(&facts(300, 9, false)), [Encoding::Jpeg, Encoding::WebP]);
    }

    #[test]
    fn photos_of_a_site_without_avif_keep_their_keys() {
        let digest = |recipe: &Recipe| crate::digest::Digest::of_value(recipe);
        // What the recipe held before there was AVIF.
        let before = crate::digest::Digest::of_value(&(vec![480_u32, 960, 1600], 80_u8, 78_u8, 3_u32));
        assert_eq!(digest(&Recipe::default()), before);
        assert_ne!(digest(&Recipe { avif_quality: Some(60), ..Recipe::default() }), before);
    }
}
