//! What lies near: pages by the distance of their `position` on the schematic map.

use super::{Model, Page, PageId, Pages};
use crate::config::LanguageId;
use crate::kinds::{KindId, Value};
use std::collections::{BTreeMap, BinaryHeap};

/// The field that says where a page stands: a record with the numbers `x` and `y`.
const POSITION: &str = "position";

/// The visible pages of the kinds that have positions, by kind and language.
#[derive(Debug, Default)]
pub struct Places(BTreeMap<(KindId, LanguageId), Area>);

/// Pages of one kind in one language.
#[derive(Debug, Default)]
struct Area {
    /// With a position, from left to right.
    placed: Vec<Spot>,
    /// Without, in the order of the kind.
    unplaced: Vec<PageId>,
}

/// Where a page stands.
#[derive(Clone, Copy, Debug)]
struct Spot {
    x: f64,
    y: f64,
    /// Where it stands in the order of its kind; ties end with it.
    rank: usize,
    page: PageId,
}

/// How far away a spot is.
type Far = u64;

impl Places {
    /// Finds the positions of all pages; `by_kind` has the visible ones in the order of each kind.
    pub(super) fn new(pages: &Pages, by_kind: &[Vec<PageId>]) -> Self {
        let mut areas: BTreeMap<(KindId, LanguageId), Area> = BTreeMap::new();
        // Most kinds have no positions: one look at their pages tells it.
        let placed = |ids: &&Vec<PageId>| ids.iter().any(|id| position(&pages[id.at()]).is_some());
        for ids in by_kind.iter().filter(placed) {
            for (rank, id) in ids.iter().enumerate() {
                let page = &pages[id.at()];
                let area = areas.entry((page.kind, page.language)).or_default();
                match position(page) {
                    Some((x, y)) => area.placed.push(Spot { x, y, rank, page: *id }),
                    None => area.unplaced.push(*id),
                }
            }
        }
        for area in areas.values_mut() {
            area.placed.sort_by(|a, b| a.x.total_cmp(&b.x));
        }
        Places(areas)
    }
}

/// At most `limit` pages of `kind`, or of the page's own kind, that fit, without the page itself: the nearest first, then
/// those without a position in the order of their kind. A page without a position gets all in that order.
pub(super) fn near(
    model: &Model,
    page: PageId,
    kind: Option<KindId>,
    limit: usize,
    fits: impl Fn(&PageId) -> bool,
) -> Vec<PageId> {
    let own = model.page(page);
    let kind = kind.unwrap_or(own.kind);
    let fits = |id: &PageId| *id != page && fits(id);
    let area = model.places.0.get(&(kind, own.language));
    let (Some(area), Some(here)) = (area, position(own)) else {
        let all = model.by_kind.get(kind.index()).map_or(&[][..], Vec::as_slice);
        return all.iter().copied().filter(fits).take(limit).collect();
    };
    let mut found = area.nearest(here, limit, fits);
    let rest = limit - found.len();
    found.extend(area.unplaced.iter().copied().filter(fits).take(rest));
    found
}

impl Area {
    /// Looks from `here` to the left and to the right, as far as something nearer may still stand there.
    fn nearest(&self, here: (f64, f64), limit: usize, fits: impl Fn(&PageId) -> bool) -> Vec<PageId> {
        let middle = self.placed.partition_point(|spot| spot.x < here.0);
        let (left, right) = self.placed.split_at(middle);
        let mut left = left.iter().rev().peekable();
        let mut right = right.iter().peekable();
        let mut best: BinaryHeap<(Far, usize, PageId)> = BinaryHeap::new();
        let aside = |spot: &Spot| (spot.x - here.0).powi(2);
        loop {
            let spot = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) if aside(a) < aside(b) => left.next(),
                (Some(_), None) => left.next(),
                _ => right.next(),
            };
            let Some(spot) = spot else { break };
            let full = best.len() >= limit;
            if full && best.peek().is_none_or(|(furthest, ..)| far(aside(spot)) > *furthest) {
                break;
            }
            if fits(&spot.page) {
                best.push((far(aside(spot) + (spot.y - here.1).powi(2)), spot.rank, spot.page));
                if full {
                    best.pop();
                }
            }
        }
        best.into_sorted_vec().into_iter().map(|(.., page)| page).collect()
    }
}

/// A square of a distance as a number that sorts: the bits of floats that are not negative stand in their order.
fn far(square: f64) -> Far {
    square.to_bits()
}

/// Where a page says it stands.
fn position(page: &Page) -> Option<(f64, f64)> {
    let (_, value) = page.row.front.fields.iter().find(|(key, _)| key == POSITION)?;
    let Value::Record(entries) = value else { return None };
    let number = |name: &str| {
        let (_, value) = entries.iter().find(|(key, _)| key == name)?;
        match value {
            Value::Decimal(number) | Value::Percent(number) => Some(*number),
            Value::Int(number) => Some(*number as f64),
            _ => None,
        }
    };
    Some((number("x")?, number("y")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spots by number, in the order of their kind.
    fn area(spots: &[(f64, f64)]) -> Area {
        let spot =
            |(rank, (x, y)): (usize, &(f64, f64))| Spot { x: *x, y: *y, rank, page: PageId::new(rank) };
        let mut placed: Vec<Spot> = spots.iter().enumerate().map(spot).collect();
        placed.sort_by(|a, b| a.x.total_cmp(&b.x));
        Area { placed, unplaced: Vec::new() }
    }

    fn nearest(spots: &[(f64, f64)], here: (f64, f64), limit: usize) -> Vec<usize> {
        area(spots).nearest(here, limit, |_| true).into_iter().map(|id| id.at()).collect()
    }

    #[test]
    fn the_nearest_come_first() {
        let spots = [(0.0, 0.0), (10.0, 90.0), (30.0, 0.0), (12.0, 1.0)];
        assert_eq!(nearest(&spots, (10.0, 0.0), 9), [3, 0, 2, 1]);
        assert_eq!(nearest(&spots, (10.0, 0.0), 2), [3, 0]);
        assert!(nearest(&spots, (10.0, 0.0), 0).is_empty());
        assert!(nearest(&[], (10.0, 0.0), 2).is_empty());
    }

    #[test]
    fn what_is_equally_far_stands_in_the_order_of_its_kind() {
        let spots = [(20.0, 0.0), (0.0, 0.0), (10.0, 10.0), (10.0, -10.0), (20.0, 0.0)];
        assert_eq!(nearest(&spots, (10.0, 0.0), 9), [0, 1, 2, 3, 4]);
        assert_eq!(nearest(&spots, (10.0, 0.0), 1), [0]);
    }

    #[test]
    fn looking_only_as_far_as_needed_finds_what_looking_everywhere_finds() {
        // Steps of a generator of numbers that look like chance (Knuth, MMIX).
        let mut state = 7u64;
        let mut chance = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % 40
        };
        for _ in 0..300 {
            let count = chance() as usize;
            let spots: Vec<(f64, f64)> = (0..count).map(|_| (chance() as f64, chance() as f64)).collect();
            let (here, limit) = ((chance() as f64, chance() as f64), 1 + chance() as usize % 9);
            let far = |at: &usize| (spots[*at].0 - here.0).powi(2) + (spots[*at].1 - here.1).powi(2);
            let mut all: Vec<usize> = (0..count).collect();
            all.sort_by(|a, b| far(a).total_cmp(&far(b)).then(a.cmp(b)));
            all.truncate(limit);
            assert_eq!(nearest(&spots, here, limit), all, "{spots:?} {here:?} {limit}");
        }
    }
}
