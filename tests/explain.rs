//! `build --explain`: what changed in what a page is made of, named in the words of the site.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::{Site, TODAY, request, yicun};
use yicun::build::{Piece, Report, Why, build};

const PAGE: &str = "content/news/zhu-ti-dang-ri.md";
const OTHER: &str = "content/news/x.md";

fn explained(site: &Site, asked: &str) -> (Report, Option<Why>) {
    let mut request = request(site.root(), &site.public());
    request.explain = Some(asked.to_owned());
    let report = build(&request, &|_| ()).unwrap();
    let why = report.explained.first().map(|told| told.why.clone());
    (report, why)
}

fn changed(site: &Site, asked: &str) -> Vec<Piece> {
    match explained(site, asked).1 {
        Some(Why::Changed(pieces)) => pieces,
        other => panic!("{asked}: {other:?}"),
    }
}

#[test]
fn every_sort_of_change_is_named() {
    let site = Site::village();
    site.write(OTHER, "+++\ntitle = \"另一条\"\ndate = 2026-11-01\n+++\n正文\n");
    assert_eq!(explained(&site, PAGE).1, Some(Why::New));
    assert_eq!(explained(&site, PAGE).1, Some(Why::Same));

    let text = site.read(PAGE);
    site.write(PAGE, format!("{text}\n多了一段。\n"));
    // The excerpt is part of the face only where the article is short; its text changed in any case.
    assert!(changed(&site, PAGE).contains(&Piece::Article));

    site.write(OTHER, "+++\ntitle = \"换了题目\"\ndate = 2026-11-01\n+++\n正文\n");
    assert!(changed(&site, PAGE).contains(&Piece::Neighbours));
    assert_eq!(explained(&site, OTHER).1, Some(Why::Same));

    site.write(OTHER, "+++\ntitle = \"又换了题目\"\ndate = 2026-11-01\n+++\n正文\n");
    assert!(changed(&site, "/news/").contains(&Piece::Paginator));

    let settings = site.read("site.toml");
    site.write("site.toml", settings.replacen("title = \"", "title = \"新", 1));
    assert!(changed(&site, "news/index.html").contains(&Piece::Site));

    site.write("templates/page.html", "{% extends \"theme/page.html\" %}");
    assert!(changed(&site, "/news/").contains(&Piece::Templates));

    let mut moved = request(site.root(), &site.public());
    moved.base_url = Some("https://example.net/town/".to_owned());
    moved.explain = Some(PAGE.to_owned());
    let report = build(&moved, &|_| ()).unwrap();
    assert!(
        matches!(&report.explained[0].why, Why::Changed(pieces) if pieces.contains(&Piece::Address)),
        "{report:?}"
    );
}

#[test]
fn what_somebody_changed_is_restored() {
    let site = Site::village();
    let path = explained(&site, PAGE).0.explained[0].path.clone();
    std::fs::write(site.public().join(&path), "spoilt").unwrap();
    assert_eq!(explained(&site, PAGE).1, Some(Why::Restored));
    assert_eq!(explained(&site, PAGE).1, Some(Why::Same));
}

#[test]
fn an_unknown_path_is_told_with_the_nearest() {
    let site = Site::village();
    let (report, why) = explained(&site, "/newz/");
    assert_eq!(why, None);
    let told = report.problems.iter().find(|problem| problem.code == "explain-unknown").unwrap();
    assert!(told.suggestion.is_some(), "{told:?}");
    assert!(report.published.is_some());
}

#[test]
fn the_program_says_it_in_both_languages() {
    let site = Site::village();
    let said = |lang: &str| {
        let run = yicun(site.root(), &["build", "--today", TODAY, "--lang", lang, "--explain", PAGE]);
        assert_eq!(run.code, 0, "{run:?}");
        run.said
    };
    let first = said("zh");
    assert!(first.contains(PAGE) && first.contains("新的"), "{first}");
    let second = said("en");
    assert!(second.contains("not rendered"), "{second}");
}
