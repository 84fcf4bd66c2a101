//! plan: model → outputs. Every path that will be published, and the recipe of what stands there; complete and cheap.
//!
//! Two outputs that want one path are found here, before anything is rendered. [`Kitchen`] turns a recipe into its key
//! and, on demand, into a context.

mod article;
mod collisions;
mod face;
mod feeds;
mod files;
mod lists;
mod page;
mod pages;
mod paginate;
mod parts;
mod picture;
mod section;
mod shared;
mod shown;
mod values;

pub use article::{Article, Drawn, Image, Owner};
pub use parts::{Kitchen, Part, Press, Shared};
pub use picture::{Picture, photo_key, variant_path};
pub use values::{Fields, url};

use crate::build::model::{MediaId, Model};
use crate::build::photo::Variant;
use crate::build::root::{ROOT, SITE};
use crate::digest::{Digest, Digester};
use crate::kinds::Free;
use crate::problem::Problem;
use tera::Context;

/// What a page is made of, by the name under which its template sees it.
pub type Recipe = Vec<(&'static str, Part)>;

/// Something to be published.
#[derive(Clone, Debug)]
pub struct Output {
    /// Where, below the output folder.
    pub path: String,
    /// What it comes from, for messages.
    pub origin: String,
    /// How it is made.
    pub job: Job,
}

/// How an output is made.
#[derive(Clone, Debug)]
pub enum Job {
    /// A template with a context.
    Page {
        /// Name of the template.
        template: String,
        /// What its context holds.
        recipe: Recipe,
    },
    /// A photo in several sizes and formats, each a file; `path` is that of the first.
    Photo {
        /// The original.
        media: MediaId,
        /// Path and size of each file.
        files: Vec<(String, Variant)>,
    },
    /// A file as it is, without its metadata.
    File {
        /// The file.
        media: MediaId,
    },
}

impl Output {
    /// Whether it only leads on from an alias.
    fn is_redirect(&self) -> bool {
        matches!(&self.job, Job::Page { template, .. } if template == "redirect.html")
    }
}

/// Everything that will be published.
pub struct Plan<'m> {
    /// Makes keys and contexts.
    pub kitchen: Kitchen<'m>,
    /// Sorted by path, each path once.
    pub outputs: Vec<Output>,
}

/// Model → plan.
pub fn plan(model: &Model) -> (Plan<'_>, Vec<Problem>) {
    let assets = files::assets(model);
    let kitchen =
        Kitchen::new(model, shared::site(model), model.theme.words.clone(), shared::assets(&assets));
    let mut outputs = Vec::with_capacity(model.pages.len() + model.sections.len());
    pages::plan(&kitchen, &mut outputs);
    paginate::sections(model, &mut outputs);
    paginate::terms(model, &mut outputs);
    feeds::plan(model, &mut outputs);
    files::plan(&kitchen, assets, &mut outputs);
    let mut problems = collisions::find(&mut outputs);
    problems.extend(files::uncleanable(model, &outputs));
    (Plan { kitchen, outputs }, problems)
}

impl Kitchen<'_> {
    /// The digest of everything that a page is made of.
    pub fn recipe_digest(&self, template: &str, recipe: &Recipe) -> Digest {
        let mut digester = Digester::new();
        digester.text(template).digest(&self.model.theme.templates_digest);
        for (name, part) in recipe {
            digester.text(name).digest(&part.digest(self));
        }
        digester.finish()
    }

    /// The context of a page: its recipe, made.
    pub fn context(&self, recipe: &Recipe, press: &impl Press) -> Result<Context, Problem> {
        let mut context = Context::new();
        for (name, part) in recipe {
            context.insert_value(*name, part.value(self, press)?);
        }
        Ok(context)
    }
}

/// What every page's context holds. `url` is below the root.
fn common(model: &Model, layout: &str, url: &str, section_key: &str) -> Recipe {
    let text = |text: String| Part::Plain(Free::Text(text));
    let absolute = if model.config.has_address() { Free::Text(format!("{SITE}/{url}")) } else { Free::Null };
    vec![
        ("site", Part::Shared(Shared::Site)),
        ("words", Part::Shared(Shared::Words)),
        ("assets", Part::Shared(Shared::Assets)),
        ("layout", text(layout.to_owned())),
        ("current", text(format!("{ROOT}/{url}"))),
        ("absolute", Part::Plain(absolute)),
        ("section_key", text(section_key.to_owned())),
    ]
}

/// A link as plain data.
fn link(title: &str, url: &str) -> Free {
    Free::Map(vec![
        ("title".to_owned(), Free::Text(title.to_owned())),
        ("url".to_owned(), Free::Text(format!("{ROOT}/{url}"))),
    ])
}

/// The file of a URL below the root.
fn file_of(url: &str) -> String {
    let path = url.split('#').next().unwrap_or_default();
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}
