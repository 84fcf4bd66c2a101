//! What is known of one Markdown file once it was read: everything but its body's HTML. A record of a table is a row
//! without an article: `content/villages/村情.xlsx!Sheet1!07`.
//!
//! A row depends on the file's own bytes, the kind table and the options of Markdown, on nothing else; so it is kept in
//! the memo under exactly these.

use crate::build::load::aside::Aside;
use crate::build::load::front_matter::Front;
use crate::build::load::texts::kept;
use crate::build::markdown::{self, LinkKind};
use crate::config::{Config, LanguageId, is_language};
use crate::digest::Digest;
use crate::kinds::{Date, Free};
use crate::problem::{Place, Problem, Spot};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// One Markdown file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The file, relative to the site's root: `content/news/a.md`.
    #[serde(with = "kept")]
    pub path: Arc<str>,
    /// The file's name without `.md` and without its language (`a.en.md`).
    #[serde(with = "kept")]
    pub stem: Box<str>,
    /// The slug that its name gives.
    #[serde(with = "kept")]
    pub slug: Box<str>,
    /// The language that the name or the front matter says, else the main one.
    pub language: LanguageId,
    /// [`Digest::checksum`] of the decoded text.
    pub digest: Digest,
    /// Front matter, checked against its kind.
    pub front: Front,
    /// What its article holds.
    pub facts: Facts,
    /// The components used, with their arguments read, in the order of the text.
    pub components: Box<[ComponentUse]>,
    /// Faults of this file alone.
    pub problems: Vec<Problem>,
}

/// A component in an article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComponentUse {
    /// Its name, without braces.
    pub name: String,
    /// Its arguments in the order written; `None` when they could not be read.
    pub args: Option<Vec<(String, Free)>>,
    /// Where it starts.
    pub place: Spot,
}

/// What is kept of an article: what other pages may ask, and what refers to something else. Its HTML and its table of
/// contents are made from the text when its page is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The ids of its headings, and its first words.
    pub aside: Aside,
    /// Its links, in the order of the text.
    pub links: Box<[Link]>,
    /// Its images, in the order of the text.
    pub images: Box<[Image]>,
    /// Han characters.
    pub han: u32,
    /// Words and numbers of other scripts.
    pub latin: u32,
    /// The text of the first heading, if it has level 1 and nothing stands before it.
    pub first_heading_h1: Option<Box<str>>,
    /// Whether there is any raw HTML.
    pub raw_html: bool,
}

/// A link of an article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// As typed.
    pub dest: Box<str>,
    /// How it was written.
    pub kind: LinkKind,
    /// Where it stands.
    pub place: Spot,
}

/// An image of an article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// As typed.
    pub src: Box<str>,
    /// Plain text.
    pub alt: Box<str>,
    /// The title, or nothing.
    pub title: Box<str>,
    /// Whether its paragraph holds images only.
    pub alone: bool,
    /// Where it stands.
    pub place: Spot,
}

impl Facts {
    /// What is kept of `facts`, whose body begins at byte `start` of the file.
    pub(super) fn of(facts: markdown::Facts, start: usize) -> Self {
        let spot = |span: &Range<usize>| Spot::of(&(span.start + start..span.end + start));
        let link =
            |link: markdown::Link| Link { place: spot(&link.span), dest: link.dest.into(), kind: link.kind };
        let image = |image: markdown::Image| Image {
            place: spot(&image.span),
            src: image.src.into(),
            alt: image.alt.into(),
            title: image.title.into(),
            alone: image.alone,
        };
        let mut anchors: Vec<&str> = facts.headings.iter().map(|heading| &*heading.id).collect();
        anchors.sort_unstable();
        Facts {
            aside: Aside::new(&anchors, &facts.excerpt),
            links: facts.links.into_iter().map(link).collect(),
            images: facts.images.into_iter().map(image).collect(),
            han: facts.han,
            latin: facts.latin,
            first_heading_h1: facts.first_heading_h1.map(String::into),
            raw_html: facts.raw_html,
        }
    }
}

impl Row {
    /// Whether its front matter says its title; else its first heading is it.
    pub fn has_own_title(&self) -> bool {
        self.front.common.title.is_some()
    }

    /// A spot of this row, as it is told.
    pub fn place(&self, spot: &Spot) -> Place {
        spot.place(&self.path)
    }

    /// The folder of the file: `content/news`.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether this is a section's own file.
    pub fn is_section(&self) -> bool {
        &*self.stem == "_index"
    }

    /// Whether the page has a folder of its own (`name/index.md`).
    pub fn is_bundle(&self) -> bool {
        &*self.stem == "index"
    }

    /// Whether there is a file of Markdown; a record of a table has none.
    pub fn has_article(&self) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("md"))
    }

    /// The name that the author gave to the file or, for `name/index.md`, to its folder; without a date in front.
    pub fn name(&self) -> &str {
        name(&self.path, &self.stem)
    }

    /// The page, whatever its language and whether it has a folder of its own: `content/news/a`.
    pub fn subject(&self) -> String {
        if self.is_bundle() { self.folder().to_owned() } else { format!("{}/{}", self.folder(), self.stem) }
    }
}

/// See [`Row::name`].
pub(super) fn name<'r>(path: &'r str, stem: &'r str) -> &'r str {
    let mut above = path.rsplit('/').skip(1);
    let name = match (above.next(), above.next()) {
        (Some(folder), Some(_)) if stem == "index" => folder,
        _ => stem,
    };
    Date::of_file_name(name).map(|(_, rest)| rest).filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// The name of a Markdown file taken apart: `a.en.md` is `a` in English, where the site speaks English.
pub(super) struct FileName<'p> {
    /// Without ending and language.
    pub stem: &'p str,
    /// The language it names.
    pub language: Option<LanguageId>,
    /// The ending that looks like a language which the site does not speak.
    pub foreign: Option<&'p str>,
}

impl<'p> FileName<'p> {
    /// Takes the name of the file at `path` apart.
    pub(super) fn of(path: &'p str, config: &Config) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let whole = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let plain = FileName { stem: whole, language: None, foreign: None };
        let Some((stem, ending)) = whole.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else {
            return plain;
        };
        match config.language_of(ending) {
            Some(language) => FileName { stem, language: Some(language), foreign: None },
            None if is_language(ending) => FileName { foreign: Some(ending), ..plain },
            None => plain,
        }
    }
}
