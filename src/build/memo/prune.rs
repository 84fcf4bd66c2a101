//! What nobody needs any more: records of output folders that were built long ago, under other paths.

use crate::files::{self, Failure, Nature};
use std::path::Path;

/// So many output folders of one site are remembered; the next build into an older one renders all its pages again.
const OUTPUTS: usize = 8;

/// Forgets all but the newest records of output folders.
pub fn prune(folder: &Path) -> Result<(), Failure> {
    let names = files::list(folder)?;
    for sort in ["outputs-", "done-"] {
        let mut records = Vec::new();
        for name in names.iter().filter_map(|name| name.to_str()) {
            // A lock has an ending, and stays: somebody may be building there now.
            if name.starts_with(sort) && !name.contains('.') {
                let look = files::look(&folder.join(name))?.filter(|look| look.nature == Nature::File);
                records.extend(look.map(|look| (look.stamp.mtime_ns, name)));
            }
        }
        records.sort_unstable();
        let spare = records.len().saturating_sub(OUTPUTS);
        for (_, name) in records.into_iter().take(spare) {
            files::remove_file(&folder.join(name))?;
        }
    }
    Ok(())
}
