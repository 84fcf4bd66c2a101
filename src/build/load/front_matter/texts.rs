//! A few texts in one piece of memory: every page has its tags, and every pass over the pages looks at them.

use serde::{Deserialize, Serialize};

/// Texts in order; none holds U+0000, which ends each.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts(Box<str>);

const END: char = '\0';

impl Texts {
    /// Adds a text at the end. U+0000 becomes U+FFFD, as in Markdown.
    pub fn push(&mut self, text: &str) {
        let mut all = std::mem::take(&mut self.0).into_string();
        all.reserve_exact(text.len() + 1);
        all.extend(text.chars().map(|c| if c == END { char::REPLACEMENT_CHARACTER } else { c }));
        all.push(END);
        self.0 = all.into_boxed_str();
    }

    /// The texts in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_terminator(END)
    }

    /// Whether one of them is `text`.
    pub fn contains(&self, text: &str) -> bool {
        self.iter().any(|own| own == text)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them with `between` between them.
    pub fn join(&self, between: &str) -> String {
        self.iter().collect::<Vec<_>>().join(between)
    }
}

/// As a list.
impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_apart() {
        let mut texts = Texts::default();
        assert!(texts.is_empty() && texts.iter().next().is_none());
        for text in ["党课", "", "a\0b"] {
            texts.push(text);
        }
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["党课", "", "a\u{fffd}b"]);
        assert!(texts.contains("") && texts.contains("党课") && !texts.contains("党"));
        assert_eq!(texts.join("、"), "党课、、a\u{fffd}b");
    }
}
