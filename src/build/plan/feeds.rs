//! Feeds: of the site, of each section whose pages have dates, of the line of time, and of each tag; Atom, and JSON Feed
//! beside it for site and sections. Feeds need whole addresses, so a site without one has none.

use super::feed::{self, Feed, Told};
use super::{Output, Part, Shared, map, paginate, sitemap};
use crate::build::model::{Listed, Model, PageId, Scope, Section, SectionId, Term, select};
use crate::build::root::ROOT;
use crate::config::LanguageId;
use crate::kinds::Free;

/// A link to a feed in the head of a page.
#[derive(Clone, Debug)]
pub struct Link {
    /// What it is a feed of.
    pub title: String,
    /// Path below the root.
    pub url: String,
    /// Its media type.
    pub media_type: &'static str,
}

/// Names and media types of the two forms.
const ATOM: (&str, &str) = ("atom.xml", "application/atom+xml");
const JSON: (&str, &str) = ("feed.json", "application/feed+json");

impl Link {
    /// As templates see it.
    pub fn free(&self) -> Free {
        map(vec![
            ("title", Free::Text(self.title.clone())),
            ("url", Free::Text(format!("{ROOT}/{}", self.url))),
            ("type", Free::Text(self.media_type.to_owned())),
        ])
    }
}

/// Plans all feeds, and the sitemap.
pub fn plan(model: &Model, outputs: &mut Vec<Output>) {
    for (language, spoken) in model.config.languages() {
        if !of_site(model, language).is_empty() {
            let prefix = model.config.prefix(language);
            let told = site_entries(model, language);
            plan_one(model, language, &spoken.title, &prefix, told, &[ATOM, JSON], outputs);
        }
    }
    for (at, section) in model.sections.iter().enumerate() {
        if !of_section(model, SectionId(at), section).is_empty() {
            let title = title_of(model, &section.title, section.language);
            let told = section_entries(model, SectionId(at), section);
            plan_one(model, section.language, &title, &section.url, told, &[ATOM, JSON], outputs);
        }
    }
    for term in model.terms.iter() {
        if !of_term(model, term).is_empty() {
            let title = title_of(model, &term.name, term.language);
            let told = pages(model, &term.pages);
            plan_one(model, term.language, &title, &term.url, told, &[ATOM], outputs);
        }
    }
    sitemap::plan(model, outputs);
}

fn links(model: &Model, title: &str, folder: &str, forms: &[(&'static str, &'static str)]) -> Vec<Link> {
    if !model.config.has_address() {
        return Vec::new();
    }
    let link = |(name, media_type): &(&'static str, &'static str)| Link {
        title: title.to_owned(),
        url: format!("{folder}{name}"),
        media_type,
    };
    forms.iter().map(link).collect()
}

/// `工作动态 · 李花镇`.
fn title_of(model: &Model, name: &str, language: LanguageId) -> String {
    format!("{name} · {}", model.config.language(language).title)
}

/// The feeds of the whole site in a language; none where nothing has a date.
pub fn of_site(model: &Model, language: LanguageId) -> Vec<Link> {
    let dated = |(_, kind): (_, &crate::kinds::Kind)| kind.dated;
    let any =
        model.by_kind.iter().zip(model.kinds.iter()).filter(|(_, kind)| dated(*kind)).any(|(pages, _)| {
            pages.iter().any(|id| {
                let page = model.page(*id);
                page.has_page && page.language == language && page.date.is_some()
            })
        });
    let title = &model.config.language(language).title;
    if any { links(model, title, &model.config.prefix(language), &[ATOM, JSON]) } else { Vec::new() }
}

/// The feeds of the whole site, as templates see them.
pub fn shared(model: &Model, language: LanguageId) -> Free {
    Free::List(of_site(model, language).iter().map(Link::free).collect())
}

/// The feeds of a section of dated pages, or of the line of time; none where they would be empty.
pub fn of_section(model: &Model, id: SectionId, section: &Section) -> Vec<Link> {
    let events = || paginate::source(model, section).is_some_and(|spec| spec.events);
    let wanted = model.config.feed.sections
        && model.config.has_address()
        && !section.hidden
        && section.parent.is_some()
        && (model.kinds.get(section.kind).dated || events());
    if wanted && section_entries(model, id, section).next().is_some() {
        links(model, &title_of(model, &section.title, section.language), &section.url, &[ATOM, JSON])
    } else {
        Vec::new()
    }
}

/// The feed of a tag.
pub fn of_term(model: &Model, term: &Term) -> Vec<Link> {
    let told = || pages(model, &term.pages).next().is_some();
    if model.config.feed.tags && model.config.has_address() && told() {
        links(model, &title_of(model, &term.name, term.language), &term.url, &[ATOM])
    } else {
        Vec::new()
    }
}

/// An output whose template sees `site` and what it is given.
pub fn output(
    path: &str,
    template: &str,
    language: LanguageId,
    mut recipe: Vec<(&'static str, Part)>,
) -> Output {
    recipe.push(("site", Part::Shared(Shared::Site(language))));
    Output::single(path.to_owned(), path, template, recipe)
}

/// Plans the forms of one feed.
fn plan_one(
    model: &Model,
    language: LanguageId,
    title: &str,
    folder: &str,
    told: impl Iterator<Item = Told>,
    forms: &[(&str, &str)],
    outputs: &mut Vec<Output>,
) {
    let told = feed::first(model, told, model.config.feed.limit);
    // A feed must say when it was updated.
    if told.is_empty() {
        return;
    }
    for (name, _) in forms {
        let path = format!("{folder}{name}");
        let feed = Feed {
            title: title.to_owned(),
            folder: folder.to_owned(),
            path: path.clone(),
            told: told.clone(),
        };
        outputs.push(output(&path, name, language, vec![("feed", Part::Feed(Box::new(feed)))]));
    }
}

/// The pages that can be told, in the order given.
fn pages<'p>(model: &'p Model, pages: &'p [PageId]) -> impl Iterator<Item = Told> + 'p {
    pages.iter().map(|id| Told::Page(*id)).filter(|told| told.is_fit(model))
}

/// The newest dated pages of a language.
fn site_entries(model: &Model, language: LanguageId) -> impl Iterator<Item = Told> + '_ {
    pages(model, &model.by_date).filter(move |told| {
        let Told::Page(id) = told else { return false };
        let page = model.page(*id);
        page.language == language && model.kinds.get(page.kind).dated
    })
}

/// The newest of what a section lists.
fn section_entries<'m>(
    model: &'m Model,
    id: SectionId,
    section: &'m Section,
) -> Box<dyn Iterator<Item = Told> + 'm> {
    let scope = Scope { language: section.language, section: Some(id), ..Scope::default() };
    let events = paginate::source(model, section).filter(|spec| spec.events);
    match events.map(|spec| select(model, spec, &scope)) {
        Some(Listed::Events(events) | Listed::Months(events)) => {
            Box::new(events.into_iter().map(Told::Event).filter(|told| told.is_fit(model)))
        }
        _ if section.by_date => Box::new(pages(model, &section.pages)),
        _ => {
            let newest = model.newest(&section.pages);
            Box::new(newest.into_iter().map(Told::Page).filter(|told| told.is_fit(model)))
        }
    }
}
