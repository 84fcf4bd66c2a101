//! Looking at every file on the host, not only at our notes: somebody may have changed or removed one, or the host kept
//! less than it said.
//!
//! In comes what the notes say, out goes what is true: the plan that follows mends it.

use super::state::State;
use crate::deploy::fault::Fault;
use crate::deploy::host::Host;
use crate::deploy::manifest::{Entry, LARGEST, Sha};
use crate::deploy::retry::several;
use crate::deploy::tree::Tree;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Corrects what is said of the files that are shown. Packed forms are looked at where the build has them too: others say
/// nothing of their own bytes.
pub(super) fn verify(host: &dyn Host, state: &mut State, tree: &Tree) -> Result<(), Fault> {
    let place = match (host.switch(), state.shown.as_deref()) {
        (_, None) => return Ok(()),
        (None, _) => String::new(),
        (Some(switch), Some(id)) => format!("{}/", switch.place(id, Some(id))),
    };
    let built =
        |path: &str, entry: &Entry| tree.manifest.files.get(path).is_some_and(|built| built.same(entry));
    let readable = state.live.files.iter().filter(|(_, entry)| entry.size <= LARGEST);
    let looked_at = readable.filter(|(path, entry)| entry.packed.is_none() || built(path, entry));
    let looked_at: Vec<(&String, &Entry)> = looked_at.collect();
    let wrong: Mutex<BTreeMap<String, Option<Entry>>> = Mutex::default();
    several(&looked_at, host.width(), |(path, entry)| {
        let there = host.get(&format!("{place}{path}"))?;
        let expected = match entry.packed {
            None => entry.sha256.clone(),
            Some(_) => Sha::of(&tree.bytes(path, entry)?),
        };
        let sha256 = there.as_deref().map(Sha::of);
        if sha256.as_ref() != Some(&expected) {
            let size = there.map_or(0, |bytes| bytes.len() as u64);
            let truth = sha256.map(|sha256| Entry { sha256, size, ..(*entry).clone() });
            wrong.lock().unwrap_or_else(PoisonError::into_inner).insert((*path).clone(), truth);
        }
        Ok(())
    })?;
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !wrong.is_empty() {
        // Who was at work in this release may have been in the others.
        state.index.releases.iter_mut().for_each(|release| release.doubtful = true);
    }
    for (path, truth) in wrong {
        match truth {
            Some(entry) => _ = state.live.files.insert(path, entry),
            None => _ = state.live.files.remove(&path),
        }
    }
    Ok(())
}
