//! A site to measure: pages of about 3 KB in four sections with three of 200 tags, and the theme that `benches/run` uses.
//! The same number of pages is the same site on every machine.
#![allow(clippy::disallowed_methods, reason = "a program that makes its own files")]

use crate::dice::Dice;
use std::fs;
use std::path::{Path, PathBuf};

const SECTIONS: [&str; 4] = ["news", "jing-yan", "gu-shi", "xue-xi"];
const WORDS: [&str; 20] = [
    "党建引领",
    "乡村振兴",
    "示范点",
    "支部书记",
    "村民小组",
    "主题党日",
    "集体经济",
    "沃柑产业",
    "红色文化",
    "服务群众",
    "网格治理",
    "走访慰问",
    "理论学习",
    "党员干部",
    "村规民约",
    "人居环境",
    "志愿服务",
    "基层治理",
    "民主协商",
    "谈心谈话",
];
const ENDINGS: [&str; 10] = ["动态", "经验", "成效", "活跃", "学习", "宣传", "帮扶", "讲堂", "故事", "园地"];

/// Writes the site with `pages` pages to `root`.
pub fn generate(root: &Path, pages: usize) -> PathBuf {
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/themes/yicun");
    for path in yicun::files::list(&theme).expect("the theme of the benchmarks") {
        copy(&theme.join(&path), &root.join(&path));
    }
    for section in SECTIONS {
        let text = format!(
            "+++\ntitle = \"{section}\"\nsort_by = \"date\"\norder = \"descending\"\npaginate_by = 20\n+++\n"
        );
        write(&root.join(format!("content/{section}/_index.md")), &text);
    }
    let mut dice = Dice::new(20_261_122);
    for number in 0..pages {
        let section = SECTIONS[number % SECTIONS.len()];
        write(&root.join(format!("content/{section}/p{number:06}.md")), &page(&mut dice, number));
    }
    root.to_owned()
}

fn page(dice: &mut Dice, number: usize) -> String {
    let day = format!("20{:02}-{:02}-{:02}", number % 26, number / 26 % 12 + 1, number / 312 % 28 + 1);
    let mut tags: Vec<String> =
        (0..3).map(|_| format!("\"{}{}\"", dice.pick(&WORDS), dice.pick(&ENDINGS))).collect();
    tags.dedup();
    let mut text = format!(
        "+++\ntitle = \"{}{number}\"\ndate = {day}\ntags = [{}]\n+++\n",
        dice.pick(&WORDS),
        tags.join(", ")
    );
    for heading in ["一", "二", "三"] {
        text += &format!("\n## {heading}、{}\n", dice.pick(&WORDS));
        for sentences in [6, 4] {
            text.push('\n');
            (0..sentences).for_each(|_| text += &sentence(dice));
            text.push('\n');
        }
    }
    text.push('\n');
    (0..4).for_each(|_| text += &format!("- {}\n", sentence(dice)));
    if number.is_multiple_of(4) {
        text += "\n| 项目 | 数量 |\n|---|--:|\n";
        (0..4).for_each(|_| text += &format!("| {} | {} |\n", dice.pick(&WORDS), dice.below(99)));
    }
    text
}

fn sentence(dice: &mut Dice) -> String {
    let words: Vec<&str> = (0..4 + dice.below(6)).map(|_| *dice.pick(&WORDS)).collect();
    let (before, after) = words.split_at(3);
    let strong = if dice.below(10) == 0 { "**" } else { "" };
    format!("{strong}{}{strong}，{}。", before.concat(), after.concat())
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for name in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").file_name()) {
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        write(to, &fs::read_to_string(from).expect("a text"));
    }
}
