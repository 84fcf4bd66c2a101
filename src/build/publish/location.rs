//! Where things lie: the output, the folder beside it in which files wait, our own records; and which paths are fit.

use super::Fault;
use crate::build::memo;
use crate::digest::Digest;
use crate::files::{self, Failure};
use crate::problem::Problem;
use std::path::{Path, PathBuf};

/// All places of one output folder.
#[derive(Debug)]
pub(super) struct Location {
    /// The site.
    pub(super) root: PathBuf,
    /// The published folder.
    pub(super) output: PathBuf,
    /// Beside the output, so that renames stay on one disk.
    pub(super) stage: PathBuf,
    /// Below `stage`: files with their final paths.
    pub(super) tree: PathBuf,
    /// Below `stage`: the journal of a commit.
    pub(super) journal: PathBuf,
    /// Our private record of this output.
    pub(super) record: PathBuf,
    /// Locked while a build publishes here.
    pub(super) lock: PathBuf,
    /// Of the output's absolute path.
    pub(super) id: Digest,
}

/// Folders of a site in which nothing may be published.
const OURS: [&str; 10] =
    ["content", "themes", "static", "templates", "kinds", "words", "src", memo::FOLDER, ".git", "target"];

impl Location {
    pub(super) fn of(output: &Path, root: &Path) -> Result<Location, Fault> {
        let root = files::resolve(root)?;
        let output = files::resolve(output)?;
        let memory = root.join(memo::FOLDER);
        let allowed = memory.join(memo::VERIFY).join("public");
        let inside = output != allowed && OURS.iter().any(|folder| output.starts_with(root.join(folder)));
        let (Some(name), false, false) = (output.file_name(), inside, root.starts_with(&output)) else {
            return Err(Problem::new("output-in-site").arg("path", output.display()).into());
        };
        let mut stage_name = std::ffi::OsString::from(".");
        stage_name.push(name);
        stage_name.push(".yicun-stage");
        let stage = output.with_file_name(stage_name);
        let id = Digest::of(output.as_os_str().as_encoded_bytes());
        let private = root.join(memo::FOLDER).join(format!("outputs-{id}"));
        Ok(Location {
            tree: stage.join("tree"),
            journal: stage.join("journal"),
            lock: private.with_extension("lock"),
            record: private,
            stage,
            output,
            root,
            id,
        })
    }

    /// Removes all that waits.
    pub(super) fn clear_stage(&self) -> Result<(), Failure> {
        files::remove_tree(&self.stage)
    }
}

/// Refuses paths that lead out of the output, or that are ours.
pub(super) fn check(path: &str) -> Result<(), Fault> {
    if is_fit(path) { Ok(()) } else { Err(Problem::new("output-path-unfit").arg("path", path).into()) }
}

/// Whether `path` names a file below the output on every system.
pub(super) fn is_fit(path: &str) -> bool {
    path != super::MANIFEST
        && path
            .split('/')
            .all(|name| !name.is_empty() && files::is_portable(name) && !name.ends_with(".yicun-part"))
}
