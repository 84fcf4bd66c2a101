//! Tells components from code: a fenced block whose info string is `{name}` is a component, its text are TOML arguments.

use super::cjk;
use super::document::Piece;
use super::faults::FaultKind;
use super::reader::Reader;
use super::types::Component;
use pulldown_cmark::CowStr;
use std::ops::Range;

/// A block of code that is being read.
pub(super) struct OpenCode<'a> {
    /// What follows the fence; none for an indented block.
    pub info: Option<CowStr<'a>>,
    pub text: String,
    /// The whole block.
    pub span: Range<usize>,
    /// Where its text stands, once there is any.
    pub text_span: Option<Range<usize>>,
}

impl Reader<'_> {
    /// Ends a block of code: it is code, or a component.
    pub(super) fn close_code(&mut self) {
        self.block_border();
        let Some(OpenCode { info, text, span, text_span }) = self.code.take() else { return };
        let trimmed = info.as_deref().map(str::trim).unwrap_or_default();
        let component =
            trimmed.strip_prefix('{').filter(|_| self.extensions).and_then(|rest| rest.split_once('}'));
        if let Some((inside, after)) = component {
            let name = inside.split_whitespace().next().unwrap_or_default().to_owned();
            if !after.trim().is_empty() || inside.split_whitespace().nth(1).is_some() {
                self.fault(FaultKind::ComponentInfo, first_line(self.body, &span));
            }
            if !is_closed(self.body.get(span.clone()).unwrap_or_default()) {
                self.fault(FaultKind::UnclosedComponent, first_line(self.body, &span));
            }
            let number = self.document.components.len();
            let args_span = text_span.unwrap_or_else(|| {
                let end = (first_line(self.body, &span).end + 1).min(span.end);
                end..end
            });
            let args_span = whole(self.body, args_span);
            self.document.components.push(Component { name, args: text, span, args_span });
            return self.push(Piece::Component(number));
        }
        if info.is_none()
            && self.extensions
            && text.trim_start().chars().next().is_some_and(|c| cjk::joins('村', c))
        {
            self.fault(FaultKind::PastedIndent, first_line(self.body, &span));
        }
        let language =
            info.and_then(|info| info.split(' ').next().map(str::to_owned)).filter(|name| !name.is_empty());
        self.push(Piece::CodeBlock { language, text });
    }
}

/// A span that begins and ends between characters: a fence's indent may cut a blank that the parser saw as three spaces.
fn whole(body: &str, span: Range<usize>) -> Range<usize> {
    let before = |at: usize| (0..=at).rev().find(|at| body.is_char_boundary(*at)).unwrap_or_default();
    before(span.start)..before(span.end)
}

/// The first line of a span, without its line break.
fn first_line(body: &str, span: &Range<usize>) -> Range<usize> {
    let text = body.get(span.clone()).unwrap_or_default();
    span.start..span.start + text.find(['\r', '\n']).unwrap_or(text.len())
}

/// Whether a fenced block ends with its fence.
fn is_closed(block: &str) -> bool {
    let fence = if block.trim_start().starts_with('~') { '~' } else { '`' };
    let length = |line: &str| line.chars().take_while(|c| *c == fence).count();
    let mut lines = block.lines();
    let opened = lines.next().map_or(0, |line| length(line.trim_start()));
    lines.next_back().is_some_and(|line| {
        let line = line.trim_matches([' ', '\t', '>']);
        length(line) >= opened.max(3) && line.chars().all(|c| c == fence)
    })
}
