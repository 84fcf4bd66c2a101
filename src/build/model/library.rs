//! The files of a site by path: where they are published, and which of them make an album.

use super::{Page, Pages, Section, sections};
use crate::build::load::{Caption, Focus, Media, PhotoList};
use crate::kinds::Date;
use crate::problem::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of a file in the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaId(pub usize);

/// All files that are not text.
#[derive(Debug, Default)]
pub struct Library {
    media: Vec<Arc<Media>>,
    by_path: BTreeMap<String, MediaId>,
    /// Folder under `content/` → the URL of what owns it.
    homes: BTreeMap<String, String>,
}

/// What is known of a photo besides its pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Legend {
    /// Words under the picture.
    pub caption: Option<String>,
    /// Words instead of the picture.
    pub alt: Option<String>,
    /// Who took it.
    pub by: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// When.
    pub taken: Option<Date>,
    /// What must stay in sight.
    pub focus: Option<Focus>,
}

impl Library {
    /// Indexes the files; those beside a page belong to its URL.
    pub(super) fn new(media: Vec<Arc<Media>>, pages: &Pages, all: &[Section]) -> Self {
        let by_path = media.iter().enumerate().map(|(at, media)| (media.path.clone(), MediaId(at))).collect();
        // The main language is the first: what lies beside a page stands beside that one, and only once.
        let mut homes: BTreeMap<String, String> =
            all.iter().rev().map(|section| (section.folder.clone(), section.url.clone())).collect();
        let own = |page: &&Page| page.row.is_bundle() && sections::home_of(&page.row) != page.row.folder();
        let mut by_language: Vec<&Page> = pages.iter().filter(own).collect();
        by_language.sort_by_key(|page| std::cmp::Reverse(page.language));
        for page in by_language {
            homes.insert(page.row.folder().to_owned(), page.url.to_string());
        }
        Library { media, by_path, homes }
    }

    /// A file by its number.
    pub fn get(&self, id: MediaId) -> &Arc<Media> {
        &self.media[id.0]
    }

    /// A file by its path relative to the site's root.
    pub fn find(&self, path: &str) -> Option<MediaId> {
        self.by_path.get(path).copied()
    }

    /// All files with their numbers, by path.
    pub fn iter(&self) -> impl Iterator<Item = (MediaId, &Arc<Media>)> {
        self.media.iter().enumerate().map(|(at, media)| (MediaId(at), media))
    }

    /// Files directly in a folder, by name.
    pub fn beside<'l>(&'l self, folder: &'l str) -> impl Iterator<Item = (MediaId, &'l Arc<Media>)> {
        let prefix = format!("{folder}/");
        self.by_path
            .range(prefix.clone()..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(_, id)| (*id, self.get(*id)))
            .filter(move |(_, media)| media.folder() == folder)
    }

    /// Where a linked file is published, below the root: beside the page or section that owns its folder.
    pub fn published_path(&self, id: MediaId) -> String {
        let media = self.get(id);
        if let Some(inside) = media.path.strip_prefix("static/") {
            return inside.to_owned();
        }
        let mut folder = media.folder();
        loop {
            if let Some(url) = self.homes.get(folder) {
                return format!("{url}{}", media.path[folder.len()..].trim_start_matches('/'));
            }
            match folder.rsplit_once('/') {
                Some((above, _)) => folder = above,
                None => return media.path.clone(),
            }
        }
    }

    /// The files that lie where a page's photos lie: for an album all beside it, else those in its folder `photos/`.
    fn around(&self, page: &Page, is_album: bool) -> Vec<MediaId> {
        if !page.row.is_bundle() {
            return Vec::new();
        }
        let own = page.row.folder();
        let mut found: Vec<MediaId> = self.beside(&format!("{own}/photos")).map(|(id, _)| id).collect();
        if is_album {
            found.extend(self.beside(own).map(|(id, _)| id));
        }
        found
    }

    /// The photos of a page that cannot be read.
    pub fn broken(&self, page: &Page, is_album: bool) -> Vec<Problem> {
        let files = self.around(page, is_album).into_iter().map(|id| self.get(id));
        let fault = |media: &Arc<Media>| match &media.photo {
            Some(Err(fault)) => Some(fault.problem(&media.path)),
            _ => None,
        };
        files.filter_map(fault).collect()
    }

    /// The photos of a page, in order.
    pub fn album(&self, page: &Page, is_album: bool) -> Vec<MediaId> {
        let mut photos: Vec<(Option<Date>, MediaId)> = self
            .around(page, is_album)
            .into_iter()
            .filter(|id| matches!(self.get(*id).photo, Some(Ok(_))))
            .map(|id| (self.legend(id).taken, id))
            .collect();
        // Without a time a photo comes last; equal times keep the order of names.
        photos.sort_by(|(a, a_id), (b, b_id)| {
            a.is_none().cmp(&b.is_none()).then_with(|| a.cmp(b)).then_with(|| a_id.cmp(b_id))
        });
        photos.into_iter().map(|(_, id)| id).collect()
    }

    /// What is known of a photo: `photos.toml`, else its file name, else its EXIF data.
    pub fn legend(&self, id: MediaId) -> Legend {
        let media = self.get(id);
        let named = from_name(media.name());
        let listed: Option<&Caption> = self
            .list(media.folder())
            .and_then(|list| list.photos.iter().find(|caption| caption.file == media.name()));
        let exif = media.photo.as_ref().and_then(|photo| photo.as_ref().ok());
        let exif_taken = exif.and_then(|facts| facts.taken.as_deref()).and_then(date);
        Legend {
            caption: listed
                .and_then(|listed| listed.caption.clone())
                .or(named.caption)
                .or_else(|| exif.and_then(|facts| facts.description.clone())),
            alt: listed.and_then(|listed| listed.alt.clone()),
            by: listed.and_then(|listed| listed.by.clone()),
            place: listed.and_then(|listed| listed.place.clone()).or(named.place),
            taken: listed
                .and_then(|listed| listed.taken.as_deref())
                .and_then(date)
                .or(exif_taken)
                .or(named.taken),
            focus: listed.and_then(|listed| listed.focus),
        }
    }

    /// What `photos.toml` says of the photos in a folder.
    pub fn list(&self, folder: &str) -> Option<&PhotoList> {
        self.find(&format!("{folder}/photos.toml")).and_then(|list| self.get(list).captions.as_ref())
    }

    /// The photo that stands for an album: the one that `photos.toml` names, else the first.
    pub fn cover(&self, photos: &[MediaId]) -> Option<MediaId> {
        let named = photos.iter().find(|id| {
            let media = self.get(**id);
            self.list(media.folder()).is_some_and(|list| list.cover.as_deref() == Some(media.name()))
        });
        named.or(photos.first()).copied()
    }
}

/// `20261122_庆乐村_主题党日.jpg`: date, place, caption.
fn from_name(name: &str) -> Legend {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let parts: Vec<&str> = stem.split('_').filter(|part| !part.is_empty()).collect();
    let (taken, words) = match parts.split_first() {
        Some((day, words)) if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) => {
            (date(day), words)
        }
        _ => return Legend::default(),
    };
    let text = |at: usize| words.get(at).map(|word| (*word).to_owned());
    match words.len() {
        0 => Legend { taken, ..Legend::default() },
        1 => Legend { taken, caption: text(0), ..Legend::default() },
        _ => Legend { taken, place: text(0), caption: Some(words[1..].join(" ")), ..Legend::default() },
    }
}

/// A date as `photos.toml`, EXIF and file names write it.
fn date(text: &str) -> Option<Date> {
    Date::parse(text).ok().map(|(date, _)| date)
}
