//! The preview's short way: where the model and the plan are shared with those before, every output and every problem is the
//! same as in a site that is read from nothing.
//!
//! `YICUN_AGAIN_ROUNDS` sets how many edits each seed takes, `YICUN_AGAIN_SEED` runs one seed alone.
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
use common::preview::request;
use common::{Site, Tree, photo};
use edits::{EDITS, Edit};
use std::sync::mpsc::channel;
use yicun::build::live::{Answer, Changed, Fresh, Live, Stage};
use yicun::messages;
use yicun::problem::{Level, Problem};

const ROUNDS: usize = 40;
const SEEDS: u64 = 2;

/// A village with enough news for several sheets.
fn start() -> Site {
    let site = Site::village();
    site.write(
        "site.toml",
        format!("paginate_by = 3\n{}[languages.en]\ntitle = \"Town\"\n", common::village::CONFIG),
    );
    for number in 1..=8 {
        site.write(
            &format!("content/news/jian-xun-{number}.md"),
            news(&format!("简讯{number}"), number, "一条。"),
        );
    }
    site.write("content/albums/shu-zhuang/index.md", "+++\ntitle = \"梳妆\"\ndate = 2026-09-01\n+++\n")
        .write("content/albums/shu-zhuang/a.jpg", photo::jpeg(400, 300, 2));
    site
}

fn news(title: &str, day: usize, body: &str) -> String {
    format!("+++\ntitle = \"{title}\"\ndate = 2026-10-{day:02}\ntags = [\"简讯\"]\n+++\n\n{body}\n")
}

/// All that a stage answers but the copies of photos.
fn outputs(stage: &Stage) -> Tree {
    let paths = stage.paths().into_iter();
    let (sender, answers) = channel();
    let mut asked = 0;
    let mut tree = Tree::new();
    for path in paths {
        if path.starts_with("photos/") {
            tree.insert(path, Vec::new());
            continue;
        }
        let sender = sender.clone();
        let name = path.clone();
        asked += 1;
        stage.file(path, move |answer| {
            let bytes = match answer {
                Answer::File(_, bytes) => bytes,
                other => format!("{other:?}").into_bytes(),
            };
            _ = sender.send((name, bytes));
        });
    }
    tree.extend(answers.iter().take(asked));
    tree
}

/// What is compared of a stage.
fn shown(fresh: &Fresh) -> (Tree, Vec<Problem>, Vec<String>, Option<String>) {
    let marks = fresh.stage.marks().iter().map(|mark| format!("{mark:?}")).collect();
    let next = fresh.next_change.map(|day| day.to_string());
    (outputs(&fresh.stage), fresh.problems.clone(), marks, next)
}

fn refresh(live: &mut Live, site: &Site) -> Fresh {
    live.refresh(&request(site.root()), &Changed::All).unwrap().expect("something changed")
}

fn from_nothing(site: &Site) -> Fresh {
    refresh(&mut Live::open(&request(site.root())), site)
}

/// Fails where the stage is not that of a site read from nothing. While something is wrong last good states differ.
fn same_as_from_nothing(fresh: &Fresh, site: &Site, deed: &str) {
    let clean = from_nothing(site);
    if clean.problems.iter().any(|problem| messages::level(problem) == Level::Error) {
        return;
    }
    let (is, wanted) = (shown(fresh), shown(&clean));
    let differing = common::difference(&is.0, &wanted.0);
    assert!(differing.is_empty(), "after {deed} (short way: {}): {differing:#?}", fresh.shared);
    assert_eq!((is.1, is.2, is.3), (wanted.1, wanted.2, wanted.3), "after {deed}");
}

#[test]
fn after_any_edit_all_is_as_from_nothing() {
    let often = ["a body", "a title", "in place"];
    let all = edits(|_| true).chain(std::iter::repeat_n((), 6).flat_map(|()| edits(named(&often))));
    after_random_edits(start, &all.collect::<Vec<_>>());
}

/// In one language and with nothing wrong between pages, so that pages may come and go the short way.
#[test]
fn after_pages_came_and_went_all_is_as_from_nothing() {
    let one_language = || {
        let site = start();
        site.write("site.toml", format!("paginate_by = 3\n{}", common::village::CONFIG));
        site
    };
    let kinds = [
        "a body",
        "a title",
        "a date",
        "add a page",
        "delete",
        "rename a page",
        "draft",
        "tags",
        "relation",
        "alias",
        "slug",
        "in place",
        "touch",
        "table",
        "notice",
        "milestones",
        "project",
        "add a photo",
        "say more",
        "folder of its own",
        "replace a photo",
        "delete a photo",
    ];
    let often = ["a date", "add a page", "tags"];
    let all: Vec<_> = edits(named(&kinds)).chain(edits(named(&often))).chain(edits(named(&often))).collect();
    after_random_edits(one_language, &all);
}

fn named(names: &[&str]) -> impl Fn(&str) -> bool {
    move |name| names.iter().any(|part| name.contains(part))
}

fn edits(wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = &'static (&'static str, Edit)> {
    EDITS.iter().filter(move |(name, _)| wanted(name))
}

fn after_random_edits(start: impl Fn() -> Site, all: &[&(&str, Edit)]) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let rounds = number("YICUN_AGAIN_ROUNDS").map_or(ROUNDS, |rounds| rounds as usize);
    let seeds = number("YICUN_AGAIN_SEED").map_or_else(|| (1..=SEEDS).collect(), |seed| vec![seed]);
    for seed in seeds {
        let (site, mut dice) = (start(), Dice::new(seed));
        let mut live = Live::open(&request(site.root()));
        refresh(&mut live, &site);
        let (mut short, mut long) = (0, 0);
        for round in 0..rounds {
            let (name, edit) = dice.pick(all);
            let before = files(&site);
            let Some(what) = edit(&site, &mut dice) else { continue };
            let deed = format!("seed {seed}, round {round}: {name} ({what})");
            // Sometimes one knows what changed, sometimes not.
            let changed = if dice.once_in(3) { Changed::All } else { heard(&site, &before) };
            let Some(fresh) = live.refresh(&request(site.root()), &changed).unwrap() else { continue };
            *(if fresh.shared { &mut short } else { &mut long }) += 1;
            same_as_from_nothing(&fresh, &site, &deed);
        }
        println!("seed {seed}: {short} times the short way, {long} times the long one");
        assert!(short > 0 && long > 0, "both ways are tried: {short}, {long}");
    }
}

/// The files of a site, without those of the program.
fn files(site: &Site) -> Tree {
    let mut tree = common::tree(site.root());
    tree.retain(|path, _| !path.starts_with(".yicun") && !path.starts_with("public"));
    tree
}

/// What the system tells of when the files were those of `before`: of folders that are new or gone it names no file.
fn heard(site: &Site, before: &Tree) -> Changed {
    let root = site.root().canonicalize().unwrap();
    let after = files(site);
    let folder = |tree: &Tree, path: &str| tree.keys().any(|file| file.starts_with(&format!("{path}/")));
    let told = |path: &str| {
        let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let one_sided = folders.find(|inside| folder(before, inside) != folder(&after, inside));
        root.join(one_sided.unwrap_or(path))
    };
    let all = before.keys().chain(after.keys());
    let paths = all.filter(|path| before.get(*path) != after.get(*path)).map(|path| told(path));
    Changed::Paths { paths: paths.collect(), last: true }
}

/// Edits of one page, whether each may take the short way.
#[test]
fn what_others_ask_of_a_page_takes_the_long_way() {
    let site = start();
    site.write(
        "content/news/asks.md",
        news("问", 9, "见[[被问]]、[第一节](jian-xun-2.md#第一节)、[文件](jian-xun-3.md)。"),
    );
    site.write("content/news/jian-xun-1.md", news("被问", 1, "一条。"));
    site.write("content/news/jian-xun-2.md", news("简讯2", 2, "## 第一节\n\n一条。"));
    // Stamps of just now are not trusted: whoever bears one is read again, the long way.
    std::thread::sleep(std::time::Duration::from_millis(60));
    let mut live = Live::open(&request(site.root()));
    let first = refresh(&mut live, &site);
    assert_eq!(first.problems.iter().filter(|problem| messages::level(problem) == Level::Error).count(), 0);
    let mut after = |path: &str, text: String, shared: bool| {
        site.write(path, &text);
        let fresh = refresh(&mut live, &site);
        same_as_from_nothing(&fresh, &site, &text);
        assert_eq!(fresh.shared, shared, "{text}");
        fresh.problems
    };
    let told = |problems: Vec<Problem>, code: &str| problems.iter().any(|problem| problem.code == code);
    after("content/news/jian-xun-4.md", news("新的标题", 4, "另一条。"), true);
    after("content/news/jian-xun-4.md", news("新的标题", 4, "见[文件](jian-xun-3.md)，[[简讯5]]。"), true);
    after("content/news/jian-xun-3.md", news("简讯3", 3, "## 没人问的一节\n"), true);
    // Its title is asked for now.
    after("content/news/jian-xun-5.md", news("简讯五", 5, "一条。"), false);
    after("content/news/jian-xun-5.md", news("简讯5", 5, "一条。"), false);
    let problems = after("content/news/jian-xun-1.md", news("不再被问", 1, "一条。"), false);
    assert!(told(problems, "link-broken"));
    // Called as another was: the link is whole again.
    let problems = after("content/news/jian-xun-6.md", news("被问", 6, "一条。"), false);
    assert!(!told(problems, "link-broken"));
    let problems = after("content/news/jian-xun-2.md", news("简讯2", 2, "一条。"), false);
    assert!(told(problems, "anchor-missing"));
    after("content/news/jian-xun-2.md", news("简讯2", 2, "## 第一节\n\n一条。"), false);
    // Something is wrong between pages while the anchor is missing; now all is well again.
    after("content/news/jian-xun-7.md", news("简讯7", 17, "一条。"), true);
    after("content/news/jian-xun-7.md", news("简讯7", 17, "两条。"), true);
    // A picture that no page has shown is a new output, and the model may be shared all the same.
    after("content/news/jian-xun-7.md", news("简讯7", 17, "![村口](../albums/shu-zhuang/a.jpg)"), true);
}

/// Pages that come, go, or stand elsewhere in lists, and rows of tables.
#[test]
fn pages_that_nobody_asks_for_come_and_go_the_short_way() {
    let site = start();
    site.write("site.toml", format!("paginate_by = 3\n{}", common::village::CONFIG));
    site.write(
        "content/news/asks.md",
        news("问", 9, "见[五](jian-xun-5.md)、[六](/news/jian-xun-6/)、[[简讯7]]。"),
    );
    site.write("content/indicators/bench.csv", "指标,数值\n甲,1次\n乙,2次\n");
    std::thread::sleep(std::time::Duration::from_millis(60));
    let mut live = Live::open(&request(site.root()));
    let first = refresh(&mut live, &site);
    assert_eq!(first.problems.iter().filter(|problem| messages::level(problem) == Level::Error).count(), 0);
    let mut after = |deed: &str, edit: &dyn Fn(&Site), shared: bool| {
        edit(&site);
        let fresh = refresh(&mut live, &site);
        same_as_from_nothing(&fresh, &site, deed);
        assert_eq!(fresh.shared, shared, "{deed}");
    };
    let write = |path: &'static str, text: String| move |site: &Site| _ = site.write(path, &text);
    let remove = |path: &'static str| move |site: &Site| _ = site.remove(path);
    after("a new page", &write("content/news/new.md", news("新", 20, "一条。")), true);
    after("a new tag", &write("content/news/new.md", news("新", 20, "一条。").replace("简讯", "头条")), true);
    after("another date", &write("content/news/new.md", news("新", 2, "一条。")), true);
    after(
        "another address",
        &write("content/news/new.md", news("新", 2, "一条。").replace("date", "slug = \"x\"\ndate")),
        true,
    );
    after("it is gone", &remove("content/news/new.md"), true);
    after("another is gone", &remove("content/news/jian-xun-1.md"), true);
    after(
        "a row",
        &write("content/indicators/bench.csv", "指标,数值\n甲,1次\n乙,3次\n丙,4次\n".into()),
        true,
    );
    after("fewer rows", &write("content/indicators/bench.csv", "指标,数值\n丙,4次\n".into()), true);
    after(
        "a page with words",
        &write("content/news/jian-xun-2.md", news("简讯2", 5, "见[三](jian-xun-3.md)。")),
        true,
    );
    // Asked for by its file, by its address, by its title; and as another page's neighbour in a folder of its own.
    after("asked for just now", &remove("content/news/jian-xun-3.md"), false);
    after("it comes back", &write("content/news/jian-xun-3.md", news("简讯3", 3, "一条。")), false);
    after("asked for by its file", &remove("content/news/jian-xun-5.md"), false);
    after("it comes back", &write("content/news/jian-xun-5.md", news("简讯5", 5, "一条。")), false);
    after("asked for by its address", &remove("content/news/jian-xun-6.md"), false);
    after("it comes back", &write("content/news/jian-xun-6.md", news("简讯6", 6, "一条。")), false);
    after("asked for by its title", &remove("content/news/jian-xun-7.md"), false);
    after("it comes back", &write("content/news/jian-xun-7.md", news("简讯7", 7, "一条。")), false);
    after("the first of a section", &write("content/reports/a.md", news("报告", 7, "一条。")), false);
    after("the last of a section", &remove("content/reports/a.md"), false);
    after("a folder of its own", &write("content/news/own/index.md", news("夹", 7, "一条。")), true);
    after(
        "one address for two",
        &write("content/news/twice.md", news("重", 7, "。").replace("date", "slug = \"jian-xun-4\"\ndate")),
        false,
    );
    after("and no more", &remove("content/news/twice.md"), false);
}

/// Sections, aliases, and pages of a site in two languages.
#[test]
fn sections_aliases_and_translations_take_the_short_way() {
    let site = start();
    let section = |words: &str, title: &str| format!("+++\ntitle = \"{title}\"\n{words}+++\n\n按语。\n");
    site.write("content/news/_index.md", section("", "动态"));
    site.write("content/news/_index.en.md", section("", "News"));
    site.write("content/news/jian-xun-1.en.md", news("One", 1, "Some."));
    site.write("content/news/own.md", news("自己的", 2, "一条。").replace("date", "slug = \"zi-ji\"\ndate"));
    site.write("content/news/asks.md", news("问", 9, "见[二](jian-xun-2.md)、[旧](/asked/)。"));
    site.write(
        "content/news/old.md",
        news("旧", 2, "一条。").replace("date", "aliases = [\"/asked/\"]\ndate"),
    );
    std::thread::sleep(std::time::Duration::from_millis(60));
    let mut live = Live::open(&request(site.root()));
    let first = refresh(&mut live, &site);
    let wrong = first.problems.iter().filter(|problem| messages::level(problem) == Level::Error);
    assert_eq!(wrong.count(), 0, "{:#?}", first.problems);
    let mut after = |path: &str, text: Option<String>, shared: bool| {
        match &text {
            Some(text) => _ = site.write(path, text),
            None => _ = site.remove(path),
        }
        let fresh = refresh(&mut live, &site);
        let deed = format!("{path}: {text:?}");
        same_as_from_nothing(&fresh, &site, &deed);
        assert_eq!(fresh.shared, shared, "{deed}");
    };
    let index = "content/news/_index.md";
    after(index, Some(section("", "新闻")), true);
    after(index, Some(section("weight = 3\n", "新闻")), true);
    after(index, Some(section("sort_by = \"title\"\n", "新闻")), true);
    after(index, Some(section("paginate_by = 2\n", "新闻")), true);
    after(index, Some(section("", "新闻") + "\n![村口](../albums/shu-zhuang/a.jpg)\n"), true);
    after(index, Some(section("", "新闻") + "\n![缺](none.jpg)\n"), false);
    after(index, Some(section("", "新闻")), false);
    after(index, Some(section("slug = \"x\"\n", "新闻")), false);
    after(index, Some(section("", "新闻")), false);
    after(index, Some(section("draft = true\n", "新闻")), true);
    after("content/news/_index.en.md", Some(section("sort_by = \"title\"\n", "What is new")), true);
    after("content/news/_index.en.md", None, false);
    after("content/news/_index.en.md", Some(section("", "News")), false);
    let old = |alias: &str, number: usize| {
        news(&format!("简讯{number}"), number, "一条。")
            .replace("date", &format!("aliases = [{alias}]\ndate"))
    };
    after("content/news/jian-xun-4.md", Some(old("\"/a/\"", 4)), true);
    after("content/news/jian-xun-4.md", Some(old("\"/b/\", \"/c/\"", 4)), true);
    // Where another alias leads on: the plan is made anew, the model is shared all the same.
    after("content/news/jian-xun-5.md", Some(old("\"/c/\"", 5)), true);
    after("content/news/jian-xun-5.md", Some(old("\"/d/\"", 5)), true);
    after("content/news/jian-xun-4.md", None, true);
    after("content/news/old.md", Some(news("旧", 2, "一条。")), false);
    after("content/news/old.md", Some(old("\"/asked/\"", 2)), false);
    let english = |number: usize| format!("content/news/jian-xun-{number}.en.md");
    after(&english(3), Some(news("Three", 3, "Some.")), true);
    after(&english(3), None, true);
    after("content/news/jian-xun-3.md", None, true);
    after(&english(3), Some(news("Three", 3, "Some.")), true);
    after("content/news/jian-xun-3.md", Some(news("简讯3", 3, "一条。")), true);
    // Who follows a link to the original finds the translation.
    after(&english(2), Some(news("Two", 2, "Some.")), false);
    after("content/news/own.en.md", Some(news("Own", 2, "Some.")), true);
    after("content/news/own.md", None, false);
    after("content/news/own.md", Some(news("自己的", 2, "一条。")), true);
}

/// Folders with pictures, attachments and tables, and single files in them.
#[test]
fn pages_with_pictures_come_and_go_the_short_way() {
    let site = start();
    let page =
        |title: &str, words: &str| format!("+++\ntitle = \"{title}\"\ndate = 2026-10-12\n+++\n\n{words}\n");
    let photo = |seed: u32| photo::jpeg(60 + seed, 40, 2);
    let shows = |name: &str| page("带图", &format!("![村口]({name})\n\n[附件](a.pdf)"));
    site.write("content/news/b/index.md", shows("b.jpg"))
        .write("content/news/b/b.jpg", photo(1))
        .write("content/news/b/a.pdf", "%PDF-1.4 b")
        .write("content/news/asks.md", page("看", "![村口](b/b.jpg)"));
    std::thread::sleep(std::time::Duration::from_millis(60));
    let mut live = Live::open(&request(site.root()));
    let first = refresh(&mut live, &site);
    let wrong = first.problems.iter().filter(|problem| messages::level(problem) == Level::Error);
    assert_eq!(wrong.count(), 0, "{:#?}", first.problems);
    let mut after = |deed: &str, edit: &dyn Fn(), shared: bool| {
        edit();
        let fresh = refresh(&mut live, &site);
        same_as_from_nothing(&fresh, &site, deed);
        assert_eq!(fresh.shared, shared, "{deed}");
    };
    let write = |path: &str, bytes: Vec<u8>| _ = site.write(path, bytes);
    let folder = |name: &str, seed: u32| {
        write(&format!("content/news/{name}/a.jpg"), photo(seed));
        write(&format!("content/news/{name}/a.pdf"), b"%PDF-1.4 a".to_vec());
        write(&format!("content/news/{name}/index.md"), shows("a.jpg").into());
    };
    let at = |path: &str| site.root().join(path);
    after("a folder that stands before all others", &|| folder("a", 2), true);
    after("one with the same photo", &|| folder("c", 2), true);
    after("another photo", &|| write("content/news/a/a.jpg", photo(3)), true);
    after("another attachment", &|| write("content/news/a/a.pdf", b"%PDF-1.4 other".to_vec()), true);
    after("a photo that nobody shows", &|| write("content/news/a/b.jpg", photo(4)), true);
    after("it is shown", &|| write("content/news/a/index.md", shows("b.jpg").into()), true);
    after("the other is gone", &|| std::fs::remove_file(at("content/news/a/a.jpg")).unwrap(), true);
    after("one that is shown is gone", &|| std::fs::remove_file(at("content/news/a/b.jpg")).unwrap(), false);
    after("it comes back", &|| write("content/news/a/b.jpg", photo(4)), false);
    after("no photo", &|| write("content/news/a/b.jpg", b"no photo".to_vec()), false);
    after("it is well", &|| write("content/news/a/b.jpg", photo(5)), false);
    after("what another shows is another", &|| write("content/news/b/b.jpg", photo(6)), true);
    after(
        "a folder is renamed",
        &|| std::fs::rename(at("content/news/a"), at("content/news/d")).unwrap(),
        true,
    );
    after("a folder is gone", &|| std::fs::remove_dir_all(at("content/news/d")).unwrap(), true);
    after("only its page", &|| std::fs::remove_file(at("content/news/c/index.md")).unwrap(), true);
    after("it comes back", &|| write("content/news/c/index.md", shows("a.jpg").into()), true);
    after(
        "captions",
        &|| write("content/albums/shu-zhuang/photos.toml", b"cover = \"a.jpg\"\n".to_vec()),
        false,
    );
    after("a photo of an album", &|| write("content/albums/shu-zhuang/b.jpg", photo(7)), false);
    after(
        "a folder in which another asks",
        &|| std::fs::remove_dir_all(at("content/news/b")).unwrap(),
        false,
    );
}
