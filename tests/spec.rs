//! The examples of the CommonMark and GitHub specifications, and which of them a site's extensions read otherwise.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

use serde::Deserialize;
use std::collections::BTreeSet;
use yicun::build::markdown::{Options, RawHtml, Slots, render};

#[derive(Deserialize)]
struct Example {
    example: u32,
    section: String,
    markdown: String,
    html: String,
}

fn examples(json: &str) -> Vec<Example> {
    serde_json::from_str(json).unwrap()
}

fn commonmark() -> Vec<Example> {
    examples(include_str!("spec/commonmark.json"))
}

fn gfm() -> Vec<Example> {
    examples(include_str!("spec/gfm.json"))
}

/// Serialisations that mean the same: quotes in text, empty elements, alignment by class, line breaks between tags.
fn normal(html: &str) -> String {
    let mut html = html.replace("&quot;", "\"").replace("/>", ">").replace(" >", ">");
    for (align, class) in [("left", "ta-l"), ("center", "ta-c"), ("right", "ta-r")] {
        html = html.replace(&format!(" align=\"{align}\""), &format!(" class=\"{class}\""));
    }
    for label in ["已完成", "未完成"] {
        html = html.replace(&format!(" aria-label=\"{label}\""), "");
    }
    html = html.replace(
        "checked=\"\" disabled=\"\" type=\"checkbox\"",
        "disabled=\"\" type=\"checkbox\" checked=\"\"",
    );
    html.replace(">\n<", "><")
        .replace("type=\"checkbox\">\n", "type=\"checkbox\"> ")
        .replace("checked=\"\">\n", "checked=\"\"> ")
        .replace("<tbody></tbody>", "")
        .trim()
        .to_owned()
}

fn failures(examples: &[Example], options: &Options) -> Vec<u32> {
    let mut failed = Vec::new();
    for example in examples {
        let html = render(&example.markdown, options, &Slots::default());
        if normal(&html) != normal(&example.html) {
            println!(
                "{} {}\n{}\n--- expected\n{}\n--- got\n{html}",
                example.example, example.section, example.markdown, example.html
            );
            failed.push(example.example);
        }
    }
    failed
}

#[test]
fn all_of_commonmark() {
    let examples = commonmark();
    assert_eq!(examples.len(), 652);
    assert_eq!(failures(&examples, &Options::commonmark()), Vec::<u32>::new());
}

/// 653 (tagfilter): raw HTML is kept here as CommonMark has it; sites sanitise, which removes more.
#[test]
fn extensions_of_github() {
    assert_eq!(failures(&gfm(), &Options::gfm()), [653]);
}

/// 606, 608, 611, 612: bare addresses become links.
#[test]
fn commonmark_with_githubs_extensions() {
    assert_eq!(failures(&commonmark(), &Options::gfm()), [606, 608, 611, 612]);
}

/// Headings without their ids, which every heading of a site gets.
fn without_ids(html: &str) -> String {
    let mut out = String::new();
    for (number, part) in html.split("<h").enumerate() {
        let tag = if number == 0 { "" } else { "<h" };
        let cut = part.split_once(" id=\"").filter(|(level, _)| level.len() == 1);
        match cut.and_then(|(level, rest)| Some((level, rest.split_once('"')?.1))) {
            Some((level, rest)) => out.extend([tag, level, rest]),
            None => out.extend([tag, part]),
        }
    }
    out
}

#[test]
fn what_the_extensions_of_a_site_change() {
    let extended = Options { raw_html: RawHtml::Keep, ..Options::default() };
    let mut changed = BTreeSet::new();
    for example in commonmark() {
        let html = |options| normal(&without_ids(&render(&example.markdown, options, &Slots::default())));
        let (plain, site) = (html(&Options::commonmark()), html(&extended));
        if plain != site {
            println!(
                "{} {}\n{}\n--- plain\n{plain}\n--- site\n{site}",
                example.example, example.section, example.markdown
            );
            changed.insert(example.example);
        }
    }
    let expected: [&[u32]; 4] = [
        // Addresses keep their letters instead of %-codes.
        &[32, 33, 206, 503],
        // A paragraph of images only is no paragraph, so that its slots may be figures.
        &[
            517, 520, 531, 572, 573, 574, 575, 576, 577, 578, 580, 581, 582, 583, 584, 585, 586, 588, 589,
            590, 591,
        ],
        // `[[…]]` is a link to a page by its name (590 as well).
        &[548, 559],
        // Bare addresses become links.
        &[606, 608, 611, 612],
    ];
    assert_eq!(changed, expected.into_iter().flatten().copied().collect());
}
