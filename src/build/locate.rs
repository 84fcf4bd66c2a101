//! Looks up the lines of problems whose places were kept small: only files of which something is told are read again.

use super::source::Source;
use crate::files::decode;
use crate::problem::Problem;
use std::collections::BTreeMap;

/// Gives every place its line and excerpt. A file that went away meanwhile is told without them.
pub fn locate(problems: &mut [Problem], source: &Source) {
    let mut by_file: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, problem) in problems.iter().enumerate() {
        if let Some(place) = problem.place.as_ref().filter(|place| place.span.is_some()) {
            by_file.entry(place.file.clone()).or_default().push(at);
        }
    }
    for (file, told) in by_file {
        let Some(Ok(bytes)) = source.get(&file).map(|file| file.read()) else { continue };
        let decoded = decode(&bytes);
        for at in told {
            if let Some(problem) = problems.get_mut(at) {
                problem.place = problem.place.take().map(|place| place.found_in(&decoded.text));
            }
        }
    }
}
