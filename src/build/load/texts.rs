//! A few texts in one piece of memory: every page has its tags and the ids of its headings, and every pass over the pages
//! looks at them.

use serde::{Deserialize, Serialize};

/// Texts in order; none holds U+0000, which ends each.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts(#[serde(with = "kept")] Box<str>);

const END: char = '\0';

impl Texts {
    /// Adds a text at the end. U+0000 becomes U+FFFD, as in Markdown.
    pub fn push(&mut self, text: &str) {
        self.extend([text]);
    }

    /// The texts in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let ends = memchr::memchr_iter(END as u8, self.0.as_bytes());
        ends.scan(0, |start, end| self.0.get(std::mem::replace(start, end + 1)..end))
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

impl<'t> Extend<&'t str> for Texts {
    fn extend<I: IntoIterator<Item = &'t str>>(&mut self, texts: I) {
        let mut all = std::mem::take(&mut self.0).into_string();
        for text in texts {
            for (at, piece) in text.split(END).enumerate() {
                if at > 0 {
                    all.push(char::REPLACEMENT_CHARACTER);
                }
                all.push_str(piece);
            }
            all.push(END);
        }
        self.0 = all.into_boxed_str();
    }
}

impl<'t> FromIterator<&'t str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'t str>>(texts: I) -> Self {
        let mut all = Texts::default();
        all.extend(texts);
        all
    }
}

/// As a list.
impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// How the memo keeps texts of which there are many: as bytes, for Han characters are checked many at a time when they come
/// back, and by the format's own reader one by one; and each is made where it stays.
pub mod kept {
    use serde::de::{Error, Visitor};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::fmt;
    use std::marker::PhantomData;

    /// Writes it.
    pub fn serialize<S: Serializer>(text: &impl AsRef<str>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(text.as_ref().as_bytes())
    }

    /// Reads it.
    pub fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: for<'t> From<&'t str>,
    {
        deserializer.deserialize_bytes(Checked(PhantomData))
    }

    struct Checked<T>(PhantomData<T>);

    impl<T: for<'t> From<&'t str>> Visitor<'_> for Checked<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text in UTF-8")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<T, E> {
            simdutf8::basic::from_utf8(bytes).map(Into::into).map_err(E::custom)
        }
    }

    /// The same of a text that may be absent.
    pub mod optional {
        use super::{Deserialize, Deserializer, Serialize, Serializer};

        #[derive(Serialize, Deserialize)]
        #[serde(bound(serialize = "T: AsRef<str>", deserialize = "T: for<'t> From<&'t str>"))]
        struct Text<T>(#[serde(with = "super")] T);

        /// Writes it.
        pub fn serialize<S: Serializer>(
            text: &Option<impl AsRef<str>>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            text.as_ref().map(|text| Text(text.as_ref())).serialize(serializer)
        }

        /// Reads it.
        pub fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
        where
            D: Deserializer<'de>,
            T: for<'t> From<&'t str>,
        {
            Ok(Option::<Text<T>>::deserialize(deserializer)?.map(|text| text.0))
        }
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
        assert_eq!(["党课", "", "a\0b"].into_iter().collect::<Texts>(), texts);
    }

    #[test]
    fn what_is_kept_comes_back_and_must_be_text() {
        let texts: Texts = ["党课", "示范村"].into_iter().collect();
        let mut kept = postcard::to_stdvec(&texts).unwrap();
        assert_eq!(postcard::from_bytes::<Texts>(&kept).unwrap(), texts);
        kept[1] = 0xff;
        postcard::from_bytes::<Texts>(&kept).unwrap_err();
    }
}
