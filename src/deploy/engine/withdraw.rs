//! Taking a page down at once: from what is shown and from every kept release, for good.

use super::lease::Lease;
use super::pictures::Look;
use super::state::{INDEX, State};
use super::{Ask, Outcome, alone, read};
use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, Host};
use crate::deploy::index::{blob_key, manifest_key, own};
use crate::deploy::manifest::{Manifest, Sha};
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// Takes down what a path or an address means: a file, or a page with the files in its folder.
///
/// # Errors
/// Nothing of ours is there; a host that cannot be reached or refuses.
pub fn withdraw(host: &dyn Host, asked: &str, ask: &Ask, lease: &Lease<'_>) -> Result<Outcome, Vec<Fault>> {
    alone(host, ask, lease, |host| taken_down(host, asked, ask, lease))
}

fn taken_down(host: &dyn Host, asked: &str, ask: &Ask, lease: &Lease<'_>) -> Result<Outcome, Vec<Fault>> {
    let mut state = read(host, ask, lease)?;
    let mut releases: BTreeMap<String, Manifest> = BTreeMap::new();
    for release in &state.index.releases {
        // A release whose manifest cannot be read would keep the page.
        if let Some(bytes) = host.get(&manifest_key(&release.id))? {
            let damaged = || Problem::new("deploy-notes-damaged").arg("path", manifest_key(&release.id));
            releases
                .insert(release.id.clone(), Manifest::read(&bytes).ok_or_else(|| Fault::lasting(damaged()))?);
        }
    }
    if let Some(shown) = &state.shown {
        releases.insert(shown.clone(), state.live.clone());
    }
    let paths: BTreeSet<String> = releases
        .values()
        .flat_map(|manifest| manifest.files.keys())
        .chain(&state.index.withdrawn)
        .filter(|path| is_meant(path, asked))
        .cloned()
        .collect();
    if paths.is_empty() {
        return Err(vec![Problem::new("deploy-withdraw-unknown").arg("path", asked).into()]);
    }
    let look = Look { host, state: &state, releases: &releases };
    let (photos, shared) = look.photos(&paths)?;
    let mut outcome = Outcome {
        steps: paths.iter().chain(&photos).map(|path| format!("- {path}")).collect(),
        ..Outcome::default()
    };
    if !shared.is_empty() {
        let shared: Vec<String> = shared.iter().map(|path| format!("/{path}")).collect();
        outcome.notes.push(Problem::new("deploy-withdraw-photos").arg("paths", shared.join(", ")));
    }
    if ask.dry {
        return Ok(outcome);
    }
    // First it is written down, so that no deploy brings it back, wherever this one is cut.
    state.index.withdrawn.extend(paths.iter().cloned());
    let used = |keep: bool| -> BTreeSet<Sha> {
        let files = releases.values().flat_map(|manifest| &manifest.files);
        files
            .filter(|(path, _)| paths.contains(*path) != keep)
            .map(|(_, entry)| entry.sha256.clone())
            .collect()
    };
    let blobs: BTreeSet<Sha> = used(false).difference(&used(true)).cloned().collect();
    let index = &state.index;
    let trash = index.trash.iter().map(|(last, sha)| (sha, last));
    let all =
        index.blobs.iter().chain(state.intent.iter().flat_map(|(intent, _)| &intent.blobs)).chain(trash);
    let blob_keys: BTreeSet<String> =
        all.filter(|(sha, _)| blobs.contains(*sha)).map(|(sha, last)| blob_key(sha, *last)).collect();
    host.put(&own(INDEX), &state.index.bytes())?;
    // A page goes after its pictures, and they after their entries: cut anywhere, the page still names them, and no
    // manifest claims a picture that is gone.
    forget(host, &mut releases, &photos)?;
    remove(host, &state, &releases, &photos)?;
    remove(host, &state, &releases, &paths)?;
    if host.switch().is_none() {
        let acts: Vec<Act<'_>> = blob_keys.into_iter().map(|key| Act::Delete { key }).collect();
        host.apply(&acts, None)?;
        // Not earlier: cut before, the same again must know of them. Not later: no note may name what is gone.
        state.index.blobs.retain(|sha, _| !blobs.contains(sha));
        state.index.trash.retain(|(_, sha)| !blobs.contains(sha));
        host.put(&own(INDEX), &state.index.bytes())?;
    }
    forget(host, &mut releases, &paths)?;
    if host.keeps_versions() {
        outcome.notes.push(Problem::new("deploy-withdraw-versions"));
    }
    Ok(outcome)
}

/// Removes files from what is shown and from every kept release.
fn remove(
    host: &dyn Host,
    state: &State,
    releases: &BTreeMap<String, Manifest>,
    paths: &BTreeSet<String>,
) -> Result<(), Fault> {
    let mut acts: Vec<Act<'_>> = Vec::new();
    match host.switch() {
        None => acts.extend(paths.iter().map(|path| Act::Delete { key: path.clone() })),
        Some(switch) => {
            for id in releases.keys() {
                let place = switch.place(id, state.shown.as_deref());
                acts.extend(paths.iter().map(|path| Act::Delete { key: format!("{place}/{path}") }));
            }
        }
    }
    host.apply(&acts, None)
}

/// Takes files out of the manifests.
fn forget(
    host: &dyn Host,
    releases: &mut BTreeMap<String, Manifest>,
    paths: &BTreeSet<String>,
) -> Result<(), Fault> {
    for (id, manifest) in releases {
        let before = manifest.files.len();
        manifest.files.retain(|path, _| !paths.contains(path));
        if manifest.files.len() != before {
            host.put(&manifest_key(id), &manifest.bytes())?;
        }
    }
    Ok(())
}

/// Whether a published path is meant: itself, its packed forms, or what lies in the folder of a page.
pub(in crate::deploy) fn is_meant(path: &str, asked: &str) -> bool {
    let asked =
        asked.split_once("://").map_or(asked, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let asked = asked.trim_start_matches('/');
    let folder = asked.strip_suffix("index.html").unwrap_or(asked).trim_end_matches('/');
    let stem = path.strip_suffix(".gz").or_else(|| path.strip_suffix(".br")).unwrap_or(path);
    if !asked.is_empty() && (path == asked || stem == asked) {
        return true;
    }
    // The folder of a page, but no pages below it; never the whole site.
    !folder.is_empty()
        && path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|rest| !rest.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_goes_with_its_files_but_not_with_pages_below_it() {
        for asked in ["/news/a/", "news/a", "news/a/index.html", "https://example.org/news/a/"] {
            assert!(is_meant("news/a/index.html", asked), "{asked}");
            assert!(is_meant("news/a/index.html.br", asked), "{asked}");
            assert!(is_meant("news/a/表.csv", asked), "{asked}");
            assert!(!is_meant("news/a/b/index.html", asked), "{asked}");
            assert!(!is_meant("news/index.html", asked), "{asked}");
            assert!(!is_meant("news/ab/index.html", asked), "{asked}");
        }
        assert!(!is_meant("index.html", "/"));
        assert!(is_meant("photos/ae781f2c781ac93f-480.jpg", "/photos/ae781f2c781ac93f-480.jpg"));
    }
}
