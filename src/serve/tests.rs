//! The preview over raw TCP: what is sent for which request, and that a change reaches the browser.
#![expect(clippy::disallowed_methods, reason = "tests make their own files")]

use super::*;
use crate::build::api::Summary;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};

struct Site {
    folder: tempfile::TempDir,
    address: SocketAddr,
    events: Receiver<String>,
}

/// A site whose "build" copies `content/page.html`, and fails while that holds “错”.
fn site(first: &str) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    std::fs::create_dir_all(root.join("content")).unwrap();
    std::fs::write(root.join("content/page.html"), first).unwrap();
    let options = Options { root: root.clone(), host: "127.0.0.1".into(), port: 0, lang: Lang::Zh };
    let server = Server::bind(options).unwrap();
    let address = server.address;
    let builds = AtomicUsize::new(0);
    let build: Builder = Box::new(move || {
        builds.fetch_add(1, Ordering::SeqCst);
        let page = std::fs::read_to_string(root.join("content/page.html")).unwrap();
        // A file that is just being written is empty for a moment.
        if page.contains('错') || page.is_empty() {
            return Ok(Report { problems: vec![Problem::new("no-such")], ..Report::default() });
        }
        let out = preview_folder(&root);
        std::fs::create_dir_all(out.join("villages")).unwrap();
        let old = std::fs::read_to_string(out.join("index.html")).unwrap_or_default();
        std::fs::write(out.join("index.html"), &page).unwrap();
        std::fs::write(out.join("villages/index.html"), "<body>villages</body>").unwrap();
        std::fs::write(out.join("404.html"), "<body>没有</body>").unwrap();
        std::fs::write(out.join("data.json"), "0123456789").unwrap();
        let written = if old == page { Vec::new() } else { vec!["index.html".to_owned()] };
        Ok(Report { published: Some(Summary { written, ..Summary::default() }), ..Report::default() })
    });
    let (sender, events) = channel();
    let tell: Listener = Box::new(move |event| {
        let _ = sender.send(match event {
            Event::Built(report, _) => format!("built {}", report.published.is_some()),
            Event::Failed(_) => "failed".into(),
            Event::Listening => "listening".into(),
        });
    });
    std::thread::spawn(move || server.run(build, tell));
    let site = Site { folder, address, events };
    while site.next() != "listening" {}
    site
}

impl Site {
    fn next(&self) -> String {
        self.events.recv_timeout(Duration::from_secs(20)).unwrap()
    }

    fn save(&self, text: &str) {
        std::fs::write(self.folder.path().join("content/page.html"), text).unwrap();
    }

    fn ask(&self, line: &str, host: &str, more: &str) -> String {
        ask(self.address, line, host, more)
    }

    /// Waits until a page says something.
    fn until(&self, path: &str, text: &str) {
        for _ in 0..200 {
            if self.get(path).contains(text) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{path} never says {text}");
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path}"), "localhost", "")
    }
}

/// The whole answer to a request; `more` are further header lines.
fn ask(address: SocketAddr, line: &str, host: &str, more: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map_or("", |(_, value)| value)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn pages_are_served_with_the_right_headers() {
    let site = site("<html><body>首页</body></html>");
    let home = site.get("/");
    assert!(home.starts_with("HTTP/1.1 200"), "{home}");
    assert_eq!(header(&home, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&home, "x-content-type-options"), "nosniff");
    assert!(body(&home).contains("首页<script src=\"/_yicun/reload.js?"));
    let tag = header(&home, "etag").to_owned();
    let again = site.ask("GET /", "localhost", &format!("If-None-Match: {tag}\r\n"));
    assert!(again.starts_with("HTTP/1.1 304") && body(&again).is_empty(), "{again}");
    let head = site.ask("HEAD /", "localhost", "");
    assert!(head.starts_with("HTTP/1.1 200") && body(&head).is_empty());
    assert_eq!(header(&head, "content-length"), header(&home, "content-length"));
    let folder = site.get("/villages?x=1");
    assert!(folder.starts_with("HTTP/1.1 301"));
    assert_eq!(header(&folder, "location"), "/villages/?x=1");
    let missing = site.get("/none/");
    assert!(missing.starts_with("HTTP/1.1 404") && body(&missing).contains("没有"));
    let part = site.ask("GET /data.json", "localhost", "Range: bytes=2-4\r\n");
    assert!(part.starts_with("HTTP/1.1 206"));
    assert_eq!((header(&part, "content-range"), body(&part)), ("bytes 2-4/10", "234"));
    assert!(site.ask("POST /", "localhost", "").starts_with("HTTP/1.1 405"));
    for path in ["/../Cargo.toml", "/%2e%2e/%2e%2e/content/page.html", "//etc/passwd"] {
        assert!(site.get(path).starts_with("HTTP/1.1 404"), "{path}");
    }
    assert!(site.get("/_yicun/reload.js").contains("EventSource"));
    assert!(header(&site.get("/_yicun/panel.css"), "content-type").starts_with("text/css"));
}

#[test]
fn foreign_names_are_refused() {
    let site = site("<body>x</body>");
    for host in ["evil.example", "evil.example:8080", "localhost.evil.example", ""] {
        assert!(site.ask("GET /", host, "").starts_with("HTTP/1.1 403"), "{host}");
    }
    for host in ["localhost:8080", "127.0.0.1", "[::1]:80", "LOCALHOST"] {
        assert!(site.ask("GET /", host, "").starts_with("HTTP/1.1 200"), "{host}");
    }
}

#[test]
fn a_change_reaches_the_browser_and_errors_keep_the_last_good_page() {
    let site = site("<body>一</body>");
    let first = site.get("/_yicun/events");
    assert_eq!(header(&first, "content-type"), "text/event-stream");
    let id = body(&first).lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    let (address, id) = (site.address, id.as_str());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            ask(address, "GET /_yicun/events", "localhost", &format!("Last-Event-ID: {id}\r\n"))
        });
        std::thread::sleep(Duration::from_millis(50));
        site.save("<body>二</body>");
        let event = waiting.join().unwrap();
        assert!(event.contains("data: ") && !event.contains(&format!("id: {id}\n")), "{event}");
    });
    site.until("/", "二");
    site.save("<body>错</body>");
    site.until("/_yicun/events", "no-such");
    assert!(site.get("/").contains('二'));
    site.save("<body>三</body>");
    site.until("/", "三");
    site.until("/_yicun/events", "\"problems\":[]");
}

#[test]
fn a_first_build_with_errors_shows_them_everywhere() {
    let site = site("错");
    let page = site.get("/any/path.jpg");
    assert!(page.starts_with("HTTP/1.1 503") && page.contains("no-such"), "{page}");
    assert!(page.contains("/_yicun/reload.js"));
    site.save("<body>好</body>");
    site.until("/", "好");
}
