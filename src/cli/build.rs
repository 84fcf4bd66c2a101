//! `yicun build`: one build, told in words.
#![expect(clippy::disallowed_methods, reason = "the clock for the closing line")]

use super::args::{Build, Common};
use super::progress::Show;
use super::{Exit, say, site};
use crate::build::{self, api::Request};
use crate::messages::Lang;
use std::path::Path;
use std::time::Instant;

/// Builds the site in `root`.
pub(super) fn run(root: &Path, common: &Common, options: Build, lang: Lang) -> Exit {
    let Build { output, base_url, drafts, future, offline, strict, quiet } = options;
    let config = site::settings(root);
    let request = Request {
        root: root.to_owned(),
        output: output.unwrap_or_else(|| root.join("public")),
        base_url,
        today: site::today(common.today, &config.timezone),
        drafts,
        future,
        offline,
        strict,
    };
    let begun = Instant::now();
    let show = Show::new(lang, quiet);
    let answer = build::build(&request, &|progress| show.step(progress));
    drop(show);
    match answer {
        Ok(report) => {
            say::problems(&report.problems, lang);
            let target = say::folder(&request.output, root);
            let text = say::summary(&report, begun.elapsed(), &target, strict, lang);
            if report.published.is_none() {
                say::aside(&text);
                return Exit::Site;
            }
            if !quiet {
                say::line(&text);
            }
            Exit::Fine
        }
        Err(failure) => {
            say::problems(&[failure.problem()], lang);
            if failure.is_refusal() { Exit::Site } else { Exit::Environment }
        }
    }
}
