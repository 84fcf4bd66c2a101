//! Parts of a whole: shares, the joining of small parts, and the legend that both sorts of chart share.
//!
//! Parts carry a number from 1 to 6 that stands in the legend too, so that colours are not needed to tell them apart.

use super::data::{Chart, Item};
use super::svg::{Anchor, Drawing};
use super::text::{SIZE, SMALL, number, unit, width, wrap};

/// The most parts drawn; there are as many colours.
const MOST: usize = 6;
const LINE: f64 = 18.0;

/// One part, or a value that is withheld.
pub struct Part {
    /// What it is.
    pub label: String,
    /// How it is written.
    pub text: String,
    /// Its share of the whole; none when it is withheld.
    pub share: Option<f64>,
}

/// A whole and its parts.
pub struct Whole {
    /// Those with values first.
    pub parts: Vec<Part>,
    /// The sum in words; none when something is withheld or the sum means nothing.
    pub total: Option<String>,
    /// Whether shares are told in words.
    tell: bool,
}

impl Whole {
    /// None when there is no such thing: a part is negative, or all are zero.
    pub fn of(chart: &Chart) -> Option<Whole> {
        let scale = chart.values().fold(0.0, f64::max);
        if scale <= 0.0 || chart.values().any(|value| value < 0.0) {
            return None;
        }
        let (kept, joined) = join(chart);
        let sum: f64 = chart.values().map(|value| value / scale).sum();
        let mut parts: Vec<Part> = kept
            .iter()
            .map(|item| Part {
                label: item.label.clone(),
                text: item.text.clone(),
                share: item.value.map(|value| value / scale / sum),
            })
            .collect();
        if !joined.is_empty() {
            let rest: f64 = joined.iter().filter_map(|item| item.value).map(|value| value / scale).sum();
            let whole = rest * scale;
            parts.push(Part {
                label: chart.other.clone(),
                text: if whole.is_finite() { chart.written(whole) } else { number(f64::MAX) },
                share: Some(rest / sum),
            });
        }
        let withheld = chart.items.iter().filter(|item| item.value.is_none());
        parts.extend(withheld.map(|item| Part {
            label: item.label.clone(),
            text: item.text.clone(),
            share: None,
        }));
        let complete = parts.iter().all(|part| part.share.is_some());
        let total = Some(sum * scale).filter(|total| complete && total.is_finite() && chart.unit != "%");
        Some(Whole {
            tell: complete && !parts.iter().all(|part| part.text.ends_with('%')),
            total: total.map(|total| chart.written(total)),
            parts,
        })
    }

    /// Whether something is withheld, whose share nobody can tell.
    pub fn has_gap(&self) -> bool {
        self.parts.iter().any(|part| part.share.is_none())
    }

    /// The legend from `left` to `right`, one row a part; returns where it ends.
    pub fn legend(&self, drawing: &mut Drawing, left: f64, right: f64, top: f64) -> f64 {
        let mut y = top;
        for (index, part) in self.parts.iter().enumerate() {
            let value = match part.share {
                Some(share) if self.tell => format!("{} · {}", part.text, percent(share)),
                _ => part.text.clone(),
            };
            let start = left + 24.0;
            let needed = width(&value, SIZE);
            let both = width(&part.label, SIZE) + 8.0 + needed <= right - start;
            let same_line = both || needed <= (right - start) * 0.62;
            let room = if same_line { right - start - needed - 8.0 } else { right - start };
            match part.share {
                Some(_) => {
                    drawing.rectangle(&format!("c{}", index % MOST + 1), left, y + 2.0, 16.0, 16.0, 2.0);
                    drawing.text(
                        "key",
                        left + 8.0,
                        y + 14.5,
                        Anchor::Middle,
                        SMALL,
                        &(index + 1).to_string(),
                    );
                }
                None => drawing.gap(left, y + 2.0, 16.0, 16.0),
            }
            let lines = wrap(&part.label, SIZE, room, 3);
            for (row, line) in lines.iter().enumerate() {
                drawing.text("label", start, y + 14.5 + LINE * row as f64, Anchor::Start, SIZE, line);
            }
            y += LINE * (lines.len().max(1) - 1) as f64;
            if !same_line && !lines.is_empty() {
                y += LINE;
            }
            if same_line {
                drawing.text("value", right, y + 14.5, Anchor::End, SIZE, &value);
                y += 24.0;
            } else {
                for line in wrap(&value, SIZE, right - start, 3) {
                    drawing.text("value", start, y + 14.5, Anchor::Start, SIZE, &line);
                    y += LINE;
                }
                y += 6.0;
            }
        }
        y
    }
}

/// The largest parts in their order, and those that are joined into one.
fn join(chart: &Chart) -> (Vec<&Item>, Vec<&Item>) {
    let there: Vec<&Item> = chart.items.iter().filter(|item| item.value.is_some()).collect();
    if there.len() <= MOST {
        return (there, Vec::new());
    }
    let mut order: Vec<usize> = (0..there.len()).filter(|at| there[*at].label != chart.other).collect();
    // The sort is stable: of equal parts the first stays.
    order.sort_by(|a, b| there[*b].value.unwrap_or(0.0).total_cmp(&there[*a].value.unwrap_or(0.0)));
    order.truncate(MOST - 1);
    let kept = |at: &usize| order.contains(at);
    let pick = |wanted: bool| (0..there.len()).filter(|at| kept(at) == wanted).map(|at| there[at]).collect();
    (pick(true), pick(false))
}

/// A share with at most one decimal.
fn percent(share: f64) -> String {
    match (share * 1000.0).round() / 10.0 {
        0.0 if share > 0.0 => "<0.1%".to_owned(),
        shown => format!("{}%", unit(shown)),
    }
}
