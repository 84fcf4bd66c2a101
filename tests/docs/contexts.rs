//! What templates see, found by looking: a small site that uses everything is planned, every context is made, and the
//! values are walked. Maps with the same keys are one shape with a name.

use crate::common::{Site, TODAY, photo, tree};
use crate::page::{Meanings, Page};
use std::collections::{BTreeMap, BTreeSet};
use tera::Value;
use yicun::build::load::{self, Remembered, Shelf};
use yicun::build::markdown::{self, Slots};
use yicun::build::model::{self, Today};
use yicun::build::plan::{self, Article, Job, Kitchen, Owner, Press, Pressed};
use yicun::build::{memo, source};
use yicun::config::Config;
use yicun::kinds::Kinds;
use yicun::problem::Problem;

/// Shape → key → shapes of the values; and context → names in it.
#[derive(Default)]
pub struct Found {
    shapes: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    contexts: BTreeMap<&'static str, BTreeSet<String>>,
}

/// Keys that tell a shape from all others, and its name; the first that fits counts.
const MARKS: [(&str, &[&str]); 27] = [
    ("picture", &["sources", "ratio"]),
    ("date", &["iso", "short"]),
    ("number", &["redacted"]),
    ("page", &["facts", "toc"]),
    ("face", &["facts"]),
    ("event", &["planned"]),
    ("year", &["months"]),
    ("month", &["events", "key"]),
    ("group", &["totals"]),
    ("file", &["size_text"]),
    ("fact", &["links", "label"]),
    ("heading", &["level", "children"]),
    ("branch", &["more", "children"]),
    ("section", &["subsections"]),
    ("paginator", &["archives"]),
    ("feed", &["self", "entries"]),
    ("entry", &["published"]),
    ("source", &["srcset"]),
    ("translation", &["code", "absolute"]),
    ("language", &["code", "current"]),
    ("archive", &["url", "label", "number"]),
    ("sheet", &["url", "label"]),
    ("subsection", &["description", "count"]),
    ("term", &["name", "url", "count"]),
    ("feed_link", &["title", "url", "type"]),
    ("menu_entry", &["title", "url", "section"]),
    ("relation", &["title", "url", "kind"]),
];

/// Shapes that are told by all their keys.
const EXACT: [(&str, &[&str]); 5] = [
    ("sitemap_entry", &["images", "updated", "url"]),
    ("link", &["title", "url"]),
    ("tag", &["name", "url"]),
    ("dated_link", &["date", "title", "url"]),
    ("total", &["text", "value"]),
];

/// Maps whose keys come from the site or its theme.
const FREE: [&str; 8] =
    ["words", "assets", "site.theme", "extra", "related", "lists", "totals", "fact.value"];

/// Looks at the small site, and at the same without any setting that it can do without: so what may be missing shows.
pub fn gather() -> Found {
    let mut found = Found::default();
    let site = small_site();
    found.look_at(&site);
    site.write("site.toml", "title = \"示例镇\"\ntheme = \"small\"\n[languages.en]\n");
    site.remove("themes/small/templates/sitemap.html").remove("content/timeline");
    for path in site.sources().into_keys().filter(|path| path.ends_with(".md")) {
        let text = site.read(&path);
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("tags = ")).collect();
        site.write(&path, lines.join("\n"));
    }
    found.look_at(&site);
    found.part_pages_from_faces();
    found
}

/// Articles are made elsewhere; here any HTML will do.
struct Blank;

impl Press for Blank {
    fn article(&self, _: &Kitchen<'_>, _: Owner, _: &Article<'_>) -> Result<Pressed, Problem> {
        let (html, headings) =
            markdown::render_with_headings("## a\n\n### b", &markdown::Options::default(), &Slots::default());
        Ok(Pressed { html, headings })
    }
}

fn class(template: &str, names: &BTreeSet<String>) -> &'static str {
    match template {
        "404.html" => "404",
        "tags.html" => "tags",
        "tag.html" => "tag",
        "sitemap.html" => "sitemap",
        "redirect.html" => "redirect.html",
        "atom.xml" => "atom.xml",
        "feed.json" => "feed.json",
        "sitemap.xml" => "sitemap.xml",
        "robots.txt" => "robots.txt",
        _ if names.contains("page") => "page",
        _ if names.contains("section") => "section",
        other => panic!("tests/docs/contexts.rs knows no context like that of {other}"),
    }
}

impl Found {
    /// Builds a site's plan and looks at everything in it.
    fn look_at(&mut self, site: &Site) {
        let (config, problems) = Config::parse(&site.read("site.toml"));
        assert!(problems.is_empty(), "{problems:#?}");
        let now = memo::now(site.root()).unwrap();
        let (source, problems) = source::scan(site.root(), &[], &config.theme).unwrap();
        assert!(problems.is_empty(), "{problems:#?}");
        let kinds = Kinds::load(&[]).0;
        let theme = load::theme(&source, &config).unwrap().0;
        let shelf = Shelf { rows: &Remembered::default(), now, bodies: None };
        let (loaded, _, problems) = load::load(&source, &config, &kinds, theme, shelf).unwrap();
        assert!(problems.is_empty(), "{problems:#?}");
        let today = Today { date: TODAY.parse().unwrap(), drafts: false, future: false };
        let (model, problems) = model::assemble(loaded, config, kinds, today);
        assert!(problems.is_empty(), "{problems:#?}");
        let (plan, problems) = plan::plan(&model);
        assert!(problems.is_empty(), "{problems:#?}");
        for output in plan.outputs.iter() {
            let Job::Page(dish) = &output.job else { continue };
            let order = plan.order(dish);
            let context = plan.kitchen.context(&order.recipe, &Blank).unwrap();
            let names: BTreeSet<String> = order.recipe.iter().map(|(name, _)| (*name).to_owned()).collect();
            let class = class(&order.template, &names);
            for name in &names {
                let value = context.get(name).unwrap();
                let shape = self.look(value, name, &model.kinds);
                self.note("top", name, shape);
            }
            self.contexts.entry(class).or_default().extend(names);
        }
    }

    fn note(&mut self, owner: &str, key: &str, shape: String) {
        self.shapes.entry(owner.to_owned()).or_default().entry(key.to_owned()).or_default().insert(shape);
    }

    /// A page is a face and more: only the more stands in its table.
    fn part_pages_from_faces(&mut self) {
        let pages = self.shapes.remove("page").unwrap_or_default();
        for (key, shapes) in pages {
            let owner = if self.shapes["face"].contains_key(&key) { "face" } else { "page" };
            self.shapes.entry(owner.to_owned()).or_default().entry(key).or_default().extend(shapes);
        }
    }

    /// The shape of a value; what is inside is noted on the way.
    fn look(&mut self, value: &Value, path: &str, kinds: &Kinds) -> String {
        let last = path.rsplit('.').next().unwrap_or(path);
        if value.is_none() {
            return "none".to_owned();
        }
        if let Some(items) = value.as_array() {
            let inside: BTreeSet<String> = items.iter().map(|item| self.look(item, path, kinds)).collect();
            return format!("[{}]", known(&inside).join(" / "));
        }
        if let Some(map) = value.as_map() {
            if FREE.contains(&path) || FREE.contains(&last) {
                let inside = if last == "totals" { "total" } else { "item" };
                if ["totals", "lists", "related"].contains(&last) {
                    map.values().for_each(|value| drop(self.look(value, inside, kinds)));
                }
                return "map".to_owned();
            }
            let keys: BTreeSet<&str> = map.keys().filter_map(|key| key.as_str()).collect();
            let name = shape(&keys).unwrap_or(path).to_owned();
            let own: Vec<&str> = match (name.as_str(), value.get_from_path("kind").and_then(Value::as_str)) {
                ("face" | "page", Some(kind)) => {
                    let kind = kinds.get(kinds.by_key(kind).unwrap());
                    kind.fields.iter().map(|field| field.key.as_str()).collect()
                }
                _ => Vec::new(),
            };
            for (key, value) in map.iter() {
                let key = key.as_str().unwrap();
                // Fields of the kind stand in the reference of kinds, with their records.
                let of_kind = own.contains(&key) && !(name == "page" && key == "photos");
                if of_kind && is_record(value) {
                    continue;
                }
                let inner = self.look(value, &format!("{name}.{key}"), kinds);
                if !of_kind {
                    self.note(&name, key, inner);
                }
            }
            return name;
        }
        let text = value.as_str();
        match text {
            Some(text) if text.starts_with('\u{FDD0}') => "url".to_owned(),
            Some(text) if text.starts_with('\u{FDD1}') => "address".to_owned(),
            Some(_) if value.is_safe() => "html".to_owned(),
            Some(_) => "text".to_owned(),
            None if value.is_bool() => "bool".to_owned(),
            None if value.is_f64() => "decimal".to_owned(),
            None => "int".to_owned(),
        }
    }
}

/// Whether a value is a map, or a list of maps, that is no shape of its own.
fn is_record(value: &Value) -> bool {
    if let Some(items) = value.as_array() {
        return items.first().is_some_and(is_record);
    }
    let keys = |map: &tera::Map| shape(&map.keys().filter_map(|key| key.as_str()).collect()).is_none();
    value.as_map().is_some_and(keys)
}

/// The name of a map with these keys.
fn shape(keys: &BTreeSet<&str>) -> Option<&'static str> {
    let exact = EXACT.iter().find(|(_, all)| all.iter().copied().collect::<BTreeSet<_>>() == *keys);
    let marked = || MARKS.iter().find(|(_, marks)| marks.iter().all(|mark| keys.contains(mark)));
    exact.or_else(marked).map(|(name, _)| *name)
}

/// What is known of a value besides that it may be missing or empty.
fn known(shapes: &BTreeSet<String>) -> Vec<&str> {
    let full: Vec<&str> =
        shapes.iter().map(String::as_str).filter(|shape| !["none", "[]"].contains(shape)).collect();
    // A whole number now and then is still a decimal.
    if full.contains(&"decimal") { full.into_iter().filter(|shape| *shape != "int").collect() } else { full }
}

/// `contexts.md`
pub fn page(zh: bool, found: &Found, meanings: &mut Meanings) -> String {
    let mut page = Page::new(zh, ("模板里有什么", "What templates see"));
    page.say((
        "每个键总是在的；没有值时是 `none`，列表则是空的。此外什么都没有：没有时钟、文件、环境。网址是完整的，直接输出，\
         不要再加前缀。“形状”一栏：`[x]` 是 x 的列表，`文字?` 表示可能是 `none`；带链接的形状在下面有自己的表。",
        "Every key is always there; without a value it is `none`, a list is empty. There is nothing else: no clock, no files, no \
         environment. URLs are complete: print them as they are. In the column “shape”, `[x]` is a list of x, `text?` may be \
         `none`; shapes with a link have a table of their own below.",
    ));
    let html = ["page", "section", "tags", "tag", "404", "sitemap"];
    let everywhere: BTreeSet<&String> = found.contexts["page"]
        .iter()
        .filter(|name| html.iter().all(|class| found.contexts[class].contains(*name)))
        .collect();
    page.heading(2, page.pick(("所有版面", "All layouts")).to_owned().as_str());
    rows(&mut page, found, "top", &everywhere.iter().map(|name| name.as_str()).collect::<Vec<_>>(), meanings);
    let order = [
        "page",
        "section",
        "tags",
        "tag",
        "404",
        "sitemap",
        "redirect.html",
        "atom.xml",
        "feed.json",
        "sitemap.xml",
        "robots.txt",
    ];
    for class in order {
        let title = meanings.of("contexts", class, &page);
        page.heading(2, &title);
        let names = found.contexts.get(class).unwrap_or_else(|| panic!("the small site has no {class}"));
        let own: Vec<&str> = names
            .iter()
            .filter(|name| !html.contains(&class) || !everywhere.contains(name))
            .map(String::as_str)
            .collect();
        if own.is_empty() {
            page.say(("没有别的。", "Nothing else."));
        } else {
            rows(&mut page, found, "top", &own, meanings);
        }
    }
    page.heading(2, page.pick(("组件与插图", "Components and figures")).to_owned().as_str());
    page.say((
        "`components/<名称>.html` 看得到 `args`（每个声明过的参数，没写的是 `none`）、`lists`、`site`、`words`、`assets`。参数是关联时，它是 \
         [face](#face)；图片是 [picture](#picture)，文件是 [file](#file)。`figure.html`（正文里的图片）看得到 `picture`、`title`（图注）、`alone`\
         （独占一段）。",
        "`components/<name>.html` sees `args` (every declared argument, `none` when it was not given), `lists`, `site`, `words` and \
         `assets`. An argument that is a relation is a [face](#face), a picture a [picture](#picture), a file a [file](#file). \
         `figure.html` (pictures in articles) sees `picture`, `title` (the caption) and `alone` (it is a paragraph of its own).",
    ));
    page.heading(2, page.pick(("函数与过滤器", "Functions and filters")).to_owned().as_str());
    page.say((
        "除了 Tera 自带的，还有三个：\n\n\
         - `chart(type=, items=, title=, target=, unit=, other=, target_label=, width=)` 画一张 SVG 图。`type` 是 `bar` 条形、`line` 折线、`donut` 环形、\
         `progress` 进度、`parts` 构成；`items` 是 `{label, value, text}` 的列表，`value` 是数或 none（不公开的画成空框），`text` 不写就是数加 `unit`；\
         `title` 给读屏软件；`target` 是目标，`target_label` 是“目标”这个词；`other` 是超过六项时合并的名字；`width` 是图的宽度（160 到 640，默认 \
         320），与显示的宽度差不多，字才不大不小。没有可画的就是空的。颜色由主题的样式表给 \
         `.chart` 里的 `c1`…`c6`、`axis`、`grid`、`target`、`track`、`gap`、`dot`、`label`、`value`、`key`、`total`。\n\
         - `json`：任何值写成 JSON，可以放进 `<script type=\"application/ld+json\">`。\n\
         - `qr`：地址的二维码，一个黑白的 SVG，类名 `qr`，如 `{{ absolute | qr }}`；没有地址（`none`）就什么也没有。二维码在路径定下来之后才画。",
        "There are three besides those of Tera:\n\n\
         - `chart(type=, items=, title=, target=, unit=, other=, target_label=, width=)` draws an SVG picture. `type` is `bar`, `line`, `donut`, \
         `progress` or `parts`; `items` is a list of `{label, value, text}`, where `value` is a number or none (withheld: an empty frame) and \
         `text` is the number with `unit` if missing; `title` is for screen readers; `target` is what should be reached, `target_label` the word \
         for it; `other` names what is joined when there are more than six parts; `width` (160 to 640, default 320) should be about \
         the width at which it is shown, so that its words have the size of others. It is empty when there is nothing to draw. The style sheet of the \
         theme gives the colours to `c1` … `c6`, `axis`, `grid`, `target`, `track`, `gap`, `dot`, `label`, `value`, `key` and `total` inside \
         `.chart`.\n\
         - `json` writes any value as JSON that may stand in `<script type=\"application/ld+json\">`.\n\
         - `qr` draws the QR code of an address, a black and white SVG of the class `qr`: `{{ absolute | qr }}`; of `none`, nothing. It \
         is drawn last, when the address of the site is known.",
    ));
    page.heading(2, page.pick(("形状", "Shapes")).to_owned().as_str());
    page.say((
        "类型自己的字段直接在 face 上，按键取：`village.star.text`。文字、选项是文字（选项是中文名；`facts` 里是本页语言的）；`int` `decimal` `percent` `money` 是 [number](#number)；\
         `date` 是 [date](#date)；`bool` 是真假；`relation` 是 [relation](#relation)；`image` 是 [picture](#picture)；`file` 是 [file](#file)；\
         `record` 是一组同样的值；可多个的是列表。写成 `\"**\"` 的数，`value` 是 `none`，`text` 是 `**`。",
        "The fields of a kind stand on the face itself, under their keys: `village.star.text`. Text and choices are text (of a choice the \
         Chinese name; `facts` has that of the page's language); `int`, \
         `decimal`, `percent` and `money` are a [number](#number); `date` is a [date](#date); `bool` is true or false; `relation` is a \
         [relation](#relation); `image` a [picture](#picture); `file` a [file](#file); `record` a map of the same; several values are a \
         list. Of a number written `\"**\"` the `value` is `none` and the `text` is `**`.",
    ));
    for (owner, keys) in found.shapes.iter().filter(|(owner, _)| *owner != "top") {
        page.heading(3, owner);
        let told = meanings.of("shapes", owner, &page);
        page.line(&told);
        rows(&mut page, found, owner, &keys.keys().map(String::as_str).collect::<Vec<_>>(), meanings);
    }
    page.done()
}

fn rows(page: &mut Page, found: &Found, owner: &str, keys: &[&str], meanings: &mut Meanings) {
    let mut rows = Vec::new();
    for key in keys {
        let shapes = &found.shapes[owner][*key];
        let full = known(shapes);
        if full.is_empty() {
            meanings.fault(format!("tests/docs/site never fills {owner}.{key}"));
        }
        let absent = if shapes.contains("none") { "?" } else { "" };
        let shown: Vec<String> = full.iter().map(|shape| linked(page, found, shape)).collect();
        rows.push(vec![
            format!("`{key}`"),
            format!("{}{absent}", shown.join(" / ")),
            meanings.of(owner, key, page),
        ]);
    }
    page.table(&[("键", "Key"), ("形状", "Shape"), ("意思", "Meaning")], &rows);
}

/// A shape with links to the tables of what is in it.
fn linked(page: &Page, found: &Found, shape: &str) -> String {
    if let Some(inside) = shape.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let inside: Vec<String> = inside.split(" / ").map(|shape| linked(page, found, shape)).collect();
        return format!("\\[{}\\]", inside.join(" / "));
    }
    if found.shapes.contains_key(shape) {
        return format!("[{shape}](#{})", shape.replace('.', "").to_lowercase());
    }
    let word = match shape {
        "text" => ("文字", "text"),
        "url" => ("网址", "URL"),
        "address" => ("完整地址", "whole address"),
        "html" => ("HTML", "HTML"),
        "bool" => ("真假", "bool"),
        "int" => ("整数", "int"),
        "decimal" => ("数", "number"),
        "map" => ("自由内容", "free map"),
        other => panic!("a shape without a name: {other}"),
    };
    page.pick(word).to_owned()
}

/// A site in which every key has a value somewhere.
fn small_site() -> Site {
    let site = Site::copy_of(&crate::repository("tests/docs/site"));
    for (at, path) in tree(site.root()).into_keys().filter(|path| path.ends_with(".jpg.txt")).enumerate() {
        site.write(path.trim_end_matches(".txt"), photo::jpeg(1200, 800, at as u64 + 1));
        site.remove(&path);
    }
    for name in ["home", "page", "section", "village", "timeline", "tags", "tag", "404", "sitemap"] {
        // A key worked out while rendering: so contexts hold everything.
        site.write(&format!("themes/small/templates/{name}.html"), "{{ page[key] }}");
    }
    site
}
