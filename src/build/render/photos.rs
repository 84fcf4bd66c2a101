//! Photos: those that are not published yet, the largest first, on all cores, as many at once as the memory allows.
//!
//! A copy that an earlier build made is taken from the store; else the original is read and decoded once for all copies.
//! Out comes how each photo looks. A photo that fails is a problem of its own: the others go on.

use super::{Studio, bytes_of};
use crate::build::api::Progress;
use crate::build::load::Media;
use crate::build::model::MediaId;
use crate::build::photo::{self, Look, Scratch, Variant};
use crate::build::plan::{Job, Plan, photo_key};
use crate::build::publish::{Fault, Publisher};
use crate::digest::Digest;
use crate::parallel::{self, Budget};
use crate::problem::Problem;
use std::sync::{Mutex, PoisonError};

/// One photo.
struct Task<'p> {
    media: MediaId,
    key: Digest,
    files: &'p [(String, Variant)],
    /// Paths of the copies that are not published.
    missing: Vec<&'p str>,
    weight: u64,
}

/// What photos are made with.
struct Darkroom<'d> {
    plan: &'d Plan<'d>,
    studio: &'d Studio<'d>,
    publisher: &'d Publisher,
    budget: Budget,
    scratch: Scratch,
}

/// How photos look, by their keys, and what went wrong.
pub struct Shown {
    /// In the order of their paths.
    pub looks: Vec<(MediaId, Digest, Look)>,
    /// Faults.
    pub results: Vec<Result<Vec<Problem>, Fault>>,
}

/// The name of a photo's look in the store.
const LOOK: &str = "look";

/// Publishes all photos in all their sizes.
pub fn all(plan: &Plan<'_>, studio: &Studio<'_>, publisher: &Publisher) -> Shown {
    let jobs: Vec<&Job> = plan
        .outputs
        .iter()
        .map(|output| &output.job)
        .filter(|job| matches!(job, Job::Photo { .. }))
        .collect();
    let mut shown = Shown { looks: Vec::new(), results: Vec::new() };
    let mut tasks = Vec::new();
    for (task, look) in parallel::map(&jobs, |job| task(plan, studio, publisher, job)).into_iter().flatten() {
        match look {
            Some(look) if task.missing.is_empty() => shown.looks.push((task.media, task.key, look)),
            _ => tasks.push(task),
        }
    }
    // The sort is stable, and outputs are sorted by path.
    tasks.sort_by_key(|task| std::cmp::Reverse(task.weight));
    let (total, whole) = (tasks.len(), tasks.iter().map(|task| task.weight).sum());
    let done = Mutex::new((0, 0));
    let budget = Budget::new(u64::from(plan.kitchen.model.config.photos.memory) << 20);
    let darkroom = Darkroom { plan, studio, publisher, budget, scratch: Scratch::default() };
    if total > 0 {
        (studio.progress)(Progress::Photos { done: 0, total, work: 0, whole });
    }
    let made = parallel::map_in_turn(&tasks, |task| {
        let made = darkroom.publish(task);
        let (done, work) = {
            let mut so_far = done.lock().unwrap_or_else(PoisonError::into_inner);
            *so_far = (so_far.0 + 1, so_far.1 + task.weight);
            *so_far
        };
        (studio.progress)(Progress::Photos { done, total, work, whole });
        made
    });
    for (task, made) in tasks.iter().zip(made) {
        match made {
            Ok(look) => shown.looks.push((task.media, task.key, look)),
            Err(Fault::Refused(problem)) => shown.results.push(Ok(vec![*problem])),
            Err(fault) => shown.results.push(Err(fault)),
        }
    }
    shown.looks.sort_by_key(|(media, ..)| *media);
    shown
}

/// What is to be done for a photo, and how it looks if that is known.
fn task<'p>(
    plan: &'p Plan<'_>,
    studio: &Studio<'_>,
    publisher: &Publisher,
    job: &'p Job,
) -> Option<(Task<'p>, Option<Look>)> {
    let Job::Photo { media, files } = job else { return None };
    let original = plan.kitchen.model.library.get(*media);
    let key = photo_key(original, &plan.kitchen.photos);
    // All are asked, so that those which may stay do stay.
    let missing: Vec<&str> =
        files.iter().map(|(path, _)| path.as_str()).filter(|path| !publisher.keep(path, &key)).collect();
    let look = studio.store.get(&key, &[LOOK]).and_then(|found| Look::of_bytes(found.first()?));
    Some((Task { media: *media, key, files, missing, weight: weight(plan, original) }, look))
}

fn weight(plan: &Plan<'_>, original: &Media) -> u64 {
    match &original.photo {
        Some(Ok(facts)) => photo::weight(facts, original.size, &plan.kitchen.photos),
        _ => original.size,
    }
}

impl Darkroom<'_> {
    fn publish(&self, task: &Task<'_>) -> Result<Look, Fault> {
        if let Some(look) = self.stored(task)? {
            return Ok(look);
        }
        let _memory = self.budget.take(task.weight);
        let (made, look) = develop(self.plan, self.studio, &task.key, task.media, task.files, &self.scratch)?;
        for ((path, _), made) in task.files.iter().zip(&made) {
            if task.missing.contains(&path.as_str()) {
                self.publisher.put(path.as_str(), task.key, &made.bytes)?;
            }
        }
        Ok(look)
    }

    /// Publishes what an earlier build made, if all of it is there.
    fn stored(&self, task: &Task<'_>) -> Result<Option<Look>, Fault> {
        let names: Vec<&str> = task.missing.iter().map(|path| name(path)).chain([LOOK]).collect();
        let Some(mut stored) = self.studio.store.get(&task.key, &names) else { return Ok(None) };
        let Some(look) = stored.pop().and_then(|bytes| Look::of_bytes(&bytes)) else { return Ok(None) };
        for (path, bytes) in task.missing.iter().zip(&stored) {
            self.publisher.put(*path, task.key, bytes)?;
        }
        Ok(Some(look))
    }
}

/// Makes all copies of a photo, and keeps them.
fn develop(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    key: &Digest,
    media: MediaId,
    files: &[(String, Variant)],
    scratch: &Scratch,
) -> Result<(Vec<photo::Derivative>, Look), Fault> {
    let bytes = bytes_of(plan, studio, media)?;
    let (made, look) = photo::develop(&bytes, &plan.kitchen.photos, scratch)
        .map_err(|fault| fault.problem(&plan.kitchen.model.library.get(media).path))?;
    drop(bytes);
    let print = look.bytes();
    let copies = files.iter().zip(&made).map(|((path, _), made)| (name(path), made.bytes.as_slice()));
    let named: Vec<(&str, &[u8])> = copies.chain([(LOOK, print.as_slice())]).collect();
    studio.store.put(key, &named)?;
    Ok((made, look))
}

/// How a photo looks, and its key; from the store if it was developed before.
pub fn look(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    media: MediaId,
    files: &[(String, Variant)],
) -> Result<(Digest, Look), Fault> {
    let key = photo_key(plan.kitchen.model.library.get(media), &plan.kitchen.photos);
    let stored = studio.store.get(&key, &[LOOK]).and_then(|found| Look::of_bytes(found.first()?));
    let look = match (stored, studio.negatives) {
        (Some(look), _) => look,
        (None, Some(negatives)) => negatives.look(plan, studio, key, media)?,
        (None, None) => develop(plan, studio, &key, media, files, &Scratch::default())?.1,
    };
    Ok((key, look))
}

/// One copy of a photo, from the store if it was developed before.
pub fn variant(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    media: MediaId,
    files: &[(String, Variant)],
    path: &str,
) -> Result<Vec<u8>, Fault> {
    let key = photo_key(plan.kitchen.model.library.get(media), &plan.kitchen.photos);
    if let Some(stored) = studio.store.get(&key, &[name(path)]).and_then(|mut found| found.pop()) {
        return Ok(stored);
    }
    let at = files.iter().position(|(file, _)| file == path);
    if let (Some(negatives), Some(at)) = (studio.negatives, at)
        && let Some(copy) = negatives.copy(plan, studio, key, media, at)?
    {
        return Ok(copy);
    }
    let (made, _) = develop(plan, studio, &key, media, files, &Scratch::default())?;
    let found = files.iter().zip(made).find(|((file, _), _)| file == path);
    Ok(found.map(|(_, made)| made.bytes).unwrap_or_default())
}

/// The file's name in the store.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
