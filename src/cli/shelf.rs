//! What a site holds already, as far as `new` asks: what stands beside a new page, and titles that its relations may name.

use crate::build::load::front_matter;
use crate::files::{self, Failure};
use crate::kinds::{KindId, Kinds};
use crate::scaffold::{Draft, Neighbour, Titles, What};
use std::path::Path;

/// How many titles are told as examples.
const EXAMPLES: usize = 5;

/// What lies in the section of the draft.
pub(super) fn neighbours(root: &Path, draft: &Draft, kinds: &Kinds) -> Result<Vec<Neighbour>, Failure> {
    let mut found = Vec::new();
    for name in names(&root.join(&draft.section))? {
        if is_page(&name) {
            if !name.starts_with("_index.") {
                let front = front(root, &format!("{}/{name}", draft.section), kinds, draft.kind)?;
                found.push(Neighbour {
                    path: name,
                    what: What::Page(front.rare.slug.as_deref().map(str::to_owned)),
                });
            }
            continue;
        }
        let folder = format!("{}/{name}", draft.section);
        if !is_folder(&root.join(&folder))? {
            continue;
        }
        let inside = names(&root.join(&folder))?;
        let before = found.len();
        for file in inside.iter().filter(|file| is_page(file) && file.starts_with("index.")) {
            let front = front(root, &format!("{folder}/{file}"), kinds, draft.kind)?;
            found.push(Neighbour {
                path: format!("{name}/{file}"),
                what: What::Page(front.rare.slug.as_deref().map(str::to_owned)),
            });
        }
        if found.len() == before {
            let section = inside.iter().any(|file| is_page(file) || is_table(file));
            found.push(Neighbour { path: name, what: if section { What::Section } else { What::Files } });
        }
    }
    Ok(found)
}

/// The first titles of every kind that relations name.
pub(super) fn titles(root: &Path, kinds: &Kinds) -> Result<Titles, Failure> {
    let mut titles = Titles::new();
    let targets =
        kinds.iter().flat_map(|(_, kind)| kind.fields.iter().filter_map(|field| field.target.as_ref()));
    for key in targets {
        let Some(id) = kinds.by_key(key).filter(|_| !titles.contains_key(key)) else { continue };
        let Some(folder) = &kinds.get(id).folder else { continue };
        let section = format!("content/{folder}");
        let mut found = Vec::new();
        for name in names(&root.join(&section))? {
            if found.len() == EXAMPLES {
                break;
            }
            let file = if is_page(&name) { name } else { format!("{name}/index.md") };
            // One language: a full stop before the ending's names another.
            if file.starts_with("_index.") || file.trim_end_matches(".md").contains('.') {
                continue;
            }
            let title = front(root, &format!("{section}/{file}"), kinds, id)?.title;
            // A redacted name is no example.
            found.extend(title.filter(|title| !title.contains("**")).map(|title| title.to_string()));
        }
        titles.insert(key.clone(), found);
    }
    Ok(titles)
}

/// What a page says of itself; nothing when there is no such file.
fn front(root: &Path, file: &str, kinds: &Kinds, kind: KindId) -> Result<front_matter::Common, Failure> {
    let bytes = match files::look_through(&root.join(file))? {
        Some(look) if look.nature == files::Nature::File => files::read(&root.join(file))?,
        _ => return Ok(front_matter::Common::default()),
    };
    Ok(front_matter::parse(file, &files::decode(&bytes).text, kinds, kind, false).0.common)
}

/// The names in a folder that the walk would see.
fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    if !is_folder(folder)? {
        return Ok(Vec::new());
    }
    let names = files::list(folder)?.into_iter().map(|name| name.to_string_lossy().into_owned());
    Ok(names.filter(|name| !name.starts_with('.')).collect())
}

fn is_folder(path: &Path) -> Result<bool, Failure> {
    Ok(files::look_through(path)?.is_some_and(|look| look.nature == files::Nature::Folder))
}

fn is_page(name: &str) -> bool {
    has_ending(name, "md")
}

fn is_table(name: &str) -> bool {
    has_ending(name, "csv") || has_ending(name, "xlsx")
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, its)| its.eq_ignore_ascii_case(ending))
}
