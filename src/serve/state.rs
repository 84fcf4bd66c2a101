//! What the browsers are to know: which state of the site is served, and what is wrong with it.
//!
//! One writer at a time replaces the whole state; readers wait for a state they have not seen.

use crate::build::live::{Mark, Standing};
use crate::messages::{Lang, json};
use crate::problem::Problem;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// One state; `version` grows with every change.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) version: u64,
    /// How many stages there were: what is told late of an older one is dropped.
    pub(super) stage: u64,
    /// Problems of reading and planning, then those of rendering.
    problems: [Arc<Vec<Problem>>; 2],
    /// Files served under names that do not change, and the version in which they last did.
    files: Arc<BTreeMap<String, u64>>,
    marks: Arc<Vec<Mark>>,
}

impl State {
    /// All that is wrong, in order, nothing twice.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut all: Vec<Problem> = self.problems.iter().flat_map(|some| some.iter().cloned()).collect();
        all.sort();
        all.dedup();
        all
    }
}

/// The most files whose versions are kept.
const FILES: usize = 500;

/// Holds the newest state.
pub(super) struct Board {
    lang: Lang,
    sender: watch::Sender<State>,
}

impl Board {
    pub(super) fn new(lang: Lang) -> Self {
        Board { lang, sender: watch::Sender::new(State::default()) }
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<State> {
        self.sender.subscribe()
    }

    pub(super) fn now(&self) -> State {
        self.sender.borrow().clone()
    }

    /// A new stage answers. What rendering found before is told until it is known anew. Says which stage it is.
    pub(super) fn raised(&self, problems: Vec<Problem>, marks: Vec<Mark>, changed: Vec<String>) -> u64 {
        self.sender.send_modify(|state| {
            state.version += 1;
            state.stage += 1;
            state.problems[0] = Arc::new(problems);
            state.marks = Arc::new(marks);
            if !changed.is_empty() {
                let mut files = BTreeMap::clone(&state.files);
                files.extend(changed.into_iter().map(|file| (file, state.version)));
                while files.len() > FILES {
                    files.pop_first();
                }
                state.files = Arc::new(files);
            }
        });
        self.now().stage
    }

    /// What rendering all pages of a stage found.
    pub(super) fn swept(&self, stage: u64, problems: Vec<Problem>) {
        self.sender.send_if_modified(|state| {
            let news = state.stage == stage && *state.problems[1] != problems;
            if news {
                state.version += 1;
                state.problems[1] = Arc::new(problems);
            }
            news
        });
    }

    /// The site could not be read; what was read before stays.
    pub(super) fn failed(&self, problem: Problem) {
        self.sender.send_if_modified(|state| {
            let problems = vec![problem];
            let news = *state.problems[0] != problems;
            if news {
                state.version += 1;
                state.problems[0] = Arc::new(problems);
            }
            news
        });
    }

    /// The state as the script of the preview reads it.
    pub(super) fn json(&self, state: &State) -> Value {
        let pick = |zh: &'static str, en: &'static str| self.lang.pick(zh, en);
        let problems: Vec<Value> = state.problems().iter().map(|problem| json(problem, self.lang)).collect();
        let marks: Vec<Value> = state
            .marks
            .iter()
            .map(|mark| serde_json::json!({ "url": format!("/{}", mark.url), "label": standing(mark.standing, self.lang) }))
            .collect();
        serde_json::json!({
            "version": state.version,
            "problems": problems,
            "files": *state.files,
            "marks": marks,
            "title": pick("网站有问题需要处理", "The site has problems"),
            "fix_label": pick("改法：", "fix: "),
            "kept": pick("改好并保存后，这里会自动消失。", "This goes away when the problems are fixed and saved."),
            "lost": pick("预览已停止，或电脑刚刚休眠。正在重新连接……", "The preview has stopped, or the computer was asleep. Reconnecting…"),
        })
    }
}

/// The word for a page that is not published; nothing for one that is.
pub(super) fn standing(standing: Standing, lang: Lang) -> &'static str {
    match standing {
        Standing::Published => "",
        Standing::Draft => lang.pick("草稿", "draft"),
        Standing::OtherDay => lang.pick("未到或已过发布时间", "not on show today"),
    }
}

/// Names a state; the process is part of it, so that a restarted preview is not mistaken for the old one.
pub(super) fn tag(state: &State) -> String {
    format!("{}-{}", std::process::id(), state.version)
}
