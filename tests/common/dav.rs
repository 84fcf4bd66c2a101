//! A WebDAV server in memory that misbehaves as it is told: for faults that real servers have at the wrong moments only.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// What is asked.
pub struct Asked<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// How many requests of this method and path came before.
    pub before: u64,
}

/// What to do instead of the right thing.
pub enum Instead {
    /// A status with header lines, each ending with CR LF, and an empty body.
    Say(u16, String),
    /// As if the body ended after so many bytes.
    Cut(usize),
    /// An older state of the file, if there is one.
    Stale,
}

type Mood = Arc<dyn Fn(&Asked<'_>) -> Option<Instead> + Send + Sync>;

/// The server; it ends with the process.
pub struct Dav {
    pub url: String,
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    older: Mutex<BTreeMap<String, Vec<u8>>>,
    asked: Mutex<BTreeMap<String, u64>>,
    count: AtomicU64,
    mood: Mutex<Mood>,
    date: Mutex<&'static str>,
}

impl Dav {
    pub fn start() -> Arc<Dav> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let dav = Arc::new(Dav {
            url: format!("http://{}", listener.local_addr().unwrap()),
            files: Mutex::default(),
            older: Mutex::default(),
            asked: Mutex::default(),
            count: AtomicU64::new(0),
            mood: Mutex::new(Arc::new(|_| None)),
            date: Mutex::default(),
        });
        let server = Arc::clone(&dav);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                std::thread::spawn(move || while server.answer(&stream).is_some() {});
            }
        });
        dav
    }

    /// From now on.
    pub fn mood(&self, mood: impl Fn(&Asked<'_>) -> Option<Instead> + Send + Sync + 'static) {
        self.asked.lock().unwrap().clear();
        *self.mood.lock().unwrap() = Arc::new(mood);
    }

    /// What the server's clock says; nothing at first.
    pub fn date(&self, date: &'static str) {
        *self.date.lock().unwrap() = date;
    }

    pub fn well(&self) {
        self.mood(|_| None);
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.files.lock().unwrap().clone()
    }

    pub fn set(&self, path: &str, bytes: Option<&[u8]>) {
        let mut files = self.files.lock().unwrap();
        match bytes {
            Some(bytes) => _ = files.insert(path.to_owned(), bytes.to_vec()),
            None => _ = files.remove(path),
        }
    }

    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// How often a method was asked for at a path since the last change of mood.
    pub fn times(&self, method: &str, path: &str) -> u64 {
        self.asked.lock().unwrap().get(&format!("{method} {path}")).copied().unwrap_or(0)
    }

    /// One request and its answer; none when the connection is to be closed.
    fn answer(&self, mut stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut words = line.split_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.trim_start_matches('/').to_owned());
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        self.count.fetch_add(1, Ordering::Relaxed);
        let before = {
            let mut asked = self.asked.lock().unwrap();
            let count = asked.entry(format!("{method} {path}")).or_default();
            *count += 1;
            *count - 1
        };
        // A mood may take its time, and others are answered meanwhile.
        let mood = Arc::clone(&self.mood.lock().unwrap());
        let instead = mood(&Asked { method: &method, path: &path, before });
        let (status, more, bytes) = match instead {
            Some(Instead::Say(status, more)) => (status, more, Vec::new()),
            Some(Instead::Cut(length)) => {
                body.truncate(length);
                let (status, bytes) = self.act(&method, &path, &headers, body, false);
                (status, String::new(), bytes)
            }
            other => {
                let (status, bytes) = self.act(&method, &path, &headers, body, other.is_some());
                (status, String::new(), bytes)
            }
        };
        let date = *self.date.lock().unwrap();
        let date = if date.is_empty() { String::new() } else { format!("Date: {date}\r\n") };
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{date}{more}\r\n", bytes.len());
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(&bytes).ok()
    }

    fn act(
        &self,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, String>,
        body: Vec<u8>,
        stale: bool,
    ) -> (u16, Vec<u8>) {
        let mut files = self.files.lock().unwrap();
        let mut older = self.older.lock().unwrap();
        match method {
            "GET" => {
                let there = if stale { older.get(path).or(files.get(path)) } else { files.get(path) };
                there.map_or((404, Vec::new()), |bytes| (200, bytes.clone()))
            }
            "PUT" if headers.contains_key("if-none-match") && files.contains_key(path) => (412, Vec::new()),
            "PUT" => {
                if let Some(old) = files.insert(path.to_owned(), body) {
                    older.insert(path.to_owned(), old);
                }
                (201, Vec::new())
            }
            "MKCOL" => (201, Vec::new()),
            "COPY" => {
                let to =
                    headers.get("destination").and_then(|to| to.splitn(4, '/').nth(3)).unwrap_or_default();
                match files.get(path).cloned() {
                    Some(bytes) => {
                        files.insert(to.to_owned(), bytes);
                        (201, Vec::new())
                    }
                    None => (404, Vec::new()),
                }
            }
            "DELETE" => {
                let before = files.len();
                files.retain(|key, _| key != path && !(path.ends_with('/') && key.starts_with(path)));
                (if files.len() < before { 204 } else { 404 }, Vec::new())
            }
            _ => (405, Vec::new()),
        }
    }
}
