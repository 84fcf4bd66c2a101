//! The kinds of content: the one table that drives front matter, relations, lists and what templates see.
//!
//! In come the embedded tables `standard/*.toml` and a site's own `kinds/*.toml`; out go [`Kinds`] and every fault of
//! those files. Whatever is wrong in them, the standard kinds are there, no name is ambiguous, and every target exists.

mod check;
pub mod common;
mod date;
mod field;
mod parse;
pub mod tree;
mod value;

pub use date::{Date, DateFault};
pub use field::{Field, Label, TYPES, Type};
pub use value::{Free, Reference, Value, is_redacted};

use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The embedded kinds, in the order in which they are told.
const STANDARD: [(&str, &str); 12] = [
    ("village", include_str!("standard/village.toml")),
    ("brand", include_str!("standard/brand.toml")),
    ("project", include_str!("standard/project.toml")),
    ("news", include_str!("standard/news.toml")),
    ("album", include_str!("standard/album.toml")),
    ("organisation", include_str!("standard/organisation.toml")),
    ("activity", include_str!("standard/activity.toml")),
    ("report", include_str!("standard/report.toml")),
    ("notice", include_str!("standard/notice.toml")),
    ("indicator", include_str!("standard/indicator.toml")),
    ("topic", include_str!("standard/topic.toml")),
    ("page", include_str!("standard/page.toml")),
];

/// Which kind: an index into the [`Kinds`] it came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KindId(u16);

impl KindId {
    /// Its place among [`Kinds::iter`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The direction of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Smallest, oldest first.
    #[default]
    Ascending,
    /// Greatest, newest first.
    Descending,
}

impl Order {
    /// The direction one expects when only `sort_by` is given: dates newest first, all else ascending.
    pub fn usual(sort_by: &str) -> Order {
        if matches!(sort_by, "date" | "updated") { Order::Descending } else { Order::Ascending }
    }
}

/// One kind of content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// The name in front matter, templates and lists.
    pub key: String,
    /// What readers and clerks see.
    pub label: Label,
    /// The folder under `content/` whose pages are of this kind.
    pub folder: Option<String>,
    /// Its fields, in the order in which they are shown.
    pub fields: Vec<Field>,
    /// `date`, `updated`, `title`, `weight`, `path` or the key of a field.
    pub sort_by: String,
    /// The direction of its lists.
    pub order: Order,
    /// Pages a list page; none for all on one.
    pub paginate_by: Option<usize>,
    /// Whether each record has a page of its own.
    pub page: bool,
    /// The template, when it is not named after the kind.
    pub layout: Option<String>,
    /// Whether pages dated later than today are hidden.
    pub hide_future: bool,
    /// Whether its pages belong to a day: they stand in feeds.
    pub dated: bool,
    /// Whether its pages are events of the timeline.
    pub event: bool,
    /// The field that says on which day a page is over (`notice_end`); the day itself still counts.
    pub ends: Option<String>,
    /// Whether a page without a date is an error.
    pub date_required: bool,
    /// Folded names of the fields → index in `fields`.
    names: BTreeMap<String, usize>,
}

impl Kind {
    /// The field that `name` (as written in front matter) stands for.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.field_index(name).and_then(|index| self.fields.get(index))
    }

    /// The place in `fields` of the field that `name` stands for.
    pub fn field_index(&self, name: &str) -> Option<usize> {
        self.names.get(fold(name).as_ref()).copied()
    }

    /// The canonical form of something to sort by: `date`, `updated`, `title`, `weight`, `path` or a field's key.
    pub fn sort_key(&self, name: &str) -> Option<String> {
        let key = match fold(name).as_ref() {
            "date" | "日期" | "时间" => "date",
            "updated" | "update_date" | "更新" | "更新日期" => "updated",
            "title" | "title_bytes" | "标题" | "名称" | "name" => "title",
            "weight" | "权重" | "排序" => "weight",
            "path" | "slug" | "none" | "文件名" => "path",
            name => {
                return self.field(name).filter(|field| sortable(&field.ty)).map(|field| field.key.clone());
            }
        };
        Some(key.to_owned())
    }
}

fn sortable(ty: &Type) -> bool {
    !matches!(ty, Type::List(_) | Type::Record | Type::Image | Type::File)
}

/// All kinds of a site.
#[derive(Clone, Debug, Serialize)]
pub struct Kinds {
    kinds: Vec<Kind>,
}

impl Kinds {
    /// The standard kinds, changed and joined by the site's own files (path, text), and all faults of those files.
    /// The name of a file (`kinds/village.toml`) is the key of its kind.
    pub fn load(own: &[(String, String)]) -> (Kinds, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut kinds: Vec<Kind> = Vec::new();
        for (key, text) in STANDARD {
            let file = format!("kinds/{key}.toml");
            kinds.push(parse::kind(key, &file, text, None, &mut problems));
        }
        for (file, text) in own {
            let Some(key) = parse::key_of(file, &mut problems) else { continue };
            let at = kinds.iter().position(|kind| kind.key == key);
            let kind = parse::kind(&key, file, text, at.and_then(|at| kinds.get(at)), &mut problems);
            if let Some(old) = at.and_then(|at| kinds.get_mut(at)) {
                *old = kind;
            } else if kinds.len() < usize::from(u16::MAX) {
                kinds.push(kind);
            }
        }
        check::all(&mut kinds, own, &mut problems);
        problems.sort();
        (Kinds { kinds }, problems)
    }

    /// The kind of an id that came from these kinds.
    pub fn get(&self, id: KindId) -> &Kind {
        static NONE: std::sync::LazyLock<Kind> = std::sync::LazyLock::new(Kind::default);
        self.kinds.get(usize::from(id.0)).unwrap_or_else(|| &NONE)
    }

    /// The kind with this key.
    pub fn by_key(&self, key: &str) -> Option<KindId> {
        self.find(|kind| kind.key == key)
    }

    /// The kind of the pages in `content/<folder>/`, if the folder belongs to one; else [`Kinds::page`] is meant.
    pub fn by_folder(&self, folder: &str) -> Option<KindId> {
        self.find(|kind| kind.folder.as_deref() == Some(folder))
    }

    /// The kind that a clerk calls by key, folder or label.
    pub fn by_name(&self, name: &str) -> Option<KindId> {
        let name = fold(name);
        self.by_key(&name)
            .or_else(|| self.by_folder(&name))
            .or_else(|| self.find(|kind| kind.label.zh == name))
    }

    /// The names under which pages of other kinds show at a page of this kind.
    pub fn inverses_of(&self, id: KindId) -> impl Iterator<Item = &str> {
        let key = self.get(id).key.as_str();
        self.kinds
            .iter()
            .flat_map(|kind| &kind.fields)
            .filter(move |field| field.target.as_deref() == Some(key))
            .filter_map(|field| field.inverse.as_deref())
    }

    /// The kind of pages in any other folder.
    pub fn page(&self) -> KindId {
        self.by_key("page").unwrap_or_default()
    }

    /// All kinds: the standard ones, then the site's own.
    pub fn iter(&self) -> impl Iterator<Item = (KindId, &Kind)> {
        self.kinds.iter().enumerate().map(|(at, kind)| (KindId(u16::try_from(at).unwrap_or(u16::MAX)), kind))
    }

    fn find(&self, wanted: impl Fn(&Kind) -> bool) -> Option<KindId> {
        self.iter().find(|(_, kind)| wanted(kind)).map(|(id, _)| id)
    }
}

/// The form in which names are compared: trimmed, lower case, `_` for `-`.
pub fn fold(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    if name.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'-') {
        Cow::Owned(name.to_ascii_lowercase().replace('-', "_"))
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests;
