//! The plan once more, after a few pages changed: the outputs are those of before, if nothing that decides them changed; else
//! those of pages and files are, and the others are planned as in [`super::plan`].

use super::{Dish, Job, Kitchen, Output, Plan, collisions, feeds, files, kitchen, pages, paginate, site_map};
use crate::build::model::{Changes, MediaId, Model, PageId, SectionId};
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What of a plan the next may share.
#[derive(Clone)]
pub struct Laid {
    outputs: Arc<Vec<Output>>,
    /// Into how many sheets each list is cut.
    sheets: Vec<usize>,
    /// Where each list is.
    lists: Vec<String>,
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
            lists: self.lists.iter().map(|list| list.url().to_owned()).collect(),
        }
    }

    /// An output as it is now, for one of [`Plan::outputs`].
    pub fn now<'p>(&'p self, output: &'p Output) -> &'p Output {
        let Job::Page(Dish::Single(_)) = output.job else { return output };
        let at = self.renewed.binary_search_by(|renewed| renewed.path.cmp(&output.path));
        at.ok().and_then(|at| self.renewed.get(at)).unwrap_or(output)
    }
}

/// The plan of a model that came [again](crate::build::model::again()) from `before` and differs in `changes`, and what is to be
/// told of files, if these may be others; nothing if outputs want one path.
pub fn again<'m>(
    model: &'m Model,
    before: &Model,
    laid: &Laid,
    changes: &Changes,
) -> Option<(Plan<'m>, Option<Vec<Problem>>)> {
    let assets = files::assets(model);
    let kitchen = kitchen(model, &assets);
    let same_files = !changes.files && same_files(model, before, &kitchen, changes);
    let mut renewed = vec![pages::not_found(model)];
    let mut lists = paginate::sections(model);
    paginate::terms(model, &mut lists, &mut renewed);
    site_map::plan(model, &mut renewed);
    feeds::plan(model, &mut renewed);
    renewed.sort_by(|a, b| a.path.cmp(&b.path));
    let once = |output: &&Output| matches!(output.job, Job::Page(Dish::Single(_))) && !output.is_redirect();
    let same = laid
        .outputs
        .iter()
        .filter(once)
        .map(|output| &output.path)
        .eq(renewed.iter().map(|output| &output.path));
    let cut = laid.sheets.iter().copied().eq(lists.iter().map(paginate::List::count));
    // Lists of other tags may be as many, cut alike.
    // Redirects lead where they led, unless other aliases are told.
    if same_files
        && same
        && cut
        && !changes.aliases
        && laid.lists.iter().eq(lists.iter().map(paginate::List::url))
        && changes.shift.is_none()
    {
        return Some((Plan { kitchen, outputs: Arc::clone(&laid.outputs), lists, renewed }, None));
    }
    let mut new = renewed;
    if !same_files {
        files::plan(&kitchen, assets, &mut new);
    }
    let outputs = relaid(model, laid, changes, &lists, (new, same_files))?;
    let told = (!same_files).then(|| files::told(model, &outputs));
    Some((Plan { kitchen, outputs: Arc::new(outputs), lists, renewed: Vec::new() }, told))
}

/// Whether pages and sections that changed show and link the files that they did, and pages that came or went none.
fn same_files(model: &Model, before: &Model, kitchen: &Kitchen<'_>, changes: &Changes) -> bool {
    let files = |model, id| {
        let (pictures, linked) = files::of_page(model, &kitchen.wanted, id);
        [pictures, linked].map(|mut media: Vec<MediaId>| {
            media.sort_unstable();
            media.dedup();
            media
        })
    };
    let none = |files: [Vec<MediaId>; 2]| files.iter().all(Vec::is_empty);
    let of_section = |model, id: &SectionId| {
        let (mut pictures, mut linked) = (BTreeSet::new(), BTreeSet::new());
        files::of_section(model, *id, &mut pictures, &mut linked);
        (pictures, linked)
    };
    changes.changed.iter().all(|(old, now)| files(before, *old) == files(model, *now))
        && changes.shift.gone().iter().all(|old| none(files(before, PageId::new(*old))))
        && changes.shift.came().all(|now| none(files(model, now)))
        && changes.sections.iter().all(|section| of_section(before, section) == of_section(model, section))
}

/// The outputs of before where pages came or went, or lists are cut otherwise; nothing if two of them want one path.
fn relaid(
    model: &Model,
    laid: &Laid,
    changes: &Changes,
    lists: &[paginate::List<'_>],
    (new, same_files): (Vec<Output>, bool),
) -> Option<Vec<Output>> {
    let stays = |output: &Output| {
        let job = match &output.job {
            Job::Page(Dish::Page(id)) => Job::Page(Dish::Page(changes.shift.moved(*id)?)),
            Job::Page(Dish::Single(_)) if output.is_redirect() && !changes.aliases => output.job.clone(),
            // These are made anew.
            Job::Page(Dish::Sheet { .. } | Dish::Single(_)) => return None,
            Job::Bundle { .. } | Job::Photo { .. } | Job::File { .. } if !same_files => return None,
            Job::Bundle { page, photos } => {
                Job::Bundle { page: changes.shift.moved(*page)?, photos: photos.clone() }
            }
            Job::Photo { .. } | Job::File { .. } => output.job.clone(),
        };
        Some(Output { path: output.path.clone(), job })
    };
    let mut outputs: Vec<Output> = laid.outputs.iter().filter_map(stays).collect();
    let came = changes.shift.came().filter(|id| model.page(*id).has_page);
    outputs.extend(came.map(|id| pages::output(model, id)));
    if changes.aliases {
        pages::redirects(model, &mut outputs);
    }
    for (list, all) in lists.iter().enumerate() {
        outputs.extend(all.outputs(list));
    }
    outputs.extend(new);
    let problems = collisions::find(&mut outputs, |output| output.path.to_string());
    problems.is_empty().then_some(outputs)
}
