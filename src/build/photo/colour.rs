//! Colours as the web shows them: pixels with a profile (Display P3, Adobe RGB, CMYK) → sRGB.
//!
//! A profile that cannot be used is passed over, as browsers do; inks without one are mixed by the plain formula.

use super::pixels::{Channels, Pixels};
use moxcms::{ColorProfile, DataColorSpace, Layout, RenderingIntent, TransformOptions};

/// The picture in sRGB.
pub(super) fn to_srgb(pixels: Pixels, profile: Option<&[u8]>) -> Pixels {
    let profile = profile.and_then(|profile| ColorProfile::new_from_slice(profile).ok());
    let wanted = if pixels.channels == Channels::Cmyk { DataColorSpace::Cmyk } else { DataColorSpace::Rgb };
    let converted = profile
        .filter(|profile| profile.color_space == wanted && !is_srgb(profile))
        .and_then(|profile| converted(&pixels, &profile));
    match (converted, pixels.channels) {
        (Some(converted), _) => converted,
        (None, Channels::Cmyk) => mixed(&pixels),
        (None, _) => pixels,
    }
}

/// Whether converting would change nothing: the same primaries and curve, within what eight bits can show.
fn is_srgb(profile: &ColorProfile) -> bool {
    let srgb = ColorProfile::new_srgb();
    let near = |a: moxcms::Xyzd, b: moxcms::Xyzd| {
        (a.x - b.x).abs() < 0.002 && (a.y - b.y).abs() < 0.002 && (a.z - b.z).abs() < 0.002
    };
    profile.lut_a_to_b_perceptual.is_none()
        && near(profile.red_colorant, srgb.red_colorant)
        && near(profile.green_colorant, srgb.green_colorant)
        && near(profile.blue_colorant, srgb.blue_colorant)
        && profile.red_trc == srgb.red_trc
}

fn converted(pixels: &Pixels, profile: &ColorProfile) -> Option<Pixels> {
    let inks = pixels.channels == Channels::Cmyk;
    let from = if pixels.channels == Channels::Rgb { Layout::Rgb } else { Layout::Rgba };
    let (to, channels) = match pixels.channels {
        Channels::Rgba => (Layout::Rgba, Channels::Rgba),
        Channels::Rgb | Channels::Cmyk => (Layout::Rgb, Channels::Rgb),
    };
    let options = TransformOptions {
        rendering_intent: if inks {
            RenderingIntent::Perceptual
        } else {
            RenderingIntent::RelativeColorimetric
        },
        ..TransformOptions::default()
    };
    let transform = profile.create_transform_8bit(from, &ColorProfile::new_srgb(), to, options).ok()?;
    let count = pixels.bytes.len() / pixels.channels.count();
    let mut bytes = vec![0; count * channels.count()];
    transform.transform(&pixels.bytes, &mut bytes).ok()?;
    Some(Pixels { width: pixels.width, height: pixels.height, channels, bytes })
}

/// Each ink takes away its light, black takes away all.
fn mixed(pixels: &Pixels) -> Pixels {
    let light = |ink: u8, black: u8| {
        let product = u32::from(255 - ink) * u32::from(255 - black);
        u8::try_from((product + 127) / 255).unwrap_or(255)
    };
    let mut bytes = Vec::with_capacity(pixels.bytes.len() / 4 * 3);
    for inks in pixels.bytes.chunks_exact(4) {
        if let &[cyan, magenta, yellow, black] = inks {
            bytes.extend([light(cyan, black), light(magenta, black), light(yellow, black)]);
        }
    }
    Pixels { width: pixels.width, height: pixels.height, channels: Channels::Rgb, bytes }
}
