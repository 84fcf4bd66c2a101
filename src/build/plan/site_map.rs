//! The site map that people read: all sections as a tree, each with its pages or the newest of them.

use super::pages::ancestors;
use super::values::maybe_free_date;
use super::{Head, Output, Part, file_of, home, lists, map, put};
use crate::build::model::{Model, Scope, SectionId};
use crate::build::root::ROOT;
use crate::config::LanguageId;
use crate::kinds::Free;

/// So many pages of a section stand in the map; the section itself shows the rest.
const MOST: usize = 100;
/// So many of a section by date.
const NEWEST: usize = 10;

/// Whether the theme draws one.
pub fn is_there(model: &Model) -> bool {
    model.theme.has_template("sitemap.html")
}

/// Its URL below the root.
pub fn url(model: &Model, language: LanguageId) -> String {
    format!("{}sitemap/", model.config.prefix(language))
}

/// Plans the map of each language.
pub fn plan(model: &Model, outputs: &mut Vec<Output>) {
    if !is_there(model) {
        return;
    }
    let languages: Vec<LanguageId> = model.spoken().collect();
    for language in &languages {
        let own = url(model, *language);
        let all = languages.iter().map(|language| (*language, url(model, *language)));
        let translations = if languages.len() > 1 { all.collect() } else { Vec::new() };
        let mut recipe = Head { translations, ..Head::new("sitemap", &own, "", *language) }.recipe(model);
        let home = home(model, *language);
        put(&mut recipe, model, "ancestors", || Part::Plain(ancestors(model, Some(home))));
        put(&mut recipe, model, "tree", || Part::Plain(Free::List(branches(model, home))));
        let scope = Scope { language: *language, ..Scope::default() };
        put(&mut recipe, model, "lists", || lists::of_layout(model, "sitemap", &scope));
        outputs.push(Output::single(file_of(&own), "sitemap", "sitemap.html", recipe));
    }
}

/// Home's own pages as a branch of their own, then its sections.
fn branches(model: &Model, home: SectionId) -> Vec<Free> {
    let children = model.section(home).children.iter();
    let sections = children.filter(|id| !model.section(**id).hidden).map(|id| branch(model, *id, true));
    std::iter::once(branch(model, home, false)).chain(sections).collect()
}

fn branch(model: &Model, id: SectionId, deep: bool) -> Free {
    let section = model.section(id);
    let most = if section.by_date { NEWEST } else { MOST };
    let chinese = model.config.language(section.language).is_chinese();
    let pages = section.pages.iter().take(most).map(|id| {
        let page = model.page(*id);
        map(vec![
            ("title", Free::Text(page.title.to_string())),
            ("url", Free::Text(format!("{ROOT}/{}", page.url))),
            ("date", maybe_free_date(page.date.as_ref(), chinese)),
        ])
    });
    let children = section.children.iter().filter(|id| deep && !model.section(**id).hidden);
    map(vec![
        ("title", Free::Text(section.title.clone())),
        ("url", Free::Text(format!("{ROOT}/{}", section.url))),
        ("kind", Free::Text(model.kinds.get(section.kind).key.clone())),
        ("count", Free::Int(i64::try_from(section.pages.len()).unwrap_or(i64::MAX))),
        ("pages", Free::List(pages.collect())),
        ("more", Free::Bool(section.pages.len() > most)),
        // Sections nest as deep as folders do, which the system bounds.
        ("children", Free::List(children.map(|id| branch(model, *id, true)).collect())),
    ])
}
