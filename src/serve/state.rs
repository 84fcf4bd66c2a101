//! What the browsers are to know: which state of the pages is served, and what is wrong with the site.
//!
//! One writer (the worker) replaces the whole state; readers wait for a state they have not seen.

use crate::build::api::{Failure, Report};
use crate::messages::{Lang, json};
use crate::problem::Problem;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::watch;

/// One state; `version` grows with every change, `pages` only when what is served changed.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) version: u64,
    pub(super) pages: u64,
    /// Whether there is a good build to serve.
    pub(super) published: bool,
    pub(super) problems: Arc<Vec<Problem>>,
}

/// Holds the newest state.
pub(super) struct Board {
    lang: Lang,
    sender: watch::Sender<State>,
}

impl Board {
    pub(super) fn new(lang: Lang) -> Self {
        let state = State { version: 0, pages: 0, published: false, problems: Arc::default() };
        Board { lang, sender: watch::Sender::new(state) }
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<State> {
        self.sender.subscribe()
    }

    pub(super) fn now(&self) -> State {
        self.sender.borrow().clone()
    }

    /// Takes in what a build answered. A build that changed nothing wakes nobody.
    pub(super) fn update(&self, answer: &Result<Report, Failure>) {
        let (problems, published, changed) = match answer {
            Ok(report) => {
                let summary = report.published.as_ref();
                let changed = summary.is_some_and(|s| !s.written.is_empty() || !s.removed.is_empty());
                (report.problems.clone(), summary.is_some(), changed)
            }
            Err(failure) => (vec![failure.problem()], false, false),
        };
        self.sender.send_if_modified(|state| {
            let pages = changed || (published && !state.published);
            if !pages && *state.problems == problems && state.version > 0 {
                return false;
            }
            state.version += 1;
            state.pages += u64::from(pages);
            state.published |= published;
            state.problems = Arc::new(problems);
            true
        });
    }

    /// The state as the panel's script reads it.
    pub(super) fn json(&self, state: &State) -> Value {
        let problems: Vec<Value> = state.problems.iter().map(|problem| json(problem, self.lang)).collect();
        serde_json::json!({
            "pages": tag(state),
            "problems": problems,
            "title": self.lang.pick("网站有问题需要处理", "The site has problems"),
            "fix_label": self.lang.pick("改法：", "fix: "),
            "close": self.lang.pick("收起", "hide"),
            "kept": self.lang.pick("改好并保存后，这里会自动消失。", "This goes away when the problems are fixed and saved."),
        })
    }
}

/// Names a state of the pages; the process is part of it, so that a restarted preview is not mistaken for the old one.
pub(super) fn tag(state: &State) -> String {
    format!("{}-{}", std::process::id(), state.pages)
}
