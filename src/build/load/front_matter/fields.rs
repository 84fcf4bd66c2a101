//! Entries of front matter → common keys, fields of the kind, and the free part.
//!
//! Every name must be known, and each thing may be said once, under whatever name.

use super::convert::{Converter, names};
use super::sparse::Sparse;
use super::units::Units;
use super::{Common, Front};
use crate::files::is_portable;
use crate::kinds::common::{Key, NAMES, ZOLA};
use crate::kinds::tree::{Entry, Node, What};
use crate::kinds::{Date, Field, Kind, KindId, Kinds, Order, Value, fold};
use crate::problem::Problem;
use std::ops::Range;

/// What a name in front matter stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Common(Key),
    Field(usize),
}

/// Checks `entries` against the kind. `fence` is the opening line of a block that was read whole: only then is it known
/// that something is missing.
pub(super) fn front(
    converter: &mut Converter<'_>,
    kinds: &Kinds,
    folder_kind: KindId,
    section: bool,
    entries: &[Entry],
    fence: Option<&Range<usize>>,
    body: usize,
) -> Front {
    let id = named_kind(converter, kinds, entries).unwrap_or(folder_kind);
    let kind = kinds.get(id);
    let mut front =
        Front { common: Common::default(), kind: id, fields: Vec::new(), extra: Sparse::default(), body };
    let mut seen: Vec<(Slot, &str)> = Vec::new();
    let mut values: Vec<(usize, Value)> = Vec::new();
    converter.units = Units::of(kind, entries);
    for entry in entries {
        let name = fold(&entry.key);
        let slot = match Key::of(&name) {
            Some(key) if section || !key.of_sections_only() => Some(Slot::Common(key)),
            _ if section => None,
            _ => kind.field_index(&name).map(Slot::Field),
        };
        let Some(slot) = slot else {
            unknown(converter, kinds, kind, section, entry);
            continue;
        };
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == slot) {
            let problem = Problem::new("duplicate-key").arg("key", &entry.key).arg("first", first);
            converter.tell(problem, &entry.key_span);
            continue;
        }
        seen.push((slot, &entry.key));
        match slot {
            Slot::Common(key) => common(converter, kind, &mut front, key, entry),
            Slot::Field(at) => {
                let value = kind.fields.get(at).and_then(|field| converter.value(field, &entry.value));
                values.extend(value.map(|value| (at, value)));
            }
        }
    }
    if !section {
        let chinese = entries.iter().any(|entry| !entry.key.is_ascii());
        missing(converter, kind, &mut front, &seen, fence, chinese);
    }
    for (at, unit) in std::mem::take(&mut converter.units).learnt(kind) {
        if !values.iter().any(|(other, _)| *other == at) {
            values.push((at, unit));
        }
    }
    values.sort_by_key(|(at, _)| *at);
    let keyed = |(at, value)| Some((kind.fields.get::<usize>(at)?.key.clone(), value));
    front.fields = values.into_iter().filter_map(keyed).collect();
    front
}

/// The kind that the page itself names.
fn named_kind(converter: &mut Converter<'_>, kinds: &Kinds, entries: &[Entry]) -> Option<KindId> {
    let entry = entries.iter().find(|entry| Key::of(&fold(&entry.key)) == Some(Key::Kind))?;
    let name = converter.text(&entry.key, &entry.value)?;
    let found = kinds.by_name(&name);
    if found.is_none() {
        let label = |kind: &Kind| if name.is_ascii() { kind.key.clone() } else { kind.label.zh.clone() };
        let known: Vec<String> = kinds.iter().map(|(_, kind)| label(kind)).collect();
        let problem = Problem::new("unknown-kind").arg("kind", &name).arg("known", known.join("、"));
        converter.tell(problem.suggest(&name, known.iter().map(String::as_str)), &entry.value.span);
    }
    found
}

fn unknown(converter: &mut Converter<'_>, kinds: &Kinds, kind: &Kind, section: bool, entry: &Entry) {
    if converter.is_full() {
        return;
    }
    let key = entry.key.as_str();
    let folded = fold(key);
    if ZOLA.contains(&folded.as_ref()) {
        return converter.tell(Problem::new("zola-key-ignored").arg("key", key), &entry.key_span);
    }
    let allowed = |key: &Key| section || !key.of_sections_only();
    let fields: &[Field] = if section { &[] } else { &kind.fields };
    let candidates: Vec<&str> = fields
        .iter()
        .flat_map(Field::names)
        .chain(NAMES.iter().filter(|(key, _)| allowed(key)).flat_map(|(_, names)| names.iter().copied()))
        .collect();
    let holders: Vec<&Kind> =
        kinds.iter().map(|(_, kind)| kind).filter(|other| other.field(key).is_some()).collect();
    let problem = if holders.is_empty() || section {
        let at = usize::from(!key.is_ascii());
        let common =
            NAMES.iter().filter(|(key, _)| allowed(key)).filter_map(|(_, names)| names.get(at).copied());
        let common = common.collect::<Vec<_>>().join("、");
        let known =
            [names(key, fields), common].into_iter().filter(|names| !names.is_empty()).collect::<Vec<_>>();
        Problem::new("unknown-key").arg("known", known.join("、"))
    } else {
        let all = |name: fn(&Kind) -> &str| holders.iter().map(|kind| name(kind)).collect::<Vec<_>>();
        Problem::new("field-of-other-kind")
            .arg("kind_zh", &kind.label.zh)
            .arg("kind_en", &kind.label.en)
            .arg("kinds_zh", all(|kind| &kind.label.zh).join("、"))
            .arg("kinds_en", all(|kind| &kind.label.en).join(", "))
    };
    converter.tell(problem.arg("key", key).suggest(key, candidates), &entry.key_span);
}

fn common(converter: &mut Converter<'_>, kind: &Kind, front: &mut Front, key: Key, entry: &Entry) {
    let Entry { key: name, key_span, value: node } = entry;
    let common = &mut front.common;
    match key {
        Key::Title => {
            common.title = converter.text(name, node).map(Into::into);
            common.title_place = Some(converter.spot(&node.span));
        }
        Key::Date => {
            common.date = converter.date(name, node);
            common.date_place = Some(converter.spot(&node.span));
        }
        Key::Slug => {
            let slug = converter.text(name, node).filter(|slug| legal(converter, node, slug, false));
            common.rare.slug = slug.map(Into::into);
            common.rare.slug_place = Some(converter.spot(&node.span));
        }
        Key::Updated => common.rare.updated = converter.date(name, node),
        Key::Description => common.description = converter.text(name, node).map(Into::into),
        Key::Aliases => {
            let aliases = converter.texts(name, node);
            common.rare.aliases =
                aliases.into_iter().filter(|alias| legal(converter, node, alias, true)).collect();
        }
        Key::Tags => tags(converter, common, name, node),
        Key::Taxonomies => taxonomies(converter, common, name, node),
        Key::Cover => common.cover = converter.path(name, node).map(Box::new),
        Key::Draft => common.draft = converter.bool(name, node).unwrap_or(false),
        Key::Publish => common.rare.publish = converter.date(name, node),
        Key::Expire => common.rare.expire = converter.date(name, node),
        Key::Weight => common.rare.weight = converter.int(name, None, node),
        Key::Pinned => common.pinned = converter.bool(name, node).unwrap_or(false),
        Key::Source => common.credit.source = converter.text(name, node).map(Into::into),
        Key::Author => {
            let authors = converter.texts(name, node).join("、");
            common.credit.author = Some(authors).filter(|authors| !authors.is_empty()).map(Into::into);
        }
        Key::Editor => common.credit.editor = converter.text(name, node).map(Into::into),
        Key::Reviewer => common.rare.reviewer = converter.text(name, node).map(Into::into),
        Key::Kind => {}
        Key::Layout => common.rare.layout = converter.text(name, node).map(Into::into),
        Key::Language => common.rare.language = converter.text(name, node),
        Key::Extra => match &node.what {
            What::Map(_) => *front.extra = converter.free(node),
            What::Null => {}
            _ => converter.tell(Problem::new("expected-record").arg("key", name).arg("value", ""), key_span),
        },
        Key::SortBy => sort_by(converter, common, kind, name, node),
        Key::Order => order(converter, common, name, node),
        Key::PaginateBy => {
            let count = converter.int(name, None, node);
            common.rare.paginate_by = count.and_then(|count| usize::try_from(count).ok());
            if count.is_some() && common.rare.paginate_by.is_none() {
                converter.tell(Problem::new("negative-page-size"), &node.span);
            }
        }
    }
}

/// So many tags a page can have: each gets a page of its own, which names all tags of its pages.
const MOST_TAGS: usize = 500;

fn tags(converter: &mut Converter<'_>, common: &mut Common, name: &str, node: &Node) {
    let texts = converter.texts(name, node);
    let count = texts.len();
    let mut new: Vec<&str> = Vec::new();
    for tag in texts.iter().take(MOST_TAGS) {
        if !new.contains(&tag.as_str()) && !common.tags.contains(tag) {
            new.push(tag);
        }
    }
    common.tags.extend(new);
    if count > MOST_TAGS {
        converter.tell(Problem::new("tags-many").arg("count", count).arg("most", MOST_TAGS), &node.span);
    }
}

/// Zola's `[taxonomies]`: only tags are known here.
fn taxonomies(converter: &mut Converter<'_>, common: &mut Common, name: &str, node: &Node) {
    let What::Map(entries) = &node.what else {
        if node.what != What::Null {
            converter.tell(Problem::new("expected-record").arg("key", name).arg("value", ""), &node.span);
        }
        return;
    };
    for entry in entries {
        if Key::of(&fold(&entry.key)) == Some(Key::Tags) {
            tags(converter, common, &entry.key, &entry.value);
        } else {
            let problem = Problem::new("unknown-key").arg("key", &entry.key).arg("known", "tags、标签");
            converter.tell(problem, &entry.key_span);
        }
    }
}

fn sort_by(converter: &mut Converter<'_>, common: &mut Common, kind: &Kind, name: &str, node: &Node) {
    let Some(text) = converter.text(name, node) else { return };
    common.rare.sort_by = kind.sort_key(&text);
    if common.rare.sort_by.is_none() {
        let known = ["date", "updated", "title", "weight", "path"];
        let candidates = known.into_iter().chain(kind.fields.iter().flat_map(Field::names));
        let problem = Problem::new("unknown-sort").arg("value", &text).arg("known", known.join("、"));
        converter.tell(problem.suggest(&text, candidates), &node.span);
    }
}

fn order(converter: &mut Converter<'_>, common: &mut Common, name: &str, node: &Node) {
    let Some(text) = converter.text(name, node) else { return };
    common.rare.order = match fold(&text).as_ref() {
        "ascending" | "asc" | "升序" | "正序" => Some(Order::Ascending),
        "descending" | "desc" | "降序" | "倒序" => Some(Order::Descending),
        _ => {
            converter.tell(Problem::new("unknown-order").arg("value", &text), &node.span);
            None
        }
    };
}

/// What the kind requires and the page leaves out. A dated page may carry its date in its name.
fn missing(
    converter: &mut Converter<'_>,
    kind: &Kind,
    front: &mut Front,
    seen: &[(Slot, &str)],
    fence: Option<&Range<usize>>,
    chinese: bool,
) {
    if kind.dated
        && !converter.is_table()
        && front.common.date.is_none()
        && !seen.iter().any(|(slot, _)| *slot == Slot::Common(Key::Date))
    {
        front.common.date = date_of_name(converter.file());
    }
    let Some(span) = fence else { return };
    let unset = |slot: Slot| !seen.iter().any(|(other, _)| *other == slot);
    if kind.date_required && front.common.date.is_none() && unset(Slot::Common(Key::Date)) {
        let problem =
            Problem::new("missing-date").arg("kind_zh", &kind.label.zh).arg("kind_en", &kind.label.en);
        converter.tell(problem, span);
    }
    for (at, field) in kind.fields.iter().enumerate() {
        if field.required && unset(Slot::Field(at)) {
            let label = if chinese { &field.label.zh } else { &field.key };
            converter.tell(Problem::new("missing-field").arg("key", label), span);
        }
    }
}

/// The date at the start of the file's name, or of its folder's for `index.md`.
fn date_of_name(file: &str) -> Option<Date> {
    let path = file.strip_suffix(".md").unwrap_or(file);
    let path = path.strip_suffix("/index").unwrap_or(path);
    Date::of_file_name(path.rsplit('/').next().unwrap_or_default()).map(|(date, _)| date)
}

/// Whether a slug (one name) or an alias (a path) can be an address and a file on every system; if not, it is told.
fn legal(converter: &mut Converter<'_>, node: &Node, text: &str, path: bool) -> bool {
    let inner = if path { text.trim_matches('/') } else { text };
    let fits = inner.split('/').all(|name| !name.is_empty() && name != "." && is_portable(name))
        && (path || !inner.contains('/'))
        && !inner.contains(['#', '%', '\\']);
    if !fits {
        converter.tell(Problem::new("address-unfit").arg("address", text), &node.span);
    }
    fits
}
