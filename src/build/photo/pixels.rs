//! A decoded picture: eight bits a channel, in rows without gaps. It can be made smaller and turned.

use super::PhotoFault;
use fast_image_resize as fir;
use image::DynamicImage;
use image::metadata::Orientation;
use std::sync::{Mutex, PoisonError};

/// What the bytes of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channels {
    Rgb,
    Rgba,
    /// Inks: 0 is none.
    Cmyk,
}

impl Channels {
    pub(super) fn count(self) -> usize {
        if self == Channels::Rgb { 3 } else { 4 }
    }
}

/// Memory that pictures take one after the other: the system would clear it anew for each.
#[derive(Debug, Default)]
pub struct Scratch {
    free: Mutex<Vec<Vec<u8>>>,
    /// With the memory between their two passes.
    resizers: Mutex<Vec<fir::Resizer>>,
}

/// How many bytes are kept for the next photo: enough for usual photos on all cores.
const KEPT: usize = 64 << 20;
/// How many bytes a resizer may keep.
const RESIZER: usize = 16 << 20;

impl Scratch {
    /// Memory of this size, with anything in it.
    pub(super) fn take(&self, size: usize) -> Vec<u8> {
        let mut kept = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = kept.iter().enumerate().filter(|(_, bytes)| bytes.capacity() >= size);
        let best = fits.min_by_key(|(_, bytes)| bytes.capacity()).map(|(at, _)| at);
        let mut bytes = best.map(|at| kept.swap_remove(at)).unwrap_or_default();
        drop(kept);
        bytes.resize(size, 0);
        bytes
    }

    /// Gives it to the next. Not all of it was taken here, so there may be more than anybody will take.
    pub(super) fn give(&self, bytes: Vec<u8>) {
        let mut kept = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().map(Vec::capacity).sum::<usize>() + bytes.capacity() <= KEPT {
            kept.push(bytes);
        }
    }

    /// Runs with a resizer that nobody else has at that time.
    fn with_resizer<T>(&self, work: impl FnOnce(&mut fir::Resizer) -> T) -> T {
        let resizers = || self.resizers.lock().unwrap_or_else(PoisonError::into_inner);
        let free = resizers().pop();
        let mut resizer = free.unwrap_or_default();
        let done = work(&mut resizer);
        if resizer.size_of_internal_buffers() <= RESIZER {
            resizers().push(resizer);
        }
        done
    }
}

/// A picture in memory.
#[derive(Clone, Debug)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: Channels,
    pub(super) bytes: Vec<u8>,
}

impl Pixels {
    pub(super) fn of(image: DynamicImage, alpha: bool) -> Self {
        let (width, height) = (image.width(), image.height());
        if alpha {
            Pixels { width, height, channels: Channels::Rgba, bytes: image.into_rgba8().into_raw() }
        } else {
            Pixels { width, height, channels: Channels::Rgb, bytes: image.into_rgb8().into_raw() }
        }
    }

    pub(super) fn is(&self, (width, height): (u32, u32)) -> bool {
        (self.width, self.height) == (width, height)
    }

    /// Makes the picture of another size, if it is not of that size already.
    pub(super) fn resize(&mut self, size: (u32, u32), scratch: &Scratch) -> Result<(), PhotoFault> {
        if !self.is(size) {
            let resized = self.resized(size.0, size.1, scratch)?;
            scratch.give(std::mem::replace(self, resized).bytes);
        }
        Ok(())
    }

    /// The picture in another size.
    pub(super) fn resized(&self, width: u32, height: u32, scratch: &Scratch) -> Result<Self, PhotoFault> {
        let layout = if self.channels == Channels::Rgb { fir::PixelType::U8x3 } else { fir::PixelType::U8x4 };
        let source = fir::images::ImageRef::new(self.width, self.height, &self.bytes, layout)
            .map_err(PhotoFault::decoder)?;
        let bytes = scratch.take(width as usize * height as usize * self.channels.count());
        let mut target =
            fir::images::Image::from_vec_u8(width, height, bytes, layout).map_err(PhotoFault::decoder)?;
        // Colours are weighted by their alpha, or transparent edges would get a dark rim.
        let options = fir::ResizeOptions::new()
            .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3))
            .use_alpha(self.channels == Channels::Rgba);
        scratch
            .with_resizer(|resizer| resizer.resize(&source, &mut target, &options))
            .map_err(PhotoFault::decoder)?;
        Ok(Pixels { width, height, channels: self.channels, bytes: target.into_vec() })
    }

    /// The picture as EXIF's orientation wants it seen.
    pub(super) fn upright(self, orientation: u8) -> Result<Self, PhotoFault> {
        let Some(turn) =
            Orientation::from_exif(orientation).filter(|turn| *turn != Orientation::NoTransforms)
        else {
            return Ok(self);
        };
        let Pixels { width, height, channels, bytes } = self;
        let image = if channels == Channels::Rgb {
            image::RgbImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8)
        } else {
            image::RgbaImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgba8)
        };
        let mut image = image.ok_or_else(|| PhotoFault::Broken("too few pixels".into()))?;
        image.apply_orientation(turn);
        // Same number of channels, so the bytes are taken back as they are.
        let (width, height) = (image.width(), image.height());
        Ok(Pixels { width, height, channels, bytes: image.into_bytes() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_for_the_next_photo_is_bounded() {
        let scratch = Scratch::default();
        for _ in 0..100 {
            scratch.give(vec![0; 10 << 20]);
        }
        let held: usize = scratch.free.lock().unwrap().iter().map(Vec::capacity).sum();
        assert!(held <= 64 << 20, "{} MiB", held >> 20);
        // What fits best is taken, so that large memory stays for large pictures.
        let scratch = Scratch::default();
        for size in [5000, 100, 900] {
            scratch.give(Vec::with_capacity(size));
        }
        assert_eq!(scratch.take(200).capacity(), 900);
        assert_eq!(scratch.take(200).capacity(), 5000);
        assert_eq!(scratch.take(200).len(), 200);
    }
}
