//! The finished build as a manifest: only what the build says it published, and only if it is all there, byte for byte.

use super::fault::Fault;
use super::headers;
use super::manifest::{Entry, Manifest, Packed, Sha, is_fit};
use super::pack;
use crate::build::publish;
use crate::digest::Digest;
use crate::files;
use crate::gzip::{Effort, gzip};
use crate::parallel;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The local files of a release.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The output folder of the build.
    pub folder: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
}

/// Files smaller than this are not worth packing.
const WORTH: u64 = 600;

impl Tree {
    /// Reads a build's output; refuses one that is not whole.
    ///
    /// # Errors
    /// A file that is missing, or is not as it was published; a disk that cannot be read.
    pub fn read(folder: &Path, packed: bool) -> Result<Tree, Fault> {
        let listed = publish::listed(folder)?;
        let entries = parallel::try_map(&listed, |(path, size, content)| {
            let bytes = files::read_if_there(&folder.join(path))?;
            let whole = bytes.filter(|bytes| bytes.len() as u64 == *size && Digest::of(bytes) == *content);
            let Some(bytes) = whole else {
                return Err(Fault::lasting(Problem::new("deploy-build-unfinished").arg("path", path)));
            };
            if !is_fit(path) {
                return Err(Fault::lasting(Problem::new("deploy-path-unfit").arg("path", path)));
            }
            let entry = Entry {
                sha256: Sha::of(&bytes),
                size: *size,
                kind: headers::content_type(path),
                cache: headers::cache(path).to_owned(),
                packed: None,
                last: 0,
            };
            Ok((path.clone(), entry))
        })?;
        let mut all: BTreeMap<String, Entry> = entries.into_iter().collect();
        if packed {
            let worth = |entry: &Entry| headers::is_text(&entry.kind) && entry.size >= WORTH;
            let beside: Vec<_> = all
                .iter()
                .filter(|(_, entry)| worth(entry))
                .flat_map(|(path, entry)| {
                    [(Packed::Gzip, "gz"), (Packed::Brotli, "br")].map(|(packed, ending)| {
                        (format!("{path}.{ending}"), Entry { packed: Some(packed), ..entry.clone() })
                    })
                })
                .collect();
            for (path, entry) in beside {
                all.entry(path).or_insert(entry);
            }
        }
        Ok(Tree { folder: folder.to_owned(), manifest: Manifest::new(all) })
    }

    /// The bytes to send for an entry, exactly those of the manifest.
    ///
    /// # Errors
    /// A file that changed since the manifest was made, or that cannot be read.
    pub fn bytes(&self, path: &str, entry: &Entry) -> Result<Vec<u8>, Fault> {
        let source = match entry.packed {
            None => path,
            Some(_) => path.rsplit_once('.').map_or(path, |(stem, _)| stem),
        };
        let bytes = files::read_if_there(&self.folder.join(source))?;
        let Some(bytes) = bytes.filter(|bytes| Sha::of(bytes) == entry.sha256) else {
            return Err(Fault::lasting(Problem::new("deploy-build-unfinished").arg("path", source)));
        };
        Ok(match entry.packed {
            None => bytes,
            Some(Packed::Gzip) => gzip(&bytes, Effort::Best),
            Some(Packed::Brotli) => pack::brotli(&bytes),
        })
    }
}
