//! One bar cut into its parts, with a legend below.

use super::data::Chart;
use super::svg::{Anchor, Drawing};
use super::text::SMALL;
use super::whole::Whole;

const THICK: f64 = 26.0;
const CUT: f64 = 2.0;
/// What stands for withheld parts: there is something, but nobody is told how much.
const GAP: f64 = 32.0;

/// Draws it; what is no part of a whole is drawn as bars.
pub fn draw(chart: &Chart) -> String {
    let Some(whole) = Whole::of(chart) else { return super::bar::draw(chart) };
    let wide = chart.width;
    let mut drawing = Drawing::default();
    let drawn = whole.parts.iter().filter(|part| part.share.is_some_and(|share| share > 0.0)).count();
    let end = if whole.has_gap() { wide - GAP - CUT } else { wide };
    let room = end - CUT * drawn.saturating_sub(1) as f64;
    let mut x = 0.0;
    for (index, part) in whole.parts.iter().enumerate() {
        let Some(share) = part.share.filter(|share| *share > 0.0) else { continue };
        let length = share * room;
        drawing.rectangle(&format!("c{}", index + 1), x, 0.0, length, THICK, 1.5);
        if length >= 16.0 {
            let middle = (x + length / 2.0, THICK / 2.0 + 4.5);
            drawing.text("key", middle.0, middle.1, Anchor::Middle, SMALL, &(index + 1).to_string());
        }
        x += length + CUT;
    }
    if whole.has_gap() {
        drawing.gap(wide - GAP, 0.0, GAP, THICK);
    }
    let end = whole.legend(&mut drawing, 0.0, wide, THICK + 12.0);
    drawing.finish(chart, "parts", end)
}
