//! The text of a new page: what is known is written, everything else stands ready as a comment, with an example that
//! may be uncommented as it is.

use super::Titles;
use crate::kinds::{Field, Kind, Kinds, Type};
use jiff::civil::Date;
use std::borrow::Cow;

/// What is known of the page.
pub struct Known<'k> {
    /// Its title.
    pub name: &'k str,
    /// Its slug.
    pub slug: &'k str,
    /// Its day.
    pub date: Date,
    /// Whether it is a draft.
    pub draft: bool,
    /// Titles that relations may name.
    pub titles: &'k Titles,
}

/// Keys of every page, with an example and what they are for: English, Chinese, example, and words in both languages.
const COMMON: [(&str, &str, &str, &str, &str); 9] = [
    ("description", "摘要", "\"一两句话\"", "列表和搜索里显示", "shown in lists and by search engines"),
    ("cover", "封面", "\"cover.jpg\"", "放在旁边的图片", "a picture beside this file"),
    ("tags", "标签", "[\"主题党日\"]", "可以写几个", "as many as you like"),
    ("source", "来源", "\"镇党建办\"", "稿件来源", "where it comes from"),
    ("author", "作者", "\"某某\"", "供稿人", "who wrote it"),
    ("editor", "责任编辑", "\"某某\"", "责任编辑", "the editor"),
    ("reviewer", "审核", "\"某某\"", "审核人", "who approved it"),
    ("pinned", "置顶", "true", "放在最前面", "put it first"),
    ("weight", "权重", "1", "数字小的排在前面", "smaller numbers come first"),
];

/// The whole file.
pub fn text(kinds: &Kinds, kind: &Kind, known: &Known<'_>, chinese: bool) -> String {
    let pick = |zh: &'static str, en: &'static str| if chinese { zh } else { en };
    let mut lines = vec!["+++".to_owned()];
    lines.push(format!("{} = {}", pick("标题", "title"), quoted(known.name)));
    if kind.dated || kind.date_required {
        lines.push(format!("{} = {}", pick("日期", "date"), known.date));
    }
    lines.push(format!(
        "slug = {}   # {}",
        quoted(known.slug),
        pick("网址里的名字，发布后不要再改", "its name in addresses; leave it once published")
    ));
    if known.draft {
        lines.push(format!("{} = true", pick("草稿", "draft")));
    }
    for field in kind.fields.iter().filter(|field| field.required) {
        lines.push(format!("{} = {}", key(field, chinese), empty(field)));
    }
    lines.push(String::new());
    lines.push(
        pick(
            "# 下面的项目需要哪一项，就去掉行首的“# ”，改成自己的内容；不需要的可以删掉。",
            "# Take the “# ” off the lines that you need and change them; the others may go.",
        )
        .to_owned(),
    );
    for field in kind.fields.iter().filter(|field| !field.required) {
        let line = format!("# {} = {}", key(field, chinese), example(kinds, field, chinese));
        let words = words(kinds, field, known.titles, chinese);
        lines.push(if words.is_empty() { line } else { format!("{line}   # {words}") });
    }
    let unused = |english: &str| kind.field(english).is_none();
    for (english, zh, example, words_zh, words_en) in COMMON.iter().filter(|(english, ..)| unused(english)) {
        // Weight orders what has no date; what has none is never in front of anything.
        if (*english == "weight" && kind.dated) || (*english == "pinned" && !kind.dated) {
            continue;
        }
        let (key, words) = if chinese { (*zh, *words_zh) } else { (*english, *words_en) };
        lines.push(format!("# {key} = {example}   # {words}"));
    }
    lines.push("+++".to_owned());
    lines.push(String::new());
    lines.join("\n") + "\n"
}

/// Text as TOML writes it; a site's own labels and choices may hold anything.
fn quoted(text: &str) -> String {
    let plain = text.replace(char::is_control, " ");
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

fn key(field: &Field, chinese: bool) -> Cow<'_, str> {
    let name = if chinese && !field.label.zh.is_empty() { &field.label.zh } else { &field.key };
    let bare = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if bare { Cow::Borrowed(name) } else { Cow::Owned(quoted(name)) }
}

/// What a required field holds until somebody fills it in.
fn empty(field: &Field) -> &'static str {
    if field.ty.is_list() { "[]" } else { "\"\"" }
}

/// A value that the field would take.
fn example(kinds: &Kinds, field: &Field, chinese: bool) -> String {
    let one = match field.ty.item() {
        Type::Text => quoted(if chinese { "……" } else { "…" }),
        // Stars and the like: one of the allowed numbers.
        Type::Int => field.choices.last().map_or_else(|| "12".to_owned(), |choice| choice.zh.clone()),
        Type::Decimal => "29.8".to_owned(),
        Type::Percent => "\"29.8%\"".to_owned(),
        Type::Money => quoted(&format!("86{}", field.unit.as_deref().unwrap_or("万元"))),
        Type::Date => "2026-11-22".to_owned(),
        Type::Bool => "true".to_owned(),
        Type::Choice => quoted(field.choices.first().map_or("", |choice| choice.pick(chinese))),
        Type::Relation => quoted(&format!("……{}", target(kinds, field, chinese))),
        Type::Image => "\"a.jpg\"".to_owned(),
        Type::File => "\"a.pdf\"".to_owned(),
        Type::Record => {
            let parts = field
                .fields
                .iter()
                .map(|inner| format!("{} = {}", key(inner, chinese), example(kinds, inner, chinese)));
            format!("{{ {} }}", parts.collect::<Vec<_>>().join(", "))
        }
        Type::List(_) => String::new(),
    };
    if field.ty.is_list() { format!("[{one}]") } else { one }
}

/// The name of the kind that a relation points to.
fn target<'k>(kinds: &'k Kinds, field: &Field, chinese: bool) -> &'k str {
    let target = field.target.as_deref().and_then(|key| kinds.by_key(key)).map(|id| &kinds.get(id).label);
    target.map_or("", |label| if chinese { &label.zh } else { &label.en })
}

/// What the field is, for the one who fills it in.
fn words(kinds: &Kinds, field: &Field, titles: &Titles, chinese: bool) -> String {
    // A Chinese key is the label itself.
    let mut words: Vec<String> = (!chinese).then(|| field.label.en.clone()).into_iter().collect();
    if let Some(unit) = &field.unit {
        words.push(if chinese { format!("单位：{unit}") } else { format!("unit: {unit}") });
    }
    if !field.choices.is_empty() {
        let choices: Vec<&str> = field.choices.iter().map(|choice| choice.pick(chinese)).collect();
        let choices = choices.join(if chinese { "、" } else { ", " });
        words.push(if chinese { format!("可写：{choices}") } else { format!("one of {choices}") });
    }
    if *field.ty.item() == Type::Relation {
        let target = target(kinds, field, chinese);
        words.push(if chinese { format!("写{target}的标题") } else { format!("the title of: {target}") });
        let there = field.target.as_ref().and_then(|key| titles.get(key)).filter(|there| !there.is_empty());
        if let Some(there) = there {
            let there = there.join(if chinese { "、" } else { ", " });
            words.push(if chinese { format!("如：{there}") } else { format!("such as {there}") });
        }
    }
    if let Some(help) = &field.help {
        words.push(if chinese { help.zh.clone() } else { help.en.clone() });
    }
    words.retain(|words| !words.is_empty());
    // What a comment cannot hold would end it, and the rest would be read.
    words.join(if chinese { "；" } else { "; " }).replace(char::is_control, " ")
}
