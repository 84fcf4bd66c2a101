//! What a build is asked for and what it answers: the contract between the engine and those who call it.

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
    /// The day (`YYYY-MM-DD`) on which the site will change by itself.
    pub next_change: Option<String>,
}

/// What publishing did to the output folder; paths are relative to it, with `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that are new or have new bytes.
    pub written: Vec<String>,
    /// Files that were removed.
    pub removed: Vec<String>,
    /// Files that stayed as they were.
    pub unchanged: usize,
}

/// What ended a build: the disk, not the site.
#[derive(Clone, Debug)]
pub struct Failure {
    problem: Box<Problem>,
}

impl Failure {
    /// A failure told by `problem`.
    pub fn new(problem: Problem) -> Self {
        Failure { problem: Box::new(problem) }
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
