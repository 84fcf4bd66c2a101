//! Kinds, front matter, `site.toml`, problem codes: what stands in tables of the code.

use crate::page::{Meanings, Page, codes};
use yicun::kinds::common::{NAMES, ZOLA};
use yicun::kinds::{Field, Kinds, Label, Order, Type};
use yicun::messages::{self, Lang};

/// `kinds.md`
pub fn kinds(zh: bool, meanings: &mut Meanings) -> String {
    let mut page = Page::new(zh, ("类型与字段", "Kinds and fields"));
    page.say((
        "一页属于哪个类型，由 `content/` 下第一层文件夹决定，也可以写 `类型 = \"…\"`。字段写在文章开头，键名、中文名、别名任选其一。",
        "The first folder below `content/` decides what kind a page is of; so does `kind = \"…\"`. Fields stand in front matter \
         under their key, their Chinese name or an alias.",
    ));
    page.heading(2, page.pick(("字段类型", "Types of fields")).to_owned().as_str());
    let rows: Vec<Vec<String>> = yicun::kinds::TYPES
        .iter()
        .map(|(name, _)| vec![format!("`{name}`"), meanings.of("types", name, &page)])
        .collect();
    page.table(&[("类型", "Type"), ("写法", "Written as")], &rows);
    page.say((
        "任何字段都可以写 `\"**\"`，表示不公开。标“可多个”的字段写成列表；只有一个时可以不写方括号。",
        "Any field may be `\"**\"`: withheld. Fields marked “several” take a list; a single value needs no brackets.",
    ));
    let (kinds, problems) = Kinds::load(&[]);
    assert!(problems.is_empty(), "{problems:#?}");
    for (id, kind) in kinds.iter() {
        page.heading(2, &format!("{} `{}`", page.pick((&kind.label.zh, &kind.label.en)), kind.key));
        let mut facts = Vec::new();
        let mut fact =
            |words: (&str, &str), value: String| facts.push(format!("{}{value}", page.pick(words)));
        match &kind.folder {
            Some(folder) => fact(("文件夹 ", "folder "), format!("`content/{folder}/`")),
            None => fact(("其他文件夹", "any other folder"), String::new()),
        }
        let order = match kind.order {
            Order::Ascending => ("，从小到大", ", ascending"),
            Order::Descending => ("，从大到小（日期新的在前）", ", descending (newest first)"),
        };
        fact(("按 ", "sorted by "), format!("`{}`{}", kind.sort_by, page.pick(order)));
        if let Some(number) = kind.paginate_by {
            fact(("每页 ", "items a page: "), number.to_string());
        }
        let flags = [
            (!kind.page, ("没有自己的页面，只出现在列表里", "no pages of their own, only in lists")),
            (kind.date_required, ("必须有日期", "a date is required")),
            (kind.dated, ("进入订阅", "in feeds")),
            (kind.event, ("进入时间线", "in the timeline")),
            (kind.hide_future, ("日期未到不显示", "hidden before their date")),
        ];
        for (_, words) in flags.iter().filter(|(set, _)| *set) {
            fact(*words, String::new());
        }
        if let Some(ends) = &kind.ends {
            fact(("到期看 ", "over after "), format!("`{ends}`"));
        }
        page.line(&format!("{}{}", facts.join(page.pick(("；", "; "))), page.pick(("。", "."))));
        if !kind.fields.is_empty() {
            let mut rows = Vec::new();
            for field in &kind.fields {
                row(&mut rows, field, "", &page);
            }
            page.table(
                &[
                    ("键", "Key"),
                    ("中文名", "Chinese"),
                    ("别名", "Aliases"),
                    ("类型", "Type"),
                    ("说明", "Notes"),
                ],
                &rows,
            );
        }
        let inverses: Vec<&str> = kinds.inverses_of(id).collect();
        if !inverses.is_empty() {
            let mut inverses = inverses;
            inverses.sort_unstable();
            inverses.dedup();
            let words = page.pick((
                "模板里从别的页面反过来看到的 `page.related`：",
                "In templates, `page.related` holds from other pages: ",
            ));
            page.line(&format!("{words}{}", codes(inverses)));
        }
    }
    page.done()
}

fn row(rows: &mut Vec<Vec<String>>, field: &Field, above: &str, page: &Page) {
    let mut notes: Vec<String> = Vec::new();
    let mut note = |words: (&str, &str), value: &str| notes.push(format!("{}{value}", page.pick(words)));
    if field.required {
        note(("必填", "required"), "");
    }
    if let Some(target) = &field.target {
        note(("指向 ", "points to "), &format!("`{target}`"));
    }
    if let Some(inverse) = &field.inverse {
        note(("对方看作 ", "seen there as "), &format!("`{inverse}`"));
    }
    if !field.choices.is_empty() {
        let choices: Vec<_> = field.choices.iter().map(Label::both).collect();
        note(("可选：", "one of "), &choices.join(page.pick(("、", ", "))));
    }
    if let Some(unit) = &field.unit {
        note(("单位 ", "unit "), unit);
    }
    if field.event {
        note(("进入时间线", "in the timeline"), "");
    }
    if let Some(help) = &field.help {
        note(("", ""), page.pick((&help.zh, &help.en)));
    }
    let several =
        if matches!(field.ty, Type::List(_)) { page.pick(("，可多个", ", several")) } else { "" };
    let chinese = if page.is_zh() || field.label.en.is_empty() {
        field.label.zh.clone()
    } else {
        format!("{} ({})", field.label.zh, field.label.en)
    };
    rows.push(vec![
        format!("`{above}{}`", field.key),
        chinese,
        field.aliases.join(page.pick(("、", ", "))),
        format!("{}{several}", field.ty.name()),
        notes.join(page.pick(("；", "; "))),
    ]);
    for inner in &field.fields {
        row(rows, inner, &format!("{above}{}.", field.key), page);
    }
}

/// `front-matter.md`
pub fn front_matter(zh: bool, meanings: &mut Meanings) -> String {
    let mut page = Page::new(zh, ("文章开头的通用字段", "Front matter that every page may carry"));
    page.say((
        "两行 `+++` 之间写 TOML，两行 `---` 之间写 YAML；也可以什么都不写，标题就取正文的第一个大标题，没有则取文件名。\
         字段名写哪一种都行。各类型自己的字段见 [类型与字段](kinds.md)。",
        "TOML between two lines of `+++`, YAML between two lines of `---`, or nothing at all: then the first heading is the \
         title, or the file's name. Any of the names will do. The fields of each kind are in [Kinds and fields](kinds.md).",
    ));
    for sections in [false, true] {
        if sections {
            page.heading(
                2,
                page.pick(("只用于栏目（`_index.md`）", "Only for sections (`_index.md`)"))
                    .to_owned()
                    .as_str(),
            );
        }
        let rows: Vec<Vec<String>> = NAMES
            .iter()
            .filter(|(key, _)| key.of_sections_only() == sections)
            .map(|(_, names)| {
                let others = names.iter().skip(1).copied().collect::<Vec<_>>().join(page.pick(("、", ", ")));
                vec![format!("`{}`", names[0]), others, meanings.of("front_matter", names[0], &page)]
            })
            .collect();
        page.table(&[("键", "Key"), ("其他名字", "Other names"), ("意思", "Meaning")], &rows);
    }
    page.say((
        "从 Zola 搬来的这些键没有作用，也不报错：",
        "These keys of Zola do nothing here, and are no error:",
    ));
    page.line(&codes(ZOLA));
    page.done()
}

/// `site-toml.md`
pub fn site_toml(zh: bool, meanings: &mut Meanings) -> String {
    let mut page = Page::new(zh, ("网站设置 `site.toml`", "Settings: `site.toml`"));
    page.say((
        "只有 `title` 必填。键名和中文名任选。不认识的键、像密码的键都是错误。",
        "Only `title` is required. Keys may be Chinese or English. An unknown key is an error, and so is one that looks like a \
         password.",
    ));
    for (table, keys) in yicun::config::settings() {
        if !table.is_empty() {
            let name = if *table == "menu" { "[[menu]]".to_owned() } else { format!("[{table}]") };
            page.heading(2, &format!("`{name}`"));
        }
        let group = if table.is_empty() { "site" } else { table.split('.').next().unwrap_or(table) };
        let rows: Vec<Vec<String>> = keys
            .iter()
            .map(|(key, aliases)| {
                vec![
                    format!("`{key}`"),
                    aliases.join(page.pick(("、", ", "))),
                    meanings.of(group, key, &page),
                ]
            })
            .collect();
        page.table(&[("键", "Key"), ("中文名", "Chinese"), ("意思", "Meaning")], &rows);
    }
    page.done()
}

/// `problems.md`
pub fn problems(zh: bool) -> String {
    let mut page = Page::new(zh, ("提示代码", "Problem codes"));
    page.say((
        "有错误就不发布；警告照常发布（`--strict` 时也算错误）；提示只供参考。`{…}` 处换成实际内容。",
        "An error keeps the site from being published; a warning does not (but for `--strict`); a hint is only advice. \
         `{…}` stands for what it is about.",
    ));
    for (area, text) in messages::TABLES {
        page.heading(2, &format!("`{area}`"));
        let codes: toml::Table = text.parse().unwrap();
        let rows: Vec<Vec<String>> = codes
            .keys()
            .map(|code| {
                let entry = messages::entry(code).unwrap();
                let words = if zh { &entry.zh } else { &entry.en };
                let lang = if zh { Lang::Zh } else { Lang::En };
                vec![
                    format!("`{code}`"),
                    messages::level_name(entry.level, lang).to_owned(),
                    words.cause.replace('<', "&lt;"),
                    words.fix.replace('<', "&lt;"),
                ]
            })
            .collect();
        page.table(&[("代码", "Code"), ("级别", "Level"), ("原因", "Cause"), ("怎么办", "Fix")], &rows);
    }
    page.done()
}
