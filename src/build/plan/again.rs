//! The plan once more, after a few articles changed: the outputs are those of before, if nothing that decides them changed.
//!
//! Lists are cut, and outputs that there are once are planned, as in [`super::plan`]; what comes of it is compared with what
//! was before.

use super::{Dish, Job, Output, Plan, feeds, files, kitchen, pages, paginate, site_map};
use crate::build::model::{MediaId, Model, PageId};
use std::sync::Arc;

/// What of a plan the next may share.
#[derive(Clone)]
pub struct Laid {
    outputs: Arc<Vec<Output>>,
    /// Into how many sheets each list is cut.
    sheets: Vec<usize>,
}

impl Laid {
    /// Whether both plans have the same outputs.
    pub fn is_same(&self, other: &Laid) -> bool {
        Arc::ptr_eq(&self.outputs, &other.outputs)
    }
}

impl Plan<'_> {
    /// What the next plan may share.
    pub fn laid(&self) -> Laid {
        Laid {
            outputs: Arc::clone(&self.outputs),
            sheets: self.lists.iter().map(paginate::List::count).collect(),
        }
    }

    /// An output as it is now, for one of [`Plan::outputs`].
    pub fn now<'p>(&'p self, output: &'p Output) -> &'p Output {
        let Job::Page(Dish::Single(_)) = output.job else { return output };
        let at = self.renewed.binary_search_by(|renewed| renewed.path.cmp(&output.path));
        at.ok().and_then(|at| self.renewed.get(at)).unwrap_or(output)
    }
}

/// The plan of a model that came [again](crate::build::model::again()) from `before` and is different in the pages `changed`;
/// nothing if other outputs may come of it.
pub fn again<'m>(model: &'m Model, before: &Model, laid: &Laid, changed: &[PageId]) -> Option<Plan<'m>> {
    let kitchen = kitchen(model, &files::assets(model));
    let files = |model, id| {
        let (pictures, linked) = files::of_page(model, &kitchen.wanted, id);
        [pictures, linked].map(|mut media: Vec<MediaId>| {
            media.sort_unstable();
            media.dedup();
            media
        })
    };
    if !changed.iter().all(|id| files(before, *id) == files(model, *id)) {
        return None;
    }
    let mut renewed = vec![pages::not_found(model)];
    let mut lists = paginate::sections(model);
    paginate::terms(model, &mut lists, &mut renewed);
    site_map::plan(model, &mut renewed);
    feeds::plan(model, &mut renewed);
    renewed.sort_by(|a, b| a.path.cmp(&b.path));
    // Redirects lead where they led.
    let once = |output: &&Output| matches!(output.job, Job::Page(Dish::Single(_))) && !output.is_redirect();
    let same = laid
        .outputs
        .iter()
        .filter(once)
        .map(|output| &output.path)
        .eq(renewed.iter().map(|output| &output.path));
    let cut = laid.sheets.iter().copied().eq(lists.iter().map(paginate::List::count));
    (same && cut).then(|| Plan { kitchen, outputs: Arc::clone(&laid.outputs), lists, renewed })
}
