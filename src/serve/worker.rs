//! Looks at what changed, as soon as the changes of one save are together, and puts a new stage in place.
//!
//! Editors write a file in several steps and a copied folder of photos comes in hundreds; so a moment's quiet ends a small
//! batch, and a longer one a large batch.
#![expect(clippy::disallowed_methods, reason = "what changed is looked at")]

use super::desk::Desk;
use super::watch::{Heard, Watcher};
use super::{Asker, Event, Listener};
use crate::build::live::{Changed, Fresh, Live};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What one save causes comes within so long.
const MOMENT: Duration = Duration::from_millis(1);
/// A large batch has come to rest when nothing came for so long, if all of it is text.
const TEXTS: Duration = Duration::from_millis(5);
/// Likewise if not: photos come one after the other, and each takes a while.
const QUIET: Duration = Duration::from_millis(70);
/// A batch that does not come to rest is looked at after so long.
const PATIENCE: Duration = Duration::from_secs(1);
/// More changed files than this are a large batch.
const SMALL: usize = 8;
/// A half-written file is taken as it is after so long.
const HALF: Duration = Duration::from_millis(300);
/// A folder that has just appeared is looked at again after so long: what was in it before it was watched is not told.
const SETTLE: Duration = Duration::from_millis(200);
/// Without a watcher the site is walked so often.
const POLL: Duration = Duration::from_secs(1);
/// What was read is kept for the next start when nothing changed for so long.
const IDLE: Duration = Duration::from_secs(2);
/// The day may change while nobody works.
const DAY: Duration = Duration::from_secs(60);

/// The worker.
pub(super) struct Worker {
    pub(super) live: Live,
    pub(super) asker: Asker,
    pub(super) tell: Arc<Listener>,
    pub(super) desk: Arc<Desk>,
    /// What could not be looked at yet.
    pub(super) again: Option<(Duration, Changed)>,
    pub(super) unsaved: bool,
    /// Keeps what was read.
    pub(super) saving: Option<JoinHandle<()>>,
    /// When a stage was last raised.
    pub(super) raised: Option<Instant>,
}

impl Worker {
    /// Looks at what changed and tells of it.
    pub(super) fn look(&mut self, changed: &Changed) {
        let begun = Instant::now();
        self.again = None;
        match self.live.refresh(&(self.asker)(), changed) {
            Ok(None) => self.wait_for_rest(changed),
            Ok(Some(fresh)) => {
                self.wait_for_rest(changed);
                self.raise(fresh, begun);
            }
            Err(failure) => {
                self.desk.board.failed(failure.problem());
                (self.tell)(Event::Failed(&failure));
                // Which files were meant is lost with the failure.
                self.again = Some((POLL, Changed::All));
            }
        }
    }

    /// Has what was half-written looked at once more.
    fn wait_for_rest(&mut self, changed: &Changed) {
        if let Changed::Paths { paths, .. } = changed
            && self.live.waits()
        {
            self.again = Some((HALF, Changed::Paths { paths: paths.clone(), last: true }));
        }
    }

    fn raise(&mut self, fresh: Fresh, begun: Instant) {
        let stage = Arc::new(fresh.stage);
        self.desk.set(Arc::clone(&stage));
        let number =
            self.desk.board.raised(fresh.problems.clone(), stage.marks().to_vec(), addresses(&fresh.files));
        (self.tell)(Event::Looked { problems: &fresh.problems, took: begun.elapsed() });
        self.unsaved = true;
        self.raised = Some(Instant::now());
        let (desk, tell, mut known) = (Arc::clone(&self.desk), Arc::clone(&self.tell), fresh.problems);
        stage.sweep(move |problems| {
            let found: Vec<_> = problems.iter().filter(|problem| !known.contains(problem)).cloned().collect();
            known.clear();
            tell(Event::Swept { problems: &found });
            desk.board.swept(number, problems);
        });
    }

    /// Looks at each change, until the watcher ends.
    pub(super) fn run(mut self, mut watcher: Watcher, changes: &Receiver<Heard>) {
        let mut day = (self.asker)().today;
        loop {
            let idle = if self.unsaved { IDLE } else { DAY };
            let wait = match &self.again {
                Some((wait, _)) => *wait,
                None if watcher.polls() => POLL,
                None => idle,
            };
            match changes.recv_timeout(wait) {
                Ok(first) => {
                    let _taking_in = self.desk.take_in();
                    let batch = gather(first, &mut watcher, changes);
                    let folders: BTreeSet<PathBuf> = match &batch {
                        Changed::Paths { paths, .. } => {
                            paths.iter().filter(|path| path.is_dir()).cloned().collect()
                        }
                        Changed::All => BTreeSet::new(),
                    };
                    let batch = self.with_rest(batch);
                    self.look(&batch);
                    if !folders.is_empty() && self.again.is_none() {
                        self.again = Some((SETTLE, Changed::Paths { paths: folders, last: false }));
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    if let Some((_, changed)) = self.again.take() {
                        self.look(&changed);
                    } else if watcher.polls() || (self.asker)().today != day {
                        day = (self.asker)().today;
                        self.look(&Changed::All);
                        if self.raised.is_none_or(|raised| raised.elapsed() >= IDLE) {
                            self.save();
                        }
                    } else {
                        self.save();
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Keeps what was read for the next start, beside the work: writing it takes as long as a refresh.
    fn save(&mut self) {
        if !self.unsaved || self.saving.as_ref().is_some_and(|saving| !saving.is_finished()) {
            return;
        }
        self.unsaved = false;
        let Some(unsaved) = self.live.unsaved() else { return };
        let tell = Arc::clone(&self.tell);
        let save = move || {
            if let Err(failure) = unsaved.save() {
                tell(Event::Failed(&failure));
            }
        };
        // Without a thread the next start reads what it does not know.
        self.saving = std::thread::Builder::new().name("memo".to_owned()).spawn(save).ok();
    }

    /// The batch, with what is still to be looked at again.
    fn with_rest(&mut self, batch: Changed) -> Changed {
        match (self.again.take(), batch) {
            (Some((_, Changed::All)), _) | (_, Changed::All) => Changed::All,
            (Some((_, Changed::Paths { paths: rest, .. })), Changed::Paths { mut paths, last }) => {
                paths.extend(rest);
                Changed::Paths { paths, last }
            }
            (None, batch) => batch,
        }
    }
}

/// The addresses of changed files that are published under their own names.
fn addresses(files: &[String]) -> Vec<String> {
    let address = |name: &String| {
        let own = name.strip_prefix("static/").or_else(|| name.split_once("/static/").map(|(_, own)| own));
        own.or_else(|| name.strip_prefix("content/")).map(|own| format!("/{own}"))
    };
    files.iter().filter_map(address).filter(|name| !name.ends_with(".md")).collect()
}

/// Whether a path is that of a page, a table or a template: what is written at once.
fn is_text(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ["md", "csv", "toml", "html", "css"].iter().any(|text| ending == *text))
}

/// Everything that belongs to one save, or to one copied folder.
fn gather(first: Heard, watcher: &mut Watcher, changes: &Receiver<Heard>) -> Changed {
    let begun = Instant::now();
    let mut paths = BTreeSet::new();
    let mut all = false;
    let mut take = |heard: Heard, paths: &mut BTreeSet<PathBuf>| match heard {
        Heard::File(path) => {
            watcher.heed(Path::new(&path));
            paths.insert(path);
        }
        Heard::Name(name) => _ = paths.insert(watcher.place(&name)),
        Heard::All => all = true,
    };
    take(first, &mut paths);
    loop {
        let large = paths.len() > SMALL;
        let (quiet, most) = match large {
            true if paths.iter().all(|path| is_text(path)) => (TEXTS, PATIENCE),
            true => (QUIET, PATIENCE),
            false => (MOMENT, 5 * MOMENT),
        };
        match changes.recv_timeout(quiet) {
            Ok(heard) => take(heard, &mut paths),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
        if begun.elapsed() > most && (large || paths.len() <= SMALL) {
            break;
        }
    }
    if all { Changed::All } else { Changed::Paths { paths, last: false } }
}
