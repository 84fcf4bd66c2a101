//! What a site sets under `[theme_options]`, held against what the theme says it may set.
//!
//! A theme declares its options with their defaults under `[options]`, and under `[choices]` which words an option takes.
//! In come both tables and the site's paths; out come the problems of the site's own settings.

use crate::build::source::Source;
use crate::kinds::Free;
use crate::problem::{Place, Problem};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What an option of a theme may be.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Choice {
    /// One of these words, or a list of some of them.
    Words(Vec<String>),
    /// `"static"`: a file under `static/`, or nothing.
    File(FileChoice),
}

/// Where a file that an option names is looked for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum FileChoice {
    /// Under `static/`.
    Static,
}

/// The problems of what the site has set; `options` are the theme's own.
pub fn check(
    set: &Free,
    options: &toml::Table,
    choices: &BTreeMap<String, Choice>,
    source: &Source,
) -> Vec<Problem> {
    let Free::Map(set) = set else { return Vec::new() };
    let mut problems = Vec::new();
    for (key, value) in set {
        if !options.contains_key(key) {
            let known: Vec<&str> = options.keys().map(String::as_str).collect();
            problems.push(Problem::new("theme-option").arg("key", key).arg("known", known.join(", ")));
            continue;
        }
        match choices.get(key) {
            Some(Choice::Words(words)) => {
                for wrong in said(value).into_iter().filter(|one| !words.contains(one)) {
                    problems.push(
                        Problem::new("theme-option-value")
                            .arg("key", key)
                            .arg("value", wrong)
                            .arg("known", words.join(", ")),
                    );
                }
            }
            Some(Choice::File(FileChoice::Static)) => {
                for name in said(value).into_iter().filter(|name| !name.is_empty()) {
                    let path = format!("static/{name}");
                    if source.get(&path).is_none() {
                        problems.push(Problem::new("theme-option-file").arg("key", key).arg("file", path));
                    }
                }
            }
            None => {}
        }
    }
    problems.into_iter().map(|problem| problem.at(Place::file("site.toml"))).collect()
}

/// The words of a value; what is no text as it would be typed.
fn said(value: &Free) -> Vec<String> {
    match value {
        Free::Null => Vec::new(),
        Free::Bool(truth) => vec![truth.to_string()],
        Free::Int(number) => vec![number.to_string()],
        Free::Float(number) => vec![number.to_string()],
        Free::Text(text) => vec![text.clone()],
        Free::List(values) => values.iter().flat_map(said).collect(),
        Free::Map(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
    }
}
