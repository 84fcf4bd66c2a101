//! The root marker: in contexts a URL begins with it instead of the site's address, so that the sub-path, or an offline
//! copy, needs no other row, photo or key. [`Root::settle`] is the last pass over every rendered file.

mod code;

pub use crate::markers::{CODE, ROOT, SITE, TONE};

use crate::config::Config;
use crate::markers::HEAD;
use memchr::memchr2;

/// How many digits of a photo's key stand behind [`TONE`]: pages are planned before photos are decoded.
pub const TONE_DIGITS: usize = 16;

/// Where a site is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// `https://example.org`, or empty.
    pub origin: String,
    /// The sub-path without a slash at the end: `/lihua`, or empty.
    pub path: String,
    /// Links lead from file to file instead, for reading from a folder.
    pub offline: bool,
}

impl Root {
    /// The root of a site.
    pub fn of(config: &Config, offline: bool) -> Self {
        Root { origin: config.base_url.origin.clone(), path: config.base_url.path.clone(), offline }
    }

    /// Replaces the markers in what was rendered for the file `path` (below the root).
    pub fn settle(&self, path: &str, rendered: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(rendered.len() + 256);
        let up = "../".repeat(path.matches('/').count());
        let mut rest = rendered;
        // Full-width marks begin with the same byte as markers, and stand in every line: two bytes are looked for.
        let head = memchr::memmem::Finder::new(&HEAD);
        while let Some(at) = head.find(rest) {
            let Some(marker) = rest.get(at..at + 3) else { break };
            if marker == ROOT.as_bytes() || marker == SITE.as_bytes() {
                out.extend_from_slice(&rest[..at]);
                rest = &rest[at + 3..];
                if marker == SITE.as_bytes() {
                    out.extend_from_slice(self.origin.as_bytes());
                    out.extend_from_slice(self.path.as_bytes());
                } else if self.offline {
                    rest = offline(rest, &up, &mut out);
                } else {
                    out.extend_from_slice(self.path.as_bytes());
                }
            } else if marker == CODE.as_bytes() {
                out.extend_from_slice(&rest[..at]);
                rest = &rest[at + 3..];
                let end = memchr::memmem::find(rest, CODE.as_bytes()).unwrap_or(rest.len());
                let (address, after) = rest.split_at(end);
                code::svg(&String::from_utf8_lossy(&self.settle(path, address)), &mut out);
                rest = after.get(3..).unwrap_or_default();
            } else {
                out.extend_from_slice(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
        out.extend_from_slice(rest);
        out
    }
}

/// Writes a link as a path from file to file: `/news/#a` becomes `../news/index.html#a`.
fn offline<'r>(rest: &'r [u8], up: &str, out: &mut Vec<u8>) -> &'r [u8] {
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\'' | b'<' | b'>' | b' ' | b'\n' | b',' | b')'))
        .unwrap_or(rest.len());
    let (url, after) = rest.split_at(end);
    let path_end = memchr2(b'#', b'?', url).unwrap_or(url.len());
    let (path, anchor) = url.split_at(path_end);
    let path = path.strip_prefix(b"/").unwrap_or(path);
    out.extend_from_slice(up.as_bytes());
    out.extend_from_slice(path);
    if path.is_empty() || path.ends_with(b"/") {
        out.extend_from_slice(b"index.html");
    }
    out.extend_from_slice(anchor);
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(offline: bool, text: &str) -> String {
        let root = Root { origin: "https://a.example".into(), path: "/lihua".into(), offline };
        String::from_utf8(root.settle("news/a/index.html", text.as_bytes())).unwrap()
    }

    #[test]
    fn markers_become_addresses() {
        let text = "<a href=\"\u{FDD0}/news/\">\u{FDD1}/x 庆 ￼</a>";
        assert_eq!(settled(false, text), "<a href=\"/lihua/news/\">https://a.example/lihua/x 庆 ￼</a>");
    }

    #[test]
    fn the_code_of_an_address_is_that_of_the_whole_address() {
        let code = |text: &str| settled(false, &format!("<p>\u{FDD3}{text}\u{FDD3}</p>"));
        assert_eq!(code("\u{FDD1}/news/"), code("https://a.example/lihua/news/"));
        assert_ne!(code("\u{FDD1}/news/"), code("\u{FDD1}/"));
        assert!(code("\u{FDD1}/").starts_with("<p><svg ") && code("\u{FDD1}/").ends_with("</svg></p>"));
    }

    #[test]
    fn offline_links_lead_from_file_to_file() {
        assert_eq!(settled(true, "\"\u{FDD0}/news/#b\""), "\"../../news/index.html#b\"");
        assert_eq!(settled(true, "\"\u{FDD0}/\""), "\"../../index.html\"");
        assert_eq!(settled(true, "\"\u{FDD0}/a.css\""), "\"../../a.css\"");
    }
}
