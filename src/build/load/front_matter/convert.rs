//! A node → the value that a field wants.
//!
//! Forgiving in the spelling (numbers as text, 是/否, one value for a list), strict in the meaning: what can't be
//! understood is a problem at its place and no value. Empty means unset. Withheld values (`**`) are legal everywhere.

pub use super::number::money_unit;
use super::number::{self, read, whole};
use super::units::Units;
use crate::build::markdown;
use crate::kinds::tree::{Entry, Node, What};
use crate::kinds::{Date, DateFault, Field, Free, Label, Reference, Type, Value, fold, is_redacted};
use crate::problem::{Place, Problem, Spot};
use std::borrow::Cow;
use std::ops::Range;

/// The most problems told of one file.
const MOST: usize = 100;

/// Says where a span of a made text stands.
pub type PlaceOf<'a> = dyn Fn(&Range<usize>) -> Place + 'a;

/// Turns nodes of one file into values and collects what is wrong with them.
pub struct Converter<'a> {
    file: &'a str,
    text: &'a str,
    /// What says where a span of `text` stands, if that is made of the cells of a table.
    cells: Option<&'a PlaceOf<'a>>,
    /// The units that the page names beside its numbers.
    pub(super) units: Units,
    /// What was found wrong so far.
    pub problems: Vec<Problem>,
}

impl<'a> Converter<'a> {
    /// For the nodes of `text`, the content of `file`.
    pub fn new(file: &'a str, text: &'a str) -> Self {
        Converter { file, text, cells: None, units: Units::default(), problems: Vec::new() }
    }

    /// For the nodes of a row of a table: `text` holds the words of its cells, and `place` knows where they stand.
    pub fn of_cells(file: &'a str, text: &'a str, place: &'a PlaceOf<'a>) -> Self {
        Converter { file, text, cells: Some(place), units: Units::default(), problems: Vec::new() }
    }

    /// Whether the nodes are those of a table.
    pub fn is_table(&self) -> bool {
        self.cells.is_some()
    }

    /// The file's path.
    pub fn file(&self) -> &'a str {
        self.file
    }

    /// A place in the file.
    pub fn place(&self, span: &Range<usize>) -> Place {
        self.cells.map_or_else(|| Place::of(self.file, self.text, span.clone()), |place| place(span))
    }

    /// A place in the file, kept small.
    pub fn spot(&self, span: &Range<usize>) -> Spot {
        self.cells.map_or_else(|| Spot::of(span), |place| Spot::Cell(Box::new(place(span))))
    }

    /// Collects a problem at `span`, up to a number that nobody would read anyway.
    pub fn tell(&mut self, problem: Problem, span: &Range<usize>) {
        if !self.is_full() {
            self.problems.push(problem.at(self.place(span)));
        }
    }

    /// Whether further problems are dropped.
    pub fn is_full(&self) -> bool {
        self.problems.len() >= MOST
    }

    /// What the author calls a field: the makers of tables know labels.
    fn called<'f>(&self, field: &'f Field) -> &'f str {
        if self.is_table() { &field.label.zh } else { &field.key }
    }

    fn written(&self, node: &Node) -> &'a str {
        self.text.get(node.span.clone()).unwrap_or_default().trim()
    }

    /// Words, numbers and dates as words; none for anything else. Empty words are `Some("")`.
    fn words(&self, node: &Node) -> Option<String> {
        let written = self.written(node);
        let number = |plain: String| {
            let spelled =
                !written.is_empty() && written.bytes().all(|byte| b"0123456789+-._eE".contains(&byte));
            if spelled { written.replace('_', "") } else { plain }
        };
        match &node.what {
            What::Text(text) => Some(text.trim().to_owned()),
            What::Int(int) => Some(number(int.to_string())),
            What::Float(float) => Some(number(float.to_string())),
            What::Moment(date, _) => Some(date.to_string()),
            What::Null => Some(String::new()),
            What::Bool(_) | What::List(_) | What::Map(_) => None,
        }
    }

    /// Text; none when unset or wrong. Marks of Markdown, which would be shown as they stand, are left out.
    pub fn text(&mut self, key: &str, node: &Node) -> Option<String> {
        match self.words(node) {
            Some(text) => match markdown::plain(&text) {
                Cow::Owned(plain) => Some(plain),
                Cow::Borrowed(_) => Some(text),
            }
            .filter(|text| !text.is_empty()),
            None => self.refuse(Problem::new("expected-text"), key, node),
        }
    }

    /// Several texts, or one.
    pub fn texts(&mut self, key: &str, node: &Node) -> Vec<String> {
        match &node.what {
            What::List(items) => items.iter().filter_map(|item| self.text(key, item)).collect(),
            _ => self.text(key, node).into_iter().collect(),
        }
    }

    /// Yes or no.
    pub fn bool(&mut self, key: &str, node: &Node) -> Option<bool> {
        match &node.what {
            What::Bool(yes) => return Some(*yes),
            What::Null => return None,
            What::Text(text) => match fold(text).as_ref() {
                "" => return None,
                "是" | "true" | "yes" | "on" | "真" | "对" => return Some(true),
                "否" | "false" | "no" | "off" | "假" | "不" => return Some(false),
                _ => {}
            },
            _ => {}
        }
        self.refuse(Problem::new("expected-bool"), key, node)
    }

    /// A date.
    pub fn date(&mut self, key: &str, node: &Node) -> Option<Date> {
        let (date, offset) = match &node.what {
            What::Moment(date, offset) => (*date, *offset),
            _ => {
                let words = self.words(node);
                if words.as_ref().is_some_and(String::is_empty) {
                    return None;
                }
                match words.as_deref().map_or(Err(DateFault::Shape), Date::parse) {
                    Ok(read) => read,
                    Err(DateFault::Impossible) => {
                        return self.refuse(Problem::new("impossible-date"), key, node);
                    }
                    Err(DateFault::Shape) => return self.refuse(Problem::new("expected-date"), key, node),
                }
            }
        };
        if offset.is_some_and(|offset| offset != 8 * 60) {
            self.tell(Problem::new("date-offset").arg("date", date), &node.span);
        }
        Some(date)
    }

    /// A whole number.
    pub fn int(&mut self, key: &str, unit: Option<&str>, node: &Node) -> Option<i64> {
        match &node.what {
            What::Int(int) => return Some(*int),
            What::Float(float) if whole(*float).is_some() => return whole(*float),
            What::Null => return None,
            What::Text(text) if text.trim().is_empty() => return None,
            What::Text(text) => {
                let number = read(text);
                let wrong_unit = number.as_ref().is_some_and(|number| !number.unit.is_empty());
                match number.and_then(|number| number.counted_in(unit)) {
                    Some(number::Written { int: Some(int), .. }) => return Some(int),
                    None if wrong_unit => return self.wrong_unit(key, unit, node),
                    _ => {}
                }
            }
            _ => {}
        }
        self.refuse(Problem::new("expected-int"), key, node)
    }

    fn decimal(&mut self, key: &str, unit: Option<&str>, node: &Node) -> Option<f64> {
        match &node.what {
            #[expect(clippy::cast_precision_loss, reason = "counts of a township are far below 2^53")]
            What::Int(int) => return Some(*int as f64),
            What::Float(float) => return Some(*float),
            What::Text(text) => {
                let number = read(text);
                let wrong_unit = number.as_ref().is_some_and(|number| !number.unit.is_empty());
                let percent = |number: &number::Written| unit.is_none() && number.unit == "%";
                match number {
                    Some(number) if percent(&number) => return Some(number.value),
                    Some(number) => match number.counted_in(unit) {
                        Some(number) => return Some(number.value),
                        None if wrong_unit => return self.wrong_unit(key, unit, node),
                        None => {}
                    },
                    None => {}
                }
            }
            _ => {}
        }
        self.refuse(Problem::new("expected-decimal"), key, node)
    }

    /// A number in the field's own unit, or in that of the page.
    fn measure(&mut self, field: &Field, node: &Node) -> Option<f64> {
        let key = self.called(field);
        let Some(holder) = &field.unit_in else { return self.decimal(key, field.unit.as_deref(), node) };
        if let Some(unit) = self.units.get(holder).map(str::to_owned) {
            return self.decimal(key, Some(&unit), node);
        }
        match &node.what {
            What::Text(text) => match read(text) {
                // 12万: a multiplier, and no unit.
                Some(number) if matches!(number.unit.as_str(), "" | "万" | "亿") => {
                    self.decimal(key, None, node)
                }
                Some(number) if self.units.learn(holder, &number.unit) => Some(number.value),
                _ => self.refuse(Problem::new("expected-decimal"), key, node),
            },
            _ => self.decimal(key, None, node),
        }
    }

    fn percent(&mut self, key: &str, node: &Node) -> Option<f64> {
        if let What::Text(text) = &node.what {
            return match read(text) {
                Some(number) if matches!(number.unit.as_str(), "" | "%" | "个百分点" | "百分点") => {
                    Some(number.value)
                }
                _ => self.refuse(Problem::new("expected-percent"), key, node),
            };
        }
        match &node.what {
            What::Int(_) | What::Float(_) => self.decimal(key, None, node),
            _ => self.refuse(Problem::new("expected-percent"), key, node),
        }
    }

    fn money(&mut self, field: &Field, node: &Node) -> Option<Value> {
        let usual = field.unit.as_deref().unwrap_or("元");
        let number = match &node.what {
            What::Int(_) | What::Float(_) => {
                let amount = self.decimal(&field.key, None, node)?;
                return Some(Value::Money { amount, unit: usual.to_owned() });
            }
            What::Text(text) => read(text),
            _ => None,
        };
        let unit = |number: &number::Written| match number.unit.as_str() {
            "" => Some(usual.to_owned()),
            written => money_unit(written).map(str::to_owned),
        };
        match number.as_ref().and_then(|number| Some((number.value, unit(number)?))) {
            Some((amount, unit)) => Some(Value::Money { amount, unit }),
            None => self.refuse(Problem::new("expected-money"), self.called(field), node),
        }
    }

    fn reference(&mut self, node: &Node, problem: Problem, key: &str) -> Option<Reference> {
        let Some(text) = self.words(node) else { return self.refuse(problem, key, node) };
        let text = text.strip_prefix("[[").and_then(|text| text.strip_suffix("]]")).unwrap_or(&text).trim();
        Some(Reference { text: text.to_owned(), place: self.spot(&node.span) })
    }

    /// A path of a picture or file.
    pub fn path(&mut self, key: &str, node: &Node) -> Option<Reference> {
        let mut path = self.reference(node, Problem::new("expected-path"), key)?;
        // Paths are copied out of Windows.
        path.text = path.text.replace('\\', "/");
        Some(path).filter(|path| !path.text.is_empty())
    }

    fn refuse<T>(&mut self, problem: Problem, key: &str, node: &Node) -> Option<T> {
        let mut value: String = self.written(node).chars().take(40).collect();
        if value.is_empty() {
            value = self.words(node).unwrap_or_default();
        }
        self.tell(problem.arg("key", key).arg("value", value), &node.span);
        None
    }

    fn wrong_unit<T>(&mut self, key: &str, unit: Option<&str>, node: &Node) -> Option<T> {
        match unit {
            Some(unit) => self.refuse(Problem::new("wrong-unit").arg("unit", unit), key, node),
            None => self.refuse(Problem::new("expected-int"), key, node),
        }
    }

    /// The value that `text` names; none and told, if the field has choices and `text` is none of them.
    fn choice(&mut self, field: &Field, text: String, node: &Node) -> Option<String> {
        if field.choices.is_empty() {
            return Some(text);
        }
        if let Some(choice) = field.choice(&text) {
            return Some(choice.zh.clone());
        }
        let names = field.choices.iter().flat_map(|choice| [choice.zh.as_str(), choice.en.as_str()]);
        let problem = Problem::new("unknown-choice")
            .arg("key", self.called(field))
            .arg("value", &text)
            .arg("choices", field.choices.iter().map(Label::both).collect::<Vec<_>>().join("、"))
            .suggest(&text, names);
        self.tell(problem, &node.span);
        None
    }

    /// What `node` means as the value of `field`; none when it is unset or wrong. `key` is the name that was written.
    pub fn value(&mut self, field: &Field, node: &Node) -> Option<Value> {
        let Type::List(item) = &field.ty else { return self.single(&field.ty, field, node) };
        let values: Vec<Value> = match &node.what {
            What::List(items) => items.iter().filter_map(|node| self.single(item, field, node)).collect(),
            _ => self.single(item, field, node).into_iter().collect(),
        };
        (!values.is_empty()).then_some(Value::List(values))
    }

    fn single(&mut self, ty: &Type, field: &Field, node: &Node) -> Option<Value> {
        let key = self.called(field);
        match &node.what {
            What::Null => return None,
            What::Text(text) if text.trim().is_empty() => return None,
            What::Text(text) if *ty != Type::Text && is_redacted(text) => {
                return Some(Value::Redacted(text.trim().to_owned()));
            }
            What::List(items) if items.is_empty() => return None,
            _ => {}
        }
        Some(match ty {
            Type::Text => Value::Text(self.text(key, node)?),
            Type::Int => {
                let int = self.int(key, field.unit.as_deref(), node)?;
                self.choice(field, int.to_string(), node)?;
                Value::Int(int)
            }
            Type::Decimal => Value::Decimal(self.measure(field, node)?),
            Type::Percent => Value::Percent(self.percent(key, node)?),
            Type::Money => self.money(field, node)?,
            Type::Date => Value::Date(self.date(key, node)?),
            Type::Bool => Value::Bool(self.bool(key, node)?),
            Type::Choice => {
                let text = self.text(key, node)?;
                Value::Choice(self.choice(field, text, node)?)
            }
            Type::Relation => {
                let page = self.reference(node, Problem::new("expected-relation"), key)?;
                Value::Relation(Some(page).filter(|page| !page.text.is_empty())?)
            }
            Type::Image => Value::Image(self.path(key, node)?),
            Type::File => Value::File(self.path(key, node)?),
            Type::Record => Value::Record(self.record(field, node)?),
            Type::List(_) => return self.value(field, node),
        })
    }

    /// A record's fields in the order of the kind. Plain words stand for its first field.
    fn record(&mut self, field: &Field, node: &Node) -> Option<Vec<(String, Value)>> {
        let What::Map(entries) = &node.what else {
            let words = !matches!(node.what, What::List(_) | What::Bool(_));
            return match field.fields.first() {
                Some(first) if words => Some(vec![(first.key.clone(), self.value(first, node)?)]),
                _ => self.refuse(Problem::new("expected-record"), &field.key, node),
            };
        };
        let mut seen: Vec<(usize, &Entry)> = Vec::new();
        let mut values: Vec<(usize, Value)> = Vec::new();
        for entry in entries {
            let name = fold(&entry.key);
            let Some(at) = field.fields.iter().position(|part| part.answers_to(&name)) else {
                let known = names(&entry.key, &field.fields);
                let problem = Problem::new("unknown-key").arg("key", &entry.key).arg("known", known);
                let candidates = field.fields.iter().flat_map(Field::names);
                self.tell(problem.suggest(&entry.key, candidates), &entry.key_span);
                continue;
            };
            if let Some((_, first)) = seen.iter().find(|(other, _)| *other == at) {
                let problem = Problem::new("duplicate-key").arg("key", &entry.key).arg("first", &first.key);
                self.tell(problem, &entry.key_span);
                continue;
            }
            seen.push((at, entry));
            if let Some(part) = field.fields.get(at)
                && let Some(value) = self.value(part, &entry.value)
            {
                values.push((at, value));
            }
        }
        for (at, part) in field.fields.iter().enumerate() {
            if part.required && !seen.iter().any(|(other, _)| *other == at) {
                let label = if entries.iter().any(|entry| !entry.key.is_ascii()) {
                    &part.label.zh
                } else {
                    &part.key
                };
                self.tell(Problem::new("missing-field").arg("key", label), &node.span);
            }
        }
        values.sort_by_key(|(at, _)| *at);
        let named = |(at, value)| Some((field.fields.get::<usize>(at)?.key.clone(), value));
        let record: Vec<_> = values.into_iter().filter_map(named).collect();
        (!record.is_empty()).then_some(record)
    }

    /// Free data. A name that stands there twice is a problem; the first one counts.
    pub fn free(&mut self, node: &Node) -> Free {
        match &node.what {
            What::Null => Free::Null,
            What::Bool(yes) => Free::Bool(*yes),
            What::Int(int) => Free::Int(*int),
            What::Float(float) => Free::Float(*float),
            What::Text(text) => Free::Text(text.clone()),
            What::Moment(date, _) => Free::Text(date.to_string()),
            What::List(items) => Free::List(items.iter().map(|item| self.free(item)).collect()),
            What::Map(entries) => {
                let mut map: Vec<(String, Free)> = Vec::with_capacity(entries.len());
                for Entry { key, key_span, value } in entries {
                    if map.iter().any(|(other, _)| other == key) {
                        self.tell(Problem::new("duplicate-key").arg("key", key).arg("first", key), key_span);
                    } else {
                        map.push((key.clone(), self.free(value)));
                    }
                }
                Free::Map(map)
            }
        }
    }
}

/// The names of `fields` in the language of `key`.
pub(super) fn names(key: &str, fields: &[Field]) -> String {
    let name = |field: &Field| if key.is_ascii() { field.key.clone() } else { field.label.zh.clone() };
    fields.iter().map(name).collect::<Vec<_>>().join("、")
}

/// Whether numbers of a field may be counted in `unit`.
pub fn unit_fits(field: &Field, unit: &str) -> bool {
    match field.ty.item() {
        Type::Int | Type::Decimal => {
            field.unit.is_none()
                || read(&format!("1{unit}"))
                    .is_some_and(|number| number.counted_in(field.unit.as_deref()).is_some())
        }
        Type::Money => money_unit(unit).is_some(),
        Type::Percent => matches!(unit, "%" | "个百分点" | "百分点"),
        _ => true,
    }
}
