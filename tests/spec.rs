//! The examples of the CommonMark and GitHub specifications, and which of them a site's extensions read otherwise.

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

#[test]
fn extensions_of_github() {
    assert_eq!(failures(&gfm(), &Options::gfm()), Vec::<u32>::new());
}

#[test]
fn commonmark_is_the_same_with_githubs_extensions_but_for_addresses() {
    assert_eq!(failures(&commonmark(), &Options::gfm()), Vec::<u32>::new());
}

#[test]
fn what_the_extensions_of_a_site_change() {
    let extended = Options { raw_html: RawHtml::Keep, ..Options::default() };
    let changed: BTreeSet<u32> = commonmark()
        .iter()
        .filter(|example| {
            let slots = Slots::default();
            normal(&render(&example.markdown, &extended, &slots))
                != normal(&render(&example.markdown, &Options::commonmark(), &slots))
        })
        .map(|example| example.example)
        .collect();
    assert_eq!(changed, BTreeSet::new());
}
