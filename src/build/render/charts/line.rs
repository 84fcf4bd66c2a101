//! Values over periods, from left to right. Every value is written beside its dot as long as it fits; of very many, the
//! last, the first, the highest and the lowest come before the rest.

use super::data::Chart;
use super::svg::{Anchor, Drawing};
use super::text::{SMALL, width, wrap};

const LEFT: f64 = 14.0;
const TOP: f64 = 24.0;
const FLOOR: f64 = 138.0;
const HEIGHT: f64 = 164.0;

/// A rectangle: left, top, right, bottom.
type Place = (f64, f64, f64, f64);

/// Up to so many values are written even where their line passes below them.
const FEW: usize = 12;

/// Where words and lines stand already.
#[derive(Default)]
struct Taken {
    /// The width of the picture.
    wide: f64,
    words: Vec<Place>,
    ink: Vec<Place>,
}

fn free(place: &Place, taken: &[Place]) -> bool {
    let apart =
        |other: &Place| place.2 <= other.0 || other.2 <= place.0 || place.3 <= other.1 || other.3 <= place.1;
    taken.iter().all(apart)
}

/// Draws it; nothing with fewer than two values.
pub fn draw(chart: &Chart) -> String {
    if chart.values().count() < 2 {
        return String::new();
    }
    let wide = chart.width;
    let scaling = Scaling::of(chart);
    let step = (wide - 2.0 * LEFT) / (chart.items.len() - 1).max(1) as f64;
    let x = |index: usize| LEFT + step * index as f64;
    let points: Vec<Option<(f64, f64)>> = chart
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| item.value.map(|value| (x(index), scaling.y(value))))
        .collect();

    let mut drawing = Drawing::default();
    let mut taken = Taken { wide, ..Taken::default() };
    drawing.line("axis", (0.0, FLOOR + 6.0), (wide, FLOOR + 6.0), false);
    if scaling.crosses {
        drawing.line("grid", (0.0, scaling.y(0.0)), (wide, scaling.y(0.0)), false);
    }
    if let (Some(target), Some(words)) = (chart.target, chart.target_text()) {
        let y = scaling.y(target);
        drawing.line("target", (0.0, y), (wide, y), true);
        let distance = |point: Option<&Option<(f64, f64)>>| match point {
            Some(Some((_, other))) => (other - y).abs(),
            _ => f64::MAX,
        };
        let long = width(&words, SMALL);
        let (at, anchor) = if distance(points.first()) > distance(points.last()) {
            (0.0, Anchor::Start)
        } else {
            (wide, Anchor::End)
        };
        drawing.text("label", at, y - 5.0, anchor, SMALL, &words);
        let left = if anchor == Anchor::Start { 0.0 } else { wide - long };
        taken.words.push((left, y - 17.0, left + long, y + 1.0));
        taken.ink.push((0.0, y - 1.0, wide, y + 1.0));
    }
    let large = points.len() <= 40;
    for run in points.split(Option::is_none) {
        let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
        if run.len() > 1 {
            drawing.polyline("c1", &run);
            taken.ink.extend(run.windows(2).flat_map(|pair| along(pair[0], pair[1])));
        }
    }
    for (index, item) in chart.items.iter().enumerate().filter(|(_, item)| item.value.is_none()) {
        drawing.line("gap", (x(index), TOP - 8.0), (x(index), FLOOR + 6.0), true);
        label(&mut drawing, &mut taken, &item.text, (x(index), FLOOR + 4.0), false, true);
    }
    for (px, py) in points.iter().flatten() {
        drawing.circle("dot c1", *px, *py, if large { 3.5 } else { 1.5 });
        taken.words.push((px - 3.0, py - 3.0, px + 3.0, py + 3.0));
    }
    for index in order(chart) {
        if let (Some(Some(point)), Some(item)) = (points.get(index), chart.items.get(index)) {
            let beside = |at: Option<usize>| points.get(at?).copied().flatten().map(|other| other.1);
            let (before, after) = (beside(index.checked_sub(1)), beside(Some(index + 1)));
            let higher = |other: Option<f64>| other.is_none_or(|other| other < point.1 - 1.0);
            let valley = (before.is_some() || after.is_some()) && higher(before) && higher(after);
            label(&mut drawing, &mut taken, &item.text, *point, valley, points.len() <= FEW);
        }
    }
    periods(&mut drawing, chart, step);
    drawing.finish(chart, "line", HEIGHT)
}

/// Where values stand.
struct Scaling {
    low: f64,
    reach: f64,
    scale: f64,
    /// Zero lies inside.
    crosses: bool,
}

impl Scaling {
    fn of(chart: &Chart) -> Scaling {
        let (_, _, scale) = chart.span();
        let all = || chart.values().chain(chart.target).map(|value| value / scale);
        let (mut low, high) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
        // A trend that falls to half of its height is shown from zero; smaller changes would be flat.
        if low > 0.0 && low < high / 2.0 {
            low = 0.0;
        }
        Scaling { low, reach: high - low, scale, crosses: low < 0.0 && high > 0.0 }
    }

    fn y(&self, value: f64) -> f64 {
        let share = if self.reach > 0.0 { (value / self.scale - self.low) / self.reach } else { 0.5 };
        FLOOR - 6.0 - share * (FLOOR - 6.0 - TOP)
    }
}

/// The values in the order in which they get room.
fn order(chart: &Chart) -> Vec<usize> {
    let there: Vec<(usize, f64)> =
        chart.items.iter().enumerate().filter_map(|(at, item)| Some((at, item.value?))).collect();
    let least = there.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let most = there.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let first = [there.last(), there.first(), most, least].into_iter().flatten();
    let mut order: Vec<usize> = Vec::new();
    for (at, _) in first.chain(&there) {
        if !order.contains(at) {
            order.push(*at);
        }
    }
    order
}

/// Small squares along a piece of the line.
fn along(from: (f64, f64), to: (f64, f64)) -> impl Iterator<Item = Place> {
    (1..16).map(move |part| {
        let share = f64::from(part) / 16.0;
        let (x, y) = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
        (x - 1.0, y - 1.0, x + 1.0, y + 1.0)
    })
}

/// Writes a value at the free side of its point: above, or below when it is a valley, or not at all where others stand.
fn label(drawing: &mut Drawing, taken: &mut Taken, words: &str, (x, y): (f64, f64), valley: bool, few: bool) {
    let (long, wide) = (width(words, SMALL), taken.wide);
    if words.is_empty() || long > wide * 0.6 {
        return;
    }
    let middle = x.clamp(long / 2.0, wide - long / 2.0);
    let sides = if valley { [y + 17.0, y - 8.0] } else { [y - 8.0, y + 17.0] };
    let place = |base: f64| (middle - long / 2.0 - 2.0, base - 11.0, middle + long / 2.0 + 2.0, base + 2.0);
    let inside = |base: &f64| *base <= FLOOR + 3.0 && *base >= 11.0 && free(&place(*base), &taken.words);
    let clear = sides.iter().copied().filter(inside).find(|base| free(&place(*base), &taken.ink));
    let chosen = clear.or_else(|| sides.iter().copied().filter(|_| few).find(inside));
    if let Some(base) = chosen {
        drawing.text("value", middle, base, Anchor::Middle, SMALL, words);
        taken.words.push(place(base));
    }
}

/// The periods below: every one, every second, … as they fit, and always the last.
fn periods(drawing: &mut Drawing, chart: &Chart, step: f64) {
    let wide = chart.width;
    let shown: Vec<String> = chart
        .items
        .iter()
        .map(|item| wrap(&item.label, SMALL, wide / 2.0 - 10.0, 1).into_iter().next().unwrap_or_default())
        .collect();
    let last = shown.len() - 1;
    let place = |at: usize| {
        let long = shown.get(at).map_or(0.0, |words| width(words, SMALL));
        let middle = (LEFT + step * at as f64).clamp(long / 2.0, wide - long / 2.0);
        (middle, middle - long / 2.0, middle + long / 2.0)
    };
    let fits = |every: usize| {
        let chosen: Vec<usize> = (0..=last).step_by(every).collect();
        chosen.windows(2).all(|pair| place(pair[0]).2 + 8.0 <= place(pair[1]).1)
    };
    let every = (1..=last).find(|every| fits(*every)).unwrap_or(last.max(1));
    let end = place(last).1 - 8.0;
    let chosen = (0..last).step_by(every).filter(|at| place(*at).2 <= end).chain([last]);
    for at in chosen {
        if let Some(words) = shown.get(at).filter(|words| !words.is_empty()) {
            drawing.text("label", place(at).0, HEIGHT - 4.0, Anchor::Middle, SMALL, words);
        }
    }
}
