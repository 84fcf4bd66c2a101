//! A kind file → a [`Kind`]. The file's name is the kind's key; the same format serves the embedded kinds and a site's.
//!
//! ```toml
//! zh = "示范村"                 # the label, in both languages
//! en = "Demonstration village"
//! folder = "villages"          # content/villages/ holds such pages
//! sort_by = "weight"           # date, updated, title, weight, path or a field
//! order = "ascending"          # or "descending"; without it, newest first for dates
//! paginate_by = 20             # 0: all on one page
//! page = true                  # does each record get a page of its own?
//! layout = "village"           # templates/village.html is the default
//! hide_future = false          # hide pages dated later than today
//! dated = false                # its pages stand in feeds
//! event = false                # its pages stand in the timeline
//! ends = "notice_end"          # the date field after which a page is over
//! date_required = false
//!
//! [fields]
//! members = { type = "int", unit = "人", zh = "党员数", en = "Party members", aliases = ["党员人数"] }
//! brand = { type = "relation", target = "brand", inverse = "villages", zh = "党建品牌", en = "Brand" }
//!
//! [fields.honours]             # a longer field: several records
//! type = "record"
//! list = true
//! event = true                 # its dates stand in the timeline
//! fields.title = { zh = "荣誉名称", en = "Honour" }
//! ```
//! Further keys of a field: `required`, `choices` (each a text, or `{ zh, en }`), `help = { zh, en }`, and `unit_in` of a
//! decimal: the text field that holds the unit of this page's numbers. In a file that changes a standard kind only what
//! changes is written; fields merge by key, and `members = false` takes a field away. Types: text, int, decimal,
//! percent, money, date, bool, choice, relation, image, file, record.

use super::tree::{self, Entry, Fault, FaultKind, Node, What};
use super::{Field, Kind, Label, Order, TYPES, Type};
use crate::problem::{Place, Problem};
use std::ops::Range;

const KIND_KEYS: [&str; 14] = [
    "zh",
    "en",
    "folder",
    "sort_by",
    "order",
    "paginate_by",
    "page",
    "layout",
    "hide_future",
    "dated",
    "event",
    "ends",
    "date_required",
    "fields",
];
const FIELD_KEYS: [&str; 14] = [
    "type", "list", "zh", "en", "aliases", "unit", "unit_in", "required", "target", "inverse", "choices",
    "event", "fields", "help",
];

/// The kind's key out of the file's name.
pub(super) fn key_of(file: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let name = file.rsplit('/').next().unwrap_or_default();
    let key = name.strip_suffix(".toml").unwrap_or(name);
    if is_key(key) {
        return Some(key.to_owned());
    }
    problems.push(Problem::new("kind-file-name").arg("name", name).at(Place::file(file)));
    None
}

/// Keys become names in templates: lower-case letters, digits and `_`, a letter first.
fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Reads a kind file; `base` is the kind that it changes.
pub(super) fn kind(
    key: &str,
    file: &str,
    text: &str,
    base: Option<&Kind>,
    problems: &mut Vec<Problem>,
) -> Kind {
    let mut kind = base.cloned().unwrap_or_else(|| Kind {
        key: key.to_owned(),
        label: Label { zh: key.to_owned(), en: key.to_owned() },
        page: true,
        sort_by: "date".to_owned(),
        order: Order::Descending,
        ..Kind::default()
    });
    let (entries, faults) = tree::toml::parse(text, 0..text.len());
    let mut found: Vec<Problem> = faults.into_iter().map(|fault| of_fault(file, text, fault)).collect();
    let broken: Vec<u32> = found.iter().filter_map(|problem| Some(problem.place.as_ref()?.line)).collect();
    let mut told = Vec::new();
    Reader { file, text, problems: &mut told }.kind(&mut kind, &entries);
    // What a broken line seems to say is no news.
    told.retain(|problem| problem.place.as_ref().is_none_or(|place| !broken.contains(&place.line)));
    found.append(&mut told);
    problems.append(&mut found);
    kind
}

/// The problem that a fault of the tree is, at its place.
fn of_fault(file: &str, text: &str, fault: Fault) -> Problem {
    let problem = match fault.what {
        FaultKind::Syntax(detail) => Problem::new("kind-syntax").arg("detail", detail),
        FaultKind::Duplicate => {
            let key = text.get(fault.span.clone()).unwrap_or_default();
            Problem::new("kind-duplicate-key").arg("key", key)
        }
        FaultKind::Punctuation { found, wanted } => {
            Problem::new("kind-punctuation").arg("found", found).arg("wanted", wanted)
        }
        FaultKind::NotAMap => Problem::new("kind-syntax").arg("detail", "not a table"),
    };
    problem.at(Place::of(file, text, fault.span))
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn tell(&mut self, problem: Problem, span: &Range<usize>) {
        self.problems.push(problem.at(Place::of(self.file, self.text, span.clone())));
    }

    fn kind(&mut self, kind: &mut Kind, entries: &[Entry]) {
        let mut ordered = None;
        for Entry { key, key_span, value } in entries {
            match key.as_str() {
                "zh" => self.text_into(&mut kind.label.zh, key, value),
                "en" => self.text_into(&mut kind.label.en, key, value),
                "folder" => self.option_into(&mut kind.folder, key, value),
                "layout" => self.option_into(&mut kind.layout, key, value),
                "sort_by" => self.text_into(&mut kind.sort_by, key, value),
                "order" => ordered = self.order(value),
                "paginate_by" => match &value.what {
                    What::Int(count) if *count >= 0 => {
                        kind.paginate_by = usize::try_from(*count).ok().filter(|count| *count > 0);
                    }
                    _ => self.tell(Problem::new("kind-expects-count").arg("key", key), &value.span),
                },
                "page" => self.bool_into(&mut kind.page, key, value),
                "hide_future" => self.bool_into(&mut kind.hide_future, key, value),
                "dated" => self.bool_into(&mut kind.dated, key, value),
                "event" => self.bool_into(&mut kind.event, key, value),
                "ends" => self.option_into(&mut kind.ends, key, value),
                "date_required" => self.bool_into(&mut kind.date_required, key, value),
                "fields" => self.fields(&mut kind.fields, key, value),
                _ => self.unknown(key, key_span, &KIND_KEYS),
            }
        }
        if let Some(order) = ordered {
            kind.order = order;
        } else if entries.iter().any(|entry| entry.key == "sort_by") {
            kind.order = Order::usual(&kind.sort_by);
        }
    }

    fn unknown(&mut self, key: &str, span: &Range<usize>, known: &[&str]) {
        let problem = Problem::new("kind-unknown-key").arg("key", key).arg("known", known.join(", "));
        self.tell(problem.suggest(key, known.iter().copied()), span);
    }

    fn order(&mut self, value: &Node) -> Option<Order> {
        match &value.what {
            What::Text(text) if text == "ascending" => Some(Order::Ascending),
            What::Text(text) if text == "descending" => Some(Order::Descending),
            _ => {
                self.tell(Problem::new("kind-order"), &value.span);
                None
            }
        }
    }

    fn fields(&mut self, fields: &mut Vec<Field>, key: &str, value: &Node) {
        let What::Map(entries) = &value.what else {
            return self.tell(Problem::new("kind-expects-table").arg("key", key), &value.span);
        };
        for entry in entries {
            if !is_key(&entry.key) {
                self.tell(Problem::new("kind-field-name").arg("key", &entry.key), &entry.key_span);
                continue;
            }
            let at = fields.iter().position(|field| field.key == entry.key);
            if entry.value.what == What::Bool(false) {
                if let Some(at) = at {
                    fields.remove(at);
                }
                continue;
            }
            let What::Map(properties) = &entry.value.what else {
                self.tell(Problem::new("kind-expects-table").arg("key", &entry.key), &entry.value.span);
                continue;
            };
            let mut field = at.and_then(|at| fields.get(at)).cloned().unwrap_or_else(|| Field {
                key: entry.key.clone(),
                label: Label { zh: entry.key.clone(), en: entry.key.clone() },
                ..Field::default()
            });
            self.field(&mut field, properties, &entry.key_span);
            match at.and_then(|at| fields.get_mut(at)) {
                Some(old) => *old = field,
                None => fields.push(field),
            }
        }
    }

    fn field(&mut self, field: &mut Field, properties: &[Entry], place: &Range<usize>) {
        let mut item = field.ty.item().clone();
        let mut list = field.ty.is_list();
        for Entry { key, key_span, value } in properties {
            match key.as_str() {
                "type" => match self.ty(value) {
                    Some(ty) => item = ty,
                    None => continue,
                },
                "list" => self.bool_into(&mut list, key, value),
                "zh" => self.text_into(&mut field.label.zh, key, value),
                "en" => self.text_into(&mut field.label.en, key, value),
                "aliases" => self.list_into(&mut field.aliases, key, value),
                "unit" => self.option_into(&mut field.unit, key, value),
                "unit_in" => self.option_into(&mut field.unit_in, key, value),
                "required" => self.bool_into(&mut field.required, key, value),
                "target" => self.option_into(&mut field.target, key, value),
                "inverse" => self.option_into(&mut field.inverse, key, value),
                "choices" => self.choices(&mut field.choices, key, value),
                "event" => self.bool_into(&mut field.event, key, value),
                "fields" => self.fields(&mut field.fields, key, value),
                "help" => self.help(field, key, value),
                _ => self.unknown(key, key_span, &FIELD_KEYS),
            }
        }
        field.ty = if list { Type::List(Box::new(item)) } else { item };
        self.complete(field, place);
    }

    /// A field must say what its type needs.
    fn complete(&mut self, field: &mut Field, place: &Range<usize>) {
        let key = field.key.clone();
        match field.ty.item() {
            Type::Relation if field.target.is_none() => {
                self.tell(Problem::new("kind-no-target").arg("key", key), place);
                field.ty = Type::Text;
            }
            Type::Choice if field.choices.is_empty() => {
                self.tell(Problem::new("kind-no-choices").arg("key", key), place);
                field.ty = Type::Text;
            }
            Type::Record if field.fields.is_empty() => {
                self.tell(Problem::new("kind-no-fields").arg("key", key), place);
                field.ty = Type::Text;
            }
            _ => {}
        }
    }

    fn ty(&mut self, value: &Node) -> Option<Type> {
        let names = || TYPES.iter().map(|(name, _)| *name);
        let What::Text(name) = &value.what else {
            self.tell(Problem::new("kind-expects-text").arg("key", "type"), &value.span);
            return None;
        };
        let found = TYPES.iter().find(|(known, _)| known == name).map(|(_, ty)| ty.clone());
        if found.is_none() {
            let known = names().collect::<Vec<_>>().join(", ");
            let problem = Problem::new("kind-unknown-type").arg("type", name).arg("known", known);
            self.tell(problem.suggest(name, names()), &value.span);
        }
        found
    }

    fn help(&mut self, field: &mut Field, key: &str, value: &Node) {
        let What::Map(entries) = &value.what else {
            return self.tell(Problem::new("kind-expects-table").arg("key", key), &value.span);
        };
        let mut help = field.help.take().unwrap_or_default();
        self.label(&mut help, entries);
        field.help = Some(help);
    }

    fn label(&mut self, label: &mut Label, entries: &[Entry]) {
        for Entry { key, key_span, value } in entries {
            match key.as_str() {
                "zh" => self.text_into(&mut label.zh, key, value),
                "en" => self.text_into(&mut label.en, key, value),
                _ => self.unknown(key, key_span, &["zh", "en"]),
            }
        }
    }

    /// Choices: what is one word has one name in both languages.
    fn choices(&mut self, choices: &mut Vec<Label>, key: &str, value: &Node) {
        let What::List(items) = &value.what else {
            return self.tell(Problem::new("kind-expects-list").arg("key", key), &value.span);
        };
        choices.clear();
        for item in items {
            let mut label = Label::default();
            match &item.what {
                What::Map(entries) => self.label(&mut label, entries),
                What::Text(text) => text.trim().clone_into(&mut label.zh),
                What::Int(number) => label.zh = number.to_string(),
                _ => self.tell(Problem::new("kind-expects-text").arg("key", key), &item.span),
            }
            if label.zh.is_empty() {
                label.zh.clone_from(&label.en);
            } else if label.en.is_empty() {
                label.en.clone_from(&label.zh);
            }
            if !label.zh.is_empty() {
                choices.push(label);
            }
        }
    }

    fn text_into(&mut self, slot: &mut String, key: &str, value: &Node) {
        match &value.what {
            What::Text(text) if !text.trim().is_empty() => *slot = text.trim().to_owned(),
            _ => self.tell(Problem::new("kind-expects-text").arg("key", key), &value.span),
        }
    }

    fn option_into(&mut self, slot: &mut Option<String>, key: &str, value: &Node) {
        match &value.what {
            What::Text(text) => *slot = Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            _ => self.tell(Problem::new("kind-expects-text").arg("key", key), &value.span),
        }
    }

    fn bool_into(&mut self, slot: &mut bool, key: &str, value: &Node) {
        match &value.what {
            What::Bool(yes) => *slot = *yes,
            _ => self.tell(Problem::new("kind-expects-bool").arg("key", key), &value.span),
        }
    }

    fn list_into(&mut self, slot: &mut Vec<String>, key: &str, value: &Node) {
        let What::List(items) = &value.what else {
            return self.tell(Problem::new("kind-expects-list").arg("key", key), &value.span);
        };
        slot.clear();
        for item in items {
            match &item.what {
                What::Text(text) => slot.push(text.trim().to_owned()),
                What::Int(number) => slot.push(number.to_string()),
                _ => self.tell(Problem::new("kind-expects-text").arg("key", key), &item.span),
            }
        }
    }
}
