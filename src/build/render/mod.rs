//! render: outputs → bytes, in parallel, handed to the publisher one by one.
//!
//! In comes the plan; out go files, each with the key of its recipe. What is published already under the same key, and
//! is still as it was, is not made again.

mod charts;
mod cycles;
mod explain;
mod files;
mod json;
mod press;
mod single;
pub mod templates;

pub use press::Articles;
pub use single::{key, single};

use super::api::{Explanation, Progress};
use super::load::Theme;
use super::memo::Store;
use super::model::MediaId;
use super::plan::{Base, Job, Output, Plan};
use super::publish::{Fault, Publisher};
use super::root::Root;
use super::source::Source;
use crate::digest::{Digest, Digester};
use crate::parallel;
use crate::problem::Problem;
use std::sync::atomic::{AtomicUsize, Ordering};
use templates::Templates;

/// What rendering needs besides the plan.
pub struct Studio<'s> {
    /// Compiled templates.
    pub templates: &'s Templates,
    /// Bytes of articles and files.
    pub source: &'s Source,
    /// Scaled photos of earlier builds.
    pub store: &'s Store,
    /// Where the site will stand.
    pub root: &'s Root,
    /// Changes whenever the program does.
    pub build_id: Digest,
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
    let total = plan.outputs.len();
    let done = AtomicUsize::new(0);
    let articles = Articles { studio };
    let results = parallel::map_each(&plan.outputs, |output| {
        let made = make(plan, studio, &articles, publisher, output);
        (studio.progress)(Progress::Pages { done: done.fetch_add(1, Ordering::Relaxed) + 1, total });
        made
    });
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
        rendered.explained = explain::explain(plan, &base(studio), publisher, asked);
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

fn make(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    articles: &Articles<'_>,
    publisher: &Publisher,
    output: &Output,
) -> Result<Vec<Problem>, Fault> {
    let kitchen = &plan.kitchen;
    match &output.job {
        Job::Page(dish) => {
            let order = plan.order(dish);
            let base = base(studio);
            // Marks are dearer than a key, and what stays keeps those it has.
            let known = publisher.before(&output.path).is_some();
            let (key, mut marks) = kitchen.key(&order, &base, !known);
            if publisher.keep(&output.path, &key) {
                return Ok(Vec::new());
            }
            if known {
                marks = kitchen.key(&order, &base, true).1;
            }
            match single::page(plan, studio, articles, output, &order) {
                Ok(bytes) => publisher.put_marked(&output.path, key, marks, &bytes)?,
                Err(problem) => return Ok(vec![problem]),
            }
            Ok(Vec::new())
        }
        Job::Photo { media, files } => files::photo(plan, studio, publisher, *media, files),
        Job::File { media } => files::copy(plan, studio, publisher, &output.path, *media),
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
