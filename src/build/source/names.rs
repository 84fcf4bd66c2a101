//! Names that some system holds only once.

use super::SourceFile;
use crate::files;
use crate::problem::{Place, Problem};
use std::collections::BTreeMap;

/// Keeps one file a path, and says which paths would meet on a disk that ignores case. `files` is sorted.
pub(super) fn clashes(files: &mut Vec<SourceFile>, problems: &mut Vec<Problem>) {
    files.dedup_by(|later, first| {
        let twice = later.path == first.path;
        if twice {
            let path = &first.path;
            problems.push(Problem::new("name-twice").arg("path", path).at(Place::file(&**path)));
        }
        twice
    });
    // Most names have no capitals; only those that have can clash.
    let mut capitals: BTreeMap<String, &str> = BTreeMap::new();
    for file in files.iter().filter(|file| has_capitals(&file.path)) {
        let folded = file.path.to_lowercase();
        let plain = files.binary_search_by(|other| (*other.path).cmp(&folded)).is_ok();
        let other =
            if plain { Some(folded.clone()) } else { capitals.get(&folded).map(|&other| other.to_owned()) };
        if let Some(other) = other {
            let problem = Problem::new("name-case-clash").arg("path", &file.path).arg("other", other);
            problems.push(problem.at(Place::file(&*file.path)));
        }
        capitals.entry(folded).or_insert(&file.path);
    }
}

/// Whether any letter of a path is a capital.
pub(super) fn has_capitals(path: &str) -> bool {
    !files::has_plain_letters(path) && path.chars().any(char::is_uppercase)
}
