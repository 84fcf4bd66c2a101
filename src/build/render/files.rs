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
    let bytes = bytes_of(plan, studio, media)?;
    let mut problems = Vec::new();
    match photo::strip(&bytes) {
        Ok(Some(clean)) => publisher.put(path, key, &clean)?,
        Ok(None) => publisher.put(path, key, &bytes)?,
        // Nobody knows what a picture carries that cannot be read: it is not published.
        Err(fault) => problems.push(fault.problem(&original.path)),
    }
    Ok(problems)
}
