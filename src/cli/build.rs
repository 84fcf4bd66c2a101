//! `yicun build`: one build, told in words.
#![expect(clippy::disallowed_methods, reason = "the clock for the closing line")]

use super::args::{Build, Common};
use super::progress::Show;
use super::{Exit, explained, say, site};
use crate::build::{self, api::Request};
use crate::messages::Lang;
use std::path::Path;
use std::time::Instant;

/// Builds the site in `root`.
pub(super) fn run(root: &Path, common: &Common, options: Build, lang: Lang) -> Exit {
    let Build { output, base_url, drafts, future, offline, strict, explain, verify, quiet } = options;
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
        explain,
    };
    let begun = Instant::now();
    let show = Show::new(lang, quiet);
    let answer = build::build(&request, &|progress| show.step(progress));
    drop(show);
    match answer {
        Ok(report) => {
            say::problems(&report.problems, lang);
            report.explained.iter().for_each(|told| say::line(&explained::words(told, lang)));
            let target = say::folder(&request.output, root);
            let text = say::summary(&report, begun.elapsed(), &target, strict, lang);
            if report.published.is_none() {
                say::aside(&text);
                return Exit::Site;
            }
            if !quiet {
                say::line(&text);
            }
            if verify { compared(&request, quiet, lang) } else { Exit::Fine }
        }
        Err(failure) => {
            say::problems(&[failure.problem()], lang);
            if failure.is_refusal() { Exit::Site } else { Exit::Environment }
        }
    }
}

/// Builds once more from nothing and tells whether that is the same.
fn compared(request: &Request, quiet: bool, lang: Lang) -> Exit {
    let show = Show::new(lang, quiet);
    let answer = build::verify(request, &|progress| show.step(progress));
    drop(show);
    match answer {
        Ok((equal, problems)) if problems.is_empty() => {
            if !quiet {
                say::line(&lang.pick(
                    format!("✓ 和从头生成的完全一样：{equal} 个文件"),
                    format!("✓ the same as a build from nothing: {equal} files"),
                ));
            }
            Exit::Fine
        }
        Ok((_, problems)) => {
            say::problems(&problems, lang);
            Exit::Site
        }
        Err(failure) => {
            say::problems(&[failure.problem()], lang);
            Exit::Environment
        }
    }
}
