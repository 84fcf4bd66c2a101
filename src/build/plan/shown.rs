//! Field values with their references resolved: what a face shows of its kind's fields.

use super::picture::Picture;
use super::values::{self, Fields, list, url};
use crate::build::model::{MediaId, Model, PageId, picture};
use crate::build::photo::Recipe;
use crate::kinds::{Field, Type, Value as Raw};
use serde::Serialize;
use tera::Value;

/// A value ready to be shown; what it serialises to is all that it depends on, besides the kind table.
#[derive(Clone, Debug, Serialize)]
pub enum Shown<'m> {
    /// As it stands in the front matter.
    Raw(&'m Raw),
    /// A related page: title, URL, key of its kind. Without URL when it is hidden.
    Link {
        /// Its title.
        title: &'m str,
        /// Path below the root.
        url: Option<&'m str>,
        /// Key of its kind.
        kind: &'m str,
    },
    /// A picture.
    Picture(Box<Picture>),
    /// A file.
    File {
        /// The file; its name ends the path.
        #[serde(skip)]
        media: MediaId,
        /// Path below the root.
        path: String,
        /// In bytes.
        size: u64,
    },
    /// A record.
    Record(Vec<(&'m str, Shown<'m>)>),
    /// Several.
    List(Vec<Shown<'m>>),
}

impl<'m> Shown<'m> {
    /// Resolves a value of `page`.
    pub fn of(model: &'m Model, page: PageId, field: &'m Field, value: &'m Raw) -> Self {
        let row = &model.page(page).row;
        match value {
            Raw::Relation(reference) => {
                let to = model.relations.meaning(page, field.target.as_deref(), &reference.text);
                match to.map(|id| model.page(id)) {
                    Some(to) => Shown::Link {
                        title: &to.title,
                        url: to.visible.then_some(&to.url),
                        kind: &model.kinds.get(to.kind).key,
                    },
                    None => Shown::Link { title: &reference.text, url: None, kind: "" },
                }
            }
            Raw::Image(reference) => match picture(&model.library, row.folder(), &reference.text) {
                Some(media) => Shown::Picture(Box::new(Picture::new(model, media, None))),
                None => Shown::Raw(value),
            },
            Raw::File(reference) => match picture(&model.library, row.folder(), &reference.text) {
                Some(media) => Shown::File {
                    media,
                    path: model.library.published_path(media),
                    size: model.library.get(media).size,
                },
                None => Shown::Raw(value),
            },
            Raw::List(values) => {
                Shown::List(values.iter().map(|value| Shown::of(model, page, field, value)).collect())
            }
            Raw::Record(entries) => Shown::Record(
                field
                    .fields
                    .iter()
                    .filter_map(|inner| {
                        let (_, value) = entries.iter().find(|(key, _)| *key == inner.key)?;
                        Some((inner.key.as_str(), Shown::of(model, page, inner, value)))
                    })
                    .collect(),
            ),
            _ => Shown::Raw(value),
        }
    }

    /// Every picture in the value.
    pub fn each_media(&self, found: &mut impl FnMut(MediaId)) {
        match self {
            Shown::Picture(picture) => found(picture.media),
            Shown::File { media, .. } => found(*media),
            Shown::Record(entries) => entries.iter().for_each(|(_, shown)| shown.each_media(found)),
            Shown::List(values) => values.iter().for_each(|shown| shown.each_media(found)),
            Shown::Raw(_) | Shown::Link { .. } => {}
        }
    }

    /// As templates see it.
    pub fn value(&self, model: &Model, field: &Field, photos: &Recipe, chinese: bool) -> Value {
        match self {
            Shown::Raw(raw) => plain(field, raw, chinese),
            Shown::Link { title, url: path, kind } => Fields::new()
                .with("title", *title)
                .with("url", path.map_or_else(Value::none, |path| Value::from(url(path))))
                .with("kind", *kind)
                .done(),
            Shown::Picture(picture) => picture.value(model, photos, chinese),
            Shown::File { media, path, size } => file(model, *media, path, *size),
            Shown::List(values) => {
                list(values.iter().map(|shown| shown.value(model, field, photos, chinese)))
            }
            Shown::Record(entries) => {
                let mut fields = Fields::new();
                for inner in &field.fields {
                    let shown = entries.iter().find(|(key, _)| *key == inner.key);
                    let value = shown.map_or_else(
                        || unset(inner),
                        |(_, shown)| shown.value(model, inner, photos, chinese),
                    );
                    fields.set(&inner.key, value);
                }
                fields.done()
            }
        }
    }

    /// In words, for the generic card of facts.
    pub fn words(&self, field: &Field, chinese: bool) -> String {
        match self {
            Shown::Raw(raw) => raw_words(raw, field, chinese),
            Shown::Link { title, .. } => (*title).to_owned(),
            Shown::Picture(_) => String::new(),
            Shown::File { path, .. } => path.rsplit('/').next().unwrap_or_default().to_owned(),
            Shown::List(values) => {
                let separator = if chinese { "、" } else { ", " };
                values.iter().map(|shown| shown.words(field, chinese)).collect::<Vec<_>>().join(separator)
            }
            Shown::Record(entries) => entries
                .iter()
                .filter_map(|(key, shown)| {
                    let inner = field.fields.iter().find(|inner| inner.key == *key)?;
                    Some(shown.words(inner, chinese))
                })
                .filter(|words| !words.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    /// Links among the values.
    pub fn links(&self) -> Vec<Value> {
        match self {
            Shown::Link { title, url: Some(path), .. } => {
                vec![Fields::new().with("title", *title).with("url", url(path)).done()]
            }
            Shown::List(values) => values.iter().flat_map(Shown::links).collect(),
            _ => Vec::new(),
        }
    }
}

/// What an unset field looks like.
pub fn unset(field: &Field) -> Value {
    if matches!(field.ty, Type::List(_)) { list([]) } else { Value::none() }
}

/// A published file as templates see it.
pub fn file(model: &Model, media: MediaId, path: &str, size: u64) -> Value {
    let name = model.library.get(media).name();
    Fields::new()
        .with("url", url(path))
        .with("name", name)
        .with("size_text", values::size(size))
        .with("type", name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_uppercase()))
        .done()
}

fn plain(field: &Field, raw: &Raw, chinese: bool) -> Value {
    let words = || raw_words(raw, field, chinese);
    let measured = |value: Value, unit: Option<&str>, redacted: bool| {
        Fields::new()
            .with("value", value)
            .with("unit", values::text(unit))
            .with("text", words())
            .with("redacted", redacted)
            .done()
    };
    match raw {
        Raw::Text(text) | Raw::Choice(text) => Value::from(text.as_str()),
        Raw::Bool(truth) => Value::from(*truth),
        Raw::Int(number) => measured(Value::from(*number), unit(field, chinese), false),
        Raw::Decimal(number) => measured(Value::from(*number), unit(field, chinese), false),
        Raw::Percent(number) => measured(Value::from(*number), Some("%"), false),
        Raw::Money { amount, unit } => measured(Value::from(*amount), Some(unit), false),
        Raw::Date(date) => values::date(date, chinese),
        Raw::Redacted(text) if matches!(field.ty.item(), Type::Text | Type::Choice) => {
            Value::from(text.as_str())
        }
        Raw::Redacted(_) if matches!(field.ty.item(), Type::Date) => Value::none(),
        Raw::Redacted(text) if matches!(field.ty.item(), Type::Relation) => {
            Fields::new().with("title", text.as_str()).with("url", Value::none()).with("kind", "").done()
        }
        Raw::Redacted(_) if matches!(field.ty.item(), Type::Record | Type::Image | Type::File) => {
            Value::none()
        }
        Raw::Redacted(_) => measured(Value::none(), unit(field, chinese), true),
        Raw::Relation(_) | Raw::Image(_) | Raw::File(_) | Raw::Record(_) | Raw::List(_) => Value::none(),
    }
}

/// The unit as a language shows it: counting words (名, 个, 户) mean nothing in another language, where the label says all.
fn unit(field: &Field, chinese: bool) -> Option<&str> {
    field.unit.as_deref().filter(|unit| chinese || unit.is_ascii())
}

fn raw_words(raw: &Raw, field: &Field, chinese: bool) -> String {
    let unit = unit(field, chinese).unwrap_or_default();
    let with_unit = |number: f64| format!("{}{unit}", values::number(number));
    match raw {
        Raw::Choice(text) => {
            field.choice(text).map_or(text.as_str(), |choice| choice.pick(chinese)).to_owned()
        }
        Raw::Text(text) | Raw::Redacted(text) => text.clone(),
        Raw::Bool(truth) => match (truth, chinese) {
            (true, true) => "是".to_owned(),
            (false, true) => "否".to_owned(),
            (true, false) => "yes".to_owned(),
            (false, false) => "no".to_owned(),
        },
        Raw::Int(number) => with_unit(*number as f64),
        Raw::Decimal(number) => with_unit(*number),
        Raw::Percent(number) => format!("{}%", values::number(*number)),
        Raw::Money { amount, unit } => format!("{}{unit}", values::number(*amount)),
        Raw::Date(date) => values::spoken(date, chinese, true),
        Raw::Relation(reference) | Raw::Image(reference) | Raw::File(reference) => reference.text.clone(),
        Raw::Record(_) | Raw::List(_) => String::new(),
    }
}
