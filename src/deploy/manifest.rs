//! What a release consists of: path → digest, size and headers. Ours, on both sides.
//!
//! A manifest that comes from a host is foreign input: every path must stay below the target, every header must be one
//! line of plain characters, or the whole manifest is refused.

use super::host::MARK;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// The folder of our own notes on a host; no file of a site lies there.
pub const OWN: &str = ".yicun-deploy";
/// The largest manifest that is read.
pub const LARGEST: u64 = 1 << 28;
/// The largest size that a file of a release is believed to have.
const LARGEST_FILE: u64 = 1 << 48;

/// A SHA-256 digest in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha(String);

impl Sha {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Sha {
        use sha2::Digest as _;
        Sha(hex(&sha2::Sha256::digest(bytes)))
    }

    /// The 64 characters.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Sha, Self::Error> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 64 && text.bytes().all(hex) { Ok(Sha(text)) } else { Err("no SHA-256") }
    }
}

impl From<Sha> for String {
    fn from(sha: Sha) -> String {
        sha.0
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a file is packed before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Packed {
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Of the bytes before packing.
    pub sha256: Sha,
    /// Bytes before packing.
    pub size: u64,
    /// `Content-Type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `Cache-Control`.
    pub cache: String,
    /// It is the packed form of another file, for servers that look for one beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed: Option<Packed>,
    /// The number of the last release whose pages use it.
    #[serde(default)]
    pub last: u64,
}

impl Entry {
    /// Whether bytes and headers are the same.
    pub fn same(&self, other: &Entry) -> bool {
        let Entry { sha256, size, kind, cache, packed, last: _ } = self;
        *sha256 == other.sha256
            && *size == other.size
            && *kind == other.kind
            && *cache == other.cache
            && *packed == other.packed
    }
}

/// All files of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this form.
    yicun_deploy: u32,
    /// By path, with `/`.
    pub files: BTreeMap<String, Entry>,
}

impl Manifest {
    /// A manifest of these files.
    pub fn new(files: BTreeMap<String, Entry>) -> Manifest {
        Manifest { yicun_deploy: 1, files }
    }

    /// As it is kept on a host.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// One that came from a host; none when anything in it is not as we write it.
    pub fn read(bytes: &[u8]) -> Option<Manifest> {
        let manifest: Manifest =
            (bytes.len() as u64 <= LARGEST).then(|| serde_json::from_slice(bytes).ok()).flatten()?;
        let fits = manifest.yicun_deploy == 1
            && manifest.files.iter().all(|(path, entry)| {
                is_fit(path)
                    && entry.size <= LARGEST_FILE
                    && is_header(&entry.kind)
                    && is_header(&entry.cache)
            });
        fits.then_some(manifest)
    }
}

/// Whether a path stays below the target, away from our notes, and can be said to every host.
pub fn is_fit(path: &str) -> bool {
    path.len() <= 900
        && !path.contains(|c: char| c.is_control() || c == '\\')
        && !same_name(path, MARK)
        && path.split('/').all(is_fit_part)
}

/// Whether a name is one file or folder on every system: no drive (`C:`), no way up, none of our own names.
fn is_fit_part(part: &str) -> bool {
    let mut parts = Path::new(part).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
        && !part.as_bytes().get(1).is_some_and(|second| part.len() == 2 && *second == b':')
        && !same_name(part, OWN)
        && !same_name(part, "")
        && part.len() <= 255
}

/// Whether two names may mean one file: some disks know no case, and Windows takes no dots and spaces at the end.
fn same_name(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.trim_end_matches(['.', ' ']).to_lowercase();
    plain(a) == plain(b)
}

fn is_header(text: &str) -> bool {
    text.len() <= 200 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_stay_below_the_target() {
        for path in ["index.html", "news/党 建/a.html", "assets/style.0123456789ab.css", "a/.well-known/x"]
        {
            assert!(is_fit(path), "{path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            "a\\b",
            "a\nb",
            ".yicun-deploy/x",
            ".Yicun-Deploy/x",
            ".yicun-deploy. /x",
            ".YICUN-RELEASE",
            "C:/x",
            "...",
            "a\0b",
            "\u{7f}",
        ] {
            assert!(!is_fit(path), "{path:?}");
        }
    }

    #[test]
    fn a_digest_is_that_of_sha256sum() {
        assert_eq!(
            Sha::of(b"abc").text(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_hostile_manifest_is_refused_whole() {
        let text = |path: &str, kind: &str, sha: &str| {
            format!(
                "{{\"yicun_deploy\":1,\"files\":{{{path:?}:{{\"sha256\":{sha:?},\"size\":1,\"type\":{kind:?},\"cache\":\"x\"}}}}}}"
            )
        };
        let sha = "0".repeat(64);
        let read = |text: String| Manifest::read(text.as_bytes()).is_some();
        assert!(read(text("a.html", "text/html", &sha)));
        assert!(!read(text("../a.html", "text/html", &sha)));
        assert!(!read(text("a.html", "text/html\r\nx: y", &sha)));
        assert!(!read(text("a.html", "text/html", "../../../../etc")));
        assert!(!read("{\"yicun_deploy\":2,\"files\":{}}".to_owned()));
        assert!(!read("[".repeat(100_000)));
    }

    proptest! {
        #[test]
        fn nothing_read_leads_outside(bytes in proptest::collection::vec(any::<u8>(), 0..200), path in ".{0,30}") {
            _ = Manifest::read(&bytes);
            if is_fit(&path) {
                let joined = std::path::Path::new("/t").join(&path);
                prop_assert!(joined.components().all(|part| !matches!(part, std::path::Component::ParentDir)));
                prop_assert!(joined.starts_with("/t"));
            }
        }
    }
}
