//! What is done with a host: deploy, roll back, list, withdraw.
//!
//! Everything that is decided is decided by pure code over manifests; here stands only the order in which notes are read,
//! the plan is checked, and steps are done, so that a host that is cut off anywhere tells the next command what is true.

mod in_place;
mod lease;
mod pictures;
mod sealed;
mod state;
mod switching;
mod verified;
mod withdraw;

use lease::Held;
pub use lease::Lease;
use sealed::{Sealed, Strange};
pub use state::State;
pub(super) use withdraw::is_meant;
pub use withdraw::withdraw;

use super::fault::Fault;
use super::host::Host;
use super::index::{Index, Release};
use super::manifest::Manifest;
use super::plan::{Limits, Plan, Step};
use super::retry::patiently;
use super::seal::Seal;
use super::tree::Tree;
use crate::problem::Problem;
use std::borrow::Borrow;

/// What is asked of a deploy besides the site.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Only tell what would be done.
    pub dry: bool,
    /// Let pass what looks like a mistake.
    pub force: bool,
    /// Take over notes that this machine cannot know to be ours.
    pub adopt: bool,
    /// Look at every file on the host, and put what is not as it was deployed.
    pub verify: bool,
    /// Withdrawn paths that may come back.
    pub readmit: Vec<String>,
    /// How many releases are kept.
    pub keep: u64,
    /// How much may be deleted without being asked twice.
    pub limits: Limits,
}

/// What a command did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The release that is shown now; none when nothing was done.
    pub release: Option<Release>,
    /// Each step as `+ path`, `~ path` or `- path`.
    pub steps: Vec<String>,
    /// Bytes sent, before packing.
    pub bytes: u64,
    /// Files that stay.
    pub same: usize,
    /// Files of earlier releases that stay for pages that browsers still have.
    pub carried: usize,
    /// What is worth knowing.
    pub notes: Vec<Problem>,
}

impl Outcome {
    pub(super) fn of(plan: &Plan) -> Outcome {
        let line = |step: &Step| match step {
            Step::Put { path, there: false, .. } => format!("+ {path}"),
            Step::Put { path, .. } => format!("~ {path}"),
            Step::Remove { path, .. } => format!("- {path}"),
        };
        Outcome {
            steps: plan.steps().map(line).collect(),
            bytes: plan.counts().3,
            same: plan.same,
            carried: plan.carried,
            ..Outcome::default()
        }
    }
}

/// Puts a build on a host.
///
/// # Errors
/// A refused plan (all doubts are in the list), another person at work, a host that cannot be reached or refuses.
pub fn deploy(host: &dyn Host, tree: &Tree, ask: &Ask, lease: &Lease<'_>) -> Result<Outcome, Vec<Fault>> {
    alone(host, ask, lease, |host| prepared(host, tree, ask, lease))
}

/// Does `work` while nobody else works on the host; a dry run needs no lease.
fn alone(
    host: &dyn Host,
    ask: &Ask,
    lease: &Lease<'_>,
    work: impl FnOnce(&dyn Host) -> Result<Outcome, Vec<Fault>>,
) -> Result<Outcome, Vec<Fault>> {
    let held = if ask.dry { None } else { Some(lease.take(host)?) };
    let sealed = Sealed::new(host, held.as_ref(), &lease.seal, sealed::manner(ask));
    let outcome = match &held {
        Some(held) => held.during(|| work(&sealed)),
        None => work(&sealed),
    };
    let seen = sealed.seen();
    let notes = held.map(Held::give_back);
    let mut outcome = outcome?;
    outcome.notes.extend(notes.into_iter().flatten());
    if seen {
        outcome.notes.push(Problem::new("deploy-notes-unsure"));
    }
    Ok(outcome)
}

fn prepared(host: &dyn Host, tree: &Tree, ask: &Ask, lease: &Lease<'_>) -> Result<Outcome, Vec<Fault>> {
    let mut state = read(host, ask, lease)?;
    if ask.verify {
        verified::verify(host, &mut state, tree)?;
    }
    state.index.withdrawn.retain(|path| !ask.readmits(path));
    let number = state.next_number();
    let mut wanted = tree.manifest.clone();
    wanted.files.values_mut().for_each(|entry| entry.last = number);
    match host.switch() {
        Some(switch) => switching::deploy(host, switch, state, &wanted, tree, ask, lease),
        None => in_place::deploy(host, state, &wanted, tree, ask, lease),
    }
}

/// Reads the notes; old ones are not believed, for by them files would stay as they are that are not.
fn read(host: &dyn Host, ask: &Ask, lease: &Lease<'_>) -> Result<State, Fault> {
    let state = patiently("notes", || {
        let state = State::read(host)?;
        let number = state.index.number;
        if host.switch().is_none() && !ask.adopt && number > 0 && number < lease.newest {
            let problem = Problem::new("deploy-notes-old").arg("there", number).arg("here", lease.newest);
            return Err(Fault::passing(problem));
        }
        Ok(state)
    })?;
    adopt(host, &state, ask)?;
    Ok(state)
}

/// Reads every kept manifest once when notes are taken over, so that all of them are known from then on.
fn adopt(host: &dyn Host, state: &State, ask: &Ask) -> Result<(), Fault> {
    let kept = state.index.releases.iter().filter(|_| ask.adopt);
    kept.into_iter().try_for_each(|release| state::manifest(host, &release.id).map(|_| ()))
}

impl Ask {
    /// Refuses what looks like a mistake.
    pub(super) fn doubt(&self, plan: &Plan, wanted: &Manifest, index: &Index) -> Result<(), Vec<Fault>> {
        let doubts = plan.doubts(wanted, &index.withdrawn, self.limits, self.force);
        if doubts.is_empty() { Ok(()) } else { Err(doubts.into_iter().map(Fault::from).collect()) }
    }

    /// Whether a withdrawn path may come back.
    pub(super) fn readmits(&self, path: &str) -> bool {
        self.readmit.iter().any(|asked| is_meant(path, asked))
    }
}

/// After so many files, or so many bytes, it is written down how far we are: what a cut costs again.
const BATCH: (usize, u64) = (500, 32 << 20);

/// Steps in batches that are done one after the other.
pub(super) fn batches<S: Borrow<Step>>(steps: &[S]) -> impl Iterator<Item = &[S]> {
    let mut rest = steps;
    std::iter::from_fn(move || {
        let mut bytes = 0_u64;
        let more = rest.iter().take(BATCH.0).take_while(|step| {
            let room = bytes < BATCH.1;
            if let Step::Put { entry, .. } = (*step).borrow() {
                bytes = bytes.saturating_add(entry.size);
            }
            room
        });
        let (batch, after) = rest.split_at(more.count());
        rest = after;
        (!batch.is_empty()).then_some(batch)
    })
}

/// The release that a plan makes.
pub(super) fn release(change: &Plan, id: &str, number: u64, lease: &Lease<'_>) -> Release {
    let (added, changed, removed, _) = change.counts();
    Release {
        id: id.to_owned(),
        number,
        time: (lease.now)().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        by: lease.by.clone(),
        files: change.next.files.len() as u64,
        added,
        changed,
        removed,
        doubtful: false,
    }
}

/// Shows an older release again: the one named, or the one before the one shown.
///
/// # Errors
/// No such release, a release of which something is missing, a host that cannot be reached or refuses.
pub fn rollback(
    host: &dyn Host,
    to: Option<&str>,
    ask: &Ask,
    lease: &Lease<'_>,
) -> Result<Outcome, Vec<Fault>> {
    alone(host, ask, lease, |host| {
        let state = read(host, ask, lease)?;
        let shown = state.shown.as_deref().and_then(|id| state.index.find(id));
        let number = shown.map_or(u64::MAX, |release| release.number);
        let target = match to {
            Some(id) => state.index.find(id),
            None => state.index.releases.iter().rfind(|release| release.number < number),
        };
        let Some(target) = target.cloned() else {
            return Err(vec![Problem::new("deploy-no-release").arg("release", to.unwrap_or("-")).into()]);
        };
        match host.switch() {
            Some(switch) => switching::rollback(host, switch, &state, target, ask),
            None => in_place::rollback(host, state, target, ask),
        }
    })
}

/// The releases of a host, oldest first, and the name of the one shown.
///
/// # Errors
/// A host that cannot be reached, notes that are damaged.
pub fn list(host: &dyn Host) -> Result<(Vec<Release>, Option<String>), Fault> {
    let seal = Seal::default();
    let host: &dyn Host = match host.switch() {
        Some(_) => host,
        None => &Sealed::new(host, None, &seal, Strange::Read),
    };
    let state = State::read(host)?;
    Ok((state.index.releases, state.shown))
}

impl From<Fault> for Vec<Fault> {
    fn from(fault: Fault) -> Vec<Fault> {
        vec![fault]
    }
}

#[cfg(test)]
mod tests;
