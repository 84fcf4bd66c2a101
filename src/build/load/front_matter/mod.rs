//! Front matter: the top of a Markdown file → what its kind says it may be.
//!
//! In come a file's text (without BOM) and the kind that its folder suggests; out go [`Front`] and every problem of the
//! block at once. Whatever the text is, a `Front` comes out, and `body` is a character border inside the text.

pub mod convert;
mod fence;
mod fields;
mod number;
mod sparse;
mod units;

use super::texts::{Texts, kept};
use crate::kinds::tree::{self, Entry, Fault, FaultKind};
use crate::kinds::{Date, DateFault, Free, KindId, Kinds, Order, Reference, Value};
use crate::problem::{Place, Problem, Spot};
use convert::Converter;
use fence::{Block, Syntax};
use serde::{Deserialize, Serialize};
use sparse::{Fallback, Sparse};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// A page's front matter, checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Front {
    /// What every page may carry.
    pub common: Common,
    /// The kind: that of the folder, unless the page (or section) names another.
    pub kind: KindId,
    /// The kind's fields that are set, by key, in the order of the kind.
    pub fields: Vec<(String, Value)>,
    /// The free part.
    pub extra: Sparse<Free>,
    /// The byte at which the Markdown begins.
    pub body: usize,
}

/// What every page may carry, whatever its kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of front matter, told in kinds::common")]
pub struct Common {
    /// Shared with the page that bears it.
    #[serde(with = "kept::optional")]
    pub title: Option<Arc<str>>,
    pub date: Option<Date>,
    pub description: Option<Box<str>>,
    pub tags: Texts,
    pub cover: Option<Box<Reference>>,
    pub draft: bool,
    pub pinned: bool,
    pub credit: Sparse<Credit>,
    pub title_place: Option<Spot>,
    pub date_place: Option<Spot>,
    pub rare: Sparse<Rare>,
}

/// Whom the text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of front matter, told in kinds::common")]
pub struct Credit {
    pub source: Option<Box<str>>,
    pub author: Option<Box<str>>,
    pub editor: Option<Box<str>>,
}

/// What few pages carry, kept apart so that the others need no room for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of front matter, told in kinds::common")]
pub struct Rare {
    pub updated: Option<Date>,
    pub slug: Option<Box<str>>,
    pub aliases: Vec<String>,
    pub publish: Option<Date>,
    pub expire: Option<Date>,
    pub weight: Option<i64>,
    pub reviewer: Option<Box<str>>,
    pub layout: Option<Box<str>>,
    pub language: Option<String>,
    pub slug_place: Option<Spot>,
    /// Of sections: a common key or a field of the section's kind.
    pub sort_by: Option<String>,
    /// Of sections.
    pub order: Option<Order>,
    /// Of sections; `Some(0)` puts all on one page.
    pub paginate_by: Option<usize>,
}

impl Fallback for Free {
    fn fallback() -> &'static Self {
        &Free::Null
    }
}

impl Fallback for Credit {
    fn fallback() -> &'static Self {
        static NOTHING: Credit = Credit { source: None, author: None, editor: None };
        &NOTHING
    }
}

impl Fallback for Rare {
    fn fallback() -> &'static Self {
        static NOTHING: LazyLock<Rare> = LazyLock::new(Rare::default);
        &NOTHING
    }
}

/// Reads the front matter of `text`, the content of `file`. `kind` is the folder's kind; `section` says that the file is
/// an `_index.md`.
pub fn parse(file: &str, text: &str, kinds: &Kinds, kind: KindId, section: bool) -> (Front, Vec<Problem>) {
    let mut converter = Converter::new(file, text);
    let Some(block) = fence::find(text) else {
        let front = fields::front(&mut converter, kinds, kind, section, &[], Some(&(0..0)), 0);
        return (front, converter.problems);
    };
    let (entries, faults) = read(text, &block);
    let not_a_map = faults.iter().any(|fault| fault.what == FaultKind::NotAMap)
        || (block.syntax == Syntax::Yaml
            && !faults.is_empty()
            && !text.get(block.inner.clone()).is_some_and(fence::names_something));
    if not_a_map {
        // Two thematic breaks with words between them: Markdown, and legal, but perhaps meant otherwise.
        converter.tell(Problem::new("front-matter-not-a-map"), &block.fence);
        let front = fields::front(&mut converter, kinds, kind, section, &[], Some(&(0..0)), 0);
        return (front, converter.problems);
    }
    let fenced = if faults.is_empty() && block.closed { Some(&block.fence) } else { None };
    let front = fields::front(&mut converter, kinds, kind, section, &entries, fenced, block.body);
    let mut problems = faults_told(file, text, &block, faults);
    let broken: Vec<u32> = problems.iter().filter_map(|problem| Some(problem.place.as_ref()?.line)).collect();
    // What a broken line seems to say is no news.
    let sound = |problem: &Problem| problem.place.as_ref().is_none_or(|place| !broken.contains(&place.line));
    problems.extend(converter.problems.into_iter().filter(sound));
    problems.sort();
    (front, problems)
}

/// Checks what a row of a table says, as [`parse`] does with front matter; `name` is the cell at which missing fields are
/// told.
pub fn check(
    converter: &mut Converter<'_>,
    kinds: &Kinds,
    kind: KindId,
    entries: &[Entry],
    name: &Range<usize>,
) -> Front {
    fields::front(converter, kinds, kind, false, entries, Some(name), 0)
}

fn read(text: &str, block: &Block) -> (Vec<Entry>, Vec<Fault>) {
    match block.syntax {
        Syntax::Toml => tree::toml::parse(text, block.inner.clone()),
        Syntax::Yaml => tree::yaml::parse(text, block.inner.clone()),
    }
}

fn faults_told(file: &str, text: &str, block: &Block, faults: Vec<Fault>) -> Vec<Problem> {
    let fence = block.syntax.fence();
    if !block.closed {
        // Where the block ends is a guess, so its other faults are guesses too.
        let problem = Problem::new("front-matter-unclosed").arg("fence", fence);
        return vec![problem.at(Place::of(file, text, block.fence.clone()))];
    }
    let problem = |fault: Fault| {
        let problem = match fault.what {
            FaultKind::Syntax(detail) if block.syntax == Syntax::Toml => {
                let other = || Problem::new("front-matter-toml").arg("detail", detail);
                impossible_date(text, &fault.span).unwrap_or_else(other)
            }
            FaultKind::Syntax(detail) => Problem::new("front-matter-yaml").arg("detail", detail),
            FaultKind::Duplicate => {
                let key = text.get(fault.span.clone()).unwrap_or_default();
                Problem::new("duplicate-key").arg("key", key).arg("first", key)
            }
            FaultKind::Punctuation { found, wanted } => {
                Problem::new("front-matter-punctuation").arg("found", found).arg("wanted", wanted)
            }
            FaultKind::NotAMap => Problem::new("front-matter-not-a-map"),
        };
        problem.at(Place::of(file, text, fault.span))
    };
    faults.into_iter().map(problem).collect()
}

/// TOML takes a day that no calendar has for a slip in writing.
fn impossible_date(text: &str, span: &Range<usize>) -> Option<Problem> {
    let value = text.get(span.clone())?.trim();
    let line = text.get(..span.start)?.rsplit('\n').next()?;
    let key = line.split('=').next()?.trim();
    let problem = || Problem::new("impossible-date").arg("key", key).arg("value", value);
    matches!(Date::parse(value), Err(DateFault::Impossible)).then(problem)
}

#[cfg(test)]
mod tests;
