//! A new page, ready to be filled in: its path and its text, with every field of its kind explained.
//!
//! In come the kinds, the settings and a [`Wish`]; out comes a [`Draft`], and with the [`Neighbour`]s of the new page the
//! place where it may stand. Nothing is written here. The slug is written down, so that a page keeps its address whatever
//! later becomes of its name or of our readings.

mod fields;
mod settle;

pub use settle::{Neighbour, What, settle};

use crate::config::{Config, LanguageId, Slugs};
use crate::files::is_portable;
use crate::kinds::{Kind, KindId, Kinds, Type, fold};
use crate::problem::Problem;
use crate::slug::{self, Doubt};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Titles that pages of a kind have already, by the kind's key; for hints.
pub type Titles = BTreeMap<String, Vec<String>>;

/// The longest slug made of a name, in bytes: addresses are read out on the phone.
const LONGEST: usize = 60;

/// What page is wanted.
#[derive(Clone, Debug)]
pub struct Wish<'w> {
    /// Its kind, by key, folder or label.
    pub kind: &'w str,
    /// Its title.
    pub name: &'w str,
    /// A folder below that of the kind.
    pub section: Option<&'w str>,
    /// The slug, when it is not to be made of the name.
    pub slug: Option<&'w str>,
    /// The language, as the site calls it.
    pub language: Option<&'w str>,
    /// A folder of its own (`true`) or one file; `None` lets the kind decide.
    pub folder: Option<bool>,
    /// Whether it is to be marked as a draft.
    pub draft: bool,
    /// The day it is dated.
    pub date: Date,
    /// Titles that relations may name.
    pub titles: &'w Titles,
}

/// A page to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The file, relative to the site's root.
    pub path: String,
    /// What it holds.
    pub text: String,
    /// The folder, relative to the site's root, in which no page of the same name may stand.
    pub section: String,
    /// The slug.
    pub slug: String,
    /// Its kind.
    pub kind: KindId,
    /// The language of the page.
    pub language: LanguageId,
    /// Characters that may have been read wrongly.
    pub doubts: Vec<Doubt>,
}

/// Makes the page that is wished for.
///
/// # Errors
/// What is wrong with the wish.
pub fn draft(kinds: &Kinds, config: &Config, wish: &Wish<'_>) -> Result<Draft, Problem> {
    let id = kind(kinds, wish.kind)?;
    let kind = kinds.get(id);
    let name = wish.name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Problem::new("new-name").arg("name", wish.name));
    }
    let language = language(config, wish.language)?;
    let section = section(kind, wish.section)?;
    let slug = match wish.slug {
        Some(slug) if is_sound(slug) => slug.to_owned(),
        Some(slug) => return Err(Problem::new("new-slug").arg("slug", slug)),
        // A full stop would make `a.en` English and `a.bak` a backup.
        None => shortened(slug::slug(name, config.slugs).replace('.', "-")),
    };
    let doubts =
        if wish.slug.is_none() && config.slugs == Slugs::Pinyin { slug::doubts(name) } else { Vec::new() };
    let stem = if kind.dated { format!("{}-{slug}", wish.date.strftime("%Y%m%d")) } else { slug.clone() };
    let suffix = match language {
        LanguageId::MAIN => String::new(),
        other => format!(".{}", config.language(other).code),
    };
    let path = if wish.folder.unwrap_or_else(|| holds_pictures(kind)) {
        format!("{section}/{stem}/index{suffix}.md")
    } else {
        if stem == "index" {
            // That would be the page of the folder that it stands in.
            return Err(Problem::new("new-slug").arg("slug", stem));
        }
        format!("{section}/{stem}{suffix}.md")
    };
    let chinese = config.language(language).is_chinese();
    let text = fields::text(
        kinds,
        kind,
        &fields::Known { name, slug: &slug, date: wish.date, draft: wish.draft, titles: wish.titles },
        chinese,
    );
    Ok(Draft { path, text, section, slug, kind: id, language, doubts })
}

fn kind(kinds: &Kinds, name: &str) -> Result<KindId, Problem> {
    let english = |kind: &Kind| fold(&kind.label.en) == fold(name);
    let found =
        kinds.by_name(name).or_else(|| kinds.iter().find(|(_, kind)| english(kind)).map(|(id, _)| id));
    found.ok_or_else(|| {
        let of = |label: fn(&Kind) -> &str| kinds.iter().map(|(_, kind)| label(kind)).collect::<Vec<_>>();
        let (zh, keys) = (of(|kind| &kind.label.zh), of(|kind| &kind.key));
        Problem::new("new-kind")
            .arg("kind", name)
            .arg("known_zh", zh.join("、"))
            .arg("known_en", keys.join(", "))
            .suggest(name, zh.into_iter().chain(keys))
    })
}

fn language(config: &Config, code: Option<&str>) -> Result<LanguageId, Problem> {
    let Some(code) = code else { return Ok(LanguageId::MAIN) };
    config.language_of(code).ok_or_else(|| {
        let known: Vec<&str> = config.languages().map(|(_, language)| language.code.as_str()).collect();
        Problem::new("language-unknown").arg("language", code).arg("known", known.join(", "))
    })
}

/// The folder of the page: that of the kind, and below it what was asked for.
fn section(kind: &Kind, below: Option<&str>) -> Result<String, Problem> {
    let top = match &kind.folder {
        Some(folder) => format!("content/{folder}"),
        None => "content".to_owned(),
    };
    let Some(below) = below.map(|below| below.trim_matches('/')).filter(|below| !below.is_empty()) else {
        return Ok(top);
    };
    let sound = |name: &str| !name.is_empty() && name != "." && name != ".." && is_portable(name);
    if below.contains('\\') || !below.split('/').all(sound) {
        return Err(Problem::new("new-section").arg("section", below));
    }
    Ok(format!("{top}/{below}"))
}

/// Whether pages of the kind live with pictures and files of their own.
fn holds_pictures(kind: &Kind) -> bool {
    let picture = |ty: &Type| matches!(ty.item(), Type::Image | Type::File);
    let inner = |field: &crate::kinds::Field| field.fields.iter().any(|field| picture(&field.ty));
    kind.page
        && (matches!(kind.key.as_str(), "village" | "brand" | "topic")
            || kind.fields.iter().any(|field| picture(&field.ty) || inner(field)))
}

/// Whether a slug that was asked for can be an address, a file and a folder on every system, and no hidden one.
fn is_sound(slug: &str) -> bool {
    let fits = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '-' | '_');
    is_portable(slug) && slug.starts_with(char::is_alphanumeric) && slug.chars().all(fits)
}

/// Cut at a hyphen, so that no syllable is torn; a word longer than half of what is left may be.
fn shortened(slug: String) -> String {
    if slug.len() <= LONGEST {
        return slug;
    }
    let short = &slug[..slug.floor_char_boundary(LONGEST)];
    let cut = short.rfind('-').filter(|at| *at > LONGEST / 2).unwrap_or(short.len());
    short[..cut].trim_end_matches(['-', '.', '_']).to_owned()
}

#[cfg(test)]
mod tests;
