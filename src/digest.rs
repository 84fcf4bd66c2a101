//! Digests: 128 bits of BLAKE3, enough that two different contents never meet, small enough to keep by the million.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The digest of some content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::short(&blake3::hash(bytes))
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

    fn short(hash: &blake3::Hash) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&hash.as_bytes()[..16]);
        Digest(short)
    }
}

/// Lower-case hexadecimal, 32 characters.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Builds the digest of several parts; each part is framed by its length, so parts never run together.
#[derive(Default)]
pub struct Digester(blake3::Hasher);

impl Digester {
    /// An empty digester.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        self
    }

    /// Adds text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Adds a digest.
    pub fn digest(&mut self, digest: &Digest) -> &mut Self {
        self.0.update(&digest.0);
        self
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// Adds anything that can be serialised.
    pub fn value(&mut self, value: &impl Serialize) -> &mut Self {
        let bytes = postcard::to_stdvec(value).expect("values of the model have a known shape");
        self.bytes(&bytes)
    }

    /// The digest of all that was added.
    pub fn finish(&self) -> Digest {
        Digest::short(&self.0.finalize())
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
}
