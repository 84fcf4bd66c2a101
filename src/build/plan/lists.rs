//! Declared lists as parts of a recipe.

use super::parts::Part;
use crate::build::load::ListSpec;
use crate::build::model::{Listed, Model, Scope, select};
use std::collections::BTreeMap;

/// The lists of a layout.
pub fn of_layout(model: &Model, layout: &str, scope: &Scope<'_>) -> Part {
    let none = BTreeMap::new();
    Part::Named(parts(model, model.theme.layouts.get(layout).unwrap_or(&none), scope))
}

/// Each list under its name.
pub fn parts(model: &Model, specs: &BTreeMap<String, ListSpec>, scope: &Scope<'_>) -> Vec<(String, Part)> {
    specs
        .iter()
        .map(|(name, spec)| {
            let part = match select(model, spec, scope) {
                Listed::Pages(pages) => Part::Faces(pages),
                Listed::Photos(photos) => Part::Pictures(photos, scope.language),
                Listed::Groups(groups) => Part::Groups(groups, scope.language),
                Listed::Events(events) => Part::Events(events),
                Listed::Months(events) => Part::Months(events, scope.language),
            };
            (name.clone(), part)
        })
        .collect()
}

/// The lists of a layout, all empty: for pages that must not change with them.
pub fn empty(model: &Model, layout: &str) -> Part {
    let names = model.theme.layouts.get(layout).into_iter().flat_map(BTreeMap::keys);
    Part::Named(names.map(|name| (name.clone(), Part::Faces(Vec::new()))).collect())
}
