//! What keeps a deploy from going on: words for the user, and whether trying again could help.

use crate::files::Failure;
use crate::problem::Problem;
use std::time::Duration;

/// Why a step could not be done.
#[derive(Clone, Debug)]
pub struct Fault {
    problem: Box<Problem>,
    again: bool,
    wait: Option<Duration>,
}

impl Fault {
    /// A fault that stays: wrong credentials, a refused plan.
    pub fn lasting(problem: Problem) -> Fault {
        Fault { problem: Box::new(problem), again: false, wait: None }
    }

    /// A fault that may pass: a connection cut, a server that is busy.
    pub fn passing(problem: Problem) -> Fault {
        Fault { problem: Box::new(problem), again: true, wait: None }
    }

    /// Whether trying again could help.
    pub fn may_pass(&self) -> bool {
        self.again
    }

    /// The same fault after all tries: whoever asked for more does not begin again.
    pub fn tried(self) -> Fault {
        Fault { again: false, ..self }
    }

    /// The same fault of a host that said when to come back.
    pub fn back_in(self, wait: Option<Duration>) -> Fault {
        Fault { wait, ..self }
    }

    /// When the host wants to be asked again, if it said so.
    pub fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// What to tell.
    pub fn problem(&self) -> Problem {
        (*self.problem).clone()
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Fault {
        Fault::lasting(problem)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        Fault::lasting(failure.problem())
    }
}
