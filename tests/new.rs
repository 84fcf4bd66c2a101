//! `yicun new`: a page of every kind into a real site, which then builds; nothing is ever overwritten.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::{Site, yicun};

const KINDS: [&str; 12] = [
    "示范村",
    "党建品牌",
    "重点项目",
    "工作动态",
    "图集",
    "党组织",
    "活动",
    "报告",
    "公示",
    "指标",
    "专题",
    "页面",
];

fn new(site: &Site, arguments: &[&str]) -> common::Run {
    let all: Vec<&str> = ["new", "--today", "2026-11-22"].iter().chain(arguments).copied().collect();
    yicun(site.root(), &all)
}

#[test]
fn a_page_of_every_kind_builds() {
    let site = Site::village();
    for kind in KINDS {
        let run = new(&site, &["--lang", "zh", kind, "头一个"]);
        assert_eq!(run.code, 0, "{kind}: {}", run.said);
        assert!(run.said.contains("✓ 已新建 content/"), "{}", run.said);
    }
    let outcome = site.build_well();
    assert!(
        // The site's one photo has no words; nothing is said of the new pages.
        outcome
            .problems
            .iter()
            .all(|problem| ["profile-incomplete", "photo-alt-missing"].contains(&&*problem.code)),
        "{:#?}",
        outcome.problems
    );
    let published = site.published();
    for path in ["news/tou-yi-ge/index.html", "villages/tou-yi-ge/index.html", "albums/tou-yi-ge/index.html"]
    {
        assert!(published.contains_key(path), "{path}");
    }
}

#[test]
fn nothing_is_overwritten() {
    let site = Site::village();
    assert_eq!(new(&site, &["news", "党课"]).code, 0);
    let before = site.sources();
    // The same name, the same name on another day, one in a folder of its own, and a page that was there before.
    for arguments in [
        &["news", "党课"][..],
        &["news", "党课", "--date", "2025-01-01"],
        &["news", "党课", "--folder"],
        &["news", "主题党日"],
    ] {
        let run = new(&site, &[&["--lang", "en"], arguments].concat());
        assert_eq!(run.code, 1, "{}", run.said);
        assert!(run.said.contains("is there already"), "{}", run.said);
    }
    assert_eq!(site.sources(), before);
    assert_eq!(new(&site, &["news", "党课", "--slug", "dang-ke-2"]).code, 0);
    assert_eq!(new(&site, &["news", "一", "--print"]).code, 0);
    assert_eq!(site.sources().len(), before.len() + 1);
}

#[test]
fn slips_are_told() {
    let site = Site::village();
    for (arguments, code, words) in [
        (&["工作动太", "x"][..], 2, "工作动态"),
        (&["news", " "], 2, "标题"),
        (&["news", "x", "--section", "../.."], 2, "../.."),
        (&["news", "x", "--language", "en"], 2, "[languages.en]"),
        (&["village", "新圩村"], 0, "多音字"),
        (&["village", "重庆新村"], 0, "已新建"),
    ] {
        let run = new(&site, &[&["--lang", "zh"], arguments].concat());
        assert_eq!(run.code, code, "{arguments:?}: {}", run.said);
        assert!(run.said.contains(words), "{arguments:?}: {}", run.said);
    }
    assert!(!new(&site, &["--lang", "zh", "village", "厦门村"]).said.contains("多音字"));
}

#[test]
fn a_kind_of_the_sites_own_is_known() {
    let site = Site::village();
    site.write("kinds/craft.toml", "zh = \"非遗项目\"\nen = \"Craft\"\nfolder = \"crafts\"\n[fields]\nlevel = { zh = \"级别\", en = \"Level\", required = true }\n");
    let run = new(&site, &["非遗项目", "面食"]);
    assert_eq!(run.code, 0, "{}", run.said);
    assert!(site.read("content/crafts/mian-shi.md").contains("级别 = \"\""));
}

#[test]
fn what_is_there_is_seen() {
    let site = Site::village();
    site.write("content/news/a.md", "+++\ntitle = \"甲\"\nslug = \"dang-ke\"\n+++\n");
    site.write("content/villages/长岭村/1.jpg", "not a page");
    // Another name, but the slug is the page's own.
    let run = new(&site, &["--lang", "zh", "news", "党课"]);
    assert_eq!(run.code, 1, "{}", run.said);
    assert!(run.said.contains("content/news/a.md"), "{}", run.said);
    // Photos wait for their page.
    let run = new(&site, &["--lang", "zh", "village", "长岭村"]);
    assert!(run.said.contains("已新建 content/villages/长岭村/index.md"), "{}", run.said);
    // Relations are explained with what can be named.
    assert_eq!(new(&site, &["news", "乙"]).code, 0);
    assert!(site.read("content/news/20261122-yi.md").contains("写示范村的标题；如："));
}

#[test]
fn a_translation_stands_beside_its_page() {
    let site = Site::village();
    let settings = site.read("site.toml");
    site.write("site.toml", format!("{settings}\n[languages.en]\ntitle = \"Town\"\n"));
    site.write("content/news/2026-03-01-党课.md", "+++\ntitle = \"党课\"\n+++\n");
    let english = ["news", "A class", "--language", "en", "--slug", "dang-ke"];
    let run = new(&site, &english);
    assert_eq!(run.code, 0, "{}", run.said);
    assert!(site.read("content/news/2026-03-01-党课.en.md").contains("title = \"A class\""));
    assert_eq!(new(&site, &english).code, 1);
}
