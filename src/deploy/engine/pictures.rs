//! Which pictures go with a withdrawn page: those that it shows and no page that stays does.
//!
//! What a page shows is read from the page itself, as it lies on the host, in every kept release. A manifest could say
//! it, but not of releases made before, and a page cannot lie about what it shows. The pages that stay are read only
//! when a picture is in question, and only those that are shown: a release that is merely kept saves no picture.

use super::state::State;
use crate::deploy::fault::Fault;
use crate::deploy::headers::is_hashed;
use crate::deploy::host::Host;
use crate::deploy::index::blob_key;
use crate::deploy::manifest::{Entry, Manifest, is_fit};
use crate::parallel;
use std::collections::{BTreeMap, BTreeSet};

/// Where our derivatives of photos lie.
const PHOTOS: &str = "photos/";
/// So many files are read before it is looked whether any picture is still in question.
const BATCH: usize = 64;

/// What is needed to read pages on a host.
pub(super) struct Look<'a> {
    pub host: &'a dyn Host,
    pub state: &'a State,
    pub releases: &'a BTreeMap<String, Manifest>,
}

impl Look<'_> {
    /// The pictures of these pages: those that go with them, and those that pages that stay show too.
    pub fn photos(&self, gone: &BTreeSet<String>) -> Result<(BTreeSet<String>, BTreeSet<String>), Fault> {
        let pages: Vec<&String> = gone.iter().filter(|path| path.ends_with(".html")).collect();
        let keys: BTreeSet<String> = pages.into_iter().flat_map(|path| self.keys(path)).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let mut alone = self.named(&keys)?;
        alone.retain(|path| !gone.contains(path));
        let mut shared = BTreeSet::new();
        let stay: Vec<String> = self
            .state
            .live
            .files
            .iter()
            .filter(|(path, entry)| !gone.contains(*path) && is_text(entry))
            .map(|(path, _)| self.shown(path))
            .collect();
        for batch in stay.chunks(BATCH) {
            if alone.is_empty() {
                break;
            }
            for path in self.named(batch)? {
                if alone.remove(&path) {
                    shared.insert(path);
                }
            }
        }
        Ok((alone, shared))
    }

    /// Where a page may lie: as it is shown, and as it was in every kept release.
    fn keys(&self, path: &str) -> Vec<String> {
        let mut keys = vec![self.shown(path)];
        for (id, manifest) in self.releases {
            match self.host.switch() {
                Some(switch) => {
                    keys.push(format!("{}/{path}", switch.place(id, self.state.shown.as_deref())))
                }
                None => keys.extend(manifest.files.get(path).and_then(|entry| {
                    let last = self.state.index.blobs.get(&entry.sha256)?;
                    Some(blob_key(&entry.sha256, *last))
                })),
            }
        }
        keys
    }

    fn shown(&self, path: &str) -> String {
        match (self.host.switch(), &self.state.shown) {
            (Some(switch), Some(id)) => format!("{}/{path}", switch.place(id, Some(id))),
            _ => path.to_owned(),
        }
    }

    fn named(&self, keys: &[String]) -> Result<BTreeSet<String>, Fault> {
        let found = parallel::try_map(keys, |key| {
            let bytes = self.host.get(key)?.unwrap_or_default();
            Ok::<_, Fault>(named(&String::from_utf8_lossy(&bytes)))
        })?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// Whether a file may name pictures.
fn is_text(entry: &Entry) -> bool {
    let texts = ["text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml"];
    entry.packed.is_none() && texts.iter().any(|text| entry.kind.starts_with(text))
}

/// The derivatives of photos that a text names, in whatever attribute and however the address begins.
fn named(text: &str) -> BTreeSet<String> {
    let rests = text.match_indices(PHOTOS).filter_map(|(at, _)| text.get(at..));
    let paths = rests.map(|rest| {
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "/-._".contains(c))).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    });
    paths.filter(|path| is_hashed(path) && is_fit(path)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_in_every_form() {
        let one = "photos/ae781f2c781ac93f-480.jpg";
        for text in [
            format!("<img src=\"/town/{one}\">"),
            format!("<img src=../../{one} alt=x>"),
            format!("<source srcset=\"/photos/x.jpg 1x, https://example.org/{one} 480w, /b 2x\">"),
            format!("{{\"image\":\"https:\\/\\/example.org\\/{one}\"}}"),
            format!("a {{ background: url({one}) }}"),
        ] {
            assert_eq!(named(&text), BTreeSet::from([one.to_owned()]), "{text}");
        }
        assert_eq!(named("photos/../../x photos/ photos/no-480.jpg"), BTreeSet::new());
    }
}
