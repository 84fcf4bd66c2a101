//! Whether the user asked to stop. One flag for the process, as a signal is for the process.
//!
//! It is looked at before every request and every pause, so what is under way comes to a clean end: the lock is given
//! back, and what was done so far is written down as always.

use super::fault::Fault;
use crate::problem::Problem;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Stops the deploy at the next step.
pub fn stop() {
    ASKED.store(true, Ordering::Relaxed);
}

/// Nothing is left but to let go of the host, and that is to be done.
pub(super) fn let_go() {
    ASKED.store(false, Ordering::Relaxed);
}

/// Goes on, unless the user asked to stop.
///
/// # Errors
/// The user asked to stop.
pub(super) fn check() -> Result<(), Fault> {
    if ASKED.load(Ordering::Relaxed) { Err(Problem::new("deploy-interrupted").into()) } else { Ok(()) }
}
