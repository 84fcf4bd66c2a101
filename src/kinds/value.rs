//! What a field holds once it has been checked against its kind.
//!
//! Plain data: it is kept in the memo (postcard), so its shape must be known without looking at the bytes.

use super::Date;
use crate::problem::Spot;
use serde::{Deserialize, Serialize};

/// The value of one field of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Words.
    Text(String),
    /// A whole number; its unit stands in the field.
    Int(i64),
    /// A number; its unit stands in the field.
    Decimal(f64),
    /// `29.8` for “29.8%”.
    Percent(f64),
    /// An amount and the unit it was written in, such as 万元.
    Money {
        /// How much, counted in `unit`.
        amount: f64,
        /// 元, 千元, 万元, 百万元, 千万元 or 亿元.
        unit: String,
    },
    /// A day, perhaps less or more exact.
    Date(Date),
    /// Yes or no.
    Bool(bool),
    /// One of the field's choices.
    Choice(String),
    /// Another page, not yet looked up.
    Relation(Reference),
    /// A picture, not yet looked up.
    Image(Reference),
    /// A file, not yet looked up.
    File(Reference),
    /// The fields that are set, in the order of the kind.
    Record(Vec<(String, Value)>),
    /// Several values of one type (or redacted ones).
    List(Vec<Value>),
    /// A value withheld on purpose, as it was written: `**`, `**万元`.
    Redacted(String),
}

/// A name of something elsewhere, and where it was written, so that a dead one can be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// The name, slug, path or URL, without `[[ ]]`, with `/` for `\`.
    pub text: String,
    /// Where it was written.
    pub place: Spot,
}

/// Free data under `[extra]`: whatever the author wrote, in the author's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Free {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Words; dates too.
    Text(String),
    /// Several values.
    List(Vec<Free>),
    /// Values by name.
    Map(Vec<(String, Free)>),
}

impl From<toml::Value> for Free {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Free::Text(text),
            toml::Value::Integer(number) => Free::Int(number),
            toml::Value::Float(number) => Free::Float(number),
            toml::Value::Boolean(truth) => Free::Bool(truth),
            toml::Value::Datetime(moment) => Free::Text(moment.to_string()),
            toml::Value::Array(values) => Free::List(values.into_iter().map(Free::from).collect()),
            toml::Value::Table(table) => {
                Free::Map(table.into_iter().map(|(key, value)| (key, Free::from(value))).collect())
            }
        }
    }
}

impl Free {
    /// This map with the entries of `over` laid over it, map by map; anything else is replaced.
    #[must_use]
    pub fn overlaid(self, over: &Free) -> Free {
        match (self, over) {
            (under, Free::Null) => under,
            (Free::Map(mut under), Free::Map(over)) => {
                for (key, value) in over {
                    match under.iter_mut().find(|(known, _)| known == key) {
                        Some((_, below)) => *below = std::mem::take(below).overlaid(value),
                        None => under.push((key.clone(), value.clone())),
                    }
                }
                Free::Map(under)
            }
            (_, over) => over.clone(),
        }
    }

    /// Nothing as an empty map, so that templates can look into it.
    #[must_use]
    pub fn or_empty_map(self) -> Free {
        if self == Free::Null { Free::Map(Vec::new()) } else { self }
    }
}

/// Whether `text` withholds something: `**`, `**村`, `**万元` (also with full-width asterisks).
pub fn is_redacted(text: &str) -> bool {
    text.contains("**") || text.contains("＊＊")
}
