//! Records of tables and pages in Markdown of the same name become one.
//!
//! A pure function of rows and tables. The page wins, field by field; the table fills what it leaves out. What both say
//! differently is told at the cell. What is missing counts as missing only when neither side has it.

use super::periods::{sort_fields, twice};
use super::{Record, Table};
use crate::build::load::front_matter::{Common, Front};
use crate::build::load::row::Row;
use crate::config::LanguageId;
use crate::kinds::{Kind, KindId, Kinds, Reference, Value};
use crate::problem::{Place, Problem};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What is set twice and differs: the key, the upper and the lower value in words.
pub type Differ<'f> = dyn FnMut(&str, String, String) + 'f;

/// Where pages are looked up: folder of the section, kind, language.
type Home<'r> = (&'r str, KindId, LanguageId);

/// Pages by the name of one sort.
type ByName<'r> = HashMap<(Home<'r>, &'r str), Vec<usize>>;

/// All rows, those of tables merged in, by path; and what is wrong between them.
pub fn merge(pages: Vec<Arc<Row>>, tables: &[Arc<Table>], kinds: &Kinds) -> (Vec<Arc<Row>>, Vec<Problem>) {
    if tables.is_empty() {
        return (pages, Vec::new());
    }
    let mut problems = Vec::new();
    let mut merged: BTreeMap<usize, (Row, Option<&Place>)> = BTreeMap::new();
    let mut alone: Vec<Arc<Row>> = Vec::new();
    let index = index(&pages, tables);
    for record in tables.iter().flat_map(|table| &table.records) {
        match find(record, &index) {
            Match::Alone => alone.push(Arc::new(record.row.clone())),
            Match::Many(found) => {
                let files: Vec<&str> =
                    found.iter().filter_map(|at| pages.get(*at)).map(|page| &*page.path).collect();
                let name = record.row.front.common.title.as_deref().unwrap_or_default();
                let problem =
                    Problem::new("table-many-pages").arg("name", name).arg("files", files.join("、"));
                problems.push(at(problem, record.place()));
            }
            Match::One(page) => match (merged.get(&page), pages.get(page)) {
                (Some((_, first)), _) => problems.push(twice(record, *first)),
                (None, Some(row)) => {
                    let row = laid_over(row, record, kinds, &mut problems);
                    merged.insert(page, (row, record.place()));
                }
                (None, None) => {}
            },
        }
    }
    let mut rows: Vec<Arc<Row>> = pages
        .into_iter()
        .enumerate()
        .map(|(at, page)| merged.remove(&at).map_or(page, |(row, _)| Arc::new(row)))
        .chain(alone)
        .collect();
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    (rows, problems)
}

fn at(problem: Problem, place: Option<&Place>) -> Problem {
    match place {
        Some(place) => problem.at(place.clone()),
        None => problem,
    }
}

/// The section that a page stands in.
fn home(row: &Row) -> &str {
    let folder = row.folder();
    if row.is_bundle() { folder.rsplit_once('/').map_or(folder, |(above, _)| above) } else { folder }
}

/// The folders in whose sections records stand.
pub fn folders<'t>(tables: impl Iterator<Item = &'t Table>) -> HashSet<&'t str> {
    tables.flat_map(|table| &table.records).map(|record| record.row.folder()).collect()
}

/// Whether records in these folders may be of the name of a page.
pub fn meets(page: &Row, folders: &HashSet<&str>) -> bool {
    !page.is_section() && folders.contains(home(page))
}

/// Pages by title, by slug, and by the name of their file or folder; only where there are tables.
fn index<'r>(pages: &'r [Arc<Row>], tables: &[Arc<Table>]) -> [ByName<'r>; 3] {
    let folders = folders(tables.iter().map(|table| &**table));
    let mut index: [ByName<'r>; 3] = Default::default();
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| meets(page, &folders)) {
        let folder = home(page);
        let here = (folder, page.front.kind, page.language);
        let file = if page.is_bundle() { page.folder().rsplit('/').next() } else { Some(&*page.stem) };
        let common = &page.front.common;
        let title = common.title.as_deref().or(page.facts.first_heading_h1.as_deref());
        for (by_name, name) in index.iter_mut().zip([title, common.rare.slug.as_deref(), file]) {
            if let Some(name) = name {
                by_name.entry((here, name)).or_default().push(at);
            }
        }
    }
    index
}

enum Match {
    Alone,
    One(usize),
    Many(Vec<usize>),
}

/// The page of a record: by title, else by slug, else by the name of its file.
fn find(record: &Record, index: &[ByName<'_>; 3]) -> Match {
    let row = &record.row;
    let here = (row.folder(), row.front.kind, row.language);
    let common = &row.front.common;
    let names: Vec<&str> =
        [common.title.as_deref(), common.rare.slug.as_deref()].into_iter().flatten().collect();
    for by_name in index {
        let mut found: Vec<usize> =
            names.iter().filter_map(|name| by_name.get(&(here, *name))).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [] => {}
            [one] => return Match::One(*one),
            _ => return Match::Many(found),
        }
    }
    Match::Alone
}

/// The page with what the record adds to it.
fn laid_over(page: &Row, record: &Record, kinds: &Kinds, problems: &mut Vec<Problem>) -> Row {
    let mut row = page.clone();
    let kind = kinds.get(row.front.kind);
    let under = &record.row.front;
    let mut differ = |key: &str, upper: String, lower: String| {
        let place = record.cells.iter().find(|(own, _)| own == key).map(|(_, place)| place);
        let label = kind.fields.iter().find(|field| field.key == key).map_or(key, |field| &field.label.zh);
        let problem = Problem::new("table-differs")
            .arg("key", label)
            .arg("file", &page.path)
            .arg("page", upper)
            .arg("cell", lower);
        problems.push(at(problem, place.or_else(|| record.place())));
    };
    // A heading names the page as well as a title does.
    if row.front.common.title.is_none()
        && let Some(heading) = &row.facts.first_heading_h1
    {
        row.front.common.title = Some(heading.to_string().into());
    }
    fill_common(&mut row.front.common, &under.common, &mut differ);
    fill_fields(&mut row.front, under, kind, &|_| true, &mut differ);
    *row.front.extra = (*under.extra).clone().overlaid(&row.front.extra);
    row.problems.extend(record.row.problems.iter().filter(|problem| !is_missing(problem, kind)).cloned());
    let front = &row.front;
    row.problems.retain(|problem| match &*problem.code {
        "missing-date" => front.common.date.is_none(),
        "missing-field" => !required(problem, kind).is_some_and(|key| set(front, key)),
        _ => true,
    });
    row
}

/// Whether the record lacks what its page may have; the page itself tells what both lack.
fn is_missing(problem: &Problem, kind: &Kind) -> bool {
    match &*problem.code {
        "missing-date" => true,
        "missing-field" => required(problem, kind).is_some(),
        _ => false,
    }
}

/// The required field of the kind that a problem speaks of.
fn required<'k>(problem: &Problem, kind: &'k Kind) -> Option<&'k str> {
    let (_, name) = problem.args.iter().find(|(name, _)| name == "key")?;
    kind.field(name).filter(|field| field.required).map(|field| field.key.as_str())
}

fn set(front: &Front, key: &str) -> bool {
    front.fields.iter().any(|(own, _)| own == key)
}

/// Fills unset common keys of `upper` from `lower`.
pub fn fill_common(upper: &mut Common, lower: &Common, differ: &mut Differ<'_>) {
    if upper.title.is_none() {
        upper.title_place.clone_from(&lower.title_place);
    }
    let rare = &mut *upper.rare;
    if rare.slug.is_none() {
        rare.slug_place.clone_from(&lower.rare.slug_place);
    }
    if upper.date.is_none() {
        upper.date_place.clone_from(&lower.date_place);
    }
    fill(&mut upper.title, &lower.title, "title", differ, |words| words.replace('\n', " "));
    let mut words = |upper: &mut Option<Box<str>>, lower: &Option<Box<str>>, key| {
        fill(upper, lower, key, differ, |words| words.replace('\n', " "));
    };
    words(&mut rare.slug, &lower.rare.slug, "slug");
    words(&mut upper.description, &lower.description, "description");
    let credit = &mut *upper.credit;
    words(&mut credit.source, &lower.credit.source, "source");
    words(&mut credit.author, &lower.credit.author, "author");
    words(&mut credit.editor, &lower.credit.editor, "editor");
    words(&mut rare.reviewer, &lower.rare.reviewer, "reviewer");
    words(&mut rare.layout, &lower.rare.layout, "layout");
    let dates = [
        (&mut upper.date, &lower.date, "date"),
        (&mut rare.updated, &lower.rare.updated, "updated"),
        (&mut rare.publish, &lower.rare.publish, "publish"),
        (&mut rare.expire, &lower.rare.expire, "expire"),
    ];
    for (upper, lower, key) in dates {
        fill(upper, lower, key, differ, ToString::to_string);
    }
    fill(&mut rare.weight, &lower.rare.weight, "weight", differ, ToString::to_string);
    match (&upper.cover, &lower.cover) {
        (None, cover) => upper.cover.clone_from(cover),
        (Some(a), Some(b)) if a.text != b.text => differ("cover", a.text.clone(), b.text.clone()),
        _ => {}
    }
    if upper.tags.is_empty() {
        upper.tags.clone_from(&lower.tags);
    } else if !lower.tags.is_empty() && upper.tags != lower.tags {
        differ("tags", upper.tags.join("、"), lower.tags.join("、"));
    }
    let (own, others) = (&mut rare.aliases, &lower.rare.aliases);
    if own.is_empty() {
        own.clone_from(others);
    } else if !others.is_empty() && own != others {
        differ("aliases", own.join("、"), others.join("、"));
    }
    upper.draft |= lower.draft;
    upper.pinned |= lower.pinned;
}

fn fill<T: Clone + PartialEq>(
    upper: &mut Option<T>,
    lower: &Option<T>,
    key: &str,
    differ: &mut Differ<'_>,
    say: impl Fn(&T) -> String,
) {
    match (&*upper, lower) {
        (None, value) => upper.clone_from(value),
        (Some(a), Some(b)) if a != b => differ(key, say(a), say(b)),
        _ => {}
    }
}

/// Fills unset fields of `upper` from those of `lower` that are wanted; records part by part.
pub fn fill_fields(
    upper: &mut Front,
    lower: &Front,
    kind: &Kind,
    wanted: &dyn Fn(&str) -> bool,
    differ: &mut Differ<'_>,
) {
    for (key, value) in lower.fields.iter().filter(|(key, _)| wanted(key)) {
        match upper.fields.iter_mut().find(|(own, _)| own == key) {
            None => upper.fields.push((key.clone(), value.clone())),
            Some((_, Value::Record(own))) if matches!(value, Value::Record(_)) => {
                let Value::Record(parts) = value else { continue };
                for (part, value) in parts {
                    match own.iter().find(|(own, _)| own == part) {
                        None => own.push((part.clone(), value.clone())),
                        Some((_, own)) if !same(own, value) => differ(key, say(own), say(value)),
                        Some(_) => {}
                    }
                }
                let fields = kind.fields.iter().find(|field| field.key == *key);
                let place = |name: &str| fields?.fields.iter().position(|part| part.key == name);
                own.sort_by_key(|(name, _)| place(name));
            }
            Some((_, own)) if !same(own, value) => differ(key, say(own), say(value)),
            Some(_) => {}
        }
    }
    sort_fields(&mut upper.fields, kind);
}

/// Whether two values mean the same, wherever and in whatever unit they were written.
fn same(a: &Value, b: &Value) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    match (a, b) {
        (
            Value::Relation(a) | Value::Image(a) | Value::File(a),
            Value::Relation(b) | Value::Image(b) | Value::File(b),
        ) => a.text == b.text,
        (Value::Money { amount: a, unit: a_unit }, Value::Money { amount: b, unit: b_unit }) => {
            near(a * yuan(a_unit), b * yuan(b_unit))
        }
        (Value::Decimal(a), Value::Decimal(b)) | (Value::Percent(a), Value::Percent(b)) => near(*a, *b),
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Record(a), Value::Record(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((a_key, a), (b_key, b))| a_key == b_key && same(a, b))
        }
        (a, b) => a == b,
    }
}

fn yuan(unit: &str) -> f64 {
    match unit {
        "千元" => 1e3,
        "万元" => 1e4,
        "百万元" => 1e6,
        "千万元" => 1e7,
        "亿元" => 1e8,
        _ => 1.0,
    }
}

/// A value in words.
fn say(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Choice(text) | Value::Redacted(text) => text.replace('\n', " "),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Percent(number) => format!("{number}%"),
        Value::Money { amount, unit } => format!("{amount}{unit}"),
        Value::Date(date) => date.to_string(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Relation(Reference { text, .. }) | Value::Image(Reference { text, .. }) => text.clone(),
        Value::File(Reference { text, .. }) => text.clone(),
        Value::Record(parts) => parts.iter().map(|(_, part)| say(part)).collect::<Vec<_>>().join("："),
        Value::List(items) => items.iter().map(say).collect::<Vec<_>>().join("、"),
    }
}
