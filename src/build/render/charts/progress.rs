//! Values against a target: a track that is the whole, filled as far as things have come, with the target in words.
//! What is above the target makes the track longer and shows where the target was.

use super::data::Chart;
use super::svg::{Anchor, Drawing};
use super::text::{SIZE, SMALL, unit, width, wrap};

const THICK: f64 = 12.0;
const LINE: f64 = 18.0;

/// Draws it; nothing without a target above zero.
pub fn draw(chart: &Chart) -> String {
    let Some(target) = chart.target.filter(|target| *target > 0.0) else { return String::new() };
    let wide = chart.width;
    let (_, high, scale) = chart.span();
    let place = |value: f64| (value / scale / high).clamp(0.0, 1.0) * wide;
    let goal = chart.target_text().unwrap_or_default();

    let mut drawing = Drawing::default();
    let mut y: f64 = 0.0;
    for item in &chart.items {
        let value = width(&item.text, SIZE);
        let room = if value <= wide * 0.45 { wide - value - 12.0 } else { wide };
        let mut lines = wrap(&item.label, SIZE, room, 3);
        if room >= wide || lines.is_empty() {
            lines.push(String::new());
        }
        for line in &lines {
            y += LINE;
            if !line.is_empty() {
                drawing.text("label", 0.0, y - 4.0, Anchor::Start, SIZE, line);
            }
        }
        drawing.text("value", wide, y - 4.0, Anchor::End, SIZE, &item.text);
        y += 3.0;
        match item.value {
            Some(value) => {
                drawing.rectangle("track", 0.0, y, wide, THICK, 2.0);
                drawing.rectangle("c1", 0.0, y, place(value), THICK, 2.0);
                if high * scale > target {
                    let mark = place(target);
                    drawing.line("target", (mark, y - 3.0), (mark, y + THICK + 3.0), false);
                }
                let share = value / target * 100.0;
                if share.is_finite() && share.abs() < 1e6 {
                    let share = format!("{}%", unit((share * 10.0).round() / 10.0));
                    drawing.text("label", 0.0, y + THICK + 16.0, Anchor::Start, SMALL, &share);
                }
            }
            None => drawing.gap(0.0, y, wide, THICK),
        }
        drawing.text("label", wide, y + THICK + 16.0, Anchor::End, SMALL, &goal);
        y += THICK + 28.0;
    }
    drawing.finish(chart, "progress", y - 6.0)
}
