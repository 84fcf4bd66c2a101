//! The guides followed word by word: code blocks with a file name become files, step by step, and each step must build.

use crate::book;
use crate::common::{Site, TODAY, photo, yicun};
use std::fs;

/// The files that a part of a guide tells to write, in order.
fn files(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        if ticks < 3 {
            continue;
        }
        let fence = &line[..ticks];
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != fence).collect();
        if let Some((_, file)) = line[ticks..].split_once(' ') {
            found.push((file.to_owned(), body.join("\n") + "\n"));
        }
    }
    found
}

/// What the guide promises: published file and a piece of it.
fn promises(text: &str) -> Vec<(&str, &str)> {
    text.split("<!-- shows public/")
        .skip(1)
        .filter_map(|rest| rest.split_once(" -->")?.0.split_once(": "))
        .collect()
}

/// What a guide tells the test: `<!-- name … -->`.
fn remarks<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let open = format!("<!-- {name}");
    text.split(open.as_str()).skip(1).filter_map(|rest| Some(rest.split_once(" -->")?.0)).collect()
}

/// The tables that stand for a workbook, by cells.
fn workbooks(text: &str) -> Vec<(&str, Vec<Vec<&str>>)> {
    let mark = "<!-- workbook ";
    text.split(mark)
        .skip(1)
        .filter_map(|rest| {
            let (path, rest) = rest.split_once(" -->")?;
            let lines = rest.trim_start().lines().take_while(|line| line.starts_with('|'));
            let rows = lines.filter(|line| !line.contains("---"));
            Some((
                path,
                rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect(),
            ))
        })
        .collect()
}

/// An Excel file with these cells.
fn workbook(rows: &[Vec<&str>]) -> Vec<u8> {
    let cell = |row: usize, column: usize, text: &str| {
        let at = format!("{}{}", char::from(b'A' + u8::try_from(column).unwrap()), row + 1);
        text.parse().map_or_else(|_| book::shared(&at, text), |value| book::number(&at, value))
    };
    let rows: Vec<Vec<book::Cell>> = rows
        .iter()
        .enumerate()
        .map(|(row, cells)| {
            let there = cells.iter().enumerate().filter(|(_, text)| !text.is_empty());
            there.map(|(column, text)| cell(row, column, text)).collect()
        })
        .collect();
    let rows: Vec<&[book::Cell]> = rows.iter().map(Vec::as_slice).collect();
    let mut book = book::Book::new();
    book.sheet("Sheet1", &rows, &[]);
    book.bytes()
}

/// The parts of a guide, each from its heading on.
fn steps(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = text.match_indices("\n## ").map(|(at, _)| at + 1).collect();
    starts.push(text.len());
    starts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(crate::repository(path)).unwrap().replace("\r\n", "\n")
}

/// A new site, as `yicun init` makes it.
fn fresh() -> Site {
    let site = Site::empty();
    let said = yicun(site.root(), &["init", "demo", "--lang", "en"]);
    assert_eq!(said.code, 0, "{}", said.said);
    let demo = Site::copy_of(&site.root().join("demo"));
    demo.build_well();
    demo
}

/// Does what a guide says and looks at what it promises; the site at its end.
fn follow(guide: &str) -> Site {
    let site = fresh();
    let text = read(guide);
    for step in steps(&text) {
        let title = step.lines().next().unwrap_or_default();
        for line in step.lines().filter(|line| line.starts_with("yicun new ")) {
            let words: Vec<&str> = line
                .split('"')
                .flat_map(|part| match part.trim() {
                    // What stood in quotes has no space around it.
                    trimmed if trimmed.len() == part.len() => vec![part],
                    trimmed => trimmed.split(' ').collect(),
                })
                .filter(|word| !word.is_empty())
                .collect();
            let said = yicun(site.root(), &[&words[1..], &["--lang", "zh", "--today", TODAY]].concat());
            assert_eq!(said.code, 0, "{guide}, {title}: {line}\n{}", said.said);
        }
        let made: Vec<String> = site.sources().into_keys().collect();
        for (file, body) in files(step) {
            // A file that `new` has made is filled in where it is.
            let dated = file.contains("/2026");
            assert!(!dated || made.contains(&file) || file.ends_with(".txt"), "{guide}, {title}: no {file}");
            site.write(&file, body);
        }
        for path in remarks(step, "photo ") {
            site.write(path, photo::jpeg(800, 600, 1));
        }
        for (path, rows) in workbooks(step) {
            site.write(path, workbook(&rows));
        }
        let outcome = site.build();
        assert!(outcome.published && outcome.problems.is_empty(), "{guide}, {title}: {outcome:#?}");
        for (path, piece) in promises(step) {
            let page = site.read(&format!("public/{path}"));
            assert!(page.contains(piece), "{guide}, {title}: {path} does not show {piece}\n{page}");
        }
    }
    site
}

#[test]
fn the_theme_guide_ends_in_a_working_theme() {
    let text = read("docs/guide-theme.md");
    assert!(steps(&text).iter().map(|step| promises(step).len()).sum::<usize>() >= 10);
    let site = follow("docs/guide-theme.md");
    // The picture that step 5 leaves to the reader.
    site.write("content/villages/shi-li-cun.jpg", photo::jpeg(800, 600, 1));
    let village = site.read("content/villages/shi-li-cun.md");
    site.write(
        "content/villages/shi-li-cun.md",
        village.replacen("+++\n", "+++\n封面 = \"shi-li-cun.jpg\"\n", 1),
    );
    site.build_well();
    assert!(site.read("public/villages/shi-li-cun/index.html").contains("<picture>"));
    let theme: Vec<(String, Vec<u8>)> =
        site.sources().into_iter().filter(|(path, _)| path.starts_with("themes/mini/")).collect();
    let lines: usize = theme.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).lines().count()).sum();
    assert!((80..=125).contains(&lines), "{lines} lines are not about a hundred");
}

#[test]
fn both_theme_guides_hold_the_same_files_and_promises() {
    let (zh, en) = (read("docs/guide-theme.zh-CN.md"), read("docs/guide-theme.md"));
    assert_eq!(files(&zh), files(&en));
    assert_eq!(promises(&zh), promises(&en));
}

#[test]
fn the_theme_of_the_guide_shows_the_example() {
    let mini = follow("docs/guide-theme.md");
    let site = Site::empty();
    for (path, bytes) in mini.sources().into_iter().filter(|(path, _)| path.starts_with("themes/mini/")) {
        site.write(&path, bytes);
    }
    site.write(
        "site.toml",
        "title = \"示例\"\ntheme = \"mini\"\nexample = true\n[photos]\nwidths = [64]\n[languages.en]\n",
    );
    for (path, bytes) in crate::common::tree(&crate::repository("content")) {
        // Components belong to the theme, and this one has not those of the other.
        let bytes = if path.ends_with(".md") { without_components(&bytes).into_bytes() } else { bytes };
        site.write(&format!("content/{path}"), bytes);
    }
    let outcome = site.build();
    assert!(outcome.published, "{:#?}", outcome.problems);
    assert!(site.read("public/index.html").contains("class=\"chart bar\""));
}

fn without_components(bytes: &[u8]) -> String {
    let mut inside = false;
    let text = String::from_utf8_lossy(bytes);
    let kept = text.lines().filter(|line| {
        let was = inside;
        inside = if inside { *line != "```" } else { line.starts_with("```{") };
        !was && !inside
    });
    kept.collect::<Vec<_>>().join("\n") + "\n"
}

/// The news item of the guide for clerks.
const NEWS: &str = "content/news/20261120-shi-li-cun-kai-zhan-zhu-ti-dang-ri-huo-dong.md";

#[test]
fn the_guide_for_clerks_tells_the_truth() {
    let site = follow("docs/guide-clerk.zh-CN.md");
    let root = site.root().to_str().unwrap();
    let run = || yicun(site.root(), &["build", "--root", root, "--today", TODAY, "--lang", "zh"]);
    let said = run();
    assert_eq!(said.code, 0, "{}", said.said);
    assert!(said.said.contains("✓") && said.said.contains("下一次自动变化：2026-11-27"), "{}", said.said);
    let text = read("docs/guide-clerk.zh-CN.md");
    let changes =
        |name| remarks(&text, name).into_iter().map(move |remark| (name, remark)).collect::<Vec<_>>();
    for (name, remark) in [changes("wrong "), changes("also ")].concat() {
        let (file, rest) = remark.split_once(": ").unwrap();
        let (change, told) = rest.split_once(" : ").unwrap();
        let (before, after) = change.split_once(" => ").unwrap();
        let text = site.read(file);
        assert!(text.contains(before), "{remark}");
        site.write(file, text.replacen(before, after, 1));
        let said = run();
        if name == "wrong " {
            assert!(said.code == 1 && said.said.contains(told), "{remark}\n{}", said.said);
        } else {
            let (page, piece) = told.split_once(": ").unwrap();
            assert_eq!(said.code, 0, "{remark}\n{}", said.said);
            assert!(site.read(&format!("public/{page}")).contains(piece), "{remark}");
        }
        site.write(file, text);
    }
    for (path, mut rows) in workbooks(&text) {
        let right = workbook(&rows);
        rows[2][2] = "很多";
        site.write(path, workbook(&rows));
        let said = run();
        assert!(said.code == 1 && said.said.contains("村情.xlsx!Sheet1!C3"), "{}", said.said);
        rows[2][2] = "18";
        rows[3][1] = "3000";
        site.write(path, workbook(&rows));
        let said = run();
        assert!(said.code == 0 && said.said.contains("table-total-differs"), "{}", said.said);
        site.write(path, right);
    }
    // A draft is hidden, and what is pinned leads.
    let news = site.read(NEWS);
    site.write(NEWS, news.replacen("标签", "草稿 = true\n标签", 1));
    site.build_well();
    assert!(!site.read("public/news/index.html").contains("示例村开展主题党日活动"));
    site.write(NEWS, news.replacen("标签", "置顶 = true\n标签", 1));
    site.build_well();
    let home = site.read("public/index.html");
    assert!(home.find("示例村开展主题党日活动").unwrap() < home.find("党员义务清河").unwrap());
    let offline = yicun(site.root(), &["build", "--root", root, "--today", TODAY, "--offline"]);
    assert_eq!(offline.code, 0, "{}", offline.said);
    assert!(site.read("public/index.html").contains("href=\"news/dang-ri/index.html\""));
}
