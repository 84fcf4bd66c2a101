//! Every file of a site that is not text for us: photos, attachments, assets. Its digest, size and, for pictures, the
//! facts of the header. Depends on the file's bytes alone.

use super::captions::{self, PhotoList};
use crate::build::photo::{self, PhotoFacts, PhotoFault};
use crate::digest::Digest;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// One file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Media {
    /// Relative to the site's root, or `themes/<name>/…` for an embedded theme.
    pub path: String,
    /// Digest of the bytes.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
    /// Facts of a picture that can be scaled, or why it can't; `None` for any other file.
    pub photo: Option<Result<PhotoFacts, PhotoFault>>,
    /// What `photos.toml` says of the photos beside it.
    pub captions: Option<PhotoList>,
    /// What to say if it is published: it may hold a position, and its metadata cannot be removed.
    pub uncleanable: Option<Problem>,
    /// Faults of this file alone.
    pub problems: Vec<Problem>,
}

/// Endings of the pictures that are scaled, or refused with words that say what to do.
const PICTURES: [&str; 26] = [
    "jpg", "jpeg", "png", "webp", "gif", "heic", "heif", "jfif", "jpe", "bmp", "tif", "tiff", "avif", "jxl",
    "jp2", "j2k", "jpf", "jpx", "dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2",
];

impl Media {
    /// Reads a file's bytes.
    pub fn read(path: &str, bytes: &[u8]) -> Self {
        let mut problems = Vec::new();
        let captions = path.ends_with("/photos.toml").then(|| captions::read(path, bytes, &mut problems));
        Media {
            captions,
            uncleanable: photo::uncleanable(bytes, path),
            problems,
            path: path.to_owned(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
            photo: is_picture(path).then(|| photo::probe(bytes)),
        }
    }

    /// Facts of a picture that is scaled: what moves is published as it is.
    pub fn still(&self) -> Option<&PhotoFacts> {
        self.photo.as_ref().and_then(|photo| photo.as_ref().ok()).filter(|facts| !facts.animated)
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Whether a file of this name is a picture that we scale.
pub fn is_picture(path: &str) -> bool {
    extension(path).is_some_and(|extension| PICTURES.contains(&extension.as_str()))
}

/// The file's ending in lower case.
pub fn extension(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}
