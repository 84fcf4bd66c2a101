//! Charts as facts, and any data at all.

use super::text::{number, wrap};
use proptest::prelude::*;
use tera::{Context, Tera};

#[path = "../../../../tests/common/markup.rs"]
#[allow(dead_code, reason = "only the check of XML is used")]
mod markup;

fn call(arguments: &str, items: &serde_json::Value) -> Result<String, String> {
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    tera.register_function("chart", super::chart);
    tera.add_raw_template("a.html", &format!("{{{{ chart(items=items, {arguments}) }}}}")).unwrap();
    let mut context = Context::new();
    context.insert("items", items);
    tera.render("a.html", &context).map_err(|error| error.to_string())
}

fn svg(arguments: &str, items: serde_json::Value) -> String {
    let svg = call(arguments, &items).unwrap();
    if !svg.is_empty() {
        assert_eq!(markup::xml_fault(&svg), None, "{svg}");
    }
    svg
}

/// The words that are drawn, in order.
fn words(svg: &str) -> Vec<&str> {
    svg.split("<text ").skip(1).filter_map(|part| part.split('>').nth(1)?.split('<').next()).collect()
}

fn stars() -> serde_json::Value {
    serde_json::json!([{"label": "五星", "value": 1}, {"label": "四星", "value": 3}, {"label": "三星", "value": 5}])
}

#[test]
fn bars_stand_beside_short_labels() {
    let svg = svg("type='bar', title='星级党组织', unit='个'", stars());
    assert_eq!(words(&svg), ["五星", "1个", "四星", "3个", "三星", "5个"]);
    assert!(svg.starts_with(
        "<svg class=\"chart bar\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 84\" role=\"img\" \
         aria-label=\"星级党组织：五星 1个，四星 3个，三星 5个。\" font-size=\"13\"><title>星级党组织</title>\
         <desc>五星 1个，四星 3个，三星 5个。</desc>"
    ));
    assert!(!svg.contains("style"));
}

#[test]
fn long_labels_stand_above_their_bars_and_break() {
    let label = "党建引领基层治理网格化管理服务标准化建设试点村（社区）数量合计";
    let svg = svg("type='bar'", serde_json::json!([{"label": label, "value": 2, "text": "2个"}]));
    assert_eq!(words(&svg), ["党建引领基层治理网格化管理服务标准化建设试点", "村（社区）数量合计", "2个"]);
}

#[test]
fn negative_values_go_left_from_zero() {
    let svg =
        svg("type='bar'", serde_json::json!([{"label": "甲", "value": -10}, {"label": "乙", "value": 30}]));
    assert!(svg.contains("<rect class=\"c2\" x=\"23\" "), "{svg}");
    assert!(svg.contains("<rect class=\"c1\" x=\"89.19\" "), "{svg}");
}

#[test]
fn withheld_values_are_gaps_with_their_text() {
    let items =
        serde_json::json!([{"label": "甲", "value": 1}, {"label": "乙", "value": null, "text": "**"}]);
    // Wholes show it in the picture and in the legend.
    for (sort, gaps) in [("bar", 1), ("donut", 2), ("parts", 2)] {
        let svg = svg(&format!("type='{sort}'"), items.clone());
        assert_eq!(svg.matches("class=\"gap\"").count(), gaps, "{svg}");
        assert!(words(&svg).contains(&"**"), "{svg}");
        // What is not known has no share and makes no sum.
        assert!(!svg.contains('·') && !svg.contains("\"total\""), "{svg}");
    }
    let without = svg("type='bar'", serde_json::json!([{"label": "甲"}, {"label": "乙", "value": 2}]));
    assert!(words(&without).contains(&"—"));
}

#[test]
fn nothing_is_drawn_of_nothing() {
    for sort in ["bar", "line", "donut", "progress", "parts"] {
        assert_eq!(svg(&format!("type='{sort}', target=5"), serde_json::json!([])), "");
        assert_eq!(
            svg(&format!("type='{sort}', target=5"), serde_json::json!([{"label": "甲", "text": "**"}])),
            ""
        );
    }
    assert_eq!(svg("type='line'", serde_json::json!([{"label": "甲", "value": 1}, {"label": "乙"}])), "");
    assert_eq!(svg("type='progress'", stars()), "");
    assert_eq!(svg("type='progress', target=0", stars()), "");
}

#[test]
fn equal_and_zero_values_are_drawn() {
    let zero = serde_json::json!([{"label": "甲", "value": 0}, {"label": "乙", "value": 0}]);
    for sort in ["bar", "donut", "parts", "progress", "line"] {
        let svg = svg(&format!("type='{sort}', target=3"), zero.clone());
        assert!(words(&svg).iter().filter(|word| **word == "0").count() >= 2, "{svg}");
    }
    let line =
        svg("type='line'", serde_json::json!([{"label": "甲", "value": 7}, {"label": "乙", "value": 7}]));
    assert!(line.contains("points=\"14,78 306,78\""), "{line}");
}

#[test]
fn a_line_breaks_at_a_gap() {
    let items = serde_json::json!([
        {"label": 2021, "value": 3}, {"label": 2022, "value": 5}, {"label": 2023, "text": "**"},
        {"label": 2024, "value": 9}, {"label": 2025, "value": 12},
    ]);
    let svg = svg("type='line'", items);
    assert_eq!(svg.matches("<polyline").count(), 2);
    assert_eq!(svg.matches("<circle").count(), 4);
    assert_eq!(words(&svg), ["**", "12", "3", "5", "9", "2021", "2022", "2023", "2024", "2025"]);
}

#[test]
fn a_whole_tells_its_shares_and_its_sum() {
    let svg = svg("type='donut', unit='个'", stars());
    assert_eq!(
        words(&svg),
        [
            "1",
            "2",
            "3",
            "9个",
            "1",
            "五星",
            "1个 · 11.1%",
            "2",
            "四星",
            "3个 · 33.3%",
            "3",
            "三星",
            "5个 · 55.6%"
        ]
    );
    assert!(!call("type='parts', unit='%'", &stars()).unwrap().contains('·'));
}

#[test]
fn one_part_is_a_whole_ring() {
    let svg =
        svg("type='donut'", serde_json::json!([{"label": "全部", "value": 4}, {"label": "无", "value": 0}]));
    assert!(svg.contains("d=\"M60 2A58 58 0 1 1 60 118A58 58 0 1 1 60 2ZM60 26"), "{svg}");
    assert!(words(&svg).contains(&"0 · 0%"));
}

#[test]
fn small_parts_are_joined() {
    let items: Vec<_> =
        (1..=60).map(|n| serde_json::json!({"label": format!("第{n}组"), "value": n})).collect();
    let svg = svg("type='parts', other='其余', unit='户'", items.into());
    assert_eq!(svg.matches("<rect").count(), 12);
    assert!(words(&svg).contains(&"其余") && words(&svg).contains(&"1540户 · 84.2%"), "{svg}");
    assert!(svg.contains("第1组 1户，第2组 2户"));
}

#[test]
fn narrow_charts_put_words_below_each_other() {
    let narrow = svg("type='donut', width=180, unit='个'", stars());
    assert!(narrow.contains("viewBox=\"0 0 180 204\""), "{narrow}");
    let long = serde_json::json!([{"label": "村级集体经济", "value": 86, "text": "86万元"}]);
    let words_of = |wide: u16| svg(&format!("type='bar', width={wide}"), long.clone());
    assert!(words_of(320).contains("y=\"6\"") && words_of(160).contains("y=\"23\""));
}

#[test]
fn parts_below_zero_become_bars() {
    let svg =
        svg("type='donut'", serde_json::json!([{"label": "甲", "value": -1}, {"label": "乙", "value": 2}]));
    assert!(svg.starts_with("<svg class=\"chart bar\""));
}

#[test]
fn progress_is_told_against_its_target() {
    let svg =
        svg("type='progress', target=50, unit='次'", serde_json::json!([{"label": "党课", "value": 26}]));
    assert_eq!(words(&svg), ["党课", "26次", "52%", "目标50次"]);
    assert!(svg.contains("<rect class=\"c1\" x=\"0\" y=\"21\" width=\"166.4\""), "{svg}");
    let above = call(
        "type='progress', target=10, target_label='Goal', unit='t'",
        &serde_json::json!([{"label": "Rice", "value": 12.5}]),
    )
    .unwrap();
    assert_eq!(words(&above), ["Rice", "12.5 t", "125%", "Goal 10 t"]);
}

#[test]
fn texts_are_escaped() {
    let svg = svg(
        "type='bar', title='<b>&\"x\"'",
        serde_json::json!([{"label": "</svg>\u{0}\n<", "value": 1, "text": "<i>"}]),
    );
    assert!(
        svg.contains("&lt;/svg&gt; &lt;")
            && svg.contains("&lt;b&gt;&amp;&quot;x&quot;")
            && !svg.contains("<i>")
    );
}

#[test]
fn wrong_arguments_are_named() {
    let fault = |arguments: &str, items: serde_json::Value| call(arguments, &items).unwrap_err();
    let one = serde_json::json!([{"label": "甲", "value": 1}]);
    for (arguments, items, told) in [
        ("type='pie'", one.clone(), "`type` must be one of bar, line, donut, progress, parts, not `pie`"),
        ("type='bar', colour='red'", one.clone(), "no argument `colour`"),
        ("type='bar', title=1", one.clone(), "`title` must be a string"),
        ("type='bar', target='5'", one.clone(), "`target` must be a number or none"),
        ("type='bar', width=20", one.clone(), "`width` must lie between 160 and 640"),
        ("type='bar'", serde_json::json!(5), "`items` must be an array"),
        (
            "type='bar'",
            serde_json::json!([{"value": 1}, {"value": "2"}]),
            "items[1]: `value` must be a number or none",
        ),
        ("type='bar'", serde_json::json!([{"name": "甲"}]), "items[0]: no key `name`"),
        ("type='bar'", serde_json::json!([1]), "items[0]: must be a map"),
    ] {
        let fault = fault(arguments, items);
        assert!(fault.contains(told), "{fault}");
    }
    assert!(fault("title='x'", one).contains("`type` is missing"));
}

#[test]
fn numbers_are_short_and_stable() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (29.8, "29.8"),
        (-1234.567, "-1234.57"),
        (1e14, "100000000000000"),
        (1.5e20, "1.5e20"),
        (f64::MAX, "1.8e308"),
        (0.001, "<0.01"),
        (-0.001, ">-0.01"),
    ] {
        assert_eq!(number(value), text);
    }
}

#[test]
fn words_are_not_cut_where_a_line_can_break() {
    assert_eq!(wrap("Party lectures held", 10.0, 80.0, 3), ["Party lectures", "held"]);
    assert_eq!(wrap("庆乐村（中心村），连桂村", 10.0, 65.0, 3), ["庆乐村（中心", "村），连桂村"]);
    assert_eq!(wrap("一二三四五六七八九", 10.0, 30.0, 2), ["一二三", "四五…"]);
    assert_eq!(wrap("", 10.0, 30.0, 2), [""; 0]);
}

fn values() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        Just(None),
        (-100i32..100).prop_map(|n| Some(f64::from(n))),
        any::<f64>().prop_map(|n| Some(n).filter(|n| n.is_finite())),
        Just(Some(f64::MAX)),
        Just(Some(f64::MIN)),
        Just(Some(5e-324)),
    ]
}

proptest! {
    #[test]
    fn any_data_is_well_formed(
        items in prop::collection::vec((".{0,40}", values(), prop::option::of(".{0,20}")), 0..70),
        target in values(),
        sort in prop::sample::select(vec!["bar", "line", "donut", "progress", "parts"]),
        title in ".{0,10}",
        wide in 160..640,
    ) {
        let items: Vec<_> = items
            .into_iter()
            .map(|(label, value, text)| serde_json::json!({"label": label, "value": value, "text": text}))
            .collect();
        let title = serde_json::to_string(&title.replace(|c: char| !c.is_alphanumeric(), "&")).unwrap();
        let target = target.map_or("none".to_owned(), |target| format!("{target:.20}").replace("inf", "1"));
        let svg = call(&format!("type='{sort}', title={title}, target={target}, width={wide}"), &items.into());
        if let Ok(svg) = svg && !svg.is_empty() {
            prop_assert_eq!(markup::xml_fault(&svg), None);
            for tag in markup::tags(&svg) {
                for (name, value) in &tag.attributes {
                    let coordinate = matches!(name.as_str(), "x" | "y" | "width" | "height" | "cx" | "cy" | "r" | "x1" | "x2" | "y1" | "y2" | "points" | "d");
                    if coordinate {
                        prop_assert!(!value.contains("NaN") && !value.contains("inf"), "{}", svg);
                        for number in value.split(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').filter(|n| !n.is_empty()) {
                            let number: f64 = number.parse().unwrap();
                            prop_assert!((-30.0..=20_000.0).contains(&number), "{number} in {}", svg);
                        }
                    }
                }
            }
        }
    }
}
