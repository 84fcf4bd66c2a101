//! What a file is for, told from paths alone; and which names are junk.

use super::SourceFile;
use std::collections::HashSet;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `site.toml`.
    Config,
    /// A kind of records: `kinds/*.toml` of the site, or of its theme.
    Kind {
        /// Of the site rather than of the theme.
        own: bool,
    },
    /// Markdown under `content/`.
    Content,
    /// A `.csv` or `.xlsx` of a section: its rows are records.
    Table,
    /// Any other file under `content/`: photos, attachments.
    ContentFile,
    /// A template of the site or of its theme.
    Template {
        /// Of the site rather than of the theme.
        own: bool,
    },
    /// A file of the theme's `assets/`.
    Asset,
    /// `theme.toml` of the theme.
    ThemeConfig,
    /// Words of the site or of its theme.
    Words {
        /// Of the site rather than of the theme.
        own: bool,
    },
    /// A file that is published as it is.
    Static,
}

/// The role of the file at `path`; nothing when it has none.
pub(super) fn role(path: &str, theme: &str) -> Option<Role> {
    if path == "site.toml" {
        return Some(Role::Config);
    }
    if let Some(inside) = path.strip_prefix("themes/") {
        let inside = inside.strip_prefix(theme)?.strip_prefix('/')?;
        return match inside.split_once('/') {
            None if inside == "theme.toml" => Some(Role::ThemeConfig),
            Some(("assets", _)) => Some(Role::Asset),
            Some(("static", _)) => Some(Role::Static),
            _ => shared(inside, false),
        };
    }
    match path.split_once('/')? {
        ("content", name) if has_extension(name, "md") => Some(Role::Content),
        ("content", _) => Some(Role::ContentFile),
        ("static", _) => Some(Role::Static),
        _ => shared(path, true),
    }
}

/// Makes tables of the `.csv` and `.xlsx` files that lie neither beside an `index.md` nor below one: those are attachments
/// of its page. `files` are sorted by path.
pub(super) fn mark_tables(files: &mut [SourceFile]) {
    let is_sheet = |path: &str| has_extension(path, "csv") || has_extension(path, "xlsx");
    if !files.iter().any(|file| file.role == Role::ContentFile && is_sheet(&file.path)) {
        return;
    }
    let is_index = |name: &str| {
        let middle = name.strip_prefix("index.").and_then(|rest| rest.strip_suffix("md"));
        middle.is_some_and(|middle| middle.is_empty() || middle.ends_with('.'))
    };
    let bundles: HashSet<String> = files
        .iter()
        .filter(|file| file.role == Role::Content && is_index(&file.name().to_ascii_lowercase()))
        .filter_map(|file| Some(file.path.rsplit_once('/')?.0.to_owned()))
        .filter(|folder| folder != "content")
        .collect();
    for file in files.iter_mut().filter(|file| file.role == Role::ContentFile) {
        let table = is_sheet(&file.path);
        let mut above = &*file.path;
        let mut attached = false;
        while let Some((folder, _)) = above.rsplit_once('/') {
            attached |= bundles.contains(folder);
            above = folder;
        }
        if table && !attached {
            file.role = Role::Table;
        }
    }
}

/// Folders that a site and a theme have in common.
fn shared(path: &str, own: bool) -> Option<Role> {
    match path.split_once('/')? {
        ("kinds", name) if has_extension(name, "toml") => Some(Role::Kind { own }),
        ("words", name) if has_extension(name, "toml") => Some(Role::Words { own }),
        ("templates", _) => Some(Role::Template { own }),
        _ => None,
    }
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case(extension))
}

/// Names that web servers look for although they begin with a dot.
const PUBLIC_DOT_NAMES: [&str; 4] = [".well-known", ".nojekyll", ".htaccess", ".domains"];

/// What editors and systems leave behind. `served` is true below `static/`.
pub(super) fn is_junk(name: &str, served: bool) -> bool {
    if name.starts_with('.') {
        return !(served && PUBLIC_DOT_NAMES.contains(&name));
    }
    let lower = name.to_ascii_lowercase();
    lower == "thumbs.db"
        || lower == "desktop.ini"
        || name.starts_with("~$")
        || name.ends_with('~')
        || [".tmp", ".swp", ".swo", ".bak", ".yicun-part"].iter().any(|ending| lower.ends_with(ending))
}
