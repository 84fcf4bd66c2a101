//! Photos of one folder that show nearly the same: one of them is enough.

use crate::build::model::MediaId;
use crate::build::photo::Look;
use crate::build::plan::Plan;
use crate::digest::Digest;
use crate::problem::{Place, Problem};
use std::collections::BTreeMap;

/// A hint for each photo that resembles an earlier one of its folder.
pub fn find(plan: &Plan<'_>, looks: &[(MediaId, Digest, Look)]) -> Vec<Problem> {
    let library = &plan.kitchen.model.library;
    let mut folders: BTreeMap<&str, Vec<(&str, &Look)>> = BTreeMap::new();
    for (media, _, look) in looks {
        let media = library.get(*media);
        folders.entry(media.folder()).or_default().push((media.path.as_str(), look));
    }
    let mut problems = Vec::new();
    for photos in folders.values() {
        for (at, (path, look)) in photos.iter().enumerate() {
            let like = photos.iter().take(at).find(|(_, other)| look.resembles(other));
            problems.extend(like.map(|(other, _)| {
                let other = other.rsplit('/').next().unwrap_or(other);
                Problem::new("photo-similar").arg("file", path).arg("other", other).at(Place::file(*path))
            }));
        }
    }
    problems
}
