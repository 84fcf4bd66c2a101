//! Charts for templates: `chart(type="bar", items=[…])` becomes an SVG picture in the page, drawn while the site is built.
//!
//! Pure functions from data to text. Colours are classes that the theme's style sheet paints (`c1` … `c6`, `axis`, `grid`,
//! `target`, `track`, `gap`, `dot`, `label`, `value`, `key`, `total`); every mark carries its value in words, and the
//! whole stands in `aria-label` and `<desc>`, so that a chart can be read in print, without colours and aloud.

mod bar;
mod data;
mod donut;
mod line;
mod parts;
mod progress;
mod svg;
mod text;
mod whole;

#[cfg(test)]
mod tests;

use data::{Chart, Item, Sort};
use tera::{Error, Kwargs, State, TeraResult, Value};

const ARGUMENTS: [&str; 8] = ["type", "items", "title", "target", "unit", "other", "target_label", "width"];

/// The width for which charts are drawn where nothing else is said, and what may be said.
const WIDTH: f64 = 320.0;
const WIDTHS: std::ops::RangeInclusive<f64> = 160.0..=640.0;

/// The function that templates call. Wrong arguments are errors that name what is wrong.
pub fn chart(arguments: Kwargs, _: &State) -> TeraResult<Value> {
    read(&arguments)
        .map(|chart| Value::safe_string(&draw(&chart)))
        .map_err(|fault| Error::message(format!("chart: {fault}")))
}

/// The picture, or nothing when there is nothing to draw.
fn draw(chart: &Chart) -> String {
    if chart.values().next().is_none() {
        return String::new();
    }
    match chart.sort {
        Sort::Bar => bar::draw(chart),
        Sort::Line => line::draw(chart),
        Sort::Donut => donut::draw(chart),
        Sort::Progress => progress::draw(chart),
        Sort::Parts => parts::draw(chart),
    }
}

fn read(arguments: &Kwargs) -> Result<Chart, String> {
    let mut given: [Option<&Value>; ARGUMENTS.len()] = [None; ARGUMENTS.len()];
    for (key, value) in arguments.iter() {
        let key = key.as_str().unwrap_or_default();
        let known = ARGUMENTS.iter().position(|name| *name == key);
        let slot = known.and_then(|at| given.get_mut(at));
        *slot.ok_or_else(|| format!("no argument `{key}`; there are {}", ARGUMENTS.join(", ")))? =
            Some(value).filter(|value| !value.is_none());
    }
    let [sort, items, title, target, unit, other, target_label, width] = given;
    let words = |name: &str, value: Option<&Value>| match value {
        None => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text::tidy(text))),
            None => Err(format!("`{name}` must be a string, not {}", value.name())),
        },
    };
    let sort = words("type", sort)?.ok_or("`type` is missing")?;
    let names = Sort::ALL.map(|(name, _)| name).join(", ");
    let sort = Sort::ALL
        .iter()
        .find(|(name, _)| *name == sort)
        .map(|(_, sort)| *sort)
        .ok_or_else(|| format!("`type` must be one of {names}, not `{sort}`"))?;
    let items = items.ok_or("`items` is missing")?;
    let list = items.as_array().ok_or_else(|| format!("`items` must be an array, not {}", items.name()))?;
    let mut chart = Chart {
        sort,
        title: words("title", title)?.unwrap_or_default(),
        items: Vec::new(),
        target: number("target", target)?,
        unit: words("unit", unit)?.unwrap_or_default(),
        other: String::new(),
        target_label: String::new(),
        width: number("width", width)?.unwrap_or(WIDTH),
    };
    if !WIDTHS.contains(&chart.width) {
        return Err(format!("`width` must lie between {} and {}", WIDTHS.start(), WIDTHS.end()));
    }
    for (at, value) in list.iter().enumerate() {
        let item = item(&chart, value).map_err(|fault| format!("items[{at}]: {fault}"))?;
        chart.items.push(item);
    }
    let chinese = text::is_han(&chart.title)
        || text::is_han(&chart.unit)
        || chart.items.iter().any(|item| text::is_han(&item.label) || text::is_han(&item.text));
    let or = |given: Option<String>, han: &str, latin: &str| {
        given.unwrap_or_else(|| if chinese { han } else { latin }.to_owned())
    };
    chart.other = or(words("other", other)?, "其他", "Other");
    chart.target_label = or(words("target_label", target_label)?, "目标", "Target");
    Ok(chart)
}

fn item(chart: &Chart, value: &Value) -> Result<Item, String> {
    let map = value.as_map().ok_or_else(|| format!("must be a map, not {}", value.name()))?;
    let get = |key: &'static str| {
        map.iter()
            .find(|(name, _)| name.as_str() == Some(key))
            .map(|(_, value)| value)
            .filter(|value| !value.is_none())
    };
    if let Some(key) =
        map.keys().filter_map(|key| key.as_str()).find(|key| !["label", "value", "text"].contains(key))
    {
        return Err(format!("no key `{key}`; there are label, value, text"));
    }
    let value = number("value", get("value"))?;
    // Labels may be years.
    let words =
        |key| get(key).map(|value: &Value| text::tidy(&value.to_string())).filter(|text| !text.is_empty());
    let missing = || value.map_or_else(|| "—".to_owned(), |value| chart.written(value));
    Ok(Item { label: words("label").unwrap_or_default(), value, text: words("text").unwrap_or_else(missing) })
}

fn number(name: &str, value: Option<&Value>) -> Result<Option<f64>, String> {
    let Some(value) = value else { return Ok(None) };
    if !value.is_number() {
        return Err(format!("`{name}` must be a number or none, not {}", value.name()));
    }
    match value.as_f64() {
        Some(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(format!("`{name}` must be a finite number")),
    }
}
