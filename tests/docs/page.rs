//! One page of the reference being written, in one language.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// A page in Chinese or English.
pub struct Page {
    zh: bool,
    text: String,
}

impl Page {
    /// A page with its heading, and where it comes from.
    pub fn new(zh: bool, title: (&str, &str)) -> Self {
        let mut page = Page { zh, text: String::new() };
        let title = page.pick(title);
        let note = page.pick((
            "由代码里的表生成，请不要手工修改；`YICUN_BLESS=1 cargo test --test docs` 重新生成。",
            "Made from the tables in the code; do not edit. `YICUN_BLESS=1 cargo test --test docs` writes it anew.",
        ));
        let _ = write!(page.text, "# {title}\n\n<!-- {note} -->\n");
        page
    }

    /// The wording of this page's language.
    pub fn pick<'t>(&self, (zh, en): (&'t str, &'t str)) -> &'t str {
        if self.zh { zh } else { en }
    }

    /// Whether it is the Chinese one.
    pub fn is_zh(&self) -> bool {
        self.zh
    }

    /// A heading of level two or three.
    pub fn heading(&mut self, level: usize, text: &str) {
        let _ = write!(self.text, "\n{} {text}\n", "#".repeat(level));
    }

    /// A paragraph.
    pub fn say(&mut self, words: (&str, &str)) {
        let words = self.pick(words);
        let _ = write!(self.text, "\n{words}\n");
    }

    /// A paragraph in a language that is known already.
    pub fn line(&mut self, text: &str) {
        let _ = write!(self.text, "\n{text}\n");
    }

    /// A table.
    pub fn table(&mut self, heads: &[(&str, &str)], rows: &[Vec<String>]) {
        let heads: Vec<&str> = heads.iter().map(|head| self.pick(*head)).collect();
        let _ = write!(self.text, "\n| {} |\n|{}\n", heads.join(" | "), " --- |".repeat(heads.len()));
        for row in rows {
            let cells: Vec<String> =
                row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
            let _ = writeln!(self.text, "| {} |", cells.join(" | "));
        }
    }

    /// The finished text.
    pub fn done(self) -> String {
        self.text
    }
}

/// `a`, `b`.
pub fn codes<'t>(words: impl IntoIterator<Item = &'t str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
}

/// A table of meanings: key → Chinese and English, grouped by table.
pub struct Meanings {
    file: &'static str,
    known: BTreeMap<String, BTreeMap<String, [String; 2]>>,
    asked: BTreeSet<(String, String)>,
    missing: Vec<String>,
}

impl Meanings {
    /// Reads `tests/docs/<file>`.
    pub fn read(file: &'static str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/docs").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let known = toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        Meanings { file, known, asked: BTreeSet::new(), missing: Vec::new() }
    }

    /// What `key` of `group` means; one without a meaning is remembered as a fault.
    pub fn of(&mut self, group: &str, key: &str, page: &Page) -> String {
        self.asked.insert((group.to_owned(), key.to_owned()));
        match self.known.get(group).and_then(|keys| keys.get(key)) {
            Some([zh, en]) => page.pick((zh, en)).to_owned(),
            None => {
                self.missing.push(format!("tests/docs/{}: [{group}] lacks {key}", self.file));
                String::new()
            }
        }
    }

    /// Remembers another fault.
    pub fn fault(&mut self, fault: String) {
        self.missing.push(fault);
    }

    /// Keys without a meaning, and meanings without a key.
    pub fn faults(self) -> Vec<String> {
        let mut faults = self.missing;
        for (group, keys) in &self.known {
            for key in keys.keys().filter(|key| !self.asked.contains(&(group.clone(), (*key).clone()))) {
                faults.push(format!(
                    "tests/docs/{}: [{group}] {key}: there is no such key any more",
                    self.file
                ));
            }
        }
        faults.sort();
        faults.dedup();
        faults
    }
}
