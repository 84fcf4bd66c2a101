//! Two outputs at one path: told before anything is rendered. Hosts and disks that ignore case count as one.

use super::Output;
use crate::files::folded;
use crate::problem::{Place, Problem};
use std::borrow::Cow;

/// Sorts the outputs by path and tells of those that want the same; of these only the first is left, so that what
/// follows is told nothing of them.
pub fn find(outputs: &mut Vec<Output>, origin: impl Fn(&Output) -> String) -> Vec<Problem> {
    outputs.sort_by(|a, b| a.path.cmp(&b.path));
    // Nearly all paths are folded already, and then stand in the right order.
    let mut folded: Vec<(Cow<'_, str>, &Output)> =
        outputs.iter().map(|output| (folded(&output.path), output)).collect();
    folded.sort_by(|(a, _), (b, _)| a.cmp(b));
    let problems = folded
        .windows(2)
        .filter_map(|pair| match pair {
            [(a, first), (b, second)] if a == b => Some({
                // An alias gives way to the page that stands there.
                let (first, second) = if first.is_redirect() { (second, first) } else { (first, second) };
                let (one, other) = (origin(first), origin(second));
                Problem::new("output-taken")
                    .arg("path", &second.path)
                    .arg("one", one)
                    .arg("other", &other)
                    .at(Place::file(other))
            }),
            _ => None,
        })
        .collect();
    outputs.dedup_by(|a, b| a.path == b.path);
    problems
}
