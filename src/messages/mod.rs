//! The words of all problems, in Chinese and English: embedded TOML, one table a code.
//!
//! In comes a [`Problem`] (a code and values), out come its level, its cause and what to do about it.
//! `tests/messages.rs` holds the tables complete: every code of the sources has words, in both languages,
//! with the same slots. An unknown code is shown as itself; nothing here panics.

mod json;
mod render;
mod wrap;

pub use json::json;
pub use render::{count, render};
pub use wrap::{columns, wrap};

use crate::problem::{Level, Problem};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The languages Yicun speaks to its users in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of a tag such as `zh-CN`, `zh_CN.UTF-8` or `en`; none for tags that name no language (`C`).
    pub fn of_tag(tag: &str) -> Option<Lang> {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            "" | "c" | "posix" => None,
            "zh" => Some(Lang::Zh),
            _ => Some(Lang::En),
        }
    }

    /// One of two wordings.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// The embedded tables: name of the area, TOML text.
pub const TABLES: &[(&str, &str)] = &[
    ("front_matter", include_str!("problems/front_matter.toml")),
    ("markdown", include_str!("problems/markdown.toml")),
    ("table", include_str!("problems/table.toml")),
    ("photo", include_str!("problems/photo.toml")),
    ("model", include_str!("problems/model.toml")),
    ("template", include_str!("problems/template.toml")),
    ("config", include_str!("problems/config.toml")),
    ("publish", include_str!("problems/publish.toml")),
    ("environment", include_str!("problems/environment.toml")),
    ("cli", include_str!("problems/cli.toml")),
    ("new", include_str!("problems/new.toml")),
    ("deploy", include_str!("problems/deploy.toml")),
];

/// What a table says of one code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// How much it weighs.
    #[serde(deserialize_with = "level_word")]
    pub level: Level,
    /// In Chinese.
    pub zh: Words,
    /// In English.
    pub en: Words,
}

/// What is wrong, and what to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What is wrong.
    pub cause: String,
    /// What to do.
    pub fix: String,
}

fn level_word<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "error" => Ok(Level::Error),
        "warning" => Ok(Level::Warning),
        "hint" => Ok(Level::Hint),
        other => Err(serde::de::Error::custom(format!("unknown level {other}"))),
    }
}

/// A code's part of its table, read when somebody asks for it: a run tells of few codes, and reading all takes longer than
/// a build with nothing to do.
struct Unread {
    text: &'static str,
    entry: OnceLock<Option<Entry>>,
}

/// The entry of a code.
pub fn entry(code: &str) -> Option<&'static Entry> {
    static ENTRIES: OnceLock<BTreeMap<&str, Unread>> = OnceLock::new();
    let all = ENTRIES.get_or_init(|| TABLES.iter().flat_map(|(_, text)| parts(text)).collect());
    let unread = all.get(code)?;
    // What does not parse is caught by tests/messages.rs; here its code shows as itself.
    unread.entry.get_or_init(|| toml::from_str(unread.text).ok()).as_ref()
}

/// The codes of a table, each with the text below its head.
fn parts(table: &'static str) -> impl Iterator<Item = (&'static str, Unread)> {
    table.split("\n[").skip(1).filter_map(|part| {
        let (code, text) = part.split_once(']')?;
        Some((code, Unread { text, entry: OnceLock::new() }))
    })
}

/// How much a problem weighs; a problem without words is an error.
pub fn level(problem: &Problem) -> Level {
    entry(&problem.code).map_or(Level::Error, |entry| entry.level)
}

/// What is wrong, in words.
pub fn cause(problem: &Problem, lang: Lang) -> String {
    match entry(&problem.code) {
        Some(entry) => fill(&lang.pick(&entry.zh, &entry.en).cause, problem),
        None => {
            let values: Vec<_> = problem.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{} {}", problem.code, values.join(" ")).trim_end().to_owned()
        }
    }
}

/// What to do about it, in words; empty for a problem without words.
pub fn fix(problem: &Problem, lang: Lang) -> String {
    entry(&problem.code).map_or_else(String::new, |entry| fill(&lang.pick(&entry.zh, &entry.en).fix, problem))
}

/// “Did you mean …?”, if a nearby word is known.
pub fn suggestion(problem: &Problem, lang: Lang) -> Option<String> {
    let word = problem.suggestion.as_deref()?;
    Some(lang.pick(format!("是不是“{word}”？"), format!("did you mean “{word}”?")))
}

/// The word for a level.
pub fn level_name(level: Level, lang: Lang) -> &'static str {
    match level {
        Level::Error => lang.pick("错误", "error"),
        Level::Warning => lang.pick("警告", "warning"),
        Level::Hint => lang.pick("提示", "hint"),
    }
}

/// Puts the values into the `{name}` slots; a value is never looked at for slots again.
fn fill(template: &str, problem: &Problem) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let value = after.split_once('}').and_then(|(name, tail)| {
            let (_, value) = problem.args.iter().find(|(known, _)| known == name)?;
            Some((value, tail))
        });
        if let Some((value, tail)) = value {
            out.push_str(value);
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_once_and_missing_ones_stay() {
        let problem = Problem::new("x").arg("a", "{b}").arg("b", "村");
        assert_eq!(fill("“{a}”和“{b}”，{c}，{", &problem), "“{b}”和“村”，{c}，{");
    }

    #[test]
    fn unknown_codes_show_themselves() {
        let problem = Problem::new("no-such-code").arg("key", "a");
        assert_eq!(level(&problem), Level::Error);
        assert_eq!(cause(&problem, Lang::Zh), "no-such-code key=a");
        assert_eq!(fix(&problem, Lang::En), "");
    }

    #[test]
    fn languages_come_from_tags() {
        assert_eq!(Lang::of_tag("zh_CN.UTF-8"), Some(Lang::Zh));
        assert_eq!(Lang::of_tag("zh-Hans-CN"), Some(Lang::Zh));
        assert_eq!(Lang::of_tag("de_DE@euro"), Some(Lang::En));
        assert_eq!(Lang::of_tag("C.UTF-8"), None);
        assert_eq!(Lang::of_tag("POSIX"), None);
    }
}
