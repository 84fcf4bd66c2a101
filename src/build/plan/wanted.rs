//! Which keys of pages contexts hold: those that some template names (see [`Named`]), found once for all pages.

use super::values::{Fields, spoken};
use crate::build::load::Named;
use crate::kinds::{Date, KindId, Kinds};
use tera::Value;

/// What a face may show besides the fields of its kind. `url` is not among them: two faces are told apart by it, so it
/// is always there.
const FACE: [&str; 26] = [
    "title",
    "absolute",
    "kind",
    "kind_label",
    "date",
    "updated",
    "publish",
    "description",
    "cover",
    "photo_count",
    "tags",
    "language",
    "ended",
    "pinned",
    "draft",
    "weight",
    "source",
    "author",
    "editor",
    "reviewer",
    "words",
    "minutes",
    "section",
    "extra",
    "layout",
    "facts",
];

/// What a date may show.
const DATE: [&str; 6] = ["iso", "text", "short", "year", "month", "day"];

/// What only the page's own layout shows.
const PAGE: [&str; 8] =
    ["content", "toc", "previous", "next", "backlinks", "related", "photos", "attachments"];

/// The keys that templates name.
#[derive(Debug)]
pub struct Wanted {
    /// Of faces, whoever shows them.
    pub face: Keys,
    /// Of faces, besides, where a page shows itself.
    pub own: Keys,
    /// Of pages with their own layout, besides those of faces.
    pub page: Vec<&'static str>,
    date: Vec<&'static str>,
}

/// Keys of faces.
#[derive(Debug)]
pub struct Keys {
    /// What all kinds have.
    pub names: Vec<&'static str>,
    /// By kind, which of its fields, by position.
    fields: Vec<Vec<bool>>,
}

impl Keys {
    fn new(kinds: &Kinds, wanted: impl Fn(&str) -> bool) -> Self {
        let fields =
            kinds.iter().map(|(_, kind)| kind.fields.iter().map(|field| wanted(&field.key)).collect());
        Keys { names: FACE.into_iter().filter(|key| wanted(key)).collect(), fields: fields.collect() }
    }

    /// Whether `key` is one.
    pub fn has(&self, key: &str) -> bool {
        self.names.contains(&key)
    }

    /// Whether the field at `at` of a kind is one.
    pub fn field(&self, kind: KindId, at: usize) -> bool {
        self.fields.get(kind.index()).and_then(|fields| fields.get(at)).copied().unwrap_or(true)
    }

    /// Whether there is none for pages of a kind.
    pub fn is_empty(&self, kind: KindId) -> bool {
        let none = |fields: &Vec<bool>| !fields.contains(&true);
        self.names.is_empty() && self.fields.get(kind.index()).is_some_and(none)
    }

    /// About how many entries a face has, with those of its dates and of its kind.
    fn entries(&self, of_date: usize) -> usize {
        let dates = self.names.iter().filter(|key| ["date", "updated", "publish"].contains(key)).count();
        let fields = self.fields.iter().map(|fields| fields.iter().filter(|wanted| **wanted).count());
        self.names.len() + dates * of_date + fields.max().unwrap_or_default() + 1
    }
}

impl Wanted {
    /// What `named` holds of all that can be shown.
    pub fn new(named: &Named, kinds: &Kinds) -> Self {
        let of = |keys: &[&'static str]| keys.iter().copied().filter(|key| named.has(key)).collect();
        Wanted {
            face: Keys::new(kinds, |key| named.has_of_others(key)),
            own: Keys::new(kinds, |key| named.has(key) && !named.has_of_others(key)),
            page: of(&PAGE),
            date: of(&DATE),
        }
    }

    /// About how many entries a face has, with those of its dates and of its kind.
    pub fn entries(&self) -> usize {
        self.face.entries(self.date.len())
    }

    /// Whether pages show `key` in their own layout.
    pub fn of_page(&self, key: &str) -> bool {
        self.page.contains(&key)
    }

    /// A date, or none.
    pub fn date(&self, date: Option<&Date>, chinese: bool) -> Value {
        let Some(date) = date else { return Value::none() };
        let part = |part: Option<u8>| part.map_or_else(Value::none, |part| Value::from(u64::from(part)));
        let mut fields = Fields::with_capacity(self.date.len());
        for key in &self.date {
            let value = match *key {
                "iso" => Value::from(date.iso()),
                "text" => Value::from(spoken(date, chinese, true)),
                "short" => Value::from(spoken(date, chinese, false)),
                "year" => Value::from(i64::from(date.year)),
                "month" => part(date.month),
                _ => part(date.day),
            };
            fields = fields.with(key, value);
        }
        fields.done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_keys_are_wanted() {
        let (kinds, _) = Kinds::load(&[]);
        let templates = ["{{ page.title }}{{ page.date.iso }}{{ page.toc }}", "{{ item.title }}"];
        let wanted = Wanted::new(&Named::of(templates.map(|text| ("page.html", text))), &kinds);
        assert_eq!((&wanted.face.names[..], &wanted.own.names[..]), (&["title"][..], &["date"][..]));
        assert_eq!((wanted.page.as_slice(), wanted.date.as_slice()), (&["toc"][..], &["iso"][..]));
        let date = Date { year: 2026, month: Some(3), day: Some(8), time: None };
        let value = wanted.date(Some(&date), true);
        assert_eq!(value.len(), Some(1));
        assert_eq!(value.get_from_path("iso").and_then(Value::as_str), Some("2026-03-08"));
    }
}
