//! Outputs of lists: home, sections and tags, in sheets (see [`super::sheets`]). A section lists its pages, or what its
//! layout declares under `paginate`: the line of time lists events.

use super::pages::{ancestors, section_key};
use super::sheets::{Sheet, sheets};
use super::still::has_lists;
use super::{
    Dish, Head, Job, Order, Output, Part, feeds, file_of, home, homes, link, lists, map, put, values,
};
use crate::build::load::ListSpec;
use crate::build::model::{
    EventId, Listed, Model, PageId, Scope, Section, SectionId, Term, select, terms_url,
};
use crate::build::root::ROOT;
use crate::config::LanguageId;
use crate::kinds::{Date, Free, Order as Direction};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What a list is made of.
enum Items<'m> {
    Pages(Cow<'m, [PageId]>),
    Events(Vec<EventId>),
}

impl Items<'_> {
    fn len(&self) -> usize {
        match self {
            Items::Pages(pages) => pages.len(),
            Items::Events(events) => events.len(),
        }
    }

    fn date(&self, model: &Model, at: usize) -> Option<Date> {
        match self {
            Items::Pages(pages) => model.page(*pages.get(at)?).date,
            Items::Events(events) => Some(model.timeline.get(*events.get(at)?).date),
        }
    }
}

/// What a paginator may show.
const PAGINATOR: [&str; 10] =
    ["pages", "groups", "number", "total", "count", "is_first", "newer", "older", "first", "archives"];
/// So many sheets before and after a numbered one are linked from it.
const NEAR: usize = 10;

/// Whose list it is.
enum Owner<'m> {
    Section(SectionId, &'m Section),
    Term(&'m Term),
}

/// Sheets of a list that are as they were before pages came.
#[derive(Clone, Copy, Debug)]
pub struct Settled {
    /// Whether the first is.
    first: bool,
    /// All others from this one on.
    from: usize,
}

/// None.
impl Default for Settled {
    fn default() -> Self {
        Settled { first: false, from: usize::MAX }
    }
}

impl Settled {
    /// All.
    pub const ALL: Self = Settled { first: true, from: 1 };

    /// Whether a sheet is one.
    pub fn has(&self, at: usize) -> bool {
        if at == 0 { self.first } else { at >= self.from }
    }
}

/// A list cut into sheets, each an output.
pub struct List<'m> {
    owner: Owner<'m>,
    items: Items<'m>,
    by_date: bool,
    sheets: Vec<Sheet>,
    /// Its feeds, besides those of the site.
    feeds: Vec<feeds::Link>,
}

impl<'m> List<'m> {
    fn new(
        owner: Owner<'m>,
        items: Items<'m>,
        size: Option<usize>,
        by_date: bool,
        feeds: Vec<feeds::Link>,
    ) -> Self {
        List { sheets: sheets(items.len(), size, by_date), owner, items, by_date, feeds }
    }

    /// Path of its URL below the root.
    pub fn url(&self) -> &'m str {
        match self.owner {
            Owner::Section(_, section) => &section.url,
            Owner::Term(term) => &term.url,
        }
    }

    fn language(&self) -> LanguageId {
        match self.owner {
            Owner::Section(_, section) => section.language,
            Owner::Term(term) => term.language,
        }
    }

    /// Which sheets are as they were before the pages `news` came, or were seen otherwise.
    pub fn settled(&self, model: &Model, news: &BTreeSet<PageId>) -> Settled {
        let Items::Pages(pages) = &self.items else { return Settled::default() };
        let last = pages.iter().rposition(|id| news.contains(id));
        let layout = match self.owner {
            Owner::Section(_, section) => {
                // What a layout lists in place of the section's pages may be anything.
                if source(model, section).is_some() {
                    return Settled::default();
                }
                None
            }
            Owner::Term(_) => Some("tag"),
        };
        let Some(last) = last else {
            // A section tells of others on its first sheet, a tag of nothing but its pages.
            return Settled { first: layout.is_some_and(|layout| !has_lists(model, layout)), from: 1 };
        };
        // Archives by date are numbered from the oldest. Those near what came may border on another sheet now, or hold other pages.
        let above = |sheet: &Sheet| sheet.newer.and_then(|newer| self.sheets.get(newer));
        let older = |(at, sheet): (usize, &Sheet)| {
            at > 2 + news.len() && above(sheet).is_some_and(|newer| newer.items.start > last)
        };
        let from = self.sheets.iter().enumerate().position(older).filter(|_| self.by_date);
        Settled { first: false, from: from.unwrap_or(usize::MAX) }
    }

    /// Into how many sheets it is cut.
    pub fn count(&self) -> usize {
        self.sheets.len()
    }

    /// What it comes from, for messages.
    pub fn origin(&self) -> Cow<'m, str> {
        match self.owner {
            Owner::Section(_, section) => Cow::Borrowed(&section.folder),
            Owner::Term(term) => Cow::Owned(format!("tag “{}”", term.name)),
        }
    }

    /// The outputs of all sheets; `list` is its number among the plan's lists.
    pub fn outputs(&self, list: usize) -> impl Iterator<Item = Output> {
        let output = move |(at, sheet)| Output {
            path: file_of(&self.sheet_url(sheet)).into(),
            job: Job::Page(Dish::Sheet { list, at }),
        };
        self.sheets.iter().enumerate().map(output)
    }

    /// What a sheet is made of.
    pub fn order(&self, model: &Model, at: usize) -> Order {
        match self.owner {
            Owner::Section(id, section) => self.of_section(model, id, section, at),
            Owner::Term(term) => self.of_term(model, term, at),
        }
    }

    fn of_section(&self, model: &Model, id: SectionId, section: &Section, at: usize) -> Order {
        let layout = layout(model, section);
        let url = self.sheet_url(&self.sheets[at]);
        let head = Head::new(&layout, &url, section_key(&section.folder), section.language);
        let translations = if at == 0 { translations(model, section) } else { Vec::new() };
        let mut recipe = Head { translations, feeds: self.feeds.clone(), ..head }.recipe(model);
        put(&mut recipe, model, "section", || Part::Section { id, whole: at == 0 });
        put(&mut recipe, model, "paginator", || self.paginator(model, at));
        put(&mut recipe, model, "ancestors", || Part::Plain(ancestors(model, section.parent)));
        let scope = Scope { language: section.language, section: Some(id), ..Scope::default() };
        put(&mut recipe, model, "lists", || {
            if at == 0 { lists::of_layout(model, &layout, &scope) } else { lists::empty(model, &layout) }
        });
        Order { template: format!("{layout}.html"), recipe }
    }

    fn of_term(&self, model: &Model, term: &Term, at: usize) -> Order {
        let url = self.sheet_url(&self.sheets[at]);
        let head = Head::new("tag", &url, "tags", term.language);
        let mut recipe = Head { feeds: self.feeds.clone(), ..head }.recipe(model);
        let counted = if at == 0 { count(term) } else { Free::Null };
        put(&mut recipe, model, "term", || Part::Plain(term_link(term, counted)));
        put(&mut recipe, model, "paginator", || self.paginator(model, at));
        put(&mut recipe, model, "ancestors", || {
            Part::Plain(ancestors(model, Some(home(model, term.language))))
        });
        let scope = Scope { language: term.language, term: Some(&term.name), ..Scope::default() };
        put(&mut recipe, model, "lists", || {
            if at == 0 { lists::of_layout(model, "tag", &scope) } else { lists::empty(model, "tag") }
        });
        Order { template: "tag.html".to_owned(), recipe }
    }

    fn sheet_url(&self, sheet: &Sheet) -> String {
        sheet.number.map_or_else(|| self.url().to_owned(), |number| format!("{}page/{number}/", self.url()))
    }

    /// What a pager says: the months that a sheet spans, or its number.
    fn label(&self, model: &Model, sheet: &Sheet) -> String {
        let chinese = model.config.language(self.language()).is_chinese();
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

    /// What the template of a sheet sees of the list, as far as any template names it.
    fn paginator(&self, model: &Model, at: usize) -> Part {
        let keys = PAGINATOR.into_iter().filter(|key| model.theme.named.has(key));
        Part::Named(keys.map(|key| (key.to_owned(), self.shown(model, at, key))).collect())
    }

    fn shown(&self, model: &Model, at: usize, key: &str) -> Part {
        let sheet = &self.sheets[at];
        let whole = |number: usize| Free::Int(i64::try_from(number).unwrap_or(i64::MAX));
        // An archive page by date must not know how much has come since.
        let settled = self.by_date && at > 0;
        let total = |number: usize| if settled { Free::Null } else { whole(number) };
        Part::Plain(match (key, &self.items) {
            ("pages", Items::Pages(pages)) => return Part::Faces(pages[sheet.items.clone()].to_vec()),
            ("groups", Items::Events(events)) => {
                return Part::Months(events[sheet.items.clone()].to_vec(), self.language());
            }
            ("pages" | "groups", _) => Free::List(Vec::new()),
            ("number", _) => whole(sheet.number.unwrap_or(1)),
            ("total", _) => total(self.sheets.len()),
            ("count", _) => total(self.items.len()),
            ("is_first", _) => Free::Bool(at == 0),
            ("newer", _) => self.near(model, sheet.newer),
            ("older", _) => self.near(model, sheet.older),
            ("first", _) => link("", self.url()),
            ("archives", _) if settled => Free::List(Vec::new()),
            ("archives", _) => {
                let all = 1..self.sheets.len();
                // All of them on every sheet would cost the square of their number.
                let near = at.saturating_sub(NEAR).max(1)..all.end.min(at + NEAR + 1);
                let shown = if at == 0 { all } else { near };
                Free::List(shown.map(|at| map(self.entry(model, at, true))).collect())
            }
            _ => Free::Null,
        })
    }

    /// A link to a sheet.
    fn entry(&self, model: &Model, at: usize, numbered: bool) -> Vec<(&'static str, Free)> {
        let sheet = &self.sheets[at];
        let number = numbered.then(|| i64::try_from(sheet.number.unwrap_or(1)).unwrap_or(i64::MAX));
        let link = [
            ("url", Free::Text(format!("{ROOT}/{}", self.sheet_url(sheet)))),
            ("label", Free::Text(self.label(model, sheet))),
        ];
        link.into_iter().chain(number.map(|number| ("number", Free::Int(number)))).collect()
    }

    /// A link to the sheet before or after one.
    fn near(&self, model: &Model, near: Option<usize>) -> Free {
        match near {
            // The first page's span moves with every item, so an archive names it without one.
            Some(0) if self.by_date => map(vec![
                ("url", Free::Text(format!("{ROOT}/{}", self.url()))),
                ("label", Free::Text(String::new())),
            ]),
            Some(at) => map(self.entry(model, at, false)),
            None => Free::Null,
        }
    }
}

/// The list that a section's layout shows in place of the section's own pages.
pub fn source<'m>(model: &'m Model, section: &Section) -> Option<&'m ListSpec> {
    model.theme.paginate.get(&layout(model, section))
}

/// What a section lists, in its sheets.
fn of_section<'m>(model: &'m Model, id: SectionId, section: &'m Section) -> List<'m> {
    let owner = Owner::Section(id, section);
    let feeds = feeds::of_section(model, id, section);
    // Home shows lists of its own, never pages of a list.
    let usual = section.paginate_by.filter(|_| section.parent.is_some());
    let Some(spec) = source(model, section) else {
        let items = Items::Pages(Cow::Borrowed(&section.pages));
        return List::new(owner, items, usual, section.by_date, feeds);
    };
    let asked = section.row.as_ref().and_then(|row| row.front.common.rare.paginate_by);
    let size = asked.or(spec.paginate_by).or(usual).filter(|size| *size > 0);
    let scope = Scope { language: section.language, section: Some(id), ..Scope::default() };
    let (items, size, by_date) = match select(model, spec, &scope) {
        // What is still to come would keep moving: it has no place in archives.
        Listed::Events(events) | Listed::Months(events) => {
            let past = events.into_iter().filter(|id| !model.timeline.get(*id).planned);
            (Items::Events(past.collect()), size, true)
        }
        Listed::Pages(pages) => {
            // A list of one kind stands in the order of its kind.
            let of_kind = spec.kind.as_deref().and_then(|key| model.kinds.by_key(key));
            let of_kind = of_kind.map(|kind| model.kinds.get(kind));
            let by_date = match (&spec.sort_by, of_kind) {
                (Some(key), _) => key == "date",
                (None, Some(kind)) => kind.sort_by == "date" && kind.order == Direction::Descending,
                (None, None) => spec.similar.is_none() && spec.near.is_none(),
            };
            (Items::Pages(Cow::Owned(pages)), size, by_date)
        }
        Listed::Photos(_) | Listed::Groups(_) => (Items::Pages(Cow::Borrowed(&[])), usual, section.by_date),
    };
    List::new(owner, items, size, by_date, feeds)
}

/// Home and all sections.
pub fn sections(model: &Model) -> Vec<List<'_>> {
    let shown = model.sections.iter().enumerate().filter(|(_, section)| !section.hidden);
    shown.map(|(at, section)| of_section(model, SectionId(at), section)).collect()
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
    let asked =
        section.row.as_ref().and_then(|row| row.front.common.rare.layout.as_deref().map(str::to_owned));
    let of_kind = format!("{}-section", model.kinds.get(section.kind).key);
    let usual = if section.parent.is_none() { "home" } else { "section" };
    [asked, Some(of_kind).filter(|_| section.parent.is_some())]
        .into_iter()
        .flatten()
        .find(|layout| model.theme.has_layout(layout))
        .unwrap_or_else(|| usual.to_owned())
}

/// Plans the list of tags and each tag, by language.
pub fn terms<'m>(model: &'m Model, lists: &mut Vec<List<'m>>, outputs: &mut Vec<Output>) {
    for language in model.spoken() {
        let terms: Vec<&Term> = model.terms.iter().filter(|term| term.language == language).collect();
        if !terms.is_empty() {
            outputs.push(all_terms(model, language, &terms));
        }
        lists.extend(terms.into_iter().map(|term| {
            let items = Items::Pages(Cow::Borrowed(&term.pages));
            List::new(
                Owner::Term(term),
                items,
                Some(model.config.paginate_by),
                true,
                feeds::of_term(model, term),
            )
        }));
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

fn all_terms(model: &Model, language: LanguageId, terms: &[&Term]) -> Output {
    let url = terms_url(language, &model.config);
    let mut recipe = Head::new("tags", &url, "tags", language).recipe(model);
    let links = terms.iter().map(|term| term_link(term, count(term))).collect();
    put(&mut recipe, model, "terms", || Part::Plain(Free::List(links)));
    put(&mut recipe, model, "ancestors", || Part::Plain(ancestors(model, Some(home(model, language)))));
    let scope = Scope { language, ..Scope::default() };
    put(&mut recipe, model, "lists", || lists::of_layout(model, "tags", &scope));
    Output::single(file_of(&url), "tags", "tags.html", recipe)
}
