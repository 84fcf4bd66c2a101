//! `yicun deploy` and `yicun rollback`: the build, the host, and what was done, in words.
#![expect(clippy::disallowed_methods, reason = "the clock and the environment")]

use super::args::{Common, Deploy, Rollback, SnippetArg};
use super::progress::Show;
use super::{Exit, interrupt, say, site};
use crate::build::{self, api::Request};
use crate::config;
use crate::deploy::engine::{Ask, Outcome};
use crate::deploy::fault::Fault;
use crate::deploy::plan::Limits;
use crate::deploy::snippets::{Snippet, snippet};
use crate::deploy::{self, Ready, World};
use crate::messages::{Lang, level};
use crate::problem::{Level, Problem};
use std::path::Path;
use std::time::Instant;

/// How many steps are listed before the rest is only counted.
const SHOWN: usize = 200;

/// Builds the site and puts it on a target.
pub(super) fn run(root: &Path, common: &Common, options: Deploy, lang: Lang) -> Exit {
    let target = match target(root, options.target.as_deref()) {
        Ok(target) => target,
        Err(problems) => return refused(&problems, lang),
    };
    if let Some(kind) = options.print {
        let config = site::settings(root);
        say::line(snippet(printed(kind), &target.name, &target.target, &config.base_url).trim_end());
        return Exit::Fine;
    }
    let by = who();
    let world =
        World { root, now: &jiff::Timestamp::now, environment: &|name| std::env::var(name).ok(), by: &by };
    let mut ask = ask(&target, options.dry_run, options.force, options.adopt, &options.readmit);
    ask.verify = options.verify;
    let begun = Instant::now();
    if options.list {
        return told(
            deploy::open(&target, world).and_then(|ready| listed(&ready, lang)).map_err(Vec::from),
            lang,
        );
    }
    if let Some(path) = &options.withdraw {
        let work = |ready: &Ready<'_>| ready.withdraw(path, &ask);
        return told(
            with(&target, world, work).map(|(outcome, _)| withdrawn(&outcome, options.dry_run, lang)),
            lang,
        );
    }
    let output = root.join("public");
    if let Err(exit) = built(root, common, &output, options.quiet, lang) {
        return exit;
    }
    let work = |ready: &Ready<'_>| ready.deploy(&output, &ask);
    let mut seen_wrong = false;
    let exit = told(
        with(&target, world, work).map(|(outcome, requests)| {
            if options.dry_run || !options.quiet {
                steps(&outcome, options.dry_run);
            }
            say::problems(&outcome.notes, lang);
            seen_wrong = outcome.notes.iter().any(|note| level(note) == Level::Error);
            if !options.quiet {
                say::line(&closing(&outcome, requests, begun.elapsed().as_secs_f64(), options.dry_run, lang));
            }
        }),
        lang,
    );
    if seen_wrong { Exit::Environment } else { exit }
}

/// Shows an older release again.
pub(super) fn rollback(root: &Path, options: &Rollback, lang: Lang) -> Exit {
    let target = match target(root, options.target.as_deref()) {
        Ok(target) => target,
        Err(problems) => return refused(&problems, lang),
    };
    let by = who();
    let world =
        World { root, now: &jiff::Timestamp::now, environment: &|name| std::env::var(name).ok(), by: &by };
    let ask = ask(&target, options.dry_run, true, options.adopt, &[]);
    let work = |ready: &Ready<'_>| ready.rollback(options.to.as_deref(), &ask);
    told(
        with(&target, world, work).map(|(outcome, _)| {
            if options.dry_run {
                steps(&outcome, true);
            }
            say::problems(&outcome.notes, lang);
            if let Some(release) = &outcome.release {
                let id = &release.id;
                say::line(&lang.pick(format!("✓ 现在显示的是 {id}"), format!("✓ now shown: {id}")));
            }
        }),
        lang,
    )
}

fn with(
    target: &config::Deploy,
    world: World<'_>,
    work: impl FnOnce(&Ready<'_>) -> Result<Outcome, Vec<Fault>>,
) -> Result<(Outcome, u64), Vec<Fault>> {
    interrupt::listen();
    let ready = deploy::open(target, world)?;
    let outcome = work(&ready)?;
    Ok((outcome, ready.requests()))
}

/// The target that is meant: the one named, or the only one.
fn target(root: &Path, named: Option<&str>) -> Result<config::Deploy, Vec<Problem>> {
    let (config, problems) = site::settings_and_problems(root);
    let found = match (named, config.deploy.as_slice()) {
        (None, [only]) => Some(only),
        (Some(name), all) => all.iter().find(|target| target.name == name),
        _ => None,
    };
    found.cloned().ok_or_else(|| {
        let known: Vec<&str> = config.deploy.iter().map(|target| target.name.as_str()).collect();
        let missing = Problem::new("deploy-target-missing")
            .arg("target", named.unwrap_or("-"))
            .arg("known", if known.is_empty() { "-".to_owned() } else { known.join(", ") })
            .suggest(named.unwrap_or_default(), known.iter().copied());
        // A target with a fault in it is left out of the settings: then the fault is what to tell.
        problems.into_iter().filter(|problem| level(problem) == Level::Error).chain([missing]).collect()
    })
}

fn ask(target: &config::Deploy, dry: bool, force: bool, adopt: bool, readmit: &[String]) -> Ask {
    Ask {
        dry,
        force,
        adopt,
        verify: false,
        readmit: readmit.to_vec(),
        keep: u64::from(target.keep),
        limits: Limits { max_delete: target.max_delete, max_delete_percent: target.max_delete_percent },
    }
}

fn printed(kind: SnippetArg) -> Snippet {
    match kind {
        SnippetArg::Nginx => Snippet::Nginx,
        SnippetArg::Caddy => Snippet::Caddy,
        SnippetArg::GitHub => Snippet::GitHub,
        SnippetArg::GitLab => Snippet::GitLab,
        SnippetArg::Gitee => Snippet::Gitee,
    }
}

fn who() -> String {
    let name = ["YICUN_BY", "GITLAB_USER_LOGIN", "GITHUB_ACTOR", "USER", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok());
    let name: String = name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(40).collect();
    if name.is_empty() { "yicun".to_owned() } else { name }
}

/// Builds; any error ends the deploy before a host is asked anything.
fn built(root: &Path, common: &Common, output: &Path, quiet: bool, lang: Lang) -> Result<(), Exit> {
    let config = site::settings(root);
    let request = Request::new(root, output, site::today(common.today, &config.timezone));
    let show = Show::new(lang, quiet);
    let answer = build::build(&request, &|progress| show.step(progress));
    drop(show);
    match answer {
        Ok(report) => {
            say::problems(&report.problems, lang);
            if report.published.is_some() {
                return Ok(());
            }
            say::aside(lang.pick("✗ 没有发布：请先改好上面的错误", "✗ not deployed: fix the errors above"));
            Err(Exit::Site)
        }
        Err(failure) => {
            say::problems(&[failure.problem()], lang);
            Err(if failure.is_refusal() { Exit::Site } else { Exit::Environment })
        }
    }
}

fn refused(problems: &[Problem], lang: Lang) -> Exit {
    say::problems(problems, lang);
    Exit::Usage
}

/// Words for what went wrong; a refused plan is for the user to decide, the rest is the world.
fn told(done: Result<(), Vec<Fault>>, lang: Lang) -> Exit {
    let Err(faults) = done else { return Exit::Fine };
    let problems: Vec<Problem> = faults.iter().map(Fault::problem).collect();
    say::problems(&problems, lang);
    let decided = |code: &str| {
        [
            "deploy-build-",
            "deploy-many-",
            "deploy-withdraw",
            "deploy-no-release",
            "deploy-notes-strange",
            "deploy-path-",
            "deploy-place-",
        ]
        .iter()
        .any(|start| code.starts_with(start))
    };
    if problems.iter().all(|problem| decided(&problem.code)) { Exit::Site } else { Exit::Environment }
}

fn steps(outcome: &Outcome, all: bool) {
    let shown = if all { outcome.steps.len() } else { SHOWN };
    outcome.steps.iter().take(shown).for_each(|step| say::line(step));
    if outcome.steps.len() > shown {
        say::line(&format!("… +{}", outcome.steps.len() - shown));
    }
}

fn closing(outcome: &Outcome, requests: u64, seconds: f64, dry: bool, lang: Lang) -> String {
    let count = |sign: char| outcome.steps.iter().filter(|step| step.starts_with(sign)).count();
    let (added, changed, removed) = (count('+'), count('~'), count('-'));
    let (same, kilobytes) = (outcome.same, outcome.bytes.div_ceil(1024));
    if dry {
        return lang.pick(
            format!("（试运行）新增 {added}，更新 {changed}，删除 {removed}，不变 {same}；要传 {kilobytes} KB"),
            format!("(dry run) {added} new, {changed} changed, {removed} removed, {same} the same; {kilobytes} KB to send"),
        );
    }
    match &outcome.release {
        None => lang.pick("✓ 已是最新，没有要发布的".to_owned(), "✓ up to date, nothing to deploy".to_owned()),
        Some(release) => lang.pick(
            format!("✓ 已发布 {}：新增 {added}，更新 {changed}，删除 {removed}，不变 {same}；{kilobytes} KB，{requests} 次请求，{seconds:.1} 秒", release.id),
            format!("✓ deployed {}: {added} new, {changed} changed, {removed} removed, {same} the same; {kilobytes} KB, {requests} requests, {seconds:.1} s", release.id),
        ),
    }
}

fn withdrawn(outcome: &Outcome, dry: bool, lang: Lang) {
    steps(outcome, true);
    say::problems(&outcome.notes, lang);
    let count = outcome.steps.len();
    if !dry {
        say::line(&lang.pick(
            format!("✓ 已撤下 {count} 个文件，以后的发布和退回都不会再有它们"),
            format!("✓ {count} files withdrawn; no deploy and no rollback brings them back"),
        ));
    }
}

fn listed(ready: &Ready<'_>, lang: Lang) -> Result<(), Fault> {
    let (releases, shown) = ready.list()?;
    if releases.is_empty() {
        say::line(lang.pick("还没有发布过", "nothing was deployed yet"));
    }
    for release in releases.iter().rev() {
        let mark = if shown.as_ref() == Some(&release.id) { '*' } else { ' ' };
        let (id, time, by) = (&release.id, &release.time, &release.by);
        let counts = format!("+{} ~{} -{}", release.added, release.changed, release.removed);
        say::line(&format!("{mark} {id}  {time}  {by}  {}  {counts}", release.files));
    }
    Ok(())
}
