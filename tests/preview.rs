//! The preview over real sockets: the same bytes as a build, what changes reach the browser, and what hostile clients get.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::Site;
use common::preview::{Preview, preview, request};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use yicun::build::live::{Changed, Live};

/// Takes the preview's own line out of a page.
fn without_script(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(page.to_vec()).unwrap();
    let Some(start) = text.find("<script id=\"yicun-script\"") else { panic!("no script in {text}") };
    let end = start + text[start..].find("</script>").unwrap() + "</script>".len();
    format!("{}{}", &text[..start], &text[end..]).into_bytes()
}

fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Every file that a build from nothing publishes is served with the same bytes, and nothing else is there.
fn same_as_build(preview: &Preview) {
    let clean = tempfile::tempdir().unwrap();
    let output = clean.path().join("public");
    let mut wanted = request(preview.site.root());
    wanted.output = output.clone();
    let report = yicun::build::build(&wanted, &|_| ()).unwrap();
    assert!(report.published.is_some(), "{:#?}", report.problems);
    let tree = common::tree(&output);
    let mut live = Live::open(&request(preview.site.root()));
    let fresh = live.refresh(&request(preview.site.root()), &Changed::All).unwrap().unwrap();
    let mut planned = fresh.stage.paths();
    planned.sort();
    let built: Vec<&String> = tree.keys().filter(|path| !path.starts_with(".yicun")).collect();
    assert_eq!(planned.iter().collect::<Vec<_>>(), built);
    for path in built {
        let got = preview.get(&format!("/{}", encoded(path)));
        assert_eq!(got.status, 200, "{path}");
        let body = if path.ends_with(".html") { without_script(&got.body) } else { got.body };
        assert!(body == tree[path], "{path} differs from the build");
    }
}

#[test]
fn every_address_is_served_as_a_build_publishes_it() {
    let preview = preview(Site::village());
    preview.site.write("content/news/next.md", "+++\ntitle = \"下一件\"\ndate = 2026-11-20\n+++\n正文。\n");
    preview.until("/news/", "下一件");
    same_as_build(&preview);
}

#[test]
fn saves_reach_pages_and_lists() {
    let preview = preview(Site::village());
    let page = |title: &str| {
        format!("+++\ntitle = \"{title}\"\ndate = 2026-11-20\nslug = \"x\"\n+++\n正文{title}。\n")
    };
    preview.site.write("content/news/x.md", page("甲"));
    preview.until("/news/x/", "正文甲");
    // Beside it and renamed over it, as many editors save.
    preview.site.write("content/news/x.md.tmp", page("乙"));
    let path = |name: &str| preview.site.root().join("content/news").join(name);
    std::fs::rename(path("x.md.tmp"), path("x.md")).unwrap();
    preview.until("/news/", "乙");
    preview.until("/news/x/", "正文乙");
    // Removed and written anew.
    std::fs::remove_file(path("x.md")).unwrap();
    preview.site.write("content/news/x.md", page("丙"));
    preview.until("/news/", "丙");
    // A folder moves with what is in it.
    preview.site.write(
        "content/news/f/index.md",
        "+++\ntitle = \"夹\"\ndate = 2026-11-20\nslug = \"folder\"\n+++\n夹里。\n",
    );
    preview.until("/news/folder/", "夹里");
    std::fs::rename(path("f"), preview.site.root().join("content/f")).unwrap();
    preview.until("/folder/", "夹里");
    std::fs::remove_dir_all(preview.site.root().join("content/f")).unwrap();
    std::fs::remove_file(path("x.md")).unwrap();
    preview.until("/news/x/", "404");
    // Settings take effect.
    let settings = std::fs::read_to_string(preview.site.root().join("site.toml")).unwrap();
    let title = settings.lines().find(|line| line.starts_with("title")).unwrap();
    preview.site.write("site.toml", settings.replace(title, "title = \"新的名字\""));
    preview.until("/", "新的名字");
    same_as_build(&preview);
}

#[test]
fn what_is_faulty_keeps_its_last_good_state_and_the_problem_shows() {
    let preview = preview(Site::village());
    let good = "+++\ntitle = \"好好的\"\ndate = 2026-11-20\nslug = \"x\"\n+++\n正文。\n";
    preview.site.write("content/news/x.md", good);
    preview.until("/news/x/", "好好的");
    preview.site.write("content/news/x.md", good.replace("2026-11-20", "<script>"));
    preview.until_told(|state| state.contains("content/news/x.md"));
    assert!(preview.get("/news/x/").text().contains("好好的"));
    assert!(preview.get("/news/").text().contains("好好的"));
    // In a second page, and both show.
    preview.site.write("content/news/y.md", "+++\ntitle = 3\ntitel = 4\n+++\n");
    preview.until_told(|state| state.contains("content/news/x.md") && state.contains("content/news/y.md"));
    std::fs::remove_file(preview.site.root().join("content/news/y.md")).unwrap();
    preview.site.write("content/news/x.md", good);
    preview.until_told(|state| !state.contains("content/news/x.md") && !state.contains("content/news/y.md"));
    // Settings too.
    let settings = std::fs::read_to_string(preview.site.root().join("site.toml")).unwrap();
    preview.site.write("site.toml", "title = ");
    preview.until_told(|state| state.contains("site.toml"));
    assert!(preview.get("/news/x/").text().contains("好好的"));
    preview.site.write("site.toml", &settings);
    preview.until_told(|state| !state.contains("\"file\":\"site.toml\",\"line\":1,"));
    same_as_build(&preview);
}

#[test]
fn a_file_that_an_option_names_is_missed_until_it_is_there() {
    let site = Site::village();
    let settings = site.read("site.toml");
    site.write("site.toml", format!("{settings}\n[theme_options]\nlogo = \"marks/town.svg\"\n"));
    let preview = preview(site);
    preview.until_told(|told| told.contains("theme-option-file"));
    preview.site.write("static/marks/town.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    preview.until_told(|told| !told.contains("theme-option-file"));
}

/// The program, with a terminal that takes nothing more: in Windows it stands still while somebody marks text in it.
#[test]
fn a_terminal_that_stands_still_holds_nothing_up() {
    let site = Site::village();
    let mut program = Command::new(env!("CARGO_BIN_EXE_yicun"))
        .current_dir(site.root())
        .args(["serve", "--port", "0", "--lang", "en"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(program.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("http://") {
        line.clear();
        assert_ne!(said.read_line(&mut line).unwrap(), 0, "no address is told");
    }
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let preview = Preview { site, address, events: std::sync::mpsc::channel().1 };
    let shown = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        // Of these it has more to say than pipes hold.
        for number in 0..5 {
            let wrong: String = (0..90).map(|key| format!("wrong{key} = 1\n")).collect();
            let page = format!("+++\ntitle = \"甲\"\n{wrong}+++\n");
            preview.site.write(&format!("content/news/w{number}.md"), page);
        }
        for number in 0..6 {
            preview.site.write("content/news/still.md", format!("+++\ntitle = \"第{number}次\"\n+++\n"));
            preview.until("/news/still/", &format!("第{number}次"));
        }
    }));
    program.kill().unwrap();
    program.wait().unwrap();
    shown.unwrap();
}

#[test]
fn drafts_and_later_pages_are_shown_and_marked() {
    let site = Site::village();
    site.write(
        "content/news/d.md",
        "+++\ntitle = \"草\"\ndate = 2026-11-20\nslug = \"d\"\ndraft = true\n+++\n一二三四\n",
    );
    site.write("content/news/l.md", "+++\ntitle = \"后\"\npublish = 2027-01-01\nslug = \"l\"\n+++\n");
    let preview = preview(site);
    assert!(preview.get("/news/").text().contains("草"));
    let state = preview.state();
    assert!(state.contains("{\"label\":\"草稿\",\"url\":\"/news/d/\"}"), "{state}");
    assert!(state.contains("\"url\":\"/news/l/\""));
    let about = preview.get("/_yicun/about?/news/d/").text();
    assert!(about.contains("\"origin\":\"content/news/d.md\"") && about.contains("4 字"), "{about}");
    assert!(about.contains("\"standing\":\"草稿\""));
    assert_eq!(preview.get("/_yicun/about?/none/").text(), "null");
}

#[test]
fn a_site_that_cannot_be_read_says_why_and_recovers() {
    let site = Site::village();
    let settings = std::fs::read_to_string(site.root().join("site.toml")).unwrap();
    std::fs::remove_file(site.root().join("site.toml")).unwrap();
    let preview = preview(site);
    let got = preview.get("/any/path.jpg");
    assert_eq!(got.status, 503);
    assert!(got.text().contains("site.toml") && got.text().contains("/_yicun/preview.js"), "{}", got.text());
    preview.site.write("site.toml", &settings);
    preview.until("/", "yicun-script");
    same_as_build(&preview);
}

#[test]
fn http_is_spoken_properly() {
    let site = Site::village();
    site.write("static/data.json", "0123456789");
    site.write("static/big.txt", "党建".repeat(2000));
    let preview = preview(site);
    let home = preview.get("/");
    assert_eq!((home.status, home.header("content-type")), (200, "text/html; charset=utf-8"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-cache"),
    ] {
        assert_eq!(home.header(name), value, "{name}");
    }
    let again = preview.ask("GET /", &format!("If-None-Match: {}\r\n", home.header("etag")));
    assert_eq!((again.status, again.body.len()), (304, 0));
    let head = preview.ask("HEAD /", "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), home.header("content-length"));
    let folder = preview.get("/news?x=1");
    assert_eq!((folder.status, folder.header("location")), (302, "/news/?x=1"));
    let missing = preview.get("/none/");
    assert_eq!((missing.status, missing.header("content-type")), (404, "text/html; charset=utf-8"));
    let part = preview.ask("GET /data.json", "Range: bytes=2-4\r\n");
    assert_eq!((part.status, part.header("content-range"), part.text()), (206, "bytes 2-4/10", "234".into()));
    let beyond = preview.ask("GET /data.json", "Range: bytes=10-\r\n");
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */10"));
    let head = preview.ask("HEAD /data.json", "Range: bytes=2-4\r\n");
    assert_eq!((head.status, head.header("content-length")), (200, "10"));
    let packed = preview.ask("GET /big.txt", "Accept-Encoding: br, gzip\r\n");
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, "党建".repeat(2000));
    assert_ne!(packed.header("etag"), preview.get("/big.txt").header("etag"));
    let refused = preview.ask("GET /big.txt", "Accept-Encoding: gzip;q=0\r\n");
    assert_eq!(refused.header("content-encoding"), "");
    let post = preview.ask("POST /", "Content-Length: 0\r\n");
    assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD"));
    assert!(preview.get("/_yicun/preview.css").header("content-type").starts_with("text/css"));
    assert!(preview.get("/_yicun/preview.js").text().contains("EventSource"));
}

#[test]
fn hostile_requests_get_nothing_and_leave_it_serving() {
    let site = Site::village();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", site.root().join("static/etc")).unwrap();
    let preview = preview(site);
    for path in [
        "/../site.toml",
        "/%2e%2e/site.toml",
        "/..%2fsite.toml",
        "/..%5csite.toml",
        "/news/../../site.toml",
        "//etc/passwd",
        "/etc/passwd",
        "/static/etc/passwd",
        "/site.toml",
        "/content/news/_index.md",
        "/.yicun/memo-v1",
        "/%00",
        "/%",
        "/%ff",
        "/C:/windows/win.ini",
        "/news//",
        "/_yicun/",
        "/_yicun/../site.toml",
    ] {
        let got = preview.get(path);
        assert_eq!(got.status, 404, "{path}");
    }
    for host in ["evil.example", "localhost.evil.example:8080", ""] {
        let answer =
            preview.raw(format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(answer.starts_with(b"HTTP/1.1 403"), "{host}");
    }
    let origin = preview.ask("GET /_yicun/events", "Origin: http://evil.example\r\n");
    assert_eq!(origin.status, 403);
    let nonsense: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n\r\n\r\n\r\n\0\0\0",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ];
    for bytes in nonsense {
        let answer = preview.raw(&[bytes, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"].concat());
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{bytes:?}");
    }
    // A head without end, and one with too many lines.
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    assert!(!preview.raw(long.as_bytes()).starts_with(b"HTTP/1.1 200"));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(500));
    assert!(!preview.raw(many.as_bytes()).starts_with(b"HTTP/1.1 200"));
    // More connections than it keeps, each waiting for the rest of its request.
    let mut idle = Vec::new();
    for _ in 0..connections() {
        let mut stream = TcpStream::connect(preview.address).unwrap();
        stream.write_all(b"GET / HT").unwrap();
        idle.push(stream);
    }
    assert_eq!(preview.get("/").status, 200);
    drop(idle);
    assert_eq!(preview.get("/").status, 200);
}

/// As many connections as this process may open, 10,000 at most; the other tests here need files too.
#[cfg(unix)]
fn connections() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(11_000);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).is_ok();
    let most = if raised { wanted } else { limit.current.unwrap_or(wanted) };
    let count = most.saturating_sub(1_000).clamp(300, 10_000);
    if count < 10_000 {
        println!("left out: {} of 10,000 idle connections, which this process may not open", 10_000 - count);
    }
    count
}

/// Elsewhere nothing is known of such a limit.
#[cfg(not(unix))]
fn connections() -> u64 {
    600
}
