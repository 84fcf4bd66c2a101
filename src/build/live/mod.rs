//! The road walked lazily: the model stays in memory, a change reads only what changed, and outputs are made when they are
//! asked for, by the same plan and render code as in a build.
//!
//! In comes a request and, again and again, what changed; out goes a [`Stage`], which answers for its state of the site
//! until it is dropped. What is faulty keeps its last good state (the module `good`) while its problem is told; nothing is published.

mod again;
mod changed;
mod good;
mod kept;
mod stage;
mod sweep;
mod urgent;

pub use changed::Changed;
pub use stage::{About, Answer, Mark, Stage, Standing};

use super::api::{Failure, Request};
use super::load::{Notebook, Remembered, Theme};
use super::memo::{self, Store};
use super::model::Today;
use super::root::Root;
use super::source::Source;
use super::{build_id, load, model, render, settings};
use crate::kinds::Kinds;
use crate::problem::Problem;
use again::{Last, Way};
use changed::Settling;
use good::Good;
use kept::{Kept, kinds_key, theme_key};
use stage::Site;
use std::path::PathBuf;
use std::sync::Arc;
use sweep::Known;
use urgent::Urgent;

/// A site that is kept in memory.
pub struct Live {
    memory: PathBuf,
    rows: Remembered,
    kinds: Kept<Kinds>,
    theme: Kept<Theme>,
    good: Good,
    source: Option<Arc<Source>>,
    /// What the walk told of that source.
    walked: Vec<Problem>,
    looked: Settling,
    /// What the newest stage was made of.
    last: Option<Last>,
    /// The day and the choices that the newest stage was made for.
    made_for: Option<Today>,
    known: Known,
    urgent: Urgent,
    negatives: render::Negatives,
    /// Whether a file looked half-written.
    waits: bool,
    /// Whether rows were read that the memo on disk does not hold.
    unsaved: bool,
}

/// What a change led to.
pub struct Fresh {
    /// Answers for the new state.
    pub stage: Stage,
    /// All problems but those that only rendering finds.
    pub problems: Vec<Problem>,
    /// The day on which the site will change by itself.
    pub next_change: Option<jiff::civil::Date>,
    /// Files that are new or were written, relative to the root.
    pub files: Vec<String>,
    /// Whether the model shares with the one before what cannot have changed.
    pub shared: bool,
}

/// How often a walk is tried again when a file goes away between the walk and its reading.
const TRIES: usize = 5;

impl Live {
    /// A site of which nothing is known but what earlier builds left in `request.root`.
    pub fn open(request: &Request) -> Self {
        let memory = request.root.join(memo::FOLDER);
        // A damaged memo is made anew; the next build tells of it.
        let (notebook, _) = Notebook::open(&memory, &build_id());
        Live {
            memory,
            rows: notebook.into_rows(),
            kinds: Kept::default(),
            theme: Kept::default(),
            good: Good::default(),
            source: None,
            walked: Vec::new(),
            looked: Settling::default(),
            last: None,
            made_for: None,
            known: Known::default(),
            urgent: Urgent::default(),
            negatives: render::Negatives::default(),
            waits: false,
            unsaved: true,
        }
    }

    /// Looks at what changed. Nothing comes back if nothing did.
    ///
    /// # Errors
    /// What the system refuses, and a site without settings; the stage before stays as it was.
    pub fn refresh(&mut self, request: &Request, changed: &Changed) -> Result<Option<Fresh>, Failure> {
        let urgent = self.urgent.clone();
        let _begun = urgent.begin();
        let mut tries = TRIES;
        loop {
            match self.attempt(request, changed) {
                // Editors write beside a file and rename: what was there in the walk may be gone.
                Err(_) if tries > 0 => tries -= 1,
                Err(failure) => {
                    // Once it is over, the failure must be taken back, even if nothing else is different.
                    self.made_for = None;
                    self.last = None;
                    return Err(failure);
                }
                done => return done,
            }
        }
    }

    fn attempt(&mut self, request: &Request, changed: &Changed) -> Result<Option<Fresh>, Failure> {
        if self.rows.check().is_err() {
            // What the memo did not give back is read again from the files themselves.
            self.rows = Remembered::default();
            self.last = None;
        }
        let read = settings::config(request)?;
        let config = self.good.config(read.0.clone(), &read.1);
        let now = memo::now(&request.root)?;
        let before = self.source.as_deref().map(|source| (source, self.walked.as_slice()));
        let looked = changed::look(before, request, &config.theme, changed)?;
        let today = Today { date: request.today, drafts: request.drafts, future: request.future };
        if looked.same && self.looked.sure && self.made_for == Some(today) {
            return Ok(None);
        }
        let settling = self.looked.then(&looked.source, looked.same, now);
        self.waits = looked.unfinished;
        if looked.unfinished && looked.files.is_empty() && looked.gone.is_empty() {
            return Ok(None);
        }
        match self.again(request, &read, &looked, (today, now))? {
            Way::Long => {}
            way => {
                self.source = Some(looked.source);
                self.looked = settling;
                self.unsaved = true;
                return Ok(if let Way::Short(fresh) = way { Some(fresh) } else { None });
            }
        }
        let changed::Looked { source, problems: walked, files, .. } = looked;
        let mut problems = read.1.clone();
        problems.extend(walked.iter().cloned());
        let (kinds, found) = self.kinds.of(kinds_key(&source, now), || settings::kinds(&source))?;
        let kinds = self.good.kinds(kinds, &found);
        problems.extend(found);
        let (mut theme, found) =
            self.theme.of(theme_key(&source, &config, now), || load::theme(&source, &config))?;
        let templates = self.good.theme(&mut theme, &found, &mut problems);
        problems.extend(found);
        // Pages are made when somebody asks for them: few of all bodies would be wanted.
        let shelf = load::Shelf { rows: &self.rows, now, bodies: None };
        let (mut loaded, rows, found) = load::load(&source, &config, &kinds, theme, shelf)?;
        problems.extend(found);
        self.good.rows(&mut loaded.rows);
        let (model, ground, found) = model::assemble_to_go_on(loaded, config, kinds, today);
        let model = Arc::new(model);
        problems.extend(found);
        let next_change = model.next_change;
        let site = Site {
            root: Root::of(&model.config, request.offline),
            store: Store::open(&self.memory.join("photos")),
            negatives: self.negatives.clone(),
            source: Arc::clone(&source),
            today: request.today,
            templates: templates.clone(),
            model: Arc::clone(&model),
        };
        let (stage, basis) = Stage::raise(site, None, &self.known, &self.urgent)?;
        let last = Last { config: read, templates, model, ground, basis, found: problems };
        let problems = last.told(&last.basis, &source);
        self.last = Some(last);
        self.rows = rows;
        self.source = Some(source);
        self.walked = walked;
        self.looked = settling;
        self.made_for = Some(today);
        self.unsaved = true;
        Ok(Some(Fresh { stage, problems, next_change, files, shared: false }))
    }

    /// Whether a file looked half-written when it was last looked at: it should be looked at again soon.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// What was read, if the next start does not know it yet. It may be saved by another thread while the site changes.
    pub fn unsaved(&mut self) -> Option<Unsaved> {
        let unsaved = || Unsaved { memory: self.memory.clone(), rows: self.rows.clone() };
        std::mem::take(&mut self.unsaved).then(unsaved)
    }
}

/// What was read of a site.
pub struct Unsaved {
    memory: PathBuf,
    rows: Remembered,
}

impl Unsaved {
    /// Keeps it for the next start.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn save(&self) -> Result<(), Failure> {
        Ok(Notebook::default().save(&self.memory, &build_id(), &self.rows)?)
    }
}

/// Shared between the threads of a stage.
type Templates = Arc<render::templates::Templates>;
