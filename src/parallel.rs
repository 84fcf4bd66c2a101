//! Ordered parallelism: results come back in the order of the input, whatever the number of threads.

use rayon::prelude::*;
use std::sync::{Condvar, Mutex, PoisonError};

/// `work` on every item, on all cores; results in the order of `items`.
pub fn map<'t, T: Sync, R: Send>(items: &'t [T], work: impl Fn(&'t T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().with_min_len(8).map(work).collect()
}

/// Two pieces of work that need nothing of each other.
pub fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(one, other)
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

/// Like [`map_each`], but items are begun in the order of `items`: put those first that take longest.
pub fn map_in_turn<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    let mut done: Vec<(usize, R)> =
        items.iter().enumerate().par_bridge().map(|(at, item)| (at, work(item))).collect();
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Memory that several threads share: who takes a part waits until it is free.
#[derive(Debug)]
pub struct Budget {
    whole: u64,
    free: Mutex<u64>,
    given_back: Condvar,
}

/// A part of a [`Budget`], given back when it is dropped.
#[derive(Debug)]
pub struct Part<'b> {
    budget: &'b Budget,
    amount: u64,
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(whole: u64) -> Self {
        Budget { whole, free: Mutex::new(whole), given_back: Condvar::new() }
    }

    /// Takes a part; more than the whole is taken for the whole, so that it runs alone. Whoever holds one must not take
    /// another, nor wait for other threads.
    pub fn take(&self, amount: u64) -> Part<'_> {
        let amount = amount.min(self.whole);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < amount {
            free = self.given_back.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= amount;
        Part { budget: self, amount }
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        *self.budget.free.lock().unwrap_or_else(PoisonError::into_inner) += self.amount;
        self.budget.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn results_keep_their_order() {
        let items: Vec<u32> = (0..500).collect();
        assert_eq!(map_in_turn(&items, |item| item * 2), items.iter().map(|it| it * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_budget_is_never_overdrawn() {
        let budget = Budget::new(10);
        let (used, most) = (AtomicU64::new(0), AtomicU64::new(0));
        let items: Vec<u64> = (1..=200).map(|item| item % 14 + 1).collect();
        map_in_turn(&items, |amount| {
            let part = budget.take(*amount);
            let now = used.fetch_add(part.amount, Ordering::SeqCst) + part.amount;
            most.fetch_max(now, Ordering::SeqCst);
            std::thread::yield_now();
            used.fetch_sub(part.amount, Ordering::SeqCst);
        });
        assert!((1..=10).contains(&most.into_inner()));
        assert_eq!(*budget.free.lock().unwrap(), 10);
    }
}
