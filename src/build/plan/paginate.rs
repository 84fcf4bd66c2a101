//! Outputs of lists: home, sections and tags, in sheets (see [`super::sheets`]). A section lists its pages, or what its
//! layout declares under `paginate`: the line of time lists events.

use super::pages::{ancestors, section_key};
use super::sheets::{Sheet, sheets};
use super::{Head, Job, Output, Part, feeds, file_of, home, homes, link, lists, values};
use crate::build::load::ListSpec;
use crate::build::model::{
    EventId, Listed, Model, PageId, Scope, Section, SectionId, Term, select, terms_url,
};
use crate::build::root::ROOT;
use crate::config::LanguageId;
use crate::kinds::{Date, Free, Order};

/// What a list is made of.
enum Items {
    Pages(Vec<PageId>),
    Events(Vec<EventId>),
}

impl Items {
    fn len(&self) -> usize {
        match self {
            Items::Pages(pages) => pages.len(),
            Items::Events(events) => events.len(),
        }
    }

    fn date(&self, model: &Model, at: usize) -> Option<Date> {
        match self {
            Items::Pages(pages) => model.page(*pages.get(at)?).row.front.common.date,
            Items::Events(events) => Some(model.timeline.get(*events.get(at)?).date),
        }
    }
}

/// A list to be paginated.
struct List<'l> {
    url: &'l str,
    items: Items,
    language: LanguageId,
    size: Option<usize>,
    by_date: bool,
}

impl List<'_> {
    fn sheets(&self) -> Vec<Sheet> {
        sheets(self.items.len(), self.size, self.by_date)
    }

    fn sheet_url(&self, sheet: &Sheet) -> String {
        sheet.number.map_or_else(|| self.url.to_owned(), |number| format!("{}page/{number}/", self.url))
    }

    /// What a pager says: the months that a sheet spans, or its number.
    fn label(&self, model: &Model, sheet: &Sheet) -> String {
        let chinese = model.config.language(self.language).is_chinese();
        let month = |at: Option<usize>| {
            let date = self.items.date(model, at?)?;
            Some(values::spoken(&Date { day: None, time: None, ..date }, chinese, true))
        };
        let last = sheet.items.end.checked_sub(1).filter(|last| *last >= sheet.items.start);
        let first = last.map(|_| sheet.items.start);
        match (self.by_date, month(last), month(first)) {
            (true, Some(from), Some(to)) if from == to => from,
            (true, Some(from), Some(to)) => format!("{from}–{to}"),
            _ => sheet.number.unwrap_or(1).to_string(),
        }
    }

    fn paginator(&self, model: &Model, sheets: &[Sheet], at: usize) -> Part {
        let sheet = &sheets[at];
        let plain = |free: Free| Part::Plain(free);
        let entry = |at: usize| {
            let url = format!("{ROOT}/{}", self.sheet_url(&sheets[at]));
            vec![
                ("url".to_owned(), Free::Text(url)),
                ("label".to_owned(), Free::Text(self.label(model, &sheets[at]))),
            ]
        };
        // The first page's span moves with every item, so an archive names it without one.
        let near = |near: Option<usize>| match near {
            Some(0) if self.by_date => Free::Map(vec![
                ("url".to_owned(), Free::Text(format!("{ROOT}/{}", self.url))),
                ("label".to_owned(), Free::Text(String::new())),
            ]),
            Some(at) => Free::Map(entry(at)),
            None => Free::Null,
        };
        let archives = (1..sheets.len()).map(|at| {
            let mut archive = entry(at);
            let number = i64::try_from(sheets[at].number.unwrap_or(1)).unwrap_or(i64::MAX);
            archive.push(("number".to_owned(), Free::Int(number)));
            Free::Map(archive)
        });
        // An archive page by date must not know how much has come since.
        let settled = self.by_date && at > 0;
        let total = |number: usize| {
            if settled { Free::Null } else { Free::Int(i64::try_from(number).unwrap_or(i64::MAX)) }
        };
        let (pages, groups) = match &self.items {
            Items::Pages(pages) => {
                (Part::Faces(pages[sheet.items.clone()].to_vec()), plain(Free::List(Vec::new())))
            }
            Items::Events(events) => (
                plain(Free::List(Vec::new())),
                Part::Months(events[sheet.items.clone()].to_vec(), self.language),
            ),
        };
        let number = i64::try_from(sheet.number.unwrap_or(1)).unwrap_or(i64::MAX);
        Part::Named(vec![
            ("pages".to_owned(), pages),
            ("groups".to_owned(), groups),
            ("number".to_owned(), plain(Free::Int(number))),
            ("total".to_owned(), plain(total(sheets.len()))),
            ("count".to_owned(), plain(total(self.items.len()))),
            ("is_first".to_owned(), plain(Free::Bool(at == 0))),
            ("newer".to_owned(), plain(near(sheet.newer))),
            ("older".to_owned(), plain(near(sheet.older))),
            ("first".to_owned(), plain(link("", self.url))),
            ("archives".to_owned(), plain(Free::List(if settled { Vec::new() } else { archives.collect() }))),
        ])
    }
}

/// The list that a section's layout shows in place of the section's own pages.
pub fn source<'m>(model: &'m Model, section: &Section) -> Option<&'m ListSpec> {
    model.theme.paginate.get(&layout(model, section))
}

/// What a section lists, in its sheets.
fn of_section<'s>(model: &Model, id: SectionId, section: &'s Section) -> List<'s> {
    let own = List {
        url: &section.url,
        items: Items::Pages(Vec::new()),
        language: section.language,
        // Home shows lists of its own, never pages of a list.
        size: section.paginate_by.filter(|_| section.parent.is_some()),
        by_date: section.by_date,
    };
    let Some(spec) = source(model, section) else {
        return List { items: Items::Pages(section.pages.clone()), ..own };
    };
    let asked = section.row.as_ref().and_then(|row| row.front.common.paginate_by);
    let size = asked.or(spec.paginate_by).or(own.size).filter(|size| *size > 0);
    let scope = Scope { language: section.language, section: Some(id), ..Scope::default() };
    match select(model, spec, &scope) {
        // What is still to come would keep moving: it has no place in archives.
        Listed::Events(events) | Listed::Months(events) => {
            let past = events.into_iter().filter(|id| !model.timeline.get(*id).planned);
            List { items: Items::Events(past.collect()), size, by_date: true, ..own }
        }
        Listed::Pages(pages) => {
            // A list of one kind stands in the order of its kind.
            let of_kind = spec.kind.as_deref().and_then(|key| model.kinds.by_key(key));
            let of_kind = of_kind.map(|kind| model.kinds.get(kind));
            let by_date = match (&spec.sort_by, of_kind) {
                (Some(key), _) => key == "date",
                (None, Some(kind)) => kind.sort_by == "date" && kind.order == Order::Descending,
                (None, None) => spec.similar.is_none(),
            };
            List { items: Items::Pages(pages), size, by_date, ..own }
        }
        Listed::Photos(_) | Listed::Groups(_) => own,
    }
}

/// Plans home and all sections.
pub fn sections(model: &Model, outputs: &mut Vec<Output>) {
    for (at, section) in model.sections.iter().enumerate().filter(|(_, section)| !section.hidden) {
        let id = SectionId(at);
        let layout = layout(model, section);
        let list = of_section(model, id, section);
        let sheets = list.sheets();
        let feeds = feeds::of_section(model, id, section);
        for (at, sheet) in sheets.iter().enumerate() {
            let url = list.sheet_url(sheet);
            let head = Head::new(&layout, &url, section_key(&section.folder), section.language);
            let translations = if at == 0 { translations(model, section) } else { Vec::new() };
            let mut recipe = Head { translations, feeds: feeds.clone(), ..head }.recipe(model);
            recipe.push(("section", Part::Section { id, whole: at == 0 }));
            recipe.push(("paginator", list.paginator(model, &sheets, at)));
            recipe.push(("ancestors", Part::Plain(ancestors(model, section.parent))));
            let scope = Scope { language: section.language, section: Some(id), ..Scope::default() };
            let of_layout =
                if at == 0 { lists::of_layout(model, &layout, &scope) } else { lists::empty(model, &layout) };
            recipe.push(("lists", of_layout));
            outputs.push(Output {
                path: file_of(&url),
                origin: section.folder.clone(),
                job: Job::Page { template: format!("{layout}.html"), recipe },
            });
        }
    }
}

/// The same section in all languages that have it.
fn translations(model: &Model, section: &Section) -> Vec<(LanguageId, String)> {
    if section.parent.is_none() {
        return homes(model);
    }
    if model.config.languages.len() == 1 {
        return Vec::new();
    }
    let same = model.sections.iter().filter(|other| other.folder == section.folder && !other.hidden);
    let same: Vec<_> = same.map(|other| (other.language, other.url.clone())).collect();
    if same.len() > 1 { same } else { Vec::new() }
}

/// Front matter, then `<kind>-section`, then `section`; home is `home`.
pub fn layout(model: &Model, section: &Section) -> String {
    let asked = section.row.as_ref().and_then(|row| row.front.common.layout.clone());
    let of_kind = format!("{}-section", model.kinds.get(section.kind).key);
    let usual = if section.parent.is_none() { "home" } else { "section" };
    [asked, Some(of_kind).filter(|_| section.parent.is_some())]
        .into_iter()
        .flatten()
        .find(|layout| model.theme.has_template(&format!("{layout}.html")))
        .unwrap_or_else(|| usual.to_owned())
}

/// Plans the list of tags and each tag, by language.
pub fn terms(model: &Model, outputs: &mut Vec<Output>) {
    for language in model.spoken() {
        let terms: Vec<&Term> = model.terms.iter().filter(|term| term.language == language).collect();
        if !terms.is_empty() {
            all_terms(model, language, &terms, outputs);
        }
        for term in terms {
            of_term(model, term, outputs);
        }
    }
}

fn term_link(term: &Term, count: Free) -> Free {
    Free::Map(vec![
        ("name".to_owned(), Free::Text(term.name.clone())),
        ("url".to_owned(), Free::Text(format!("{ROOT}/{}", term.url))),
        ("count".to_owned(), count),
    ])
}

fn count(term: &Term) -> Free {
    Free::Int(i64::try_from(term.pages.len()).unwrap_or(i64::MAX))
}

fn all_terms(model: &Model, language: LanguageId, terms: &[&Term], outputs: &mut Vec<Output>) {
    let url = terms_url(language, &model.config);
    let mut recipe = Head::new("tags", &url, "tags", language).recipe(model);
    let links = terms.iter().map(|term| term_link(term, count(term))).collect();
    recipe.push(("terms", Part::Plain(Free::List(links))));
    recipe.push(("ancestors", Part::Plain(ancestors(model, Some(home(model, language))))));
    let scope = Scope { language, ..Scope::default() };
    recipe.push(("lists", lists::of_layout(model, "tags", &scope)));
    outputs.push(Output {
        path: file_of(&url),
        origin: "tags".to_owned(),
        job: Job::Page { template: "tags.html".to_owned(), recipe },
    });
}

fn of_term(model: &Model, term: &Term, outputs: &mut Vec<Output>) {
    let list = List {
        url: &term.url,
        items: Items::Pages(term.pages.clone()),
        language: term.language,
        size: Some(model.config.paginate_by),
        by_date: true,
    };
    let sheets = list.sheets();
    let feeds = feeds::of_term(model, term);
    for (at, sheet) in sheets.iter().enumerate() {
        let url = list.sheet_url(sheet);
        let mut recipe =
            Head { feeds: feeds.clone(), ..Head::new("tag", &url, "tags", term.language) }.recipe(model);
        let counted = if at == 0 { count(term) } else { Free::Null };
        recipe.push(("term", Part::Plain(term_link(term, counted))));
        recipe.push(("paginator", list.paginator(model, &sheets, at)));
        recipe.push(("ancestors", Part::Plain(ancestors(model, Some(home(model, term.language))))));
        let scope = Scope { language: term.language, term: Some(&term.name), ..Scope::default() };
        let of_layout =
            if at == 0 { lists::of_layout(model, "tag", &scope) } else { lists::empty(model, "tag") };
        recipe.push(("lists", of_layout));
        outputs.push(Output {
            path: file_of(&url),
            origin: format!("tag “{}”", term.name),
            job: Job::Page { template: "tag.html".to_owned(), recipe },
        });
    }
}
