//! A preview over real sockets, for the tests of what it answers and of what it sees.

use super::{Site, TODAY};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use yicun::build::api::Request;
use yicun::messages::Lang;
use yicun::serve::{Event, Options, Server};

/// What a preview is asked for: everything, at no address of its own.
pub fn request(root: &Path) -> Request {
    let plain = Request::new(root, &root.join("public"), TODAY.parse().unwrap());
    Request { base_url: Some(String::new()), drafts: true, future: true, ..plain }
}

/// A preview of a site.
pub struct Preview {
    pub site: Site,
    pub address: SocketAddr,
    pub events: Receiver<&'static str>,
}

/// Starts one that is told of changes.
pub fn preview(site: Site) -> Preview {
    start(site, false)
}

/// Starts one; `poll` as with `serve --poll`.
pub fn start(site: Site, poll: bool) -> Preview {
    let root = site.root().to_owned();
    let options = Options {
        root: root.clone(),
        host: "127.0.0.1".into(),
        port: 0,
        lang: Lang::Zh,
        token: "secret".into(),
        poll,
    };
    let server = Server::bind(options).unwrap();
    let address = server.url().trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    let (sender, events) = channel();
    let tell = move |event: Event<'_>| {
        _ = sender.send(match event {
            Event::Looked { .. } => "looked",
            Event::Swept { .. } => "swept",
            Event::Failed(_) => "failed",
            Event::Polling => "polling",
            Event::Listening => "listening",
        });
    };
    std::thread::spawn(move || server.run(Box::new(move || request(&root)), Box::new(tell)));
    let preview = Preview { site, address, events };
    while preview.events.recv_timeout(Duration::from_secs(60)).unwrap() != "listening" {}
    preview
}

/// An answer.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Preview {
    pub fn raw(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer);
        answer
    }

    pub fn ask(&self, line: &str, more: &str) -> Got {
        let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n");
        let answer = self.raw(request.as_bytes());
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("{line}"));
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap()[9..12].parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Got { status, headers, body: answer[end + 4..].to_vec() }
    }

    pub fn get(&self, path: &str) -> Got {
        self.ask(&format!("GET {path}"), "")
    }

    /// Waits until a page says something.
    pub fn until(&self, path: &str, wanted: &str) {
        for _ in 0..600 {
            if self.get(path).text().contains(wanted) {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("{path} never says {wanted}");
    }

    /// What browsers are told now.
    pub fn state(&self) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(stream, "GET /_yicun/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        while !(answer.windows(6).any(|six| six == b"data: ") && answer.ends_with(b"\n\n\r\n")) {
            let size = stream.read(&mut piece).unwrap();
            assert!(size > 0, "{}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&piece[..size]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn until_told(&self, wanted: impl Fn(&str) -> bool) {
        for _ in 0..600 {
            if wanted(&self.state()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("{}", self.state());
    }
}
