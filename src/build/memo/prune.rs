//! What nobody needs any more: records of output folders that were built long ago, under other paths.

use super::CLOCK;
use crate::files::{self, Failure, Nature};
use std::path::Path;

/// So many output folders of one site are remembered; the next build into an older one renders all its pages again.
const OUTPUTS: usize = 8;

/// A file that is being written is taken for the left-over of a killed build when it is so much older than this build.
pub(super) const LEFT_OVER_NS: i64 = 3_600_000_000_000;

/// Forgets all but the newest records of output folders, and files that were never finished.
pub fn prune(folder: &Path) -> Result<(), Failure> {
    let names = files::list(folder)?;
    for sort in ["outputs-", "done-"] {
        let mut records = Vec::new();
        for name in names.iter().filter_map(|name| name.to_str()) {
            // A lock has an ending, and stays: somebody may be building there now.
            if name.starts_with(sort) && !name.contains('.') {
                let look = files::look(&folder.join(name))?.filter(|look| look.nature == Nature::File);
                records.extend(look.map(|look| (look.stamp.time_ns, name)));
            }
        }
        records.sort_unstable();
        let spare = records.len().saturating_sub(OUTPUTS);
        for (_, name) in records.into_iter().take(spare) {
            files::remove_file(&folder.join(name))?;
        }
    }
    let now = files::look(&folder.join(CLOCK))?.map_or(i64::MIN, |look| look.stamp.time_ns);
    for name in names.iter().filter(|name| name.to_string_lossy().ends_with(files::PART)) {
        let path = folder.join(name);
        let old =
            files::look(&path)?.is_some_and(|look| look.stamp.time_ns.saturating_add(LEFT_OVER_NS) < now);
        if old {
            files::remove_file(&path)?;
        }
    }
    Ok(())
}
