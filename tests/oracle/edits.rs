//! The edits that the oracle throws: what clerks and site engineers do to a site between two builds.
//! An edit changes files and says what it did, or says nothing when there is nothing to do it to.

use crate::common::dice::Dice;
use crate::common::{Site, photo};

/// One kind of edit.
pub type Edit = fn(&Site, &mut Dice) -> Option<String>;

/// All edits, by name; the frequent ones stand more than once.
pub const EDITS: &[(&str, Edit)] = &[
    ("edit a body", body),
    ("edit a body", body),
    ("edit a title", title),
    ("change a date", date),
    ("change a date", date),
    ("add a page", add),
    ("add a page", add),
    ("delete a page", delete),
    ("rename a page", rename),
    ("move a page to a folder of its own", own_folder),
    ("rename a section", rename_section),
    ("turn a draft", draft),
    ("change tags", tags),
    ("change tags", tags),
    ("change a relation", relation),
    ("add an alias", alias),
    ("change a slug", slug),
    ("touch", touch),
    ("change in place", in_place),
    ("override a template", template),
    ("override words", words),
    ("override a kind", kind),
    ("change site.toml", config),
    ("replace a photo", replace_photo),
    ("add a photo", add_photo),
    ("delete a photo", delete_photo),
    ("swap two files", swap),
    ("change a static file", static_file),
    ("break a page", break_page),
    ("translate a page", translate),
    ("translate a page", translate),
    ("change a project", project),
    ("change the timeline", timeline),
    ("change a table", table),
    ("change a table", table),
    ("break a table", break_table),
    ("change a notice", notice),
    ("translate a section", section),
    ("hide a section", section),
    ("say more of a section", say_of_section),
];

/// Pages that an edit may take: all Markdown files but section pages.
fn pages(site: &Site) -> Vec<String> {
    named(site, |path| path.ends_with(".md") && !path.ends_with("_index.md"))
}

fn named(site: &Site, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    site.sources().into_keys().filter(|path| path.starts_with("content/") && wanted(path)).collect()
}

fn some<'a>(from: &'a [String], dice: &mut Dice) -> Option<&'a String> {
    (!from.is_empty()).then(|| dice.pick(from))
}

/// Sets or removes (`None`) a key of TOML front matter; pages with other front matter stay as they are.
fn set(site: &Site, path: &str, key: &str, value: Option<&str>) -> Option<String> {
    let text = site.read(path);
    let (front, body) = text.strip_prefix("+++\n")?.split_once("+++\n")?;
    let mut lines: Vec<String> =
        front.lines().filter(|line| !line.starts_with(&format!("{key} ="))).map(str::to_owned).collect();
    lines.extend(value.map(|value| format!("{key} = {value}")));
    site.write(path, format!("+++\n{}\n+++\n{body}", lines.join("\n")));
    Some(format!("{path}: {key} = {}", value.unwrap_or("(gone)")))
}

fn set_on_some(site: &Site, dice: &mut Dice, key: &str, value: Option<String>) -> Option<String> {
    let pages = pages(site);
    set(site, some(&pages, dice)?, key, value.as_deref())
}

/// Other words of the same length under the same time, as archives and copies that keep times bring.
fn in_place(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = pages(site);
    let path = some(&pages, dice)?;
    let disk = site.root().join(path);
    let time = std::fs::metadata(&disk).unwrap().modified().unwrap();
    let text = site.read(path);
    let word = ["的", "村", "了", "是"].into_iter().find(|word| text.contains(word))?;
    site.write(path, text.replacen(word, "甲", 1));
    if cfg!(unix) {
        std::fs::File::options().write(true).open(&disk).unwrap().set_modified(time).unwrap();
    }
    Some(format!("{path}: {word}"))
}

fn a_date(dice: &mut Dice) -> String {
    format!("2026-{:02}-{:02}", dice.below(12) + 1, dice.below(28) + 1)
}

fn body(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = named(site, |path| path.ends_with(".md"));
    let path = some(&pages, dice)?;
    let addition = match dice.below(6) {
        0 => format!("\n## {}\n", dice.chinese(5)),
        1 => {
            let target = dice.pick(&pages).trim_start_matches("content/").to_owned();
            format!("\n见[这里](@/{target})。\n")
        }
        2 => "\n[[庆乐村]]\n".to_owned(),
        3 => "\n| 村 | 数 |\n|---|--:|\n| 庆乐村 | 42 |\n".to_owned(),
        _ => format!("\n{}\n", dice.chinese(40)),
    };
    let text = site.read(path);
    let kept =
        if dice.once_in(3) { text.trim_end().rsplit_once("\n\n").map_or(&*text, |cut| cut.0) } else { &text };
    site.write(path, format!("{}\n{addition}", kept.trim_end()));
    Some(format!("{path}: {}", addition.trim()))
}

fn title(site: &Site, dice: &mut Dice) -> Option<String> {
    let title = format!("\"{}{}\"", dice.chinese(4), dice.below(100));
    set_on_some(site, dice, "title", Some(title))
}

fn date(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = named(site, |path| path.starts_with("content/news/") && !path.ends_with("_index.md"));
    let date = a_date(dice);
    set(site, some(&pages, dice)?, "date", Some(&date))
}

fn add(site: &Site, dice: &mut Dice) -> Option<String> {
    let number = dice.below(100_000);
    let name = dice.pick(&["xin", "新"]);
    let path = format!("content/news/{name}-{number}.md");
    let text = format!(
        "+++\ntitle = \"新闻{number}\"\ndate = {}\ntags = [\"{}\"]\n+++\n\n{}\n",
        a_date(dice),
        dice.chinese(1),
        dice.chinese(30)
    );
    site.write(&path, text);
    Some(path)
}

fn delete(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = pages(site);
    let path = some(&pages, dice)?;
    site.remove(path);
    Some(path.clone())
}

fn rename(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = pages(site);
    let path = some(&pages, dice)?;
    let number = dice.below(1000);
    let (from, to) = match path.strip_suffix("/index.md") {
        Some(folder) => (folder.to_owned(), format!("{folder}-{number}")),
        None => (path.clone(), path.replace(".md", &format!("-{number}.md"))),
    };
    move_to(site, &from, &to)
}

fn own_folder(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = pages(site);
    let path = some(&pages, dice)?;
    let to = match path.strip_suffix("/index.md") {
        Some(_) => return None,
        None => path.replace(".md", "/index.md"),
    };
    move_to(site, path, &to)
}

fn rename_section(site: &Site, dice: &mut Dice) -> Option<String> {
    let from = some(&named(site, |path| path.starts_with("content/topics")), dice)?.clone();
    let from = from.split('/').take(2).collect::<Vec<_>>().join("/");
    let to = if from == "content/topics" {
        format!("content/topics-{}", dice.below(9))
    } else {
        "content/topics".into()
    };
    move_to(site, &from, &to)
}

fn move_to(site: &Site, from: &str, to: &str) -> Option<String> {
    let (old, new) = (site.root().join(from), site.root().join(to));
    std::fs::create_dir_all(new.parent()?).ok()?;
    std::fs::rename(old, new).ok()?;
    Some(format!("{from} → {to}"))
}

fn draft(site: &Site, dice: &mut Dice) -> Option<String> {
    let value = dice.once_in(2).then(|| "true".to_owned());
    set_on_some(site, dice, "draft", value)
}

fn tags(site: &Site, dice: &mut Dice) -> Option<String> {
    let value = match dice.below(4) {
        0 => None,
        1 => Some("[\"示范点\", \"简讯\"]".to_owned()),
        2 => Some("[\"简讯\"]".to_owned()),
        _ => Some(format!("[\"{}\"]", dice.chinese(2))),
    };
    set_on_some(site, dice, "tags", value)
}

fn relation(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = named(site, |path| path.starts_with("content/news/") && !path.ends_with("_index.md"));
    let value =
        *dice.pick(&[None, Some("[\"庆乐村\"]"), Some("[\"联桂村\"]"), Some("[\"联桂村\", \"庆乐村\"]")]);
    set(site, some(&pages, dice)?, "villages", value)
}

fn alias(site: &Site, dice: &mut Dice) -> Option<String> {
    let value = Some(format!("[\"/jiu/{}/\"]", dice.below(20)));
    set_on_some(site, dice, "aliases", value)
}

fn slug(site: &Site, dice: &mut Dice) -> Option<String> {
    let value = dice.once_in(2).then(|| format!("\"s-{}\"", dice.below(40)));
    set_on_some(site, dice, "slug", value)
}

fn touch(site: &Site, dice: &mut Dice) -> Option<String> {
    let all: Vec<String> = site.sources().into_keys().collect();
    let path = some(&all, dice)?;
    let bytes = std::fs::read(site.root().join(path)).ok()?;
    site.write(path, bytes);
    Some(path.clone())
}

/// A list that shows all of its pages.
const EVERYTHING: &str = "{% for page in paginator.pages %}<p>{{ page.title }}{{ page.url }}{{ page.minutes }}{{ page.words }}{{ page.language }}{{ page.kind_label }}{{ page.section.title }}{{ page.section.url }}{% for tag in page.tags %}{{ tag.url }}{% endfor %}{% for fact in page.facts %}{{ fact.label }}{{ fact.text }}{% endfor %}</p>{% endfor %}";

fn template(site: &Site, dice: &mut Dice) -> Option<String> {
    let path = *dice.pick(&["templates/page.html", "templates/404.html", "templates/topic-section.html"]);
    if dice.once_in(3) {
        site.remove(path);
        return Some(format!("{path} removed"));
    }
    let number = dice.below(10);
    let inner =
        if path.contains("/page.") { "<h1>{{ page.title }}</h1>{{ page.content | safe }}" } else { "" };
    let inner = if path.contains("/topic-") { EVERYTHING } else { inner };
    site.write(
        path,
        format!("<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><title>{{{{ site.title }}}}</title></head><body>{inner}{number}</body></html>\n"),
    );
    Some(format!("{path} {number}"))
}

fn words(site: &Site, dice: &mut Dice) -> Option<String> {
    let number = dice.below(5);
    if number == 0 {
        site.remove("words");
    } else {
        site.write("words/zh-CN.toml", format!("[nav]\nhome = \"首页{number}\"\n"));
    }
    Some(number.to_string())
}

fn kind(site: &Site, dice: &mut Dice) -> Option<String> {
    let number = dice.below(5);
    if number == 0 {
        site.remove("kinds");
    } else {
        site.write(
            "kinds/story.toml",
            format!(
                "zh = \"故事{number}\"\nen = \"Story\"\nfolder = \"stories\"\n\n[fields]\nteller = {{ zh = \"讲述人\", en = \"Teller\" }}\n"
            ),
        );
        site.write(
            "content/stories/one.md",
            format!("+++\ntitle = \"老支书{number}\"\nteller = \"韦\"\n+++\n"),
        );
    }
    Some(number.to_string())
}

fn config(site: &Site, dice: &mut Dice) -> Option<String> {
    let address = *dice.pick(&["https://example.org/", "https://example.org/dang-jian/", "http://10.0.0.8/"]);
    let mut languages = String::new();
    for (code, title) in [("en", "Town"), ("ja", "町")] {
        if !dice.once_in(3) {
            let number = dice.below(2);
            languages +=
                &format!("[languages.{code}]\ntitle = \"{title}{number}\"\ndescription = \"{number}\"\n");
        }
    }
    let text = format!(
        "title = \"清塘镇党建{}\"\nbase_url = \"{address}\"\nslugs = \"{}\"\npaginate_by = {}\n[feed]\nlimit = {}\ntags = {}\nsections = {}\n{languages}",
        dice.below(3),
        dice.pick(&["pinyin", "keep"]),
        dice.below(4) + 2,
        dice.below(4) + 1,
        dice.once_in(2),
        !dice.once_in(4),
    );
    site.write("site.toml", &text);
    Some(text.replace('\n', " "))
}

fn photos(site: &Site) -> Vec<String> {
    named(site, |path| path.ends_with(".jpg"))
}

fn replace_photo(site: &Site, dice: &mut Dice) -> Option<String> {
    let photos = photos(site);
    let path = some(&photos, dice)?;
    let width = 64 * (dice.below(4) as u32 + 1);
    site.write(path, photo::jpeg(width, 200, dice.next()));
    Some(path.clone())
}

fn add_photo(site: &Site, dice: &mut Dice) -> Option<String> {
    let path = format!("content/albums/shu-zhuang/{}.jpg", dice.below(1000));
    site.write(&path, photo::jpeg_with_gps(120, 90, dice.next()));
    // Without its page the folder would be another thing; both cases are wanted, this one more often.
    if dice.below(4) > 0 && !site.root().join("content/albums/shu-zhuang/index.md").exists() {
        site.write("content/albums/shu-zhuang/index.md", "+++\ntitle = \"梳妆\"\ndate = 2026-09-01\n+++\n");
    }
    Some(path)
}

fn delete_photo(site: &Site, dice: &mut Dice) -> Option<String> {
    let photos = photos(site);
    let path = some(&photos, dice)?;
    site.remove(path);
    Some(path.clone())
}

/// Two files of the same kind change places; for two of equal length not even the sizes tell.
fn swap(site: &Site, dice: &mut Dice) -> Option<String> {
    let news = named(site, |path| path.starts_with("content/news/jian-xun-"));
    let photos = photos(site);
    let from = if dice.once_in(3) { &photos } else { &news };
    let (one, two) = (some(from, dice)?, some(from, dice)?);
    let read = |path: &str| std::fs::read(site.root().join(path)).ok();
    let (first, second) = (read(one)?, read(two)?);
    site.write(one, second).write(two, first);
    Some(format!("{one} ↔ {two}"))
}

fn static_file(site: &Site, dice: &mut Dice) -> Option<String> {
    let path = format!("static/files/{}.txt", dice.below(4));
    if dice.once_in(3) {
        site.remove(&path)
    } else {
        site.write(&path, dice.chinese(3))
    };
    Some(path)
}

fn break_page(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = pages(site);
    let path = some(&pages, dice)?;
    let text = match dice.below(4) {
        0 => "+++\ntitle = \"半\n".to_owned(),
        1 => "+++\ntilte = \"错\"\n+++\n".to_owned(),
        2 => "+++\ntitle = \"错\"\ndate = 2026-02-31\n+++\n".to_owned(),
        _ => format!("{}\n[无](no-such-page.md)\n", site.read(path)),
    };
    site.write(path, text);
    Some(path.clone())
}

/// Writes a page in English, changes it, or takes it away again.
fn translate(site: &Site, dice: &mut Dice) -> Option<String> {
    let pages = named(site, |path| path.ends_with(".md") && !path.ends_with(".en.md"));
    let path = some(&pages, dice)?.strip_suffix(".md")?.to_owned() + ".en.md";
    if dice.once_in(4) {
        site.remove(&path);
        return Some(format!("{path} (gone)"));
    }
    let date = if path.contains("/news/") { format!("date = {}\n", a_date(dice)) } else { String::new() };
    let village =
        if path.contains("/news/") && dice.once_in(2) { "villages = [\"庆乐村\"]\n" } else { "" };
    site.write(
        &path,
        format!("+++\ntitle = \"Page {}\"\n{date}{village}tags = [\"x\"]\n+++\n\nEnglish.\n", dice.below(99)),
    );
    Some(path)
}

/// A project with milestones, perhaps still to come, and a village.
fn project(site: &Site, dice: &mut Dice) -> Option<String> {
    let path = format!("content/projects/p{}.md", dice.below(3));
    let milestones: String = (0..dice.below(4))
        .map(|_| format!("[[milestones]]\ntitle = \"{}\"\ndate = {}\n", dice.chinese(4), a_date(dice)))
        .collect();
    let title = dice.chinese(6);
    site.write(&path, format!("+++\ntitle = \"{title}\"\nvillages = [\"庆乐村\"]\n{milestones}+++\n"));
    Some(path)
}

/// The section of the line of time comes, goes, or shows another number of events.
fn timeline(site: &Site, dice: &mut Dice) -> Option<String> {
    let path = "content/timeline/_index.md";
    if dice.once_in(4) {
        site.remove(path);
    } else {
        let size = dice.below(4) + 1;
        site.write(
            path,
            format!("+++\ntitle = \"时间轴\"\nlayout = \"timeline\"\npaginate_by = {size}\n+++\n"),
        );
    }
    Some(path.to_owned())
}

/// A table of villages beside those in Markdown, of the same names or of others, comes, goes, or changes.
fn table(site: &Site, dice: &mut Dice) -> Option<String> {
    let path =
        *dice.pick(&["content/villages/村情.csv", "content/topics/专题.csv", "content/indicators/指标.csv"]);
    if dice.once_in(5) {
        site.remove(path);
        return Some(format!("{path} (gone)"));
    }
    let number = |dice: &mut Dice| dice.below(900).to_string();
    let mut text = match path.contains("indicators") {
        true => "指标名称,时期,数值,网址名\n".to_owned(),
        false if path.contains("topics") => "名称,副标题,标签\n".to_owned(),
        false => "村名,人口（人）,产业\n".to_owned(),
    };
    let names = ["庆乐村", "联桂村", "五为振兴", "丁村", "戊村"];
    let from = dice.below(names.len());
    for name in names.iter().skip(from).take(dice.below(4) + 1) {
        let middle = number(dice);
        let last = if path.contains("indicators") { format!("{},", number(dice)) } else { dice.chinese(3) };
        text.push_str(&format!("{name},{middle},{last}\n"));
    }
    site.write(path, &text);
    Some(format!("{path}: {text}"))
}

/// A mistake in a table, or a page that comes to lie beside it and makes it an attachment.
fn break_table(site: &Site, dice: &mut Dice) -> Option<String> {
    let tables = named(site, |path| path.ends_with(".csv"));
    let path = some(&tables, dice)?;
    match dice.below(3) {
        0 => site.write(path, site.read(path).replacen(',', ",不认识的", 1)),
        1 => site.write(path, format!("{},,\n,5,6\n", site.read(path))),
        _ => site.write("content/villages/index.md", "+++\ntitle = \"村\"\n+++\n"),
    };
    Some(path.clone())
}

/// A notice whose term ends, perhaps before the day of the next build, and which appears or goes.
fn notice(site: &Site, dice: &mut Dice) -> Option<String> {
    let path = format!("content/notices/n{}.md", dice.below(3));
    let set = |dice: &mut Dice, key: &str| match dice.below(3) {
        0 => format!("{key} = {}\n", a_date(dice)),
        _ => String::new(),
    };
    let (end, publish, expire) = (set(dice, "notice_end"), set(dice, "publish"), set(dice, "expire"));
    site.write(&path, format!("+++\ntitle = \"公示\"\ndate = 2026-03-02\n{end}{publish}{expire}+++\n"));
    Some(format!("{path}: {end}{publish}{expire}"))
}

/// A section's own page in some language comes, goes, or becomes a draft.
fn section(site: &Site, dice: &mut Dice) -> Option<String> {
    let folder = *dice.pick(&["news", "villages", "topics", "projects"]);
    let path = format!("content/{folder}/_index{}.md", dice.pick(&["", ".en", ".ja"]));
    if dice.once_in(3) {
        site.remove(&path);
        return Some(format!("{path} (gone)"));
    }
    let draft = dice.once_in(3);
    site.write(&path, format!("+++\ntitle = \"{}\"\ndraft = {draft}\n+++\n", dice.chinese(3)));
    Some(format!("{path}, draft = {draft}"))
}

/// Words, weight and order of a section that has a file of its own.
fn say_of_section(site: &Site, dice: &mut Dice) -> Option<String> {
    let sections = named(site, |path| path.contains("/_index"));
    let path = some(&sections, dice)?;
    let (key, value) = match dice.below(4) {
        0 => ("title", format!("\"{}\"", dice.chinese(3))),
        1 => ("weight", dice.below(9).to_string()),
        2 => ("sort_by", format!("\"{}\"", dice.pick(&["title", "date", "weight"]))),
        _ => ("paginate_by", (1 + dice.below(4)).to_string()),
    };
    let text = site.read(path);
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with(&format!("{key} ="))).collect();
    site.write(path, kept.join("\n").replacen("+++", &format!("+++\n{key} = {value}"), 1) + "\n");
    Some(format!("{path}: {key} = {value}"))
}
