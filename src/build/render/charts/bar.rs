//! Horizontal bars from a common zero. Values stand in a column at the right as in a ledger, labels beside the bars
//! when they are short, above them when they are long.

use super::data::Chart;
use super::svg::{Anchor, Drawing};
use super::text::{SIZE, SMALL, width, wrap};

/// The most that labels and values may take of the width to stand beside the bars.
const LABEL: f64 = 0.36;
const VALUE: f64 = 0.3;
const THICK: f64 = 14.0;
const LINE: f64 = 18.0;

/// Draws it.
pub fn draw(chart: &Chart) -> String {
    let wide = chart.width;
    let widest =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| width(text, SIZE)).fold(0.0, f64::max);
    let labels = widest(&mut chart.items.iter().map(|item| item.label.as_str()));
    let values = widest(&mut chart.items.iter().map(|item| item.text.as_str()));
    let beside = labels <= LABEL * wide && values <= VALUE * wide;
    let (left, right) = match (beside, labels > 0.0) {
        (true, true) => (labels + 10.0, wide - values - 10.0),
        (true, false) => (0.0, wide - values - 10.0),
        _ => (0.0, wide),
    };
    let (low, high, scale) = chart.span();
    let reach = if high > low { high - low } else { 1.0 };
    let place = |value: f64| left + (value / scale - low) / reach * (right - left);
    let zero = place(0.0);

    let mut drawing = Drawing::default();
    let mut y: f64 = 2.0;
    for item in &chart.items {
        let mut bar = y + 4.0;
        if beside {
            drawing.text("label", 0.0, y + 15.5, Anchor::Start, SIZE, &item.label);
            drawing.text("value", wide, y + 15.5, Anchor::End, SIZE, &item.text);
            y += 27.0;
        } else {
            let above = width(&item.text, SIZE);
            let same_line = above <= wide * 0.45;
            let room = if same_line { wide - above - 12.0 } else { wide };
            let lines = wrap(&item.label, SIZE, room, 3);
            for (row, line) in lines.iter().enumerate() {
                drawing.text("label", 0.0, y + 14.0 + LINE * row as f64, Anchor::Start, SIZE, line);
            }
            let mut rows = lines.len().max(1);
            if same_line {
                let last = y + 14.0 + LINE * (rows - 1) as f64;
                drawing.text("value", wide, last, Anchor::End, SIZE, &item.text);
            } else {
                rows = lines.len();
                for line in wrap(&item.text, SIZE, wide, 3) {
                    drawing.text("value", 0.0, y + 14.0 + LINE * rows as f64, Anchor::Start, SIZE, &line);
                    rows += 1;
                }
            }
            bar = y + 3.0 + LINE * rows as f64;
            y = bar + THICK + 9.0;
        }
        match item.value {
            Some(value) => {
                let end = place(value);
                let class = if value < 0.0 { "c2" } else { "c1" };
                drawing.rectangle(class, zero.min(end), bar, (end - zero).abs(), THICK, 1.5);
            }
            None => drawing.gap(left, bar, right - left, THICK),
        }
        if !beside {
            drawing.line("axis", (zero, bar - 2.0), (zero, bar + THICK + 2.0), false);
            // A line through all would cross the words between the bars.
            if let Some(x) = chart.target.map(place) {
                drawing.line("target", (x, bar - 3.0), (x, bar + THICK + 3.0), true);
            }
        }
    }
    if beside {
        drawing.line("axis", (zero, 2.0), (zero, y - 1.0), false);
    }
    if let (Some(target), Some(words)) = (chart.target, chart.target_text()) {
        let x = place(target);
        let top = if beside { 2.0 } else { y - 3.0 };
        drawing.line("target", (x, top), (x, y + 2.0), true);
        let half = width(&words, SMALL) / 2.0;
        let middle = x.clamp(half.min(wide / 2.0), (wide - half).max(wide / 2.0));
        drawing.text("label", middle, y + 15.0, Anchor::Middle, SMALL, &words);
        y += 20.0;
    }
    drawing.finish(chart, "bar", y + 1.0)
}
