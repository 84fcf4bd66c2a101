//! Outputs of pages: each visible page with a page of its own, its aliases, and the page for what is not found.

use super::{Dish, Head, Job, Order, Output, Part, Shared, file_of, home, link, lists, put};
use crate::build::model::{Model, PageId, Scope, SectionId, below_root};
use crate::build::root::{ROOT, SITE};
use crate::config::LanguageId;
use crate::kinds::{Free, Kind};

/// Plans all pages.
pub fn plan(model: &Model, outputs: &mut Vec<Output>) {
    for (id, page) in model.visible() {
        if page.has_page {
            outputs.push(output(model, id));
        }
    }
    redirects(model, outputs);
    outputs.push(not_found(model));
}

/// Plans what leads on from aliases of pages and sections.
pub fn redirects(model: &Model, outputs: &mut Vec<Output>) {
    for (_, page) in model.visible() {
        let aliases = &page.row.front.common.rare.aliases;
        let origin = &page.row.path;
        outputs.extend(aliases.iter().map(|alias| redirect(model, alias, &page.url, page.language, origin)));
    }
    for section in model.sections.iter().filter(|section| !section.hidden) {
        let Some(row) = &section.row else { continue };
        let aliases = row.front.common.rare.aliases.iter();
        outputs
            .extend(aliases.map(|alias| redirect(model, alias, &section.url, section.language, &row.path)));
    }
}

/// A page that has one of its own.
pub fn output(model: &Model, id: PageId) -> Output {
    Output { path: file_of(&model.page(id).url).into(), job: Job::Page(Dish::Page(id)) }
}

/// The page for what is not found.
pub fn not_found(model: &Model) -> Output {
    let main = LanguageId::MAIN;
    let mut recipe = Head::new("404", "404.html", "", main).recipe(model);
    put(&mut recipe, model, "ancestors", || Part::Plain(ancestors(model, Some(home(model, main)))));
    put(&mut recipe, model, "lists", || lists::of_layout(model, "404", &Scope::default()));
    Output::single("404.html".to_owned(), "404", "404.html", recipe)
}

/// A page with its layout's lists.
pub fn order(model: &Model, id: PageId) -> Order {
    let page = model.page(id);
    let layout = layout(model, id);
    let section = model.section(page.section);
    let language = page.language;
    let scope = Scope { language, page: Some(id), section: Some(page.section), ..Scope::default() };
    let others = model.translations.of(id).iter().filter(|(_, id)| model.page(*id).visible);
    let translations: Vec<_> = others.map(|(own, id)| (*own, model.page(*id).url.to_string())).collect();
    let head = Head::new(layout, &page.url, section_key(&section.folder), language);
    let translations = if translations.len() > 1 { translations } else { Vec::new() };
    let mut recipe = Head { translations, ..head }.recipe(model);
    put(&mut recipe, model, "page", || Part::Page(id));
    put(&mut recipe, model, "ancestors", || Part::Shared(Shared::Ancestors(page.section)));
    put(&mut recipe, model, "lists", || lists::of_layout(model, layout, &scope));
    Order { template: [layout, ".html"].concat(), recipe }
}

/// Front matter, then the kind's layout, then the kind's name, then `page`.
pub fn layout(model: &Model, id: PageId) -> &str {
    let page = model.page(id);
    layout_of(model, model.kinds.get(page.kind), page.row.front.common.rare.layout.as_deref())
}

/// The layout of a page of a kind that may ask for one of its own.
pub fn layout_of<'m>(model: &Model, kind: &'m Kind, own: Option<&'m str>) -> &'m str {
    [own, kind.layout.as_deref(), Some(&*kind.key)]
        .into_iter()
        .flatten()
        .find(|layout| model.theme.has_layout(layout))
        .unwrap_or("page")
}

/// A page that leads from an old address to the new one.
fn redirect(model: &Model, alias: &str, url: &str, language: LanguageId, origin: &str) -> Output {
    let absolute = if model.config.has_address() { Free::Text(format!("{SITE}/{url}")) } else { Free::Null };
    let recipe = vec![
        ("site", Part::Shared(Shared::Site(language))),
        ("words", Part::Shared(Shared::Words(language))),
        ("assets", Part::Shared(Shared::Assets)),
        ("target", Part::Plain(Free::Text(format!("{ROOT}/{url}")))),
        ("target_absolute", Part::Plain(absolute)),
    ];
    Output::single(file_of(&below_root(alias)), origin, "redirect.html", recipe)
}

/// The sections from home down to and including `section`, without those that are not on show.
pub fn ancestors(model: &Model, section: Option<SectionId>) -> Free {
    let mut chain = Vec::new();
    let mut above = section;
    while let Some(id) = above {
        let section = model.section(id);
        if !section.hidden {
            chain.push(link(&section.title, &section.url));
        }
        above = section.parent;
    }
    chain.reverse();
    Free::List(chain)
}

/// The first folder below `content/`.
pub fn section_key(folder: &str) -> &str {
    folder.strip_prefix("content/").and_then(|inside| inside.split('/').next()).unwrap_or_default()
}
