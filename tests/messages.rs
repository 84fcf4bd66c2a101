//! The message tables and the sources agree: every code has words, every entry is used, both languages are whole.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use yicun::messages::{Entry, TABLES};

fn entries() -> BTreeMap<String, Entry> {
    let mut all = BTreeMap::new();
    for (area, text) in TABLES {
        let table: BTreeMap<String, Entry> =
            toml::from_str(text).unwrap_or_else(|e| panic!("{area}.toml: {e}"));
        for (code, entry) in table {
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{area}.toml: {code} is not in kebab-case"
            );
            assert!(all.insert(code.clone(), entry).is_none(), "{area}.toml: {code} is in two tables");
        }
    }
    all
}

fn slots(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_entry_is_whole_in_both_languages() {
    for (code, entry) in entries() {
        let texts = [&entry.zh.cause, &entry.zh.fix, &entry.en.cause, &entry.en.fix];
        assert!(texts.iter().all(|text| !text.trim().is_empty()), "{code} has an empty text");
        let both = |words: &yicun::messages::Words| {
            slots(&words.cause)
                .into_iter()
                .chain(slots(&words.fix))
                // A name that each language says in its own words comes as `kind_zh` and `kind_en`.
                .map(|slot| slot.trim_end_matches("_zh").trim_end_matches("_en").to_owned())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(both(&entry.zh), both(&entry.en), "{code}: the languages use different slots");
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(han(&entry.zh.cause) && han(&entry.zh.fix), "{code}: zh is not Chinese");
    }
}

/// One entry is read at a time, and says what its table says.
#[test]
fn every_entry_is_found_by_its_code() {
    for (code, entry) in entries() {
        let found = yicun::messages::entry(&code).map(|found| format!("{found:?}"));
        assert_eq!(found, Some(format!("{entry:?}")), "{code}");
    }
    assert!(yicun::messages::entry("no-such-code").is_none());
}

#[test]
fn codes_and_entries_match() {
    let mut used = BTreeSet::new();
    scan(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
    let known: BTreeSet<String> = entries().into_keys().collect();
    let wordless: Vec<_> = used.difference(&known).collect();
    assert!(wordless.is_empty(), "codes without words: {wordless:?}");
    let unused: Vec<_> = known.difference(&used).collect();
    assert!(unused.is_empty(), "words without code: {unused:?}");
}

/// Collects the literals of `Problem::new("…")` outside of test modules.
fn scan(folder: &Path, used: &mut BTreeSet<String>) {
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            scan(&path, used);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (at, found) in text.match_indices("Problem::new(") {
                let rest = text[at + found.len()..].trim_start();
                if let Some((code, _)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                    used.insert(code.to_owned());
                } else {
                    let line = text[..at].matches('\n').count() + 1;
                    assert!(
                        text[..at].lines().last().is_some_and(|line| line.trim_start().starts_with("//")),
                        "{}:{line}: Problem::new needs a literal code",
                        path.display()
                    );
                }
            }
        }
    }
}
