//! Files that are published as they are, cleaned of their metadata. They depend on nothing but bytes.

use super::{Studio, bytes_of};
use crate::build::model::MediaId;
use crate::build::photo;
use crate::build::plan::Plan;
use crate::build::publish::{Fault, Publisher};
use crate::digest::Digester;
use crate::problem::Problem;

/// Part of the key of a file: raise it when [`photo::strip()`] takes away more.
const CLEANING: u64 = 1;

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
