//! render: outputs → bytes, in parallel, handed to the publisher one by one.
//!
//! In comes the plan; out go files, each with the key of its recipe. What is published already under the same key, and
//! is still as it was, is not made again.

mod bundle;
mod charts;
mod cycles;
mod explain;
mod files;
mod json;
mod negatives;
mod photos;
mod press;
mod qr;
mod similar;
mod single;
pub mod templates;
mod tones;

pub use negatives::Negatives;
pub use press::Articles;
pub use single::{key, single};

use super::api::{Explanation, Progress};
use super::load::{Bodies, Theme};
use super::memo::Store;
use super::model::{MediaId, Touched};
use super::plan::{Base, Dish, Job, Output, Plan, Still};
use super::publish::{Fault, Place, Publisher};
use super::root::Root;
use super::source::Source;
use crate::digest::{Digest, Digester};
use crate::parallel;
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use templates::Templates;
use tones::Tones;

/// What rendering needs besides the plan.
pub struct Studio<'s> {
    /// Compiled templates.
    pub templates: &'s Templates,
    /// Bytes of articles and files.
    pub source: &'s Source,
    /// The HTML of articles that this build has read, if it was put away.
    pub bodies: Option<&'s Bodies>,
    /// Scaled photos of earlier builds.
    pub store: &'s Store,
    /// Where photos wait that somebody looks at, if not all their copies are to be made at once.
    pub negatives: Option<&'s Negatives>,
    /// Where the site will stand.
    pub root: &'s Root,
    /// Changes whenever the program does.
    pub build_id: Digest,
    /// What alone can be different from what is published, if that is known.
    pub touched: Option<&'s Touched>,
    /// What is to be explained: an output, a URL, or a source file.
    pub explain: Option<&'s str>,
    /// Told how far it is.
    pub progress: &'s (dyn Fn(Progress) + Sync),
}

/// What was planned and made.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// How many pages there are.
    pub pages: usize,
    /// How many photos there are.
    pub photos: usize,
    /// Why the outputs that were asked for were rendered, or not.
    pub explained: Vec<Explanation>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Compiles the theme's templates.
pub fn compile(theme: &Theme) -> (Option<Templates>, Vec<Problem>) {
    // A site whose theme is missing has been told so; every page missing its template would only bury it.
    if theme.templates.is_empty() { (None, Vec::new()) } else { Templates::load(&theme.templates) }
}

/// Makes every output that is not published yet. Faults of the site are values; a fault of the disk ends it.
pub fn render(plan: &Plan<'_>, studio: &Studio<'_>, publisher: &Publisher) -> Result<Rendered, Fault> {
    let photos::Shown { looks, mut results } = photos::all(plan, studio, publisher);
    results.push(Ok(similar::find(plan, &looks)));
    let tones = Tones::new(looks.into_iter().map(|(_, key, look)| (key, look)));
    let places = publisher.places(plan.outputs.iter().map(|output| &*output.path));
    let others: Vec<(&Output, Option<Place>)> = plan
        .outputs
        .iter()
        .zip(places)
        .filter(|(output, _)| !matches!(output.job, Job::Photo { .. }))
        .collect();
    let total = others.len();
    publisher.expect(total);
    let done = AtomicUsize::new(0);
    let articles = Articles { studio };
    let mut desk = Desk { plan, studio, articles, tones, base: base(studio), publisher, still: None };
    desk.still =
        studio.touched.map(|touched| plan.still(touched)).filter(|still| desk.shares_are_same(still));
    let desk = desk;
    // Nearly all have nothing to tell, and a place for each to say so is more memory than it seems.
    let told = Mutex::new(Vec::new());
    parallel::map_each(&others, |(output, place)| {
        let made = desk.make(output, *place);
        if !matches!(&made, Ok(problems) if problems.is_empty()) {
            told.lock().unwrap_or_else(PoisonError::into_inner).push((&output.path, made));
        }
        (studio.progress)(Progress::Pages { done: done.fetch_add(1, Ordering::Relaxed) + 1, total });
    });
    let mut told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    told.sort_unstable_by_key(|(path, _)| *path);
    results.extend(told.into_iter().map(|(_, made)| made));
    let mut rendered = Rendered::default();
    for result in results {
        match result {
            Ok(found) => rendered.problems.extend(found),
            Err(Fault::Refused(problem)) => rendered.problems.push(*problem),
            Err(fault) => return Err(fault),
        }
    }
    let of = |wanted: fn(&Job) -> bool| plan.outputs.iter().filter(|output| wanted(&output.job)).count();
    rendered.pages = of(|job| matches!(job, Job::Page(_)));
    rendered.photos = of(|job| matches!(job, Job::Photo { .. }));
    if let Some(asked) = studio.explain {
        rendered.explained = explain::explain(plan, &desk.base, publisher, asked);
        if rendered.explained.is_empty() {
            rendered.problems.push(explain::unknown(plan, asked));
        }
    }
    Ok(rendered)
}

/// What the keys of all pages have in common.
fn base(studio: &Studio<'_>) -> Base {
    let Root { origin, path, offline } = studio.root;
    let address = Digester::new().text(origin).text(path).number(u64::from(*offline)).finish();
    Base { program: studio.build_id, address }
}

/// Where outputs are made.
struct Desk<'d> {
    plan: &'d Plan<'d>,
    studio: &'d Studio<'d>,
    articles: Articles<'d>,
    tones: Tones,
    base: Base,
    publisher: &'d Publisher,
    /// What cannot be different from what is published, if that is known.
    still: Option<Still<'d>>,
}

impl Desk<'_> {
    /// Makes an output; what was published in its place stands at `place`.
    fn make(&self, output: &Output, place: Option<Place>) -> Result<Vec<Problem>, Fault> {
        match &output.job {
            Job::Page(dish) => self.page(output, dish, place),
            // They have had their turn.
            Job::Photo { .. } => Ok(Vec::new()),
            Job::Bundle { photos, .. } => {
                bundle::publish(self.plan, self.studio, self.publisher, &output.path, photos)
            }
            Job::File { media } => files::copy(self.plan, self.studio, self.publisher, &output.path, *media),
        }
    }

    /// Whether what all pages of a section share (menu, footer, the way from home) is as it was when they were published. A new page
    /// may be the first of its sort. One page of each section is asked.
    fn shares_are_same(&self, still: &Still<'_>) -> bool {
        if !still.has_news() {
            return true;
        }
        let mut asked = BTreeSet::new();
        let mut pages = self.plan.outputs.iter().filter_map(|output| match &output.job {
            Job::Page(dish @ Dish::Page(id)) if still.has(dish) => Some((output, dish, *id)),
            _ => None,
        });
        let same = pages.all(|(output, dish, id)| {
            if !asked.insert(self.plan.kitchen.model.page(id).section) {
                return true;
            }
            let key = self.plan.kitchen.key(&self.plan.order(dish), &self.base, false).0;
            self.publisher.before(&output.path).is_some_and(|before| before.key == key)
        });
        same && !asked.is_empty()
    }

    fn page(&self, output: &Output, dish: &Dish, place: Option<Place>) -> Result<Vec<Problem>, Fault> {
        let kitchen = &self.plan.kitchen;
        let before = place.and_then(|place| self.publisher.before_at(place));
        if let Some(before) = before.filter(|_| self.still.as_ref().is_some_and(|still| still.has(dish)))
            && self.publisher.keep_as(&before, &before.key)
        {
            return Ok(Vec::new());
        }
        let order = self.plan.order(dish);
        // Marks are dearer than a key, and what stays keeps those it has.
        let (key, mut marks) = kitchen.key(&order, &self.base, before.is_none());
        if before.is_some_and(|before| self.publisher.keep_as(&before, &key)) {
            return Ok(Vec::new());
        }
        if before.is_some() {
            marks = kitchen.key(&order, &self.base, true).1;
        }
        let rendered = match single::rendered(self.plan, &self.articles, output, &order) {
            Ok(rendered) => rendered,
            Err(problem) => return Ok(vec![problem]),
        };
        let bytes = self.studio.root.settle(&output.path, &self.tones.settle(rendered));
        self.publisher.put_marked(Arc::clone(&output.path), key, marks, &bytes)?;
        Ok(Vec::new())
    }
}

/// The bytes of a file of the site, or of the embedded theme.
fn bytes_of(plan: &Plan<'_>, studio: &Studio<'_>, media: MediaId) -> Result<Vec<u8>, Fault> {
    let media = plan.kitchen.model.library.get(media);
    if let Some(file) = studio.source.get(&media.path) {
        let bytes = file.read()?;
        if Digest::of(&bytes) != media.digest {
            return Err(Problem::new("changed-meanwhile").arg("file", &media.path).into());
        }
        return Ok(bytes);
    }
    let embedded = super::load::embedded_theme().iter().find(|(path, _)| *path == media.path);
    Ok(embedded.map(|(_, bytes)| bytes.to_vec()).unwrap_or_default())
}
