//! Hosts that keep releases side by side: a new one is made beside the one shown, then shown at once.
//!
//! Order: what is about to be done · the folder · its files · its mark · its manifest · the index · the switch · clearing
//! up. Until the switch nobody sees anything; cut anywhere, the next deploy goes on with the same folder, or, when the
//! release is complete, only switches.

use super::lease::Lease;
use super::state::{INDEX, INTENT, PROGRESS, State, manifest, mark, token, whole};
use super::{Ask, Outcome, batches, release};
use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, Host, MARK, RELEASES, Start, Switch};
use crate::deploy::index::{self, Intent, Known, Release, beyond, manifest_key, own};
use crate::deploy::manifest::Manifest;
use crate::deploy::plan::{Step, plan};
use crate::deploy::tree::Tree;
use crate::problem::Problem;

/// Where the new release begins.
struct Basis {
    id: String,
    number: u64,
    start: Option<String>,
    /// What lies in its folder.
    known: Known,
    base: Manifest,
    from: From,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Resumed,
    Copied,
    Reused,
    Nothing,
}

pub(super) fn deploy(
    host: &dyn Host,
    switch: &dyn Switch,
    mut state: State,
    wanted: &Manifest,
    tree: &Tree,
    ask: &Ask,
    lease: &Lease<'_>,
) -> Result<Outcome, Vec<Fault>> {
    let change = plan(&state.known_shown(), wanted, state.next_number(), ask.keep);
    ask.doubt(&change, wanted, &state.index)?;
    let mut outcome = Outcome::of(&change);
    if ask.dry || (change.is_empty() && state.shown.is_some()) {
        if !ask.dry && state.intent.is_some() {
            clear(host, switch, &[])?;
        }
        return Ok(outcome);
    }
    pause(&state, lease);
    if !ask.verify
        && let Some(ready) = ready(host, switch, &state, &change.next)?
    {
        switch.point(&ready.id)?;
        clear(host, switch, &[])?;
        outcome.release = Some(ready);
        return Ok(outcome);
    }
    let mut basis = basis(host, switch, &state, ask, lease)?;
    if !stage(host, switch, &state, &basis, &change.next, tree)? {
        // The folder to go on with is not what our notes say: begin with an empty one.
        switch.remove(std::slice::from_ref(&basis.id))?;
        basis = empty(lease, basis.number.saturating_add(1));
        stage(host, switch, &state, &basis, &change.next, tree)?;
    }
    let release = release(&change, &basis.id, basis.number, lease);
    host.put(&manifest_key(&basis.id), &change.next.bytes())?;
    state.index.number = basis.number;
    if basis.from == From::Reused || basis.from == From::Resumed {
        let used = basis.start.clone();
        state
            .index
            .releases
            .retain(|old| Some(&old.id) != used.as_ref() || state.shown.as_ref() == Some(&old.id));
    }
    state.index.releases.push(release.clone());
    let mut gone = state.index.prune(usize::try_from(ask.keep).unwrap_or(usize::MAX), &basis.id);
    gone.retain(|id| *id != basis.id);
    host.put(&own(INDEX), &state.index.bytes())?;
    switch.point(&basis.id)?;
    clear(host, switch, &gone)?;
    if basis.from == From::Reused
        && let Some(used) = &basis.start
    {
        host.apply(&[Act::Delete { key: manifest_key(used) }], None)?;
    }
    outcome.release = Some(release);
    Ok(outcome)
}

/// Servers tell versions of a file apart by second and size, so two releases must not fall into one second.
fn pause(state: &State, lease: &Lease<'_>) {
    let last = state.index.releases.last().and_then(|release| release.time.parse::<jiff::Timestamp>().ok());
    if let Some(last) = last
        && (0..2).contains(&((lease.now)().as_second() - last.as_second()))
    {
        std::thread::sleep(std::time::Duration::from_millis(2000));
    }
}

/// A release that was made and not switched to, if it is just what is wanted.
fn ready(
    host: &dyn Host,
    switch: &dyn Switch,
    state: &State,
    target: &Manifest,
) -> Result<Option<Release>, Fault> {
    let Some((intent, _)) = &state.intent else { return Ok(None) };
    let Some(release) =
        state.index.find(&intent.id).filter(|release| state.shown.as_ref() != Some(&release.id))
    else {
        return Ok(None);
    };
    let place = switch.place(&release.id, state.shown.as_deref());
    let there = mark(host, &place)?.as_deref() == Some(&release.id);
    let same = manifest(host, &release.id)?.is_some_and(|made| plan(&whole(&made), target, 0, 0).is_empty());
    Ok((there && same).then(|| release.clone()))
}

fn basis(
    host: &dyn Host,
    switch: &dyn Switch,
    state: &State,
    ask: &Ask,
    lease: &Lease<'_>,
) -> Result<Basis, Fault> {
    let number = state.next_number();
    let id = index::id(number, (lease.now)());
    if let Some((intent, done)) = &state.intent
        && !ask.verify
        && state.index.find(&intent.id).is_none()
        && state.shown.as_ref() != Some(&intent.id)
    {
        let base = match &intent.base {
            Some(id) => manifest(host, id)?,
            None => Some(Manifest::new(Default::default())),
        };
        if let Some(base) = base {
            let known = intent.known(&base, *done);
            let (id, number) = (intent.id.clone(), intent.number);
            return Ok(Basis { id, number, start: intent.base.clone(), known, base, from: From::Resumed });
        }
    }
    if let (true, Some(shown)) = (switch.copies(), &state.shown) {
        let (known, base) = (state.known_shown(), state.live.clone());
        return Ok(Basis { id, number, start: Some(shown.clone()), known, base, from: From::Copied });
    }
    let spare = state.index.releases.first().filter(|oldest| {
        !oldest.doubtful
            && state.index.releases.len() as u64 >= ask.keep.max(2)
            && state.shown.as_ref() != Some(&oldest.id)
    });
    // Of a folder that was not looked at nothing is known for sure.
    if let Some(spare) = spare.filter(|_| !switch.copies() && !ask.verify)
        && let Some(base) = manifest(host, &spare.id)?
    {
        let start = Some(spare.id.clone());
        let mut known = whole(&base);
        for path in switch.lacks(&spare.id, &base)? {
            known.remove(&path);
        }
        return Ok(Basis { id, number, start, known, base, from: From::Reused });
    }
    Ok(empty(lease, number))
}

fn empty(lease: &Lease<'_>, number: u64) -> Basis {
    let base = Manifest::new(Default::default());
    Basis {
        id: index::id(number, (lease.now)()),
        number,
        start: None,
        known: Known::new(),
        base,
        from: From::Nothing,
    }
}

/// Makes the folder of the new release and fills it; says no when what is there is not what our notes say.
fn stage(
    host: &dyn Host,
    switch: &dyn Switch,
    state: &State,
    basis: &Basis,
    target: &Manifest,
    tree: &Tree,
) -> Result<bool, Fault> {
    let staged = plan(&basis.known, target, 0, 0);
    // Nobody sees this folder yet, and a name may change from file to folder, or only in case: what goes, goes first.
    let (goes, comes): (Vec<&Step>, Vec<&Step>) =
        staged.steps().partition(|step| matches!(step, Step::Remove { .. }));
    let count = goes.len() + comes.len();
    let mut intent = Intent::new(&basis.id, basis.number, basis.start.clone());
    intent.known = beyond(&basis.known, &basis.base);
    intent.steps = goes.iter().chain(&comes).map(|step| (step.path().to_owned(), step.result())).collect();
    host.put(&own(INTENT), &intent.bytes())?;
    let start = match (&basis.start, basis.from) {
        (Some(id), From::Copied) => Start::Copy(id),
        (Some(id), From::Reused) => Start::Reuse(id),
        // It is not known whether the folder was made before the last try was cut.
        (Some(id), From::Resumed) if switch.copies() => Start::Copy(id),
        (Some(id), From::Resumed) => Start::Reuse(id),
        _ => Start::Empty,
    };
    switch.prepare(&basis.id, start)?;
    let place = format!("{RELEASES}/{}", basis.id);
    if basis.start.is_some() {
        let there = mark(host, &place)?;
        if there != basis.start && there.as_deref() != Some(basis.id.as_str()) {
            return Ok(false);
        }
    }
    let shown = state.shown.as_deref().map(|id| switch.place(id, Some(id)));
    let act = |step| act(step, &place, shown.as_deref(), &state.live);
    let mut done = 0;
    for batch in batches(&goes).chain(batches(&comes)) {
        let acts: Vec<Act<'_>> = batch.iter().copied().map(act).collect();
        host.apply(&acts, Some(tree))?;
        done += batch.len();
        if done < count {
            host.put(&own(PROGRESS), format!("{} {done}", token(&intent)).as_bytes())?;
        }
    }
    host.put(&format!("{place}/{MARK}"), basis.id.as_bytes())?;
    Ok(true)
}

/// What a step is in the folder of the new release; what the release that is shown has already is not sent again.
fn act<'p>(step: &'p Step, place: &str, shown: Option<&str>, live: &Manifest) -> Act<'p> {
    match step {
        Step::Remove { path, .. } => Act::Delete { key: format!("{place}/{path}") },
        Step::Put { path, entry, .. } => {
            let key = format!("{place}/{path}");
            let same = live.files.get(path).is_some_and(|live| live.same(entry));
            match shown {
                Some(shown) if same => Act::Copy { from: format!("{shown}/{path}"), to: key, entry },
                _ => Act::Put { key, path, entry },
            }
        }
    }
}

/// Removes what only a deploy at work needs, and releases that are no longer kept.
fn clear(host: &dyn Host, switch: &dyn Switch, gone: &[String]) -> Result<(), Fault> {
    let mut acts = vec![Act::Delete { key: own(INTENT) }, Act::Delete { key: own(PROGRESS) }];
    acts.extend(gone.iter().map(|id| Act::Delete { key: manifest_key(id) }));
    if !gone.is_empty() {
        switch.remove(gone)?;
    }
    host.apply(&acts, None)
}

pub(super) fn rollback(
    host: &dyn Host,
    switch: &dyn Switch,
    state: &State,
    target: Release,
    ask: &Ask,
) -> Result<Outcome, Vec<Fault>> {
    let place = switch.place(&target.id, state.shown.as_deref());
    let there = mark(host, &place)?.as_deref() == Some(&target.id);
    let Some(wanted) = manifest(host, &target.id)?.filter(|_| there) else {
        return Err(vec![Problem::new("deploy-release-gone").arg("release", &target.id).into()]);
    };
    let mut outcome = Outcome::of(&plan(&whole(&state.live), &wanted, state.index.number, 0));
    if !ask.dry {
        // A withdrawal that was cut may have left something.
        let left = wanted.files.keys().filter(|path| state.index.withdrawn.contains(*path));
        let acts: Vec<Act<'_>> = left.map(|path| Act::Delete { key: format!("{place}/{path}") }).collect();
        host.apply(&acts, None)?;
        switch.point(&target.id)?;
        outcome.release = Some(target);
    }
    Ok(outcome)
}
