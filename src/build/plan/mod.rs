//! plan: model → outputs. Every path that will be published, and the recipe of what stands there; complete and cheap.
//!
//! Two outputs that want one path are found here, before anything is rendered. [`Kitchen`] turns a recipe into its key
//! and, on demand, into a context.

mod again;
mod article;
mod collisions;
mod event;
mod face;
mod feed;
mod feeds;
mod files;
mod grouped;
mod kept;
mod lists;
mod page;
mod pages;
mod paginate;
mod parts;
mod picture;
mod section;
mod shared;
mod sheets;
mod shown;
mod site_map;
mod sitemap;
mod still;
mod trace;
mod values;
mod wanted;

pub use again::{Laid, again};
pub use article::{Article, Drawn, Image, Owner};
pub use parts::{Kitchen, Part, Press, Pressed, Shared};
pub use picture::{Picture, photo_key, short, variant_path};
pub use still::Still;
pub use trace::Piece;
pub use values::{Fields, url};

use crate::build::model::{MediaId, Model, PageId, SectionId, Touched};
use crate::build::photo::{Removed, Variant};
use crate::build::root::{ROOT, SITE};
use crate::config::LanguageId;
use crate::digest::{Digest, Digester, Marks};
use crate::kinds::Free;
use crate::problem::Problem;
use paginate::List;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use tera::Context;

/// What a page is made of, by the name under which its template sees it.
pub type Recipe = Vec<(&'static str, Part)>;

/// Something to be published.
#[derive(Clone, Debug)]
pub struct Output {
    /// Where, below the output folder. What is put there keeps it too.
    pub path: Arc<str>,
    /// How it is made.
    pub job: Job,
}

/// How an output is made.
#[derive(Clone, Debug)]
pub enum Job {
    /// A template with a context.
    Page(Dish),
    /// A photo in several sizes and formats, each a file; `path` is that of the first.
    Photo {
        /// The original.
        media: MediaId,
        /// Path and size of each file.
        files: Vec<(String, Variant)>,
    },
    /// The photos of a page's album in one file.
    Bundle {
        /// The page.
        page: PageId,
        /// In the order of the album.
        photos: Vec<MediaId>,
    },
    /// A file as it is, without its metadata.
    File {
        /// The file.
        media: MediaId,
    },
}

/// What a template is rendered for. Of what there are many only the number is kept: see [`Plan::order`].
#[derive(Clone, Debug)]
pub enum Dish {
    /// A page of the site.
    Page(PageId),
    /// One sheet of a list.
    Sheet {
        /// Among the plan's lists.
        list: usize,
        /// Among the list's sheets.
        at: usize,
    },
    /// Something that there is once.
    Single(Box<Single>),
}

/// An order that is ready.
#[derive(Clone, Debug)]
pub struct Single {
    /// What it comes from, for messages.
    pub origin: String,
    /// Name of the template, and what its context holds.
    pub order: Order,
}

/// A template and what it is made of.
#[derive(Clone, Debug)]
pub struct Order {
    /// Name of the template.
    pub template: String,
    /// What its context holds.
    pub recipe: Recipe,
}

impl Output {
    /// Something that there is once.
    fn single(path: String, origin: impl Into<String>, template: impl Into<String>, recipe: Recipe) -> Self {
        let order = Order { template: template.into(), recipe };
        Output {
            path: path.into(),
            job: Job::Page(Dish::Single(Box::new(Single { origin: origin.into(), order }))),
        }
    }

    /// Whether it only leads on from an alias.
    fn is_redirect(&self) -> bool {
        matches!(&self.job, Job::Page(Dish::Single(single)) if single.order.template == "redirect.html")
    }
}

/// What the keys of all pages have in common.
#[derive(Clone, Copy, Debug)]
pub struct Base {
    /// The program that makes them.
    pub program: Digest,
    /// Where the site will stand.
    pub address: Digest,
}

/// Everything that will be published.
pub struct Plan<'m> {
    /// Makes keys and contexts.
    pub kitchen: Kitchen<'m>,
    /// Sorted by path, each path once.
    pub outputs: Arc<Vec<Output>>,
    lists: Vec<List<'m>>,
    /// Outputs that there are once, made anew for outputs that were planned before; sorted by path.
    renewed: Vec<Output>,
}

impl Plan<'_> {
    /// The template and the recipe of a dish.
    pub fn order<'d>(&self, dish: &'d Dish) -> Cow<'d, Order> {
        let model = self.kitchen.model;
        match dish {
            Dish::Page(id) => Cow::Owned(pages::order(model, *id)),
            Dish::Sheet { list, at } => Cow::Owned(self.lists[*list].order(model, *at)),
            Dish::Single(single) => Cow::Borrowed(&single.order),
        }
    }

    /// What is as it was, where nothing but `touched` can be different.
    pub fn still<'p>(&'p self, touched: &'p Touched) -> Still<'p> {
        Still::new(self, touched)
    }

    /// What an output comes from, for messages.
    pub fn origin<'p>(&'p self, output: &'p Output) -> Cow<'p, str> {
        origin(self.kitchen.model, &self.lists, output)
    }
}

fn origin<'p>(model: &'p Model, lists: &'p [List<'_>], output: &'p Output) -> Cow<'p, str> {
    match &output.job {
        Job::Page(Dish::Page(id)) => Cow::Borrowed(&model.page(*id).row.path),
        Job::Page(Dish::Sheet { list, .. }) => lists[*list].origin(),
        Job::Page(Dish::Single(single)) => Cow::Borrowed(&single.origin),
        Job::Photo { media, .. } | Job::File { media } => Cow::Borrowed(&model.library.get(*media).path),
        Job::Bundle { page, .. } => Cow::Borrowed(&model.page(*page).row.path),
    }
}

impl Plan<'_> {
    /// What the photos that are published carried, and carry no more.
    pub fn removed(&self) -> Removed {
        files::removed(self.kitchen.model, &self.outputs)
    }

    /// The keys of all photos that are published.
    pub fn photo_keys(&self) -> BTreeSet<Digest> {
        let media = self.outputs.iter().filter_map(|output| match &output.job {
            Job::Photo { media, .. } => Some(*media),
            _ => None,
        });
        media.map(|id| photo_key(self.kitchen.model.library.get(id), &self.kitchen.photos)).collect()
    }
}

/// Model → plan.
pub fn plan(model: &Model) -> (Plan<'_>, Vec<Problem>) {
    let assets = files::assets(model);
    let kitchen = kitchen(model, &assets);
    let mut outputs = Vec::with_capacity(model.pages.len() + model.sections.len());
    pages::plan(model, &mut outputs);
    let mut lists = paginate::sections(model);
    paginate::terms(model, &mut lists, &mut outputs);
    for (list, all) in lists.iter().enumerate() {
        outputs.extend(all.outputs(list));
    }
    site_map::plan(model, &mut outputs);
    feeds::plan(model, &mut outputs);
    files::plan(&kitchen, assets, &mut outputs);
    let mut problems = collisions::find(&mut outputs, |output| origin(model, &lists, output).into_owned());
    problems.extend(files::told(model, &outputs));
    (Plan { kitchen, outputs: Arc::new(outputs), lists, renewed: Vec::new() }, problems)
}

fn kitchen<'m>(model: &'m Model, assets: &files::Assets) -> Kitchen<'m> {
    let sites: Vec<Free> =
        model.config.languages().map(|(language, _)| shared::site(model, language)).collect();
    Kitchen::new(model, &sites, &shared::assets(assets))
}

impl Kitchen<'_> {
    /// The digest of everything that a page is made of, besides `base`: what holds for all pages. `watch` asks for marks.
    pub fn key(&self, order: &Order, base: &Base, watch: bool) -> (Digest, Marks) {
        let mut digester = if watch { Digester::watching() } else { Digester::new() };
        digester.part(Piece::Program.number()).digest(&base.program);
        digester.part(Piece::Address.number()).digest(&base.address);
        digester.part(Piece::Templates.number());
        digester.text(&order.template).digest(&self.model.theme.templates_digest);
        for (name, part) in &order.recipe {
            digester.part(Piece::of(name).number()).text(name);
            part.add(self, &mut digester);
        }
        (digester.finish(), digester.marks())
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

/// What a page's context holds whatever the page is.
struct Head<'h> {
    /// The name of its layout.
    layout: &'h str,
    /// Path below the root.
    url: &'h str,
    /// The first folder below `content/`.
    section_key: &'h str,
    language: LanguageId,
    /// The same page in all its languages.
    translations: Vec<(LanguageId, String)>,
    /// The feeds of this page besides those of the site.
    feeds: Vec<feeds::Link>,
}

impl<'h> Head<'h> {
    /// A page in one language, without feeds of its own.
    fn new(layout: &'h str, url: &'h str, section_key: &'h str, language: LanguageId) -> Self {
        Head { layout, url, section_key, language, translations: Vec::new(), feeds: Vec::new() }
    }

    fn recipe(self, model: &Model) -> Recipe {
        let text = |text: &str| Part::Plain(Free::Text(text.to_owned()));
        let known = model.config.has_address();
        let absolute = |url: &str| if known { Free::Text([SITE, "/", url].concat()) } else { Free::Null };
        let translations = || {
            let all = self.translations.iter().map(|(language, url)| {
                let spoken = model.config.language(*language);
                map(vec![
                    ("code", Free::Text(spoken.code.clone())),
                    ("name", Free::Text(spoken.name.clone())),
                    ("url", Free::Text(format!("{ROOT}/{url}"))),
                    ("absolute", absolute(url)),
                    ("current", Free::Bool(*language == self.language)),
                ])
            });
            Part::Plain(Free::List(all.collect()))
        };
        let feeds = || {
            // Nearly all pages have but the feeds of the site: these share one part.
            if self.feeds.is_empty() {
                return Part::Shared(Shared::Feeds(self.language));
            }
            let all = feeds::of_site(model, self.language).into_iter().chain(self.feeds.iter().cloned());
            Part::Plain(Free::List(all.map(|feed| feed.free()).collect()))
        };
        // Nine are put here, and seldom more than four after them.
        let mut recipe = Recipe::with_capacity(13);
        put(&mut recipe, model, "site", || Part::Shared(Shared::Site(self.language)));
        put(&mut recipe, model, "words", || Part::Shared(Shared::Words(self.language)));
        put(&mut recipe, model, "assets", || Part::Shared(Shared::Assets));
        put(&mut recipe, model, "layout", || text(self.layout));
        put(&mut recipe, model, "current", || Part::Plain(Free::Text([ROOT, "/", self.url].concat())));
        put(&mut recipe, model, "absolute", || Part::Plain(absolute(self.url)));
        put(&mut recipe, model, "section_key", || text(self.section_key));
        put(&mut recipe, model, "translations", translations);
        put(&mut recipe, model, "feeds", feeds);
        recipe
    }
}

/// Adds a part, if some template names it.
fn put(recipe: &mut Recipe, model: &Model, name: &'static str, part: impl FnOnce() -> Part) {
    if model.theme.named.has_root(name) {
        recipe.push((name, part()));
    }
}

/// The home page of each language: the translations of a home page.
fn homes(model: &Model) -> Vec<(LanguageId, String)> {
    let homes: Vec<_> = model
        .sections
        .iter()
        .filter(|section| section.parent.is_none() && !section.hidden)
        .map(|section| (section.language, section.url.clone()))
        .collect();
    if homes.len() > 1 { homes } else { Vec::new() }
}

/// The section of a language's home; the main one's, where there is none.
fn home(model: &Model, language: LanguageId) -> SectionId {
    model.home(language).unwrap_or(SectionId(0))
}

/// A map of plain data.
fn map(entries: Vec<(&str, Free)>) -> Free {
    Free::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
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
    if path.is_empty() || path.ends_with('/') { [path, "index.html"].concat() } else { path.to_owned() }
}
