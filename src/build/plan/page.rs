//! A page with everything its own layout shows.

use super::article::{Article, Owner};
use super::face::Face;
use super::parts::{Kitchen, Press, Pressed, faces, pictures};
use super::picture::Picture;
use super::shown::file;
use super::trace::Piece;
use super::values::{Fields, list, url};
use crate::build::markdown::Heading;
use crate::build::model::{MediaId, PageId};
use crate::digest::Digester;
use crate::problem::Problem;
use tera::Value;

/// Everything of a page.
pub struct PagePart<'m> {
    id: PageId,
    face: Face<'m>,
    /// What it shows of itself besides, if that is anything.
    own: Option<Face<'m>>,
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
        let wanted = |key: &str| kitchen.wanted.of_page(key);
        let article = Article::new(model, Owner::Page(id))
            .filter(|_| ["content", "toc", "attachments"].into_iter().any(wanted));
        let (previous, next) = kitchen.neighbours[id.at()];
        let mut attachments: Vec<MediaId> = article.iter().flat_map(Article::files).collect();
        attachments.sort_unstable();
        attachments.dedup();
        let related = model.relations.of(id).iter();
        let related = related.map(|(name, ids)| (&**name, ids.as_slice()));
        PagePart {
            id,
            face: Face::new(model, &kitchen.wanted.face, id),
            own: (!kitchen.wanted.own.is_empty(model.page(id).kind))
                .then(|| Face::new(model, &kitchen.wanted.own, id)),
            previous: previous.filter(|_| wanted("previous")),
            next: next.filter(|_| wanted("next")),
            backlinks: if wanted("backlinks") { model.relations.backlinks(id).to_vec() } else { Vec::new() },
            related: related.filter(|_| wanted("related")).collect(),
            photos: if wanted("photos") { model.album(id) } else { Vec::new() },
            attachments,
            article,
        }
    }

    /// Adds all that the value is made of.
    pub fn add(&self, kitchen: &Kitchen<'_>, digester: &mut Digester) {
        let model = kitchen.model;
        digester.digest(&kitchen.digest_of_face(self.id, &self.face)).value(&self.own);
        digester.part(Piece::Article.number()).number(u64::from(self.article.is_some()));
        if let Some(article) = &self.article {
            article.add(kitchen, digester);
        }
        digester.part(Piece::Neighbours.number());
        for near in [self.previous, self.next] {
            digester.value(&near.map(|id| (&model.page(id).title, &model.page(id).url)));
        }
        let faces = |digester: &mut Digester, pages: &[PageId]| {
            digester.number(pages.len() as u64);
            for id in pages {
                digester.digest(&kitchen.face_digest(*id));
            }
        };
        faces(digester.part(Piece::Backlinks.number()), &self.backlinks);
        digester.part(Piece::Related.number()).number(self.related.len() as u64);
        for (name, pages) in &self.related {
            faces(digester.text(name), pages);
        }
        digester.part(Piece::Photos.number()).number(self.photos.len() as u64);
        for id in &self.photos {
            digester.value(&Picture::new(model, *id, None));
        }
        digester.part(Piece::Attachments.number()).number(self.attachments.len() as u64);
        for id in &self.attachments {
            digester.text(&model.library.published_path(*id)).number(model.library.get(*id).size);
        }
    }

    /// As templates see it.
    pub fn value(&self, kitchen: &Kitchen<'_>, press: &impl Press) -> Result<Value, Problem> {
        let pressed = match &self.article {
            Some(article) => press.article(kitchen, Owner::Page(self.id), article)?,
            None => Pressed::default(),
        };
        let wanted = &kitchen.wanted;
        let face = kitchen.kept_face(self.id).unwrap_or_else(|| self.face.finished(kitchen, self.id));
        let mut fields =
            Fields::with_capacity(face.len().unwrap_or(0) + wanted.own.names.len() + wanted.page.len());
        if let Some(own) = &self.own {
            own.add_fields(kitchen, &wanted.own, self.id, &mut fields);
        }
        fields.put_all(&face);
        if let Some(own) = &self.own {
            own.add_names(kitchen, &wanted.own, self.id, &mut fields);
        }
        for key in &wanted.page {
            fields.put(key, self.of_page(kitchen, &pressed, key));
        }
        Ok(fields.done())
    }

    /// What only the page's own layout shows.
    fn of_page(&self, kitchen: &Kitchen<'_>, pressed: &Pressed, key: &str) -> Value {
        let model = kitchen.model;
        let link = |id: Option<PageId>| match id.map(|id| model.page(id)) {
            Some(page) => {
                Fields::with_capacity(2).with("title", &*page.title).with("url", url(&page.url)).done()
            }
            None => Value::none(),
        };
        match key {
            "content" => Value::safe_string(&pressed.html),
            "toc" => contents(&pressed.headings),
            "previous" => link(self.previous),
            "next" => link(self.next),
            "backlinks" => faces(kitchen, &self.backlinks),
            "related" => self.related(kitchen),
            "photos" => pictures(kitchen, &self.photos, model.page(self.id).language),
            "attachments" => {
                list(self.attachments.iter().map(|id| {
                    file(model, *id, &model.library.published_path(*id), model.library.get(*id).size)
                }))
            }
            _ => Value::none(),
        }
    }

    /// Related pages by field and by the name of the way back; those without any are there too.
    fn related(&self, kitchen: &Kitchen<'_>) -> Value {
        let kinds = &kitchen.model.kinds;
        let kind = kitchen.model.page(self.id).kind;
        let mut related = Fields::new();
        for field in kinds.get(kind).fields.iter().filter(|field| field.target.is_some()) {
            related.set(&field.key, list([]));
        }
        for name in kinds.inverses_of(kind) {
            related.set(name, list([]));
        }
        for (name, ids) in &self.related {
            related.set(name, faces(kitchen, ids));
        }
        related.done()
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
