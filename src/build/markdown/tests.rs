//! Facts and HTML of whole bodies.

use super::*;
use proptest::prelude::*;

fn html(body: &str) -> String {
    render(body, &Options::default(), &Slots::default())
}

fn check(body: &str, expected: &str) {
    assert_eq!(html(body).trim_end(), expected, "{body}");
}

fn read(body: &str) -> Facts {
    facts(body, &Options::default())
}

#[test]
fn strong_works_beside_full_width_punctuation() {
    check("**文字。**后", "<p><strong>文字。</strong>后</p>");
    check("庆乐村**“五为振兴”**示范点", "<p>庆乐村<strong>“五为振兴”</strong>示范点</p>");
    check(
        "推进**《条例》**落实，*（试行）*版",
        "<p>推进<strong>《条例》</strong>落实，<em>（试行）</em>版</p>",
    );
    check("已~~废止。~~后", "<p>已<del>废止。</del>后</p>");
    check("**[链接，](a。b.md)**后", "<p><strong><a href=\"a。b.md\">链接，</a></strong>后</p>");
    check(
        "**[链接](a)**。**(一)**强化，去年**100%**的**\"五为\"**示范",
        "<p><strong><a href=\"a\">链接</a></strong>。<strong>(一)</strong>强化，去年<strong>100%</strong>的<strong>\"五为\"</strong>示范</p>",
    );
    check("`**。` 3~5天，6~8天", "<p><code>**。</code> 3~5天，6~8天</p>");
}

#[test]
fn redactions_survive() {
    check("学习**次、党日**次", "<p>学习**次、党日**次</p>");
    check("[**村](cun-a.md)、[[**村]]", "<p><a href=\"cun-a.md\">**村</a>、**村</p>");
    check("**村民议事**会，组织**个村", "<p><strong>村民议事</strong>会，组织**个村</p>");
    check("**个**", "<p><strong>个</strong></p>");
}

#[test]
fn lines_join_between_han_only() {
    check("第一\n行**二**\n三", "<p>第一行<strong>二</strong>三</p>");
    check("APP\n村\n한\n국", "<p>APP\n村\n한\n국</p>");
    check("　　第一段\n　　第二段\n　　\n第三段", "<p>第一段</p>\n<p>第二段</p>\n<p>第三段</p>");
}

#[test]
fn ids_and_attributes() {
    check("## 一、成效", "<h2 id=\"一成效\">一、成效</h2>");
    check("## 甲 {#a .b onclick=x}\n## 甲", "<h2 id=\"a\" class=\"b\">甲</h2>\n<h2 id=\"甲\">甲</h2>");
    let facts = read("# 标题 *斜*\n\n正文。\n\n## 乙 {#a}\n\n## 丙 {#a}\n");
    assert_eq!(facts.first_heading_h1.as_deref(), Some("标题 斜"));
    assert_eq!(facts.faults[0].kind, FaultKind::DuplicateHeadingId("a".into()));
    let slots = Slots { skip_title: true, ..Slots::default() };
    assert_eq!(render("# 标题\n\n正文", &Options::default(), &slots), "<p>正文</p>\n");
}

#[test]
fn tables_alerts_lists() {
    check(
        "| 村 | 元 |\n|:-:|--:|\n| **村 | 9 |",
        "<div class=\"table-wrap\" tabindex=\"0\" role=\"region\" aria-label=\"表格\"><table><thead><tr>\
         <th scope=\"col\" class=\"ta-c\">村</th><th scope=\"col\" class=\"ta-r\">元</th></tr></thead><tbody>\n<tr>\
         <td class=\"ta-c\">**村</td><td class=\"ta-r\">9</td></tr>\n</tbody></table></div>",
    );
    check(
        "> [!NOTE]\n> 文",
        "<div class=\"alert alert-note\" role=\"note\">\n<p class=\"alert-title\">注意</p>\n<p>文</p>\n</div>",
    );
    assert!(html("词\n: 释义").contains("<dl>\n<dt>词</dt>\n<dd>释义</dd>"));
    assert!(html("- [x] 完成").contains("checked"));
}

#[test]
fn footnotes_go_to_the_end() {
    let body = "甲[^b]乙[^a]丙[^b]\n\n[^a]: 注一\n[^b]: 注二[x](y)\n[^c]: 没用\n\n## fn-1\n";
    let html = html(body);
    assert!(html.contains("id=\"fnref:1-2\"") && html.ends_with("</ol>\n</section>\n"), "{html}");
    assert!(html.find("注二").unwrap() < html.find("注一").unwrap());
    assert!(html.contains("aria-label=\"返回正文\">↩</a></p>") && html.contains("<h2 id=\"fn-1\">"));
    let facts = read(body);
    assert_eq!((facts.footnotes, facts.links.len()), (2, 1));
    assert_eq!(facts.faults[0].kind, FaultKind::UnusedFootnote("c".into()));
}

#[test]
fn links_and_slots() {
    let body =
        "[甲](a.md \"题\") [[庆乐村]] [[庆乐村|这里]] https://a.cn/x，<b@c.cn> [危](javascript:alert(1))";
    let facts = read(body);
    let kinds: Vec<_> =
        facts.links.iter().map(|link| (link.dest.as_str(), link.kind, link.text.as_str())).collect();
    assert_eq!(
        kinds,
        [
            ("a.md", LinkKind::Inline, "甲"),
            ("庆乐村", LinkKind::Wiki, "庆乐村"),
            ("庆乐村", LinkKind::Wiki, "这里"),
            ("https://a.cn/x", LinkKind::Inline, "https://a.cn/x"),
            ("mailto:b@c.cn", LinkKind::Inline, "b@c.cn"),
            ("javascript:alert(1)", LinkKind::Inline, "危"),
        ]
    );
    assert_eq!(&body[facts.links[3].span.clone()], "https://a.cn/x");
    let links = [
        Target::Url("\u{FDD0}/a/".into()),
        Target::Text,
        Target::Url("\u{FDD0}/v/".into()),
        Target::External("https://a.cn/x".into()),
    ];
    let slots = Slots { links: &links, ..Slots::default() };
    assert_eq!(
        render(body, &Options::default(), &slots),
        "<p><a href=\"\u{FDD0}/a/\" title=\"题\">甲</a> 庆乐村 <a href=\"\u{FDD0}/v/\">这里</a> \
         <a href=\"https://a.cn/x\" rel=\"noopener\">https://a.cn/x</a>，<a href=\"mailto:b@c.cn\">b@c.cn</a> 危</p>\n"
    );
}

#[test]
fn images_and_components() {
    let body =
        "![甲](a.jpg \"题\")\n\n文![乙](b.jpg)\n\n```{gallery}\nlimit = 6\n```\n\n    　　缩进的段落\n";
    let facts = read(body);
    assert_eq!(facts.images.iter().map(|image| image.alone).collect::<Vec<_>>(), [true, false]);
    let component = &facts.components[0];
    assert_eq!((component.name.as_str(), component.args.as_str()), ("gallery", "limit = 6\n"));
    assert_eq!(&body[component.args_span.clone()], "limit = 6\n");
    assert_eq!(facts.faults.len(), 1);
    assert_eq!(facts.faults[0].kind, FaultKind::PastedIndent);
    let slots = Slots {
        images: &["<figure>1</figure>".into(), "<img 2>".into()],
        components: &["<div>组件</div>".into()],
        ..Slots::default()
    };
    let html = render(body, &Options::default(), &slots);
    assert!(html.starts_with("<figure>1</figure>\n<p>文<img 2></p>\n<div>组件</div>\n"), "{html}");
    let kinds = |body: &str| read(body).faults.into_iter().map(|fault| fault.kind).collect::<Vec<_>>();
    assert_eq!(kinds("```{cards}\nkind = 1\n\n文"), [FaultKind::UnclosedComponent]);
    assert_eq!(kinds("```{cards limit=3}\n```"), [FaultKind::ComponentInfo]);
    assert_eq!(kinds("```{cards}\n```"), []);
    assert_eq!(kinds("> ```{cards}\n> a = 1\n> ```"), []);
}

#[test]
fn raw_html_is_sanitised_around_the_slots() {
    let body = "## 甲\n\n<details open onclick=\"x\"><summary style=\"color:red\">看</summary>\n\n![乙](b.jpg)\n\n</details>\n\n\
                <script>alert(1)</script>\n\n<a href=\"javascript:x\">y</a> 水<sub>2</sub>\n\n| a |\n|:-:|\n| b |\n\n- [ ] 做";
    let image = "<picture><img src=\"\u{FDD0}/b.webp\" onload=\"ours\"></picture>";
    let html = render(body, &Options::default(), &Slots { images: &[image.into()], ..Slots::default() });
    assert!(
        html.contains(image) && html.contains("<h2 id=\"甲\">") && html.contains("<sub>2</sub>"),
        "{html}"
    );
    assert!(
        html.contains("class=\"ta-c\"")
            && html.contains("type=\"checkbox\"")
            && html.contains("<details open")
    );
    for gone in ["script", "style=", "onclick", "javascript", "slot-"] {
        assert!(!html.contains(gone), "{gone}: {html}");
    }
    assert!(
        matches!(&read(body).faults[..], [a, b] if a.kind == FaultKind::RawHtmlRemoved("style=".into()) && b.kind == FaultKind::RawHtmlRemoved("<script>".into()))
    );
    // A slot never lands in an attribute.
    let caught = render(
        "<div title=\"\n\n![x](y)\n\n\">z</div>",
        &Options::default(),
        &Slots { images: &[image.into()], ..Slots::default() },
    );
    assert!(!caught.contains("onload"), "{caught}");
}

#[test]
fn template_syntax_is_text() {
    check("{{ page.title }} {% raw %}", "<p>{{ page.title }} {% raw %}</p>");
}

#[test]
fn words_and_excerpt() {
    let facts = read("# 题\n\n今年 42 个网格，*增长* 29.8%。\n\n```\n代码\n```\n\n![图](a.jpg)\n\n第二段。");
    assert_eq!((facts.han, facts.latin), (1 + 7 + 3, 2));
    assert_eq!(facts.excerpt, "今年 42 个网格，增长 29.8%。第二段。");
    let long = read(&"全镇上下呈现出良好局面，".repeat(30)).excerpt;
    assert!(long.ends_with("局面…") && long.chars().count() <= 121);
    assert_eq!(read("- 甲\n- 乙").excerpt, "甲　乙");
}

/// The sentences of the township's report that hold a redaction, in order.
const REPORT: &str = "\
    今年已来，**镇严格按照上级有关工作要求，以“文化先行 美在**”为党建主题，扎实推进党建引领乡村治理工作，抓好党支部标准化规范化建设，着力在抓队伍建设、支部建设上下功夫、求实效，全镇上下呈现出聚精会神抓党建、一心一意谋发展的良好局面。\n\
    坚持“第一议题”制度，召开中心组学习**次、班子领导带头参加支部主题党日**次、讲党课26次。\n\
    有序开展村庄规划编制，配合城区建设以**村等为核心打造的“双太”乡村振兴沃柑产业示范区项目，逐步形成柑橘产业种植、产后处理与深加工、电商市场销售等一体化的产业链。整合农村公益性事业财政奖补资金、革命老区项目资金等近**万元建成李花广场。利用地处**高速公路路口、重大项目道路途经地等地理优势，开发利用李花林种植、水库和旧房，打造风景旅游网红打卡地，逐步形成“一村一品、一村一景”格局。**村以“六个一”为载体，持续打造集教育，旅游和农产品体验“三位一体”的红色文化旅游示范村，使乡村文化全面振兴，脱贫户收入稳中有升，从而实现共同富裕。\n\
    年中发放纪念章**枚，走访慰问老党员、困难党员、党内功勋人员共23人。组织**个村抱团成立武鸣区沃美建筑工程有限公司。去年村级集体经济总收入**万元，增长29.8%，超额完成城区下达任务。\n\
    如庆乐村红色旅游文化村建设进度偏慢，**村党建品牌没有起到以点带面的作用。在村级集体经济工作中，**村没有能完成年初镇级下达的10万元村的目标任务。\n\
    全力推进**等重大项目工程建设。\n\
";

#[test]
fn the_report_keeps_all_its_redactions() {
    assert_eq!(REPORT.matches("**").count(), 14);
    for body in [REPORT.to_owned(), REPORT.replace('\n', "\n\n"), REPORT.replace('\n', "")] {
        let html = html(&body);
        assert_eq!(html.matches("**").count(), 14, "{html}");
        assert!(!html.contains("<strong>") && !html.contains("<em>"));
    }
}

#[test]
fn facts_survive_postcard() {
    let facts = read("# 一\n\n[[甲]] ![图](a.jpg)\n\n```{x}\na=1\n```\n\n<font>a</font>");
    let bytes = postcard::to_stdvec(&facts).unwrap();
    assert_eq!(postcard::from_bytes::<Facts>(&bytes).unwrap(), facts);
}

#[test]
fn nasty_input_finishes() {
    // Slow builds get less: quadratic time would show all the same.
    let size = if cfg!(debug_assertions) { 200_000 } else { 1_000_000 };
    let long = |part: &str| part.repeat(size / part.len());
    for part in [
        ">",
        "> ",
        "[",
        "![",
        "[[",
        "*",
        "**",
        "**村",
        "*a_",
        "`",
        "~~",
        "- ",
        "<",
        "<a ",
        "<div>",
        "<b>\n\n",
        "&",
        "|",
        "# a\n",
        "1. ",
        "“**",
        "[^a]",
        "[^a]:\n",
        "　\n",
        "a\n",
        "村\n",
        "\u{E000}**“",
        "&#xE000;",
        "```{x}\n",
        ":a\n",
        "[a](",
        "www.",
        "http://a.b&amp;",
        "![a](b)\n\n",
        "<!--",
        "</",
        "\\*",
    ] {
        let body = long(part);
        let facts = read(&body);
        let html = html(&body);
        assert!(html.len() < 200_000_000 && facts.links.len() < 1_000_000);
    }
}

/// The fence's own indent takes two of the three spaces that stand for `　`.
#[test]
fn arguments_begin_with_a_whole_character() {
    let body = "  ```{x}\n　\na = 1\n  ```\n";
    let facts = read(body);
    assert_eq!(&body[facts.components[0].args_span.clone()], "　\na = 1\n");
}

proptest! {
    #[test]
    fn slots_are_the_facts(body in "([\\[\\]()!*_~`<>|#\\-:{}\n a村。“”　\u{E000}]|https://a.b|\\[\\^1\\]|\\[\\^1\\]: |```\\{x\\}\n|\n```\n|<b>|!\\[|\\]\\(|  |\n\n){0,60}") {
        for options in [Options::default(), Options { raw_html: RawHtml::Keep, ..Options::default() }] {
            let facts = facts(&body, &options);
            let images: Vec<String> = (0..facts.images.len()).map(|n| format!("<i>image{n};</i>")).collect();
            let components: Vec<String> = (0..facts.components.len()).map(|n| format!("<i>component{n};</i>")).collect();
            let links: Vec<Target> = (0..facts.links.len()).map(|n| Target::Url(format!("/link{n};"))).collect();
            let html = render(&body, &options, &Slots { links: &links, images: &images, components: &components, ..Slots::default() });
            let shown = |name: &str, n: usize| html.matches(&format!("{name}{n};")).count();
            // Sanitising may merge or drop links; unused footnotes are not shown.
            let whole = !facts.raw_html && facts.faults.is_empty();
            for (name, len) in [("image", images.len()), ("component", components.len()), ("link", links.len())] {
                for n in 0..len {
                    prop_assert!(shown(name, n) == 1 || !whole && shown(name, n) == 0 || facts.raw_html, "{} {}\n{}", name, n, html);
                }
            }
            for span in facts.links.iter().map(|l| &l.span).chain(facts.images.iter().map(|i| &i.span)).chain(facts.headings.iter().map(|h| &h.span)).chain(facts.components.iter().map(|c| &c.args_span)) {
                prop_assert!(body.get(span.clone()).is_some());
            }
            let ids: std::collections::BTreeSet<&str> = facts.headings.iter().map(|h| h.id.as_str()).collect();
            prop_assert_eq!(ids.len(), facts.headings.len());
        }
    }

    /// What fills the gaps may be nothing, end a line, or not.
    #[test]
    fn a_filled_fragment_is_the_html(body in "([\\[\\]()!*_~`>|#\\-:{}\n a村。“”　]|https://a.b|```\\{x\\}\n|\n```\n|!\\[|\\]\\(|\\[\\[村\\]\\]|\\[!NOTE\\]|  |\n\n){0,60}", skip_title: bool) {
        let options = Options::default();
        let facts = facts(&body, &options);
        let fill = |n: usize| ["", "<i>x</i>", "<p>x</p>\n"][n % 3].to_owned();
        let images: Vec<String> = (0..facts.images.len()).map(fill).collect();
        let components: Vec<String> = (0..facts.components.len()).map(fill).collect();
        let links: Vec<Target> = (0..facts.links.len()).map(|n| match n % 4 {
            0 => Target::Url(format!("/link{n}/")),
            1 => Target::Text,
            2 => Target::External(format!("https://link{n}.example/")),
            _ => Target::External("javascript:x".to_owned()),
        }).collect();
        let slots = Slots { links: &links, images: &images, components: &components, skip_title, ..Slots::default() };
        let (found, fragment) = press(&body, &options, &Slots { skip_title, ..Slots::default() });
        prop_assert_eq!(&found, &facts);
        prop_assert_eq!(fragment.is_none(), facts.raw_html || facts.footnotes > 0);
        if let Some(fragment) = fragment {
            let bytes = fragment.to_bytes();
            let again = Fragment::from_bytes(&bytes);
            prop_assert_eq!(again.as_ref(), Some(&fragment));
            prop_assert_eq!(fragment.fill(&options, &slots), render_with_headings(&body, &options, &slots));
        }
    }

    #[test]
    fn nothing_is_lost_by_swapping(body in "[*~。“”村\u{E000}\u{E001}\u{91}　\n&#xE002;a]{0,40}") {
        let swapped = Swapped::of(&body);
        prop_assert_eq!(swapped.text.len(), body.len());
        let back = swapped.back(swapped.text.as_ref().into());
        prop_assert_eq!(back.trim().replace([' ', '　'], ""), body.trim().replace([' ', '　'], ""));
    }

    #[test]
    fn no_input_panics(body in "\\PC*") {
        html(&body);
        facts(&body, &Options::commonmark());
    }
}
