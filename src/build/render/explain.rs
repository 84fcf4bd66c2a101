//! Why an output was rendered: which part of what it is made of is not as it was in the build before.

use super::Publisher;
use crate::build::api::{Explanation, Why};
use crate::build::plan::{Base, Job, Output, Piece, Plan};
use crate::problem::Problem;

/// Explains every output that `asked` names: by its path, its URL, or the file it comes from.
pub(super) fn explain(plan: &Plan<'_>, base: &Base, publisher: &Publisher, asked: &str) -> Vec<Explanation> {
    let asked = asked.replace('\\', "/");
    let path = asked.trim_start_matches('/');
    let index =
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let of_path = |output: &&Output| *output.path == *index || plan.origin(output) == path;
    let found = plan.outputs.iter().filter(of_path);
    found
        .map(|output| Explanation {
            path: output.path.to_string(),
            origin: plan.origin(output).into_owned(),
            why: why(plan, base, publisher, output),
        })
        .collect()
}

fn why(plan: &Plan<'_>, base: &Base, publisher: &Publisher, output: &Output) -> Why {
    let Some(before) = publisher.before(&output.path) else { return Why::New };
    let Job::Page(dish) = &output.job else {
        return if before.whole { Why::Same } else { Why::Restored };
    };
    let (key, marks) = plan.kitchen.key(&plan.order(dish), base, true);
    match (key == before.key, before.whole) {
        (true, true) => Why::Same,
        (true, false) => Why::Restored,
        (false, _) => Why::Changed(marks.differing(&before.marks).map(Piece::at).collect()),
    }
}

/// Nothing has that name: the nearest URL or file is suggested.
pub(super) fn unknown(plan: &Plan<'_>, asked: &str) -> Problem {
    let names = plan.outputs.iter().flat_map(|output| {
        let url = output.path.strip_suffix("index.html").unwrap_or(&output.path);
        [format!("/{url}"), plan.origin(output).into_owned()]
    });
    let names: Vec<String> = names.collect();
    Problem::new("explain-unknown").arg("path", asked).suggest(asked, names.iter().map(String::as_str))
}
