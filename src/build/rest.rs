//! Whether there is anything to do: a build whose inputs are those of the one before, into an output that nobody
//! touched, ends after the walk and tells again what that one told.
//!
//! Inputs are the stamps of all files, what the walk told of names that are no files of the site (a link out of it), the
//! request, and the day; of the day only on which side of the next change it
//! lies, since nothing else of a site depends on it. A walk with a stamp too fresh to be trusted is not remembered.

use super::api::{Removed, Report, Request, Summary};
use super::memo;
use super::publish::Publisher;
use super::source::Source;
use crate::config::Config;
use crate::digest::{Digest, Digester};
use crate::files::{self, Failure, Stamp};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a build left behind that changed nothing since.
#[derive(Serialize, Deserialize)]
struct Done {
    inputs: Digest,
    /// The day it was made for, and the first day that would be another.
    from: String,
    until: Option<String>,
    problems: Vec<Problem>,
    pages: usize,
    photos: usize,
    removed: Removed,
}

/// The memory of one output's last build.
pub struct Rest {
    path: PathBuf,
    inputs: Digest,
    /// No stamp of the walk may hide a later change.
    settled: bool,
    today: String,
}

impl Rest {
    /// Digests what a build depends on; `found` are the problems told so far.
    pub fn new(
        request: &Request,
        memory: &Path,
        config: &Config,
        (source, found): (&Source, &[Problem]),
        publisher: &Publisher,
        now: Stamp,
    ) -> Self {
        // The settings hold the address; where the site stands says which of its builds this is.
        let Request { root: _, output: _, base_url: _, today, drafts, future, offline, strict, explain: _ } =
            request;
        let mut digester = Digester::new();
        digester.digest(&super::build_id()).value(config).value(&(drafts, future, offline, strict, found));
        digester.number(source.files.len() as u64);
        for file in &source.files {
            digester.text(&file.path).number(file.stamp.size).number(file.stamp.time_ns as u64);
        }
        Rest {
            path: memory.join(format!("done-{}", publisher.id())),
            inputs: digester.finish(),
            settled: source.files.iter().all(|file| file.stamp.is_settled(&now)),
            today: today.to_string(),
        }
    }

    /// What the last build told, if this one would do and tell the same.
    pub fn report(&self, publisher: &Publisher) -> Option<Report> {
        // A damaged memory only means that the build is made.
        let (done, _) = memo::load::<Done>(&self.path, &super::build_id());
        let done = done.filter(|done| done.inputs == self.inputs)?;
        // Days are written so that they sort.
        let same_day = done.from <= self.today && done.until.as_ref().is_none_or(|until| self.today < *until);
        let unchanged = publisher.untouched()?;
        same_day.then(|| Report {
            problems: done.problems,
            published: Some(Summary { unchanged, ..Summary::default() }),
            pages: done.pages,
            photos: done.photos,
            removed: done.removed,
            next_change: done.until,
            explained: Vec::new(),
        })
    }

    /// Forgets the last build, before another one publishes: what that one told is no longer true, even if this one is
    /// too fresh to be remembered, or ends before it is.
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn forget(&self) -> Result<(), Failure> {
        files::remove_file(&self.path).map(|_| ())
    }

    /// Remembers a build that published. What cannot be written costs time, nothing else.
    pub fn remember(&self, report: &Report) {
        // That the memo was damaged is no longer true of the next build, and what was asked once is not asked again.
        let passing = |problem: &Problem| matches!(&*problem.code, "memo-damaged" | "explain-unknown");
        let passing = report.problems.iter().any(passing);
        if !self.settled || report.published.is_none() || passing {
            return;
        }
        let done = Done {
            inputs: self.inputs,
            from: self.today.clone(),
            until: report.next_change.clone(),
            problems: report.problems.clone(),
            pages: report.pages,
            photos: report.photos,
            removed: report.removed,
        };
        _ = memo::save(&self.path, &super::build_id(), &done);
    }
}
