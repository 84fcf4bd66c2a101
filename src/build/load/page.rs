//! Text of one Markdown file → [`Row`].

use super::bodies::Gathering;
use super::front_matter;
use super::row::{self, ComponentUse, Facts, FileName, Row};
use crate::build::markdown::{self, Slots};
use crate::config::{Config, LanguageId};
use crate::digest::Digest;
use crate::kinds::{Free, KindId, Kinds};
use crate::problem::{Place, Problem, Spot};
use crate::slug;
use std::sync::Arc;

/// Reads a page's text; faults go into the row, its HTML into `bodies`.
pub(super) fn read(
    path: &Arc<str>,
    text: &str,
    (kinds, config): (&Kinds, &Config),
    options: &markdown::Options,
    bodies: Option<&Gathering>,
) -> Row {
    let name = FileName::of(path, config);
    let section = name.stem == "_index";
    let (front, mut problems) = front_matter::parse(path, text, kinds, kind_of(path, kinds), section);
    let language = language(path, &name, &front, config, &mut problems);
    let body = text.get(front.body..).unwrap_or_default();
    let at = |span: &std::ops::Range<usize>| {
        Place::of(&**path, text, span.start + front.body..span.end + front.body)
    };
    let chinese = config.language(language).is_chinese();
    let fixed = Slots {
        words: markdown::Words::of(chinese),
        skip_title: front.common.title.is_none(),
        ..Slots::default()
    };
    let (facts, fragment) = match bodies {
        Some(_) => markdown::press(body, options, &fixed),
        None => (markdown::facts(body, options), None),
    };
    problems.extend(facts.faults.iter().map(|fault| fault.problem(path, text, front.body)));
    let components = facts
        .components
        .iter()
        .map(|component| {
            let args = arguments(&component.args)
                .map_err(|(detail, span)| {
                    let start = component.args_span.start;
                    problems.push(
                        Problem::new("component-arguments")
                            .arg("component", &component.name)
                            .arg("detail", detail)
                            .at(at(&(start + span.start..start + span.end))),
                    );
                })
                .ok();
            let span = component.span.start + front.body..component.span.end + front.body;
            ComponentUse { name: component.name.clone(), args, place: Spot::of(&span) }
        })
        .collect();
    let mut row = Row {
        path: Arc::clone(path),
        stem: name.stem.into(),
        slug: slug::slug(row::name(path, name.stem), config.slugs).into(),
        language,
        digest: Digest::checksum(text.as_bytes()),
        components,
        facts: Facts::of(facts, front.body),
        front,
        problems,
    };
    if let Some(bodies) = bodies {
        row.facts.aside = bodies.put_aside(row.facts.aside);
        if let Some(fragment) = fragment {
            bodies.put(&row, chinese, &fragment);
        }
    }
    row
}

/// The language of a page: what its front matter says, else its name.
pub(super) fn language(
    path: &str,
    name: &FileName<'_>,
    front: &front_matter::Front,
    config: &Config,
    problems: &mut Vec<Problem>,
) -> LanguageId {
    let said = front.common.rare.language.as_deref();
    if let (Some(code), None) = (said, said.and_then(|code| config.language_of(code))) {
        let known: Vec<&str> = config.languages().map(|(_, language)| language.code.as_str()).collect();
        problems.push(
            Problem::new("language-unknown")
                .arg("language", code)
                .arg("known", known.join(", "))
                .at(Place::file(path)),
        );
    }
    said.and_then(|code| config.language_of(code)).or(name.language).unwrap_or_default()
}

/// The kind that the first folder under `content/` stands for.
pub(super) fn kind_of(path: &str, kinds: &Kinds) -> KindId {
    let inside = path.strip_prefix("content/").unwrap_or(path);
    inside.split_once('/').and_then(|(folder, _)| kinds.by_folder(folder)).unwrap_or_else(|| kinds.page())
}

/// The parser's words and where they point to.
type Misread = (String, std::ops::Range<usize>);

/// A component's arguments; an error carries the parser's words and where they point to.
fn arguments(text: &str) -> Result<Vec<(String, Free)>, Misread> {
    let table: toml::Table = toml::from_str(text).map_err(|error: toml::de::Error| {
        (error.message().to_owned(), error.span().unwrap_or(0..text.len()))
    })?;
    Ok(table.into_iter().map(|(key, value)| (key, Free::from(value))).collect())
}
