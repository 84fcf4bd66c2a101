use super::*;
use crate::kinds::Type;
use proptest::prelude::*;
use std::sync::LazyLock;

static KINDS: LazyLock<Kinds> = LazyLock::new(|| Kinds::load(&[]).0);

fn read(kind: &str, text: &str) -> (Front, Vec<Problem>) {
    parse("content/a.md", text, &KINDS, KINDS.by_key(kind).unwrap(), false)
}

/// A front without faults.
fn fine(kind: &str, text: &str) -> Front {
    let (front, problems) = read(kind, text);
    assert_eq!(problems, [], "{text}");
    front
}

/// “code line:marked text” of every problem.
fn told(kind: &str, text: &str) -> Vec<String> {
    said(&read(kind, text).1)
}

fn said(problems: &[Problem]) -> Vec<String> {
    let line = |problem: &Problem| {
        let place = problem.place.as_ref().unwrap();
        let marked = place.excerpt.as_ref().map_or("", |excerpt| &excerpt.text[excerpt.start..excerpt.end]);
        format!("{} {}:{}", problem.code, place.line, marked)
    };
    problems.iter().map(line).collect()
}

fn field(front: &Front, key: &str) -> Value {
    front.fields.iter().find(|(own, _)| own == key).unwrap_or_else(|| panic!("{key}: {front:?}")).1.clone()
}

/// The value of one field, written as TOML.
fn value(kind: &str, key: &str, toml: &str) -> Value {
    field(&fine(kind, &format!("+++\ndate = 2026-01-01\n{key} = {toml}\n+++\n")), key)
}

#[test]
fn both_syntaxes_and_both_languages_say_the_same() {
    let texts = [
        "+++\ntitle = \"庆乐村\"\nmembers = 42\ntags = [\"五为振兴\"]\nbrand = \"壮乡红云\"\n+++\n正文",
        "+++\n标题 = \"庆乐村\"\n党员人数 = \"42名\"\n标签 = \"五为振兴\"\n党建品牌 = \"[[壮乡红云]]\"\n+++\n正文",
        "---\ntitle: 庆乐村\nmembers: 42\ntags: [五为振兴]\nbrand: 壮乡红云\n---\n正文",
        "---\r\n名称: 庆乐村\r\n党员数: 42\r\n标签:\r\n  - 五为振兴\r\n品牌: 壮乡红云\r\n---\r\n正文",
        "+++\ntitle = '庆乐村'\nmembers = 42\nbrand = '壮乡红云'\n[taxonomies]\ntags = ['五为振兴']\n+++\n正文",
    ];
    for text in texts {
        let front = fine("village", text);
        assert_eq!(front.common.title.as_deref(), Some("庆乐村"));
        assert_eq!(front.common.tags.join(" "), "五为振兴");
        assert_eq!(field(&front, "members"), Value::Int(42));
        let Value::Relation(brand) = field(&front, "brand") else { panic!() };
        assert_eq!(brand.text, "壮乡红云");
        assert_eq!(&text[front.body..], "正文");
        let place = front.common.title_place.unwrap().place("a.md").found_in(text);
        assert_eq!(place.line, 2);
        let excerpt = place.excerpt.unwrap();
        assert!(excerpt.text[excerpt.start..excerpt.end].contains("庆乐村"), "{excerpt:?}");
    }
}

#[test]
fn values_are_understood() {
    let money = |amount, unit: &str| Value::Money { amount, unit: unit.to_owned() };
    assert_eq!(value("village", "population", "\"1,024\""), Value::Int(1024));
    assert_eq!(value("village", "population", "\"1.2万人\""), Value::Int(12_000));
    assert_eq!(value("village", "star", "\"五星\""), Value::Int(5));
    assert_eq!(value("village", "population", "\"**人\""), Value::Redacted("**人".to_owned()));
    assert_eq!(value("village", "code", "450124000000"), Value::Text("450124000000".to_owned()));
    assert_eq!(value("village", "brand", "\"**\""), Value::Redacted("**".to_owned()));
    assert_eq!(value("brand", "slogan", "\"**村\""), Value::Text("**村".to_owned()));
    assert_eq!(value("indicator", "growth", "\"+29.8%\""), Value::Percent(29.8));
    assert_eq!(value("indicator", "growth", "29.8"), Value::Percent(29.8));
    assert_eq!(value("indicator", "value", "\"42个\""), Value::Decimal(42.0));
    assert_eq!(value("project", "stage", "\"在建\""), Value::Choice("在建".to_owned()));
    for date in ["2026-11-22", "\"2026年11月22日\"", "\"2026.11.22\"", "20261122"] {
        assert_eq!(
            value("project", "due", date),
            Value::Date(Date::parse("2026-11-22").unwrap().0),
            "{date}"
        );
    }
    assert_eq!(value("project", "due", "2026.11"), Value::Date(Date::parse("2026-11").unwrap().0));
    let funds =
        value("project", "funds", "[{ 金额 = \"12万元\", 来源 = \"县级\" }, { amount = 3 }, \"**万元\"]");
    let record = |amount, rest: &[(&str, &str)]| {
        let mut fields = vec![("amount".to_owned(), amount)];
        fields.extend(rest.iter().map(|(key, text)| ((*key).to_owned(), Value::Text((*text).to_owned()))));
        Value::Record(fields)
    };
    assert_eq!(
        funds,
        Value::List(vec![
            record(money(12.0, "万元"), &[("source", "县级")]),
            record(money(3.0, "万元"), &[]),
            Value::Redacted("**万元".to_owned()),
        ])
    );
    let Value::List(photos) = value("album", "photos", "[\"图\\\\1.jpg\"]") else { panic!() };
    let Value::Record(photo) = &photos[0] else { panic!() };
    assert!(matches!(&photo[0], (key, Value::Image(file)) if key == "file" && file.text == "图/1.jpg"));
}

#[test]
fn empty_values_are_unset() {
    let front = fine("village", "---\ntitle:\nmembers: ''\nbrand: null\nthemes: []\ndraft:\n---\n");
    assert_eq!((front.common.title, front.fields, front.common.draft), (None, Vec::new(), false));
}

#[test]
fn common_keys_are_understood() {
    let front = fine(
        "news",
        "+++\n日期 = \"2026-11-22 09:30\"\n草稿 = \"是\"\n置顶 = true\n权重 = \"3\"\n别名 = \"/old/\"\nauthors = [\"甲\", \"乙\"]\n类型 = \"活动\"\n发布 = 2026-12-01T08:00:00+08:00\n[extra]\n颜色 = { a = [1, 2.5, false] }\n+++\n",
    );
    let common = front.common;
    assert_eq!(common.date.unwrap().iso(), "2026-11-22T09:30");
    assert_eq!(common.rare.publish.unwrap().iso(), "2026-12-01T08:00");
    assert!(common.draft && common.pinned);
    assert_eq!(
        (common.rare.weight, common.rare.aliases.clone(), common.credit.author.as_deref()),
        (Some(3), vec!["/old/".to_owned()], Some("甲、乙"))
    );
    assert_eq!(KINDS.get(front.kind).key, "activity");
    let list = Free::List(vec![Free::Int(1), Free::Float(2.5), Free::Bool(false)]);
    assert_eq!(*front.extra, Free::Map(vec![("颜色".to_owned(), Free::Map(vec![("a".to_owned(), list)]))]));
}

#[test]
fn all_faults_of_a_file_are_told_at_once() {
    assert_eq!(
        told(
            "village",
            "+++\ntilte = '甲'\nmembers = '很多'\n党员数 = 3\n户数 = '42个'\n[[荣誉]]\n级别 = '国家级'\n年份 = '2026-02-30'\n+++\n"
        ),
        [
            "unknown-key 2:tilte",
            "expected-int 3:'很多'",
            "duplicate-key 4:党员数",
            "wrong-unit 5:'42个'",
            "missing-field 6:[[荣誉]]",
            "impossible-date 8:'2026-02-30'",
        ]
    );
    assert_eq!(
        told("project", "---\n阶段: 完工\n进度: 快了\n进度: 5\n星级: 3\npath: /x\n封面: [1]\n---\n"),
        [
            "unknown-choice 2:完工",
            "expected-percent 3:快了",
            "duplicate-key 4:进度",
            "field-of-other-kind 5:星级",
            "zola-key-ignored 6:path",
            "expected-path 7:[",
        ]
    );
}

/// The numbers and the unit of an indicator.
fn indicator(lines: &str) -> (Option<Value>, Option<Value>, Option<Value>) {
    let front = fine("indicator", &format!("+++\n{}\n+++\n", lines.replace("; ", "\n")));
    let field = |key: &str| front.fields.iter().find(|(own, _)| own == key).map(|(_, value)| value.clone());
    (field("value"), field("previous"), field("unit"))
}

#[test]
fn the_word_behind_a_number_is_the_unit_of_a_page_without_one() {
    let number = |number| Some(Value::Decimal(number));
    let unit = |unit: &str| Some(Value::Text(unit.to_owned()));
    let check = |lines: &str, wanted| assert_eq!(indicator(lines), wanted, "{lines}");
    check("value = '26次'", (number(26.0), None, unit("次")));
    check("数值 = '26 次'; 上期 = '1,018次'", (number(26.0), number(1018.0), unit("次")));
    check("value = '26次'; previous = 18; unit = '次'", (number(26.0), number(18.0), unit("次")));
    check("previous = '8.5平方公里'; value = 9", (number(9.0), number(8.5), unit("平方公里")));
    check("value = '62.5%'; previous = '58%'", (number(62.5), number(58.0), unit("%")));
    // As written: a number without a word beside it is counted in the same.
    check("value = '12万元'; previous = 10", (number(12.0), number(10.0), unit("万元")));
    check("unit = '万元'; value = '12万元'", (number(12.0), None, unit("万元")));
    check("value = '12万元'; unit = '万元'", (number(12.0), None, unit("万元")));
    check("value = '12万人'; unit = '人'", (number(120_000.0), None, unit("人")));
    // A multiplier alone names nothing.
    check("value = '12万'; previous = 100000", (number(120_000.0), number(100_000.0), None));
    check("value = 26; unit = '**次'", (number(26.0), None, unit("**次")));
    assert_eq!(indicator("value = '**次'").0, Some(Value::Redacted("**次".to_owned())));
}

#[test]
fn two_units_in_an_indicator_are_told() {
    let wrong = |lines: &str| told("indicator", &format!("+++\n{lines}\n+++\n"));
    assert_eq!(wrong("value = '26次'\nprevious = '30人'"), ["wrong-unit 3:'30人'"]);
    assert_eq!(wrong("value = '26次'\nunit = '人'"), ["wrong-unit 2:'26次'"]);
    assert_eq!(
        wrong("value = 1\nunit = '次'\n[[parts]]\nname = '甲'\nvalue = '3人'"),
        ["wrong-unit 6:'3人'"]
    );
    assert_eq!(wrong("value = '26次（其中线上3次）'"), ["expected-decimal 2:'26次（其中线上3次）'"]);
}

#[test]
fn suggestions_follow_the_language() {
    let (_, problems) = read("village", "+++\n党员数量 = 1\nmember = 1\n+++\n");
    let suggestions: Vec<_> = problems.iter().map(|problem| problem.suggestion.as_deref()).collect();
    assert_eq!(suggestions, [Some("党员数"), Some("members")]);
}

#[test]
fn broken_syntax_is_told_line_by_line() {
    assert_eq!(
        told("news", "+++\ntitle = \ndate = 2026-11-22\nauthor = 甲\nbogus = 1\n+++\n"),
        ["front-matter-toml 2:", "front-matter-toml 4:甲", "unknown-key 5:bogus"]
    );
    assert_eq!(
        told("news", "+++\n标题 = \"甲\"\n日期 = 2026-13-01\n+++\n"),
        ["impossible-date 3:2026-13-01"]
    );
    assert_eq!(told("village", "+++\n标题 = “甲”\n+++\n"), ["front-matter-punctuation 2:“"]);
    assert_eq!(told("village", "+++\n标题 ＝ \"甲\"\n+++\n"), ["front-matter-punctuation 2:＝"]);
    assert_eq!(told("village", "---\n标题：甲\n---\n"), ["front-matter-punctuation 2:："]);
    assert_eq!(told("village", "+++\na.b = 1\n标题 = 1\n标题 = 2\n+++\n")[1..], ["duplicate-key 4:标题"]);
    let yaml = told("village", "---\ntitle: **村\n---\n");
    assert_eq!(yaml, ["front-matter-yaml 2:*"]);
    let (_, problems) = read("village", "---\n标题: \"甲\n---\n");
    assert_eq!(problems[0].args, [("detail".into(), "unclosed quote".to_owned())]);
}

#[test]
fn half_written_blocks_are_told() {
    assert_eq!(told("village", "+++\ntitle = '甲'\n\n正文"), ["front-matter-unclosed 1:+++"]);
    assert_eq!(told("village", "+++"), ["front-matter-unclosed 1:+++"]);
    assert_eq!(told("village", "---\ntitle: 甲\n正文"), ["front-matter-unclosed 1:---"]);
    let (front, _) = read("village", "+++\ntitle = '甲'\n\n正文");
    assert_eq!(front.common.title.as_deref(), Some("甲"));
}

#[test]
fn bodies_without_front_matter_are_whole() {
    for text in ["", "正文", "---\n\n正文", "-----\n"] {
        assert_eq!(fine("village", text).body, 0);
    }
    let (front, problems) = read("village", "---\n正文\n---\n");
    assert_eq!((front.body, said(&problems)), (0, vec!["front-matter-not-a-map 1:---".to_owned()]));
    assert_eq!(fine("village", "---\n---\n正文").body, 8);
}

#[test]
fn dates_are_required_where_the_kind_says_so() {
    assert_eq!(told("news", "正文"), ["missing-date 1:"]);
    assert_eq!(told("news", "+++\n+++\n"), ["missing-date 1:+++"]);
    assert_eq!(told("news", "+++\ndate = '昨天'\n+++\n"), ["expected-date 2:'昨天'"]);
    let news = KINDS.by_key("news").unwrap();
    for file in ["content/news/2026-11-22-a.md", "content/news/20261122_甲/index.md"] {
        let (front, problems) = parse(file, "", &KINDS, news, false);
        assert_eq!((front.common.date.unwrap().iso().as_str(), problems.len()), ("2026-11-22", 0));
    }
    assert_eq!(
        told("village", "+++\ndate = 2026-11-22T01:00:00Z\n+++\n"),
        ["date-offset 2:2026-11-22T01:00:00Z"]
    );
}

#[test]
fn sections_have_their_own_keys() {
    let village = KINDS.by_key("village").unwrap();
    let section = |text: &str| parse("content/villages/_index.md", text, &KINDS, village, true);
    let (front, problems) =
        section("+++\ntitle = '示范村'\nsort_by = '党员数'\n顺序 = '降序'\npaginate_by = 10\n+++\n");
    assert_eq!(problems, []);
    let common = front.common;
    assert_eq!(
        (common.rare.sort_by.as_deref(), common.rare.order, common.rare.paginate_by),
        (Some("members"), Some(Order::Descending), Some(10))
    );
    assert_eq!(
        said(&section("+++\nmembers = 1\nsort_by = 'x'\npaginate_by = -1\n+++\n").1),
        ["unknown-key 2:members", "unknown-sort 3:'x'", "negative-page-size 4:-1",]
    );
    assert_eq!(told("village", "+++\nsort_by = 'date'\n+++\n"), ["unknown-key 2:sort_by"]);
}

#[test]
fn more_tags_than_anybody_looks_for_are_told() {
    let page = |count: usize| {
        let tags: Vec<String> = (0..count).map(|number| format!("'标签{number}'")).collect();
        read("page", &format!("+++\ntitle = '页'\ntags = [\n{}]\n+++\n", tags.join(",\n")))
    };
    let (front, problems) = page(500);
    assert_eq!((front.common.tags.iter().count(), problems), (500, vec![]));
    let (front, problems) = page(501);
    assert_eq!(front.common.tags.iter().count(), 500);
    assert_eq!(said(&problems), ["tags-many 3:["]);
}

#[test]
fn yaml_tricks_stay_small() {
    let mut bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for at in b'b'..=b'z' {
        let (name, before) = (char::from(at), char::from(at - 1));
        bomb += &format!(
            "{name}: &{name} [*{before},*{before},*{before},*{before},*{before},*{before},*{before}]\n"
        );
    }
    assert!(!told("village", &(bomb + "---\n")).is_empty());
    assert!(!told("village", &format!("---\na: {}\n---\n", "[".repeat(100_000))).is_empty());
    assert!(!told("village", &format!("+++\na = {}\n+++\n", "[".repeat(100_000))).is_empty());
    assert!(!told("village", &format!("+++\n{}b = 1\n+++\n", "a.".repeat(100_000))).is_empty());
    for nest in ["- ", "? ", "a: {", "[{", "a: &a [", "- !x "] {
        survives(&format!("---\na: 1\nb:\n  {}\n---\n", nest.repeat(50_000)));
    }
    let indented: String = (0..2_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    assert!(!told("village", &format!("---\n{indented}---\n")).is_empty());
    for nest in [
        "[",
        "{a=",
        "a.",
        "[[",
        "\"\"\"\n\"\"\" = {a.a.a=",
        "k=[\n",
        "{]",
        "{a.a.a.a=\n",
        "a.a.a.a={}}{a.a.a=",
    ] {
        for head in ["", "a = ", "[a]\n", "a = [\n", "["] {
            survives(&format!("+++\n{head}{}\n+++\n", nest.repeat(5_000)));
        }
    }
    let deep = format!("{}b = {}", "a.".repeat(30), format!("{{ {}b = ", "a.".repeat(30)).repeat(80));
    assert!(!told("village", &format!("+++\n{deep}\n+++\n")).is_empty());
    assert!(told("village", &format!("+++\n{}+++\n", "甲 乙\n".repeat(20_000))).len() <= 100);
    assert_eq!(
        told(
            "village",
            &format!("+++\n{}+++\n", (0..20_000).map(|n| format!("k{n} = 1\n")).collect::<String>())
        )
        .len(),
        100
    );
    assert_eq!(fine("village", "---\ntitle: no\n---\n").common.title.as_deref(), Some("no"));
}

#[test]
fn every_code_has_words() {
    let words = include_str!("../../../messages/problems/front_matter.toml");
    let words: toml::Table = words.parse().unwrap();
    let sources = [
        include_str!("mod.rs"),
        include_str!("convert.rs"),
        include_str!("fields.rs"),
        include_str!("../../../kinds/parse.rs"),
        include_str!("../../../kinds/check.rs"),
    ];
    let used = sources.iter().flat_map(|source| source.split("Problem::new(\"").skip(1));
    let used: std::collections::BTreeSet<&str> = used.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(used, words.keys().map(String::as_str).collect());
}

/// Whatever the text is: a front, with places and a body inside the text.
fn survives(text: &str) {
    for kind in ["village", "project", "page"] {
        for section in [false, true] {
            let (front, problems) = parse("content/a.md", text, &KINDS, KINDS.by_key(kind).unwrap(), section);
            assert!(text.is_char_boundary(front.body));
            for excerpt in problems.iter().filter_map(|problem| problem.place.as_ref()?.excerpt.as_ref()) {
                assert!(excerpt.text.get(excerpt.start..excerpt.end).is_some());
            }
            for (key, value) in &front.fields {
                let ty = &KINDS.get(front.kind).field(key).unwrap().ty;
                assert_eq!(matches!(ty, Type::List(_)), matches!(value, Value::List(_)), "{key}");
            }
            crate::digest::Digest::of_value(&front);
        }
    }
}

#[test]
fn known_garbage_is_survived() {
    let gb = String::from_utf8_lossy(&[
        0x2B, 0x2B, 0x2B, 0x0A, 0xB1, 0xEA, 0xCC, 0xE2, 0x20, 0x3D, 0x20, 0x31, 0x0A,
    ])
    .into_owned();
    for text in [
        "",
        "+++",
        "---",
        "+++\n+++",
        "---\n---",
        "\r\n+++\r\n",
        "+++\0\n+++",
        "---\n\t\n---",
        "---\n*\n---",
        "---\n? \n---",
        "---\n!!binary x: &a\n---",
        &gb,
    ] {
        survives(text);
    }
}

const VALID: [&str; 2] = [
    "+++\n标题 = \"庆乐村\"\n党员人数 = \"42名\"\n收入 = { 年份 = 2025, 金额 = '12万元' }\n日期 = 2026-11-22T09:30:00\n标签 = [\n  '甲', # 乙\n]\n[[荣誉]]\n名称 = '''\n全国文明村'''\n[extra]\na.b = 1.5\n+++\n正文",
    "---\n标题: 庆乐村\n党员数: 42\nbrand: &b '[[壮乡红云]]'\n标签: [甲, *b]\n荣誉:\n  - 名称: 全国文明村\n    年份: 2025\n摘要: >\n  一段\n  文字\n---\n正文",
];

proptest! {
    #![proptest_config(ProptestConfig::default())]
    #[test]
    fn any_garbage_is_survived(fence in "(\\+\\+\\+|---)\r?\n", inner in "(\\PC|[\\[\\]{}=:.,*&!|>#\"'\\\\\n\r\t -]|[标题日期a-c0-9]){0,120}", close in any::<bool>()) {
        survives(&format!("{fence}{inner}{}", if close { format!("\n{fence}") } else { String::new() }));
    }

    #[test]
    fn mutations_are_survived(which in 0..2usize, edits in prop::collection::vec((any::<prop::sample::Index>(), "(\\PC|[\\[\\]{}=:.,*&\"'\\\\\n\r]){0,3}", 0..4usize), 1..6)) {
        let mut chars: Vec<char> = VALID[which].chars().collect();
        for (at, insert, remove) in edits {
            let at = at.index(chars.len() + 1);
            let end = (at + remove).min(chars.len());
            chars.splice(at..end, insert.chars());
        }
        survives(&chars.into_iter().collect::<String>());
    }
}
