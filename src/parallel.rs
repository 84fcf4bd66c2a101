//! Ordered parallelism: results come back in the order of the input, whatever the number of threads.

use rayon::prelude::*;

/// `work` on every item, on all cores; results in the order of `items`.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().with_min_len(8).map(work).collect()
}

/// Like [`map`], but stops early at the first error in the order of `items`.
pub fn try_map<T: Sync, R: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync + Send,
) -> Result<Vec<R>, E> {
    items.par_iter().map(work).collect()
}

/// Like [`map`], for items of very different cost: each is taken by itself.
pub fn map_each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().with_max_len(1).map(work).collect()
}
