//! Where a new page may stand among those that are there: nothing is written over, no address is taken twice.
//!
//! In come a draft and what lies in its section; out comes the draft at its place, or the page that is there already.
//! A translation goes beside the page that it translates, and a folder of photos becomes the page that is named like it.

use super::Draft;
use crate::config::{Config, LanguageId};
use crate::kinds::Date;
use crate::slug;

/// Something that lies in the section of the new page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// The file or folder, relative to the section: `a.en.md`, `a/index.md`, `a`.
    pub path: String,
    /// What it is.
    pub what: What,
}

/// What lies in a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A page, with the slug that it says it has.
    Page(Option<String>),
    /// A folder with pages in it.
    Section,
    /// A folder without.
    Files,
}

impl Neighbour {
    /// The name of the page without language and ending, and its language.
    fn name<'n>(&'n self, config: &Config) -> (&'n str, LanguageId) {
        if !matches!(self.what, What::Page(_)) {
            return (&self.path, LanguageId::MAIN);
        }
        let (folder, file) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let whole = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let (stem, language) = whole
            .rsplit_once('.')
            .and_then(|(stem, ending)| Some((stem, config.language_of(ending)?)))
            .unwrap_or((whole, LanguageId::MAIN));
        (if folder.is_empty() { stem } else { folder }, language)
    }
}

/// The draft at its place.
///
/// # Errors
/// The path, relative to the section, of what has the address already.
pub fn settle(mut draft: Draft, neighbours: &[Neighbour], config: &Config) -> Result<Draft, String> {
    let named: Vec<(&Neighbour, &str, LanguageId)> = neighbours
        .iter()
        .map(|neighbour| {
            let (name, language) = neighbour.name(config);
            (neighbour, name, language)
        })
        .collect();
    let declared = |name: &str, language: LanguageId| {
        named.iter().find_map(|(neighbour, other, its)| match &neighbour.what {
            What::Page(Some(slug)) if *other == name && *its == language => Some(slug.as_str()),
            _ => None,
        })
    };
    for (neighbour, name, language) in &named {
        let bare =
            Date::of_file_name(name).map(|(_, rest)| rest).filter(|rest| !rest.is_empty()).unwrap_or(name);
        // A translation has the slug of the page that it translates, unless it says otherwise.
        let same = match declared(name, *language).or_else(|| declared(name, LanguageId::MAIN)) {
            Some(slug) => slug == draft.slug,
            None => bare == draft.slug || slug::slug(bare, config.slugs) == draft.slug,
        };
        if !same {
            continue;
        }
        let in_folder = draft.path.rsplit('/').next().is_some_and(|file| file.starts_with("index."));
        match &neighbour.what {
            What::Page(_) if *language == draft.language => return Err(neighbour.path.clone()),
            What::Page(_) if *language == LanguageId::MAIN => {
                let beside =
                    neighbour.path.rsplit_once('.').map_or(neighbour.path.as_str(), |(stem, _)| stem);
                let code = &config.language(draft.language).code;
                draft.path = format!("{}/{beside}.{code}.md", draft.section);
            }
            What::Section => return Err(neighbour.path.clone()),
            What::Files if in_folder && draft.language == LanguageId::MAIN => {
                draft.path = format!("{}/{name}/index.md", draft.section);
            }
            What::Page(_) | What::Files => {}
        }
    }
    Ok(draft)
}
