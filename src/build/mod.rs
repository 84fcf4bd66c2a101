//! The road: source → load → model → plan → render → publish.
//!
//! [`build`] is the whole of it in order; each stage takes what the one before returned and gives a new type.

pub mod api;
pub mod live;
pub mod load;
mod locate;
pub mod markdown;
pub mod memo;
pub mod model;
pub mod photo;
pub mod plan;
pub mod publish;
pub mod render;
mod rest;
pub mod root;
mod settings;
mod since;
pub mod source;
mod verify;

pub use api::{Explanation, Failure, Piece, Progress, Report, Request, Summary, Why};
pub use verify::verify;

use crate::config::Config;
use crate::digest::Digest;
use crate::kinds::Kinds;
use crate::messages;
use crate::problem::{Level, Problem};
use model::Today;
use publish::{Fault, Publisher};
use std::path::{Path, PathBuf};

/// Builds a site and publishes it, if nothing is wrong.
///
/// # Errors
/// What the system refuses, and what keeps a build from even starting: a foreign output folder, another build running.
/// Faults of the site are in the report.
pub fn build(request: &Request, progress: &(dyn Fn(Progress) + Sync)) -> Result<Report, Failure> {
    build_with(request, &request.root.join(memo::FOLDER), progress)
}

/// [`build`], with what earlier builds made in the folder `memory`.
fn build_with(
    request: &Request,
    memory: &Path,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, Failure> {
    let (config, mut problems) = settings::config(request)?;
    let now = memo::now(&request.root)?;
    let (source, found) = source::scan(&request.root, std::slice::from_ref(&request.output), &config.theme)?;
    problems.extend(found);
    let publisher = Publisher::open(&request.output, &request.root)?;
    let rest = rest::Rest::new(request, memory, &config, (&source, &problems), &publisher, now);
    if let Some(report) = rest.report(&publisher).filter(|_| request.explain.is_none()) {
        return Ok(report);
    }
    let since = since::Since::new(request, &config, &source, now);
    let (kinds, found) = settings::kinds(&source)?;
    problems.extend(found);
    progress(Progress::Stage("load"));
    let memory = Memory::open(memory, &mut problems);
    let (theme, found) = load::theme(&source, &config)?;
    problems.extend(found);
    let gathering = load::Gathering::new(&memory.folder);
    let shelf = load::Shelf { rows: memory.notebook.rows(), now, bodies: Some(&gathering) };
    let (loaded, remembered, found) = load::load(&source, &config, &kinds, theme, shelf)?;
    let bodies = gathering.finish();
    problems.extend(found);
    let (templates, found) = render::compile(&loaded.theme);
    problems.extend(found);
    progress(Progress::Stage("model"));
    let today = Today { date: request.today, drafts: request.drafts, future: request.future };
    let news = since.news(publisher.made_of(), (memory.notebook.rows(), &remembered));
    let news = news.and_then(|news| since::Sorted::new(news, &loaded.theme.named));
    // Otherwise it is not worth while to note who asks for whom.
    let (model, ground, found) = if news.as_ref().is_some_and(since::Sorted::needs_ground) {
        let (model, ground, found) = model::assemble_to_go_on(loaded, config, kinds, today);
        (model, Some(ground), found)
    } else {
        let (model, found) = model::assemble(loaded, config, kinds, today);
        (model, None, found)
    };
    problems.extend(found);
    let (plan, found) = plan::plan(&model);
    problems.extend(found);

    let mut report = Report {
        next_change: model.next_change.map(|day| day.to_string()),
        removed: plan.removed(),
        ..Report::default()
    };
    if let Some(templates) = templates {
        let store = memo::Store::open(&memory.folder.join("photos"));
        let root = root::Root::of(&model.config, request.offline);
        let touched = news.and_then(|news| since::touched(&news, &model, ground.as_ref()));
        let studio = render::Studio {
            templates: &templates,
            source: &source,
            bodies: Some(&bodies),
            negatives: None,
            store: &store,
            root: &root,
            build_id: build_id(),
            touched: touched.as_ref(),
            explain: request.explain.as_deref(),
            progress,
        };
        let rendered = render::render(&plan, &studio, &publisher)?;
        (report.pages, report.photos, report.explained) =
            (rendered.pages, rendered.photos, rendered.explained);
        problems.extend(rendered.problems);
    }
    bodies.check()?;
    remembered.check()?;
    let Memory { folder, notebook } = memory;
    notebook.save(&folder, &build_id(), &remembered)?;
    let made_of = since.made_of(&remembered);
    let (photos, store_size) = (plan.photo_keys(), u64::from(model.config.photos.store) << 20);
    // The commit is about files, and lists all of them: it gets the room of what they were made of.
    drop(plan);
    drop((model, remembered, notebook));
    if !stops(&problems, request.strict) {
        rest.forget()?;
        report.published = Some(publisher.commit(made_of)?);
        memo::Store::open(&folder.join("photos")).prune(&photos, store_size, now)?;
        // What cannot be removed now is removed another time.
        _ = memo::prune(&folder);
    }
    locate::locate(&mut problems, &source);
    problems.sort();
    problems.dedup();
    let report = Report { problems, ..report };
    rest.remember(&report);
    Ok(report)
}

/// The kind table of the site in `root`: the standard kinds with those of its theme and its own laid over them. What is
/// wrong with them is told by the next build.
///
/// # Errors
/// What the system refuses.
pub fn kinds(root: &Path, config: &Config) -> Result<Kinds, Failure> {
    let (source, _) = source::scan(root, &[root.join("public")], &config.theme)?;
    Ok(settings::kinds(&source)?.0)
}

/// Whether the problems keep the build from publishing.
fn stops(problems: &[Problem], strict: bool) -> bool {
    problems.iter().any(|problem| match messages::level(problem) {
        Level::Error => true,
        Level::Warning => strict,
        Level::Hint => false,
    })
}

/// Changes whenever the program does: its sources, lock file and features.
fn build_id() -> Digest {
    Digest::of(env!("YICUN_BUILD_ID").as_bytes())
}

/// What earlier builds of this site left.
struct Memory {
    folder: PathBuf,
    notebook: load::Notebook,
}

impl Memory {
    fn open(folder: &Path, problems: &mut Vec<Problem>) -> Self {
        let folder = folder.to_owned();
        let (notebook, problem) = load::Notebook::open(&folder, &build_id());
        problems.extend(problem);
        Memory { folder, notebook }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Disk(failure) => failure.into(),
            Fault::Refused(problem) => Failure::refused(*problem),
        }
    }
}
