//! Trying again: longer and longer pauses, scattered so that several workers do not come back at once.

use super::fault::Fault;
use super::stop;
use crate::digest::Digester;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How often a thing is tried.
const TRIES: u32 = 6;
/// The first pause; each is twice the one before.
const FIRST: Duration = Duration::from_millis(200);

/// Does `work`, again while its fault may pass. `what` scatters the pauses.
///
/// # Errors
/// The first lasting fault, or the last passing one, which then lasts.
pub fn patiently<T>(what: &str, mut work: impl FnMut() -> Result<T, Fault>) -> Result<T, Fault> {
    let mut tried = 1;
    loop {
        stop::check()?;
        match work() {
            Err(fault) if fault.may_pass() && tried < TRIES => {
                rest(pause(what, tried).max(fault.wait().unwrap_or_default()))?;
                tried += 1;
            }
            // What was cut because the user asked for it is no fault of the host.
            Err(fault) => return Err(stop::check().err().unwrap_or(fault.tried())),
            done => return done,
        }
    }
}

/// Waits, unless the user wants to stop.
///
/// # Errors
/// The user wants to stop.
pub fn rest(mut left: Duration) -> Result<(), Fault> {
    const GLANCE: Duration = Duration::from_millis(100);
    while !left.is_zero() {
        stop::check()?;
        std::thread::sleep(left.min(GLANCE));
        left = left.saturating_sub(GLANCE);
    }
    Ok(())
}

/// Between half of the full pause and the whole of it; the same for the same try of the same thing.
fn pause(what: &str, tried: u32) -> Duration {
    let full = FIRST.saturating_mul(1 << tried.min(10).saturating_sub(1));
    let dice = Digester::new().text(what).number(u64::from(tried)).finish().bytes()[0];
    full.mul_f64(0.5 + f64::from(dice) / 510.0)
}

/// Does `work` for every item, `width` at a time; none is begun after the first fault.
///
/// # Errors
/// The first fault.
pub fn several<T: Sync>(
    items: &[T],
    width: usize,
    work: impl Fn(&T) -> Result<(), Fault> + Sync,
) -> Result<(), Fault> {
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let first: Mutex<Option<Fault>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..width.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed)
                    && let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if let Err(fault) = work(item) {
                        stop.store(true, Ordering::Relaxed);
                        first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
                    }
                }
            });
        }
    });
    match first.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    #[test]
    fn what_may_pass_is_tried_again() {
        let mut left = 2;
        let done = patiently("x", || {
            left -= 1;
            if left > 0 { Err(Fault::passing(Problem::new("deploy-unreachable"))) } else { Ok(7) }
        });
        assert_eq!(done.unwrap(), 7);
    }

    #[test]
    fn what_stays_is_told_at_once() {
        let mut tried = 0;
        let done: Result<(), Fault> = patiently("x", || {
            tried += 1;
            Err(Fault::lasting(Problem::new("deploy-unreachable")))
        });
        assert!(done.is_err() && tried == 1);
    }

    /// Whoever asks for something that was tried to the end does not begin again with all of it.
    #[test]
    fn tries_do_not_multiply() {
        let mut tried = 0;
        let done: Result<(), Fault> = patiently("outer", || {
            patiently("inner", || {
                tried += 1;
                Err(Fault::passing(Problem::new("deploy-unreachable")))
            })
        });
        assert!(done.is_err());
        assert_eq!(tried, TRIES);
    }

    #[test]
    fn pauses_grow_and_differ() {
        for tried in 1..6 {
            assert!(pause("a", tried) < pause("a", tried + 2));
        }
        assert_ne!(pause("a", 3), pause("b", 3));
    }

    #[test]
    fn all_items_are_done_unless_one_fails() {
        let sum = AtomicUsize::new(0);
        let items: Vec<usize> = (0..100).collect();
        several(&items, 7, |item| {
            sum.fetch_add(*item, Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
        assert_eq!(sum.into_inner(), 4950);
        assert!(several(&items, 3, |_| Err(Fault::lasting(Problem::new("deploy-unreachable")))).is_err());
    }
}
