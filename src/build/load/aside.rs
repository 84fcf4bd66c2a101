//! What only few ask of an article: the ids of its headings and its first words. They are most of what would be kept of a
//! page, so a build puts them away as it reads, and gets them back one at a time; those that it did not read stay in the memo.

use crate::files::{Failure, Scratch, Stored};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::io::{self, Write};
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
    Away {
        scratch: Arc<Scratch>,
        start: u64,
        length: u32,
    },
    /// In the memo of an earlier build.
    Memo {
        stored: Arc<Stored>,
        start: u64,
        length: u32,
    },
    /// So long, in a memo: see [`Aside::place`].
    Somewhere(u32),
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
            Kept::Memo { stored, start, length } => {
                stored.get_text(&(*start..start + u64::from(*length))).map(Cow::Owned)
            }
            Kept::Somewhere(_) => None,
        }
    }
}

impl PartialEq for Aside {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Aside {
    /// Writes it where a memo keeps asides, which is behind all rows.
    ///
    /// # Errors
    /// What the system refuses; also to give back what was put away.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let text = self.try_text().ok_or_else(|| io::Error::other("what was put away did not come back"))?;
        out.write_all(text.as_bytes())
    }

    /// Finds what a memo says of it: it begins at `start` of that file. Says where it ends.
    pub(super) fn place(&mut self, stored: &Arc<Stored>, start: u64) -> u64 {
        let Kept::Somewhere(length) = self.0 else { return start };
        self.0 = Kept::Memo { stored: Arc::clone(stored), start, length };
        start + u64::from(length)
    }
}

/// Only its length; the text stands elsewhere in the memo, and few are read again.
impl Serialize for Aside {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let length = match &self.0 {
            Kept::Here(text) => u32::try_from(text.len()).map_err(S::Error::custom)?,
            Kept::Away { length, .. } | Kept::Memo { length, .. } | Kept::Somewhere(length) => *length,
        };
        serializer.serialize_u32(length)
    }
}

impl<'de> Deserialize<'de> for Aside {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u32::deserialize(deserializer).map(|length| match length {
            0 => Aside::default(),
            _ => Aside(Kept::Somewhere(length)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::memo;
    use crate::digest::Digest;

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
        }
        asides.check().unwrap();
    }

    #[test]
    fn what_a_memo_keeps_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let asides = Asides::new(folder.path());
        let away = asides.put(Aside::new(&["党建"], "今年新建网格 42 个。"));
        let mut all = vec![Aside::new(&["a"], ""), Aside::default(), away, Aside::new(&[], "只有正文")];
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        // The second holds what stayed in the first.
        for path in [&first, &second] {
            let write = |out: &mut dyn Write| all.iter().try_for_each(|aside| aside.write(out));
            memo::save_with(path, &Digest::default(), &all, write).unwrap();
            let memo::Opened { value: mut found, stored, rest, .. } =
                memo::load_stored::<Vec<Aside>>(path, &Digest::default()).0.unwrap();
            let end = found.iter_mut().fold(rest.start, |at, aside| aside.place(&stored, at));
            assert_eq!((end, &found), (rest.end, &all));
            assert!(matches!(found[2].0, Kept::Memo { .. }));
            stored.check().unwrap();
            all = found;
        }
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
            aside.write(&mut Vec::new()).unwrap_err();
            asides.check().unwrap_err();
        }
        assert_eq!(away[2].excerpt(), long);
        asides.check().unwrap();
    }
}
