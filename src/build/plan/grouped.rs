//! Pages in groups: by year, month, a field, or a page that they are related to, each with its sums.

use super::parts::{Kitchen, faces};
use super::values::{Fields, list, number, spoken, url};
use crate::build::model::{Group, Model, PageId};
use crate::digest::Digester;
use crate::kinds::{Date, Field, Type, Value as Raw};
use tera::Value;

/// Adds groups one after the other. The faces hold all that is summed up.
pub fn add(kitchen: &Kitchen<'_>, groups: &[Group], digester: &mut Digester) {
    digester.number(groups.len() as u64);
    for group in groups {
        digester.text(&group.key).number(group.pages.len() as u64);
        digester.value(&group.page.map(|id| &kitchen.model.page(id).url));
        group.pages.iter().for_each(|id| {
            digester.digest(&kitchen.face_digest(*id));
        });
    }
}

/// Groups as templates see them.
pub fn values(kitchen: &Kitchen<'_>, groups: &[Group], chinese: bool) -> Value {
    let model = kitchen.model;
    list(groups.iter().map(|group| {
        let address = group.page.map(|id| Value::from(url(&model.page(id).url)));
        Fields::new()
            .with("key", group.key.as_str())
            .with("label", label(&group.key, chinese))
            .with("url", address.unwrap_or_else(Value::none))
            .with("count", group.pages.len() as u64)
            .with("totals", totals(model, &group.pages, chinese))
            .with("pages", faces(kitchen, &group.pages))
            .done()
    }))
}

/// `2026-03` is shown as 2026年3月, other keys as they are.
fn label(key: &str, chinese: bool) -> String {
    match Date::parse(key) {
        Ok((date, _)) => spoken(&date, chinese, true),
        Err(_) => key.to_owned(),
    }
}

/// The sums of the number fields of the pages' kinds; none where no page gives a number.
fn totals(model: &Model, pages: &[PageId], chinese: bool) -> Value {
    let mut totals = Fields::new();
    let mut kinds: Vec<_> = pages.iter().map(|id| model.page(*id).kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let counted = |field: &&Field| matches!(field.ty, Type::Int | Type::Decimal);
        for field in model.kinds.get(kind).fields.iter().filter(counted) {
            let numbers: Vec<f64> = pages.iter().filter_map(|id| amount(model, *id, &field.key)).collect();
            let value = if numbers.is_empty() {
                Value::none()
            } else {
                let sum: f64 = numbers.iter().sum();
                let unit =
                    field.unit.as_deref().filter(|unit| chinese || unit.is_ascii()).unwrap_or_default();
                Fields::new().with("value", sum).with("text", format!("{}{unit}", number(sum))).done()
            };
            totals.set(&field.key, value);
        }
    }
    totals.done()
}

/// The number in a field of a page.
fn amount(model: &Model, id: PageId, key: &str) -> Option<f64> {
    let (_, value) = model.page(id).row.front.fields.iter().find(|(own, _)| own == key)?;
    match value {
        Raw::Int(number) => Some(*number as f64),
        Raw::Decimal(number) => Some(*number),
        _ => None,
    }
}
