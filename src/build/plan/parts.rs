//! Parts: what a recipe is made of. A part knows its digest and, when the output has to be made, its value; both come
//! from the same data, and a context holds nothing but the parts of its recipe.

use super::article::{Article, Owner};
use super::face::Face;
use super::feed::Feed;
use super::kept::Kept;
use super::page::PagePart;
use super::pages::ancestors;
use super::picture::Picture;
use super::section::SectionPart;
use super::shown::file;
use super::values::{Fields, free, list, url};
use super::wanted::Wanted;
use super::{event, feeds, grouped, sitemap};
use crate::build::markdown::Heading;
use crate::build::model::{EventId, Group, MediaId, Model, PageId, SectionId, Tag};
use crate::build::photo::Recipe as PhotoRecipe;
use crate::config::LanguageId;
use crate::digest::{Digest, Digester};
use crate::kinds::Free;
use crate::problem::Problem;
use std::ops::Range;
use std::sync::OnceLock;
use tera::Value;

/// A part of a recipe.
#[derive(Clone, Debug)]
pub enum Part {
    /// Small data that stands in the recipe itself.
    Plain(Free),
    /// Something that many outputs share, made once.
    Shared(Shared),
    /// Faces of pages.
    Faces(Vec<PageId>),
    /// Faces in groups, labelled in a language.
    Groups(Vec<Group>, LanguageId),
    /// Events.
    Events(Vec<EventId>),
    /// Events by year and month, labelled in a language.
    Months(Vec<EventId>, LanguageId),
    /// Pictures, dated in a language.
    Pictures(Vec<MediaId>, LanguageId),
    /// A file to download.
    File(MediaId),
    /// A page with its article.
    Page(PageId),
    /// A section; with its article, counts and children only if it is shown `whole`.
    Section {
        /// Which.
        id: SectionId,
        /// On archive pages it is not, so that they never change again.
        whole: bool,
    },
    /// What a feed tells.
    Feed(Box<Feed>),
    /// Addresses of a sitemap, of all that there are.
    Addresses(Range<usize>),
    /// Parts by name.
    Named(Vec<(String, Part)>),
}

/// What every page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// Title, menu, footer, options, in a language.
    Site(LanguageId),
    /// The words of the interface in a language.
    Words(LanguageId),
    /// The feeds of the whole site in a language.
    Feeds(LanguageId),
    /// URLs of the theme's assets.
    Assets,
    /// The sections from home down to and including one.
    Ancestors(SectionId),
}

/// Turns an article into HTML; the render stage does it, since it needs templates and the article's text.
pub trait Press: Sync {
    /// The HTML of an article.
    fn article(&self, kitchen: &Kitchen<'_>, owner: Owner, article: &Article<'_>)
    -> Result<Pressed, Problem>;
}

/// An article as HTML.
#[derive(Clone, Debug, Default)]
pub struct Pressed {
    /// Safe to be put into a page.
    pub html: String,
    /// Its headings, for the table of contents.
    pub headings: Vec<Heading>,
}

/// So many tags are made once, some 4 MiB; where there are more, few pages share one.
const TAGS: usize = 10_000;

/// Where parts get their digests and values; each is made once and shared.
pub struct Kitchen<'m> {
    /// The showcase.
    pub model: &'m Model,
    /// How photos are scaled.
    pub photos: PhotoRecipe,
    /// What templates ask for.
    pub wanted: Wanted,
    /// Digest and value of the shared parts, by language where they have one.
    sites: Vec<(Digest, Value)>,
    words: Vec<(Digest, Value)>,
    feeds: Vec<(Digest, Value)>,
    assets: (Digest, Value),
    ancestors: Vec<OnceLock<(Digest, Value)>>,
    /// Values of the first [`TAGS`] tags, by number.
    tags: Box<[OnceLock<Value>]>,
    /// Digest of the kind table and of all that faces depend on besides themselves.
    base: Digest,
    digests: Vec<OnceLock<Digest>>,
    kept: Kept,
    /// The pages before and after each in its section.
    pub neighbours: Vec<(Option<PageId>, Option<PageId>)>,
}

impl<'m> Kitchen<'m> {
    /// A kitchen for `model`, with its shared parts.
    pub fn new(model: &'m Model, sites: &[Free], assets: &Free) -> Self {
        let photos = photo_recipe(model);
        let codes: Vec<&str> = model.config.languages.iter().map(|language| language.code.as_str()).collect();
        let base = Digest::of_value(&(&model.kinds, &photos, codes, model.config.has_address()));
        let made = |part: &Free| (Digest::of_value(part), free(part));
        let wanted = Wanted::new(&model.theme.named, &model.kinds);
        Kitchen {
            sites: sites.iter().map(made).collect(),
            words: model.theme.words.iter().map(made).collect(),
            feeds: model.config.languages().map(|(id, _)| made(&feeds::shared(model, id))).collect(),
            assets: made(assets),
            ancestors: model.sections.iter().map(|_| OnceLock::new()).collect(),
            tags: (0..model.tag_count().min(TAGS)).map(|_| OnceLock::new()).collect(),
            digests: model.pages.iter().map(|_| OnceLock::new()).collect(),
            kept: Kept::new(model.pages.len(), wanted.entries()),
            neighbours: neighbours(model),
            wanted,
            base,
            photos,
            model,
        }
    }

    /// The digest of a page's face.
    pub fn face_digest(&self, id: PageId) -> Digest {
        *self.digests[id.at()].get_or_init(|| self.digested(&Face::new(self.model, &self.wanted.face, id)))
    }

    /// The digest of a page's face that is there already.
    pub fn digest_of_face(&self, id: PageId, face: &Face<'_>) -> Digest {
        *self.digests[id.at()].get_or_init(|| self.digested(face))
    }

    fn digested(&self, face: &Face<'_>) -> Digest {
        Digester::new().digest(&self.base).value(face).finish()
    }

    /// A page's face.
    pub fn face(&self, id: PageId) -> Value {
        let make = || Face::new(self.model, &self.wanted.face, id).finished(self, id);
        self.kept.face(id, &self.model.page(id).row, make)
    }

    /// A page's face, if it is one of those that are kept: made now, unless a list has made it before.
    pub fn kept_face(&self, id: PageId) -> Option<Value> {
        self.kept.has_room(id, &self.model.page(id).row).then(|| self.face(id))
    }

    /// A tag.
    pub fn tag(&self, tag: &Tag<'_>) -> Value {
        let make = || Fields::with_capacity(2).with("name", tag.name).with("url", url(&tag.url)).done();
        match tag.number.and_then(|number| self.tags.get(number)) {
            Some(kept) => kept.get_or_init(make).clone(),
            None => make(),
        }
    }

    fn shared(&self, shared: Shared) -> &(Digest, Value) {
        match shared {
            Shared::Site(language) => &self.sites[language.0],
            Shared::Words(language) => &self.words[language.0],
            Shared::Feeds(language) => &self.feeds[language.0],
            Shared::Assets => &self.assets,
            Shared::Ancestors(section) => self.ancestors[section.0].get_or_init(|| {
                let chain = ancestors(self.model, Some(section));
                (Digest::of_value(&chain), free(&chain))
            }),
        }
    }
}

/// How the site wants its photos.
pub fn photo_recipe(model: &Model) -> PhotoRecipe {
    let wanted = &model.config.photos;
    PhotoRecipe {
        widths: wanted.widths.clone(),
        jpeg_quality: wanted.jpeg_quality,
        webp_quality: wanted.webp_quality,
        avif_quality: wanted.avif_quality,
        ..PhotoRecipe::default()
    }
}

/// Before (older, in lists by date) and after each page.
fn neighbours(model: &Model) -> Vec<(Option<PageId>, Option<PageId>)> {
    let mut neighbours = vec![(None, None); model.pages.len()];
    for section in model.sections.iter() {
        let pages = model.in_turn(section);
        for (at, id) in pages.iter().enumerate() {
            let (one, other) =
                (at.checked_sub(1).and_then(|at| pages.get(at)).copied(), pages.get(at + 1).copied());
            // In a list that runs backwards, the page below is the one before.
            neighbours[id.at()] = if section.by_date { (other, one) } else { (one, other) };
        }
    }
    neighbours
}

impl Part {
    /// Adds everything that the value is made of.
    pub fn add(&self, kitchen: &Kitchen<'_>, digester: &mut Digester) {
        match self {
            Part::Plain(value) => _ = digester.number(0).value(value),
            Part::Shared(shared) => _ = digester.number(1).digest(&kitchen.shared(*shared).0),
            Part::Faces(pages) => {
                digester.number(2).number(pages.len() as u64);
                for id in pages {
                    digester.digest(&kitchen.face_digest(*id));
                }
            }
            Part::Groups(groups, language) => {
                digester.number(3).digest(&kitchen.base).number(language.0 as u64);
                grouped::add(kitchen, groups, digester);
            }
            Part::Events(events) => {
                digester.number(8).digest(&kitchen.base);
                event::add(kitchen, events, digester);
            }
            Part::Months(events, language) => {
                digester.number(9).digest(&kitchen.base).number(language.0 as u64);
                event::add(kitchen, events, digester);
            }
            Part::File(media) => {
                let size = kitchen.model.library.get(*media).size;
                digester.number(10).text(&kitchen.model.library.published_path(*media)).number(size);
            }
            Part::Pictures(photos, language) => {
                digester.number(4).digest(&kitchen.base).number(language.0 as u64);
                digester.number(photos.len() as u64);
                for id in photos {
                    digester.value(&Picture::new(kitchen.model, *id, None));
                }
            }
            Part::Page(id) => PagePart::new(kitchen, *id).add(kitchen, digester.number(5)),
            Part::Section { id, whole } => {
                SectionPart::new(kitchen.model, *id, *whole).add(kitchen, digester.number(6));
            }
            Part::Feed(feed) => feed.add(kitchen, digester.number(11)),
            Part::Addresses(range) => sitemap::add(kitchen, range, digester.number(12)),
            Part::Named(parts) => {
                digester.number(7).number(parts.len() as u64);
                for (name, part) in parts {
                    digester.text(name);
                    part.add(kitchen, digester);
                }
            }
        }
    }

    /// The digest of that.
    pub fn digest(&self, kitchen: &Kitchen<'_>) -> Digest {
        let mut digester = Digester::new();
        self.add(kitchen, &mut digester);
        digester.finish()
    }

    /// The value that templates see.
    pub fn value(&self, kitchen: &Kitchen<'_>, press: &impl Press) -> Result<Value, Problem> {
        Ok(match self {
            Part::Plain(value) => free(value),
            Part::Shared(shared) => kitchen.shared(*shared).1.clone(),
            Part::Faces(pages) => faces(kitchen, pages),
            Part::Groups(groups, language) => {
                grouped::values(kitchen, groups, kitchen.model.config.language(*language).is_chinese())
            }
            Part::Events(events) => event::values(kitchen, events),
            Part::Months(events, language) => {
                event::months(kitchen, events, kitchen.model.config.language(*language).is_chinese())
            }
            Part::File(media) => {
                let model = kitchen.model;
                file(model, *media, &model.library.published_path(*media), model.library.get(*media).size)
            }
            Part::Pictures(photos, language) => pictures(kitchen, photos, *language),
            Part::Page(id) => PagePart::new(kitchen, *id).value(kitchen, press)?,
            Part::Section { id, whole } => {
                SectionPart::new(kitchen.model, *id, *whole).value(kitchen, press)?
            }
            Part::Feed(feed) => feed.value(kitchen.model),
            Part::Addresses(range) => sitemap::value(kitchen, range),
            Part::Named(parts) => {
                let mut fields = Fields::new();
                for (name, part) in parts {
                    fields.set(name, part.value(kitchen, press)?);
                }
                fields.done()
            }
        })
    }
}

/// Faces as a list.
pub fn faces(kitchen: &Kitchen<'_>, pages: &[PageId]) -> Value {
    list(pages.iter().map(|id| kitchen.face(*id)))
}

/// Pictures as a list.
pub fn pictures(kitchen: &Kitchen<'_>, photos: &[MediaId], language: LanguageId) -> Value {
    let chinese = kitchen.model.config.language(language).is_chinese();
    let picture =
        |id: &MediaId| Picture::new(kitchen.model, *id, None).value(kitchen.model, &kitchen.photos, chinese);
    list(photos.iter().map(picture))
}
