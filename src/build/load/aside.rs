//! What only few ask of an article: the ids of its headings and its first words. They are most of what would be kept of a
//! page, so a build puts them away as it reads, and gets them back one at a time.

use crate::files::{Failure, Scratch};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

/// Where asides are put.
#[derive(Debug)]
pub struct Asides(Arc<Scratch>);

impl Asides {
    /// Nothing yet; much goes into a file in the folder of the memo.
    pub(super) fn new(memory: &Path) -> Self {
        Asides(Arc::new(Scratch::beside(&memory.join("asides"))))
    }

    /// Puts an aside away. Where the disk takes nothing it stays in memory.
    pub(super) fn put(&self, aside: Aside) -> Aside {
        let Kept::Here(text) = &aside.0 else { return aside };
        let (Ok(length), Some(place)) = (u32::try_from(text.len()), self.0.put(text.as_bytes())) else {
            return aside;
        };
        Aside(Kept::Away { scratch: Arc::clone(&self.0), start: place.start, length })
    }

    /// Whether all that was asked for came back: what did not has been read as nothing, and is not to be published.
    ///
    /// # Errors
    /// The disk refused to read what it had taken.
    pub fn check(&self) -> Result<(), Failure> {
        self.0.check()
    }
}

/// What only few ask of an article. Two are equal when they say the same.
#[derive(Clone, Debug, Default)]
pub struct Aside(Kept);

/// The ids, each with [`END`] behind it, then the first words.
#[derive(Clone, Debug)]
enum Kept {
    Here(Box<str>),
    Away { scratch: Arc<Scratch>, start: u64, length: u32 },
}

const END: char = '\0';

impl Default for Kept {
    fn default() -> Self {
        Kept::Here(Box::default())
    }
}

impl Aside {
    /// Of an article with these ids and these first words, neither of which holds U+0000: Markdown has none.
    pub(super) fn new(anchors: &[&str], excerpt: &str) -> Self {
        let mut text = String::new();
        for part in anchors {
            text.extend(part.split(END));
            text.push(END);
        }
        text.extend(excerpt.split(END));
        Aside(Kept::Here(text.into()))
    }

    /// The ids of the headings, sorted.
    pub fn anchors(&self) -> Vec<String> {
        let text = self.text();
        let anchors = text.rsplit_once(END).map_or("", |(anchors, _)| anchors);
        anchors.split(END).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    }

    /// Plain text of the first paragraphs.
    pub fn excerpt(&self) -> Cow<'_, str> {
        let begin = |text: &str| text.rfind(END).map_or(0, |at| at + END.len_utf8());
        match self.text() {
            Cow::Borrowed(text) => Cow::Borrowed(&text[begin(text)..]),
            Cow::Owned(mut text) => {
                text.drain(..begin(&text));
                Cow::Owned(text)
            }
        }
    }

    fn text(&self) -> Cow<'_, str> {
        self.try_text().unwrap_or_default()
    }

    /// All of it; nothing where the disk does not give back what it took, which [`Asides::check`] tells.
    fn try_text(&self) -> Option<Cow<'_, str>> {
        match &self.0 {
            Kept::Here(text) => Some(Cow::Borrowed(text)),
            Kept::Away { scratch, start, length } => {
                scratch.get_text(&(*start..start + u64::from(*length))).map(Cow::Owned)
            }
        }
    }
}

impl PartialEq for Aside {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

/// As bytes, for Han characters are checked many at a time when they come back, and by the format's own reader one by one.
impl Serialize for Aside {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.try_text().ok_or_else(|| S::Error::custom("what was put away did not come back"))?;
        serializer.serialize_bytes(text.as_bytes())
    }
}

impl<'de> Deserialize<'de> for Aside {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::texts::kept::deserialize(deserializer).map(|text| Aside(Kept::Here(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_away_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let asides = Asides::new(folder.path());
        for (anchors, excerpt) in
            [(&["党建", "网格"][..], "今年新建网格 42 个。"), (&[], "只有正文"), (&["a"], ""), (&[], "")]
        {
            let here = Aside::new(anchors, excerpt);
            let away = asides.put(here.clone());
            assert!(matches!(away.0, Kept::Away { .. }));
            assert_eq!(away, here);
            for aside in [&here, &away] {
                assert_eq!(
                    (aside.anchors(), &*aside.excerpt()),
                    (anchors.iter().map(|id| (*id).to_owned()).collect(), excerpt)
                );
            }
            let kept = postcard::to_stdvec(&away).unwrap();
            assert_eq!(postcard::from_bytes::<Aside>(&kept).unwrap(), here);
        }
        asides.check().unwrap();
    }

    /// A file that somebody cut, or wrote into, while the build went on.
    #[cfg(unix)]
    #[test]
    #[expect(clippy::disallowed_methods, reason = "tests make and break their own files")]
    fn what_the_disk_does_not_give_back_is_told_and_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let asides = Asides::new(folder.path());
        let long = "党建".repeat(200_000);
        let away: Vec<Aside> = (0..3).map(|_| asides.put(Aside::new(&[], &long))).collect();
        let file = folder.path().join(crate::files::list(folder.path()).unwrap().pop().unwrap());
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[0] = 0xff;
        bytes.truncate(long.len() + 7);
        std::fs::write(&file, bytes).unwrap();
        for aside in &away[..2] {
            asides.check().unwrap();
            assert_eq!(aside.excerpt(), "");
            asides.check().unwrap_err();
            postcard::to_stdvec(aside).unwrap_err();
            asides.check().unwrap_err();
        }
        assert_eq!(away[2].excerpt(), long);
        asides.check().unwrap();
    }
}
