//! What else to read: pages that have villages, projects, brands or tags in common with one.

use super::{Model, PageId, Tag};
use crate::kinds::KindId;
use std::collections::BTreeMap;

/// So many of the newest pages with one thing in common are looked at; more would not change what comes first.
pub(super) const NEAREST: usize = 60;
/// What a shared relation counts, against a shared tag's one.
const RELATION: u32 = 3;

/// Pages like `page`, of `kind` if one is given: those with most in common first, then the newest.
pub(super) fn similar(model: &Model, page: PageId, kind: Option<KindId>) -> Vec<PageId> {
    let own = model.page(page);
    let mut scores: BTreeMap<PageId, u32> = BTreeMap::new();
    let fits = |id: &PageId| {
        let other = model.page(*id);
        *id != page
            && other.visible
            && other.has_page
            && other.language == own.language
            && kind.is_none_or(|kind| other.kind == kind)
    };
    let mut add = |pages: Vec<PageId>, score| {
        for id in pages {
            *scores.entry(id).or_default() += score;
        }
    };
    for target in model.relations.of(page).values().flatten() {
        let near = model.relations.newest(*target).iter().copied();
        add(near.filter(fits).take(NEAREST).collect(), RELATION);
    }
    for Tag { url, .. } in model.tags(page) {
        let Ok(at) = model.terms.binary_search_by(|term| (*term.url).cmp(&*url)) else { continue };
        // Pages of a term are sorted from the newest.
        add(model.terms[at].pages.iter().copied().filter(fits).take(NEAREST).collect(), 1);
    }
    let mut found: Vec<(u32, PageId)> = scores.into_iter().map(|(id, score)| (score, id)).collect();
    let date = |id: PageId| model.page(id).date;
    found.sort_by(|(a, a_id), (b, b_id)| {
        b.cmp(a).then_with(|| date(*b_id).cmp(&date(*a_id))).then(a_id.cmp(b_id))
    });
    found.into_iter().map(|(_, id)| id).collect()
}
