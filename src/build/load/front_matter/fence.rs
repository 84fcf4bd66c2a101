//! Where the front matter ends and the Markdown begins.
//!
//! `+++` always opens TOML. `---` opens YAML, but it is a thematic break of Markdown too: without names and values
//! behind it, it is left to the body. A block that is never closed ends at the first empty line.

use std::ops::Range;

/// The language of the front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// `+++`
    Toml,
    /// `---`
    Yaml,
}

impl Syntax {
    /// The line above and below.
    pub fn fence(self) -> &'static str {
        match self {
            Syntax::Toml => "+++",
            Syntax::Yaml => "---",
        }
    }
}

/// A block of front matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Its language.
    pub syntax: Syntax,
    /// The opening fence.
    pub fence: Range<usize>,
    /// What stands between the fences.
    pub inner: Range<usize>,
    /// Where the Markdown begins.
    pub body: usize,
    /// Whether the closing fence is there.
    pub closed: bool,
}

/// Finds the block at the top of `text`; empty lines may stand before it.
pub(super) fn find(text: &str) -> Option<Block> {
    let mut lines = lines(text);
    let (start, first) = lines.find(|(_, line)| !line.trim().is_empty())?;
    let syntax = match first.trim_end() {
        "+++" => Syntax::Toml,
        "---" => Syntax::Yaml,
        _ => return None,
    };
    let fence = start..start + 3;
    let open = start + first.len();
    let mut block = Block { syntax, fence, inner: open..text.len(), body: text.len(), closed: false };
    for (at, line) in lines {
        if line.trim_end() == syntax.fence() {
            block.inner = open..at;
            block.body = at + line.len();
            block.closed = true;
            return Some(block);
        }
    }
    let inner = text.get(open..).unwrap_or_default();
    let empty = self::lines(inner).find(|(_, line)| line.trim().is_empty()).map(|(at, _)| open + at);
    block.body = empty.unwrap_or(text.len());
    block.inner = open..block.body;
    let says_something = syntax == Syntax::Toml || text.get(block.inner.clone()).is_some_and(names_something);
    says_something.then_some(block)
}

/// Whether the first line with words reads like `name: value`.
pub(super) fn names_something(inner: &str) -> bool {
    let line = inner.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
    line.is_some_and(|line| {
        let name: usize =
            line.chars().take_while(|c| c.is_alphanumeric() || "_-".contains(*c)).map(char::len_utf8).sum();
        let rest = line.get(name..).unwrap_or_default();
        (1..=48).contains(&name)
            && !line.starts_with('-')
            && (rest.starts_with('：')
                || rest.strip_prefix(':').is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    })
}

/// The lines of `text` with their line breaks, and where they start.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Option<(&str, &str, bool)> {
        find(text).map(|block| (&text[block.inner], &text[block.body..], block.closed))
    }

    #[test]
    fn blocks_are_found() {
        assert_eq!(split("+++\na = 1\n+++\nText"), Some(("a = 1\n", "Text", true)));
        assert_eq!(split("---\r\na: 1\r\n---\r\nText"), Some(("a: 1\r\n", "Text", true)));
        assert_eq!(split("\n\n+++\n+++"), Some(("", "", true)));
        assert_eq!(split("+++"), Some(("", "", false)));
        assert_eq!(split("+++\na = 1\n\nText"), Some(("a = 1\n", "\nText", false)));
        assert_eq!(split("---\n标题: 甲\nText"), Some(("标题: 甲\nText", "", false)));
    }

    #[test]
    fn thematic_breaks_are_left_alone() {
        for text in [
            "",
            "Text",
            "---",
            "---\n\nText: a",
            "---\nText",
            "-----\na: 1\n---",
            "++++\n",
            "\n---\n- a: 1\n",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
    }
}
