//! What can be wrong with Markdown itself, as facts that can be kept and told later.

use crate::problem::{Place, Problem};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Something a writer ought to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// Where in the body.
    pub span: Range<usize>,
}

/// The kinds of faults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// Four half-width spaces made code out of a Chinese paragraph.
    PastedIndent,
    /// A component's block is never closed.
    UnclosedComponent,
    /// Arguments after a component's name instead of in its block.
    ComponentInfo,
    /// An explicit heading id that an earlier heading has.
    DuplicateHeadingId(String),
    /// A footnote that nothing refers to is not shown.
    UnusedFootnote(String),
    /// Raw HTML that sanitising removes.
    RawHtmlRemoved(String),
}

impl Fault {
    /// The problem to tell, where `body` begins at byte `offset` of `text`, the content of `file`.
    pub fn problem(&self, file: &str, text: &str, offset: usize) -> Problem {
        let problem = match &self.kind {
            FaultKind::PastedIndent => Problem::new("pasted-indent"),
            FaultKind::UnclosedComponent => Problem::new("unclosed-component"),
            FaultKind::ComponentInfo => Problem::new("component-info"),
            FaultKind::DuplicateHeadingId(id) => Problem::new("duplicate-heading-id").arg("id", id),
            FaultKind::UnusedFootnote(name) => Problem::new("unused-footnote").arg("name", name),
            FaultKind::RawHtmlRemoved(name) => Problem::new("raw-html-removed").arg("name", name),
        };
        let start = offset.saturating_add(self.span.start);
        problem.at(Place::of(file, text, start..offset.saturating_add(self.span.end)))
    }
}
