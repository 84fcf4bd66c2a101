//! Why publishing stopped.

use crate::files::Failure;
use crate::problem::Problem;

/// Why publishing stopped. Until the commit began, nothing published has changed.
#[derive(Debug)]
pub enum Fault {
    /// The system refused: exit code 3.
    Disk(Failure),
    /// Something the user can decide: exit code 1.
    Refused(Box<Problem>),
}

impl Fault {
    /// In words.
    pub fn problem(&self) -> Problem {
        match self {
            Fault::Disk(failure) => failure.problem(),
            Fault::Refused(problem) => problem.as_ref().clone(),
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Fault::Disk(failure)
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Fault::Refused(Box::new(problem))
    }
}
