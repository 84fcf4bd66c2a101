//! What a build is asked for and what it answers: the contract between the engine and those who call it.

pub use super::photo::Removed;
pub use super::plan::Piece;
pub use super::publish::Summary;
use crate::problem::Problem;
use std::path::{Path, PathBuf};

/// What to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// The site's folder, holding `site.toml`.
    pub root: PathBuf,
    /// Where the site is published. A path that is not absolute begins where the process stands, as `root` does.
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
    /// An output (or its URL, or the file it comes from) of which is to be told why it was rendered.
    pub explain: Option<String>,
}

impl Request {
    /// A plain build of the site in `root`: what is due on that day, at the address of `site.toml`.
    pub fn new(root: &Path, output: &Path, today: jiff::civil::Date) -> Self {
        Request {
            root: root.to_owned(),
            output: output.to_owned(),
            base_url: None,
            today,
            drafts: false,
            future: false,
            offline: false,
            strict: false,
            explain: None,
        }
    }
}

/// Why an output was rendered, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The output, below the output folder.
    pub path: String,
    /// What it comes from.
    pub origin: String,
    /// Why.
    pub why: Why,
}

/// What is different since the build before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was not there.
    New,
    /// Nothing: it was not rendered.
    Same,
    /// The published file was changed or removed by somebody else.
    Restored,
    /// These pieces of what it is made of.
    Changed(Vec<Piece>),
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
    /// What the request wanted explained.
    pub explained: Vec<Explanation>,
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
    /// A stage begins that counts nothing: `load` or `model`.
    Stage(&'static str),
    /// Photos derived so far.
    Photos {
        /// Done.
        done: usize,
        /// Of how many.
        total: usize,
        /// The same by how much there is to do: the largest photos are done first.
        work: u64,
        /// Of how much.
        whole: u64,
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
