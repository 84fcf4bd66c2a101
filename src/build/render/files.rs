//! Photos and files: scaled, or cleaned of their metadata, and published. Neither depends on anything but bytes.

use super::{Studio, bytes_of};
use crate::build::model::MediaId;
use crate::build::photo::{self, Variant};
use crate::build::plan::{Plan, photo_key};
use crate::build::publish::{Fault, Publisher};
use crate::digest::{Digest, Digester};
use crate::problem::Problem;

/// Part of the key of a file: raise it when [`photo::strip()`] takes away more.
const CLEANING: u64 = 1;

/// A photo in all its sizes, from the store if an earlier build made them.
pub fn photo(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    publisher: &Publisher,
    media: MediaId,
    files: &[(String, Variant)],
) -> Result<Vec<Problem>, Fault> {
    let original = plan.kitchen.model.library.get(media);
    let recipe = &plan.kitchen.photos;
    let key = photo_key(original, recipe);
    // All are asked, so that those which may stay do stay.
    let missing: Vec<&str> =
        files.iter().map(|(path, _)| path.as_str()).filter(|path| !publisher.keep(path, &key)).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(stored) = from_store(studio, &key, &missing) {
        for (path, bytes) in missing.iter().zip(&stored) {
            publisher.put(path, key, bytes)?;
        }
        return Ok(Vec::new());
    }
    let made = derive(plan, studio, &key, media, files)?;
    for ((path, _), made) in files.iter().zip(&made) {
        if missing.contains(&path.as_str()) {
            publisher.put(path, key, &made.bytes)?;
        }
    }
    Ok(Vec::new())
}

/// One file of a photo, from the store if it was made before.
pub fn variant(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    media: MediaId,
    files: &[(String, Variant)],
    path: &str,
) -> Result<Vec<u8>, Fault> {
    let key = photo_key(plan.kitchen.model.library.get(media), &plan.kitchen.photos);
    if let Some(stored) = studio.store.get(&key, name(path)) {
        return Ok(stored);
    }
    let made = derive(plan, studio, &key, media, files)?;
    let found = files.iter().zip(made).find(|((file, _), _)| file == path);
    Ok(found.map(|(_, made)| made.bytes).unwrap_or_default())
}

/// Scales a photo to all its sizes, and keeps them.
fn derive(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    key: &Digest,
    media: MediaId,
    files: &[(String, Variant)],
) -> Result<Vec<photo::Derivative>, Fault> {
    let bytes = bytes_of(plan, studio, media)?;
    let made = photo::derive(&bytes, &plan.kitchen.photos)
        .map_err(|fault| fault.problem(&plan.kitchen.model.library.get(media).path))?;
    let named: Vec<(&str, &[u8])> =
        files.iter().zip(&made).map(|((path, _), made)| (name(path), made.bytes.as_slice())).collect();
    studio.store.put(key, &named)?;
    Ok(made)
}

/// Copies a file without its metadata.
pub fn copy(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    publisher: &Publisher,
    path: &str,
    media: MediaId,
) -> Result<Vec<Problem>, Fault> {
    let original = plan.kitchen.model.library.get(media);
    let key = Digester::new().number(CLEANING).digest(&original.digest).finish();
    if publisher.keep(path, &key) {
        return Ok(Vec::new());
    }
    publisher.put(path, key, &clean(plan, studio, media)?)?;
    Ok(Vec::new())
}

/// A file without its metadata. Nobody knows what a picture carries that cannot be read: it is not published.
pub fn clean(plan: &Plan<'_>, studio: &Studio<'_>, media: MediaId) -> Result<Vec<u8>, Fault> {
    let bytes = bytes_of(plan, studio, media)?;
    match photo::strip(&bytes) {
        Ok(Some(clean)) => Ok(clean),
        Ok(None) => Ok(bytes),
        Err(fault) => Err(fault.problem(&plan.kitchen.model.library.get(media).path).into()),
    }
}

fn from_store(studio: &Studio<'_>, key: &Digest, paths: &[&str]) -> Option<Vec<Vec<u8>>> {
    paths.iter().map(|path| studio.store.get(key, name(path))).collect()
}

/// The file's name in the store.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
