//! A folder of a WebDAV server: Nextcloud, 坚果云, Apache, rclone.
//!
//! Files are put one by one and get their types from the server. A folder is made when the server says that it is missing.

use super::http::{Answer, Client, Trust, accepted, base64, encoded, may_pass};
use super::refusal::{refusal, retry_after};
use super::{Act, Claim, Host, keep_each};
use crate::deploy::fault::Fault;
use crate::deploy::headers::content_type;
use crate::deploy::manifest::{LARGEST, OWN};
use crate::deploy::retry::{patiently, several};
use crate::deploy::tree::Tree;
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// A folder of a WebDAV server.
#[derive(Debug)]
pub struct WebDav {
    url: String,
    login: Option<String>,
    parallel: usize,
    client: Client,
    /// Folders that were made or found. Held while one is made, so that several workers do not all make it.
    made: Mutex<BTreeSet<String>>,
}

impl WebDav {
    /// A folder; nothing is asked of it yet. `login` is `user:password`.
    pub fn new(url: &str, login: Option<&str>, parallel: usize, trust: &Trust) -> WebDav {
        let login = login.map(|login| format!("Basic {}", base64(login.as_bytes())));
        WebDav {
            url: url.trim_end_matches('/').to_owned(),
            login,
            parallel,
            client: Client::new(trust),
            made: Mutex::default(),
        }
    }

    fn once(
        &self,
        method: &str,
        key: &str,
        headers: &[(String, String)],
        body: Option<&[u8]>,
    ) -> Result<Answer, Fault> {
        let mut headers = headers.to_vec();
        headers.extend(self.login.iter().map(|login| ("authorization".to_owned(), login.clone())));
        self.client.send(method, &self.address(key), &headers, body, LARGEST)
    }

    fn address(&self, key: &str) -> String {
        format!("{}/{}", self.url, encoded(key))
    }

    fn send(
        &self,
        method: &str,
        key: &str,
        headers: &[(String, String)],
        body: Option<&[u8]>,
        also: &[u16],
    ) -> Result<Answer, Fault> {
        accepted(key, also, || self.once(method, key, headers, body), |answer| self.fault(key, answer))
    }

    fn fault(&self, key: &str, answer: &Answer) -> Fault {
        let host = self.url.split('/').nth(2).unwrap_or(&self.url);
        if let Some(fault) = refusal(answer, host, key) {
            return fault;
        }
        let asks = answer.header("www-authenticate").unwrap_or_default();
        let problem = match answer.status {
            401 if !asks.is_empty() && !asks.to_ascii_lowercase().contains("basic") => {
                let kind = asks.split_whitespace().next().unwrap_or_default();
                Problem::new("deploy-login-kind").arg("kind", kind)
            }
            401 => Problem::new("deploy-credentials-wrong"),
            403 => Problem::new("deploy-forbidden"),
            507 => Problem::new("deploy-host-full"),
            405 | 501 => Problem::new("deploy-not-webdav").arg("path", key),
            _ => Problem::new("deploy-refused"),
        };
        let problem = problem.arg("host", host).arg("bucket", &self.url).arg("status", answer.status);
        let problem = problem.arg("error", answer.said());
        if may_pass(answer.status) {
            Fault::passing(problem).back_in(retry_after(answer))
        } else {
            Fault::lasting(problem)
        }
    }

    /// Makes the folders above a key; those that are there are no fault.
    fn folders(&self, key: &str) -> Result<(), Fault> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let above = key.match_indices('/').filter_map(|(at, _)| key.get(..=at));
        for folder in std::iter::once("").chain(above) {
            if made.contains(folder) {
                continue;
            }
            let also: &[u16] = if folder.is_empty() { &[301, 403, 405, 409] } else { &[301, 405, 409] };
            self.send("MKCOL", folder, &[], None, also)?;
            made.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Does a thing that needs a folder; makes it when it is missing.
    fn in_folder(&self, key: &str, work: impl Fn() -> Result<Answer, Fault>) -> Result<Answer, Fault> {
        let missing = |answer: &Answer| matches!(answer.status, 404 | 409 | 412);
        patiently(key, || {
            let mut answer = work()?;
            if missing(&answer) {
                self.folders(key)?;
                answer = work()?;
            }
            if missing(&answer) {
                // A folder that was there is not any more.
                self.made.lock().unwrap_or_else(PoisonError::into_inner).clear();
                self.folders(key)?;
                answer = work()?;
            }
            if answer.status < 300 { Ok(answer) } else { Err(self.fault(key, &answer)) }
        })
    }

    fn act(&self, act: &Act<'_>, tree: Option<&Tree>) -> Result<(), Fault> {
        match act {
            Act::Put { key, path, entry } => {
                let tree = tree.ok_or_else(|| Problem::new("deploy-build-unfinished").arg("path", path))?;
                let bytes = tree.bytes(path, entry)?;
                self.put_as(key, &entry.kind, &bytes)
            }
            Act::Copy { from, to, .. } => {
                let headers = [
                    ("destination".to_owned(), self.address(to)),
                    ("overwrite".to_owned(), "T".to_owned()),
                    ("depth".to_owned(), "0".to_owned()),
                ];
                self.in_folder(to, || self.once("COPY", from, &headers, None)).map(|_| ())
            }
            Act::Delete { key } => self.send("DELETE", key, &[], None, &[404]).map(|_| ()),
        }
    }

    fn put_as(&self, key: &str, kind: &str, bytes: &[u8]) -> Result<(), Fault> {
        let headers = [("content-type".to_owned(), kind.to_owned())];
        self.in_folder(key, || self.once("PUT", key, &headers, Some(bytes))).map(|_| ())
    }
}

impl Host for WebDav {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        let answer = self.send("GET", key, &[], None, &[404])?;
        Ok((answer.status != 404).then_some(answer.body))
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.put_as(key, &content_type(key), bytes)
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        let headers = [("if-none-match".to_owned(), "*".to_owned())];
        let there = self.get(key)?;
        if there.as_deref().is_some_and(|there| there != bytes) {
            return Ok(Claim::Taken);
        }
        self.folders(key)?;
        let first = self.send("PUT", key, &headers, Some(bytes), &[409, 412])?;
        if first.status >= 300 {
            return Ok(if self.get(key)?.as_deref() == Some(bytes) { Claim::Made } else { Claim::Taken });
        }
        let second = self.send("PUT", key, &headers, Some(bytes), &[409, 412])?;
        Ok(if second.status >= 300 { Claim::Made } else { Claim::Unsure })
    }

    fn apply(&self, acts: &[Act<'_>], tree: Option<&Tree>) -> Result<(), Fault> {
        // Our own folders are not there more often than not: making them first is one request for all their files.
        for act in acts.iter().filter(|act| matches!(act, Act::Copy { to, .. } if to.starts_with(OWN))) {
            self.folders(act.key())?;
        }
        several(acts, self.parallel, |act| self.act(act, tree))
    }

    fn keep(&self, copies: &[Act<'_>]) -> Result<Vec<String>, Fault> {
        keep_each(self, copies)
    }

    fn date(&self) -> Option<i64> {
        self.client.date()
    }

    fn width(&self) -> usize {
        self.parallel
    }

    fn sweep(&self, folder: &str, keys: &[String]) -> Result<(), Fault> {
        // Most want the slash; SeaweedFS takes no folder with one.
        for name in [&format!("{folder}/"), folder] {
            if self.send("DELETE", name, &[], None, &[404, 405])?.status != 405 {
                return Ok(());
            }
        }
        let acts: Vec<Act<'_>> = keys.iter().map(|key| Act::Delete { key: key.clone() }).collect();
        self.apply(&acts, None)
    }

    fn requests(&self) -> u64 {
        self.client.count()
    }
}
