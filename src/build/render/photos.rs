//! Photos: those that are not published yet, the largest first, on all cores, as many at once as the memory allows.
//!
//! A copy that an earlier build made is taken from the store; else the original is read and decoded once for all copies.
//! A photo that fails is a problem of its own: the others go on.

use super::{Studio, bytes_of};
use crate::build::api::Progress;
use crate::build::load::Media;
use crate::build::model::MediaId;
use crate::build::photo::{self, Variant};
use crate::build::plan::{Job, Plan, photo_key};
use crate::build::publish::{Fault, Publisher};
use crate::digest::Digest;
use crate::parallel::{self, Budget};
use crate::problem::Problem;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One photo of which something is missing.
struct Task<'p> {
    media: MediaId,
    key: Digest,
    files: &'p [(String, Variant)],
    /// Paths of the copies that are not published.
    missing: Vec<&'p str>,
    weight: u64,
}

/// Publishes all photos in all their sizes.
pub fn all(plan: &Plan<'_>, studio: &Studio<'_>, publisher: &Publisher) -> Vec<Result<Vec<Problem>, Fault>> {
    let mut tasks: Vec<Task<'_>> =
        plan.outputs.iter().filter_map(|output| task(plan, publisher, &output.job)).collect();
    // The sort is stable, and outputs are sorted by path.
    tasks.sort_by_key(|task| std::cmp::Reverse(task.weight));
    let total = tasks.len();
    let done = AtomicUsize::new(0);
    let budget = Budget::new(u64::from(plan.kitchen.model.config.photos.memory) << 20);
    if total > 0 {
        (studio.progress)(Progress::Photos { done: 0, total });
    }
    parallel::map_in_turn(&tasks, |task| {
        let made = publish(plan, studio, publisher, &budget, task);
        (studio.progress)(Progress::Photos { done: done.fetch_add(1, Ordering::Relaxed) + 1, total });
        made
    })
}

fn task<'p>(plan: &'p Plan<'_>, publisher: &Publisher, job: &'p Job) -> Option<Task<'p>> {
    let Job::Photo { media, files } = job else { return None };
    let original = plan.kitchen.model.library.get(*media);
    let key = photo_key(original, &plan.kitchen.photos);
    // All are asked, so that those which may stay do stay.
    let missing: Vec<&str> =
        files.iter().map(|(path, _)| path.as_str()).filter(|path| !publisher.keep(path, &key)).collect();
    (!missing.is_empty()).then(|| Task { media: *media, key, files, missing, weight: weight(original) })
}

fn weight(original: &Media) -> u64 {
    match &original.photo {
        Some(Ok(facts)) => photo::weight(facts, original.size),
        _ => original.size,
    }
}

fn publish(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    publisher: &Publisher,
    budget: &Budget,
    task: &Task<'_>,
) -> Result<Vec<Problem>, Fault> {
    let names: Vec<&str> = task.missing.iter().map(|path| name(path)).collect();
    if let Some(stored) = studio.store.get(&task.key, &names) {
        for (path, bytes) in task.missing.iter().zip(&stored) {
            publisher.put(path, task.key, bytes)?;
        }
        return Ok(Vec::new());
    }
    let _memory = budget.take(task.weight);
    let bytes = bytes_of(plan, studio, task.media)?;
    let made = match photo::derive(&bytes, &plan.kitchen.photos) {
        Ok(made) => made,
        Err(fault) => return Ok(vec![fault.problem(&plan.kitchen.model.library.get(task.media).path)]),
    };
    drop(bytes);
    let named: Vec<(&str, &[u8])> =
        task.files.iter().zip(&made).map(|((path, _), made)| (name(path), made.bytes.as_slice())).collect();
    studio.store.put(&task.key, &named)?;
    for ((path, _), made) in task.files.iter().zip(&made) {
        if task.missing.contains(&path.as_str()) {
            publisher.put(path, task.key, &made.bytes)?;
        }
    }
    Ok(Vec::new())
}

/// The file's name in the store.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
