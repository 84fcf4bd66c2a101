//! A page with everything its own layout shows.

use super::article::{Article, Owner};
use super::face::Face;
use super::parts::{Kitchen, Press, faces, pictures};
use super::picture::Picture;
use super::shown::file;
use super::values::{Fields, list, url};
use crate::build::markdown::Heading;
use crate::build::model::{MediaId, PageId};
use crate::digest::{Digest, Digester};
use crate::problem::Problem;
use tera::Value;

/// Everything of a page.
pub struct PagePart<'m> {
    id: PageId,
    face: Face<'m>,
    article: Option<Article<'m>>,
    previous: Option<PageId>,
    next: Option<PageId>,
    backlinks: Vec<PageId>,
    related: Vec<(&'m str, &'m [PageId])>,
    photos: Vec<MediaId>,
    attachments: Vec<MediaId>,
}

impl<'m> PagePart<'m> {
    /// Gathers it.
    pub fn new(kitchen: &Kitchen<'m>, id: PageId) -> Self {
        let model = kitchen.model;
        let article = Article::new(model, Owner::Page(id));
        let (previous, next) = kitchen.neighbours[id.0];
        let mut attachments: Vec<MediaId> = article.iter().flat_map(Article::files).collect();
        attachments.sort_unstable();
        attachments.dedup();
        PagePart {
            id,
            face: Face::new(model, id),
            previous,
            next,
            backlinks: model.relations.backlinks(id).to_vec(),
            related: model
                .relations
                .of(id)
                .iter()
                .map(|(name, ids)| (name.as_str(), ids.as_slice()))
                .collect(),
            photos: model.album(id),
            attachments,
            article,
        }
    }

    /// The digest of all that the value is made of.
    pub fn digest(&self, kitchen: &Kitchen<'_>) -> Digest {
        let mut digester = Digester::new();
        digester.digest(&kitchen.face_digest(self.id));
        if let Some(article) = &self.article {
            digester.digest(&article.digest(kitchen));
        }
        let model = kitchen.model;
        for near in [self.previous, self.next] {
            let link = near.map(|id| (&model.page(id).title, &model.page(id).url));
            digester.value(&link);
        }
        let mut add = |pages: &[PageId]| {
            digester.number(pages.len() as u64);
            pages.iter().for_each(|id| {
                digester.digest(&kitchen.face_digest(*id));
            });
        };
        add(&self.backlinks);
        self.related.iter().for_each(|(_, ids)| add(ids));
        self.related.iter().for_each(|(name, _)| {
            digester.text(name);
        });
        let photos: Vec<Picture> = self.photos.iter().map(|id| Picture::new(model, *id, None)).collect();
        let attached: Vec<_> = self
            .attachments
            .iter()
            .map(|id| (model.library.published_path(*id), model.library.get(*id).size))
            .collect();
        digester.value(&photos).value(&attached).finish()
    }

    /// As templates see it.
    pub fn value(&self, kitchen: &Kitchen<'_>, press: &impl Press) -> Result<Value, Problem> {
        let model = kitchen.model;
        let content = match &self.article {
            Some(article) => press.article(kitchen, Owner::Page(self.id), article)?,
            None => String::new(),
        };
        let link = |id: Option<PageId>| match id.map(|id| model.page(id)) {
            Some(page) => Fields::new().with("title", page.title.as_str()).with("url", url(&page.url)).done(),
            None => Value::none(),
        };
        let mut related = Fields::new();
        for field in
            model.kinds.get(model.page(self.id).kind).fields.iter().filter(|field| field.target.is_some())
        {
            related.set(&field.key, list([]));
        }
        for name in model.kinds.inverses_of(model.page(self.id).kind) {
            related.set(name, list([]));
        }
        for (name, ids) in &self.related {
            related.set(name, faces(kitchen, ids));
        }
        let attachments = self
            .attachments
            .iter()
            .map(|id| file(model, *id, &model.library.published_path(*id), model.library.get(*id).size));
        let headings = self.article.as_ref().map_or(&[][..], |article| &article.row.facts.headings);
        Ok(self
            .face
            .fields(model, self.id, &kitchen.photos)
            .with("content", Value::safe_string(&content))
            .with("toc", contents(headings))
            .with("previous", link(self.previous))
            .with("next", link(self.next))
            .with("backlinks", faces(kitchen, &self.backlinks))
            .with("related", related.done())
            .with("photos", pictures(kitchen, &self.photos, model.page(self.id).language))
            .with("attachments", list(attachments))
            .done())
    }
}

/// Headings as a tree: each holds those of a deeper level that follow it.
pub fn contents(headings: &[Heading]) -> Value {
    let mut rest = headings.iter().filter(|heading| heading.level > 1).peekable();
    let mut top = Vec::new();
    while rest.peek().is_some() {
        top.extend(branch(&mut rest));
    }
    list(top)
}

fn branch<'h>(rest: &mut std::iter::Peekable<impl Iterator<Item = &'h Heading>>) -> Option<Value> {
    let heading = rest.next()?;
    let mut children = Vec::new();
    // Levels end at six, so this goes at most five deep.
    while rest.peek().is_some_and(|next| next.level > heading.level) {
        children.extend(branch(rest));
    }
    Some(
        Fields::new()
            .with("level", u64::from(heading.level))
            .with("id", heading.id.as_str())
            .with("title", heading.text.as_str())
            .with("children", list(children))
            .done(),
    )
}
