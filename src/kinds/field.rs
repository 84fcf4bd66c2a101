//! One field of a kind: its names, its type, and what else a table says of it.

use super::fold;
use serde::{Deserialize, Serialize};

/// A name in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Label {
    /// The name for a site in `language` (a tag such as `zh-CN`).
    pub fn in_language(&self, language: &str) -> &str {
        if language.starts_with("zh") { &self.zh } else { &self.en }
    }

    /// The name in Chinese or in English.
    pub fn pick(&self, chinese: bool) -> &str {
        if chinese { &self.zh } else { &self.en }
    }

    /// Both names, once where they are one.
    pub fn both(&self) -> String {
        if self.zh == self.en { self.zh.clone() } else { format!("{} / {}", self.zh, self.en) }
    }
}

/// What a field may hold; see [`super::Value`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// Words.
    #[default]
    Text,
    /// A whole number.
    Int,
    /// A number.
    Decimal,
    /// A percentage.
    Percent,
    /// An amount of money with its unit.
    Money,
    /// A year, month, day or minute.
    Date,
    /// Yes or no.
    Bool,
    /// One of `choices`.
    Choice,
    /// A page of the kind `target`.
    Relation,
    /// A picture.
    Image,
    /// A file to download.
    File,
    /// Named values, declared in `fields`.
    Record,
    /// Several values of one type.
    List(Box<Type>),
}

/// The names of the types in kind files, with what they mean.
pub const TYPES: [(&str, Type); 12] = [
    ("text", Type::Text),
    ("int", Type::Int),
    ("decimal", Type::Decimal),
    ("percent", Type::Percent),
    ("money", Type::Money),
    ("date", Type::Date),
    ("bool", Type::Bool),
    ("choice", Type::Choice),
    ("relation", Type::Relation),
    ("image", Type::Image),
    ("file", Type::File),
    ("record", Type::Record),
];

impl Type {
    /// The type itself, or that of a list's items.
    pub fn item(&self) -> &Type {
        match self {
            Type::List(item) => item.item(),
            other => other,
        }
    }

    /// Whether several values are allowed.
    pub fn is_list(&self) -> bool {
        matches!(self, Type::List(_))
    }

    /// The name of the item type in kind files.
    pub fn name(&self) -> &'static str {
        TYPES.iter().find(|(_, ty)| ty == self.item()).map_or("text", |(name, _)| name)
    }
}

/// A field of a kind, or of a record inside one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name in templates, and one of the names in front matter.
    pub key: String,
    /// What readers and clerks see; the Chinese label is a name in front matter too.
    pub label: Label,
    /// Further names in front matter.
    pub aliases: Vec<String>,
    /// What it holds.
    pub ty: Type,
    /// 人, 户, 万元 …; may be written behind the number.
    pub unit: Option<String>,
    /// The text field of the same kind that holds the unit of this number, where every page may have its own.
    pub unit_in: Option<String>,
    /// Whether a page without it is an error.
    pub required: bool,
    /// The kind that a relation points to.
    pub target: Option<String>,
    /// The name under which the target sees the pages that point to it.
    pub inverse: Option<String>,
    /// The allowed values of a choice (or of a number): the Chinese name is the value.
    pub choices: Vec<Label>,
    /// Whether its dates stand in the timeline.
    pub event: bool,
    /// The fields of a record, or of each record of a list.
    pub fields: Vec<Field>,
    /// A sentence for the one who fills it in.
    pub help: Option<Label>,
}

impl Field {
    /// Every name it answers to in front matter: key, Chinese label, aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [self.key.as_str(), self.label.zh.as_str()]
            .into_iter()
            .chain(self.aliases.iter().map(String::as_str))
            .filter(|name| !name.is_empty())
    }

    /// The choice that goes by `name` in either language.
    pub fn choice(&self, name: &str) -> Option<&Label> {
        let by = |pick: fn(&Label) -> &str| self.choices.iter().find(|choice| pick(choice) == name);
        by(|choice| &choice.zh).or_else(|| by(|choice| &choice.en))
    }

    /// Whether `name` (folded) is one of its names.
    pub fn answers_to(&self, name: &str) -> bool {
        self.names().any(|own| fold(own) == name)
    }
}
