//! Seals on our notes: who cannot make one cannot make us remove or replace what we never put.
//!
//! A host that changes files in place believes its notes, and the notes lie where others may write. So each carries, in a
//! last line, a keyed digest (HMAC-SHA-256) of its name, its place and its bytes, one for each key that this machine has:
//! the key that a team shares, the secret of the credentials, and one of this folder alone. One that fits is enough.

use super::host::sigv4::hmac;
use super::manifest::hex;
use std::fmt;

const MARK: &str = "yicun-seal";
/// More keys than a note can have seals of.
const MOST: usize = 8;

/// The keys by which notes of one place are sealed and known again.
#[derive(Clone, Default)]
pub struct Seal {
    place: String,
    keys: Vec<Vec<u8>>,
}

/// Keys are never shown.
impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Seal {
    /// Seals for one place. Secrets are not used as they are, so that nothing else that they sign can be a seal.
    pub fn new<'s>(place: &str, secrets: impl IntoIterator<Item = &'s [u8]>) -> Seal {
        let keys = secrets.into_iter().map(|secret| hmac(secret, b"yicun seal of deploy notes")).collect();
        Seal { place: place.to_owned(), keys }
    }

    /// The place.
    pub fn place(&self) -> &str {
        &self.place
    }

    fn digests(&self, name: &str, bytes: &[u8]) -> Vec<String> {
        let mut text = format!("{}\0{name}\0", self.place).into_bytes();
        text.extend_from_slice(bytes);
        self.keys.iter().map(|key| hex(&hmac(key, &text))).collect()
    }

    /// A note with its seals.
    pub fn sealed(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut note = bytes.to_vec();
        note.extend_from_slice(format!("\n{MARK} {}\n", self.digests(name, bytes).join(" ")).as_bytes());
        note
    }

    /// The note without its seals, and whether one of them is ours.
    pub fn opened<'n>(&self, name: &str, note: &'n [u8]) -> (&'n [u8], bool) {
        let end = note.strip_suffix(b"\n").unwrap_or(note);
        let last = end.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        let (bytes, line) = end.split_at(last);
        let line = std::str::from_utf8(line).unwrap_or_default().trim();
        let Some(seals) = line.strip_prefix(MARK) else { return (note, false) };
        let ours = self.digests(name, bytes);
        (bytes, seals.split_whitespace().take(MOST).any(|seal| ours.iter().any(|own| own == seal)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_common_key_is_enough_and_none_is_not() {
        let a = Seal::new("bucket/pre", [b"shared".as_slice(), b"a"]);
        let b = Seal::new("bucket/pre", [b"b".as_slice(), b"shared"]);
        let c = Seal::new("bucket/pre", [b"c".as_slice()]);
        let note = a.sealed("r1.json", b"{}");
        for (seal, fits) in [(&a, true), (&b, true), (&c, false), (&Seal::default(), false)] {
            assert_eq!(seal.opened("r1.json", &note), (b"{}".as_slice(), fits));
        }
        assert!(!format!("{a:?}").contains("shared"));
    }

    #[test]
    fn a_seal_holds_for_one_note_at_one_place() {
        let seal = Seal::new("bucket/pre", [b"k".as_slice()]);
        let note = seal.sealed("r1.json", b"{}");
        assert!(!seal.opened("r2.json", &note).1);
        assert!(!Seal::new("bucket/other", [b"k".as_slice()]).opened("r1.json", &note).1);
        let other = String::from_utf8(note).unwrap().replacen("{}", "{ }", 1);
        assert_eq!(seal.opened("r1.json", other.as_bytes()), (b"{ }".as_slice(), false));
        assert_eq!(seal.opened("r1.json", b"{}"), (b"{}".as_slice(), false));
        assert!(!seal.opened("r1.json", b"{}\nyicun-seal \n").1);
    }

    proptest! {
        #[test]
        fn every_note_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..60), other in proptest::collection::vec(any::<u8>(), 0..60)) {
            let seal = Seal::new("p", [b"k".as_slice()]);
            let note = seal.sealed("n", &bytes);
            prop_assert_eq!(seal.opened("n", &note), (bytes.as_slice(), true));
            prop_assert!(!seal.opened("n", &other).1);
        }
    }
}
