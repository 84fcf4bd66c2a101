//! Two outputs at one path: told before anything is rendered. Hosts and disks that ignore case count as one.

use super::Output;
use crate::problem::{Place, Problem};

/// Sorts the outputs by path and tells of those that want the same; of these only the first is left, so that what
/// follows is told nothing of them.
pub fn find(outputs: &mut Vec<Output>) -> Vec<Problem> {
    outputs.sort_by(|a, b| a.path.cmp(&b.path));
    let mut folded: Vec<(String, &Output)> =
        outputs.iter().map(|output| (output.path.to_lowercase(), output)).collect();
    folded.sort_by(|a, b| a.0.cmp(&b.0));
    let problems = folded
        .windows(2)
        .filter_map(|pair| match pair {
            [(a, first), (b, second)] if a == b => Some({
                // An alias gives way to the page that stands there.
                let (first, second) = if first.is_redirect() { (second, first) } else { (first, second) };
                Problem::new("output-taken")
                    .arg("path", &second.path)
                    .arg("one", &first.origin)
                    .arg("other", &second.origin)
                    .at(Place::file(&second.origin))
            }),
            _ => None,
        })
        .collect();
    outputs.dedup_by(|a, b| a.path == b.path);
    problems
}
