//! Odd files by the hundred: they are built or explained, never a panic, never broken output.

use crate::common::dice::Dice;
use crate::common::{Site, photo};

const FILES: usize = 400;

/// One odd file; the dice decide in which way it is odd.
fn odd(dice: &mut Dice) -> Vec<u8> {
    let head = match dice.below(6) {
        0 => String::new(),
        1 => format!("+++\ntitle = \"{}\"\n+++\n", dice.chinese(5)),
        2 => format!("---\n标题: {}\n---\n", dice.chinese(5)),
        3 => "+++\n".to_owned(),
        4 => "---\n- a\n- {b: [\n---\n".to_owned(),
        _ => format!("+++\ntitle = \"{}\"\n[extra]\na = {{ b = [1, {{ c = 2 }}] }}\n+++\n", "长".repeat(300)),
    };
    let body: String = (0..dice.below(30)).map(|_| piece(dice)).collect();
    let text = head + &body;
    match dice.below(10) {
        0 => encoding_rs::GB18030.encode(&text).0.into_owned(),
        1 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        2 => [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        3 => text.replace('\n', "\r\n").into_bytes(),
        4 => format!("\u{FEFF}{text}").into_bytes(),
        5 => text.replace('。', "\0").into_bytes(),
        6 => {
            let mut bytes = text.into_bytes();
            for _ in 0..5 {
                let at = dice.below(bytes.len().max(1));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = dice.next() as u8;
                }
            }
            bytes
        }
        7 => {
            let mut bytes = text.into_bytes();
            bytes.truncate(dice.below(bytes.len() + 1));
            bytes
        }
        8 if dice.once_in(3) => {
            let count = dice.below(2000);
            dice.bytes(count)
        }
        _ => text.into_bytes(),
    }
}

/// A piece of Markdown as it never should be.
fn piece(dice: &mut Dice) -> String {
    const PIECES: &[&str] = &[
        "**村**和**万元**，**文字。**后\n",
        "```{gallery}\n",
        "```\n",
        "```{timeline}\nlimit = 3\n```\n",
        "> > > > > > > > 深\n",
        "[[",
        "]]",
        "[a](",
        "![](<",
        "](@/../../x.md)",
        "<div><p><table><script>",
        "<!-- ",
        "</div>\n",
        "{{ site.title }}{% raw %}",
        "| a | b |\n|--|--|\n| 1 |\n",
        "\u{FDD0}\u{FDD1}\u{E000}\u{F8FF}\u{202E}\u{200B}",
        "# 标题 {#a .b c=d}\n",
        "# 标题 {#a}\n",
        "[^1]: 注\n",
        "[^1][^2]",
        "    四格\n",
        "　　缩进\n",
        "1. 一\n   - 二\n      - 三\n",
        "&#0;&#x110000;&nbsp;&bad;",
        "\\",
        "~~~\n",
        "$5 和 $6\n",
        "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\n",
        "\n\n",
    ];
    match dice.below(4) {
        0 => {
            let count = dice.below(200);
            dice.chinese(count)
        }
        1 if dice.once_in(20) => "[".repeat(3000),
        1 if dice.once_in(20) => "> ".repeat(500),
        1 if dice.once_in(20) => "*_".repeat(2000),
        _ => (*dice.pick(PIECES)).to_owned(),
    }
}

#[test]
fn odd_files_are_built_or_explained() {
    let mut dice = Dice::new(20_261_122);
    let site = Site::village();
    let mut odd_files = Vec::new();
    for number in 0..FILES {
        let path = format!("content/topics/odd-{number}.md");
        site.write(&path, odd(&mut dice));
        odd_files.push(path);
    }
    // What was refused is taken out, round by round, until the rest builds: so both ends are seen.
    for round in 0..8 {
        let run = site.run(&[]);
        assert!(!run.said.contains("panicked"), "{}", run.said);
        assert!(run.code == 0 || run.code == 1, "code {}: {}", run.code, run.said);
        let outcome = site.build();
        assert_eq!(outcome.failure, None);
        if outcome.published {
            println!("{} of {FILES} odd files built after {round} rounds", odd_files.len());
            assert!(odd_files.len() > FILES / 10, "too few odd files build: {}", odd_files.len());
            check_output(&site);
            return;
        }
        let before = odd_files.len();
        odd_files.retain(|path| {
            let bad = outcome
                .problems
                .iter()
                .any(|problem| problem.place.as_ref().is_some_and(|place| place.file == *path));
            if bad {
                site.remove(path);
            }
            !bad
        });
        assert!(odd_files.len() < before, "refused without naming a file: {:#?}", outcome.problems);
    }
    panic!("the rest of the odd files never builds");
}

/// The pages are UTF-8, hold no marker of ours and no code.
fn check_output(site: &Site) {
    for (path, bytes) in site.published() {
        if path.ends_with(".html") || path.ends_with(".xml") {
            let text = String::from_utf8(bytes).unwrap_or_else(|_| panic!("{path} is not UTF-8"));
            assert!(!text.contains(['\u{FDD0}', '\u{FDD1}']), "{path} holds a root marker");
            if path.ends_with(".html") {
                let tags = crate::common::markup::tags(&text);
                assert_eq!(crate::common::markup::inline_code(&tags), Vec::<String>::new(), "{path}");
            }
        }
    }
}

#[test]
fn damaged_photos_are_built_or_explained() {
    let mut dice = Dice::new(7);
    let site = Site::village();
    site.write("content/albums/huai/index.md", "+++\ntitle = \"坏照片\"\ndate = 2026-09-01\n+++\n");
    let whole = photo::jpeg_with_gps(160, 120, 5);
    for number in 0..40 {
        let mut bytes = whole.clone();
        for _ in 0..=dice.below(20) {
            let at = dice.below(bytes.len());
            bytes[at] = dice.next() as u8;
        }
        if dice.once_in(3) {
            bytes.truncate(dice.below(bytes.len()));
        }
        site.write(&format!("content/albums/huai/{number:02}.jpg"), bytes);
    }
    let run = site.run(&[]);
    assert!(run.code == 0 || run.code == 1, "code {}: {}", run.code, run.said);
    assert!(!run.said.contains("panicked"), "{}", run.said);
}

/// However the characters are written that stand in contexts for addresses, colours and codes, they stay text.
#[test]
fn nobody_can_write_what_stands_for_an_address() {
    let site = Site::village();
    site.write(
        "content/news/biao-ji.md",
        "+++\ntitle = \"甲\\uFDD3乙\\uFDD3丙\\U0000FDD0丁\"\ndate = 2026-11-01\n+++\n\n戊&#xFDD1;己 &#64979;庚&#64979; \
         [辛](https://a.example/&#xFDD0;b) `&#xFDD3;` <b title=\"&#xFDD3;\">壬&#xFDD0;</b>\n\n## 癸&#xFDD3;子&#xFDD3;\n",
    );
    site.write(
        "content/news/yaml.md",
        "---\ntitle: \"丑\\uFDD3寅\\uFDD3\"\ndate: 2026-11-02\n---\n\n卯\u{FDD3}辰\u{FDD3}\n",
    );
    site.build_well();
    // The code of its own address stands on every page.
    let codes = |html: &str| html.matches("class=\"qr\"").count();
    let own = codes(&site.read("public/news/zhu-ti-dang-ri/index.html"));
    for page in ["public/news/biao-ji/index.html", "public/news/yaml/index.html"] {
        let html = site.read(page);
        assert_eq!(codes(&html), own, "{page} has codes that nobody asked for");
        assert!(!html.contains(|c| matches!(c, '\u{FDD0}'..='\u{FDD3}')), "{page}");
    }
    let html = site.read("public/news/biao-ji/index.html");
    for text in ["甲\u{FFFD}乙\u{FFFD}丙\u{FFFD}丁", "戊\u{FFFD}己", "\u{FFFD}庚\u{FFFD}", "壬\u{FFFD}"]
    {
        assert!(html.contains(text), "{text} is not in {html}");
    }
}
