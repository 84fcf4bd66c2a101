//! The public face of a page: what other pages show of it. Everything a face's value is made of stands in [`Face`], and
//! its digest is taken over just that; so a forgotten dependency cannot exist.

use super::picture::Picture;
use super::shown::{Shown, unset};
use super::values::{Fields, absolute, free, list, maybe_date, text, url};
use crate::build::model::{MediaId, Model, PageId, picture};
use crate::build::photo::Recipe;
use crate::digest::Digest;
use crate::kinds::{Free, Kind};
use serde::Serialize;
use tera::Value;

/// A page as lists show it.
#[derive(Debug, Serialize)]
pub struct Face<'m> {
    title: &'m str,
    url: &'m str,
    kind: &'m str,
    kind_label: &'m str,
    language: &'m str,
    ended: bool,
    common: &'m crate::build::load::front_matter::Common,
    description: &'m str,
    cover: Option<Picture>,
    tags: Vec<(&'m str, String)>,
    words: u64,
    minutes: i64,
    section: (&'m str, &'m str),
    fields: Vec<(&'m str, Shown<'m>)>,
    extra: &'m Free,
}

/// Reads Han characters at 500 a minute and Latin words at 213.
fn minutes(han: u32, latin: u32) -> i64 {
    let minutes = (f64::from(han) / 500.0 + f64::from(latin) / 213.0).ceil();
    (minutes as i64).max(1)
}

impl<'m> Face<'m> {
    /// Gathers what the face of a page shows.
    pub fn new(model: &'m Model, id: PageId) -> Self {
        let page = model.page(id);
        let row = &page.row;
        let common = &row.front.common;
        let kind = model.kinds.get(page.kind);
        let cover =
            common.cover.as_ref().and_then(|cover| picture(&model.library, row.folder(), &cover.text));
        let cover = cover.or_else(|| model.album(id).first().copied());
        let section = model.section(model.shown(page.section));
        let language = model.config.language(page.language);
        Face {
            title: &page.title,
            url: &page.url,
            kind: &kind.key,
            kind_label: kind.label.in_language(&language.code),
            language: &language.code,
            ended: page.ended,
            common,
            description: common.description.as_deref().unwrap_or(&row.facts.excerpt),
            cover: cover.map(|media| Picture::new(model, media, None)),
            tags: common.tags.iter().map(|tag| (tag.as_str(), model.term_url(tag, page.language))).collect(),
            words: u64::from(row.facts.han) + u64::from(row.facts.latin),
            minutes: minutes(row.facts.han, row.facts.latin),
            section: (&section.title, &section.url),
            fields: shown(model, id, kind),
            extra: &row.front.extra,
        }
    }

    /// The digest of all that the value is made of.
    pub fn digest(&self) -> Digest {
        Digest::of_value(self)
    }

    /// Every file that the face shows.
    pub fn each_media(&self, found: &mut impl FnMut(MediaId)) {
        self.cover.iter().for_each(|cover| found(cover.media));
        self.fields.iter().for_each(|(_, shown)| shown.each_media(found));
    }

    /// As templates see it.
    pub fn fields(&self, model: &Model, id: PageId, photos: &Recipe) -> Fields {
        let page = model.page(id);
        let chinese = model.config.language(page.language).is_chinese();
        let kind = model.kinds.get(page.kind);
        let common = self.common;
        let tag =
            |(name, path): &(&str, String)| Fields::new().with("name", *name).with("url", url(path)).done();
        let mut fields = Fields::new();
        // The kind's own fields first: a key of ours always wins over one of the same name.
        for field in &kind.fields {
            let value = match self.fields.iter().find(|(key, _)| *key == field.key) {
                Some((_, shown)) => shown.value(model, field, photos, chinese),
                None => unset(field),
            };
            fields.set(&field.key, value);
        }
        fields
            .with("title", self.title)
            .with("url", url(self.url))
            .with("absolute", absolute(self.url, model.config.has_address()))
            .with("kind", self.kind)
            .with("kind_label", self.kind_label)
            .with("date", maybe_date(common.date.as_ref(), chinese))
            .with("updated", maybe_date(common.updated.as_ref(), chinese))
            .with("publish", maybe_date(common.publish.as_ref(), chinese))
            .with("description", self.description)
            .with(
                "cover",
                self.cover.as_ref().map_or_else(Value::none, |cover| cover.value(model, photos, chinese)),
            )
            .with("tags", list(self.tags.iter().map(tag)))
            .with("language", self.language)
            .with("ended", self.ended)
            .with("pinned", common.pinned)
            .with("draft", common.draft)
            .with("weight", common.weight.map_or_else(Value::none, Value::from))
            .with("source", text(common.source.as_deref()))
            .with("author", text(common.author.as_deref()))
            .with("editor", text(common.editor.as_deref()))
            .with("reviewer", text(common.reviewer.as_deref()))
            .with("words", self.words)
            .with("minutes", self.minutes)
            .with(
                "section",
                Fields::new().with("title", self.section.0).with("url", url(self.section.1)).done(),
            )
            .with("extra", free(&self.extra.clone().or_empty_map()))
            .with("layout", text(common.layout.as_deref()))
            .with("facts", list(self.facts(model, kind, photos, chinese)))
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

/// The kind's fields that a page sets, resolved.
fn shown<'m>(model: &'m Model, id: PageId, kind: &'m Kind) -> Vec<(&'m str, Shown<'m>)> {
    let set = &model.page(id).row.front.fields;
    kind.fields
        .iter()
        .filter_map(|field| {
            let (_, value) = set.iter().find(|(key, _)| *key == field.key)?;
            Some((field.key.as_str(), Shown::of(model, id, field, value)))
        })
        .collect()
}
