//! A ring cut into its parts, the sum in its middle, with a legend beside.

use super::data::Chart;
use super::svg::{Anchor, Drawing};
use super::text::{SMALL, unit, width};
use super::whole::Whole;
use std::f64::consts::TAU;

const MIDDLE: f64 = 60.0;
const OUTER: f64 = 58.0;
const INNER: f64 = 34.0;
/// From this width on the legend stands beside the ring, else below.
const BESIDE: f64 = 280.0;
/// What stands for withheld parts: there is something, but nobody is told how much.
const GAP: f64 = 0.1;

/// Draws it; what is no part of a whole is drawn as bars.
pub fn draw(chart: &Chart) -> String {
    let Some(whole) = Whole::of(chart) else { return super::bar::draw(chart) };
    let mut drawing = Drawing::default();
    let mut from = 0.0;
    let known = if whole.has_gap() { 1.0 - GAP } else { 1.0 };
    let mut keys = Vec::new();
    for (index, part) in whole.parts.iter().enumerate() {
        let Some(share) = part.share.filter(|share| *share > 0.0) else { continue };
        let to = from + share * known;
        drawing.path(&format!("c{}", index + 1), &sector(from, to));
        if share >= 0.05 {
            keys.push((index, (from + to) / 2.0));
        }
        from = to;
    }
    if whole.has_gap() {
        drawing.dashed_path("gap", &sector(known, 1.0));
    }
    for (index, turn) in keys {
        let (x, y) = point(turn, (OUTER + INNER) / 2.0);
        drawing.text("key", x, y + 4.5, Anchor::Middle, SMALL, &(index + 1).to_string());
    }
    let total = whole.total.as_deref().filter(|total| width(total, 14.0) <= INNER * 1.8);
    if let Some(total) = total {
        drawing.text("total", MIDDLE, MIDDLE + 5.0, Anchor::Middle, 14.0, total);
    }
    if chart.width < BESIDE {
        let end = whole.legend(&mut drawing, 0.0, chart.width, MIDDLE * 2.0 + 12.0);
        return drawing.finish(chart, "donut", end);
    }
    // The legend is as long as it is: short ones stand in the middle beside the ring.
    let height = whole.legend(&mut Drawing::default(), 140.0, chart.width, 0.0);
    let top = ((MIDDLE * 2.0 - height) / 2.0).max(0.0);
    let end = whole.legend(&mut drawing, 140.0, chart.width, top);
    drawing.finish(chart, "donut", end.max(MIDDLE * 2.0))
}

/// A point at a turn (0 at the top, clockwise, 1 all around).
fn point(turn: f64, radius: f64) -> (f64, f64) {
    let (sine, cosine) = (turn * TAU).sin_cos();
    (MIDDLE + radius * sine, MIDDLE - radius * cosine)
}

/// The outline of a part; a whole ring is two circles, for an arc cannot end where it begins.
fn sector(from: f64, to: f64) -> String {
    if to - from > 0.9995 {
        let ring = |radius: f64, sweep: u8| {
            let (top, low, r) = (unit(MIDDLE - radius), unit(MIDDLE + radius), unit(radius));
            let x = unit(MIDDLE);
            format!("M{x} {top}A{r} {r} 0 1 {sweep} {x} {low}A{r} {r} 0 1 {sweep} {x} {top}Z")
        };
        return ring(OUTER, 1) + &ring(INNER, 0);
    }
    // The cut is a strip of even width, so its angle is larger inside.
    let cut = |radius: f64| (1.0 / radius / TAU).min((to - from) / 4.0);
    let at = |turn: f64, radius: f64| {
        let (x, y) = point(turn, radius);
        format!("{} {}", unit(x), unit(y))
    };
    let large = u8::from(to - from > 0.5);
    format!(
        "M{}A{o} {o} 0 {large} 1 {}L{}A{i} {i} 0 {large} 0 {}Z",
        at(from + cut(OUTER), OUTER),
        at(to - cut(OUTER), OUTER),
        at(to - cut(INNER), INNER),
        at(from + cut(INNER), INNER),
        o = unit(OUTER),
        i = unit(INNER),
    )
}
