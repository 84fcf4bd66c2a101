//! Outputs of lists: home, sections and tags, in pages.
//!
//! Lists by date are cut from the oldest end: page 1 holds the oldest items, is full, and never changes again; the
//! first page, at the section's own URL, shows the newest n to 2n−1. One more item then rewrites two or three files.

use super::pages::{ancestors, section_key};
use super::{Job, Output, Part, common, file_of, link, lists, values};
use crate::build::model::{Model, PageId, Scope, Section, SectionId};
use crate::kinds::Free;

/// One page of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its number in its URL; `None` for the first page, which has none.
    number: Option<usize>,
    /// Its items, as a range of the list.
    items: std::ops::Range<usize>,
    /// The sheets beside it, as positions among the sheets.
    newer: Option<usize>,
    older: Option<usize>,
}

/// Cuts a list of `count` items into sheets of `size`; the first sheet is what the list's own URL shows.
pub fn sheets(count: usize, size: Option<usize>, by_date: bool) -> Vec<Sheet> {
    let size = size.unwrap_or(usize::MAX).max(1);
    let first = |items| Sheet { number: None, items, newer: None, older: None };
    let mut sheets = vec![];
    if by_date {
        let archives = (count / size).saturating_sub(1);
        sheets.push(first(0..count - archives * size));
        // Newest archive first.
        for number in (1..=archives).rev() {
            let end = count - (number - 1) * size;
            sheets.push(Sheet { number: Some(number), ..first(end - size..end) });
        }
    } else {
        sheets.push(first(0..count.min(size)));
        let more = count.div_ceil(size).max(1);
        for number in 2..=more {
            let start = (number - 1) * size;
            sheets.push(Sheet { number: Some(number), ..first(start..count.min(start + size)) });
        }
    }
    let last = sheets.len() - 1;
    for (at, sheet) in sheets.iter_mut().enumerate() {
        sheet.newer = at.checked_sub(1);
        sheet.older = (at < last).then_some(at + 1);
    }
    sheets
}

/// A list to be paginated.
struct List<'l> {
    url: &'l str,
    pages: &'l [PageId],
    size: Option<usize>,
    by_date: bool,
}

impl List<'_> {
    fn sheet_url(&self, sheet: &Sheet) -> String {
        sheet.number.map_or_else(|| self.url.to_owned(), |number| format!("{}page/{number}/", self.url))
    }

    /// What a pager says: the months that a sheet spans, or its number.
    fn label(&self, model: &Model, sheet: &Sheet) -> String {
        let chinese = model.config.is_chinese();
        let items = &self.pages[sheet.items.clone()];
        let month = |id: Option<&PageId>| {
            let date = id.and_then(|id| model.page(*id).row.front.common.date)?;
            let month = crate::kinds::Date { day: None, time: None, ..date };
            Some(values::spoken(&month, chinese, true))
        };
        match (self.by_date, month(items.last()), month(items.first())) {
            (true, Some(from), Some(to)) if from == to => from,
            (true, Some(from), Some(to)) => format!("{from}–{to}"),
            _ => sheet.number.unwrap_or(1).to_string(),
        }
    }

    fn paginator(&self, model: &Model, sheets: &[Sheet], at: usize) -> Part {
        let sheet = &sheets[at];
        let plain = |free: Free| Part::Plain(free);
        let entry = |at: usize| {
            let url = format!("{}/{}", crate::build::root::ROOT, self.sheet_url(&sheets[at]));
            vec![
                ("url".to_owned(), Free::Text(url)),
                ("label".to_owned(), Free::Text(self.label(model, &sheets[at]))),
            ]
        };
        // The first page's span moves with every item, so an archive names it without one.
        let near = |near: Option<usize>| match near {
            Some(0) if self.by_date => {
                let url = format!("{}/{}", crate::build::root::ROOT, self.url);
                Free::Map(vec![
                    ("url".to_owned(), Free::Text(url)),
                    ("label".to_owned(), Free::Text(String::new())),
                ])
            }
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
        Part::Named(vec![
            ("pages".to_owned(), Part::Faces(self.pages[sheet.items.clone()].to_vec())),
            (
                "number".to_owned(),
                plain(Free::Int(i64::try_from(sheet.number.unwrap_or(1)).unwrap_or(i64::MAX))),
            ),
            ("total".to_owned(), plain(total(sheets.len()))),
            ("count".to_owned(), plain(total(self.pages.len()))),
            ("is_first".to_owned(), plain(Free::Bool(at == 0))),
            ("newer".to_owned(), plain(near(sheet.newer))),
            ("older".to_owned(), plain(near(sheet.older))),
            ("first".to_owned(), plain(link("", self.url))),
            ("archives".to_owned(), plain(Free::List(if settled { Vec::new() } else { archives.collect() }))),
        ])
    }
}

/// Plans home and all sections.
pub fn sections(model: &Model, outputs: &mut Vec<Output>) {
    for (at, section) in model.sections.iter().enumerate().filter(|(_, section)| !section.draft) {
        let id = SectionId(at);
        let layout = layout(model, section);
        let list = List {
            url: &section.url,
            pages: &section.pages,
            size: section.paginate_by.filter(|_| section.parent.is_some()),
            by_date: section.by_date,
        };
        let sheets = sheets(list.pages.len(), list.size, list.by_date);
        for (at, sheet) in sheets.iter().enumerate() {
            let url = list.sheet_url(sheet);
            let mut recipe = common(model, &layout, &url, section_key(&section.folder));
            recipe.push(("section", Part::Section { id, whole: at == 0 }));
            recipe.push(("paginator", list.paginator(model, &sheets, at)));
            recipe.push(("ancestors", Part::Plain(ancestors(model, section.parent))));
            let scope = Scope { section: Some(id), ..Scope::default() };
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

/// Front matter, then `<kind>-section`, then `section`; home is `home`.
fn layout(model: &Model, section: &Section) -> String {
    let asked = section.row.as_ref().and_then(|row| row.front.common.layout.clone());
    let of_kind = format!("{}-section", model.kinds.get(section.kind).key);
    let usual = if section.parent.is_none() { "home" } else { "section" };
    [asked, Some(of_kind).filter(|_| section.parent.is_some())]
        .into_iter()
        .flatten()
        .find(|layout| model.theme.has_template(&format!("{layout}.html")))
        .unwrap_or_else(|| usual.to_owned())
}

/// Plans the list of tags and each tag.
pub fn terms(model: &Model, outputs: &mut Vec<Output>) {
    if model.terms.is_empty() {
        return;
    }
    let home = || Part::Plain(ancestors(model, Some(SectionId(0))));
    let term_link = |term: &crate::build::model::Term, count: Free| {
        Free::Map(vec![
            ("name".to_owned(), Free::Text(term.name.clone())),
            ("url".to_owned(), Free::Text(format!("{}/{}", crate::build::root::ROOT, term.url))),
            ("count".to_owned(), count),
        ])
    };
    let count =
        |term: &crate::build::model::Term| Free::Int(i64::try_from(term.pages.len()).unwrap_or(i64::MAX));
    let mut recipe = common(model, "tags", "tags/", "tags");
    recipe.push((
        "terms",
        Part::Plain(Free::List(model.terms.iter().map(|term| term_link(term, count(term))).collect())),
    ));
    recipe.push(("ancestors", home()));
    recipe.push(("lists", lists::of_layout(model, "tags", &Scope::default())));
    outputs.push(Output {
        path: "tags/index.html".to_owned(),
        origin: "tags".to_owned(),
        job: Job::Page { template: "tags.html".to_owned(), recipe },
    });
    for term in &model.terms {
        let list =
            List { url: &term.url, pages: &term.pages, size: Some(model.config.paginate_by), by_date: true };
        let sheets = sheets(list.pages.len(), list.size, true);
        for (at, sheet) in sheets.iter().enumerate() {
            let url = list.sheet_url(sheet);
            let mut recipe = common(model, "tag", &url, "tags");
            let counted = if at == 0 { count(term) } else { Free::Null };
            recipe.push(("term", Part::Plain(term_link(term, counted))));
            recipe.push(("paginator", list.paginator(model, &sheets, at)));
            recipe.push(("ancestors", home()));
            recipe.push((
                "lists",
                lists::of_layout(model, "tag", &Scope { term: Some(&term.name), ..Scope::default() }),
            ));
            outputs.push(Output {
                path: file_of(&url),
                origin: format!("tag “{}”", term.name),
                job: Job::Page { template: "tag.html".to_owned(), recipe },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(count: usize, by_date: bool) -> Vec<(Option<usize>, usize, usize)> {
        sheets(count, Some(10), by_date).into_iter().map(|s| (s.number, s.items.start, s.items.end)).collect()
    }

    #[test]
    fn lists_by_date_are_cut_from_the_oldest() {
        assert_eq!(cut(0, true), [(None, 0, 0)]);
        assert_eq!(cut(19, true), [(None, 0, 19)]);
        assert_eq!(cut(20, true), [(None, 0, 10), (Some(1), 10, 20)]);
        assert_eq!(cut(35, true), [(None, 0, 15), (Some(2), 15, 25), (Some(1), 25, 35)]);
    }

    #[test]
    fn an_archive_never_changes_when_items_are_added() {
        // Counted from the oldest item, archive 1 is always items 0 to 9.
        for count in 20..60 {
            let archive = sheets(count, Some(10), true).pop().unwrap();
            assert_eq!((count - archive.items.end, count - archive.items.start), (0, 10));
        }
    }

    #[test]
    fn other_lists_are_cut_from_the_start() {
        assert_eq!(cut(0, false), [(None, 0, 0)]);
        assert_eq!(cut(25, false), [(None, 0, 10), (Some(2), 10, 20), (Some(3), 20, 25)]);
    }

    #[test]
    fn sheets_know_their_neighbours() {
        let sheets = sheets(35, Some(10), true);
        assert_eq!((sheets[0].newer, sheets[0].older), (None, Some(1)));
        assert_eq!((sheets[2].newer, sheets[2].older), (Some(1), None));
    }
}
