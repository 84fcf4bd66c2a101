//! Invariant 1, put to the test on a real site: builds it once more from nothing, without memory of earlier builds, and
//! compares what is published byte for byte.

use super::api::{Failure, Progress, Report, Request};
use super::{memo, publish};
use crate::files;
use crate::problem::{Place, Problem};
use std::path::Path;

/// The most differences that are told.
const MOST: usize = 20;

/// Builds the site of `request` from nothing beside what is published, compares the two, and leaves no trace. How many
/// files are equal, or a problem for each that is not.
///
/// # Errors
/// What keeps any build from starting.
pub fn verify(
    request: &Request,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(usize, Vec<Problem>), Failure> {
    let folder = request.root.join(memo::FOLDER).join(memo::VERIFY);
    let output = folder.join("public");
    files::remove_tree(&folder)?;
    let memory = folder.join("memory");
    files::make_folder(&memory)?;
    let fresh = Request { output: output.clone(), ..request.clone() };
    let made = super::build_with(&fresh, &memory, progress);
    let compared = made.and_then(|report| compare(&request.output, &output, &report));
    publish::forget(&output, &request.root)?;
    files::remove_tree(&folder)?;
    compared
}

fn compare(published: &Path, fresh: &Path, report: &Report) -> Result<(usize, Vec<Problem>), Failure> {
    if report.published.is_none() {
        return Ok((0, report.problems.clone()));
    }
    let mut paths = publish::paths(published)?;
    paths.extend(publish::paths(fresh)?);
    paths.sort_unstable();
    paths.dedup();
    let same = crate::parallel::try_map(&paths, |path| {
        let read = |folder: &Path| files::read_if_there(&folder.join(path));
        Ok::<_, files::Failure>(read(published)? == read(fresh)?)
    })?;
    let equal = same.iter().filter(|same| **same).count();
    let different = paths.iter().zip(&same).filter(|(_, same)| !**same).map(|(path, _)| path);
    let problems = different.take(MOST).map(|path| Problem::new("verify-differs").at(Place::file(path)));
    Ok((equal, problems.collect()))
}
