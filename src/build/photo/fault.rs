//! Why a photo cannot be used, and how that is told to the person who put it there.

use super::{MAX_PIXELS, MAX_SIDE};
use crate::problem::{Place, Problem};
use image::error::UnsupportedErrorKind;
use serde::{Deserialize, Serialize};

/// Why a photo cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhotoFault {
    /// The file has no bytes.
    Empty,
    /// Not a picture at all.
    NotAnImage,
    /// A HEIC/HEIF photo, as phones write them by default.
    Heic,
    /// A picture or film in a format that is not read; its name.
    Unsupported(String),
    /// More pixels than are taken on; the stored size.
    TooLarge {
        /// Stored width in pixels.
        width: u32,
        /// Stored height in pixels.
        height: u32,
    },
    /// Damaged; the decoder's words.
    Broken(String),
}

impl PhotoFault {
    /// What a decoder or encoder said.
    pub(super) fn decoder(error: impl std::fmt::Display) -> Self {
        PhotoFault::Broken(error.to_string())
    }

    /// What a decoder of `image` said of a file of a format: rare kinds of it are no damage.
    pub(super) fn of_image(error: image::ImageError, format: &str) -> Self {
        let image::ImageError::Unsupported(error) = error else { return PhotoFault::decoder(error) };
        let kind = match error.kind() {
            UnsupportedErrorKind::GenericFeature(feature) => feature,
            other => format!("{other:?}"),
        };
        PhotoFault::Unsupported(format!("{format} ({kind})"))
    }

    /// The problem to tell about `file`, a path relative to the site's root.
    pub fn problem(&self, file: &str) -> Problem {
        let problem = match self {
            PhotoFault::Empty => Problem::new("photo-empty"),
            PhotoFault::NotAnImage => Problem::new("photo-not-an-image"),
            PhotoFault::Heic => Problem::new("photo-heic"),
            PhotoFault::Unsupported(format) if format == "RAW" => Problem::new("photo-raw"),
            PhotoFault::Unsupported(format) => Problem::new("photo-unsupported").arg("format", format),
            PhotoFault::TooLarge { width, height } => Problem::new("photo-too-large")
                .arg("width", width)
                .arg("height", height)
                .arg("max_side", MAX_SIDE)
                .arg("max_megapixels", MAX_PIXELS / 1_000_000),
            PhotoFault::Broken(detail) => Problem::new("photo-broken").arg("detail", detail),
        };
        problem.arg("file", file).at(Place::file(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_words_with_its_slots() {
        let words: toml::Table = toml::from_str(include_str!("../../messages/problems/photo.toml")).unwrap();
        let faults = [
            PhotoFault::Empty,
            PhotoFault::NotAnImage,
            PhotoFault::Heic,
            PhotoFault::Unsupported("AVIF".into()),
            PhotoFault::Unsupported("RAW".into()),
            PhotoFault::TooLarge { width: 60_000, height: 1 },
            PhotoFault::Broken("x".into()),
        ];
        let told_elsewhere = [
            "photo-not-cleaned",
            "photo-uncleanable",
            "photo-cut",
            "photo-similar",
            "photo-alt-missing",
            "image-alt-missing",
            "photo-list-file",
            "album-zip-large",
        ];
        let mut codes: Vec<String> = told_elsewhere.map(str::to_owned).to_vec();
        for fault in faults {
            let problem = fault.problem("content/a.jpg");
            let entry = &words[problem.code.as_ref()];
            for part in
                [&entry["zh"]["cause"], &entry["zh"]["fix"], &entry["en"]["cause"], &entry["en"]["fix"]]
            {
                let mut text = part.as_str().unwrap().to_owned();
                for (name, value) in &problem.args {
                    text = text.replace(&format!("{{{name}}}"), value);
                }
                assert!(!text.contains('{'), "{text}");
            }
            codes.push(problem.code.into_owned());
        }
        for code in words.keys() {
            assert!(codes.contains(code), "{code} is not used");
        }
    }
}
