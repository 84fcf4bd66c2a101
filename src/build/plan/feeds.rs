//! Feeds: of the site, of each section whose pages have dates, of the line of time, and of each tag; Atom, and JSON Feed
//! beside it for site and sections. Feeds need whole addresses, so a site without one has none.

use super::{Output, Part, Shared, map, paginate, sitemap};
use crate::build::model::{Event, EventId, Listed, Model, PageId, Scope, Section, SectionId, Term, select};
use crate::build::root::{ROOT, SITE};
use crate::config::LanguageId;
use crate::digest::Digest;
use crate::kinds::{Date, Free};
use std::collections::HashSet;

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
            let feed = Feed { title: &spoken.title, folder: &model.config.prefix(language), language };
            feed.plan(model, site_entries(model, language), &[ATOM, JSON], outputs);
        }
    }
    for (at, section) in model.sections.iter().enumerate() {
        if !of_section(model, SectionId(at), section).is_empty() {
            let title = title_of(model, &section.title, section.language);
            let feed = Feed { title: &title, folder: &section.url, language: section.language };
            feed.plan(model, section_entries(model, SectionId(at), section), &[ATOM, JSON], outputs);
        }
    }
    for term in &model.terms {
        if !of_term(model, term).is_empty() {
            let title = title_of(model, &term.name, term.language);
            let feed = Feed { title: &title, folder: &term.url, language: term.language };
            feed.plan(model, term.pages.iter().filter_map(|id| entry(model, *id)), &[ATOM], outputs);
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
                page.has_page && page.language == language && page.row.front.common.date.is_some()
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
    let dated = |id: &PageId| entry(model, *id).is_some();
    if model.config.feed.tags && model.config.has_address() && term.pages.iter().any(dated) {
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

/// A feed to be made.
struct Feed<'f> {
    title: &'f str,
    /// Path of what it is a feed of; the feed lies in there.
    folder: &'f str,
    language: LanguageId,
}

/// Something told by a feed.
struct Entry {
    title: String,
    /// Path below the root.
    url: String,
    /// What tells it from others at the same URL.
    mark: Option<String>,
    published: Date,
    updated: Date,
    summary: String,
    author: Option<String>,
    tags: Vec<String>,
}

impl Entry {
    /// What feed readers know it by: it stays the same, and is told once.
    fn id(&self) -> String {
        match &self.mark {
            Some(mark) => format!("{}#{mark}", self.url),
            None => self.url.clone(),
        }
    }
}

impl Feed<'_> {
    fn plan(
        &self,
        model: &Model,
        entries: impl Iterator<Item = Entry>,
        forms: &[(&str, &str)],
        outputs: &mut Vec<Output>,
    ) {
        let mut told = HashSet::new();
        let entries: Vec<Entry> =
            entries.filter(|entry| told.insert(entry.id())).take(model.config.feed.limit).collect();
        // A feed must say when it was updated.
        let Some(newest) = entries.iter().map(|entry| entry.updated).max() else { return };
        let stamp = |date: &Date| Free::Text(timestamp(date, &model.config.timezone));
        let address = |path: &str| Free::Text(format!("{SITE}/{path}"));
        let items = entries.iter().map(|entry| {
            map(vec![
                ("title", Free::Text(entry.title.clone())),
                ("url", address(&entry.url)),
                ("id", address(&entry.id())),
                ("updated", stamp(&entry.updated)),
                ("published", stamp(&entry.published)),
                ("summary", Free::Text(entry.summary.clone())),
                ("author", entry.author.as_ref().map_or(Free::Null, |author| Free::Text(author.clone()))),
                ("tags", Free::List(entry.tags.iter().cloned().map(Free::Text).collect())),
            ])
        });
        let items = Free::List(items.collect());
        for (name, _) in forms {
            let path = format!("{}{name}", self.folder);
            let feed = map(vec![
                ("title", Free::Text(self.title.to_owned())),
                ("url", address(self.folder)),
                ("self", address(&path)),
                ("updated", stamp(&newest)),
                ("entries", items.clone()),
            ]);
            outputs.push(output(&path, name, self.language, vec![("feed", Part::Plain(feed))]));
        }
    }
}

/// The newest dated pages of a language.
fn site_entries(model: &Model, language: LanguageId) -> impl Iterator<Item = Entry> + '_ {
    let mut dated: Vec<(Date, PageId)> = model
        .visible()
        .filter(|(_, page)| page.has_page && page.language == language && model.kinds.get(page.kind).dated)
        .filter_map(|(id, page)| Some((page.row.front.common.date?, id)))
        .collect();
    dated.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    dated.into_iter().filter_map(|(_, id)| entry(model, id))
}

/// The newest of what a section lists.
fn section_entries<'m>(
    model: &'m Model,
    id: SectionId,
    section: &'m Section,
) -> Box<dyn Iterator<Item = Entry> + 'm> {
    let scope = Scope { language: section.language, section: Some(id), ..Scope::default() };
    let events = paginate::source(model, section).filter(|spec| spec.events);
    match events.map(|spec| select(model, spec, &scope)) {
        Some(Listed::Events(events) | Listed::Months(events)) => {
            Box::new(events.into_iter().filter_map(|id| event_entry(model, id)))
        }
        _ => {
            let mut pages: Vec<PageId> = section.pages.clone();
            let date = |id: &PageId| model.page(*id).row.front.common.date;
            pages.sort_by(|a, b| date(b).cmp(&date(a)).then(a.cmp(b)));
            Box::new(pages.into_iter().filter_map(|id| entry(model, id)))
        }
    }
}

/// A page as an entry; none without a date or a page of its own.
fn entry(model: &Model, id: PageId) -> Option<Entry> {
    let page = model.page(id);
    let common = &page.row.front.common;
    let published = common.date.filter(|_| page.has_page)?;
    Some(Entry {
        title: page.title.clone(),
        url: page.url.clone(),
        mark: None,
        published,
        updated: common.rare.updated.unwrap_or(published).max(published),
        summary: common.description.as_deref().unwrap_or(&page.row.facts.excerpt).to_owned(),
        author: common.author.as_ref().or(common.source.as_ref()).cloned(),
        tags: common.tags.clone(),
    })
}

/// An event as an entry: the page itself, or what a field of it tells.
fn event_entry(model: &Model, id: EventId) -> Option<Entry> {
    let event: &Event = model.timeline.get(id);
    let page = model.page(event.page);
    if event.planned {
        return None;
    }
    if event.part.is_none() {
        return entry(model, event.page);
    }
    let title = event.title(model);
    let colon = if model.config.language(page.language).is_chinese() { "：" } else { ": " };
    let what = if title == page.title { event.label(model) } else { title };
    Some(Entry {
        mark: Some(
            Digest::of_value(&(event.date, title, event.label(model), page.slug())).to_string()[..12]
                .to_owned(),
        ),
        title: format!("{}{colon}{what}", page.title),
        url: page.url.split('#').next().unwrap_or_default().to_owned(),
        published: event.date,
        updated: event.date,
        summary: String::new(),
        author: None,
        tags: Vec::new(),
    })
}

/// `2026-11-22T09:30:00+08:00`, unknown parts at their first.
fn timestamp(date: &Date, timezone: &str) -> String {
    let small = |part: Option<u8>, least: i8| part.and_then(|part| i8::try_from(part).ok()).unwrap_or(least);
    let (hour, minute) = date.time.unwrap_or((0, 0));
    let wall = jiff::civil::DateTime::new(
        date.year,
        small(date.month, 1),
        small(date.day, 1),
        small(Some(hour), 0),
        small(Some(minute), 0),
        0,
        0,
    )
    .unwrap_or(jiff::civil::DateTime::MIN);
    let zone = jiff::tz::TimeZone::get(timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    zone.to_zoned(wall).map_or_else(
        |_| format!("{}T00:00:00Z", wall.date()),
        |zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
    )
}
