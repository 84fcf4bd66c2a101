//! What the words over a column mean: a common key, a field of the kind, a part of one, a period.
//!
//! Spaces, width, case and a unit in brackets do not matter: `人 口（人）` is `人口` counted in 人.

use crate::kinds::common::{Key, NAMES};
use crate::kinds::{Field, Kind, Type};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// What every page may carry.
    Common(Key),
    /// A field of the kind, by number.
    Field(usize),
    /// A part of a record in a field.
    Part(usize, usize),
    /// Free data of this name.
    Extra(String),
    /// The value of an indicator in this period.
    Period(String),
    /// Counts lines, or is not to be read.
    Ignored,
}

/// The names that columns of a kind answer to.
pub struct Names<'k> {
    kind: &'k Kind,
    known: BTreeMap<String, (Slot, &'k str)>,
}

/// Words over a column that only count its lines.
const COUNTS: [&str; 7] = ["序号", "序", "编号", "no", "no.", "#", "行号"];

/// What besides the kind's own name a record may be called.
const SUBJECTS: [&str; 16] = [
    "村",
    "村(社区)",
    "村社区",
    "社区",
    "行政村",
    "项目",
    "指标",
    "单位",
    "品牌",
    "组织",
    "支部",
    "党支部",
    "活动",
    "图集",
    "专题",
    "对象",
];

/// The form in which words over columns are compared.
pub fn normal(text: &str) -> String {
    let text: String = text.nfkc().filter(|c| !c.is_whitespace() && !"_-".contains(*c)).collect();
    text.trim_matches(['*', ':']).replace('·', ".").to_lowercase()
}

/// Words and the unit in brackets behind them.
pub fn unit(text: &str) -> (String, Option<String>) {
    let text: String = text.trim().nfkc().collect();
    for (open, close) in [('(', ')'), ('[', ']'), ('【', '】')] {
        if let Some((name, unit)) = text.strip_suffix(close).and_then(|rest| rest.rsplit_once(open))
            && !name.trim().is_empty()
        {
            let unit: String = unit.chars().filter(|c| !c.is_whitespace()).collect();
            let unit = unit.strip_prefix("单位:").unwrap_or(&unit).to_owned();
            return (name.trim().to_owned(), Some(unit).filter(|unit| !unit.is_empty()));
        }
    }
    (text, None)
}

impl<'k> Names<'k> {
    /// The names of a kind's columns.
    pub fn of(kind: &'k Kind) -> Self {
        let mut known: BTreeMap<String, (Slot, &'k str)> = BTreeMap::new();
        let mut add = |name: &str, slot: Slot, key: &'k str| {
            known.entry(normal(name)).or_insert((slot, key));
        };
        let outside = |key: &Key| key.of_sections_only() || matches!(key, Key::Extra | Key::Taxonomies);
        for (key, names) in NAMES.iter().filter(|(key, _)| !outside(key)) {
            names.iter().for_each(|name| add(name, Slot::Common(*key), name));
        }
        for (at, field) in kind.fields.iter().enumerate() {
            field.names().for_each(|name| add(name, Slot::Field(at), name));
            add(&field.label.en, Slot::Field(at), &field.key);
            for (inner, part) in field.fields.iter().enumerate() {
                for outer in field.names() {
                    for name in part.names() {
                        add(&format!("{outer}.{name}"), Slot::Part(at, inner), name);
                    }
                }
            }
        }
        Names { kind, known }
    }

    /// What words over a column mean, with the name under which front matter knows it.
    pub fn find(&self, words: &str) -> Option<(Slot, &str)> {
        let name = normal(words);
        if let Some((slot, key)) = self.known.get(&name) {
            return Some((slot.clone(), key));
        }
        if COUNTS.contains(&name.as_str()) || words.trim().starts_with(['#', '＃']) {
            return Some((Slot::Ignored, ""));
        }
        if let Some(("extra" | "附加" | "扩展", key)) = name.split_once('.') {
            return Some((Slot::Extra(key.to_owned()), "extra"));
        }
        if self.titles_end(&name) {
            return Some((Slot::Common(Key::Title), "title"));
        }
        let period: String = words.trim().nfkc().filter(|c| !c.is_whitespace()).collect();
        if self.has_periods() && is_period(&period) {
            return Some((Slot::Period(period), "history"));
        }
        None
    }

    /// `村名`, `项目名称`: the kind, or another usual subject, and 名 or 名称.
    fn titles_end(&self, name: &str) -> bool {
        let subject = ["名称", "名字", "名"].iter().find_map(|end| name.strip_suffix(end));
        subject.is_some_and(|subject| SUBJECTS.contains(&subject) || self.is_subject(subject))
            || name.strip_suffix("name").is_some_and(|subject| subject == normal(&self.kind.label.en))
    }

    /// Whether a column with just the kind's name holds the names of records: `村`, `示范村`, `Village`.
    pub fn is_subject(&self, words: &str) -> bool {
        let name = normal(words);
        !name.is_empty()
            && (normal(&self.kind.label.zh).ends_with(&name)
                || name == normal(&self.kind.label.en)
                || name == self.kind.key)
    }

    /// Whether the kind keeps values over time.
    pub fn has_periods(&self) -> bool {
        periods(self.kind).is_some() && self.kind.field("value").is_some()
    }

    /// Names to suggest and to list: labels and aliases of the fields, then the common keys.
    pub fn candidates(&self) -> impl Iterator<Item = &str> {
        let parts = |field: &'k Field| field.names();
        self.kind
            .fields
            .iter()
            .flat_map(parts)
            .chain(NAMES.iter().flat_map(|(_, names)| names.iter().copied()))
    }
}

/// The fields `period` and `history` of a kind that keeps values over time.
pub fn periods(kind: &Kind) -> Option<(usize, usize)> {
    let history = kind.field_index("history")?;
    let field = kind.fields.get(history)?;
    let listed = matches!(&field.ty, Type::List(item) if **item == Type::Record);
    let has = |key: &str| field.fields.iter().any(|part| part.key == key);
    Some((kind.field_index("period")?, history)).filter(|_| listed && has("period") && has("value"))
}

/// `2025`, `2025年`, `2025年1-10月`, `2025年上半年`.
fn is_period(words: &str) -> bool {
    let Some((year, rest)) = words.split_at_checked(4) else { return false };
    let century = year.starts_with("19") || year.starts_with("20");
    century && year.bytes().all(|byte| byte.is_ascii_digit()) && (rest.is_empty() || rest.starts_with('年'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kinds;

    fn slot(kind: &str, words: &str) -> Option<Slot> {
        let (kinds, _) = Kinds::load(&[]);
        let kind = kinds.get(kinds.by_key(kind).unwrap());
        Names::of(kind).find(words).map(|(slot, _)| slot)
    }

    #[test]
    fn columns_are_known() {
        let title = Some(Slot::Common(Key::Title));
        for (kind, words) in [
            ("village", "村名"),
            ("village", "村 名"),
            ("village", "示范村名称"),
            ("village", "Title"),
            ("project", "项目名称"),
            ("indicator", "指标名称*"),
            ("organisation", "单位名称"),
            ("brand", "品牌名称"),
        ] {
            assert_eq!(slot(kind, words), title, "{words}");
        }
        assert_eq!(slot("village", "村"), None);
        assert!(matches!(slot("village", "人　口"), Some(Slot::Field(_))));
        assert!(matches!(slot("village", "Party members"), Some(Slot::Field(_))));
        assert!(matches!(slot("village", "集体经济收入．收入"), Some(Slot::Part(..))));
        assert_eq!(slot("village", "附加.微信"), Some(Slot::Extra("微信".into())));
        assert_eq!(slot("village", "序 号"), Some(Slot::Ignored));
        assert_eq!(slot("village", "2025年"), None);
        assert_eq!(slot("indicator", "2025 年"), Some(Slot::Period("2025年".into())));
        assert_eq!(slot("indicator", "20251"), None);
    }

    #[test]
    fn units_are_split_off() {
        assert_eq!(unit("人口（人）"), ("人口".into(), Some("人".into())));
        assert_eq!(unit("收入 (万元) "), ("收入".into(), Some("万元".into())));
        assert_eq!(unit("收入（单位：万元）"), ("收入".into(), Some("万元".into())));
        assert_eq!(unit("人口"), ("人口".into(), None));
        assert_eq!(unit("（人）"), ("(人)".into(), None));
    }
}
