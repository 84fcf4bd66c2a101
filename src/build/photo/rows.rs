//! PNG → [`Pixels`] row by row: squares of pixels become one as their rows come, so that no picture lies in memory whole.
//! Programs write PNGs of a hundred megapixels with eight bytes each, of which a page needs a fiftieth.
//!
//! Of a file that ends too early the rows that came are kept and the rest is grey, as in a JPEG. Interlaced files hold the
//! picture several times, ever finer, and are not for this module.

use super::decode::Decoded;
use super::pixels::{Channels, Pixels};
use super::{PhotoFacts, PhotoFault};
use png::{BitDepth, Limits, Transformations};
use std::io::Cursor;

/// The longest side of a square that becomes one pixel: its sums must fit into 32 bits.
const MOST: u32 = 64;

/// What a row and a colour profile may take.
const MAX_MEMORY: usize = 64 << 20;

/// The grey of what did not come.
const MISSING: u8 = 128;

/// The side of the squares that become one pixel: what is left has at least a sixth more than the wanted size.
fn side(facts: &PhotoFacts, (width, height): (u32, u32)) -> u32 {
    let (whole, tall) = facts.stored();
    let fits = |side: u32, wanted: u32| u64::from(side) * 6 / (u64::from(wanted.max(1)) * 7);
    let most = fits(whole, width).min(fits(tall, height)).clamp(1, MOST.into());
    u32::try_from(most).unwrap_or(1)
}

/// How many pixels are kept of a picture of which the largest copy has that size, as it is stored.
pub(super) fn kept(facts: &PhotoFacts, largest: (u32, u32)) -> u64 {
    let (side, (width, height)) = (side(facts, largest), facts.stored());
    u64::from(width.div_ceil(side)) * u64::from(height.div_ceil(side))
}

/// Decodes a PNG that is not interlaced; `largest` is the largest size wanted, as it is stored (before orientation).
pub(super) fn decode(bytes: &[u8], facts: &PhotoFacts, largest: (u32, u32)) -> Result<Decoded, PhotoFault> {
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: MAX_MEMORY });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(PhotoFault::decoder)?;
    let (width, height) = facts.stored();
    if (reader.info().width, reader.info().height) != (width, height) {
        return Err(PhotoFault::Broken("headers disagree about the size".into()));
    }
    let profile = reader.info().icc_profile.as_ref().map(|profile| profile.to_vec());
    let (color, depth) = reader.output_color_type();
    let channels = if facts.alpha { Channels::Rgba } else { Channels::Rgb };
    let source = Source { samples: color.samples(), deep: depth == BitDepth::Sixteen, channels };
    let mut squares = Squares::new(side(facts, largest), width, channels);
    let mut line = Vec::new();
    loop {
        match reader.next_row() {
            Ok(Some(row)) => squares.add(source.plain(row.data(), &mut line)),
            Ok(None) => break,
            // What came is shown; that the rest is missing is told by the headers.
            Err(_) if facts.cut => break,
            Err(error) => return Err(PhotoFault::decoder(error)),
        }
    }
    let pixels = squares.ended(height);
    Ok(Decoded { pixels, profile })
}

/// What the bytes of a row mean.
struct Source {
    /// Grey, grey and alpha, colours, colours and alpha.
    samples: usize,
    /// Whether a sample has two bytes.
    deep: bool,
    channels: Channels,
}

impl Source {
    /// A row with eight bits a channel, in `line` where it is not so already.
    fn plain<'r>(&self, row: &'r [u8], line: &'r mut Vec<u8>) -> &'r [u8] {
        if !self.deep && self.samples == self.channels.count() {
            return row;
        }
        line.clear();
        let each = self.samples * if self.deep { 2 } else { 1 };
        for pixel in row.chunks_exact(each) {
            let sample = |at: usize| {
                if !self.deep {
                    return pixel.get(at).copied().unwrap_or_default();
                }
                let high = pixel.get(at * 2).copied().unwrap_or_default();
                let low = pixel.get(at * 2 + 1).copied().unwrap_or_default();
                u8::try_from((u32::from(u16::from_be_bytes([high, low])) + 128) / 257).unwrap_or(255)
            };
            let alpha = if self.samples.is_multiple_of(2) { sample(self.samples - 1) } else { 255 };
            let [red, green, blue] =
                if self.samples < 3 { [sample(0); 3] } else { [sample(0), sample(1), sample(2)] };
            match self.channels {
                Channels::Rgba => line.extend([red, green, blue, alpha]),
                Channels::Rgb | Channels::Cmyk => line.extend([red, green, blue]),
            }
        }
        line
    }
}

/// A picture that grows downwards.
struct Squares {
    side: usize,
    channels: Channels,
    /// Width in pixels of the file, and of what is made of it.
    whole: usize,
    width: u32,
    /// Of the squares that are being filled, channel by channel; colours are weighted by their alpha.
    sums: Vec<u32>,
    /// Rows that these have.
    filled: usize,
    bytes: Vec<u8>,
}

impl Squares {
    fn new(side: u32, whole: u32, channels: Channels) -> Self {
        let width = whole.div_ceil(side);
        let sums = if side == 1 { Vec::new() } else { vec![0; width as usize * channels.count()] };
        let (side, whole) = (side as usize, whole as usize);
        Squares { side, channels, whole, width, sums, filled: 0, bytes: Vec::new() }
    }

    fn add(&mut self, row: &[u8]) {
        if self.side == 1 {
            self.bytes.extend(row);
            return;
        }
        if self.channels == Channels::Rgba {
            for (sums, square) in self.sums.as_chunks_mut().0.iter_mut().zip(row.chunks(self.side * 4)) {
                weigh(sums, square);
            }
        } else {
            for (sums, square) in self.sums.as_chunks_mut().0.iter_mut().zip(row.chunks(self.side * 3)) {
                sum(sums, square);
            }
        }
        self.filled += 1;
        if self.filled == self.side {
            self.flush();
        }
    }

    /// Makes pixels of the squares.
    fn flush(&mut self) {
        let mut left = self.whole;
        for sums in self.sums.chunks_exact_mut(self.channels.count()) {
            let across = left.min(self.side);
            left -= across;
            let count = u32::try_from(across * self.filled).unwrap_or(u32::MAX).max(1);
            let byte =
                |sum: u32, weight: u32| u8::try_from((sum + weight / 2) / weight.max(1)).unwrap_or(255);
            match *sums {
                [red, green, blue, alpha] => {
                    self.bytes.extend([red, green, blue].map(|colour| byte(colour, alpha)));
                    self.bytes.push(byte(alpha, count));
                }
                _ => self.bytes.extend(sums.iter().map(|sum| byte(*sum, count))),
            }
            sums.fill(0);
        }
        self.filled = 0;
    }

    /// The picture in its full height.
    fn ended(mut self, tall: u32) -> Pixels {
        if self.filled > 0 {
            self.flush();
        }
        let height = tall.div_ceil(u32::try_from(self.side).unwrap_or(1));
        let missing = (self.width as usize * height as usize * self.channels.count())
            .saturating_sub(self.bytes.len())
            / self.channels.count();
        let grey = [MISSING, MISSING, MISSING, 255];
        let grey = grey.get(..self.channels.count()).unwrap_or_default();
        self.bytes.extend(grey.repeat(missing));
        Pixels { width: self.width, height, channels: self.channels, bytes: self.bytes }
    }
}

fn sum(sums: &mut [u32; 3], square: &[u8]) {
    for pixel in square.as_chunks::<3>().0 {
        for (sum, sample) in sums.iter_mut().zip(pixel) {
            *sum += u32::from(*sample);
        }
    }
}

fn weigh([reds, greens, blues, alphas]: &mut [u32; 4], square: &[u8]) {
    for &[red, green, blue, alpha] in square.as_chunks::<4>().0 {
        let alpha = u32::from(alpha);
        *reds += u32::from(red) * alpha;
        *greens += u32::from(green) * alpha;
        *blues += u32::from(blue) * alpha;
        *alphas += alpha;
    }
}
