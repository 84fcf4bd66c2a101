//! What the system refuses: the path, what was being done there, and why it failed.

use crate::problem::Problem;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What was being done when the system refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Reading a file, or asking about it.
    Read,
    /// Reading the names in a folder.
    List,
    /// Writing a file, or making a folder.
    Write,
    /// Giving a file its final name.
    Rename,
    /// Removing a file or a folder.
    Remove,
    /// Keeping other builds out.
    Lock,
}

/// A refusal of the system; ends the run with exit code 3.
#[derive(Debug)]
pub struct Failure {
    /// What was being done.
    pub doing: Doing,
    /// Where.
    pub path: PathBuf,
    /// What the system said.
    pub error: io::Error,
}

impl Failure {
    /// A refusal.
    pub fn new(doing: Doing, path: &Path, error: io::Error) -> Self {
        Failure { doing, path: path.to_owned(), error }
    }

    /// For `map_err`.
    pub fn when(doing: Doing, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Failure::new(doing, path, error)
    }

    /// In words that a clerk can act on.
    pub fn problem(&self) -> Problem {
        use io::ErrorKind as Kind;
        let reading = matches!(self.doing, Doing::Read | Doing::List);
        // The numbers are what Windows says when another program (Word, a virus scanner) holds the file.
        let in_use = cfg!(windows) && matches!(self.error.raw_os_error(), Some(32 | 33));
        let problem = match self.error.kind() {
            _ if in_use => Problem::new("file-in-use"),
            Kind::ResourceBusy | Kind::ExecutableFileBusy => Problem::new("file-in-use"),
            Kind::StorageFull | Kind::QuotaExceeded => Problem::new("disk-full"),
            Kind::ReadOnlyFilesystem => Problem::new("disk-read-only"),
            Kind::PermissionDenied if reading => Problem::new("not-readable"),
            Kind::PermissionDenied => Problem::new("not-writable"),
            Kind::NotFound => Problem::new("file-not-found"),
            Kind::InvalidFilename => Problem::new("file-name-refused"),
            _ if reading => Problem::new("read-failed"),
            _ => Problem::new("write-failed"),
        };
        problem.arg("path", self.path.display()).arg("error", &self.error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}: {}", self.doing, self.path.display(), self.error)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
