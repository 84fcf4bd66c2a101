//! Reading one TOML file with places: tables by a list of known keys (with their Chinese aliases), values by type.
//!
//! Whatever does not fit becomes a [`Problem`] at its place and is left out of what is returned, so that all faults
//! of a file are told in one go.

use crate::kinds::Free;
use crate::problem::{Place, Problem};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Parses TOML in which Chinese keys need no quotes (`标题 = "…"`), as far as the text can be read.
/// TOML wants quotes there, but its parser recovers with the very key and its place: only that complaint is dropped.
pub(crate) fn parse_toml(text: &str) -> (Spanned<DeTable<'_>>, Vec<toml::de::Error>) {
    let (root, mut faults) = DeTable::parse_recoverable(text);
    faults.retain(|fault| {
        let key = fault.span().and_then(|span| text.get(span)).unwrap_or_default();
        let word = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        !(word && fault.message().starts_with("invalid unquoted key"))
    });
    (root, faults)
}

/// A known key and the other words for it.
pub(super) type Key = (&'static str, &'static [&'static str]);

/// The values of a table under the names of their keys.
pub(super) type Fields<'a> = BTreeMap<&'static str, &'a Spanned<DeValue<'a>>>;

/// One file being read.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) problems: Vec<Problem>,
}

impl Reader<'_> {
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::of(self.file, self.text, span)
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Sorts the entries of `table` by `keys`; unknown keys and keys given twice (in two languages) are told.
    pub(super) fn fields<'t>(&mut self, table: &'t DeTable<'t>, keys: &[Key]) -> Fields<'t> {
        let mut fields = Fields::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let known = keys.iter().find(|(main, aliases)| *main == name || aliases.contains(&name));
            let place = self.place(key.span());
            match known {
                Some((main, _)) => {
                    if fields.insert(*main, value).is_some() {
                        self.report(
                            Problem::new("config-duplicate-key").arg("key", name).arg("main", main).at(place),
                        );
                    }
                }
                None => {
                    let words = keys.iter().flat_map(|(main, aliases)| std::iter::once(main).chain(*aliases));
                    let known: Vec<&str> = keys.iter().map(|(main, _)| *main).collect();
                    self.report(
                        Problem::new("config-unknown-key")
                            .arg("key", name)
                            .arg("known", known.join(", "))
                            .at(place)
                            .suggest(name, words.copied()),
                    );
                }
            }
        }
        fields
    }

    fn refuse<T>(&mut self, problem: Problem, key: &str, value: &Spanned<DeValue<'_>>) -> Option<T> {
        let place = self.place(value.span());
        self.report(problem.arg("key", key).at(place));
        None
    }

    /// A text; blank counts as not given.
    pub(super) fn text(&mut self, fields: &Fields<'_>, key: &'static str) -> Option<Typed<String>> {
        let value = fields.get(key)?;
        match value.get_ref().as_str() {
            Some(text) if text.trim().is_empty() => None,
            Some(text) => Some(Typed { value: text.trim().to_owned(), span: value.span() }),
            None => self.refuse(Problem::new("config-want-text"), key, value),
        }
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, fields: &Fields<'_>, key: &'static str) -> Option<bool> {
        let value = fields.get(key)?;
        match value.get_ref().as_bool() {
            Some(flag) => Some(flag),
            None => self.refuse(Problem::new("config-want-flag"), key, value),
        }
    }

    /// A whole number inside `range`.
    pub(super) fn number(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        self.number_of(key, fields.get(key)?, range)
    }

    /// Whole numbers inside `range`.
    pub(super) fn numbers(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<Vec<u32>> {
        let value = fields.get(key)?;
        match value.get_ref().as_array() {
            Some(items) => {
                Some(items.iter().filter_map(|item| self.number_of(key, item, range.clone())).collect())
            }
            None => self.refuse(Problem::new("config-want-numbers"), key, value),
        }
    }

    fn number_of(
        &mut self,
        key: &'static str,
        value: &Spanned<DeValue<'_>>,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let Some(number) = integer(value.get_ref()) else {
            return self.refuse(Problem::new("config-want-number"), key, value);
        };
        let fitting = u32::try_from(number).ok().filter(|number| range.contains(number));
        if fitting.is_none() {
            let place = self.place(value.span());
            self.report(
                Problem::new("config-out-of-range")
                    .arg("key", key)
                    .arg("least", range.start())
                    .arg("most", range.end())
                    .at(place),
            );
        }
        fitting
    }

    /// A table.
    pub(super) fn table<'t>(&mut self, fields: &Fields<'t>, key: &'static str) -> Option<&'t DeTable<'t>> {
        let value = fields.get(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(table),
            None => self.refuse(Problem::new("config-want-table"), key, value),
        }
    }

    /// Several tables.
    pub(super) fn tables<'t>(
        &mut self,
        fields: &Fields<'t>,
        key: &'static str,
    ) -> Vec<(&'t DeTable<'t>, Range<usize>)> {
        let Some(value) = fields.get(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            return self.refuse(Problem::new("config-want-tables"), key, value).unwrap_or_default();
        };
        items
            .iter()
            .filter_map(|item| match item.get_ref().as_table() {
                Some(table) => Some((table, item.span())),
                None => self.refuse(Problem::new("config-want-table"), key, item),
            })
            .collect()
    }

    /// The tables in a table, under whatever names.
    pub(super) fn named_tables<'t>(
        &mut self,
        table: &'t DeTable<'t>,
    ) -> Vec<(String, Range<usize>, &'t DeTable<'t>)> {
        table
            .iter()
            .filter_map(|(key, value)| match value.get_ref().as_table() {
                Some(inner) => Some((key.get_ref().to_string(), key.span(), inner)),
                None => self.refuse(Problem::new("config-want-table"), key.get_ref(), value),
            })
            .collect()
    }

    /// Keys anywhere that look as if their value had to stay secret.
    pub(super) fn secrets(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            if secret(key.get_ref()) {
                let mut place = self.place(key.span());
                if let Some(excerpt) = &mut place.excerpt {
                    // The secret itself must not reach a log.
                    excerpt.text.truncate(excerpt.end);
                    excerpt.text.push_str(" = …");
                }
                self.report(Problem::new("config-secret").arg("key", key.get_ref()).at(place));
            }
            self.secrets_in(value.get_ref());
        }
    }

    fn secrets_in(&mut self, value: &DeValue<'_>) {
        if let Some(table) = value.as_table() {
            self.secrets(table);
        } else if let Some(items) = value.as_array() {
            items.iter().for_each(|item| self.secrets_in(item.get_ref()));
        }
    }
}

/// A value and where it was typed.
#[derive(Clone, Debug)]
pub(super) struct Typed<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// A free table as it stands.
pub(super) fn free(table: &DeTable<'_>) -> Free {
    Free::Map(
        table.iter().map(|(key, value)| (key.get_ref().to_string(), free_value(value.get_ref()))).collect(),
    )
}

fn free_value(value: &DeValue<'_>) -> Free {
    match value {
        DeValue::String(text) => Free::Text(text.to_string()),
        DeValue::Boolean(flag) => Free::Bool(*flag),
        DeValue::Integer(number) => {
            integer(value).map_or_else(|| Free::Text(number.as_str().to_owned()), Free::Int)
        }
        DeValue::Float(number) => {
            let number = number.as_str();
            number.parse().map_or_else(|_| Free::Text(number.to_owned()), Free::Float)
        }
        DeValue::Datetime(date) => Free::Text(date.to_string()),
        DeValue::Array(items) => Free::List(items.iter().map(|item| free_value(item.get_ref())).collect()),
        DeValue::Table(table) => free(table),
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn secret(key: &str) -> bool {
    let key = key.to_lowercase().replace('-', "_");
    let inside =
        ["access_key", "accesskey", "private_key", "privatekey", "api_key", "apikey", "密码", "密钥", "口令"];
    inside.iter().any(|word| key.contains(word))
        || key.split('_').any(|word| ["token", "secret", "password", "passwd", "pwd"].contains(&word))
        || ["token", "secret", "password"].iter().any(|word| key.ends_with(word))
}
