//! What the rules for government sites ask of pages (`profile = "gov"`; 国办发〔2017〕47号, annex): an article says where it
//! comes from. Its title and date are asked of every page of such a kind anyway.

use super::Model;
use crate::config::Profile;
use crate::problem::{Place, Problem};

/// Visible articles without a source.
pub(super) fn check(model: &Model) -> Vec<Problem> {
    if model.config.profile == Profile::Party {
        return Vec::new();
    }
    let article = |kind| model.kinds.get(kind).date_required;
    let bare =
        |page: &&super::Page| page.has_page && article(page.kind) && page.row.front.common.source.is_none();
    model
        .visible()
        .map(|(_, page)| page)
        .filter(bare)
        .map(|page| {
            let place = page.row.front.common.title_place.clone();
            Problem::new("source-missing").at(place.unwrap_or_else(|| Place::file(&page.row.path)))
        })
        .collect()
}
