//! A build with nothing to do ends after the walk, tells what the last one told, and is never mistaken: whatever
//! changed, also only the day, is built.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::{Site, request};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use yicun::build::{Progress, Report, Request, build};

/// A build, and how many outputs it looked at.
fn built(request: &Request) -> (Report, usize) {
    let looked = AtomicUsize::new(0);
    let report = build(request, &|progress| {
        if let Progress::Pages { .. } = progress {
            looked.fetch_add(1, Ordering::Relaxed);
        }
    })
    .unwrap();
    (report, looked.into_inner())
}

/// Until no stamp is too fresh to be trusted.
fn wait() {
    std::thread::sleep(Duration::from_millis(60));
}

/// Something that happens between two builds.
type Change = fn(&Site, &mut Request);

fn site() -> (Site, Request) {
    let site = Site::village();
    site.write("content/news/later.md", "+++\ntitle = \"以后\"\ndate = 2026-12-24\n+++\n");
    let mut request = request(site.root(), &site.public());
    request.today = jiff::civil::date(2026, 12, 1);
    wait();
    let (report, looked) = built(&request);
    assert!(report.published.is_some() && looked > 10);
    (site, request)
}

#[cfg(unix)]
#[test]
fn what_only_the_walk_tells_is_told() {
    let (site, request) = site();
    let links =
        |report: Report| report.problems.iter().filter(|problem| problem.code == "symlink-outside").count();
    assert_eq!(links(built(&request).0), 0);
    let outside = tempfile::tempdir().unwrap();
    let link = site.root().join("content/out");
    std::os::unix::fs::symlink(outside.path(), &link).unwrap();
    wait();
    assert_eq!(links(built(&request).0), 1);
    wait();
    assert_eq!(links(built(&request).0), 1);
    std::fs::remove_file(link).unwrap();
    assert_eq!(links(built(&request).0), 0);
}

#[test]
fn with_nothing_to_do_nothing_is_looked_at() {
    let (site, mut request) = site();
    let (first, before) = (built(&request), site.published());
    assert_eq!(first.1, 0, "outputs were looked at");
    let summary = first.0.published.unwrap();
    assert_eq!((summary.written.len(), summary.removed.len()), (0, 0));
    // The manifest is not counted.
    assert_eq!(summary.unchanged, before.len() - 1);
    assert_eq!(
        first.0.problems.iter().map(|problem| &*problem.code).collect::<Vec<_>>(),
        ["photo-alt-missing", "profile-incomplete"]
    );
    assert_eq!(first.0.next_change.as_deref(), Some("2026-12-24"));
    // Days before the next change are all the same.
    request.today = jiff::civil::date(2026, 12, 23);
    assert_eq!(built(&request).1, 0);
    assert_eq!(site.published(), before);
}

#[test]
fn whatever_changed_is_built() {
    let changes: [(&str, Change); 8] = [
        ("the day on which the site changes", |_, request| request.today = jiff::civil::date(2026, 12, 24)),
        ("an earlier day", |_, request| request.today = jiff::civil::date(2026, 11, 1)),
        ("an address", |_, request| request.base_url = Some("https://example.net/".into())),
        ("drafts", |_, request| request.drafts = true),
        ("a page", |site, _| {
            _ = site.write("content/news/zhu-ti-dang-ri.md", "+++\ntitle = \"改\"\ndate = 2026-11-20\n+++\n")
        }),
        ("a new page", |site, _| {
            _ = site.write("content/news/x.md", "+++\ntitle = \"新\"\ndate = 2026-11-20\n+++\n")
        }),
        ("a page that is gone", |site, _| _ = site.remove("content/villages/lian-gui-cun.md")),
        ("a published file that is gone", |site, _| {
            std::fs::remove_file(site.public().join("robots.txt")).unwrap()
        }),
    ];
    for (name, change) in changes {
        let (site, mut request) = site();
        change(&site, &mut request);
        assert!(built(&request).1 > 0, "{name}: not built");
        assert!(site.public().join("robots.txt").is_file(), "{name}");
    }
}

#[test]
fn a_fresh_stamp_is_not_trusted() {
    let (site, request) = site();
    site.write("content/about.md", "# 一\n");
    built(&request);
    // Same size, perhaps the same tick of the clock.
    site.write("content/about.md", "# 二\n");
    assert!(built(&request).1 > 0);
    let page = String::from_utf8(site.published()["about/index.html"].clone()).unwrap();
    assert!(page.contains("二"), "{page}");
}

/// A build too fresh to be remembered published other files than the one that is.
#[test]
fn what_was_added_and_taken_away_at_once_goes() {
    let (site, request) = site();
    let before = site.published();
    site.write("static/odd/a.txt", "x");
    built(&request);
    assert!(site.published().contains_key("odd/a.txt"));
    site.remove("static/odd/a.txt");
    assert!(built(&request).1 > 0);
    assert_eq!(site.published().keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
}

#[test]
fn verify_builds_from_nothing_and_leaves_no_trace() {
    let (site, request) = site();
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(site.root().join(".yicun"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "clock")
            .collect();
        names.sort();
        names
    };
    let before = names();
    let (equal, problems) = yicun::build::verify(&request, &|_| ()).unwrap();
    assert_eq!((equal, problems.len()), (site.published().len() - 1, 0));
    assert_eq!(names(), before);
    // A file that somebody changed after the build is seen.
    std::fs::write(site.public().join("robots.txt"), "x").unwrap();
    let (_, problems) = yicun::build::verify(&request, &|_| ()).unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].place.as_ref().unwrap().file, "robots.txt");
    let run = common::yicun(site.root(), &["build", "--today", "2026-12-01", "--verify", "--lang", "en"]);
    assert!(run.said.contains("the same as a build from nothing: "), "{}", run.said);
    assert_eq!(run.code, 0);
}

/// Archives and copies that keep times bring other bytes of the same size under the same time.
#[cfg(unix)]
#[test]
fn what_keeps_size_and_time_is_seen() {
    let (site, request) = site();
    let path = site.root().join("content/news/later.md");
    let page = |title: &str| format!("+++\ntitle = \"{title}\"\ndate = 2026-11-24\n+++\n");
    let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
    for title in ["甲", "乙", "丙"] {
        std::fs::write(&path, page(title)).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        wait();
        assert!(built(&request).0.published.is_some());
        let shown = std::fs::read_to_string(site.public().join("news/later/index.html")).unwrap();
        assert!(shown.contains(title), "{title}");
    }
}

#[test]
fn what_was_asked_once_is_not_told_again() {
    let (site, request) = site();
    let ask = |explain: Option<&str>| {
        wait();
        built(&Request { explain: explain.map(str::to_owned), ..request.clone() }).0.problems
    };
    let usual = ask(None);
    site.write("content/news/new.md", "+++\ntitle = \"新\"\ndate = 2026-11-02\n+++\n");
    assert_eq!(ask(Some("no/such/page")).len(), usual.len() + 1);
    assert_eq!(ask(None), usual);
    assert_eq!(ask(None), usual);
}

/// What is kept of a file depends on settings too.
#[test]
fn names_become_slugs_anew_when_settings_say_so() {
    let (site, request) = site();
    site.write("content/news/新闻.md", "+++\ntitle = \"新闻\"\ndate = 2026-11-01\n+++\n");
    let title = "title = \"清塘镇\"\n";
    site.write("site.toml", title);
    wait();
    built(&request);
    assert!(site.published().contains_key("news/xin-wen/index.html"));
    site.write("site.toml", format!("{title}slugs = \"keep\"\n"));
    built(&request);
    let published = site.published();
    assert!(!published.contains_key("news/xin-wen/index.html"));
    assert!(published.contains_key("news/新闻/index.html"));
}
