//! The order of pages in lists: by date, weight, title or any field; what lacks the field comes last; ties end with the path.

use super::{Page, PageId, Pages};
use crate::kinds::{Date, Kinds, Order, Value};
use std::cmp::{Ordering, Reverse};

/// What one page is sorted by.
#[derive(Debug, PartialEq)]
enum Key<'a> {
    Date(&'a Date),
    Number(f64),
    Text(&'a str),
}

impl Key<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Key::Date(a), Key::Date(b)) => a.cmp(b),
            (Key::Number(a), Key::Number(b)) => a.total_cmp(b),
            (Key::Text(a), Key::Text(b)) => a.cmp(b),
            (Key::Date(_), _) | (Key::Number(_), Key::Text(_)) => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

/// Where each page stands among all, newest first: most lists of a site are in this order, so it is found once.
#[derive(Debug, Default)]
pub struct Ranks {
    /// By page.
    ranks: Vec<u32>,
    /// The page at each rank.
    order: Vec<u32>,
}

impl Ranks {
    /// Ranks all pages, hidden ones too.
    pub(super) fn new(pages: &Pages) -> Self {
        let numbers = 0u32..;
        let date = |page: &Page| Reverse(page.date.map_or(0, |date| date.number()));
        let mut newest: Vec<(Reverse<u64>, u32)> = pages.iter().map(date).zip(numbers.clone()).collect();
        newest.sort_unstable();
        let order: Vec<u32> = newest.into_iter().map(|(_, page)| page).collect();
        let mut ranks = vec![0; pages.len()];
        for (page, rank) in order.iter().zip(numbers) {
            ranks[*page as usize] = rank;
        }
        Ranks { ranks, order }
    }

    /// Sorts `ids` from the newest.
    pub(super) fn newest(&self, ids: &mut [PageId]) {
        // Plain numbers are sorted in a fraction of the time.
        let mut ranks: Vec<u32> = ids.iter().map(|id| self.ranks[id.at()]).collect();
        ranks.sort_unstable();
        for (id, rank) in ids.iter_mut().zip(ranks) {
            *id = PageId::new(self.order[rank as usize] as usize);
        }
    }

    /// Sorts `ids` in place.
    pub(super) fn sort(&self, ids: &mut [PageId], pages: &Pages, sort_by: &str, order: Order) {
        if sort_by == "date" && order == Order::Descending {
            return self.newest(ids);
        }
        let mut keyed: Vec<(Option<Key<'_>>, PageId)> =
            ids.iter().map(|id| (key(&pages[id.at()], sort_by), *id)).collect();
        keyed.sort_by(|(a, a_id), (b, b_id)| {
            let by_key = match (a, b) {
                (Some(a), Some(b)) if order == Order::Descending => b.compare(a),
                (Some(a), Some(b)) => a.compare(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            };
            // Page numbers follow the path.
            by_key.then(a_id.cmp(b_id))
        });
        for (slot, (_, id)) in ids.iter_mut().zip(keyed) {
            *slot = id;
        }
    }
}

/// The visible pages of each kind, in the kind's order.
pub(super) fn by_kind(pages: &Pages, kinds: &Kinds, ranks: &Ranks) -> Vec<Vec<PageId>> {
    let mut lists: Vec<Vec<PageId>> = kinds.iter().map(|_| Vec::new()).collect();
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| page.visible) {
        if let Some(list) = lists.get_mut(page.kind.index()) {
            list.push(PageId::new(at));
        }
    }
    for (list, (_, kind)) in lists.iter_mut().zip(kinds.iter()) {
        ranks.sort(list, pages, &kind.sort_by, kind.order);
    }
    lists
}

/// The visible pages with a page of their own, newest first.
pub(super) fn by_date(pages: &Pages, ranks: &Ranks) -> Vec<PageId> {
    let shown = pages.iter().enumerate().filter(|(_, page)| page.visible && page.has_page);
    let mut ids: Vec<PageId> = shown.map(|(at, _)| PageId::new(at)).collect();
    ranks.newest(&mut ids);
    ids
}

fn key<'a>(page: &'a Page, sort_by: &str) -> Option<Key<'a>> {
    let common = &page.row.front.common;
    match sort_by {
        "date" => page.date.as_ref().map(Key::Date),
        "updated" => common.rare.updated.as_ref().or(common.date.as_ref()).map(Key::Date),
        "weight" => common.rare.weight.map(|weight| Key::Number(weight as f64)),
        "title" => Some(Key::Text(&page.title)),
        field => {
            page.row.front.fields.iter().find(|(key, _)| key == field).and_then(|(_, value)| value_key(value))
        }
    }
}

fn value_key(value: &Value) -> Option<Key<'_>> {
    match value {
        Value::Int(number) => Some(Key::Number(*number as f64)),
        Value::Decimal(number) | Value::Percent(number) | Value::Money { amount: number, .. } => {
            Some(Key::Number(*number))
        }
        Value::Date(date) => Some(Key::Date(date)),
        Value::Text(text) | Value::Choice(text) => Some(Key::Text(text)),
        Value::Bool(truth) => Some(Key::Number(f64::from(u8::from(*truth)))),
        _ => None,
    }
}
