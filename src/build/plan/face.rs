//! The public face of a page: what other pages show of it. Everything a face's value is made of stands in [`Face`], and
//! its digest is taken over just that; so a forgotten dependency cannot exist.

use super::parts::Kitchen;
use super::picture::Picture;
use super::shown::{Shown, unset};
use super::values::{Fields, absolute, free, list, text, url};
use super::wanted::Keys;
use crate::build::load::Row;
use crate::build::model::{MediaId, Model, PageId, Tag, picture};
use crate::build::photo::Recipe;
use crate::kinds::{Date, Free, Kind};
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use tera::Value;

/// A page as lists show it, or what it shows of itself besides. What no template names is left out.
#[derive(Debug, Serialize)]
pub struct Face<'m> {
    title: &'m str,
    url: &'m str,
    kind: &'m str,
    kind_label: &'m str,
    language: &'m str,
    ended: bool,
    date: Option<&'m Date>,
    updated: Option<&'m Date>,
    publish: Option<&'m Date>,
    description: Option<Cow<'m, str>>,
    cover: Option<Picture>,
    photo_count: usize,
    tags: Option<Tags<'m>>,
    pinned: bool,
    draft: bool,
    weight: Option<i64>,
    source: Option<&'m str>,
    author: Option<&'m str>,
    editor: Option<&'m str>,
    reviewer: Option<&'m str>,
    layout: Option<&'m str>,
    words: Option<u64>,
    minutes: Option<i64>,
    section: (&'m str, &'m str),
    fields: Vec<(&'m str, Shown<'m>)>,
    extra: Option<&'m Free>,
}

/// The tags of a page; where they lead is looked up when somebody asks.
#[derive(Debug)]
struct Tags<'m> {
    model: &'m Model,
    page: PageId,
}

impl<'m> Tags<'m> {
    fn iter(&self) -> impl Iterator<Item = Tag<'m>> {
        self.model.tags(self.page)
    }
}

impl Serialize for Tags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(Some(self.iter().count()))?;
        for Tag { name, url, .. } in self.iter() {
            all.serialize_element(&(name, url))?;
        }
        all.end()
    }
}

/// Han characters and words of other scripts.
pub fn words(row: &Row) -> u64 {
    u64::from(row.facts.han) + u64::from(row.facts.latin)
}

/// Reads Han characters at 500 a minute and Latin words at 213.
pub fn minutes(row: &Row) -> i64 {
    let minutes = (f64::from(row.facts.han) / 500.0 + f64::from(row.facts.latin) / 213.0).ceil();
    (minutes as i64).max(1)
}

impl<'m> Face<'m> {
    /// Gathers what the face of a page shows.
    pub fn new(model: &'m Model, wanted: &Keys, id: PageId) -> Self {
        let page = model.page(id);
        let row = &page.row;
        let common = &row.front.common;
        let kind = model.kinds.get(page.kind);
        let cover = wanted.has("cover").then(|| {
            let named = common.cover.as_ref();
            let named = named.and_then(|cover| picture(&model.library, row.folder(), &cover.text));
            named.or_else(|| model.library.cover(&model.album(id)))
        });
        let description =
            || common.description.as_deref().map_or_else(|| row.facts.aside.excerpt(), Cow::Borrowed);
        let section = model.section(model.shown(page.section));
        let language = model.config.language(page.language);
        Face {
            title: &page.title,
            url: &page.url,
            kind: &kind.key,
            kind_label: kind.label.in_language(&language.code),
            language: &language.code,
            ended: page.ended,
            date: common.date.as_ref(),
            updated: common.rare.updated.as_ref(),
            publish: common.rare.publish.as_ref(),
            description: wanted.has("description").then(description),
            cover: cover.flatten().map(|media| Picture::new(model, media, None)),
            photo_count: if wanted.has("photo_count") { model.album(id).len() } else { 0 },
            tags: wanted.has("tags").then_some(Tags { model, page: id }),
            pinned: common.pinned,
            draft: common.draft,
            weight: common.rare.weight,
            source: common.credit.source.as_deref(),
            author: common.credit.author.as_deref(),
            editor: common.credit.editor.as_deref(),
            reviewer: common.rare.reviewer.as_deref(),
            layout: common.rare.layout.as_deref(),
            words: wanted.has("words").then(|| words(row)),
            minutes: wanted.has("minutes").then(|| minutes(row)),
            section: (&section.title, &section.url),
            fields: shown(model, wanted, id, kind),
            extra: wanted.has("extra").then_some(&*row.front.extra),
        }
    }

    /// Every file that the face shows.
    pub fn each_media(&self, found: &mut impl FnMut(MediaId)) {
        self.cover.iter().for_each(|cover| found(cover.media));
        self.fields.iter().for_each(|(_, shown)| shown.each_media(found));
    }

    /// As other pages see it.
    pub fn finished(&self, kitchen: &Kitchen<'_>, id: PageId) -> Value {
        let keys = &kitchen.wanted.face;
        let kind = kitchen.model.kinds.get(kitchen.model.page(id).kind);
        let mut fields = Fields::with_capacity(keys.names.len() + kind.fields.len() + 1);
        // The kind's own fields first: a key of ours always wins over one of the same name.
        self.add_fields(kitchen, keys, id, &mut fields);
        fields = fields.with("url", url(self.url));
        self.add_names(kitchen, keys, id, &mut fields);
        fields.done()
    }

    /// Adds those fields of the kind that are among `keys`.
    pub fn add_fields(&self, kitchen: &Kitchen<'_>, keys: &Keys, id: PageId, fields: &mut Fields) {
        let model = kitchen.model;
        let page = model.page(id);
        let chinese = model.config.language(page.language).is_chinese();
        let kind = model.kinds.get(page.kind);
        for (_, field) in kind.fields.iter().enumerate().filter(|(at, _)| keys.field(page.kind, *at)) {
            let value = match self.fields.iter().find(|(key, _)| *key == field.key) {
                Some((_, shown)) => shown.value(model, field, &kitchen.photos, chinese),
                None => unset(field),
            };
            fields.set(&field.key, value);
        }
    }

    /// Adds those `keys` that all kinds have.
    pub fn add_names(&self, kitchen: &Kitchen<'_>, keys: &Keys, id: PageId, fields: &mut Fields) {
        let page = kitchen.model.page(id);
        let chinese = kitchen.model.config.language(page.language).is_chinese();
        let kind = kitchen.model.kinds.get(page.kind);
        for key in &keys.names {
            fields.put(key, self.value(kitchen, kind, key, chinese));
        }
    }

    fn value(&self, kitchen: &Kitchen<'_>, kind: &Kind, key: &str, chinese: bool) -> Value {
        let (model, photos) = (kitchen.model, &kitchen.photos);
        let date = |date: Option<&Date>| kitchen.wanted.date(date, chinese);
        match key {
            "title" => self.title.into(),
            "photo_count" => (self.photo_count as u64).into(),
            "absolute" => absolute(self.url, model.config.has_address()),
            "kind" => self.kind.into(),
            "kind_label" => self.kind_label.into(),
            "date" => date(self.date),
            "updated" => date(self.updated),
            "publish" => date(self.publish),
            "description" => text(self.description.as_deref()),
            "cover" => {
                self.cover.as_ref().map_or_else(Value::none, |cover| cover.value(model, photos, chinese))
            }
            "tags" => list(self.tags.iter().flat_map(Tags::iter).map(|tag| kitchen.tag(&tag))),
            "language" => self.language.into(),
            "ended" => self.ended.into(),
            "pinned" => self.pinned.into(),
            "draft" => self.draft.into(),
            "weight" => self.weight.map_or_else(Value::none, Value::from),
            "source" => text(self.source),
            "author" => text(self.author),
            "editor" => text(self.editor),
            "reviewer" => text(self.reviewer),
            "words" => self.words.map_or_else(Value::none, Value::from),
            "minutes" => self.minutes.map_or_else(Value::none, Value::from),
            "section" => {
                let (title, path) = self.section;
                Fields::with_capacity(2).with("title", title).with("url", url(path)).done()
            }
            "extra" => free(&self.extra.cloned().unwrap_or(Free::Null).or_empty_map()),
            "layout" => text(self.layout),
            "facts" => list(self.facts(model, kind, photos, chinese)),
            _ => Value::none(),
        }
    }

    /// The fields that are set, for generic display.
    fn facts(&self, model: &Model, kind: &Kind, photos: &Recipe, chinese: bool) -> Vec<Value> {
        kind.fields
            .iter()
            .filter_map(|field| {
                let (_, shown) = self.fields.iter().find(|(key, _)| *key == field.key)?;
                Some(
                    Fields::new()
                        .with("key", field.key.as_str())
                        .with("label", field.label.in_language(self.language))
                        .with("type", field.ty.name())
                        .with("value", shown.value(model, field, photos, chinese))
                        .with("text", shown.words(field, chinese))
                        .with("links", list(shown.links()))
                        .done(),
                )
            })
            .collect()
    }
}

/// The kind's fields that a page sets and that are shown, resolved.
fn shown<'m>(model: &'m Model, wanted: &Keys, id: PageId, kind: &'m Kind) -> Vec<(&'m str, Shown<'m>)> {
    let page = model.page(id);
    let set = &page.row.front.fields;
    let all = wanted.has("facts");
    kind.fields
        .iter()
        .enumerate()
        .filter(|(at, _)| all || wanted.field(page.kind, *at))
        .filter_map(|(_, field)| {
            let (_, value) = set.iter().find(|(key, _)| *key == field.key)?;
            Some((field.key.as_str(), Shown::of(model, id, field, value)))
        })
        .collect()
}
