//! Runs `tests/cases/<behaviour>/`: copies `in/`, runs the commands of `run.md`, and looks at what was published.
//!
//! `run.md` tells the behaviour in words and holds fenced `console` blocks: `$ yicun …` lines, each followed by
//! pieces that its output must contain, one a line, and by `exit N` where N is not 0. `out/` mirrors the published
//! files: `x.html` must be published with each line of ours in it, in this order; a line that starts with `!`
//! must not occur; an empty file asks only that the path exists, and `x.absent` that `x` does not.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::{Site, tree, yicun};
use std::fs;
use std::path::Path;

/// One command and what it must say.
#[derive(Debug, Default, PartialEq)]
struct Command {
    arguments: Vec<String>,
    said: Vec<String>,
    code: i32,
}

/// The commands in the `console` blocks of a page.
fn commands(page: &str) -> Vec<Command> {
    let mut found: Vec<Command> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            if let Some(arguments) = line.strip_prefix("$ yicun ") {
                let arguments = arguments.split_whitespace().map(str::to_owned).collect();
                found.push(Command { arguments, ..Command::default() });
            } else if let Some(command) = found.last_mut() {
                match line.strip_prefix("exit ").and_then(|code| code.trim().parse().ok()) {
                    Some(code) => command.code = code,
                    None if line.trim().is_empty() => {}
                    None => command.said.push(line.to_owned()),
                }
            }
        }
    }
    found
}

/// What of `wanted` is not as it should be in `text`.
fn fault(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    for line in wanted.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(unwanted) = line.strip_prefix('!') {
            if text.contains(unwanted) {
                return Some(format!("holds {unwanted:?}"));
            }
        } else if let Some(at) = rest.find(line) {
            rest = &rest[at + line.len()..];
        } else {
            return Some(format!("does not hold {line:?} at this point"));
        }
    }
    None
}

fn run(case: &Path) -> Vec<String> {
    let site = Site::copy_of(&case.join("in"));
    let mut faults = Vec::new();
    let page = fs::read_to_string(case.join("run.md")).unwrap();
    let commands = commands(&page);
    assert!(!commands.is_empty(), "{} runs nothing", case.display());
    for command in commands {
        let arguments: Vec<&str> = command.arguments.iter().map(String::as_str).collect();
        let run = yicun(site.root(), &arguments);
        if run.code != command.code {
            faults.push(format!("{arguments:?} ended with {}:\n{}", run.code, run.said));
        }
        let missing = command.said.iter().filter(|piece| !run.said.contains(&***piece));
        faults.extend(missing.map(|piece| format!("{arguments:?} does not say {piece:?}:\n{}", run.said)));
    }
    let published = site.published();
    for (path, wanted) in tree(&case.join("out")) {
        let wanted = String::from_utf8(wanted).unwrap();
        if let Some(path) = path.strip_suffix(".absent") {
            if published.contains_key(path) {
                faults.push(format!("{path} was published"));
            }
        } else {
            match published.get(&path) {
                None => {
                    let there: Vec<&String> =
                        published.keys().filter(|path| path.ends_with(".html")).collect();
                    faults.push(format!("{path} was not published, only {there:#?}"));
                }
                Some(bytes) => {
                    let text = String::from_utf8_lossy(bytes);
                    faults.extend(fault(&text, &wanted).map(|fault| format!("{path} {fault}")));
                }
            }
        }
    }
    faults
}

#[test]
fn every_case_behaves_as_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut faults = Vec::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_string_lossy();
        faults.extend(run(case).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(cases.len() >= 6);
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn a_page_of_commands_is_read() {
    let read = commands(
        "text\n```console\n$ yicun build --strict\nerror\n\nexit 1\n$ yicun check\n```\n$ yicun no\n",
    );
    assert_eq!(read.len(), 2);
    assert_eq!((&*read[0].arguments, read[0].code), (&["build".to_owned(), "--strict".to_owned()][..], 1));
    assert_eq!(read[0].said, ["error"]);
}

#[test]
fn lines_are_wanted_in_order() {
    assert_eq!(fault("a b c", "a\nc\n!d"), None);
    assert!(fault("a b c", "c\na").is_some());
    assert!(fault("a b c", "!b").is_some());
}
