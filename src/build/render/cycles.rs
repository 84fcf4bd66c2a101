//! Components that use themselves: Tera would draw them until the stack is gone, so they are found before.

use crate::problem::{Place, Problem};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A component's definition: where its name stands, and which components its body uses.
struct Definition {
    template: String,
    name: Range<usize>,
    uses: BTreeSet<String>,
}

/// A problem for each component that reaches itself.
pub fn find(texts: &BTreeMap<String, (String, String)>) -> Vec<Problem> {
    let mut definitions: BTreeMap<String, Definition> = BTreeMap::new();
    for (template, (_, text)) in texts {
        for (name, span, body) in components(text) {
            let uses = calls(body).map(str::to_owned).collect();
            definitions.insert(name.to_owned(), Definition { template: template.clone(), name: span, uses });
        }
    }
    definitions
        .iter()
        .filter(|(name, _)| reaches(&definitions, name))
        .map(|(name, definition)| {
            let problem = Problem::new("template-loop").arg("chain", format!("{name} → … → {name}"));
            match texts.get(&definition.template) {
                Some((path, text)) => problem.at(Place::of(path, text, definition.name.clone())),
                None => problem,
            }
        })
        .collect()
}

/// Whether a component leads back to itself.
fn reaches(definitions: &BTreeMap<String, Definition>, start: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = vec![start];
    while let Some(name) = open.pop() {
        for used in definitions.get(name).iter().flat_map(|definition| &definition.uses) {
            if used == start {
                return true;
            }
            if seen.insert(used.as_str()) {
                open.push(used);
            }
        }
    }
    false
}

/// Name, its place, and body of each component defined in a template.
fn components(text: &str) -> impl Iterator<Item = (&str, Range<usize>, &str)> {
    let word = |at: usize| -> Option<(&str, usize)> {
        let rest = text.get(at..)?;
        let start = at + rest.len() - rest.trim_start().len();
        let name = identifier(text.get(start..)?);
        (!name.is_empty()).then_some((name, start))
    };
    text.match_indices("{%").filter_map(move |(at, _)| {
        let tag = text.get(at + 2..)?.trim_start_matches('-');
        let inner = tag.trim_start();
        let after = text.len() - inner.strip_prefix("component")?.len();
        let (name, start) = word(after)?;
        let body = text.get(start..)?;
        let end = body.find("endcomponent").unwrap_or(body.len());
        Some((name, start..start + name.len(), body.get(..end)?))
    })
}

/// The components that a text uses: `{{<name …/>}}` and `{% <name …> %}`.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('<').filter_map(|(at, _)| {
        let before = text.get(..at)?.trim_end_matches([' ', '-']);
        if !(before.ends_with("{{") || before.ends_with("{%")) {
            return None;
        }
        let name = identifier(text.get(at + 1..)?.trim_start());
        (!name.is_empty()).then_some(name)
    })
}

/// The dotted name at the start of a text.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
