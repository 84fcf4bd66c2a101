//! An article as a page shows it: its text by digest, and all that its links, images and components mean.

use super::lists;
use super::parts::{Kitchen, Part};
use super::picture::Picture;
use super::shown::file;
use super::values::{Fields, free};
use crate::build::load::Row;
use crate::build::model::{Arg, ArticleLinks, Component, MediaId, Model, PageId, Scope, SectionId, Target};
use crate::config::LanguageId;
use crate::digest::Digester;
use serde::Serialize;
use tera::Value;

/// Whose article it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A page.
    Page(PageId),
    /// A section, for its `_index.md`.
    Section(SectionId),
}

/// What an image of an article is.
#[derive(Debug, Serialize)]
pub enum Image {
    /// A picture of the site.
    Picture(Box<Picture>),
    /// A picture somewhere else.
    Outside(String),
    /// One that is wrong; the build will not be published.
    Missing,
}

/// A component with everything its template sees.
#[derive(Debug)]
pub struct Drawn<'m> {
    /// The language of the article.
    pub language: LanguageId,
    /// The component.
    pub component: &'m Component,
    /// What it lists.
    pub lists: Vec<(String, Part)>,
}

/// Everything that an article's HTML is made of.
pub struct Article<'m> {
    /// The file and its facts.
    pub row: &'m Row,
    /// By number of the link: where it goes, below the root or elsewhere.
    pub links: &'m [Target],
    /// By number of the image.
    pub images: Vec<Image>,
    /// By number of the component.
    pub components: Vec<Option<Drawn<'m>>>,
}

impl<'m> Article<'m> {
    /// Gathers it; `None` for a section without `_index.md`, and for a record of a table.
    pub fn new(model: &'m Model, owner: Owner) -> Option<Self> {
        let (row, links, scope): (&Row, &ArticleLinks, Scope<'_>) = match owner {
            Owner::Page(id) => (
                &model.page(id).row,
                &model.links.pages[id.at()],
                Scope {
                    language: model.page(id).language,
                    page: Some(id),
                    section: Some(model.page(id).section),
                    ..Scope::default()
                },
            ),
            Owner::Section(id) => (
                model.section(id).row.as_ref()?,
                &model.links.sections[id.0],
                Scope { language: model.section(id).language, section: Some(id), ..Scope::default() },
            ),
        };
        if !row.has_article() {
            return None;
        }
        let images = links.images.iter().zip(&row.facts.images).map(|(target, image)| match target {
            Target::File(media) => Image::Picture(Box::new(Picture::new(model, *media, Some(&image.alt)))),
            Target::Outside(url) => Image::Outside(url.clone()),
            _ => Image::Missing,
        });
        let drawn = |component: &'m Option<Component>| {
            let component = component.as_ref()?;
            let spec = model.theme.components.get(&component.name)?;
            let scope = Scope { args: Some(&component.args), ..scope };
            Some(Drawn {
                language: scope.language,
                component,
                lists: lists::parts(model, &spec.lists, &scope),
            })
        };
        Some(Article {
            row,
            links: &links.links,
            images: images.collect(),
            components: links.components.iter().map(drawn).collect(),
        })
    }

    /// Adds all that the HTML is made of.
    pub fn add(&self, kitchen: &Kitchen<'_>, digester: &mut Digester) {
        digester.digest(&self.row.digest).value(&self.links);
        for media in self.files() {
            digester.text(&kitchen.model.library.published_path(media));
        }
        digester.value(&self.images).number(self.components.len() as u64);
        for drawn in &self.components {
            digester.number(u64::from(drawn.is_some()));
            if let Some(drawn) = drawn {
                drawn.add(kitchen, digester);
            }
        }
    }

    /// Files that the article links to.
    pub fn files(&self) -> impl Iterator<Item = MediaId> {
        let linked = self.links.iter().filter_map(|target| match target {
            Target::File(media) => Some(*media),
            _ => None,
        });
        linked.chain(self.args().filter_map(|arg| match arg {
            Arg::File(media) => Some(*media),
            _ => None,
        }))
    }

    /// The arguments of all components.
    fn args(&self) -> impl Iterator<Item = &Arg> {
        self.components.iter().flatten().flat_map(|drawn| drawn.component.args.values())
    }

    /// Pictures that the article shows, those of its components too.
    pub fn pictures(&self) -> Vec<MediaId> {
        let mut found: Vec<MediaId> = Vec::new();
        for image in &self.images {
            if let Image::Picture(picture) = image {
                found.push(picture.media);
            }
        }
        for arg in self.args() {
            if let Arg::Picture(media) = arg {
                found.push(*media);
            }
        }
        for (_, part) in self.components.iter().flatten().flat_map(|drawn| &drawn.lists) {
            // Faces and events show pictures of pages, which are published with these.
            if let Part::Pictures(photos, _) = part {
                found.extend(photos);
            }
        }
        found
    }
}

impl Drawn<'_> {
    /// Adds all that the component's HTML is made of.
    fn add(&self, kitchen: &Kitchen<'_>, digester: &mut Digester) {
        digester.text(&self.component.name).number(self.language.0 as u64);
        digester.number(self.component.args.len() as u64);
        for (name, arg) in &self.component.args {
            digester.text(name);
            match arg {
                Arg::Plain(value) => _ = digester.number(0).value(value),
                Arg::Page(page) => _ = digester.number(1).digest(&kitchen.face_digest(*page)),
                Arg::Picture(media) => {
                    Part::Pictures(vec![*media], self.language).add(kitchen, digester.number(2));
                }
                Arg::File(media) => Part::File(*media).add(kitchen, digester.number(3)),
            }
        }
        digester.number(self.lists.len() as u64);
        for (name, part) in &self.lists {
            digester.text(name);
            part.add(kitchen, digester);
        }
    }

    /// The arguments as the component's template sees them: every declared one, unset ones as none.
    pub fn args(&self, kitchen: &Kitchen<'_>) -> Value {
        let mut fields = Fields::new();
        if let Some(spec) = kitchen.model.theme.components.get(&self.component.name) {
            for name in spec.args.keys() {
                let value = match self.component.args.get(name) {
                    Some(Arg::Plain(value)) => free(value),
                    Some(Arg::Page(page)) => kitchen.face(*page),
                    Some(Arg::Picture(media)) => {
                        let chinese = kitchen.model.config.language(self.language).is_chinese();
                        let picture = Picture::new(kitchen.model, *media, None);
                        picture.value(kitchen.model, &kitchen.photos, chinese)
                    }
                    Some(Arg::File(media)) => {
                        let library = &kitchen.model.library;
                        file(kitchen.model, *media, &library.published_path(*media), library.get(*media).size)
                    }
                    None => Value::none(),
                };
                fields.set(name, value);
            }
        }
        fields.done()
    }
}
