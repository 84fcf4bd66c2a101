//! Names and words that are not read character by character, and characters about whose reading one may doubt.
//!
//! In comes text, out come its pieces: a known name or word with its reading, or one character. The longest word at a
//! place wins, and the one further left.

use super::words::{NAMES, NO_ROOT, NO_TITLE, SEVERAL, WHOLE, WORDS};
use pinyin::ToPinyin;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Words by their first character, with their readings: this is asked for every character of every
/// name.
static KNOWN: LazyLock<HashMap<char, Vec<(String, String)>>> = LazyLock::new(|| {
    let mut known: HashMap<char, Vec<(String, String)>> = HashMap::new();
    for (word, reading) in all() {
        if let Some(first) = word.chars().next() {
            known.entry(first).or_default().push((word, reading));
        }
    }
    known
});

/// Every name and word with its reading, as the tables give them.
fn all() -> impl Iterator<Item = (String, String)> {
    let names = NAMES.iter().map(|(word, reading)| ((*word).to_owned(), (*reading).to_owned()));
    let one = |word: String, special: char, reading: &str| {
        let syllables = word.chars().map(|character| {
            if character == special { reading.to_owned() } else { usual(character).unwrap_or_default() }
        });
        let reading = syllables.collect::<Vec<_>>().join("-");
        (word, reading)
    };
    let words = WORDS.iter().flat_map(move |(special, reading, words)| {
        words.split_whitespace().map(move |word| one(word.to_owned(), *special, reading))
    });
    let between = |(before, after): (&'static str, &'static str), middle: char| {
        before.chars().flat_map(move |first| after.chars().map(move |last| format!("{first}{middle}{last}")))
    };
    let whole = WHOLE.split_whitespace().map(str::to_owned);
    let whole = whole.map(move |word| one(word, '\0', ""));
    let no_title = between(NO_TITLE, '长').map(move |word| one(word, '长', "chang"));
    let no_root = between(NO_ROOT, '参').map(move |word| one(word, '参', "can"));
    names.chain(words).chain(whole).chain(no_title).chain(no_root)
}

/// How a character is read where nothing else is known; without tones, ü as in passports and input methods.
pub(super) fn usual(character: char) -> Option<String> {
    character.to_pinyin().map(|reading| reading.plain().replace('ü', "v"))
}

/// A piece of a name.
pub(super) enum Piece {
    /// A known name or word: its reading, with hyphens between syllables.
    Known(&'static str),
    /// One character.
    One(char),
}

/// The text cut into known words and single characters.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let words = KNOWN.get(&first).map(Vec::as_slice).unwrap_or_default();
        let length = match words
            .iter()
            .filter(|(word, _)| rest.starts_with(word))
            .max_by_key(|(word, _)| word.len())
        {
            Some((word, reading)) => {
                pieces.push(Piece::Known(reading));
                word.len()
            }
            None => {
                pieces.push(Piece::One(first));
                first.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    pieces
}

/// A character that may have been read wrongly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The character.
    pub character: char,
    /// How it was read.
    pub chosen: String,
    /// How else it may be read.
    pub others: Vec<&'static str>,
}

/// Characters of a name whose reading is a guess: those with several readings outside of known names and words.
pub fn doubts(name: &str) -> Vec<Doubt> {
    let mut found: Vec<Doubt> = Vec::new();
    for piece in pieces(name) {
        let Piece::One(character) = piece else { continue };
        let Some((_, readings)) = SEVERAL.iter().find(|(other, _)| *other == character) else { continue };
        let Some(chosen) = usual(character) else { continue };
        if found.iter().all(|doubt| doubt.character != character) {
            let others = readings.iter().copied().filter(|reading| *reading != chosen).collect();
            found.push(Doubt { character, chosen, others });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Slugs;
    use crate::slug::slug;
    use std::collections::BTreeMap;

    #[test]
    fn every_reading_has_a_syllable_a_character() {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for (han, reading) in all() {
            assert_eq!(han.chars().count(), reading.split('-').count(), "{han} {reading}");
            assert!(reading.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{han} {reading}");
            assert!(reading.split('-').all(|syllable| !syllable.is_empty()), "{han} {reading}");
            if let Some(before) = names.insert(han.clone(), reading.clone()) {
                assert_eq!(before, reading, "{han} has two readings");
            }
        }
    }

    #[test]
    fn doubtful_characters_are_read_in_one_of_the_ways_told() {
        for (character, readings) in SEVERAL {
            let usual = usual(*character).unwrap();
            assert!(readings.contains(&usual.as_str()), "{character} {usual}");
        }
    }

    #[test]
    fn names_and_words_are_read_as_such() {
        for (name, expected) in [
            ("重庆村长", "chong-qing-cun-zhang"),
            ("阿克苏", "a-ke-su"),
            ("绿水青山", "lv-shui-qing-shan"),
            ("六安市乐清市铅山县", "lu-an-shi-yue-qing-shi-yan-shan-xian"),
            ("长沙的校长", "chang-sha-de-xiao-zhang"),
            ("调研调解工作", "diao-yan-tiao-jie-gong-zuo"),
            ("音乐快乐", "yin-yue-kuai-le"),
            ("着力了解供给", "zhuo-li-liao-jie-gong-ji"),
            ("番茄基地", "fan-qie-ji-di"),
        ] {
            assert_eq!(slug(name, Slugs::Pinyin), expected);
        }
    }

    #[test]
    fn neighbours_are_not_taken_for_words() {
        for (name, expected) in [
            ("三百人参加大会", "san-bai-ren-can-jia-da-hui"),
            ("学校对口帮扶", "xue-xiao-dui-kou-bang-fu"),
            ("小学校长", "xiao-xue-xiao-zhang"),
            ("举行家长会", "ju-xing-jia-zhang-hui"),
            ("举行业务培训", "ju-xing-ye-wu-pei-xun"),
            ("注重建设", "zhu-zhong-jian-she"),
            ("周六安排", "zhou-liu-an-pai"),
            ("家家都安装", "jia-jia-dou-an-zhuang"),
            ("建立村长效机制", "jian-li-cun-chang-xiao-ji-zhi"),
            ("为了解决问题", "wei-le-jie-jue-wen-ti"),
            ("社会长治久安", "she-hui-chang-zhi-jiu-an"),
            ("责任清单县级", "ze-ren-qing-dan-xian-ji"),
            ("提供给村民", "ti-gong-gei-cun-min"),
            ("规模样板", "gui-mo-yang-ban"),
            ("建成长廊", "jian-cheng-chang-lang"),
            ("公园长跑", "gong-yuan-chang-pao"),
            ("村长者食堂", "cun-zhang-zhe-shi-tang"),
            ("文化率先", "wen-hua-shuai-xian"),
            ("各自传承", "ge-zi-chuan-cheng"),
        ] {
            assert_eq!(slug(name, Slugs::Pinyin), expected, "{name}");
        }
    }

    #[test]
    fn doubts_are_told_outside_of_known_words() {
        for known in ["重庆路", "战斗堡垒", "重点工作调度会", "增长率", "快乐成长", "党员干部率先垂范"]
        {
            assert_eq!(doubts(known), [], "{known}");
        }
        let doubt = &doubts("庆乐村")[0];
        assert_eq!(
            (doubt.character, doubt.chosen.as_str(), doubt.others.as_slice()),
            ('乐', "le", &["yue", "lao"][..])
        );
        assert_eq!(doubts("新圩村").len(), 1);
        assert_eq!(doubts("柏林村").len(), 1);
    }
}
