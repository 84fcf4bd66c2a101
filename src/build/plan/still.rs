//! What of a plan is as it was before a few pages were edited or came, so that nothing need be asked of it.

use super::paginate::{List, Settled};
use super::{Dish, Order, Part, Plan, pages};
use crate::build::model::{Model, PageId, Touched};

/// What stays, where [`Touched`] alone can be different and all outputs share what they shared.
pub struct Still<'p> {
    model: &'p Model,
    touched: &'p Touched,
    /// Of each list.
    sheets: Vec<Settled>,
    /// Of each kind, whether its pages show lists of pages that they do not name themselves.
    listing: Vec<bool>,
}

impl<'p> Still<'p> {
    pub(super) fn new(plan: &'p Plan<'_>, touched: &'p Touched) -> Self {
        let model = plan.kitchen.model;
        let settled = |list: &List<'_>| match touched.news.is_empty() {
            true => Settled::ALL,
            false => list.settled(model, &touched.news),
        };
        Still {
            model,
            touched,
            sheets: plan.lists.iter().map(settled).collect(),
            listing: model
                .kinds
                .iter()
                .map(|(_, kind)| has_lists(model, pages::layout_of(model, kind, None)))
                .collect(),
        }
    }

    /// Whether pages came, or are seen otherwise by others.
    pub fn has_news(&self) -> bool {
        !self.touched.news.is_empty()
    }

    /// Whether a dish is as it was. Edits that are the same to all other pages leave addresses and dates of pages as they were.
    pub fn has(&self, dish: &Dish) -> bool {
        match dish {
            Dish::Page(id) => !(self.touched.pages.contains(id) || self.has_news() && self.shows_lists(*id)),
            Dish::Sheet { list, at } => self.sheets.get(*list).is_some_and(|settled| settled.has(*at)),
            Dish::Single(single) => !self.has_news() && is_of_addresses(&single.order),
        }
    }

    fn shows_lists(&self, id: PageId) -> bool {
        let page = self.model.page(id);
        let own = page.row.front.common.rare.layout.as_deref();
        let of_layout = match own {
            Some(_) => has_lists(self.model, pages::layout(self.model, id)),
            None => self.listing.get(page.kind.index()).copied().unwrap_or(true),
        };
        of_layout || !page.row.components.is_empty()
    }
}

/// Whether an order tells of addresses and of what all outputs share, and of nothing else.
fn is_of_addresses(order: &Order) -> bool {
    order.recipe.iter().all(|(_, part)| matches!(part, Part::Addresses(_) | Part::Shared(_)))
}

/// Whether a layout of the theme has lists.
pub(super) fn has_lists(model: &Model, layout: &str) -> bool {
    model.theme.layouts.get(layout).is_some_and(|lists| !lists.is_empty())
}
