//! What a build is asked for and what it answers: the contract between the engine and those who call it.

pub use super::photo::Removed;
pub use super::publish::Summary;
use crate::problem::Problem;
use std::path::PathBuf;

/// What to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// The site's folder, holding `site.toml`.
    pub root: PathBuf,
    /// Where the site is published.
    pub output: PathBuf,
    /// Takes the place of `base_url` in `site.toml`; empty means no address.
    pub base_url: Option<String>,
    /// The day the site is built for; the engine never reads the clock.
    pub today: jiff::civil::Date,
    /// Whether drafts are published.
    pub drafts: bool,
    /// Whether pages dated later than today are published.
    pub future: bool,
    /// Whether links are written for reading from a disk without a server.
    pub offline: bool,
    /// Whether warnings keep the site from being published.
    pub strict: bool,
}

/// What a build did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// All that was found.
    pub problems: Vec<Problem>,
    /// What was published; none when errors kept it from being published.
    pub published: Option<Summary>,
    /// How many pages there are.
    pub pages: usize,
    /// How many photos there are.
    pub photos: usize,
    /// What was taken away from published photos.
    pub removed: Removed,
    /// The day (`YYYY-MM-DD`) on which the site will change by itself.
    pub next_change: Option<String>,
}

/// What ended a build: the disk, not the site.
#[derive(Clone, Debug)]
pub struct Failure {
    problem: Box<Problem>,
    refused: bool,
}

impl Failure {
    /// A failure told by `problem`.
    pub fn new(problem: Problem) -> Self {
        Failure { problem: Box::new(problem), refused: false }
    }

    /// A build that was refused for something the user can decide: exit code 1, not 3.
    pub fn refused(problem: Problem) -> Self {
        Failure { problem: Box::new(problem), refused: true }
    }

    /// Whether the user, rather than the system, stands in the way.
    pub fn is_refusal(&self) -> bool {
        self.refused
    }

    /// What to tell.
    pub fn problem(&self) -> Problem {
        (*self.problem).clone()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure::new(problem)
    }
}

/// How far a build is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A stage begins: `source`, `load`, `model`, `plan`, `render` or `publish`.
    Stage(&'static str),
    /// Photos derived so far.
    Photos {
        /// Done.
        done: usize,
        /// Of how many.
        total: usize,
    },
    /// Pages rendered so far.
    Pages {
        /// Done.
        done: usize,
        /// Of how many.
        total: usize,
    },
}

impl From<crate::files::Failure> for Failure {
    fn from(failure: crate::files::Failure) -> Self {
        Failure::new(failure.problem())
    }
}
