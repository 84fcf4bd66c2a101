//! A branch of a Git repository, as Pages services show it. One push of one ref is the switch.
//!
//! Through the system's `git`, in a bare repository under `.yicun/` that may be deleted at any time. Only paths that our
//! notes in the branch name are replaced or removed; a push is refused when somebody else pushed meanwhile.

use super::engine::{Ask, Lease, Outcome, release};
use super::fault::Fault;
use super::index::{self, Index, Known, Release, manifest_key, own};
use super::manifest::Manifest;
use super::plan::{Plan, Step, plan};
use super::tree::Tree;
use crate::problem::Problem;
use repository::Repository;
use std::collections::BTreeSet;

mod repository;

pub use repository::{Reach, Repository as Branch};

/// What the branch holds.
struct State {
    /// The commit that is shown.
    head: Option<String>,
    index: Index,
    live: Manifest,
}

/// The note that says which releases there are.
const INDEX: &str = "index.json";

fn read(branch: &Repository) -> Result<State, Fault> {
    let damaged = |key: &str| Fault::lasting(Problem::new("deploy-notes-damaged").arg("path", key));
    let Some(head) = branch.fetch()? else {
        return Ok(State { head: None, index: Index::new(), live: Manifest::default() });
    };
    let index = match branch.show(&head, &own(INDEX))? {
        Some(bytes) => Index::read(&bytes).ok_or_else(|| damaged(&own(INDEX)))?,
        None => Index::new(),
    };
    let live = match &index.current {
        Some(id) => {
            let bytes = branch.show(&head, &manifest_key(id))?;
            bytes.and_then(|bytes| Manifest::read(&bytes)).ok_or_else(|| damaged(&manifest_key(id)))?
        }
        None => Manifest::default(),
    };
    Ok(State { head: Some(head), index, live })
}

fn whole(manifest: &Manifest) -> Known {
    manifest.files.iter().map(|(path, entry)| (path.clone(), Some(entry.clone()))).collect()
}

/// Puts a build on the branch.
///
/// # Errors
/// A refused plan, a repository that cannot be reached, a branch with other things in it.
pub fn deploy(branch: &Repository, tree: &Tree, ask: &Ask, lease: &Lease<'_>) -> Result<Outcome, Vec<Fault>> {
    let mut state = read(branch)?;
    state.index.withdrawn.retain(|path| !ask.readmits(path));
    let number = state.index.number.saturating_add(1);
    let mut wanted = tree.manifest.clone();
    wanted.files.values_mut().for_each(|entry| entry.last = number);
    let change = plan(&whole(&state.live), &wanted, number, ask.keep);
    ask.doubt(&change, &wanted, &state.index)?;
    let mut outcome = Outcome::of(&change);
    if ask.dry || (change.is_empty() && state.index.current.is_some()) {
        return Ok(outcome);
    }
    foreign(branch, &state, &change)?;
    let id = index::id(number, (lease.now)());
    let release = release(&change, &id, number, lease);
    let commit = commit(branch, &mut state, &change, tree, &release, ask)?;
    branch.push(&commit, state.head.as_deref())?;
    outcome.release = Some(release);
    Ok(outcome)
}

/// Refuses to write over files of a branch that are not ours.
fn foreign(branch: &Repository, state: &State, change: &Plan) -> Result<(), Fault> {
    let Some(head) = &state.head else { return Ok(()) };
    let there = branch.files(head)?;
    let first = change
        .steps()
        .find(|step| matches!(step, Step::Put { there: false, path, .. } if there.contains_key(path)));
    match first {
        Some(step) => Err(Problem::new("deploy-branch-foreign").arg("name", step.path()).into()),
        None => Ok(()),
    }
}

fn commit(
    branch: &Repository,
    state: &mut State,
    change: &Plan,
    tree: &Tree,
    release: &Release,
    ask: &Ask,
) -> Result<String, Fault> {
    branch.begin(state.head.as_deref())?;
    let (mut lines, mut puts, mut files) = (Vec::new(), Vec::new(), Vec::new());
    let folder = crate::files::resolve(&tree.folder)?;
    for step in change.steps() {
        match step {
            Step::Put { path, entry, .. } => {
                // Only to see that they are those of the manifest.
                tree.bytes(path, entry)?;
                files.push(folder.join(path));
                puts.push(path.clone());
            }
            Step::Remove { path, .. } => lines.push((path.clone(), None)),
        }
    }
    lines.extend(puts.into_iter().zip(branch.blobs(&files)?.into_iter().map(Some)));
    let index = &mut state.index;
    if let Some(old) = &index.current {
        lines.push((manifest_key(old), None));
    }
    index.number = release.number;
    index.current = Some(release.id.clone());
    index.releases.push(release.clone());
    index.prune(usize::try_from(ask.keep).unwrap_or(usize::MAX), &release.id);
    lines.push((manifest_key(&release.id), Some(branch.blob(&change.next.bytes())?)));
    lines.push((own(INDEX), Some(branch.blob(&index.bytes())?)));
    // Pages services would otherwise leave out our folder, and every name with an underscore.
    lines.push((".nojekyll".to_owned(), Some(branch.blob(b"")?)));
    branch.update(&lines)?;
    let parents: Vec<&str> = state.head.as_deref().into_iter().collect();
    branch.commit(&parents, &note(release, change), &release.by)
}

/// What a commit says.
fn note(release: &Release, change: &Plan) -> String {
    let pages: Vec<&str> =
        change.steps().map(Step::path).filter(|path| path.ends_with(".html")).take(100).collect();
    let Release { id, added, changed, removed, .. } = release;
    format!("{id}: +{added} ~{changed} -{removed}\n\n{}\n\nYicun-Release: {id}\n", pages.join("\n"))
}

/// The releases of the branch, and the one shown.
///
/// # Errors
/// A repository that cannot be reached, notes that are damaged.
pub fn list(branch: &Repository) -> Result<(Vec<Release>, Option<String>), Fault> {
    let state = read(branch)?;
    Ok((state.index.releases, state.index.current))
}

/// Shows an older release again: a new commit with its files.
///
/// # Errors
/// No such release, a repository that cannot be reached.
pub fn rollback(
    branch: &Repository,
    to: Option<&str>,
    ask: &Ask,
    lease: &Lease<'_>,
) -> Result<Outcome, Vec<Fault>> {
    let mut state = read(branch)?;
    let missing = |id: &str| vec![Fault::lasting(Problem::new("deploy-no-release").arg("release", id))];
    let shown =
        state.index.current.as_deref().and_then(|id| state.index.find(id)).map_or(u64::MAX, |r| r.number);
    let target = match to {
        Some(id) => state.index.find(id),
        None => state.index.releases.iter().rfind(|release| release.number < shown),
    };
    let Some(target) = target.cloned() else { return Err(missing(to.unwrap_or("-"))) };
    let Some(head) = state.head.clone() else { return Err(missing(&target.id)) };
    let Some((old, bytes)) = branch.release(&head, &target.id)? else { return Err(missing(&target.id)) };
    let mut wanted = Manifest::read(&bytes).ok_or_else(|| missing(&target.id))?;
    wanted.files.retain(|path, _| !state.index.withdrawn.contains(path));
    let change = plan(&whole(&state.live), &wanted, state.index.number, 0);
    let mut outcome = Outcome::of(&change);
    if ask.dry {
        return Ok(outcome);
    }
    branch.begin(Some(&head))?;
    let mut lines = Vec::new();
    let there = branch.files(&old)?;
    for step in change.steps() {
        match step {
            Step::Put { path, .. } => {
                let blob = there.get(path).ok_or_else(|| missing(&target.id))?;
                lines.push((path.clone(), Some(blob.clone())));
            }
            Step::Remove { path, .. } => lines.push((path.clone(), None)),
        }
    }
    if let Some(shown) = &state.index.current {
        lines.push((manifest_key(shown), None));
    }
    state.index.current = Some(target.id.clone());
    lines.push((manifest_key(&target.id), Some(branch.blob(&change.next.bytes())?)));
    lines.push((own(INDEX), Some(branch.blob(&state.index.bytes())?)));
    branch.update(&lines)?;
    let text = format!("Back to {}\n", target.id);
    let commit = branch.commit(&[&head], &text, &lease.by)?;
    branch.push(&commit, Some(&head))?;
    outcome.release = Some(target);
    Ok(outcome)
}

/// Takes a page down, and the branch's history with it: what a branch remembers can be fetched by anybody.
///
/// # Errors
/// Nothing of ours is there, a repository that cannot be reached.
pub fn withdraw(
    branch: &Repository,
    asked: &str,
    ask: &Ask,
    lease: &Lease<'_>,
) -> Result<Outcome, Vec<Fault>> {
    let mut state = read(branch)?;
    let all = state.live.files.keys().chain(&state.index.withdrawn);
    let paths: BTreeSet<String> = all.filter(|path| super::engine::is_meant(path, asked)).cloned().collect();
    let unknown = || vec![Fault::lasting(Problem::new("deploy-withdraw-unknown").arg("path", asked))];
    let (Some(head), Some(id)) = (state.head.clone(), state.index.current.clone()) else {
        return Err(unknown());
    };
    if paths.is_empty() {
        return Err(unknown());
    }
    let outcome =
        Outcome { steps: paths.iter().map(|path| format!("- {path}")).collect(), ..Outcome::default() };
    if ask.dry {
        return Ok(outcome);
    }
    branch.begin(Some(&head))?;
    state.live.files.retain(|path, _| !paths.contains(path));
    state.index.withdrawn.extend(paths.iter().cloned());
    // Without its history there is nothing to go back to.
    state.index.releases.retain(|release| release.id == id);
    let mut lines: Vec<(String, Option<String>)> = paths.iter().map(|path| (path.clone(), None)).collect();
    lines.push((manifest_key(&id), Some(branch.blob(&state.live.bytes())?)));
    lines.push((own(INDEX), Some(branch.blob(&state.index.bytes())?)));
    branch.update(&lines)?;
    let commit =
        branch.commit(&[], &format!("{id}, without its history\n\nYicun-Release: {id}\n"), &lease.by)?;
    branch.push(&commit, Some(&head))?;
    Ok(outcome)
}
