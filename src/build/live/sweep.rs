//! Makes every page once, for the problems that only rendering finds. What was made before from the same is not made again.

use super::urgent::Urgent;
use crate::build::locate;
use crate::build::plan::{Job, Plan};
use crate::build::publish::Fault;
use crate::build::render::{self, Studio};
use crate::digest::Digest;
use crate::problem::Problem;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What making the outputs found, by key; shared by the stages of a site, each of which leaves its own.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<Mutex<HashMap<Digest, Option<Box<Problem>>>>>);

/// Hears all problems of a sweep.
pub(super) type Told = Box<dyn FnOnce(Vec<Problem>) + Send>;

/// A state that lives shorter than this is not swept: whoever is typing waits for pages, not for problems.
const REST: Duration = Duration::from_millis(500);

/// Sweeps when asked, until the stage is dropped.
pub(super) fn run(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    known: &Known,
    urgent: &Urgent,
    listeners: &Receiver<Told>,
) {
    while let Ok(tell) = listeners.recv() {
        match listeners.recv_timeout(REST) {
            Err(RecvTimeoutError::Disconnected) => return,
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
        }
        let Some(mut problems) = sweep(plan, studio, known, urgent, listeners) else { return };
        locate::locate(&mut problems, studio.source);
        tell(problems);
    }
}

/// All problems of all outputs; nothing if the stage was dropped meanwhile.
fn sweep(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    known: &Known,
    urgent: &Urgent,
    listeners: &Receiver<Told>,
) -> Option<Vec<Problem>> {
    let before = std::mem::take(&mut *known.0.lock().unwrap_or_else(PoisonError::into_inner));
    let mut after = HashMap::with_capacity(plan.outputs.len());
    let mut gone = false;
    for output in plan.outputs.iter().map(|output| plan.now(output)) {
        urgent.wait();
        if matches!(listeners.try_recv(), Err(TryRecvError::Disconnected)) {
            gone = true;
            break;
        }
        // Photos are scaled when a browser wants them; whether they can be read is known already.
        if matches!(output.job, Job::Photo { .. }) {
            continue;
        }
        let key = render::key(plan, studio, output);
        let found = match before.get(&key) {
            Some(found) => found.clone(),
            None => match render::single(plan, studio, output, &output.path) {
                Ok(_) => None,
                Err(Fault::Refused(problem)) => Some(problem),
                Err(Fault::Disk(failure)) => Some(Box::new(failure.problem())),
            },
        };
        // A file that changed while it was read says nothing of the next state.
        if found.as_ref().is_none_or(|problem| problem.code != "changed-meanwhile") {
            after.insert(key, found);
        }
    }
    let problems = after.values().flatten().map(|problem| (**problem).clone());
    let mut problems: Vec<Problem> = problems.collect();
    problems.sort();
    if gone && before.len() <= 4 * plan.outputs.len() {
        // Nothing that was learnt is lost, but for the pages that both know.
        after.extend(before);
    }
    *known.0.lock().unwrap_or_else(PoisonError::into_inner) = after;
    (!gone).then_some(problems)
}
