//! Object stores with the interface of S3: OSS, COS, OBS, MinIO, Garage and others.
//!
//! Plain requests, each signed, each tried again by itself; no listing, no ETags, no multipart. Deletions go many at a time
//! where the store can do that. What a store says when it refuses is told in words that help.

mod batch;

use super::http::{Answer, Client, Trust, accepted, encoded, may_pass};
use super::refusal::{refusal, retry_after};
use super::sigv4::{Keys, Unsigned, sign};
use super::{Act, Claim, Host, keep_each};
use crate::deploy::fault::Fault;
use crate::deploy::manifest::{LARGEST, Sha};
use crate::deploy::retry::{patiently, several};
use crate::deploy::tree::Tree;
use crate::problem::Problem;
use std::sync::atomic::{AtomicBool, Ordering};

/// By these headers buckets with versions are known: S3, OSS, COS, OBS.
const VERSION: [&str; 4] = ["x-amz-version-id", "x-oss-version-id", "x-cos-version-id", "x-obs-version-id"];

/// A bucket, or the part of it below a prefix.
pub struct S3<'a> {
    scheme: String,
    host: String,
    base: String,
    bucket: String,
    prefix: String,
    region: String,
    keys: Keys,
    parallel: usize,
    client: Client,
    /// Whether the store turned out to delete only one by one.
    single: AtomicBool,
    /// Whether an answer named a version: then what is replaced or removed is still there.
    versions: AtomicBool,
    now: &'a (dyn Fn() -> jiff::Timestamp + Sync),
}

/// Where a bucket is.
#[derive(Clone, Debug)]
pub struct Bucket<'a> {
    /// `https://host`.
    pub endpoint: &'a str,
    /// The region that signatures name.
    pub region: &'a str,
    /// Its name.
    pub bucket: &'a str,
    /// Empty, or ending with a slash.
    pub prefix: &'a str,
    /// Whether it stands in the path.
    pub path_style: bool,
}

impl<'a> S3<'a> {
    /// A bucket; nothing is asked of it yet.
    pub fn new(
        at: &Bucket<'_>,
        keys: Keys,
        parallel: usize,
        now: &'a (dyn Fn() -> jiff::Timestamp + Sync),
        trust: &Trust,
    ) -> S3<'a> {
        let (scheme, rest) = at.endpoint.split_once("://").unwrap_or(("https", at.endpoint));
        let (host, path) =
            rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
        let (host, base) = if at.path_style {
            (host.to_owned(), format!("{path}/{}", at.bucket))
        } else {
            (format!("{}.{host}", at.bucket), path)
        };
        S3 {
            scheme: scheme.to_owned(),
            host,
            base: encoded(&base),
            bucket: at.bucket.to_owned(),
            prefix: at.prefix.to_owned(),
            region: at.region.to_owned(),
            keys,
            parallel,
            client: Client::new(trust),
            single: AtomicBool::new(false),
            versions: AtomicBool::new(false),
            now,
        }
    }

    fn path(&self, key: &str) -> String {
        format!("{}/{}", self.base, encoded(&format!("{}{key}", self.prefix)))
    }

    fn once(
        &self,
        method: &str,
        key: &str,
        headers: &[(String, String)],
        body: Option<&[u8]>,
    ) -> Result<Answer, Fault> {
        self.ask(method, &self.path(key), "", headers, body)
    }

    /// One request; the query is empty or a name without a value.
    fn ask(
        &self,
        method: &str,
        path: &str,
        query: &str,
        headers: &[(String, String)],
        body: Option<&[u8]>,
    ) -> Result<Answer, Fault> {
        let signed = if query.is_empty() { String::new() } else { format!("{query}=") };
        let payload = Sha::of(body.unwrap_or_default());
        let request = Unsigned {
            method,
            host: &self.host,
            path,
            query: &signed,
            headers: headers.to_vec(),
            payload: payload.text(),
        };
        let time = (self.now)().strftime("%Y%m%dT%H%M%SZ").to_string();
        let headers = sign(&request, &self.keys, &self.region, &time);
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{}://{}{path}{mark}{query}", self.scheme, self.host);
        let answer = self.client.send(method, &url, &headers, body, LARGEST)?;
        if VERSION.iter().any(|name| answer.header(name).is_some_and(|version| version != "null")) {
            self.versions.store(true, Ordering::Relaxed);
        }
        Ok(answer)
    }

    /// One request, again while that may help; the answer is a good one, or one of `also`.
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

    /// What a refusal means.
    fn fault(&self, key: &str, answer: &Answer) -> Fault {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let tag = |name: &str| {
            let after = text.split_once(&format!("<{name}>"))?.1;
            Some(after.split_once('<')?.0.chars().filter(|c| !c.is_control()).take(200).collect::<String>())
        };
        let code = tag("Code").unwrap_or_default();
        if let Some(fault) = refusal(answer, &self.host, key) {
            return fault;
        }
        self.meaning(answer, &code, &tag("Message").unwrap_or_else(|| answer.said()))
    }

    /// What the code of a refusal means.
    fn meaning(&self, answer: &Answer, code: &str, said: &str) -> Fault {
        let with = |problem: Problem| {
            problem
                .arg("host", &self.host)
                .arg("bucket", &self.bucket)
                .arg("status", format!("{} {code}", answer.status).trim_end())
                .arg("error", said)
        };
        match code {
            "RequestTimeTooSkewed" | "RequestExpired" => {
                let there = answer.header("date").unwrap_or("-").to_owned();
                let here = (self.now)().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
                Fault::lasting(with(Problem::new("deploy-clock")).arg("here", here).arg("there", there))
            }
            "SignatureDoesNotMatch"
            | "InvalidAccessKeyId"
            | "InvalidToken"
            | "ExpiredToken"
            | "AuthorizationHeaderMalformed" => {
                Fault::lasting(with(Problem::new("deploy-credentials-wrong")))
            }
            "NoSuchBucket" => Fault::lasting(with(Problem::new("deploy-no-bucket"))),
            "AccessDenied" | "UserDisable" | "AllAccessDisabled" => {
                Fault::lasting(with(Problem::new("deploy-forbidden")))
            }
            "SlowDown" | "InternalError" | "RequestTimeout" | "ServiceUnavailable" | "OperationAborted" => {
                Fault::passing(with(Problem::new("deploy-refused"))).back_in(retry_after(answer))
            }
            "EntityTooLarge" => Fault::lasting(with(Problem::new("deploy-too-large")).arg("path", "-")),
            _ if may_pass(answer.status) => {
                Fault::passing(with(Problem::new("deploy-refused"))).back_in(retry_after(answer))
            }
            _ if answer.status == 401 || answer.status == 403 => {
                Fault::lasting(with(Problem::new("deploy-forbidden")))
            }
            _ => Fault::lasting(with(Problem::new("deploy-refused"))),
        }
    }

    fn act(&self, act: &Act<'_>, tree: Option<&Tree>) -> Result<(), Fault> {
        match act {
            Act::Put { key, path, entry } => {
                let tree = tree.ok_or_else(|| Problem::new("deploy-build-unfinished").arg("path", path))?;
                let bytes = tree.bytes(path, entry)?;
                let headers = [header("content-type", &entry.kind), header("cache-control", &entry.cache)];
                self.send("PUT", key, &headers, Some(&bytes), &[]).map(|_| ())
            }
            Act::Copy { from, to, entry } => {
                let source = encoded(&format!("/{}/{}{from}", self.bucket, self.prefix));
                let headers = [
                    header("content-type", &entry.kind),
                    header("cache-control", &entry.cache),
                    header("x-amz-copy-source", &source),
                    header("x-amz-metadata-directive", "REPLACE"),
                ];
                patiently(to, || {
                    let answer = self.once("PUT", to, &headers, Some(b""))?;
                    // A copy may fail after the good status was sent.
                    let whole = answer.status < 300 && !answer.body.windows(6).any(|part| part == b"<Error");
                    if whole { Ok(()) } else { Err(self.fault(to, &answer)) }
                })
            }
            Act::Delete { key } => self.send("DELETE", key, &[], None, &[404]).map(|_| ()),
        }
    }

    /// Deletes whole keys, all in one request; what the answer does not confirm is deleted one by one, and so is
    /// everything where a store does not take the request.
    fn delete(&self, keys: &[String]) -> Result<(), Fault> {
        let said =
            if self.single.load(Ordering::Relaxed) { Batch::Refused } else { self.delete_at_once(keys)? };
        let left: Vec<&String> = match said {
            Batch::Done(said) => keys.iter().filter(|key| !said.gone.contains(*key)).collect(),
            Batch::Refused => {
                self.single.store(true, Ordering::Relaxed);
                keys.iter().collect()
            }
        };
        several(&left, self.parallel, |key| {
            let path = format!("{}/{}", self.base, encoded(key));
            let once = || self.ask("DELETE", &path, "", &[], None);
            accepted(key, &[404], once, |answer| self.fault(key, answer)).map(|_| ())
        })
    }

    fn delete_at_once(&self, keys: &[String]) -> Result<Batch, Fault> {
        let body = batch::body(keys.iter().map(String::as_str));
        let headers =
            [header("content-md5", &batch::md5(body.as_bytes())), header("content-type", "application/xml")];
        let path = if self.base.is_empty() { "/" } else { &self.base };
        patiently(&body, || {
            let answer = self.ask("POST", path, "delete", &headers, Some(body.as_bytes()))?;
            if answer.status >= 300 {
                let fault = self.fault("", &answer);
                // Where single deletions are refused too, they say why.
                let other_way = matches!(answer.status, 400 | 403 | 404 | 405 | 411 | 501);
                return if other_way && !fault.may_pass() { Ok(Batch::Refused) } else { Err(fault) };
            }
            let said = batch::read(&answer.body).unwrap_or_default();
            let refusal = said
                .kept
                .iter()
                .find(|refusal| !matches!(refusal.code.as_str(), "NoSuchKey" | "NotImplemented"));
            match refusal {
                Some(batch::Refusal { key, code, message }) => {
                    let plain = |text: &str| -> String {
                        text.chars().filter(|c| !c.is_control()).take(300).collect()
                    };
                    Err(self.meaning(&answer, &plain(code), &plain(&format!("{key}: {message}"))))
                }
                None => Ok(Batch::Done(said)),
            }
        })
    }
}

/// What a batch of deletions came to.
enum Batch {
    Done(batch::Said),
    /// The store does not take it.
    Refused,
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What our notes are sent with.
fn note() -> [(String, String); 2] {
    [header("content-type", "application/json"), header("cache-control", "no-store")]
}

impl Host for S3<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        let answer = self.send("GET", key, &[], None, &[404])?;
        if answer.status == 404 {
            // A missing bucket is no empty one.
            let missing = String::from_utf8_lossy(&answer.body).contains("NoSuchBucket");
            return if missing { Err(self.fault(key, &answer)) } else { Ok(None) };
        }
        Ok(Some(answer.body))
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.send("PUT", key, &note(), Some(bytes), &[]).map(|_| ())
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        let mut headers = note().to_vec();
        headers.push(header("if-none-match", "*"));
        let refused = [409, 412, 400, 501];
        let first = self.send("PUT", key, &headers, Some(bytes), &refused)?;
        if first.status >= 300 {
            if self.get(key)?.is_some_and(|there| there != bytes) {
                return Ok(Claim::Taken);
            }
            if matches!(first.status, 409 | 412) && self.get(key)?.is_some() {
                // Our own first try, whose answer was lost.
                return Ok(Claim::Made);
            }
            // The store knows no such condition.
            self.put(key, bytes)?;
            return Ok(Claim::Unsure);
        }
        // Many stores take the condition and do not keep it: only a second try shows that.
        let second = self.send("PUT", key, &headers, Some(bytes), &refused)?;
        Ok(if second.status >= 300 { Claim::Made } else { Claim::Unsure })
    }

    fn apply(&self, acts: &[Act<'_>], tree: Option<&Tree>) -> Result<(), Fault> {
        let sayable = |act: &&Act<'_>| matches!(act, Act::Delete { key } if batch::is_sayable(&format!("{}{key}", self.prefix)));
        let (deletions, others): (Vec<&Act<'_>>, Vec<&Act<'_>>) = acts.iter().partition(sayable);
        if deletions.len() < 2 {
            return several(acts, self.parallel, |act| self.act(act, tree));
        }
        several(&others, self.parallel, |act| self.act(act, tree))?;
        let keys: Vec<String> = deletions.iter().map(|act| format!("{}{}", self.prefix, act.key())).collect();
        let chunks: Vec<&[String]> = keys.chunks(batch::MOST).collect();
        several(&chunks, self.parallel, |keys| self.delete(keys))
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

    fn keeps_versions(&self) -> bool {
        self.versions.load(Ordering::Relaxed)
    }

    fn requests(&self) -> u64 {
        self.client.count()
    }
}
