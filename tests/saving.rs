//! How programs save files, and what the preview makes of it: Office and WPS with their lock and passing files, batches,
//! deletion; told by the system, and found by looking (`serve --poll`).
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]

mod common;

use common::preview::{Preview, start};
use common::{Site, photo};
use std::fs;
use std::path::PathBuf;

const NEWS: &str = "content/news/f/index.md";

fn news(slug: &str, title: &str) -> String {
    format!("+++\ntitle = \"{title}\"\ndate = 2026-11-20\nslug = \"{slug}\"\n+++\n正文{title}。\n")
}

/// A site with a page that has a form as an attachment.
fn office() -> Site {
    let site = Site::village();
    let page = news("f", "申请") + "\n[申请表](form.docx)\n";
    site.write(NEWS, page).write("content/news/f/form.docx", "甲");
    site
}

fn path(preview: &Preview, name: &str) -> PathBuf {
    preview.site.root().join("content/news/f").join(name)
}

fn rename(preview: &Preview, from: &str, to: &str) {
    fs::rename(path(preview, from), path(preview, to)).unwrap();
}

/// What Word and WPS leave beside a document while it is open, and how they put a new one in its place.
fn office_saves(poll: bool) {
    let preview = start(office(), poll);
    let form = "/news/f/form.docx";
    preview.until(form, "甲");
    for lock in ["~$form.docx", ".~form.docx", ".~lock.form.docx#"] {
        preview.site.write(&format!("content/news/f/{lock}"), "open");
    }
    // Word: written beside, the old one put aside, the new one put in place, the old one removed.
    preview.site.write("content/news/f/~WRD0001.tmp", "乙");
    rename(&preview, "form.docx", "~WRL0002.tmp");
    rename(&preview, "~WRD0001.tmp", "form.docx");
    fs::remove_file(path(&preview, "~WRL0002.tmp")).unwrap();
    preview.until(form, "乙");
    // WPS, LibreOffice: renamed over it.
    preview.site.write("content/news/f/lu1a2b.tmp", "丙");
    rename(&preview, "lu1a2b.tmp", "form.docx");
    preview.until(form, "丙");
    // Removed, then renamed.
    preview.site.write("content/news/f/new.tmp", "丁");
    fs::remove_file(path(&preview, "form.docx")).unwrap();
    rename(&preview, "new.tmp", "form.docx");
    preview.until(form, "丁");
    // Cut to nothing and written anew, to the same length.
    preview.site.write("content/news/f/form.docx", "");
    preview.site.write("content/news/f/form.docx", "戊");
    preview.until(form, "戊");
    // The lock files were no part of the site, and nobody was told of them.
    let told = preview.state();
    assert!(!told.contains("~") && !told.contains("form.docx\",\"line"), "{told}");
    for lock in ["~$form.docx", ".~form.docx", ".~lock.form.docx%23"] {
        assert_eq!(preview.get(&format!("/news/f/{lock}")).status, 404, "{lock}");
    }
}

#[test]
fn office_saves_are_seen_as_the_system_tells_them() {
    office_saves(false);
}

#[test]
fn office_saves_are_seen_by_looking() {
    office_saves(true);
}

/// A copied folder comes in as one batch and goes as one; a moved one stays.
fn batches(poll: bool) {
    let preview = start(Site::village(), poll);
    for number in 0..20 {
        let name = format!("content/news/batch/{number}.md");
        preview.site.write(&name, news(&format!("n{number}"), &format!("第{number}件")));
        preview.site.write(&format!("content/news/batch/{number}.jpg"), photo::jpeg(40, 30, number));
    }
    for number in 0..20 {
        preview.until(&format!("/news/batch/n{number}/"), &format!("正文第{number}件"));
    }
    fs::rename(preview.site.root().join("content/news/batch"), preview.site.root().join("content/moved"))
        .unwrap();
    preview.until("/moved/n7/", "正文第7件");
    preview.until("/news/batch/n7/", "404");
    fs::remove_dir_all(preview.site.root().join("content/moved")).unwrap();
    preview.until("/moved/n7/", "404");
    preview.until("/moved/n19/", "404");
    assert!(preview.get("/").status == 200);
}

#[test]
fn batches_are_seen_as_the_system_tells_them() {
    batches(false);
}

#[test]
fn batches_are_seen_by_looking() {
    batches(true);
}

#[test]
fn who_looks_for_changes_says_so_and_misses_none() {
    let site = Site::village();
    site.write("static/extra.css", "a{}").write("content/news/x.md", news("x", "甲"));
    let preview = start(site, true);
    preview.site.write("content/news/x.md", news("x", "乙"));
    preview.until("/news/x/", "正文乙");
    preview.site.write("content/news/x.md", news("x", "丙").replace("2026-11-20", "<b>"));
    preview.until_told(|told| told.contains("content/news/x.md"));
    preview.site.write("content/news/x.md", news("x", "丙"));
    preview.until("/news/x/", "正文丙");
    preview.until_told(|told| !told.contains("content/news/x.md"));
    // Browsers are told which files have changed under the same address.
    preview.site.write("static/extra.css", "b{}");
    preview.until_told(|told| told.contains("\"/extra.css\":"));
    // What was read is kept for the next start, as where the system tells of changes.
    let memo = preview.site.root().join(".yicun/memo-v1");
    for _ in 0..600 {
        if memo.exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("nothing is kept for the next start");
}

#[test]
fn a_second_write_within_a_tick_of_the_clock_is_found_by_looking() {
    let preview = start(Site::village(), true);
    let file = preview.site.root().join("content/news/x.md");
    // As on drives whose clock ticks every second or two: both writes bear one time and have one size.
    let written = |title: &str, time| {
        fs::write(&file, news("x", title)).unwrap();
        fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    };
    let second = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map(|since| std::time::UNIX_EPOCH + std::time::Duration::from_secs(since.as_secs() + 1))
        .unwrap();
    written("甲", second);
    preview.until("/news/x/", "正文甲");
    written("乙", second);
    preview.until("/news/x/", "正文乙");
}

/// Until stamps are trusted, every look is at the whole disk; what is tried here must hold when they are.
#[cfg(unix)]
fn settle() {
    std::thread::sleep(std::time::Duration::from_secs(3));
}

/// A link that leads out of the site makes no page; it is told as long as it is there, whatever else is saved.
#[cfg(unix)]
fn links_out_are_told(poll: bool) {
    let preview = start(Site::village(), poll);
    let outside = tempfile::tempdir().unwrap();
    let link = preview.site.root().join("content/out");
    settle();
    std::os::unix::fs::symlink(outside.path(), &link).unwrap();
    preview.until_told(|told| told.contains("content/out"));
    preview.site.write("content/news/x.md", news("x", "甲"));
    preview.until("/news/x/", "正文甲");
    settle();
    preview.site.write("content/news/x.md", news("x", "乙"));
    preview.until("/news/x/", "正文乙");
    assert!(preview.state().contains("content/out"), "{}", preview.state());
    fs::remove_file(link).unwrap();
    preview.until_told(|told| !told.contains("content/out"));
}

#[cfg(unix)]
#[test]
fn links_out_are_told_as_the_system_tells_them() {
    links_out_are_told(false);
}

#[cfg(unix)]
#[test]
fn links_out_are_told_by_looking() {
    links_out_are_told(true);
}

#[test]
fn what_the_site_cannot_do_without_is_missed() {
    let preview = start(Site::village(), false);
    let at = |name: &str| preview.site.root().join(name);
    for (name, aside, code) in
        [("content", "content2", "content-missing"), ("site.toml", "site.txt", "config-missing")]
    {
        fs::rename(at(name), at(aside)).unwrap();
        preview
            .until_told(|told| told.contains(code) && told.contains(preview.site.root().to_str().unwrap()));
        fs::rename(at(aside), at(name)).unwrap();
        preview.until_told(|told| !told.contains(code));
    }
    preview.until("/", "<html");
}
