//! What only shows when all kinds are known: targets, names that clash, folders that two kinds want.
//!
//! Each fault is told at its place in the site's file and then mended, so that later stages meet sound tables only.

use super::common::{Key, RESERVED, RESERVED_ON_PAGES};
use super::parse::key_of;
use super::tree::{self, Entry, Node, What};
use super::{Field, Kind, Type, fold};
use crate::problem::{Place, Problem};
use std::collections::BTreeMap;
use std::ops::Range;

/// Checks and mends `kinds`; `own` are the site's files, for places.
pub(super) fn all(kinds: &mut [Kind], own: &[(String, String)], problems: &mut Vec<Problem>) {
    let places = Places::of(own);
    let mut tell =
        |kind: &str, path: &[&str], problem: Problem| problems.push(problem.at(places.find(kind, path)));
    folders(kinds, &mut tell);
    let keys: Vec<String> = kinds.iter().map(|kind| kind.key.clone()).collect();
    for kind in kinds.iter_mut() {
        let key = kind.key.clone();
        let mut lost = |path: &[&str], problem| tell(&key, path, problem);
        targets(&mut kind.fields, &keys, &mut vec!["fields"], &mut lost);
        names(kind, &mut lost);
        units(kind, &mut lost);
        sorting(kind, &mut lost);
        ending(kind, &mut lost);
    }
    inverses(kinds, &mut tell);
}

type Tell<'a> = dyn FnMut(&str, &[&str], Problem) + 'a;

fn folders(kinds: &mut [Kind], tell: &mut Tell<'_>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for kind in kinds {
        let Some(folder) = kind.folder.clone() else { continue };
        let sound = !folder.contains(['/', '\\']) && !folder.starts_with('.');
        let problem = match seen.get(&folder) {
            Some(other) => Problem::new("kind-folder-taken").arg("other", other),
            None if !sound => Problem::new("kind-folder-name"),
            None => {
                seen.insert(folder, kind.key.clone());
                continue;
            }
        };
        tell(&kind.key, &["folder"], problem.arg("folder", &folder));
        kind.folder = None;
    }
}

fn targets(
    fields: &mut [Field],
    keys: &[String],
    path: &mut Vec<&str>,
    tell: &mut dyn FnMut(&[&str], Problem),
) {
    for field in fields {
        let key = field.key.clone();
        if let (Type::Relation, Some(target)) = (field.ty.item(), &field.target)
            && !keys.contains(target)
        {
            let known = keys.join(", ");
            let problem = Problem::new("kind-unknown-target").arg("target", target).arg("known", known);
            let place: Vec<&str> = path.iter().copied().chain([key.as_str(), "target"]).collect();
            tell(&place, problem.suggest(target, keys.iter().map(String::as_str)));
            field.ty = Type::Text;
        }
        let mut deeper: Vec<&str> = path.iter().copied().chain([key.as_str(), "fields"]).collect();
        targets(&mut field.fields, keys, &mut deeper, tell);
    }
}

/// A decimal may take its unit from a text field of the same kind.
fn units(kind: &mut Kind, tell: &mut dyn FnMut(&[&str], Problem)) {
    let holds = |field: &&Field| field.ty == Type::Text;
    let texts: Vec<String> = kind.fields.iter().filter(holds).map(|field| field.key.clone()).collect();
    let mut settle = |field: &mut Field, path: &[&str]| {
        let Some(holder) = &field.unit_in else { return };
        let sound = *field.ty.item() == Type::Decimal && field.unit.is_none();
        if !sound || !texts.contains(holder) {
            let problem = Problem::new("kind-unit-in").arg("field", holder).arg("known", texts.join(", "));
            tell(path, problem.suggest(holder, texts.iter().map(String::as_str)));
            field.unit_in = None;
        }
    };
    for field in &mut kind.fields {
        let key = field.key.clone();
        settle(field, &["fields", &key, "unit_in"]);
        for part in &mut field.fields {
            let part_key = part.key.clone();
            settle(part, &["fields", &key, "fields", &part_key, "unit_in"]);
        }
    }
}

/// Every name stands for one field; names of common keys and of template values are taken.
fn names(kind: &mut Kind, tell: &mut dyn FnMut(&[&str], Problem)) {
    kind.names.clear();
    let Kind { fields, names, page, .. } = kind;
    fields.retain(|field| {
        let key = field.key.as_str();
        let taken =
            Key::of(key).is_some() || RESERVED.contains(&key) || (*page && RESERVED_ON_PAGES.contains(&key));
        if taken {
            tell(&["fields", &field.key], Problem::new("kind-reserved-name").arg("name", &field.key));
        }
        !taken
    });
    for (at, field) in fields.iter().enumerate() {
        names.insert(field.key.clone(), at);
    }
    for (at, field) in fields.iter_mut().enumerate() {
        let key = field.key.clone();
        let mut claim = |name: &str, part: &str| {
            let folded = fold(name).into_owned();
            let problem = if Key::of(&folded).is_some() {
                Problem::new("kind-reserved-name")
            } else if names.get(&folded).is_some_and(|other| *other != at) {
                Problem::new("kind-ambiguous-name")
            } else {
                names.insert(folded, at);
                return true;
            };
            tell(&["fields", &key, part], problem.arg("name", name));
            false
        };
        claim(&field.label.zh, "zh");
        field.aliases.retain(|alias| claim(alias, "aliases"));
        record_names(field, &mut vec!["fields", &key], tell);
    }
}

fn record_names(field: &mut Field, path: &mut Vec<&str>, tell: &mut dyn FnMut(&[&str], Problem)) {
    let mut taken: Vec<String> = field.fields.iter().map(|field| field.key.clone()).collect();
    for part in &mut field.fields {
        let own = part.key.clone();
        let place: Vec<&str> = path.iter().copied().chain(["fields", own.as_str()]).collect();
        let zh = fold(&part.label.zh).into_owned();
        if zh != own {
            if taken.contains(&zh) {
                tell(&place, Problem::new("kind-ambiguous-name").arg("name", &zh));
            }
            taken.push(zh);
        }
        part.aliases.retain(|alias| {
            let folded = fold(alias).into_owned();
            let free = !taken.contains(&folded);
            if !free {
                tell(&place, Problem::new("kind-ambiguous-name").arg("name", alias));
            }
            taken.push(folded);
            free
        });
        record_names(part, &mut place.clone(), tell);
    }
}

fn sorting(kind: &mut Kind, tell: &mut dyn FnMut(&[&str], Problem)) {
    match kind.sort_key(&kind.sort_by) {
        Some(key) => kind.sort_by = key,
        None => {
            tell(&["sort_by"], Problem::new("kind-unknown-sort").arg("key", &kind.sort_by));
            kind.sort_by = "date".to_owned();
        }
    }
}

/// `ends` names a date of the kind.
fn ending(kind: &mut Kind, tell: &mut dyn FnMut(&[&str], Problem)) {
    let Some(name) = kind.ends.take() else { return };
    match kind.field(&name).filter(|field| field.ty == Type::Date) {
        Some(field) => kind.ends = Some(field.key.clone()),
        None => tell(&["ends"], Problem::new("kind-ends").arg("key", name)),
    }
}

/// An inverse is a name at the target: it belongs to one relation alone, or to a pair (brand.villages and village.brand)
/// that tell one relation from both ends and name each other.
fn inverses(kinds: &mut [Kind], tell: &mut Tell<'_>) {
    let snapshot: Vec<Kind> = kinds.to_vec();
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for kind in kinds {
        for field in &mut kind.fields {
            let (Type::Relation, Some(target), Some(inverse)) =
                (field.ty.item(), field.target.clone(), field.inverse.clone())
            else {
                continue;
            };
            let own = format!("{}.{}", kind.key, field.key);
            let there = snapshot
                .iter()
                .find(|other| other.key == target)
                .and_then(|other| other.fields.iter().find(|other| other.key == inverse));
            let paired = there.is_none_or(|other| {
                *other.ty.item() == Type::Relation
                    && other.target.as_deref() == Some(&kind.key)
                    && other.inverse.as_deref() == Some(&field.key)
            });
            let holder = seen.get(&(target.clone(), inverse.clone())).cloned();
            if paired && holder.is_none() {
                seen.insert((target, inverse), own);
                continue;
            }
            let other = holder.unwrap_or_else(|| format!("{target}.{inverse}"));
            let problem = Problem::new("kind-inverse-taken").arg("inverse", &inverse).arg("other", other);
            tell(&kind.key, &["fields", &field.key, "inverse"], problem);
            field.inverse = None;
        }
    }
}

/// The site's kind files as trees, for finding the place of a fault again.
struct Places<'a> {
    files: Vec<(String, &'a str, &'a str, Vec<Entry>)>,
}

impl<'a> Places<'a> {
    fn of(own: &'a [(String, String)]) -> Self {
        let tree = |(file, text): &'a (String, String)| {
            let key = key_of(file, &mut Vec::new())?;
            Some((key, file.as_str(), text.as_str(), tree::toml::parse(text, 0..text.len()).0))
        };
        Places { files: own.iter().filter_map(tree).collect() }
    }

    /// The place of the value at `path` in the file of `kind`, or of as much of the path as is there.
    fn find(&self, kind: &str, path: &[&str]) -> Place {
        let Some((_, file, text, entries)) = self.files.iter().find(|(key, ..)| key == kind) else {
            return Place::file(format!("kinds/{kind}.toml"));
        };
        let mut span: Option<Range<usize>> = None;
        let mut entries: &[Entry] = entries;
        for name in path {
            let Some(Entry { key_span, value: Node { what, span: value_span }, .. }) =
                entries.iter().find(|entry| entry.key == *name)
            else {
                break;
            };
            match what {
                What::Map(inner) => {
                    span = Some(key_span.clone());
                    entries = inner;
                }
                _ => {
                    span = Some(value_span.clone());
                    entries = &[];
                }
            }
        }
        span.map_or_else(|| Place::file(*file), |span| Place::of(*file, text, span))
    }
}
