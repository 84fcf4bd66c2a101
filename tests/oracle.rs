//! Invariant 1, tried out: after any edits a build that reuses what earlier builds made is byte-identical to a
//! build of the same files from nothing, and tells the same problems; a build that fails changes nothing.
//!
//! `YICUN_ORACLE_ROUNDS` sets how many steps each seed takes, `YICUN_ORACLE_SEED` runs one seed alone.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;
#[path = "oracle/edits.rs"]
mod edits;

use common::dice::Dice;
use common::{Outcome, Site, TODAY, Tree, build, difference, photo, request};
use edits::EDITS;
use yicun::build::api::Request;

const ROUNDS: usize = 25;
const SEEDS: u64 = 2;

/// The site that the edits start from: the village, and enough news for several archive pages.
fn start() -> Site {
    let site = Site::village();
    site.write(
        "site.toml",
        format!("paginate_by = 3\n{}[languages.en]\ntitle = \"Town\"\n", common::village::CONFIG),
    );
    for number in 1..=8 {
        let text = format!(
            "+++\ntitle = \"简讯{number}\"\ndate = 2026-10-{number:02}\ntags = [\"简讯\"]\n+++\n\n第{number}条。\n"
        );
        site.write(&format!("content/news/jian-xun-{number}.md"), text);
    }
    site.write("content/topics/_index.md", "+++\ntitle = \"专题\"\n+++\n")
        .write("content/topics/wu-wei-zhen-xing.md", "+++\ntitle = \"五为振兴\"\n+++\n\n## 一\n\n内容。\n")
        .write("content/albums/shu-zhuang/index.md", "+++\ntitle = \"梳妆\"\ndate = 2026-09-01\n+++\n")
        .write("content/albums/shu-zhuang/a.jpg", photo::jpeg(400, 300, 2))
        .write("content/albums/shu-zhuang/b.jpg", photo::jpeg(300, 400, 3));
    site
}

/// When and how a site is built.
#[derive(Clone, Copy, Debug)]
struct Circumstances {
    today: &'static str,
    drafts: bool,
    future: bool,
}

/// As all other tests do.
const USUAL: Circumstances = Circumstances { today: TODAY, drafts: false, future: false };

fn build_in(site: &Site, circumstances: Circumstances) -> Outcome {
    let Circumstances { today, drafts, future } = circumstances;
    build(&Request { today: today.parse().unwrap(), drafts, future, ..request(site.root(), &site.public()) })
}

/// Builds the same files in a fresh folder.
fn from_nothing(sources: &Tree, circumstances: Circumstances) -> (Outcome, Tree) {
    let site = Site::empty();
    for (path, bytes) in sources {
        site.write(path, bytes);
    }
    let outcome = build_in(&site, circumstances);
    (outcome, site.published())
}

/// Makes the site's files equal to `sources`, without touching those that are equal already.
fn restore(site: &Site, sources: &Tree) {
    let now = site.sources();
    for path in now.keys().filter(|path| !sources.contains_key(*path)) {
        site.remove(path);
    }
    for (path, bytes) in sources.iter().filter(|(path, bytes)| now.get(*path) != Some(bytes)) {
        site.write(path, bytes);
    }
}

/// Runs one seed; returns how many builds published, or what went wrong.
fn run(seed: u64, rounds: usize) -> usize {
    let site = start();
    let mut dice = Dice::new(seed);
    let mut log: Vec<String> = Vec::new();
    let mut history: Vec<Tree> = Vec::new();
    let mut published = 0;
    let mut circumstances = USUAL;
    let first = site.build();
    assert!(first.published, "the first build failed: {first:#?}");
    history.push(site.sources());
    for round in 0..rounds {
        for _ in 0..=dice.below(3) {
            let (name, edit) = dice.pick(EDITS);
            if let Some(what) = edit(&site, &mut dice) {
                log.push(format!("{round}: {name}: {what}"));
            }
        }
        if dice.once_in(8) {
            let back = dice.below(history.len());
            restore(&site, &history[back]);
            log.push(format!("{round}: revert to state {back}"));
        }
        let before = site.published();
        if dice.once_in(3) {
            circumstances.today = *dice.pick(&[TODAY, "2026-03-10", "2026-12-24", "2027-02-01"]);
            circumstances.drafts = dice.once_in(4);
            circumstances.future = dice.once_in(4);
            log.push(format!("{round}: {circumstances:?}"));
        }
        let outcome = build_in(&site, circumstances);
        let after = site.published();
        let (clean, fresh) = from_nothing(&site.sources(), circumstances);
        let said = |what: &str| format!("{what}\nseed {seed}, edits:\n{}", log.join("\n"));
        assert_eq!(outcome.failure, None, "{}", said("the build broke off"));
        assert_eq!(outcome.problems, clean.problems, "{}", said("other problems than from nothing (right)"));
        assert_eq!(outcome.published, clean.published, "{}", said("published, but not from nothing (right)"));
        if outcome.published {
            published += 1;
            let wrong = difference(&after, &fresh);
            assert!(wrong.is_empty(), "{}\n{wrong:#?}", said("not what a build from nothing makes (right)"));
            history.push(site.sources());
        } else {
            let wrong = difference(&after, &before);
            assert!(wrong.is_empty(), "{}\n{wrong:#?}", said("a failed build changed the output"));
            log.push(format!("{round}: (refused: {:?})", codes(&outcome)));
            if !dice.once_in(4) {
                restore(&site, history.last().unwrap());
                log.push(format!("{round}: back to the last good state"));
            }
        }
    }
    // A site without errors must come out of it, so that the run did not end in a corner.
    restore(&site, &history[0]);
    assert!(site.build().published, "seed {seed}: the first state does not build any more");
    let (_, fresh) = from_nothing(&history[0], USUAL);
    assert_eq!(difference(&site.published(), &fresh), Vec::<String>::new(), "seed {seed}: after all edits");
    published
}

fn codes(outcome: &Outcome) -> Vec<&str> {
    outcome.problems.iter().map(|problem| &*problem.code).collect()
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: no number: {text}")))
}

#[test]
fn reuse_equals_a_build_from_nothing() {
    let rounds = number("YICUN_ORACLE_ROUNDS").map_or(ROUNDS, |rounds| rounds as usize);
    let seeds = number("YICUN_ORACLE_SEED").map_or(1..SEEDS + 1, |seed| seed..seed + 1);
    for seed in seeds {
        let published = run(seed, rounds);
        println!("seed {seed}: {published} of {rounds} builds published, all equal to a build from nothing");
        assert!(published * 3 >= rounds, "seed {seed}: only {published} of {rounds} builds published");
    }
}

#[test]
fn a_second_build_changes_nothing() {
    let site = start();
    site.build_well();
    let first = site.published();
    let problems = site.build_well().problems;
    assert_eq!(difference(&first, &site.published()), Vec::<String>::new());
    assert_eq!(problems, site.build_well().problems);
}

#[test]
fn lists_tell_how_long_a_text_takes_now() {
    let site = start();
    let text = |body: &str| format!("+++\ntitle = \"专题\"\ndescription = \"长\"\n+++\n\n{body}\n");
    site.write(
        "templates/topic-section.html",
        "{% for page in paginator.pages %}{{ page.minutes }}{% endfor %}",
    )
    .write("content/topics/wu-wei-zhen-xing.md", text(&"字".repeat(500)))
    .build_well();
    // As many words, but slower ones to read.
    site.write("content/topics/wu-wei-zhen-xing.md", text(&"字 w ".repeat(250))).build_well();
    let (_, fresh) = from_nothing(&site.sources(), USUAL);
    assert_eq!(difference(&site.published(), &fresh), Vec::<String>::new());
}

#[test]
fn published_files_that_somebody_changed_are_restored() {
    let site = start();
    site.build_well();
    let first = site.published();
    site.write("public/index.html", "changed").remove("public/villages");
    site.build_well();
    assert_eq!(difference(&first, &site.published()), Vec::<String>::new());
}

#[test]
fn files_of_others_in_the_output_stay() {
    let site = start();
    site.build_well();
    site.write("public/.well-known/theirs.txt", "theirs").write("public/theirs.txt", "theirs");
    site.remove("content/topics");
    site.build_well();
    let published = site.published();
    assert_eq!(published.get("theirs.txt").map(Vec::as_slice), Some(&b"theirs"[..]));
    assert!(!published.keys().any(|path| path.starts_with("topics/")), "orphans stay");
}
