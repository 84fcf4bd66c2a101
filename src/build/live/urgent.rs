//! Who goes first: sweeping stands still while somebody waits for a page, or a change is being taken in.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// How much work there is that somebody waits for.
#[derive(Clone, Default)]
pub(super) struct Urgent(Arc<(Mutex<usize>, Condvar)>);

/// A piece of such work, until it is dropped.
pub(super) struct Begun<'u>(&'u Urgent);

impl Urgent {
    /// Says that such work begins.
    pub(super) fn begin(&self) -> Begun<'_> {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Begun(self)
    }

    /// Returns when there is none.
    pub(super) fn wait(&self) {
        let (count, ended) = &*self.0;
        let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
        while *count > 0 {
            count = ended.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        let (count, ended) = &*self.0.0;
        *count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn who_waits_goes_on_when_the_last_work_has_ended() {
        let (urgent, done) = (Urgent::default(), AtomicBool::new(false));
        let (one, other) = (urgent.begin(), urgent.begin());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                urgent.wait();
                done.load(Ordering::SeqCst)
            });
            drop(one);
            done.store(true, Ordering::SeqCst);
            drop(other);
            assert!(waiting.join().unwrap());
        });
    }
}
