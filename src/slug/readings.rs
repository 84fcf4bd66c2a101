//! Readings that the character table gets wrong: place names and words, longest first; and characters about whose
//! reading one may doubt.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Names and words with their readings. Sources: 中华人民共和国行政区划 (place names), 现代汉语词典 (words).
#[rustfmt::skip]
const READINGS: [(&str, &str); 151] = [
    // Provinces, cities, counties, and names of townships' making.
    ("重庆", "chong-qing"), ("厦门", "xia-men"), ("六安", "lu-an"), ("六合", "lu-he"), ("番禺", "pan-yu"),
    ("长沙", "chang-sha"), ("长春", "chang-chun"), ("长治", "chang-zhi"), ("长安", "chang-an"),
    ("长乐", "chang-le"), ("长兴", "chang-xing"), ("长葛", "chang-ge"), ("长阳", "chang-yang"),
    ("长江", "chang-jiang"), ("长城", "chang-cheng"), ("长征", "chang-zheng"), ("长寿", "chang-shou"),
    ("重阳", "chong-yang"), ("乐清", "yue-qing"), ("乐亭", "lao-ting"), ("乐陵", "lao-ling"),
    ("乐业", "le-ye"), ("乐山", "le-shan"), ("乐昌", "le-chang"), ("乐平", "le-ping"),
    ("铅山", "yan-shan"), ("台州", "tai-zhou"), ("丽水", "li-shui"), ("蔚县", "yu-xian"),
    ("尉犁", "yu-li"), ("大埔", "da-bu"), ("黄埔", "huang-pu"), ("洪洞", "hong-tong"), ("涡阳", "guo-yang"),
    ("单县", "shan-xian"), ("解州", "xie-zhou"), ("莘县", "shen-xian"), ("莘庄", "xin-zhuang"),
    ("歙县", "she-xian"), ("东莞", "dong-guan"), ("浚县", "xun-xian"), ("郫都", "pi-du"), ("泌阳", "bi-yang"),
    ("中牟", "zhong-mu"), ("牟平", "mu-ping"), ("阿城", "a-cheng"), ("东阿", "dong-e"), ("阿克苏", "a-ke-su"),
    ("朝阳", "chao-yang"), ("朝鲜族", "chao-xian-zu"), ("曾都", "zeng-du"), ("会稽", "kuai-ji"),
    ("盱眙", "xu-yi"), ("邗江", "han-jiang"), ("吴堡", "wu-bu"), ("柴沟堡", "chai-gou-bu"), ("十里铺", "shi-li-pu"),
    ("兴县", "xing-xian"), ("兴宁", "xing-ning"), ("蚌埠", "beng-bu"), ("侯马", "hou-ma"),
    ("闽侯", "min-hou"), ("任丘", "ren-qiu"), ("任县", "ren-xian"), ("华县", "hua-xian"), ("华山", "hua-shan"),
    ("西藏", "xi-zang"), ("青藏", "qing-zang"), ("宁都", "ning-du"), ("都江堰", "du-jiang-yan"),
    ("都安", "du-an"), ("都匀", "du-yun"), ("成都", "cheng-du"), ("首都", "shou-du"), ("花都", "hua-du"),
    ("武都", "wu-du"), ("丰都", "feng-du"), ("百色", "bai-se"), ("柏林", "bo-lin"),
    ("龟兹", "qiu-ci"), ("大城县", "dai-cheng-xian"), ("枞阳", "zong-yang"),
    ("渑池", "mian-chi"), ("尉氏", "wei-shi"), ("长垣", "chang-yuan"), ("南阳", "nan-yang"),
    // Words of reports and notices.
    ("银行", "yin-hang"), ("行业", "hang-ye"), ("行家", "hang-jia"), ("会计", "kuai-ji"), ("财会", "cai-kuai"),
    ("便民", "bian-min"), ("便宜", "pian-yi"), ("音乐", "yin-yue"), ("乐队", "yue-dui"), ("乐器", "yue-qi"),
    ("民乐", "min-yue"), ("村长", "cun-zhang"), ("镇长", "zhen-zhang"), ("乡长", "xiang-zhang"),
    ("县长", "xian-zhang"), ("市长", "shi-zhang"), ("校长", "xiao-zhang"), ("组长", "zu-zhang"),
    ("队长", "dui-zhang"), ("会长", "hui-zhang"), ("院长", "yuan-zhang"), ("所长", "suo-zhang"),
    ("站长", "zhan-zhang"), ("局长", "ju-zhang"), ("科长", "ke-zhang"), ("家长", "jia-zhang"),
    ("河长", "he-zhang"), ("林长", "lin-zhang"), ("田长", "tian-zhang"), ("长者", "zhang-zhe"),
    ("长辈", "zhang-bei"), ("成长", "cheng-zhang"), ("增长", "zeng-zhang"), ("生长", "sheng-zhang"),
    ("首长", "shou-zhang"), ("长期", "chang-qi"), ("长效", "chang-xiao"), ("特长", "te-chang"),
    ("重新", "chong-xin"), ("重建", "chong-jian"), ("重复", "chong-fu"), ("重温", "chong-wen"),
    ("调研", "diao-yan"), ("调查", "diao-cha"), ("调动", "diao-dong"), ("调度", "diao-du"),
    ("调解", "tiao-jie"), ("调整", "tiao-zheng"), ("协调", "xie-tiao"), ("传记", "zhuan-ji"),
    ("自传", "zi-zhuan"), ("人参", "ren-shen"), ("海参", "hai-shen"), ("归还", "gui-huan"), ("还款", "huan-kuan"),
    ("还林", "huan-lin"), ("投降", "tou-xiang"), ("角色", "jue-se"), ("校对", "jiao-dui"), ("盛饭", "cheng-fan"),
    ("供销", "gong-xiao"), ("效率", "xiao-lv"), ("率先", "shuai-xian"), ("尽头", "jin-tou"), ("模样", "mu-yang"),
];

/// The text with every known name and word spelled out between hyphens. Of two that overlap the longer wins, then the
/// one further left.
pub(super) fn spelled(text: &str) -> String {
    /// By first character, since this is asked for every character of every name.
    static BY_FIRST: LazyLock<HashMap<char, Vec<(&str, &str)>>> = LazyLock::new(|| {
        let mut table: HashMap<char, Vec<(&str, &str)>> = HashMap::new();
        for (han, reading) in READINGS {
            table.entry(han.chars().next().unwrap_or_default()).or_default().push((han, reading));
        }
        table
    });
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let known = BY_FIRST.get(&first).into_iter().flatten().filter(|(han, _)| rest.starts_with(han));
        let known = known.max_by_key(|(han, _)| han.len());
        match known {
            Some((han, reading)) => {
                out.push('-');
                out.push_str(reading);
                out.push('-');
                rest = &rest[han.len()..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// Characters with several readings in names and headlines, and these readings.
///
/// Left out are those whose other reading stands only in words of the table above (会计, 银行) or in surnames (区, 解):
/// a warning at every headline would be read by nobody.
#[rustfmt::skip]
const SEVERAL: [(char, &[&str]); 27] = [
    ('长', &["chang", "zhang"]), ('重', &["zhong", "chong"]), ('乐', &["le", "yue", "lao"]),
    ('番', &["fan", "pan"]), ('朝', &["chao", "zhao"]), ('曾', &["zeng", "ceng"]), ('埔', &["pu", "bu"]),
    ('蔚', &["wei", "yu"]), ('调', &["diao", "tiao"]), ('藏', &["cang", "zang"]), ('降', &["jiang", "xiang"]),
    ('折', &["zhe", "she"]), ('盛', &["sheng", "cheng"]), ('厦', &["sha", "xia"]), ('率', &["lv", "shuai"]),
    ('薄', &["bao", "bo"]), ('都', &["dou", "du"]), ('陂', &["bei", "po", "pi"]), ('圩', &["wei", "xu"]),
    ('垌', &["dong", "tong"]), ('峒', &["dong", "tong"]), ('堡', &["bao", "bu", "pu"]), ('佛', &["fo", "fu"]),
    ('柏', &["bai", "bo"]), ('贾', &["jia", "gu"]), ('莘', &["shen", "xin"]), ('仇', &["chou", "qiu"]),
];

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
    use pinyin::ToPinyin;
    let mut found: Vec<Doubt> = Vec::new();
    for character in spelled(name).chars() {
        let Some((_, readings)) = SEVERAL.iter().find(|(other, _)| *other == character) else { continue };
        let Some(chosen) = character.to_pinyin().map(|reading| reading.plain().replace('ü', "v")) else {
            continue;
        };
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
    use std::collections::BTreeSet;

    #[test]
    fn every_reading_has_a_syllable_a_character() {
        for (han, reading) in READINGS {
            assert_eq!(han.chars().count(), reading.split('-').count(), "{han} {reading}");
            assert!(reading.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{reading}");
        }
        let names: BTreeSet<&str> = READINGS.iter().map(|(han, _)| *han).collect();
        assert_eq!(names.len(), READINGS.len(), "a name stands there twice");
    }

    #[test]
    fn names_and_words_are_read_as_such() {
        assert_eq!(spelled("重庆村长"), "-chong-qing--cun-zhang-");
        assert_eq!(spelled("阿克苏"), "-a-ke-su-");
        assert_eq!(spelled("平安村"), "平安村");
    }

    #[test]
    fn doubts_are_told_outside_of_known_words() {
        assert_eq!(doubts("重庆路"), []);
        let doubt = &doubts("庆乐村")[0];
        assert_eq!(
            (doubt.character, doubt.chosen.as_str(), doubt.others.as_slice()),
            ('乐', "le", &["yue", "lao"][..])
        );
        assert_eq!(doubts("新圩村").len(), 1);
    }
}
