//! Holds the shape of the code: short files, modules that use only what stands below them, one reader of the
//! outside world, and an `ARCHITECTURE.md` that names every module.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The longest file allowed, and the longest median.
const LONGEST: usize = 500;
const MEDIAN: usize = 200;

/// The modules below everything: faults, their words, digests, parallelism, markers, files.
const BASE: &[&str] = &["problem", "messages", "digest", "parallel", "markers", "files"];

/// What a module may use besides itself; the first entry whose module contains the file counts.
/// `build` alone stands for what `build/mod.rs` declares itself.
const RULES: &[(&str, &[&str])] = &[
    ("problem", &[]),
    ("digest", &[]),
    ("parallel", &[]),
    ("markers", &[]),
    ("gzip", &[]),
    ("files", &["digest", "problem", "parallel", "markers"]),
    ("messages", &["problem"]),
    ("kinds", BASE),
    ("slug", &["digest", "config"]),
    ("scaffold", &["@base", "config", "kinds", "slug"]),
    ("config", &["problem", "messages", "digest", "parallel", "files", "kinds"]),
    (
        "build::api",
        &[
            "problem",
            "messages",
            "digest",
            "parallel",
            "files",
            "config",
            "kinds",
            "build::plan",
            "build::photo",
            "build::publish",
        ],
    ),
    ("build::root", &["config", "markers"]),
    ("build::locate", &["problem", "files", "build::source"]),
    (
        "build::rest",
        &["@base", "config", "build", "build::api", "build::source", "build::publish", "build::memo"],
    ),
    (
        "build::since",
        &["@base", "config", "build", "build::api", "build::source", "build::load", "build::model"],
    ),
    // Leaves: they are handed what they need and know nothing of the road.
    ("build::markdown", BASE),
    ("build::photo", &["problem", "digest", "parallel", "markers"]),
    ("build::memo", BASE),
    // The road: each stage uses those before it.
    (
        "build::source",
        &["problem", "digest", "parallel", "markers", "files", "config", "kinds", "build::memo"],
    ),
    ("build::load", &["@base", "config", "kinds", "slug", "build::source", "@leaves"]),
    ("build::model", &["@base", "config", "kinds", "slug", "build::source", "build::load", "@leaves"]),
    (
        "build::plan",
        &[
            "@base",
            "config",
            "kinds",
            "build::load",
            "build::model",
            "build::source",
            "build::root",
            "@leaves",
        ],
    ),
    (
        "build::render",
        &[
            "@base",
            "config",
            "kinds",
            "build::source",
            "build::load",
            "build::model",
            "build::plan",
            "build::root",
            "build::api",
            // Bytes go straight to the staged tree, so that no more than one output a thread is in memory.
            "build::publish",
            "@leaves",
        ],
    ),
    ("build::publish", &["@base", "build::memo"]),
    ("build::live", &["@base", "config", "kinds", "build"]),
    ("build", &["@base", "config", "kinds", "build"]),
    ("serve", &["@base", "config", "kinds", "gzip", "build"]),
    ("deploy", &["@base", "config", "gzip", "build", "build::publish"]),
    ("cli", &["@base", "config", "kinds", "scaffold", "build", "serve", "deploy"]),
    ("main", &["cli"]),
    ("lib", &["cli"]),
];

/// Words of the source that only some modules may say.
const EDGES: &[(&str, &[&str])] = &[
    ("std::fs", &["files"]),
    ("std::env", &["files", "cli", "serve"]),
    ("SystemTime", &["files", "cli", "serve"]),
    ("Instant::now", &["files", "cli", "serve"]),
    ("Zoned::now", &["cli", "serve"]),
    ("Timestamp::now", &["cli", "serve"]),
    ("println!", &["cli", "main"]),
    ("eprintln!", &["cli", "main"]),
    ("print!", &["cli", "main"]),
    ("eprint!", &["cli", "main"]),
    ("dbg!", &[]),
    ("todo!", &[]),
    ("process::exit", &["cli", "main"]),
    ("thread_rng", &[]),
];

/// One source file: the module it belongs to and its text without tests and comments.
struct Source {
    path: String,
    module: String,
    text: String,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(entry.path()).unwrap();
            let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            found.push(Source {
                module: module(&path),
                lines: text.lines().count(),
                text: code(&text),
                path,
            });
        }
    }
    // A file that only tests include (`#[cfg(test)] mod tests;`) is a test module like any other.
    found.retain(|source| !source.path.ends_with("tests.rs") && !source.path.contains("/tests/"));
    found
}

/// `build/load/row.rs` → `build::load::row`.
fn module(path: &str) -> String {
    let path = path.trim_end_matches(".rs");
    path.trim_end_matches("/mod").replace('/', "::")
}

/// The text without comments, string contents, and modules for tests, so that words in them count for nothing.
fn code(text: &str) -> String {
    let mut kept = String::new();
    let mut skipping = false;
    let mut test_next = false;
    for line in text.lines() {
        let bare = line.trim_start();
        if skipping {
            // rustfmt puts the brace that closes a top-level item at the start of its line.
            skipping = line != "}";
            continue;
        }
        if line == "#[cfg(test)]" {
            test_next = true;
            continue;
        }
        if test_next && !bare.starts_with("#[") {
            test_next = false;
            skipping = !line.ends_with(';') && !line.ends_with('}');
            continue;
        }
        if !bare.starts_with("//") {
            kept.push_str(&without_strings(line));
            kept.push('\n');
        }
    }
    kept
}

/// The line with the contents of its string literals and its trailing comment taken out.
fn without_strings(line: &str) -> String {
    let mut kept = String::new();
    let mut characters = line.chars().peekable();
    let mut inside = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' if inside => drop(characters.next()),
            '"' => inside = !inside,
            '/' if !inside && characters.peek() == Some(&'/') => break,
            character if !inside => kept.push(character),
            _ => {}
        }
    }
    kept
}

/// Every module of this crate that the code mentions as `crate::…` or `super::…`, as full paths.
fn mentions(module: &str, text: &str) -> BTreeSet<String> {
    let flat: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = BTreeSet::new();
    for (at, _) in flat.match_indices("crate::") {
        if !flat[..at].ends_with(|c: char| is_name(c) || c == '$') {
            expand("", &flat[at + "crate::".len()..], &mut found);
        }
    }
    for (at, _) in flat.match_indices("super::") {
        let before = &flat[..at];
        if before.ends_with("super::") || before.ends_with(is_name) {
            continue;
        }
        let mut base: Vec<&str> = module.split("::").collect();
        let mut rest = &flat[at..];
        while let Some(after) = rest.strip_prefix("super::") {
            base.pop();
            rest = after;
        }
        if !base.is_empty() {
            expand(&format!("{}::", base.join("::")), rest, &mut found);
        }
    }
    found
}

/// Adds the paths of a use tree: `a::{b, c::D}` gives `a::b` and `a::c::D`.
fn expand(prefix: &str, text: &str, found: &mut BTreeSet<String>) {
    let text = text.trim_start();
    if let Some(inner) = text.strip_prefix('{') {
        let mut depth = 0;
        let mut start = 0;
        for (at, character) in inner.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    return expand(prefix, &inner[start..at], found);
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    expand(prefix, &inner[start..at], found);
                    start = at + 1;
                }
                _ => {}
            }
        }
        return;
    }
    let end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    let name = &text[..end];
    if name.is_empty() || name == "self" {
        let own = prefix.trim_end_matches("::");
        if !own.is_empty() {
            found.insert(own.to_owned());
        }
    } else if let Some(after) = text[end..].strip_prefix("::") {
        expand(&format!("{prefix}{name}::"), after, found);
    } else {
        found.insert(format!("{prefix}{name}"));
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn within(path: &str, module: &str) -> bool {
    path == module || path.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

/// What of `source` breaks the table of modules.
fn misuses(module: &str, text: &str) -> Vec<String> {
    let Some((own, allowed)) = RULES.iter().find(|(rule, _)| within(module, rule)) else {
        return vec![format!("{module} has no rule in tests/architecture.rs")];
    };
    let mut allowed: Vec<&str> = allowed.to_vec();
    if allowed.contains(&"@base") {
        allowed.extend(BASE);
    }
    if allowed.contains(&"@leaves") {
        allowed.extend(["build::markdown", "build::photo", "build::memo", "build::api"]);
    }
    let known = |path: &str| RULES.iter().any(|(rule, _)| within(path, rule.split("::").next().unwrap()));
    mentions(module, text)
        .into_iter()
        .filter(|path| known(path))
        .filter(|path| !within(path, own) && !allowed.iter().any(|module| within(path, module)))
        .map(|path| format!("{module} uses {path}"))
        .collect()
}

/// What of the outside world the code touches without being an edge.
fn edges(module: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (word, allowed) in EDGES {
        let said = text.match_indices(word).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            let longer_before = before.is_some_and(is_name);
            let longer_after = word.ends_with(is_name) && after.is_some_and(is_name);
            !longer_before && !longer_after
        });
        if said && !allowed.iter().any(|edge| within(module, edge)) {
            found.push(format!("{module} says {word}"));
        }
    }
    let grouped = text.contains("use std::{") && text.contains("fs::");
    if grouped && !within(module, "files") {
        found.push(format!("{module} says std::{{fs}}"));
    }
    found
}

#[test]
fn files_stay_short() {
    let sources = sources();
    let long: Vec<String> = sources
        .iter()
        .filter(|source| source.lines > LONGEST)
        .map(|source| format!("src/{} has {} lines", source.path, source.lines))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
    let mut lengths: Vec<usize> = sources.iter().map(|source| source.lines).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN, "the median file has {median} lines");
}

#[test]
fn modules_use_only_what_stands_below_them() {
    let wrong: Vec<String> =
        sources().iter().flat_map(|source| misuses(&source.module, &source.text)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_edges_touch_the_outside_world() {
    let wrong: Vec<String> =
        sources().iter().flat_map(|source| edges(&source.module, &source.text)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn architecture_names_every_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let mut modules = BTreeSet::new();
    for folder in ["src", "src/build"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let name = name.trim_end_matches(".rs");
            if !["lib", "mod", "tests"].contains(&name) {
                modules.insert(match folder {
                    "src" => name.to_owned(),
                    _ => format!("build/{name}"),
                });
            }
        }
    }
    let missing: Vec<&String> =
        modules.iter().filter(|module| !page.contains(&format!("`{module}`"))).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not name {missing:?}");
}

mod checker {
    use super::*;

    #[test]
    fn a_stage_that_looks_ahead_is_caught() {
        assert_eq!(misuses("build::load", "use crate::build::plan::Output;").len(), 1);
        assert_eq!(misuses("build::load::row", "use super::super::plan::Output;").len(), 1);
        assert_eq!(misuses("build::source", "use crate::build::{load, memo};").len(), 1);
        assert_eq!(
            misuses("build::plan", "use crate::{\n    build::{model::Model, render},\n    config,\n};").len(),
            1
        );
        assert!(misuses("build::plan", "use crate::build::model::{Model, row::{A, B}};").is_empty());
    }

    #[test]
    fn the_road_knows_nothing_of_its_drivers() {
        assert_eq!(misuses("build", "fn f() { crate::cli::say() }").len(), 1);
        assert_eq!(misuses("build::publish", "use crate::serve;").len(), 1);
        assert_eq!(misuses("digest", "use crate::problem::Problem;").len(), 1);
        assert!(misuses("cli", "use crate::{build, serve};").is_empty());
    }

    #[test]
    fn a_module_without_a_rule_is_caught() {
        assert_eq!(misuses("magic", "").len(), 1);
    }

    #[test]
    fn edges_are_caught() {
        assert_eq!(edges("build::load", "let a = std::fs::read(b);").len(), 1);
        assert_eq!(edges("build::load", "use std::{fs, io}; fs::read(b)").len(), 1);
        assert_eq!(edges("config", "println!()").len(), 1);
        assert_eq!(edges("config", "eprintln!()").len(), 1);
        assert!(edges("files::write", "std::fs::write").is_empty());
        assert!(edges("cli", "println!()").is_empty());
    }

    #[test]
    fn tests_strings_and_comments_count_for_nothing() {
        let text = "// std::fs\nlet a = \"std::fs\"; // std::env\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\nfn b() {}\n";
        let code = code(text);
        assert!(!code.contains("fs") && !code.contains("env"), "{code}");
        assert!(code.contains("fn b"));
    }
}
