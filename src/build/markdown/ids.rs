//! Gives headings their ids: the explicit one, or one made from the text, unique in the body and the same every time.
//!
//! Footnotes use ids with a colon (`fn:1`); a heading's id never holds one in those places, so the two never meet.

use super::cjk::is_han;
use super::types::Heading;
use std::collections::{BTreeMap, BTreeSet};

/// Fills in the ids; `explicit` goes along with `headings`. Gives back the indices whose explicit id was taken.
pub(super) fn assign(headings: &mut [Heading], explicit: &[Option<String>]) -> Vec<usize> {
    let mut taken = BTreeSet::new();
    let mut duplicates = Vec::new();
    for (index, (heading, id)) in headings.iter_mut().zip(explicit).enumerate() {
        if let Some(id) = id.as_deref().map(allowed).filter(|id| !id.is_empty()) {
            if taken.insert(id.clone()) {
                heading.id = id;
            } else {
                duplicates.push(index);
            }
        }
    }
    let mut next: BTreeMap<String, u32> = BTreeMap::new();
    for (heading, id) in headings.iter_mut().zip(explicit) {
        if !heading.id.is_empty() {
            continue;
        }
        let base =
            id.as_deref().map(allowed).filter(|id| !id.is_empty()).unwrap_or_else(|| of_text(&heading.text));
        let number = next.entry(base.clone()).or_insert(1);
        heading.id = loop {
            let id = if *number == 1 { base.clone() } else { format!("{base}-{number}") };
            *number = number.saturating_add(1);
            if taken.insert(id.clone()) {
                break id;
            }
        };
    }
    duplicates
}

/// An explicit id without what an attribute or a footnote would trip over.
fn allowed(id: &str) -> String {
    let id: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    if id.starts_with("fn:") || id.starts_with("fnref:") { id.replacen(':', "-", 1) } else { id }
}

/// Han and other letters and digits as they are (lower case), spaces and hyphens as `-`, the rest dropped.
fn of_text(text: &str) -> String {
    let mut id = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if is_han(c) {
            // They have no case; to ask what is one of all letters takes longer than all the rest.
            id.push(c);
        } else if c.is_alphanumeric() || c == '_' {
            id.extend(c.to_lowercase());
        } else if (c.is_whitespace() || c == '-') && !id.ends_with('-') && !id.is_empty() {
            id.push('-');
        }
    }
    id.truncate(id.trim_end_matches('-').len());
    if id.is_empty() { "section".to_owned() } else { id }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[(&str, Option<&str>)], expected: &[&str]) {
        let mut headings: Vec<Heading> = texts
            .iter()
            .map(|(text, _)| Heading { level: 2, text: (*text).into(), id: String::new(), span: 0..0 })
            .collect();
        let explicit: Vec<Option<String>> = texts.iter().map(|(_, id)| id.map(str::to_owned)).collect();
        assign(&mut headings, &explicit);
        assert_eq!(headings.iter().map(|heading| heading.id.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn ids_are_readable_and_unique() {
        check(&[("（一）强化履职担当，压实党建“主责任”", None)], &["一强化履职担当压实党建主责任"]);
        check(
            &[("Red  Tourism - 2026!", None), ("……", None), ("", None)],
            &["red-tourism-2026", "section", "section-2"],
        );
        check(
            &[("村", None), ("村", None), ("村 2", None), ("x", Some("村-3")), ("村", None)],
            &["村", "村-2", "村-2-2", "村-3", "村-4"],
        );
        check(&[("a", Some("fn:1")), ("b", Some("c")), ("d", Some("c"))], &["fn-1", "c", "c-2"]);
    }
}
