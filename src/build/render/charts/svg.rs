//! A writer of SVG: shapes with classes, geometry as attributes, nothing that a strict Content-Security-Policy refuses.

use super::data::Chart;
use super::text::{SIZE, escape, unit};
use std::fmt::Write as _;

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

/// Shapes so far.
#[derive(Default)]
pub struct Drawing {
    body: String,
}

impl Drawing {
    /// A text whose baseline is at `y`.
    pub fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, size: f64, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let size =
            if (size - SIZE).abs() < 0.01 { String::new() } else { format!(" font-size=\"{}\"", unit(size)) };
        let _ = write!(
            self.body,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\"{anchor}{size}>{}</text>",
            unit(x),
            unit(y),
            escape(words)
        );
    }

    /// A rectangle; nothing when it has no extent.
    pub fn rectangle(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64, round: f64) {
        if width < 0.005 || height < 0.005 {
            return;
        }
        let round = round.min(width / 2.0).min(height / 2.0);
        let round = if round > 0.0 { format!(" rx=\"{}\"", unit(round)) } else { String::new() };
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{round}/>",
            unit(x),
            unit(y),
            unit(width),
            unit(height)
        );
    }

    /// A missing value: an empty frame with a broken line.
    pub fn gap(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let _ = write!(
            self.body,
            "<rect class=\"gap\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke-dasharray=\"3 3\"/>",
            unit(x + 0.5),
            unit(y + 0.5),
            unit((width - 1.0).max(1.0)),
            unit((height - 1.0).max(1.0))
        );
    }

    /// A straight line; `dashed` for targets and gaps.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64), dashed: bool) {
        let dashes = if dashed { " stroke-dasharray=\"3 3\"" } else { "" };
        let _ = write!(
            self.body,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{dashes}/>",
            unit(from.0),
            unit(from.1),
            unit(to.0),
            unit(to.1)
        );
    }

    /// A line through points.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", unit(*x), unit(*y))).collect();
        let _ =
            write!(self.body, "<polyline class=\"{class}\" points=\"{}\" fill=\"none\"/>", points.join(" "));
    }

    /// A dot.
    pub fn circle(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        let _ = write!(
            self.body,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            unit(x),
            unit(y),
            unit(radius)
        );
    }

    /// A shape from path data.
    pub fn path(&mut self, class: &str, data: &str) {
        let _ = write!(self.body, "<path class=\"{class}\" d=\"{data}\"/>");
    }

    /// The outline of something missing, from path data.
    pub fn dashed_path(&mut self, class: &str, data: &str) {
        let _ = write!(
            self.body,
            "<path class=\"{class}\" d=\"{data}\" fill=\"none\" stroke-dasharray=\"3 3\"/>"
        );
    }

    /// The whole picture.
    pub fn finish(self, chart: &Chart, name: &str, height: f64) -> String {
        let spoken = escape(&chart.spoken());
        let title = if chart.title.is_empty() {
            String::new()
        } else {
            format!("<title>{}</title>", escape(&chart.title))
        };
        format!(
            "<svg class=\"chart {name}\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
             aria-label=\"{spoken}\" font-size=\"{}\">{title}<desc>{}</desc>{}</svg>",
            unit(chart.width),
            unit(height),
            unit(SIZE),
            escape(&chart.sentence()),
            self.body
        )
    }
}
