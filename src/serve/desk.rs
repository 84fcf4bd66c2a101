//! What the threads of the preview share: the stage that answers, the state that browsers are told, the last good pages.

use super::guard::Guard;
use super::kept::Kept;
use super::state::Board;
use super::watch::Heard;
use crate::build::live::Stage;
use crate::messages::Lang;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Shared by all.
pub(super) struct Desk {
    pub(super) board: Board,
    pub(super) guard: Guard,
    pub(super) lang: Lang,
    pub(super) kept: Kept,
    stage: RwLock<Option<Arc<Stage>>>,
    nudges: Mutex<Sender<Heard>>,
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

    /// Says that a file was seen to be newer than the stage.
    pub(super) fn nudge(&self) {
        _ = self.nudges.lock().unwrap_or_else(PoisonError::into_inner).send(Heard::All);
    }
}
