//! What clerks and engineers get wrong: each fault is told with its place, ends with the right exit code, and
//! leaves the last good output byte for byte as it was. No input makes the program panic.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;
#[path = "bad_input/disk.rs"]
mod disk;
#[path = "bad_input/garbage.rs"]
mod garbage;

use common::{Site, difference, photo};

/// The page that most faults are put into.
const PAGE: &str = "content/news/huai.md";

/// A good site that was built once.
fn built() -> Site {
    let site = Site::village();
    site.build_well();
    site
}

/// Builds `site` again and expects errors, one of them at `file`, or below it when it is a folder (and on `line`,
/// unless that is 0).
#[track_caller]
fn refused(site: &Site, file: &str, line: u32) {
    let before = site.published();
    let outcome = site.build();
    assert!(!outcome.published, "published in spite of {file}: {outcome:#?}");
    let placed = outcome.problems.iter().any(|problem| {
        problem
            .place
            .as_ref()
            .is_some_and(|place| place.file.starts_with(file) && (line == 0 || place.line == line))
    });
    assert!(placed, "no problem at {file}:{line}: {:#?}", outcome.problems);
    assert_eq!(difference(&before, &site.published()), Vec::<String>::new(), "the output changed");
    let run = site.run(&[]);
    assert_eq!(run.code, 1, "{}", run.said);
    assert!(run.said.contains(file), "{file} is not named:\n{}", run.said);
    assert!(!run.said.contains("panicked"), "{}", run.said);
    assert_eq!(difference(&before, &site.published()), Vec::<String>::new(), "the output changed");
}

/// A page with this text is refused, with a problem on its line `line`.
#[track_caller]
fn refused_page(text: impl AsRef<[u8]>, line: u32) {
    let site = built();
    site.write(PAGE, text);
    refused(&site, PAGE, line);
}

/// A page with this body is refused, with a problem on the `line`th line of the body (0: on any).
#[track_caller]
fn refused_body(body: &str, line: u32) {
    let line = if line == 0 { 0 } else { line + 4 };
    refused_page(format!("+++\ntitle = \"坏\"\ndate = 2026-11-01\n+++\n{body}\n"), line);
}

#[test]
fn half_written_front_matter() {
    refused_page("+++\ntitle = \"半\n", 0);
    refused_page("+++\ntitle = \"半\"\ndate = \n+++\n", 3);
    refused_page("---\ntitle: [半\n---\n", 0);
}

#[test]
fn missing_front_matter_is_no_fault_of_a_page_without_dates() {
    let site = built();
    site.write("content/jian-jie.md", "# 简介\n\n没有头。\n");
    site.build_well();
}

#[test]
fn misspelt_keys() {
    refused_page("+++\ntitle = \"坏\"\ndate = 2026-11-01\nvilages = [\"庆乐村\"]\n+++\n", 4);
    refused_page("---\n标题: 坏\n日期: 2026-11-01\n来原: 党建办\n---\n", 4);
}

#[test]
fn a_misspelt_key_gets_a_suggestion() {
    let site = built();
    site.write(PAGE, "+++\ntilte = \"坏\"\ndate = 2026-11-01\n+++\n");
    let outcome = site.build();
    let suggested = outcome.problems.iter().any(|problem| problem.suggestion.as_deref() == Some("title"));
    assert!(suggested, "{:#?}", outcome.problems);
}

#[test]
fn wrong_types() {
    refused_page("+++\ntitle = \"坏\"\ndate = 2026-11-01\ndraft = \"maybe\"\n+++\n", 4);
    refused_page("+++\ntitle = [1, 2]\ndate = 2026-11-01\n+++\n", 2);
    let site = built();
    site.write("content/villages/huai.md", "+++\ntitle = \"坏村\"\nmembers = \"很多\"\n+++\n");
    refused(&site, "content/villages/huai.md", 3);
}

#[test]
fn impossible_dates() {
    refused_page("+++\ntitle = \"坏\"\ndate = \"2026-02-30\"\n+++\n", 3);
    refused_page("---\ntitle: 坏\ndate: 2026年13月1日\n---\n", 3);
    refused_page("+++\ntitle = \"坏\"\ndate = \"昨天\"\n+++\n", 3);
}

#[test]
fn two_pages_with_one_url() {
    let site = built();
    site.write(PAGE, "+++\ntitle = \"坏\"\ndate = 2026-11-01\nslug = \"zhu-ti-dang-ri\"\n+++\n");
    let before = site.published();
    let outcome = site.build();
    assert!(!outcome.published);
    let said = format!("{:?}", outcome.problems);
    assert!(said.contains(PAGE) && said.contains("zhu-ti-dang-ri.md"), "both pages are named: {said}");
    assert_eq!(difference(&before, &site.published()), Vec::<String>::new());
}

#[test]
fn an_alias_on_top_of_a_page() {
    let site = built();
    site.write(PAGE, "+++\ntitle = \"坏\"\ndate = 2026-11-01\naliases = [\"/villages/\"]\n+++\n");
    refused(&site, PAGE, 0);
}

#[test]
fn links_to_nothing() {
    refused_body("[无](no-such.md)", 1);
    refused_body("好\n\n[无](@/villages/no-such.md)", 3);
    refused_body("[[没有这个村]]", 1);
}

#[test]
fn a_relation_to_nothing() {
    refused_page("+++\ntitle = \"坏\"\ndate = 2026-11-01\nvillages = [\"没有这个村\"]\n+++\n", 4);
}

#[test]
fn missing_images() {
    refused_body("![无](no-such.jpg)", 1);
    refused_page("+++\ntitle = \"坏\"\ndate = 2026-11-01\ncover = \"no-such.jpg\"\n+++\n", 4);
}

#[test]
fn paths_out_of_the_site() {
    refused_body("![外](../../../../../../etc/passwd)", 1);
    refused_body("[外](../../../../../etc/passwd)", 1);
    refused_page("+++\ntitle = \"坏\"\ndate = 2026-11-01\ncover = \"../../../../etc/passwd\"\n+++\n", 4);
    refused_page("+++\ntitle = \"坏\"\ndate = 2026-11-01\nslug = \"../../out\"\n+++\n", 4);
    refused_page("+++\ntitle = \"坏\"\ndate = 2026-11-01\naliases = [\"/../../out/\"]\n+++\n", 4);
}

/// Puts `bytes` beside a page as its photo.
#[track_caller]
fn refused_photo(bytes: Vec<u8>) {
    let site = built();
    site.write(
        "content/news/huai/index.md",
        "+++\ntitle = \"坏\"\ndate = 2026-11-01\n+++\n\n![坏](huai.jpg)\n",
    );
    site.write("content/news/huai/huai.jpg", bytes);
    // The fault is told at the photo or at the line that shows it; both are in its folder.
    refused(&site, "content/news/huai/", 0);
}

#[test]
fn text_that_calls_itself_a_photo() {
    refused_photo("这不是照片".into());
    refused_photo(Vec::new());
}

#[test]
fn a_header_of_sixty_thousand_pixels() {
    refused_photo(photo::png_header(60_000, 60_000));
    refused_photo(photo::jpeg_header(60_000, 60_000));
}

#[test]
fn half_a_photo() {
    let whole = photo::jpeg(400, 300, 1);
    refused_photo(whole[..200].to_vec());
}

#[test]
fn unknown_components_and_arguments() {
    refused_body("好\n\n```{no-such}\n```", 3);
    refused_body("```{gallery}\nno_such = 1\n```", 0);
    refused_body("```{gallery}\nlimit = \"许多\"\n```", 0);
    refused_body("```{gallery}\nlimit = \n```", 0);
}

/// A template of the site's own with this text is refused.
#[track_caller]
fn refused_template(text: &str) {
    let site = built();
    site.write("templates/page.html", text);
    refused(&site, "templates/page.html", 0);
}

#[test]
fn templates_with_faults() {
    refused_template("{{ page.title ");
    refused_template("{% if page.title %}");
    refused_template("{{ page.no_such_thing }}");
    refused_template("{{ no_such_thing }}");
    refused_template("{{ page.title | no_such_filter }}");
    refused_template("{% include \"no-such.html\" %}");
    refused_template("{% extends \"no-such.html\" %}");
}

#[test]
fn templates_that_include_themselves() {
    refused_template("{% include \"page.html\" %}");
    let site = built();
    site.write("templates/page.html", "{% include \"circle.html\" %}");
    site.write("templates/circle.html", "{% include \"page.html\" %}");
    let before = site.published();
    let run = site.run(&[]);
    assert_eq!(run.code, 1, "{}", run.said);
    assert_eq!(difference(&before, &site.published()), Vec::<String>::new());
}

#[test]
fn bytes_that_no_encoding_explains() {
    refused_page(b"+++\ntitle = \"\xFF\xFE\xC3\x28\x00\x81\"\n+++\n\xF0\x28\x8C\x28\x00\x00", 0);
    let site = built();
    site.write("site.toml", b"title = \"\xFF\xC3\x28\x00\"\n");
    refused(&site, "site.toml", 0);
}

#[test]
fn site_toml_with_faults() {
    for (text, line) in [
        ("title = \"半\n", 0),
        ("title = \"好\"\ntilte = \"坏\"\n", 2),
        ("title = 3\n", 1),
        ("title = \"好\"\nbase_url = \"不是网址\"\n", 2),
        ("title = \"好\"\npaginate_by = \"三\"\n", 2),
        ("title = \"好\"\ntheme = \"no-such-theme\"\n", 2),
    ] {
        let site = built();
        site.write("site.toml", text);
        refused(&site, "site.toml", line);
    }
}

#[test]
fn kinds_with_faults() {
    for text in ["zh = ", "no_such = 1\n", "[fields]\na = { type = \"no-such\" }\n"] {
        let site = built();
        site.write("kinds/story.toml", text);
        refused(&site, "kinds/story.toml", 0);
    }
}

#[test]
fn several_faults_are_told_in_one_run() {
    let site = built();
    site.write("content/news/a.md", "+++\ntilte = \"一\"\n+++\n");
    site.write("content/news/b.md", "+++\ntitle = \"二\"\ndate = \"昨天\"\n+++\n");
    site.write("content/news/c.md", "+++\ntitle = \"三\"\ndate = 2026-11-01\n+++\n[无](no-such.md)\n");
    let run = site.run(&[]);
    assert_eq!(run.code, 1);
    for file in ["content/news/a.md", "content/news/b.md", "content/news/c.md"] {
        assert!(run.said.contains(file), "{file} is not named:\n{}", run.said);
    }
}

#[test]
fn both_languages_are_spoken() {
    let site = built();
    site.write(PAGE, "+++\ntilte = \"坏\"\n+++\n");
    let english = site.run(&[]).said;
    let root = site.root().to_str().unwrap();
    let chinese =
        common::yicun(site.root(), &["build", "--root", root, "--lang", "zh", "--today", common::TODAY]);
    assert_eq!(chinese.code, 1);
    assert!(chinese.said.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)), "{}", chinese.said);
    assert_ne!(english, chinese.said);
}

#[test]
fn wrong_usage_ends_with_two() {
    let site = built();
    for arguments in [&["build", "--no-such"][..], &["no-such"], &["build", "--today", "2026-02-30"]] {
        let run = common::yicun(site.root(), arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.said);
    }
}

#[test]
fn articles_are_never_programs() {
    let site = built();
    let body = "{{ site.title }} {% include \"x\" %} {{< x >}}\n\n<script>alert(1)</script>\n\n<p style=\"color:red\" onclick=\"x()\">字</p>\n\n[按](javascript:alert(1))\n";
    site.write(PAGE, format!("+++\ntitle = \"<script>alert(2)</script>\"\ndate = 2026-11-01\n+++\n\n{body}"));
    site.build();
    for (path, bytes) in site.published() {
        if path.ends_with(".html") {
            let tags = common::markup::tags(std::str::from_utf8(&bytes).unwrap());
            assert_eq!(common::markup::inline_code(&tags), Vec::<String>::new(), "{path}");
        }
    }
}

/// Films stay as they are and are told of; pictures that cannot be cleaned are not published.
#[test]
fn pictures_that_nothing_describes_are_hinted_at() {
    let site = built();
    site.write(
        "content/news/a/index.md",
        "+++\ntitle = \"甲\"\ndate = 2026-11-01\n+++\n\n![](one.jpg) ![](two.jpg) ![树](one.jpg)\n",
    );
    for name in ["one.jpg", "two.jpg"] {
        site.write(&format!("content/news/a/{name}"), common::photo::jpeg(60, 40, 3));
    }
    let hints = |site: &Site| {
        let told =
            site.build_well().problems.into_iter().filter(|problem| problem.code == "image-alt-missing");
        told.map(|problem| problem.args.into_iter().map(|(_, value)| value).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    assert_eq!(hints(&site), [["2", "one.jpg"]]);
    site.write(
        "content/news/a/photos.toml",
        "[[photos]]\nfile = \"one.jpg\"\nalt = \"一\"\n[[photos]]\nfile = \"two.jpg\"\ncaption = \"二\"\n",
    );
    assert_eq!(hints(&site), Vec::<Vec<String>>::new());
}

#[test]
fn a_file_that_may_hide_a_position_is_told_every_time() {
    let site = built();
    site.write("static/a.mp4", b"\0\0\0\x14ftypisom\0\0\0\0isom");
    for _ in 0..2 {
        let outcome = site.build();
        assert!(outcome.published);
        assert!(
            outcome.problems.iter().any(|problem| problem.code == "photo-not-cleaned"),
            "{:?}",
            outcome.problems
        );
    }
    let before = site.published();
    // A TIFF with a maker's name and a pointer to a position.
    let tiff =
        b"II*\0\x08\0\0\0\x02\0\x0F\x01\x02\0\x04\0\0\0ABC\0\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0";
    for (name, bytes) in [
        ("a.heic", &b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..]),
        ("a.avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf"),
        ("a.jp2", b"\0\0\0\x0CjP  \r\n\x87\n"),
        ("a.nef", b"MM\0*\0\0\0\x08\0\x01\0\xFE\0\x04\0\0\0\x01\0\0\0\x01\0\0\0\0"),
        ("a.tif", tiff),
        // Whatever its name says.
        ("a.dat", tiff),
    ] {
        let file = format!("static/{name}");
        site.write(&file, bytes);
        for _ in 0..2 {
            let outcome = site.build();
            assert!(!outcome.published, "{name}");
            let told = outcome.problems.iter().filter(|problem| problem.code == "photo-uncleanable");
            assert_eq!(told.count(), 1, "{name}: {:?}", outcome.problems);
        }
        assert!(before == site.published(), "{name}");
        std::fs::remove_file(site.root().join(&file)).unwrap();
    }
}
