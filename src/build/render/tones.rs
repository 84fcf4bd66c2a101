//! Puts the colours of photos into rendered pages, where contexts could only say which photo is meant.

use crate::build::photo::Look;
use crate::build::plan::short;
use crate::build::root::{TONE, TONE_DIGITS};
use crate::digest::Digest;
use std::collections::{BTreeSet, HashMap};

/// How the photos of the site look, by the beginning of their keys.
pub struct Tones(HashMap<String, Look>);

impl Tones {
    /// The looks of photos by their keys.
    pub fn new(looks: impl IntoIterator<Item = (Digest, Look)>) -> Self {
        Tones(looks.into_iter().map(|(key, look)| (short(&key), look)).collect())
    }

    /// Replaces every marker by the class of its photo, and that of a photo that could not be read by nothing.
    pub fn settle(&self, rendered: Vec<u8>) -> Vec<u8> {
        let marker = TONE.as_bytes();
        let Some(mut at) = memchr::memmem::find(&rendered, marker) else { return rendered };
        let mut out = Vec::with_capacity(rendered.len());
        let mut rest = rendered.as_slice();
        loop {
            let (before, behind) = rest.split_at(at);
            out.extend_from_slice(before);
            let behind = behind.get(marker.len()..).unwrap_or_default();
            let (key, after) = behind.split_at(TONE_DIGITS.min(behind.len()));
            let look = std::str::from_utf8(key).ok().and_then(|key| self.0.get(key));
            out.extend_from_slice(look.map(Look::class).unwrap_or_default().as_bytes());
            rest = after;
            match memchr::memmem::find(rest, marker) {
                Some(next) => at = next,
                None => break,
            }
        }
        out.extend_from_slice(rest);
        out
    }
}

/// The beginnings of the keys of all photos whose colours a rendered page asks for, each once.
pub fn named(rendered: &[u8]) -> BTreeSet<String> {
    let marker = TONE.as_bytes();
    let key = |at: usize| {
        let start = at + marker.len();
        std::str::from_utf8(rendered.get(start..start + TONE_DIGITS)?).ok().map(str::to_owned)
    };
    memchr::memmem::find_iter(rendered, marker).filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_become_classes() {
        let key = Digest::of(b"a");
        let look = Look::of_bytes(&[4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
        let tones = Tones::new([(key, look)]);
        let text = format!("<li class=\"{TONE}{}\"><li class=\"{TONE}0123456789abcdef\">村", short(&key));
        assert_eq!(named(text.as_bytes()).len(), 2);
        assert!(named(text.as_bytes()).contains(&short(&key)));
        let settled = tones.settle(text.into_bytes());
        assert_eq!(String::from_utf8(settled).unwrap(), "<li class=\"t-420\"><li class=\"\">村");
        assert_eq!(tones.settle(TONE.as_bytes().to_vec()), b"");
    }
}
