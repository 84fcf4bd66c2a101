//! TOML wants Chinese keys quoted; clerks don't quote. Here they are quoted before parsing.
//!
//! In comes TOML as written, out goes TOML that a parser takes, and the way back from its bytes to those written.
//! Nothing but quotes is inserted; unusual spaces become as many ASCII ones as they have bytes.

use super::ascii_twin;
use std::borrow::Cow;

/// Tables and lists within each other, counting each part of a key (`a.b.c`), go no deeper: parsers and all later code
/// recurse, and a stack that overflows can't be caught. Where it is unsure, the lexer counts too much, never too little.
const DEEPEST: usize = 48;

/// Quoted TOML.
pub(super) struct Quoted<'t> {
    /// What the parser gets.
    pub text: Cow<'t, str>,
    /// Bytes of `text` that were inserted, ascending.
    inserted: Vec<usize>,
    /// Full-width signs where ASCII ones belong, as bytes of the original.
    pub odd: Vec<(usize, char, char)>,
    /// Where it nests too deeply, as a byte of the original.
    pub too_deep: Option<usize>,
}

impl Quoted<'_> {
    /// The byte of the original that byte `at` of the quoted text stands for.
    pub fn back(&self, at: usize) -> usize {
        at.saturating_sub(self.inserted.partition_point(|inserted| *inserted < at))
    }
}

enum Edit {
    Quote(usize),
    Blank(usize, usize),
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Open brackets of the value, each with what it adds to the depth.
    open: Vec<(char, usize)>,
    depth: usize,
    in_key: bool,
    /// The dots of the key so far.
    parts: usize,
    edits: Vec<Edit>,
    odd: Vec<(usize, char, char)>,
    too_deep: Option<usize>,
}

/// Quotes the bare Chinese keys of `text`.
pub(super) fn quote(text: &str) -> Quoted<'_> {
    let mut lexer = Lexer {
        text,
        at: 0,
        open: Vec::new(),
        depth: 0,
        in_key: true,
        parts: 0,
        edits: Vec::new(),
        odd: Vec::new(),
        too_deep: None,
    };
    lexer.run();
    let Lexer { edits, odd, too_deep, .. } = lexer;
    if edits.is_empty() {
        return Quoted { text: Cow::Borrowed(text), inserted: Vec::new(), odd, too_deep };
    }
    let mut quoted = String::with_capacity(text.len() + edits.len());
    let mut inserted = Vec::with_capacity(edits.len());
    let mut done = 0;
    for edit in edits {
        let (Edit::Quote(at) | Edit::Blank(at, _)) = edit;
        quoted.push_str(text.get(done..at).unwrap_or_default());
        done = at;
        match edit {
            Edit::Quote(_) => {
                inserted.push(quoted.len());
                quoted.push('"');
            }
            Edit::Blank(_, length) => {
                quoted.extend(std::iter::repeat_n(' ', length));
                done = at + length;
            }
        }
    }
    quoted.push_str(text.get(done..).unwrap_or_default());
    Quoted { text: Cow::Owned(quoted), inserted, odd, too_deep }
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '#' => self.skip_to(|c| c == '\n'),
                '"' | '\'' => self.string(c),
                '\n' => {
                    self.at += 1;
                    self.line();
                }
                c if !c.is_ascii() && c.is_whitespace() => {
                    self.edits.push(Edit::Blank(self.at, c.len_utf8()));
                    self.at += c.len_utf8();
                }
                _ if self.in_key => self.key(c),
                _ => self.value(c),
            }
        }
    }

    fn skip_to(&mut self, end: impl Fn(char) -> bool) {
        self.at += self.rest().find(end).unwrap_or(self.rest().len());
    }

    /// A new line ends a value, unless brackets are open; then only something that looks like a key does.
    fn line(&mut self) {
        let forgotten = self.open.iter().all(|open| open.0 == '[') && {
            let line = self.rest().lines().next().unwrap_or_default().trim_start();
            let key = line.find(|c| !bare(c)).unwrap_or(line.len());
            key > 0 && line.get(key..).is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        if self.open.is_empty() || forgotten {
            self.in_key = true;
            self.parts = 0;
        }
    }

    fn open(&mut self, bracket: char) {
        self.open.push((bracket, 1 + self.parts));
        self.depth += 1 + self.parts;
        self.parts = 0;
        self.check_depth();
    }

    fn close(&mut self, bracket: char) {
        if let Some((_, depth)) = self.open.pop_if(|(open, _)| *open == bracket) {
            self.depth -= depth;
        }
    }

    fn check_depth(&mut self) {
        if self.depth + self.parts > DEEPEST {
            self.too_deep.get_or_insert(self.at);
        }
    }

    fn string(&mut self, mark: char) {
        let triple = if mark == '"' { "\"\"\"" } else { "'''" };
        let long = self.rest().starts_with(triple);
        self.at += if long { 3 } else { 1 };
        while let Some(c) = self.rest().chars().next() {
            if c == '\\' && mark == '"' {
                self.at += 1;
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
            } else if long && self.rest().starts_with(triple) {
                // Up to two more quotes may belong to the text.
                self.skip_to(|c| c != mark);
                return;
            } else if !long && c == '\n' {
                return;
            } else if !long && c == mark {
                self.at += 1;
                return;
            } else {
                self.at += c.len_utf8();
            }
        }
    }

    fn key(&mut self, c: char) {
        match c {
            '=' => self.in_key = false,
            '.' => {
                self.parts += 1;
                self.check_depth();
            }
            '}' => {
                self.close('{');
                self.in_key = false;
            }
            c if bare(c) => {
                let start = self.at;
                self.skip_to(|c| !bare(c));
                if !self.text.get(start..self.at).unwrap_or_default().is_ascii() {
                    self.edits.push(Edit::Quote(start));
                    self.edits.push(Edit::Quote(self.at));
                }
                return;
            }
            c => self.note(c),
        }
        self.at += c.len_utf8();
    }

    fn value(&mut self, c: char) {
        match c {
            '[' => self.open('['),
            '{' => {
                self.open('{');
                self.in_key = true;
            }
            ']' => self.close('['),
            '}' => self.close('{'),
            ',' if self.open.last().is_some_and(|open| open.0 == '{') => {
                self.in_key = true;
                self.parts = 0;
            }
            c => self.note(c),
        }
        self.at += c.len_utf8();
    }

    fn note(&mut self, c: char) {
        if let Some(twin) = ascii_twin(c) {
            self.odd.push((self.at, c, twin));
        }
    }
}

/// Whether `c` may stand in a key without quotes, had TOML thought of Chinese.
fn bare(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '_' | '-')
        || (!c.is_ascii() && !c.is_whitespace() && ascii_twin(c).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        assert_eq!(quote(input).text, expected);
    }

    #[test]
    fn chinese_keys_are_quoted() {
        check("标题 = \"标题 = 3\"", "\"标题\" = \"标题 = 3\"");
        check("title = '标题'", "title = '标题'");
        check("[[荣誉]]\n级别 = 1 # 级别 = 2\n", "[[\"荣誉\"]]\n\"级别\" = 1 # 级别 = 2\n");
        check("收入.年份 = 2025", "\"收入\".\"年份\" = 2025");
        check("收入 = { 年份 = 2025, 单位 = '元' }", "\"收入\" = { \"年份\" = 2025, \"单位\" = '元' }");
        check("a = [\n'标题',\n{ 题 = 1 },\n]\n题 = 2", "a = [\n'标题',\n{ \"题\" = 1 },\n]\n\"题\" = 2");
        check("a = \"\"\"\n标题 = 1\n\"\"\"\n标题 = 2", "a = \"\"\"\n标题 = 1\n\"\"\"\n\"标题\" = 2");
        check("\"标题\" = 1", "\"标题\" = 1");
        check("　标题　= 1", "   \"标题\"   = 1");
        check("a = [\n标题 = 1", "a = [\n\"标题\" = 1");
    }

    #[test]
    fn bytes_find_their_way_back() {
        let text = "标题 = 1\n日期 = 2";
        let quoted = quote(text);
        let at = quoted.text.find("\"日期\"").unwrap();
        assert_eq!(&text[quoted.back(at)..quoted.back(at + "\"日期\"".len())], "日期");
        assert_eq!(quoted.back(quoted.text.len()), text.len());
    }

    #[test]
    fn full_width_signs_are_noted() {
        let signs: Vec<_> = quote("标题 ＝ “甲”").odd.iter().map(|odd| odd.1).collect();
        assert_eq!(signs, ['＝', '“', '”']);
        assert!(quote("标题 = \"“甲”：\"").odd.is_empty());
        assert!(quote(&"a.".repeat(100_000)).too_deep.is_some());
    }
}
