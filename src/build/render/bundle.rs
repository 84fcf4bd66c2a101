//! All photos of an album in one file, in the widest size of the site: a zip without compression, since JPEG has none left.
//!
//! The same photos give the same bytes: names in the album's order, no times, no system.

use super::{Studio, bytes_of};
use crate::build::model::MediaId;
use crate::build::photo::{self, Scratch};
use crate::build::plan::{Plan, photo_key, variant_path};
use crate::build::publish::{Fault, Publisher};
use crate::digest::{Digest, Digester};
use crate::problem::Problem;
use std::collections::BTreeSet;

/// Part of the key: raise it when the same photos give other bytes.
const FORM: u64 = 1;

/// Publishes the photos as one file at `path`.
pub fn publish(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    publisher: &Publisher,
    path: &str,
    photos: &[MediaId],
) -> Result<Vec<Problem>, Fault> {
    let key = key(plan, photos);
    if !publisher.keep(path, &key) {
        publisher.put(path, key, &bytes(plan, studio, path, photos)?)?;
    }
    Ok(Vec::new())
}

/// The digest of all that the file is made of.
pub fn key(plan: &Plan<'_>, photos: &[MediaId]) -> Digest {
    let mut digester = Digester::new();
    digester.number(FORM);
    for id in photos {
        let media = plan.kitchen.model.library.get(*id);
        digester.text(media.name()).digest(&photo_key(media, &plan.kitchen.photos));
    }
    digester.finish()
}

/// The file itself.
pub fn bytes(plan: &Plan<'_>, studio: &Studio<'_>, path: &str, photos: &[MediaId]) -> Result<Vec<u8>, Fault> {
    let library = &plan.kitchen.model.library;
    let mut zip = Zip::default();
    let mut names = BTreeSet::new();
    for id in photos {
        let Some(bytes) = copy(plan, studio, *id)? else { continue };
        let stem = library.get(*id).name();
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let kind = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpg" };
        let mut name = format!("{stem}.{kind}");
        for number in 2.. {
            if names.insert(name.to_lowercase()) {
                break;
            }
            name = format!("{stem}-{number}.{kind}");
        }
        if !zip.add(&name, &bytes) {
            return Err(Problem::new("album-zip-large").arg("file", path).into());
        }
    }
    Ok(zip.finish())
}

/// The widest copy of a photo that every program opens; none of a photo that cannot be read, which has been told.
fn copy(plan: &Plan<'_>, studio: &Studio<'_>, id: MediaId) -> Result<Option<Vec<u8>>, Fault> {
    let (media, recipe) = (plan.kitchen.model.library.get(id), &plan.kitchen.photos);
    let Some(facts) = media.still() else { return Ok(None) };
    let key = photo_key(media, recipe);
    let variants = recipe.variants(facts);
    let Some(widest) = variants.iter().rfind(|variant| variant.format.opens_everywhere()) else {
        return Ok(None);
    };
    let path = variant_path(&key, widest);
    let name = path.rsplit('/').next().unwrap_or(&path);
    if let Some(bytes) = studio.store.get(&key, &[name]).and_then(|mut found| found.pop()) {
        return Ok(Some(bytes));
    }
    let made = photo::develop(&bytes_of(plan, studio, id)?, recipe, &Scratch::default());
    let made = made.ok().and_then(|(copies, _)| copies.into_iter().find(|copy| copy.variant == *widest));
    Ok(made.map(|copy| copy.bytes))
}

/// A zip that is being written.
#[derive(Default)]
struct Zip {
    out: Vec<u8>,
    /// The directory, which comes last.
    list: Vec<u8>,
    count: u16,
}

/// Version 2.0 is enough to unpack; names are UTF-8; no compression; the first of January 1980, the oldest date there is.
const FIXED: [u8; 10] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];

impl Zip {
    /// Adds a file; says no when the old form of zip holds no more.
    fn add(&mut self, name: &str, bytes: &[u8]) -> bool {
        let (Ok(start), Ok(size), Ok(length)) =
            (u32::try_from(self.out.len()), u32::try_from(bytes.len()), u16::try_from(name.len()))
        else {
            return false;
        };
        let Some(count) = self.count.checked_add(1) else { return false };
        self.count = count;
        let mut common = FIXED.to_vec();
        common.extend(crc32fast::hash(bytes).to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(length.to_le_bytes());
        // No extra field.
        common.extend([0, 0]);
        self.out.extend(b"PK\x03\x04");
        self.out.extend(&common);
        self.out.extend(name.as_bytes());
        self.out.extend(bytes);
        self.list.extend(b"PK\x01\x02\x14\0");
        self.list.extend(&common);
        // No comment, first disk, no attributes.
        self.list.extend([0; 10]);
        self.list.extend(start.to_le_bytes());
        self.list.extend(name.as_bytes());
        true
    }

    fn finish(mut self) -> Vec<u8> {
        let start = u32::try_from(self.out.len()).unwrap_or(u32::MAX).to_le_bytes();
        let size = u32::try_from(self.list.len()).unwrap_or(u32::MAX).to_le_bytes();
        let count = self.count.to_le_bytes();
        self.out.extend(&self.list);
        self.out.extend(b"PK\x05\x06\0\0\0\0");
        self.out.extend([count, count].concat());
        self.out.extend([size, start].concat());
        self.out.extend([0, 0]);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read};

    #[test]
    fn other_programs_read_it() {
        let mut zip = Zip::default();
        assert!(zip.add("庆乐村.jpg", b"one"));
        assert!(zip.add("b.jpg", &[7; 5000]));
        let bytes = zip.finish();
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["庆乐村.jpg", "b.jpg"]);
        let mut content = Vec::new();
        archive.by_name("b.jpg").unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content, [7; 5000]);
        let empty = Zip::default().finish();
        assert!(zip::ZipArchive::new(Cursor::new(empty)).unwrap().is_empty());
    }
}
