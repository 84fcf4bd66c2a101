//! The least that a site generator does with a page, for comparison: no checks, no lists, no memo, nothing that a page knows of
//! another. And what it costs to copy files that are made already.

use crate::clock::{Ledger, Rank::Beside};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

const TEMPLATE: &str = "<!doctype html>
<html lang=\"zh-CN\">
<head><meta charset=\"utf-8\"><title>{{ title }}</title></head>
<body>
<h1>{{ title }}</h1>
<time>{{ date }}</time>
{% for tag in tags %}<a href=\"/tags/{{ tag }}/\">{{ tag }}</a> {% endfor %}
{{ content | safe }}
</body>
</html>
";

#[derive(Deserialize)]
struct Front {
    title: String,
    date: toml::value::Datetime,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Serialize)]
struct Page<'p> {
    title: &'p str,
    date: String,
    tags: &'p [String],
    content: &'p str,
}

/// Books both, of the pages in `root` and of what a build has put into `output`.
pub fn walk(root: &Path, output: &Path, scratch: &Path, ledger: &mut Ledger) {
    let mut tera = tera::Tera::default();
    tera.add_raw_templates([("page.html", TEMPLATE)]).expect("a template");
    let (made, copied) = (scratch.join("bare"), scratch.join("copied"));
    ledger.time(Beside, "bare: pages read, parsed, put into a template and written", || {
        for file in files(&root.join("content")) {
            if let Some(html) = page(&tera, file.path()) {
                let inside = file.path().strip_prefix(root).expect("a file of the site").with_extension("");
                write(&made.join(inside).join("index.html"), &html).expect("a page");
            }
        }
    });
    ledger.time(Beside, "bare: the files of a clean build copied", || {
        for file in files(output) {
            let to = copied.join(file.path().strip_prefix(output).expect("a file of the output"));
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::copy(file.path(), to).expect("a copy");
        }
    });
    for folder in [made, copied] {
        fs::remove_dir_all(folder).expect("a folder");
    }
}

fn files(folder: &Path) -> impl Iterator<Item = DirEntry> {
    let all = WalkDir::new(folder).into_iter().map(|entry| entry.expect("a file"));
    all.filter(|entry| entry.file_type().is_file())
}

/// A page with front matter in TOML; sections have none here.
fn page(tera: &tera::Tera, path: &Path) -> Option<Vec<u8>> {
    let text = fs::read_to_string(path).ok()?;
    let (front, body) = text.strip_prefix("+++\n")?.split_once("\n+++\n")?;
    let front: Front = toml::from_str(front).ok()?;
    let mut content = String::with_capacity(body.len() * 2);
    let parser = pulldown_cmark::Parser::new_ext(body, pulldown_cmark::Options::all());
    pulldown_cmark::html::push_html(&mut content, parser);
    let page =
        Page { title: &front.title, date: front.date.to_string(), tags: &front.tags, content: &content };
    let context = tera::Context::from_serialize(&page).expect("a context");
    let mut out = Vec::with_capacity(content.len() + TEMPLATE.len());
    tera.render_to("page.html", &context, &mut out).expect("a page");
    Some(out)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().expect("a folder"))?;
    fs::write(path, bytes)
}
