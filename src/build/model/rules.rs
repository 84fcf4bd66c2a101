//! What is asked of pages once all is known. A layout that they name must be drawn by the theme. And what the rules for
//! government sites ask (`profile = "gov"`; 国办发〔2017〕47号, annex): an article says where it comes from; its title and
//! date are asked of every page of such a kind anyway.

use super::Model;
use crate::build::load::Row;
use crate::config::Profile;
use crate::problem::{Place, Problem};

/// All of it.
pub(super) fn check(model: &Model) -> Vec<Problem> {
    let mut problems = layouts(model);
    if model.config.profile == Profile::Gov {
        problems.extend(sources(model));
    }
    problems
}

/// Layouts that pages and sections name and the theme has not.
fn layouts(model: &Model) -> Vec<Problem> {
    // A site whose theme is missing has been told so.
    if model.theme.templates.is_empty() {
        return Vec::new();
    }
    let pages = model.visible().map(|(_, page)| &page.row);
    let sections = model.sections.iter().filter(|section| !section.hidden);
    let missing = |row: &Row| {
        let layout = row.front.common.rare.layout.as_ref()?;
        let templates = model.theme.templates.iter().map(|(name, _, _)| name.as_str());
        let known = templates.filter_map(|name| name.strip_suffix(".html"));
        (!model.theme.has_layout(layout)).then(|| {
            Problem::new("layout-unknown").arg("layout", layout).suggest(layout, known).at(place(row))
        })
    };
    pages.chain(sections.filter_map(|section| section.row.as_ref())).filter_map(|row| missing(row)).collect()
}

/// Visible articles without a source.
fn sources(model: &Model) -> Vec<Problem> {
    let article = |kind| model.kinds.get(kind).date_required;
    let bare = |page: &&super::Page| {
        page.has_page && article(page.kind) && page.row.front.common.credit.source.is_none()
    };
    let pages = model.visible().map(|(_, page)| page).filter(bare);
    pages.map(|page| Problem::new("source-missing").at(place(&page.row))).collect()
}

/// The title of a page, else its file.
fn place(row: &Row) -> Place {
    let title = row.front.common.title_place.as_ref();
    title.map_or_else(|| Place::file(&*row.path), |title| row.place(title))
}
