//! What keeps a deploy from going on: words for the user, and whether trying again could help.

use crate::files::Failure;
use crate::problem::Problem;

/// Why a step could not be done.
#[derive(Clone, Debug)]
pub struct Fault {
    problem: Box<Problem>,
    again: bool,
}

impl Fault {
    /// A fault that stays: wrong credentials, a refused plan.
    pub fn lasting(problem: Problem) -> Fault {
        Fault { problem: Box::new(problem), again: false }
    }

    /// A fault that may pass: a connection cut, a server that is busy.
    pub fn passing(problem: Problem) -> Fault {
        Fault { problem: Box::new(problem), again: true }
    }

    /// Whether trying again could help.
    pub fn may_pass(&self) -> bool {
        self.again
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
