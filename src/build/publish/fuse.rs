//! Where tests pull the plug: every step of a commit first asks the fuse. Outside of tests it is nothing.

use super::Fault;
#[cfg(test)]
use {
    crate::files::{Doing, Failure},
    std::path::Path,
    std::sync::atomic::{AtomicUsize, Ordering},
};

/// Counts steps in tests and stops at a chosen one.
#[derive(Debug, Default)]
pub(super) struct Fuse {
    #[cfg(test)]
    left: AtomicUsize,
    #[cfg(test)]
    limited: bool,
}

#[cfg(test)]
impl Fuse {
    /// Lets `steps` steps pass.
    pub(super) fn of(steps: usize) -> Self {
        Fuse { left: AtomicUsize::new(steps), limited: true }
    }

    /// Passes, or fails as if the process were killed.
    pub(super) fn step(&self) -> Result<(), Fault> {
        let passed = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if self.limited && passed.is_err() {
            let killed = std::io::Error::other("killed by the test");
            return Err(Failure::new(Doing::Write, Path::new("fuse"), killed).into());
        }
        Ok(())
    }

    /// Whether the process counts as killed.
    pub(super) fn is_blown(&self) -> bool {
        self.limited && self.left.load(Ordering::Relaxed) == 0
    }
}

#[cfg(not(test))]
impl Fuse {
    /// Nothing.
    pub(super) fn step(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// Never.
    pub(super) fn is_blown(&self) -> bool {
        false
    }
}
