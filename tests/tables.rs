//! Tables as content, through the library: what a clerk's `.csv` or `.xlsx` becomes, and how its faults are told.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

#[path = "tables/book.rs"]
mod book;
mod common;

use book::{Book, cell, number, shared, styled};
use common::Site;
use proptest::prelude::*;

const CONFIG: &str = "title = \"清塘镇\"\n";

/// A site whose pages of villages show their facts in one line.
fn site() -> Site {
    let site = Site::empty();
    site.write("site.toml", CONFIG).write(
        "templates/village.html",
        "{% for fact in page.facts %}{{ fact.key }}={{ fact.text }};{% endfor %}\n",
    );
    for kind in ["village", "indicator"] {
        let list = "{% for page in paginator.pages %}{{ page.title }}{% for fact in page.facts %},{{ fact.key }}={{ fact.text }}{% endfor %};{% endfor %}\n";
        site.write(&format!("templates/{kind}-section.html"), list);
    }
    site
}

/// The published text of a page.
fn page(site: &Site, path: &str) -> String {
    let published = site.published();
    let bytes = published.get(path).unwrap_or_else(|| panic!("no {path}: {:#?}", published.keys()));
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// All problems as `place code`.
fn told(site: &Site) -> Vec<String> {
    let outcome = site.build();
    assert_eq!(outcome.failure, None);
    let said = |problem: &yicun::problem::Problem| {
        let place = problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{place} {}", problem.code)
    };
    let quiet = outcome
        .problems
        .iter()
        .all(|problem| yicun::messages::level(problem) != yicun::problem::Level::Error);
    assert_eq!(quiet, outcome.published, "{outcome:#?}");
    outcome.problems.iter().map(said).collect()
}

#[test]
fn a_csv_row_is_a_village() {
    let site = site();
    site.write(
        "content/villages/村情.csv",
        "清塘镇村情统计表,,,,,\n单位：万元,,,,,\n序号,村名,人口（人）,党员数,产业,村集体经济收入（万元）\n1,庆乐村,\"3,120\",42名,沃柑、李子,22.5\n2,联桂村,2800,**,,\n,合　计,5920,,,22.5\n注：数据截至十月底,,,,,\n",
    );
    assert_eq!(told(&site), [""; 0]);
    assert_eq!(
        page(&site, "villages/qing-le-cun/index.html"),
        "population=3120人;members=42名;industries=沃柑、李子;collective_income=22.5万元;"
    );
    assert_eq!(page(&site, "villages/lian-gui-cun/index.html"), "population=2800人;members=**;");
    assert!(page(&site, "villages/index.html").starts_with("庆乐村,"));
}

#[test]
fn every_encoding_and_separator_is_read() {
    let text = "村名;人口\r\n庆乐村;3120\r\n";
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let (gbk, _, _) = encoding_rs::GBK.encode(text);
    for bytes in [utf16, gbk.into_owned(), [b"\xEF\xBB\xBF", text.replace(';', "\t").as_bytes()].concat()] {
        let site = site();
        site.write("content/villages/a.csv", bytes);
        assert_eq!(told(&site), [""; 0]);
        assert_eq!(page(&site, "villages/qing-le-cun/index.html"), "population=3120人;");
    }
}

#[test]
fn faults_name_the_cell() {
    let site = site();
    site.write(
        "content/villages/a.csv",
        "村名,人囗,星级,党员数,评星年份\n庆乐村,1,九,42户,2025年13月\n,2,3,4,\n联桂村,,3,x,\n联桂村,,3,,\n",
    );
    assert_eq!(
        told(&site),
        [
            "content/villages/a.csv:1:4 (B1) table-unknown-column",
            "content/villages/a.csv:2:7 (C2) unknown-choice",
            "content/villages/a.csv:2:9 (D2) wrong-unit",
            "content/villages/a.csv:2:13 (E2) impossible-date",
            "content/villages/a.csv:3:2 (A3) table-row-without-name",
            "content/villages/a.csv:4:8 (D4) expected-int",
            "content/villages/a.csv:5:1 (A5) table-row-twice",
        ]
    );
}

#[test]
fn totals_are_checked() {
    let site = site();
    site.write(
        "content/villages/a.csv",
        "村名,人口,党员数,星级\n庆乐村,100,10,5\n联桂村,200,20,4\n小计,300,30,\n福贡村,50,5,5\n合计,340,35,14\n",
    );
    assert_eq!(told(&site), ["content/villages/a.csv:6:4 (B6) table-total-differs"]);
}

#[test]
fn a_workbook_is_read_as_it_looks() {
    let site = site();
    let mut book = Book::new();
    book.format(1, "0.0%")
        .format(2, "yyyy\"年\"m\"月\"")
        .format(3, "0.00\"万元\"")
        .format(4, "0!.0000\"万\"");
    book.sheet(
        "Sheet1",
        &[
            &[shared("A1", "清塘镇村情表")],
            &[
                shared("A2", "村名"),
                shared("B2", "人口（万人）"),
                shared("C2", "集体经济"),
                shared("F2", "评星年份"),
                shared("G2", "党建品牌"),
                shared("H2", "区划代码"),
            ],
            &[shared("C3", "收入"), shared("D3", "增长"), shared("E3", "年份")],
            &[
                shared("A4", "庆乐村"),
                number("B4", 0.312),
                styled("C4", 3, 22.5),
                styled("D4", 1, 0.298),
                number("E4", 2025.0),
                styled("F4", 2, 45_000.0),
                shared("G4", "李想"),
                number("H4", 450_126_101_201.0),
            ],
            &[
                cell("A5", "inlineStr", "<is><r><t>联桂</t></r><r><t>村</t></r><rPh><t>lian</t></rPh></is>"),
                cell("B5", "", "<f>1+1</f><v>0.28</v>"),
                styled("C5", 4, 1_234_567.0),
                number("F5", 45_000.0),
            ],
            &[shared("A6", "合计"), number("B6", 0.592)],
        ],
        &["A1:H1", "A2:A3", "B2:B3", "C2:E2", "F2:F3", "G2:G3", "H2:H3", "G4:G5"],
    );
    site.write("content/brands/li-xiang.md", "+++\ntitle = \"李想\"\n+++\n");
    site.write("content/villages/村情.xlsx", book.bytes());
    assert_eq!(told(&site), [""; 0]);
    assert_eq!(
        page(&site, "villages/qing-le-cun/index.html"),
        "code=450126101201;population=3120人;star_year=2023年3月;brand=李想;collective_income=22.5万元 2025年 29.8%;"
    );
    assert_eq!(
        page(&site, "villages/lian-gui-cun/index.html"),
        "population=2800人;star_year=2023年3月15日;brand=李想;collective_income=123.4567万元;"
    );
}

#[test]
fn faults_of_a_workbook_name_sheet_and_cell() {
    let site = site();
    let mut book = Book::new();
    book.format(1, "0%");
    let header = [
        shared("A1", "村名"),
        shared("B1", "人口"),
        shared("C1", "党员数"),
        shared("D1", "集体经济.增长"),
        shared("F1", "评星年份"),
    ];
    book.sheet(
        "村情 2025",
        &[
            &header,
            &[
                shared("A2", "庆乐村"),
                cell("B2", "e", "<v>#REF!</v>"),
                cell("C2", "", "<f>SUM(B1)</f>"),
                number("D2", 0.298),
            ],
            &[shared("A3", "联桂村"), shared("C3", "四十二"), number("E3", 1.0), number("F3", 2026.1)],
            &[number("B4", 5.0)],
        ],
        &[],
    );
    book.sheet("说明", &[&[shared("A1", "填表说明")]], &[]);
    book.hidden("字典", &[&header]);
    site.write("content/villages/村情.xlsx", book.bytes());
    assert_eq!(
        told(&site),
        [
            "content/villages/村情.xlsx!字典!A1 table-sheet-hidden",
            "content/villages/村情.xlsx!说明!A1 table-sheet-skipped",
            "content/villages/村情.xlsx!村情 2025!B2 table-error-cell",
            "content/villages/村情.xlsx!村情 2025!C2 table-formula-uncalculated",
            "content/villages/村情.xlsx!村情 2025!D2 table-percent-fraction",
            "content/villages/村情.xlsx!村情 2025!C3 expected-int",
            "content/villages/村情.xlsx!村情 2025!E3 table-column-without-header",
            "content/villages/村情.xlsx!村情 2025!F3 table-month-lost",
            "content/villages/村情.xlsx!村情 2025!A4 table-row-without-name",
        ]
    );
}

#[test]
fn hidden_rows_and_columns_are_warned_of() {
    let site = site();
    let mut book = Book::new();
    let text = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    book.raw(
        "表/1",
        &format!(
            "<worksheet><cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData><row>{}{}{}</row><row r=\"2\" hidden=\"1\">{}<c><v>5</v></c></row></sheetData></worksheet>",
            text("A1", "村名"),
            text("B1", "人口"),
            text("C1", "#备注"),
            text("A2", "庆乐村&amp;&#x533A;_x0041_"),
        ),
    );
    site.write("content/villages/村情.xlsx", book.bytes());
    assert_eq!(
        told(&site),
        [
            "content/villages/村情.xlsx!表／1!B1 table-column-hidden",
            "content/villages/村情.xlsx!表／1!A2 table-rows-hidden",
        ]
    );
    assert!(page(&site, "villages/index.html").starts_with("庆乐村&amp;区A,population=5人"));
}

#[test]
fn what_surrounds_a_table_is_no_record() {
    let site = site();
    site.write(
        "content/indicators/a.csv",
        "附件1,,,\n指标,数值,单位,增长（%）\n一、队伍建设,,,\n党员,\"1,024\",名,0.5\n指标,数值,单位,增长（%）\n（二）组织建设,,,\n支部,42,个,-\n填表人：张三,,审核人：李四,\n（注：以上为年报数）,,,\n",
    );
    assert_eq!(told(&site), [""; 0]);
    assert_eq!(
        page(&site, "indicators/index.html"),
        "党员,value=1024,unit=名,growth=0.5%;支部,value=42,unit=个;"
    );
}

#[test]
fn records_are_found_like_pages() {
    let site = site();
    site.write("site.toml", format!("{CONFIG}[languages.en]\nname = \"English\"\n"));
    site.write(
        "content/villages/村情.csv",
        "村名,人口,网址名,荣誉\n庆乐村,1,qing-le,全国文明村：2024；示范村：自治区级：2025年\n",
    );
    site.write("content/villages/villages.en.csv", "Name,Population,slug\nQingle,1,qing-le\n");
    site.write(
        "content/news/a.md",
        "+++\ntitle = \"甲\"\ndate = 2026-01-01\nvillages = [\"庆乐村\"]\n+++\n\n[[庆乐村]]\n",
    );
    assert_eq!(told(&site), [""; 0]);
    assert_eq!(
        page(&site, "villages/qing-le/index.html"),
        "population=1人;honours=全国文明村 2024年、示范村 自治区级 2025年;"
    );
    assert!(site.published().contains_key("en/villages/qing-le/index.html"));
    assert!(page(&site, "news/a/index.html").contains("/villages/qing-le/"));
}

#[test]
fn periods_become_a_history() {
    let site = site();
    site.write(
        "content/indicators/a.csv",
        "指标名称,时期,数值,单位,分组,增长\n主题党日,2024年,9,次,活动,5%\n主题党日,2025年,13,次,,\n党员,2025年,1024,名,队伍,\n",
    );
    site.write(
        "content/indicators/b.csv",
        "指标,单位,2023年,2025年,2024年\n村集体经济总收入,万元,100,150.5,120\n",
    );
    site.write("content/indicators/c.csv", "指标,数值（个）,构成\n品牌,5,五星级：1；四星级：3\n");
    site.write("content/indicators/d.csv", "指标,本期,上年同期\n集中学习,26次,18次\n绿化,8.5平方公里,8\n");
    assert_eq!(told(&site), [""; 0]);
    let list = page(&site, "indicators/index.html");
    for expected in [
        "主题党日,value=13,unit=次,period=2025年,group=活动,history=2024年 9、2025年 13;",
        "党员,value=1024,unit=名",
        "村集体经济总收入,value=150.5,unit=万元,period=2025年,history=2023年 100、2024年 120、2025年 150.5;",
        "品牌,value=5,unit=个,parts=五星级 1、四星级 3;",
        "集中学习,value=26,unit=次,previous=18;",
        "绿化,value=8.5,unit=平方公里,previous=8;",
    ] {
        assert!(list.contains(expected), "{expected}: {list}");
    }
    assert!(!list.contains("growth"), "{list}");
}

#[test]
fn a_table_and_a_page_become_one() {
    let site = site();
    site.write("kinds/village.toml", "[fields]\ncode = { required = true }\n");
    site.write("content/villages/qing-le.md", "+++\ntitle = \"庆乐村\"\nmembers = 43\n+++\n\n正文。\n");
    site.write("content/villages/lian-gui/index.md", "# 联桂村\n");
    site.write(
        "content/villages/a.csv",
        "村名,人口,党员数,区划代码,网址名\n庆乐村,3120,42,450126101201,\n联桂村,2800,,450126101202,\n福贡村,1,,,fu-gong\n",
    );
    assert_eq!(
        told(&site),
        ["content/villages/a.csv:2:10 (C2) table-differs", "content/villages/a.csv:4:1 (A4) missing-field"]
    );
    site.write("kinds/village.toml", "");
    assert_eq!(told(&site), ["content/villages/a.csv:2:10 (C2) table-differs"]);
    assert_eq!(
        page(&site, "villages/qing-le/index.html"),
        "code=450126101201;population=3120人;members=43名;"
    );
    assert_eq!(page(&site, "villages/lian-gui/index.html"), "code=450126101202;population=2800人;");
    assert_eq!(page(&site, "villages/fu-gong/index.html"), "population=1人;");
}

#[test]
fn beside_a_page_a_table_is_an_attachment() {
    let site = site();
    site.write("content/news/a/index.md", "+++\ntitle = \"甲\"\ndate = 2026-01-01\n+++\n\n[表](表.csv)\n");
    site.write("content/news/a/表.csv", "什么都有,一点\n1,2\n").write("content/news/~$b.xlsx", "x");
    assert_eq!(told(&site), [""; 0]);
    assert!(site.published().contains_key("news/a/表.csv"));
    site.write("content/news/表.csv", "什么都有,一点\n1,2\n");
    assert_eq!(told(&site), ["content/news/表.csv table-without-header"]);
}

#[test]
fn what_is_no_workbook_is_told() {
    for (bytes, code) in [
        (&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1old"[..], "table-old-workbook"),
        (b"<html>", "table-no-workbook"),
        (b"", "table-no-workbook"),
        (b"PK\x05\x06\x00\x00", "table-damaged"),
    ] {
        let site = site();
        site.write("content/villages/a.xlsx", bytes);
        assert_eq!(told(&site), [format!("content/villages/a.xlsx {code}")]);
    }
    let site = site();
    site.write("content/villages/a.csv", b"PK\x03\x04");
    assert_eq!(told(&site), ["content/villages/a.csv table-no-csv"]);
}

#[test]
fn a_bomb_does_not_go_off() {
    let mut book = Book::new();
    book.sheet("Sheet1", &[&[shared("A1", &"村".repeat(60_000_000))]], &[]);
    let site = site();
    site.write("content/villages/a.xlsx", book.bytes());
    assert_eq!(told(&site), ["content/villages/a.xlsx table-too-large"]);
}

/// Made by openpyxl: see `tables/openpyxl.py`.
#[test]
fn a_workbook_of_another_program_is_read() {
    let site = site();
    site.write("content/villages/a.xlsx", include_bytes!("tables/openpyxl.xlsx"));
    assert_eq!(told(&site), [""; 0]);
    assert_eq!(
        page(&site, "villages/qing-le-cun/index.html"),
        "population=3120人;star_year=2025年11月22日;collective_income=22.5万元 29.8%;"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn damaged_workbooks_never_panic(at in 0_usize..4000, bytes in prop::collection::vec(any::<u8>(), 1..6)) {
        let mut whole = include_bytes!("tables/openpyxl.xlsx").to_vec();
        for (offset, byte) in bytes.into_iter().enumerate() {
            let length = whole.len();
            whole[(at + offset) % length] ^= byte;
        }
        let site = site();
        site.write("content/villages/a.xlsx", whole);
        prop_assert_eq!(site.build().failure, None);
    }

    #[test]
    fn any_table_is_told_or_read(text in "[村名人口数,;\"\n（）：；0-9%.#-]{0,80}") {
        let site = site();
        site.write("content/villages/a.csv", format!("村名,人口,荣誉,评星年份,附加.x\n{text}"));
        prop_assert_eq!(site.build().failure, None);
    }
}
