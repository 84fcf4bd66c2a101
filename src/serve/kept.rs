//! The last good pages that were asked for: what a browser shows stays up while it cannot be made. Bounded.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// The most bytes kept.
const MOST: usize = 16 << 20;

/// Pages by path.
#[derive(Default)]
pub(super) struct Kept(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    bytes: HashMap<String, Vec<u8>>,
    /// Paths in the order in which they came; those that come again keep their place.
    order: VecDeque<String>,
    size: usize,
}

impl Kept {
    /// Keeps a page that was made.
    pub(super) fn put(&self, path: &str, page: &[u8]) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.size += page.len();
        match pages.bytes.insert(path.to_owned(), page.to_vec()) {
            Some(before) => pages.size -= before.len(),
            None => pages.order.push_back(path.to_owned()),
        }
        while pages.size > MOST {
            let Some(oldest) = pages.order.pop_front() else { return };
            if let Some(gone) = pages.bytes.remove(&oldest) {
                pages.size -= gone.len();
            }
        }
    }

    /// What stood at a path when it could last be made.
    pub(super) fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).bytes.get(path).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_pages_go_first() {
        let kept = Kept::default();
        let page = vec![b'x'; MOST / 4];
        for name in ["a", "b", "c", "d", "a", "e"] {
            kept.put(name, &page);
        }
        assert!(kept.get("a").is_none());
        assert!(["b", "c", "d", "e"].iter().all(|name| kept.get(name).is_some()));
    }
}
