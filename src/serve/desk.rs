//! What the threads of the preview share: the stage that answers, the state that browsers are told, the last good pages.

use super::guard::Guard;
use super::kept::Kept;
use super::state::Board;
use super::watch::Heard;
use crate::build::live::Stage;
use crate::messages::Lang;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;

/// What is asked for while a change is taken in waits so long at most: larger sites answer from the stage before.
const HOLD: Duration = Duration::from_millis(500);

/// Shared by all.
pub(super) struct Desk {
    pub(super) board: Board,
    pub(super) guard: Guard,
    pub(super) lang: Lang,
    pub(super) kept: Kept,
    stage: RwLock<Option<Arc<Stage>>>,
    nudges: Mutex<Sender<Heard>>,
    taking_in: watch::Sender<bool>,
}

/// A change is being taken in, until this is dropped.
pub(super) struct TakingIn(Arc<Desk>);

impl Drop for TakingIn {
    fn drop(&mut self) {
        self.0.taking_in.send_replace(false);
    }
}

impl Desk {
    pub(super) fn new(guard: Guard, lang: Lang, nudges: Sender<Heard>) -> Self {
        Desk {
            board: Board::new(lang),
            guard,
            lang,
            kept: Kept::default(),
            stage: RwLock::new(None),
            nudges: Mutex::new(nudges),
            taking_in: watch::Sender::new(false),
        }
    }

    /// What answers now; nothing before the site could be read for the first time.
    pub(super) fn stage(&self) -> Option<Arc<Stage>> {
        self.stage.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a new stage in place of the old one, which ends when it has answered what it was asked.
    pub(super) fn set(&self, stage: Arc<Stage>) {
        *self.stage.write().unwrap_or_else(PoisonError::into_inner) = Some(stage);
    }

    /// Says that a change was heard of.
    pub(super) fn take_in(self: &Arc<Self>) -> TakingIn {
        self.taking_in.send_replace(true);
        TakingIn(Arc::clone(self))
    }

    /// Waits while a change is being taken in: who saves and reloads at once sees what was saved.
    pub(super) async fn settled(&self) {
        // Neither a long wait nor the end of the program matters to who asks.
        _ = tokio::time::timeout(HOLD, self.taking_in.subscribe().wait_for(|taking_in| !taking_in)).await;
    }

    /// Says that a file was seen to be newer than the stage.
    pub(super) fn nudge(&self, file: Option<&str>) {
        let heard = file.map_or(Heard::All, |file| Heard::Name(file.to_owned()));
        _ = self.nudges.lock().unwrap_or_else(PoisonError::into_inner).send(heard);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_waits_while_a_change_is_taken_in() {
        let guard = Guard { host: String::new(), open_to_all: false, token: String::new() };
        let desk = Arc::new(Desk::new(guard, Lang::En, std::sync::mpsc::channel().0));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let at_once =
            || runtime.block_on(async { tokio::time::timeout(Duration::ZERO, desk.settled()).await.is_ok() });
        assert!(at_once());
        let taking_in = desk.take_in();
        assert!(!at_once());
        runtime.block_on(desk.settled());
        drop(taking_in);
        assert!(at_once());
    }
}
