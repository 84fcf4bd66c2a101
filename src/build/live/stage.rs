//! One state of the site that answers questions: threads that own the model hold its plan on their stack.
//!
//! A plan borrows its model, so both live in a thread of their own; questions come through a channel. When the [`Stage`]
//! is dropped, what was asked is still answered and the threads end.

use super::Templates;
use super::sweep::{self, Known};
use super::urgent::Urgent;
use crate::build::api::Failure;
use crate::build::build_id;
use crate::build::memo::Store;
use crate::build::model::{Changes, Model, PageId, Today, visibility};
use crate::build::plan::{Dish, Job, Laid, Output, Plan, again, plan};
use crate::build::publish::Fault;
use crate::build::render::{self, Studio};
use crate::build::root::Root;
use crate::build::source::Source;
use crate::kinds::Label;
use crate::parallel;
use crate::problem::Problem;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// What a stage is made of.
pub(super) struct Site {
    pub(super) model: Arc<Model>,
    pub(super) templates: Option<Templates>,
    pub(super) source: Arc<Source>,
    pub(super) store: Store,
    pub(super) negatives: render::Negatives,
    pub(super) root: Root,
    pub(super) today: jiff::civil::Date,
}

/// What of a stage the next may share.
#[derive(Clone)]
pub(super) struct Basis {
    laid: Laid,
    index: Arc<Index>,
    marks: Arc<Vec<Mark>>,
    /// What planning told.
    pub(super) problems: Arc<Vec<Problem>>,
}

/// The stage before, and in what the new one differs.
pub(super) struct Before {
    pub(super) model: Arc<Model>,
    pub(super) basis: Basis,
    pub(super) changes: Changes,
}

/// Answers for one state of the site.
pub struct Stage {
    asks: Mutex<Sender<Ask>>,
    sweeps: Mutex<Option<Sender<sweep::Told>>>,
    marks: Arc<Vec<Mark>>,
}

/// Why a build of today would not publish a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is published.
    Published,
    /// It is a draft.
    Draft,
    /// It is of a later day, or no longer on show.
    OtherDay,
}

/// A page that a build of today would not publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its URL below the root.
    pub url: String,
    /// Why.
    pub standing: Standing,
}

/// What is told of a page besides the page.
#[derive(Clone, Debug)]
pub struct About {
    /// The file it comes from, below the site's root.
    pub origin: String,
    /// The label of its kind; none for lists and the like.
    pub kind: Option<Label>,
    /// Han characters and words of its article.
    pub words: u64,
    /// Whether it is published.
    pub standing: Standing,
}

/// The answer to a question for a path.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A file: its path below the root and its bytes.
    File(String, Vec<u8>),
    /// A folder, asked for without the slash at its end.
    Folder,
    /// There is nothing.
    Nothing,
    /// It cannot be made.
    Fault(Box<Problem>),
}

enum Ask {
    File(String, Box<dyn FnOnce(Answer) + Send>),
    About(String, Box<dyn FnOnce(Option<About>) + Send>),
    Paths(Box<dyn FnOnce(Vec<String>) + Send>),
}

/// How many threads answer.
const THREADS: usize = 2;

impl Stage {
    /// Plans the site and begins to answer.
    pub(super) fn raise(
        site: Site,
        before: Option<Before>,
        known: &Known,
        urgent: &Urgent,
    ) -> Result<(Stage, Basis), Failure> {
        let (asks, questions) = channel();
        let (sweeps, listeners) = channel();
        let (ready, raised) = channel();
        let (known, urgent) = (known.clone(), urgent.clone());
        let run = move || stand(&site, before, &known, &urgent, questions, &listeners, &ready);
        let refused = |error: std::io::Error| Problem::new("serve-runtime").arg("detail", error);
        std::thread::Builder::new().name("stage".to_owned()).spawn(run).map_err(refused)?;
        let basis: Basis = raised
            .recv()
            .map_err(|_| Problem::new("serve-runtime").arg("detail", "the plan could not be made"))?;
        let marks = Arc::clone(&basis.marks);
        Ok((Stage { asks: Mutex::new(asks), sweeps: Mutex::new(Some(sweeps)), marks }, basis))
    }

    /// Asks for a path below the root: `news/`, `assets/a.css`, nothing for home. `tell` is called from another thread, or
    /// dropped.
    pub fn file(&self, path: String, tell: impl FnOnce(Answer) + Send + 'static) {
        self.ask(Ask::File(path, Box::new(tell)));
    }

    /// Asks about the page at a path.
    pub fn about(&self, path: String, tell: impl FnOnce(Option<About>) + Send + 'static) {
        self.ask(Ask::About(path, Box::new(tell)));
    }

    /// The paths of all files that there are.
    pub fn paths(&self) -> Vec<String> {
        let (sender, receiver) = channel();
        self.ask(Ask::Paths(Box::new(move |paths| _ = sender.send(paths))));
        receiver.recv().unwrap_or_default()
    }

    /// Pages that a build of today would leave out.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Makes every page in the background, for its problems. `tell` is called once with all of them, unless the stage is
    /// dropped before.
    pub fn sweep(&self, tell: impl FnOnce(Vec<Problem>) + Send + 'static) {
        if let Some(sender) = &*self.sweeps.lock().unwrap_or_else(PoisonError::into_inner) {
            // The thread is there as long as the stage.
            _ = sender.send(Box::new(tell));
        }
    }

    fn ask(&self, ask: Ask) {
        // Without a thread the question is dropped, and who asked notices.
        _ = self.asks.lock().unwrap_or_else(PoisonError::into_inner).send(ask);
    }
}

/// The life of a stage: plans, then answers until nobody can ask any more.
fn stand(
    site: &Site,
    before: Option<Before>,
    known: &Known,
    urgent: &Urgent,
    questions: Receiver<Ask>,
    listeners: &Receiver<sweep::Told>,
    ready: &Sender<Basis>,
) {
    let (plan, basis) = planned(site, before);
    let index = Arc::clone(&basis.index);
    _ = ready.send(basis);
    let progress = |_| {};
    let studio = site.templates.as_deref().map(|templates| Studio {
        templates,
        source: &site.source,
        bodies: None,
        store: &site.store,
        // Whoever looks waits for what is looked at; the sweep makes all copies, and keeps them.
        negatives: None,
        root: &site.root,
        build_id: build_id(),
        touched: None,
        explain: None,
        progress: &progress,
    });
    let looked_at = studio.as_ref().map(|studio| Studio { negatives: Some(&site.negatives), ..*studio });
    let questions = Arc::new(Mutex::new(questions));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| answer(site, &plan, &index, looked_at.as_ref(), urgent, &questions));
        }
        if let Some(studio) = &studio {
            sweep::run(&plan, studio, known, urgent, listeners);
        }
    });
}

/// The plan of a site, shared with the one before where nothing changed.
fn planned(site: &Site, before: Option<Before>) -> (Plan<'_>, Basis) {
    let short = before.and_then(|Before { model, basis, changes }| {
        // Of two outputs that want one path the other may be right now.
        if basis.problems.iter().any(|problem| problem.code == "output-taken") {
            return None;
        }
        let (plan, told) = again(&site.model, &model, &basis.laid, &changes)?;
        if !changes.ordered && told.is_none() {
            return Some((plan, basis));
        }
        let problems = told.map_or_else(|| Arc::clone(&basis.problems), Arc::new);
        // Dates and drafts decide who is marked.
        let laid = plan.laid();
        let indexed =
            || if laid.is_same(&basis.laid) { Arc::clone(&basis.index) } else { Arc::new(Index::new(&plan)) };
        let (marks, index) = parallel::both(|| marks(site), indexed);
        Some((plan, Basis { laid, index, marks: Arc::new(marks), problems }))
    });
    short.unwrap_or_else(|| {
        let (marks, (plan, problems)) = parallel::both(|| marks(site), || plan(&site.model));
        let index = Arc::new(Index::new(&plan));
        let basis = Basis { laid: plan.laid(), index, marks: Arc::new(marks), problems: Arc::new(problems) };
        (plan, basis)
    })
}

fn answer(
    site: &Site,
    plan: &Plan<'_>,
    index: &Index,
    studio: Option<&Studio<'_>>,
    urgent: &Urgent,
    questions: &Mutex<Receiver<Ask>>,
) {
    loop {
        let ask = questions.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let _begun = urgent.begin();
        match ask {
            Ok(Ask::File(path, tell)) => tell(file(plan, index, studio, &path)),
            Ok(Ask::About(path, tell)) => tell(about(site, plan, index, &path)),
            Ok(Ask::Paths(tell)) => {
                let variants = index.photos.keys().cloned();
                let pages = plan.outputs.iter().filter(|output| !matches!(output.job, Job::Photo { .. }));
                tell(pages.map(|output| output.path.to_string()).chain(variants).collect());
            }
            Err(_) => return,
        }
    }
}

/// Where the files of photos are among the outputs.
struct Index {
    photos: HashMap<String, usize>,
}

impl Index {
    fn new(plan: &Plan<'_>) -> Self {
        let mut photos = HashMap::new();
        for (at, output) in plan.outputs.iter().enumerate() {
            if let Job::Photo { files, .. } = &output.job {
                photos.extend(files.iter().map(|(path, _)| (path.clone(), at)));
            }
        }
        Index { photos }
    }

    fn find<'p>(&self, plan: &'p Plan<'_>, path: &str) -> Option<&'p Output> {
        let at = match self.photos.get(path) {
            Some(at) => *at,
            None => plan.outputs.binary_search_by(|output| (*output.path).cmp(path)).ok()?,
        };
        plan.outputs.get(at).map(|output| plan.now(output))
    }
}

/// The file that stands for a path: a folder is its `index.html`.
fn file_of(path: &str) -> String {
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

fn file(plan: &Plan<'_>, index: &Index, studio: Option<&Studio<'_>>, path: &str) -> Answer {
    let name = file_of(path);
    let Some(output) = index.find(plan, &name) else {
        let folder = index.find(plan, &format!("{name}/index.html")).is_some();
        return if folder { Answer::Folder } else { Answer::Nothing };
    };
    let Some(studio) = studio else { return Answer::Nothing };
    match render::single(plan, studio, output, &name) {
        Ok(bytes) => Answer::File(name, bytes),
        Err(Fault::Refused(problem)) => Answer::Fault(problem),
        Err(Fault::Disk(failure)) => Answer::Fault(Box::new(failure.problem())),
    }
}

fn about(site: &Site, plan: &Plan<'_>, index: &Index, path: &str) -> Option<About> {
    let output = index.find(plan, &file_of(path))?;
    let origin = plan.origin(output).into_owned();
    let Job::Page(Dish::Page(id)) = &output.job else {
        return Some(About { origin, kind: None, words: 0, standing: Standing::Published });
    };
    let page = site.model.page(*id);
    let facts = &page.row.facts;
    let kind = site.model.kinds.get(page.kind);
    Some(About {
        origin,
        kind: Some(kind.label.clone()),
        words: u64::from(facts.han) + u64::from(facts.latin),
        standing: standing(site, *id),
    })
}

fn standing(site: &Site, id: PageId) -> Standing {
    let page = site.model.page(id);
    let plain = Today { date: site.today, drafts: false, future: false };
    if page.row.front.common.draft {
        Standing::Draft
    } else if visibility(&page.row, site.model.kinds.get(page.kind), &plain).visible {
        Standing::Published
    } else {
        Standing::OtherDay
    }
}

fn marks(site: &Site) -> Vec<Mark> {
    let shown = site.model.visible().map(|(id, page)| (standing(site, id), page));
    shown
        .filter(|(standing, _)| *standing != Standing::Published)
        .map(|(standing, page)| Mark { url: page.url.to_string(), standing })
        .collect()
}
