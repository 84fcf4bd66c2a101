//! Pages that come a few at a time, at any date, with tags, relations and links, and pages that others see otherwise: a build that
//! asks only what they can change makes what a build from nothing makes. Sites are in one language, for only there is so little asked.
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]

mod common;

use common::dice::Dice;
use common::{Site, difference};
use std::path::Path;

const TAGS: [&str; 5] = ["党课", "志愿服务", "网格", "集体经济", "先锋"];
const ROUNDS: usize = 16;

/// A theme whose pages show no lists, or the built-in one, where some do.
fn start(theme: &str, dice: &mut Dice) -> Site {
    let site = Site::empty();
    let settings = "title = \"某镇党建\"\nbase_url = \"https://example.org/\"\npaginate_by = 3\n";
    site.write("site.toml", format!("theme = \"{theme}\"\n{settings}"));
    let plain = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/themes/yicun/themes/plain");
    for folder in ["", "templates", "words"].into_iter().filter(|_| theme == "plain") {
        for entry in std::fs::read_dir(plain.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let inside = path.strip_prefix(&plain).unwrap().to_str().unwrap().replace('\\', "/");
                site.write(&format!("themes/plain/{inside}"), std::fs::read(&path).unwrap());
            }
        }
    }
    for name in ["甲", "乙", "丙"] {
        site.write(
            &format!("content/villages/{name}.md"),
            format!("+++\ntitle = \"{name}村\"\n+++\n\n村。\n"),
        );
    }
    for number in 0..30 {
        write(&site, dice, number, 0);
    }
    site
}

/// Writes a page; what it says is thrown. `rare` says how often it does what changes more than itself: once in so many.
fn write(site: &Site, dice: &mut Dice, number: usize, rare: usize) -> String {
    let folder = dice.pick(&["news", "news", "news", "activities"]);
    let mut front = format!("title = \"第{number}次\"\n");
    let date = format!("2026-{:02}-{:02}", 1 + dice.below(10), 1 + dice.below(28));
    front.push_str(&format!("date = {date}\n"));
    let tags: Vec<&str> = TAGS.into_iter().filter(|_| dice.once_in(3)).collect();
    front.push_str(&format!("tags = {tags:?}\n"));
    if dice.once_in(3) {
        front.push_str(&format!("villages = [\"{}村\"]\n", dice.pick(&["甲", "乙", "丙"])));
    }
    let mut seldom = || rare > 0 && dice.once_in(rare);
    if seldom() {
        front.push_str(&format!("aliases = [\"old/{number}\"]\n"));
    }
    let draft = seldom();
    let new_tag = seldom();
    if draft {
        front.push_str("draft = true\n");
    }
    if new_tag {
        front = front.replace("tags = [", &format!("tags = [\"标签{number}\", ").replace(", ]", "]"));
    }
    let mut body = format!("第{number}次活动。{}\n\n## 一\n\n", dice.chinese(200));
    if rare > 0 && dice.once_in(3) {
        // Some are there, some come later, and most of these never.
        let other = dice.below(number + 3);
        let links = [
            format!("[又一次](/news/{other}/)"),
            format!("[又一次]({other}.md)"),
            format!("[[第{other}次]]"),
            format!("[又一次](@/news/{other}.md#一)"),
        ];
        body.push_str(&links[dice.below(links.len())]);
    }
    let path = format!("content/{folder}/{number}.md");
    site.write(&path, format!("+++\n{front}+++\n\n{body}\n"));
    path
}

/// Edits that others may see: a title, the first words, a description, who wrote it, a tag.
const EDITS: [(&str, &str); 6] = [
    ("title = \"", "title = \"新"),
    ("次活动。", "次活动，很多人来。"),
    ("date = ", "description = \"一句话\"\ndate = "),
    ("date = ", "author = \"通讯员\"\ndate = "),
    ("tags = [", "tags = [\"先锋\", "),
    ("村。", "村在山下。"),
];

/// Edits a page, and says how it was.
fn edit(site: &Site, dice: &mut Dice, number: usize) -> Option<(String, Vec<u8>)> {
    let (news, village) = (dice.below(number), dice.pick(&["甲", "乙", "丙"]));
    let path = match dice.pick(&["news", "news", "activities", "villages"]) {
        &"villages" => format!("content/villages/{village}.md"),
        folder => format!("content/{folder}/{news}.md"),
    };
    let before = site.sources().remove(&path)?;
    let (from, to) = dice.pick(&EDITS);
    // A key that is there twice is a fault.
    let text = String::from_utf8(before.clone()).unwrap();
    let key = to.split(" = ").next().filter(|key| *key != "tags" && *key != "title");
    if key.is_some_and(|key| text.contains(&format!("\n{key} = "))) {
        return None;
    }
    site.write(&path, text.replacen(from, to, 1));
    Some((path, before))
}

fn run(theme: &str, seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let site = start(theme, &mut dice);
    site.build_well();
    let (mut number, mut published) = (30, 0);
    let mut log: Vec<String> = Vec::new();
    let (mut unpublished, mut edited) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        if !dice.once_in(3) {
            for _ in 0..=dice.below(3) {
                unpublished.push(write(&site, &mut dice, number, 12));
                number += 1;
            }
        }
        if dice.once_in(2) {
            edited.extend(edit(&site, &mut dice, number));
        }
        if dice.once_in(3) {
            let path = format!("content/news/{}.md", dice.below(number));
            if let Some(text) = site.sources().get(&path) {
                site.write(&path, [text.as_slice(), "\n又一段。\n".as_bytes()].concat());
            }
        }
        log.push(format!("{round}: up to {number}"));
        let outcome = site.build();
        let fresh = Site::empty();
        for (path, bytes) in site.sources() {
            fresh.write(&path, bytes);
        }
        let clean = fresh.build();
        assert_eq!(outcome.problems, clean.problems, "{theme}, seed {seed}: {log:?}");
        assert_eq!(outcome.published, clean.published, "{theme}, seed {seed}: {log:?}");
        if outcome.published {
            published += 1;
            let wrong = difference(&site.published(), &fresh.published());
            assert!(wrong.is_empty(), "{theme}, seed {seed}: {log:?}\n{wrong:#?}");
            unpublished.clear();
            edited.clear();
        } else if dice.once_in(2) {
            // Where a link leads may never come, and what is called by its title is called so.
            for (path, before) in edited.drain(..).rev() {
                site.write(&path, before);
            }
            for path in unpublished.drain(..) {
                site.remove(&path);
            }
        }
    }
    published
}

#[test]
fn pages_that_come_to_a_plain_theme() {
    assert!((2..=3).map(|seed| run("plain", seed)).sum::<usize>() > ROUNDS / 2, "too few builds published");
}

#[test]
fn pages_that_come_to_the_theme_of_the_house() {
    assert!(
        (11..=12).map(|seed| run("hongqi", seed)).sum::<usize>() > ROUNDS / 2,
        "too few builds published"
    );
}
