//! How a photo looks from afar: the colour that keeps its place until it is loaded, and a fingerprint by which photos that
//! are nearly the same are found. Both are made from a copy that is made anyway.

use super::PhotoFault;
use super::pixels::{Channels, Pixels, Scratch};

/// Levels of a channel; a theme's CSS has one rule for each of their 125 colours.
const LEVELS: u32 = 5;

/// What is kept of a photo beside its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Red, green and blue in levels from 0 to 4.
    tone: [u8; 3],
    /// One bit for each of 8 × 8 places: whether it is brighter than the place to its right.
    print: u64,
}

/// So many bits may differ between photos that are nearly the same.
const NEAR: u32 = 5;

impl Look {
    /// How many bytes [`Look::bytes`] gives.
    pub const SIZE: usize = 11;

    /// The class of its colour: `t-` and a digit for each of red, green and blue.
    pub fn class(&self) -> String {
        let [red, green, blue] = self.tone;
        format!("t-{red}{green}{blue}")
    }

    /// Whether two photos show nearly the same. Pictures without any structure never do.
    pub fn resembles(&self, other: &Look) -> bool {
        let shaped = |print: u64| (8..=56).contains(&print.count_ones());
        shaped(self.print) && shaped(other.print) && (self.print ^ other.print).count_ones() <= NEAR
    }

    /// As it is stored.
    pub fn bytes(&self) -> [u8; Look::SIZE] {
        let mut bytes = [0; Look::SIZE];
        let (tone, print) = bytes.split_at_mut(3);
        tone.copy_from_slice(&self.tone);
        print.copy_from_slice(&self.print.to_le_bytes());
        bytes
    }

    /// What [`Look::bytes`] gave.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (tone, print) = bytes.split_at_checked(3)?;
        let tone: [u8; 3] = tone.try_into().ok()?;
        let valid = tone.iter().all(|level| u32::from(*level) < LEVELS);
        valid.then_some(Look { tone, print: u64::from_le_bytes(print.try_into().ok()?) })
    }

    pub(super) fn of(pixels: &Pixels) -> Result<Self, PhotoFault> {
        let small = pixels.resized(9, 8, &Scratch::default())?;
        let each = small.channels.count();
        let (mut sums, mut weight) = ([0_u32; 3], 0);
        let mut grey = Vec::with_capacity(72);
        for pixel in small.bytes.chunks_exact(each) {
            let &[red, green, blue, ..] = pixel else { continue };
            let opaque = match (small.channels, pixel.last()) {
                (Channels::Rgba, Some(alpha)) => u32::from(*alpha),
                _ => 255,
            };
            for (sum, channel) in sums.iter_mut().zip([red, green, blue]) {
                *sum += u32::from(channel) * opaque;
            }
            weight += opaque;
            grey.push((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) * opaque);
        }
        let level = |sum: u32| {
            let mean = sum.checked_div(weight).unwrap_or(255);
            u8::try_from((mean * (LEVELS - 1) + 127) / 255).unwrap_or(0)
        };
        let mut print = 0_u64;
        for row in grey.chunks_exact(9) {
            for pair in row.windows(2) {
                print = print << 1 | u64::from(matches!(pair, &[left, right] if left > right));
            }
        }
        Ok(Look { tone: sums.map(level), print })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, RgbImage};

    fn look(image: &RgbImage) -> Look {
        let file = super::super::testing::encode(image.clone(), ImageFormat::Png);
        let recipe = super::super::Recipe { widths: vec![100], ..Default::default() };
        super::super::develop(&file, &recipe, &Default::default()).unwrap().1
    }

    fn waves(phase: f64, light: f64) -> RgbImage {
        RgbImage::from_fn(200, 150, |x, y| {
            let wave = (f64::from(x) / 23.0 + phase).sin() + (f64::from(y) / 17.0 - phase).cos();
            Rgb([(100.0 + 40.0 * wave + light) as u8, 90, 60])
        })
    }

    #[test]
    fn colours_have_classes() {
        for (colour, class) in [([0, 0, 0], "t-000"), ([255, 255, 255], "t-444"), ([250, 130, 60], "t-421")] {
            assert_eq!(look(&RgbImage::from_pixel(60, 60, Rgb(colour))).class(), class);
        }
    }

    #[test]
    fn the_same_scene_resembles_itself_and_no_other() {
        let scene = look(&waves(0.0, 0.0));
        assert!(scene.resembles(&look(&waves(0.02, 6.0))));
        assert!(!scene.resembles(&look(&waves(2.5, 0.0))));
        let blank = look(&RgbImage::from_pixel(60, 60, Rgb([9, 9, 9])));
        assert!(!blank.resembles(&blank));
    }

    #[test]
    fn looks_come_back_from_their_bytes() {
        let look = look(&waves(0.0, 0.0));
        assert_eq!(Look::of_bytes(&look.bytes()), Some(look));
        assert_eq!(Look::of_bytes(&[9; Look::SIZE]), None);
        assert_eq!(Look::of_bytes(&[0; 3]), None);
    }
}
