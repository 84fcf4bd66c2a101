//! Builds when something changed: at once at the first change, and again when the changes after it have come to rest.
//!
//! Editors write a file in several steps and a copied folder of photos comes in hundreds; so the first event is
//! answered at once, and all that follow are gathered until nothing came for a moment.
#![expect(clippy::disallowed_methods, reason = "quiet times are measured")]

use super::state::Board;
use super::watch::Watcher;
use super::{Builder, Event, Listener};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Changes have come to rest when none came for so long.
const QUIET: Duration = Duration::from_millis(70);
/// Changes that do not come to rest are built after so long.
const PATIENCE: Duration = Duration::from_secs(1);

/// Builds, tells of it, and lets the browsers know.
pub(super) fn build_once(build: &Builder, tell: &Listener, board: &Board) {
    let begun = Instant::now();
    let answer = build();
    board.update(&answer);
    match &answer {
        Ok(report) => tell(Event::Built(report, begun.elapsed())),
        Err(failure) => tell(Event::Failed(failure)),
    }
}

/// Builds at each change, until the watcher ends.
pub(super) fn run(
    build: &Builder,
    tell: &Listener,
    board: &Board,
    mut watcher: Watcher,
    changes: &Receiver<PathBuf>,
) {
    while let Ok(path) = changes.recv() {
        watcher.heed(&path);
        build_once(build, tell, board);
        while gather(&mut watcher, changes) {
            build_once(build, tell, board);
        }
    }
}

/// Waits until the changes come to rest; says whether there were any.
fn gather(watcher: &mut Watcher, changes: &Receiver<PathBuf>) -> bool {
    let begun = Instant::now();
    let mut any = false;
    loop {
        match changes.recv_timeout(QUIET) {
            Ok(path) => {
                watcher.heed(&path);
                any = true;
                if begun.elapsed() > PATIENCE {
                    return true;
                }
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return any,
        }
    }
}
