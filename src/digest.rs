//! Digests: 128 bits, enough that two different contents never meet, small enough to keep by the million.
//!
//! What is published, and pictures, are digested by BLAKE3, which nobody can forge. The text of a page, and what a
//! [`Digester`] gathers, small values and digests of contents, by XXH3: a tenth of the time, and a forger could only keep his
//! own page from being made anew.

use postcard::ser_flavors::Flavor;
use postcard::serialize_with_flavor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{self, Write};
use twox_hash::XxHash3_128;

/// The digest of some content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest of the bytes of a file.
    pub fn of(bytes: &[u8]) -> Self {
        Self::short(&blake3::hash(bytes))
    }

    fn short(hash: &blake3::Hash) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&hash.as_bytes()[..16]);
        Digest(short)
    }

    /// The digest of anything that can be serialised; equal values give equal digests.
    pub fn of_value(value: &impl Serialize) -> Self {
        let mut digester = Digester::new();
        digester.value(value);
        digester.finish()
    }

    /// The 16 bytes.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// In lower-case hexadecimal.
    pub fn digits(&self) -> [u8; 32] {
        let mut text = [0; 32];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = PAIRS[usize::from(byte)];
        }
        text
    }

    /// The digest with these 16 bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Digest(bytes)
    }

    fn quick(hash: u128) -> Self {
        Digest(hash.to_be_bytes())
    }

    /// A checksum: tells what chance did to bytes, not what somebody meant to do.
    pub fn checksum(bytes: &[u8]) -> Self {
        Self::quick(XxHash3_128::oneshot(bytes))
    }
}

/// The digits of each byte: a manifest has half a million.
const PAIRS: [[u8; 2]; 256] = {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// A digest of bytes that come one after the other.
pub trait Sum: Default {
    /// Takes more.
    fn add(&mut self, bytes: &[u8]);
    /// Of all that came.
    fn digest(&self) -> Digest;
}

/// [`Digest::of`].
#[derive(Debug, Default)]
pub struct Contents(blake3::Hasher);

impl Sum for Contents {
    fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn digest(&self) -> Digest {
        Digest::short(&self.0.finalize())
    }
}

/// [`Digest::checksum`].
#[derive(Default)]
pub struct Checksum(XxHash3_128);

impl Sum for Checksum {
    fn add(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    fn digest(&self) -> Digest {
        Digest::quick(self.0.finish_128())
    }
}

/// Passes bytes on, and counts and digests them. Quick on large pieces only: it belongs below a buffer.
pub struct Summing<W, S> {
    out: W,
    sum: S,
    size: u64,
}

impl<W: Write, S: Sum> Summing<W, S> {
    /// In front of `out`.
    pub fn new(out: W) -> Self {
        Summing { out, sum: S::default(), size: 0 }
    }

    /// How many bytes have passed.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Of them.
    pub fn digest(&self) -> Digest {
        self.sum.digest()
    }
}

impl<W: Write, S: Sum> Write for Summing<W, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.sum.add(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        as_bytes::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        as_bytes::deserialize(deserializer).map(Digest)
    }
}

/// Bytes in one run: as an array they would go to and from the memo one by one, and it holds many.
mod as_bytes {
    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer, const N: usize>(
        bytes: &[u8; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<[u8; N], D::Error> {
        deserializer.deserialize_bytes(Exactly::<N>)
    }

    struct Exactly<const N: usize>;

    impl<const N: usize> Visitor<'_> for Exactly<N> {
        type Value = [u8; N];

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{N} bytes")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<[u8; N], E> {
            bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
        }
    }
}

/// Lower-case hexadecimal, 32 characters.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

/// What a new digester has room for.
const ROOM: usize = 1 << 10;

/// Gathered bytes are hashed once there are so many: until then they cost one call, and no state of a hasher.
const PIECE: usize = 1 << 16;

/// Builds the digest of several parts; each part is framed by its length, so parts never run together.
#[derive(Default)]
pub struct Digester {
    /// What was added and is not hashed yet.
    gathered: Vec<u8>,
    /// What came before that, if it was more than a piece.
    hashed: Option<Box<XxHash3_128>>,
    /// Set where the parts are told apart.
    watch: Option<Box<Watch>>,
}

/// How many parts a watched digest can tell apart.
pub const PARTS: usize = 20;

/// Sixteen bits of each part of a digest: enough to say which part of two digests differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks(#[serde(with = "as_bytes")] [u8; 2 * PARTS]);

impl Default for Marks {
    fn default() -> Self {
        Marks([0; 2 * PARTS])
    }
}

impl Marks {
    /// The parts in which two digests differ.
    pub fn differing(&self, other: &Marks) -> impl Iterator<Item = usize> {
        let pairs = self.0.as_chunks::<2>().0.iter().zip(other.0.as_chunks::<2>().0);
        pairs.enumerate().filter(|(_, (one, two))| one != two).map(|(part, _)| part)
    }
}

#[derive(Default)]
struct Watch {
    /// The part to which what is added belongs.
    part: usize,
    /// Where in `gathered` it begins.
    from: usize,
    sums: [u64; PARTS],
}

impl Watch {
    fn close(&mut self, gathered: &[u8]) {
        let bytes = gathered.get(self.from..).unwrap_or_default();
        if let Some(sum) = self.sums.get_mut(self.part).filter(|_| !bytes.is_empty()) {
            let mut hasher = DefaultHasher::new();
            hasher.write_u64(*sum);
            hasher.write(bytes);
            *sum = hasher.finish();
        }
        self.from = gathered.len();
    }
}

/// Takes what postcard writes, run by run: its own flavour for vectors takes it byte by byte.
struct Gathered<'g>(&'g mut Vec<u8>);

impl Flavor for Gathered<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

impl Digester {
    /// An empty digester, with room for what most come to: growing from nothing costs more than the hash.
    pub fn new() -> Self {
        Digester { gathered: Vec::with_capacity(ROOM), ..Digester::default() }
    }

    /// An empty digester that tells parts apart.
    pub fn watching() -> Self {
        Digester { watch: Some(Box::default()), ..Digester::new() }
    }

    /// What is added from now on belongs to the part with this number, below [`PARTS`].
    pub fn part(&mut self, part: usize) -> &mut Self {
        if let Some(watch) = &mut self.watch {
            watch.close(&self.gathered);
            watch.part = part;
        }
        self
    }

    /// What the parts came to; nothing without [`watching`](Self::watching).
    pub fn marks(&mut self) -> Marks {
        let Some(watch) = &mut self.watch else { return Marks::default() };
        watch.close(&self.gathered);
        let mut marks = Marks::default();
        for (mark, sum) in marks.0.as_chunks_mut::<2>().0.iter_mut().zip(watch.sums) {
            mark.copy_from_slice(&sum.to_be_bytes()[..2]);
        }
        marks
    }

    /// Adds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.gathered.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.gathered.extend_from_slice(bytes);
        self.spill()
    }

    /// Adds text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Adds a digest.
    pub fn digest(&mut self, digest: &Digest) -> &mut Self {
        self.gathered.extend_from_slice(&digest.0);
        self.spill()
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.gathered.extend_from_slice(&number.to_le_bytes());
        self.spill()
    }

    /// Adds anything that can be serialised.
    pub fn value(&mut self, value: &impl Serialize) -> &mut Self {
        let start = self.gathered.len();
        self.gathered.extend_from_slice(&[0; 8]);
        serialize_with_flavor(value, Gathered(&mut self.gathered))
            .expect("values of the model have a known shape");
        let size = (self.gathered.len() - start - 8) as u64;
        self.gathered[start..start + 8].copy_from_slice(&size.to_le_bytes());
        self.spill()
    }

    /// The digest of all that was added.
    pub fn finish(&self) -> Digest {
        match &self.hashed {
            None => Digest::quick(XxHash3_128::oneshot(&self.gathered)),
            Some(hashed) => {
                let mut hashed = hashed.clone();
                hashed.write(&self.gathered);
                Digest::quick(hashed.finish_128())
            }
        }
    }

    fn spill(&mut self) -> &mut Self {
        if self.gathered.len() >= PIECE {
            if let Some(watch) = &mut self.watch {
                watch.close(&self.gathered);
                watch.from = 0;
            }
            self.hashed.get_or_insert_with(|| Box::new(XxHash3_128::new())).write(&self.gathered);
            self.gathered.clear();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let pair = |a, b| Digester::new().text(a).text(b).finish();
        assert_ne!(pair("ab", "c"), pair("a", "bc"));
        assert_eq!(pair("ab", "c"), pair("ab", "c"));
    }

    #[test]
    fn how_much_is_gathered_makes_no_difference() {
        let long = vec![7u8; PIECE + 3];
        let mut plain = (long.len() as u64).to_le_bytes().to_vec();
        plain.extend_from_slice(&long);
        plain.extend_from_slice(&5u64.to_le_bytes());
        assert_eq!(
            Digester::new().bytes(&long).number(5).finish(),
            Digest::quick(XxHash3_128::oneshot(&plain))
        );
    }

    #[test]
    fn marks_tell_which_part_differs() {
        let marked = |one: &str, two: &[u8]| {
            let mut digester = Digester::watching();
            digester.part(1).text(one).part(2).bytes(two).part(1).text("end");
            (digester.finish(), digester.marks())
        };
        let long = vec![1u8; 2 * PIECE];
        let (digest, marks) = marked("a", &long);
        assert_eq!(digest, Digester::new().text("a").bytes(&long).text("end").finish());
        assert_eq!(marks.differing(&marked("a", &long).1).count(), 0);
        assert_eq!(marks.differing(&marked("b", &long).1).collect::<Vec<_>>(), [1]);
        assert_eq!(marks.differing(&marked("a", b"x").1).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn digits_are_hexadecimal() {
        let digest = Digest::from_bytes([0, 1, 15, 16, 127, 128, 171, 255, 0, 0, 0, 0, 0, 0, 0, 9]);
        assert_eq!(digest.to_string(), "00010f107f80abff0000000000000009");
    }

    #[test]
    fn pieces_come_to_what_the_whole_comes_to() {
        fn pieces<S: Sum>(pieces: &[&[u8]]) -> (Vec<u8>, Digest, u64) {
            let mut passed = Vec::new();
            let mut out = Summing::<_, S>::new(&mut passed);
            for piece in pieces {
                out.write_all(piece).unwrap();
            }
            let (digest, size) = (out.digest(), out.size());
            (passed, digest, size)
        }
        let whole = b"one village, one product".to_vec();
        let parts: &[&[u8]] = &[b"one village", b"", b", one product"];
        assert_eq!(pieces::<Contents>(parts), (whole.clone(), Digest::of(&whole), 24));
        assert_eq!(pieces::<Checksum>(parts), (whole.clone(), Digest::checksum(&whole), 24));
    }

    #[test]
    fn a_value_is_framed_like_its_bytes() {
        let bytes = postcard::to_stdvec(&("ab", 300u32)).unwrap();
        assert_eq!(Digester::new().value(&("ab", 300u32)).finish(), Digester::new().bytes(&bytes).finish());
    }
}
