//! Text of one Markdown file → [`Row`].

use super::front_matter;
use super::row::{ComponentUse, Row};
use crate::build::markdown::{self, Facts};
use crate::digest::Digest;
use crate::kinds::{Free, KindId, Kinds};
use crate::problem::{Place, Problem};

/// Reads a page's text; faults go into the row.
pub fn read(path: &str, text: &str, kinds: &Kinds, options: &markdown::Options) -> Row {
    let section = path.ends_with("/_index.md");
    let (front, mut problems) = front_matter::parse(path, text, kinds, kind_of(path, kinds), section);
    let body = text.get(front.body..).unwrap_or_default();
    let at =
        |span: &std::ops::Range<usize>| Place::of(path, text, span.start + front.body..span.end + front.body);
    let facts = markdown::facts(body, options);
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
            ComponentUse { name: component.name.clone(), args, place: at(&component.span) }
        })
        .collect();
    Row {
        path: path.to_owned(),
        digest: Digest::of(text.as_bytes()),
        link_places: facts.links.iter().map(|link| at(&link.span)).collect(),
        image_places: facts.images.iter().map(|image| at(&image.span)).collect(),
        components,
        facts: Facts { faults: Vec::new(), ..facts },
        front,
        problems,
    }
}

/// The kind that the first folder under `content/` stands for.
fn kind_of(path: &str, kinds: &Kinds) -> KindId {
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
