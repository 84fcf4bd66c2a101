//! An address as a QR code: one path of SVG without styles, black on white in every mode, so that a phone reads it from
//! a dark screen and from paper.
//!
//! In comes the whole address, out goes the picture; equal addresses give equal pictures. It is drawn when the root
//! marker is replaced, for only then the address is known.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment};
use std::fmt::Write as _;

/// Light modules around the code; the standard wants four.
const MARGIN: i32 = 4;

/// The code of `text`; nothing if it is too long for one.
pub(super) fn svg(text: &str, out: &mut Vec<u8>) {
    // Any mask may be read. Weighing all eight, as encoders do, would cost more than the rest of a page.
    let mask = Some(qrcodegen::Mask::new(0));
    let (from, to) = (qrcodegen::Version::MIN, qrcodegen::Version::MAX);
    let segments = QrSegment::make_segments(text);
    let Ok(code) = QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, from, to, mask, false)
    else {
        return;
    };
    let side = code.size() + 2 * MARGIN;
    let mut path = String::new();
    for y in 0..code.size() {
        // Where the row's last stroke ended: relative steps are shorter than places.
        let (mut x, mut end) = (0, None);
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let _ = match end {
                    None => write!(path, "M{} {}h{}", start + MARGIN, y + MARGIN, x - start),
                    Some(end) => write!(path, "m{} 0h{}", start - end, x - start),
                };
                end = Some(x);
            }
            x += 1;
        }
    }
    // Strokes of one module lie half above and half below their line.
    let picture = format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" width=\"{side}\" height=\"{side}\" aria-hidden=\"true\" \
         focusable=\"false\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path stroke=\"#000\" transform=\"translate(0 .5)\" d=\"{path}\"/></svg>"
    );
    out.extend_from_slice(picture.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> String {
        let mut out = Vec::new();
        svg(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_address_becomes_a_square_with_its_margin() {
        let drawn = drawn("https://lihua.example/villages/");
        assert!(drawn.contains("viewBox=\"0 0 37 37\""), "{drawn}");
        // The finder pattern in the corner: seven modules, then one at either side.
        assert!(drawn.contains("d=\"M4 4h7"), "{drawn}");
        assert!(drawn.contains("M4 5h1m5 0h1"), "{drawn}");
        assert!(!drawn.contains("style"), "{drawn}");
    }

    #[test]
    fn what_is_too_long_gives_nothing() {
        assert_eq!(drawn(&"村".repeat(2000)), "");
    }
}
