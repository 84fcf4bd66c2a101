//! Keeps `docs/` in step with the code. The reference is made from the tables in the code and compared with what is
//! there; `YICUN_BLESS=1 cargo test --test docs` writes it. The guide for theme makers is followed word by word.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

#[path = "tables/book.rs"]
#[allow(dead_code, reason = "the tests of tables use more of it")]
mod book;
mod common;
#[path = "docs/contexts.rs"]
mod contexts;
#[path = "docs/guide.rs"]
mod guide;
#[path = "docs/page.rs"]
mod page;
#[path = "docs/tables.rs"]
mod tables;
#[path = "docs/theme.rs"]
mod theme;

use page::Meanings;
use std::path::{Path, PathBuf};

/// A folder of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a page of the reference with what should stand there, or writes it.
fn hold(path: &str, wanted: &str) {
    let file = repository("docs/reference").join(path);
    if std::env::var_os("YICUN_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, wanted).unwrap();
        return;
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    if there != wanted {
        let line = there.lines().zip(wanted.lines()).position(|(a, b)| a != b);
        let line = line.unwrap_or(there.lines().count().min(wanted.lines().count()));
        panic!(
            "docs/reference/{path} is out of step from line {}:\n  there:  {}\n  wanted: {}\n\
             YICUN_BLESS=1 cargo test --test docs writes it anew",
            line + 1,
            there.lines().nth(line).unwrap_or("(nothing)"),
            wanted.lines().nth(line).unwrap_or("(nothing)"),
        );
    }
}

/// Makes a page in both languages.
fn hold_both(name: &str, make: impl FnMut(bool) -> String) {
    let mut make = make;
    hold(&format!("zh-CN/{name}.md"), &make(true));
    hold(&format!("en/{name}.md"), &make(false));
}

fn no_faults(meanings: Meanings) {
    let faults = meanings.faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn reference_of_kinds_front_matter_and_settings() {
    let mut meanings = Meanings::read("settings.toml");
    hold_both("kinds", |zh| tables::kinds(zh, &mut meanings));
    hold_both("front-matter", |zh| tables::front_matter(zh, &mut meanings));
    hold_both("site-toml", |zh| tables::site_toml(zh, &mut meanings));
    no_faults(meanings);
}

#[test]
fn reference_of_problems() {
    hold_both("problems", tables::problems);
}

#[test]
fn reference_of_theme_toml_and_components() {
    let mut meanings = Meanings::read("theme.toml");
    hold_both("theme-toml", |zh| theme::theme_toml(zh, &mut meanings));
    hold_both("components", |zh| theme::components(zh, &mut meanings));
    no_faults(meanings);
}

#[test]
fn reference_of_contexts() {
    let mut meanings = Meanings::read("context.toml");
    let found = contexts::gather();
    hold_both("contexts", |zh| contexts::page(zh, &found, &mut meanings));
    no_faults(meanings);
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for (path, bytes) in common::tree(&repository("docs")) {
        if !path.ends_with(".md") {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let mut fenced = false;
        for line in text.lines() {
            fenced ^= line.starts_with("```");
            let links =
                line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
            for link in links.filter(|link| !fenced && !link.contains("://")) {
                let (file, wanted) =
                    link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
                let target = repository("docs").join(&path).parent().unwrap().join(file);
                let target = if file.is_empty() { repository("docs").join(&path) } else { target };
                let Ok(there) = std::fs::read_to_string(&target) else {
                    faults.push(format!("docs/{path}: {link} leads to nothing"));
                    continue;
                };
                let headings = there.lines().filter(|line| line.starts_with('#'));
                let anchors: Vec<String> =
                    headings.map(|line| anchor(line.trim_start_matches('#'))).collect();
                if wanted.is_some_and(|wanted| !anchors.iter().any(|anchor| anchor == wanted)) {
                    faults.push(format!("docs/{path}: there is no heading for {link}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
