//! The theme and a site's own templates and words over it: `theme.toml`, `templates/`, `words/<lang>.toml`.

use super::embedded;
use super::media::Media;
use super::named::Named;
use super::options::{self, Choice};
use crate::build::source::{Role, Source};
use crate::config::Config;
use crate::digest::Digest;
use crate::files::{Failure, decode};
use crate::kinds::Free;
use crate::problem::{Place, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Texts of the interface, nested as in the file.
pub type Words = Free;

/// All of a theme but its assets (these are [`Media`]).
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// Name of the template, its path for messages, its text; later ones override earlier ones.
    pub templates: Vec<(String, String, String)>,
    /// Digest of the above.
    pub templates_digest: Digest,
    /// What they can ask for.
    pub named: Named,
    /// Words, by language.
    pub words: Vec<Words>,
    /// Options with the site's choices laid over them.
    pub options: Free,
    /// Lists of each layout, by layout and list name.
    pub layouts: BTreeMap<String, BTreeMap<String, ListSpec>>,
    /// By layout of a section: what stands in its list pages, instead of the section's own pages.
    pub paginate: BTreeMap<String, ListSpec>,
    /// Components that articles may use.
    pub components: BTreeMap<String, ComponentSpec>,
}

/// A declared list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSpec {
    /// Key of a kind, or `$argument`.
    pub kind: Option<String>,
    /// Photos of a page instead of pages: `$album.photos`.
    pub of: Option<String>,
    /// Events (of the pages of `kind`, if one is given) instead of pages.
    #[serde(default)]
    pub events: bool,
    /// Pages that have villages, projects, tags… in common with this one: `$page`.
    pub similar: Option<String>,
    /// Pages of `kind`, or of the kind of this page, by the distance of their `position` from its: `$page`.
    pub near: Option<String>,
    /// Field = value, or one of several values; all must hold. `about` = the page itself or one related to it.
    #[serde(rename = "where", default)]
    pub filter: BTreeMap<String, toml::Value>,
    /// `date`, `weight`, `title`, or a field of the kind.
    pub sort_by: Option<String>,
    /// At most so many; a number or `$argument`.
    pub limit: Option<toml::Value>,
    /// Of `paginate`: so many on a page of the list.
    pub paginate_by: Option<usize>,
    /// `year`, `month` or a field.
    pub group_by: Option<String>,
}

/// A component: what it takes and what it shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentSpec {
    /// Argument → `text`, `int`, `bool`, `list`, `image`, `file`, `relation:<kind>`.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
    /// What its template finds in `lists`.
    #[serde(default)]
    pub lists: BTreeMap<String, ListSpec>,
}

impl Theme {
    /// Whether there is a template of this name.
    pub fn has_template(&self, name: &str) -> bool {
        self.templates.iter().any(|(known, _, _)| known == name)
    }

    /// Whether there is a template of this layout: `village.html` for `village`.
    pub fn has_layout(&self, layout: &str) -> bool {
        self.templates.iter().any(|(known, _, _)| known.strip_suffix(".html") == Some(layout))
    }
}

/// `theme.toml` as typed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ThemeToml {
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(default)]
    options: toml::Table,
    #[serde(default)]
    choices: BTreeMap<String, Choice>,
    #[serde(default)]
    layouts: BTreeMap<String, Layout>,
    #[serde(default)]
    components: BTreeMap<String, ComponentSpec>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Layout {
    #[serde(default)]
    lists: BTreeMap<String, ListSpec>,
    paginate: Option<ListSpec>,
}

/// Files of a theme that is embedded in the program, as media.
pub(super) fn embedded_media(source: &Source, config: &Config) -> Vec<Arc<Media>> {
    let prefix = format!("themes/{}/", config.theme);
    files_of(source, config)
        .filter(|(path, _)| path.strip_prefix(&prefix).is_some_and(|name| name.starts_with("assets/")))
        .map(|(path, bytes)| Arc::new(Media::read(path, bytes)))
        .collect()
}

/// The embedded theme's files, unless the site holds a theme folder of that name.
fn files_of(source: &Source, config: &Config) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let prefix = format!("themes/{}/", config.theme);
    let own = source.files.iter().any(|file| file.path.starts_with(&prefix));
    embedded::theme().iter().copied().filter(move |(path, _)| !own && path.starts_with(&prefix))
}

/// Reads the theme's texts.
pub fn load(source: &Source, config: &Config) -> Result<(Theme, Vec<Problem>), Failure> {
    let mut problems = Vec::new();
    let mut texts: Vec<(String, String)> = files_of(source, config)
        .filter(|(path, _)| !path.contains("/assets/"))
        .map(|(path, bytes)| (path.to_owned(), String::from_utf8_lossy(bytes).into_owned()))
        .collect();
    for file in source
        .with_role(|role| matches!(role, Role::Template { .. } | Role::ThemeConfig | Role::Words { .. }))
    {
        texts.push((file.path.to_string(), decode(&file.read()?).text.into_owned()));
    }
    if !texts.iter().any(|(path, _)| path.starts_with("themes/")) {
        problems.push(
            Problem::new("theme-missing")
                .arg("theme", &config.theme)
                .at(config.theme_place.clone().unwrap_or_else(|| Place::file("site.toml"))),
        );
        return Ok((Theme::default(), problems));
    }
    let prefix = format!("themes/{}/", config.theme);
    let mut theme = Theme::default();
    let mut typed = ThemeToml::default();
    let mut words: BTreeMap<String, toml::Table> = BTreeMap::new();
    for (path, text) in texts {
        let inside = path.strip_prefix(&prefix);
        if let Some(name) = inside.and_then(|inside| inside.strip_prefix("templates/")) {
            theme.templates.push((name.to_owned(), path.clone(), text));
        } else if let Some(name) = path.strip_prefix("templates/") {
            theme.templates.push((name.to_owned(), path.clone(), text));
        } else if inside == Some("theme.toml") {
            typed = parse(&path, &text, &mut problems).unwrap_or_default();
        } else if inside.is_some_and(|inside| inside.starts_with("words/")) || path.starts_with("words/") {
            words.insert(path.clone(), parse(&path, &text, &mut problems).unwrap_or_default());
        }
    }
    // The theme's own templates first: what the site overrides comes later and wins.
    theme.templates.sort_by_key(|(_, path, _)| !path.starts_with("themes/"));
    theme.templates_digest = Digest::of_value(&theme.templates);
    let own = theme.templates.iter().map(|(name, _, text)| (name.as_str(), text.as_str()));
    theme.named = Named::of(own.chain(embedded::DEFAULT_TEMPLATES.iter().copied()));
    theme.words = config.languages.iter().map(|language| words_in(&language.code, &words, &prefix)).collect();
    problems.extend(options::check(&config.theme_options, &typed.options, &typed.choices, source));
    theme.options = Free::from(toml::Value::Table(typed.options)).overlaid(&config.theme_options);
    theme.paginate = typed
        .layouts
        .iter()
        .filter_map(|(name, layout)| Some((name.clone(), layout.paginate.clone()?)))
        .collect();
    theme.layouts = typed.layouts.into_iter().map(|(name, layout)| (name, layout.lists)).collect();
    theme.components = typed.components;
    Ok((theme, problems))
}

/// The words of one language: a language that the theme does not speak falls back to Chinese, word by word.
fn words_in(code: &str, files: &BTreeMap<String, toml::Table>, prefix: &str) -> Words {
    let primary = code.split('-').next().unwrap_or(code);
    let layers = [
        format!("{prefix}words/zh-CN.toml"),
        format!("{prefix}words/{primary}.toml"),
        format!("{prefix}words/{code}.toml"),
        format!("words/{primary}.toml"),
        format!("words/{code}.toml"),
    ];
    let tables = layers.iter().filter_map(|layer| files.get(layer)).cloned();
    Free::from(toml::Value::Table(tables.fold(toml::Table::new(), overlay)))
}

/// Reads a TOML file of the theme.
fn parse<T: serde::de::DeserializeOwned>(path: &str, text: &str, problems: &mut Vec<Problem>) -> Option<T> {
    toml::from_str(text)
        .map_err(|error: toml::de::Error| {
            problems.push(Problem::new("theme-toml").arg("detail", error.message()).at(Place::of(
                path,
                text,
                error.span().unwrap_or(0..0),
            )));
        })
        .ok()
}

/// `over` laid over `under`, table by table.
fn overlay(mut under: toml::Table, over: toml::Table) -> toml::Table {
    for (key, value) in over {
        let merged = match (under.remove(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => {
                toml::Value::Table(overlay(below, above))
            }
            (_, value) => value,
        };
        under.insert(key, merged);
    }
    under
}
