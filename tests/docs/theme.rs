//! `theme.toml`: its keys as the engine knows them, and what the embedded theme says with them.

use crate::common::Site;
use crate::page::{Meanings, Page, codes};
use std::collections::BTreeMap;
use yicun::build::load::{ComponentSpec, ListSpec};

/// The keys that a table may have, by the complaint about one that it may not.
fn keys_in(complaint: &str) -> Vec<String> {
    let expected = complaint.split_once("expected").map_or("", |(_, expected)| expected);
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The keys of a table of `theme.toml` itself, by a build of a theme with a wrong one.
fn keys_of_theme(text: &str) -> Vec<String> {
    let site = Site::empty();
    site.write("site.toml", "title = \"x\"\ntheme = \"x\"\n").write("themes/x/theme.toml", text);
    let outcome = site.build();
    let problem = outcome.problems.iter().find(|problem| problem.code == "theme-toml").unwrap();
    keys_in(&problem.args.iter().find(|(name, _)| *name == "detail").unwrap().1)
}

/// The embedded theme's file.
fn hongqi() -> toml::Table {
    std::fs::read_to_string(crate::repository("themes/hongqi/theme.toml")).unwrap().parse().unwrap()
}

/// One table as it would be typed.
fn typed(spec: &toml::Value) -> String {
    match spec {
        toml::Value::Table(table) => {
            let entries: Vec<String> =
                table.iter().map(|(key, value)| format!("{key} = {}", typed(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        toml::Value::Array(items) => format!("[{}]", items.iter().map(typed).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// `theme-toml.md`
pub fn theme_toml(zh: bool, meanings: &mut Meanings) -> String {
    let mut page = Page::new(zh, ("主题文件 `theme.toml`", "A theme's file: `theme.toml`"));
    page.say((
        "怎样从头做一个主题，见 [主题指南](../../guide-theme.zh-CN.md)。",
        "How a theme is made from nothing is told in the [guide for theme makers](../../guide-theme.md).",
    ));
    let list = toml::from_str::<ListSpec>("\"?\" = 1").unwrap_err();
    let component = toml::from_str::<ComponentSpec>("\"?\" = 1").unwrap_err();
    let tables = [
        ("theme", ("顶层", "At the top"), keys_of_theme("\"?\" = 1")),
        ("layout", ("`[layouts.<版面>]`", "`[layouts.<layout>]`"), keys_of_theme("[layouts.a]\n\"?\" = 1")),
        ("list", ("一个列表", "A list"), keys_in(list.message())),
        ("component", ("`[components.<名称>]`", "`[components.<name>]`"), keys_in(component.message())),
    ];
    for (group, title, keys) in tables {
        assert!(!keys.is_empty(), "the keys of {group} could not be found");
        page.heading(2, page.pick(title).to_owned().as_str());
        let rows: Vec<Vec<String>> =
            keys.iter().map(|key| vec![format!("`{key}`"), meanings.of(group, key, &page)]).collect();
        page.table(&[("键", "Key"), ("意思", "Meaning")], &rows);
    }
    page.heading(2, page.pick(("参数的类型", "Types of arguments")).to_owned().as_str());
    let types = ["text", "int", "bool", "list", "relation:<kind>", "image", "file"];
    let rows: Vec<Vec<String>> =
        types.iter().map(|key| vec![format!("`{key}`"), meanings.of("argument", key, &page)]).collect();
    page.table(&[("类型", "Type"), ("写法", "Written as")], &rows);

    let theme = hongqi();
    page.heading(2, page.pick(("内置主题 `hongqi`", "The embedded theme `hongqi`")).to_owned().as_str());
    page.say((
        "可以在 `site.toml` 的 `[theme_options]` 里改的：",
        "What `[theme_options]` in `site.toml` may change:",
    ));
    let options = theme.get("options").and_then(toml::Value::as_table).unwrap();
    let rows: Vec<Vec<String>> = options
        .iter()
        .map(|(key, value)| {
            vec![format!("`{key}`"), format!("`{}`", typed(value)), meanings.of("options", key, &page)]
        })
        .collect();
    page.table(&[("键", "Key"), ("默认", "Default"), ("意思", "Meaning")], &rows);
    page.say(("它的列表，模板里在 `lists`：", "Its lists, `lists` in templates:"));
    let layouts = theme.get("layouts").and_then(toml::Value::as_table).unwrap();
    let mut rows = Vec::new();
    for (layout, table) in layouts {
        if let Some(spec) = table.get("paginate") {
            rows.push(vec![format!("`{layout}`"), "`paginator`".to_owned(), format!("`{}`", typed(spec))]);
        }
        for (name, spec) in table.get("lists").and_then(toml::Value::as_table).into_iter().flatten() {
            rows.push(vec![format!("`{layout}`"), format!("`{name}`"), format!("`{}`", typed(spec))]);
        }
    }
    page.table(&[("版面", "Layout"), ("列表", "List"), ("声明", "Declared as")], &rows);
    page.done()
}

/// `components.md`
pub fn components(zh: bool, meanings: &mut Meanings) -> String {
    let mut page = Page::new(zh, ("组件", "Components"));
    page.say((
        "组件写成代码块，名称放在花括号里，参数是 TOML。下面是内置主题 `hongqi` 的组件；没有的组件、没有的参数都是错误。",
        "A component is a code block with its name in braces and TOML arguments. These are the components of the embedded theme \
         `hongqi`; an unknown component or argument is an error.",
    ));
    page.line("````markdown\n```{gallery}\nalbum = \"…\"\nlimit = 6\n```\n````");
    let theme = hongqi();
    let components = theme.get("components").and_then(toml::Value::as_table).unwrap();
    for (name, table) in components {
        let spec: ComponentSpec = table.clone().try_into().unwrap();
        page.heading(2, &format!("`{name}`"));
        let told = meanings.of("components", name, &page);
        page.line(&told);
        let rows: Vec<Vec<String>> = spec
            .args
            .iter()
            .map(|(key, kind)| {
                vec![
                    format!("`{key}`"),
                    format!("`{kind}`"),
                    meanings.of(&format!("components-{name}"), key, &page),
                ]
            })
            .collect();
        if !rows.is_empty() {
            page.table(&[("参数", "Argument"), ("类型", "Type"), ("意思", "Meaning")], &rows);
        }
        let lists: BTreeMap<_, _> =
            table.get("lists").and_then(toml::Value::as_table).into_iter().flatten().collect();
        if !lists.is_empty() {
            let words = page.pick(("模板看到的列表：", "Lists that its template sees: "));
            page.line(&format!("{words}{}", codes(lists.keys().map(|name| name.as_str()))));
        }
    }
    page.done()
}
