//! What is known of one Markdown file once it was read: everything but its body's HTML.
//!
//! A row depends on the file's own bytes, the kind table and the options of Markdown, on nothing else; so it is kept in
//! the memo under exactly these.

use crate::build::load::front_matter::Front;
use crate::build::markdown::Facts;
use crate::digest::Digest;
use crate::kinds::Free;
use crate::problem::{Place, Problem};
use serde::{Deserialize, Serialize};

/// One Markdown file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The file, relative to the site's root: `content/news/a.md`.
    pub path: String,
    /// Digest of the decoded text.
    pub digest: Digest,
    /// Front matter, checked against its kind.
    pub front: Front,
    /// Headings, words and all that refers to something else.
    pub facts: Facts,
    /// Where each link of `facts.links` stands.
    pub link_places: Vec<Place>,
    /// Where each image of `facts.images` stands.
    pub image_places: Vec<Place>,
    /// The components used, with their arguments read; in step with `facts.components`.
    pub components: Vec<ComponentUse>,
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
    pub place: Place,
}

impl Row {
    /// The folder of the file: `content/news`.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The file's name without `.md`.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name);
        name.strip_suffix(".md").unwrap_or(name)
    }

    /// Whether this is a section's own file.
    pub fn is_section(&self) -> bool {
        self.stem() == "_index"
    }

    /// Whether the page has a folder of its own (`name/index.md`).
    pub fn is_bundle(&self) -> bool {
        self.stem() == "index"
    }
}
