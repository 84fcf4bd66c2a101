//! HTTP as the hosts and the check of the public address need it: one request, one whole answer.
//!
//! Redirects are not followed: a signature holds for one address alone. Every try is counted.

use crate::deploy::fault::Fault;
use crate::deploy::retry::patiently;
use crate::problem::Problem;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// A client that keeps its connections.
#[derive(Debug)]
pub struct Client {
    agent: ureq::Agent,
    count: AtomicU64,
    /// The latest that a server's clock said, in seconds; 0 at first.
    date: AtomicI64,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The beginning of the body as one line, for messages.
    pub fn said(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().filter(|c| !c.is_control()).take(300).collect()
    }
}

/// One request, again while that may help: the answer is a good one, or has a status of `also`. `what` scatters the pauses,
/// `fault` says what a refusal means.
///
/// # Errors
/// What no further try would mend.
pub fn accepted(
    what: &str,
    also: &[u16],
    once: impl Fn() -> Result<Answer, Fault>,
    fault: impl Fn(&Answer) -> Fault,
) -> Result<Answer, Fault> {
    patiently(what, || {
        let answer = once()?;
        if answer.status < 300 || also.contains(&answer.status) { Ok(answer) } else { Err(fault(&answer)) }
    })
}

/// Whose certificates are believed.
#[derive(Clone, Debug, Default)]
pub struct Trust(Option<RootCerts>);

impl Trust {
    /// Those whom the world believes, or, with a text in PEM form, those in it alone; none when there is none in it.
    pub fn read(pem: Option<&[u8]>) -> Option<Trust> {
        let Some(pem) = pem else { return Some(Trust::default()) };
        let found = parse_pem(pem).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        });
        let found: Vec<Certificate<'static>> = found.collect();
        (!found.is_empty()).then(|| Trust(Some(RootCerts::from(found))))
    }
}

impl Client {
    /// A client that has asked nothing yet.
    pub fn new(trust: &Trust) -> Client {
        let mut tls = TlsConfig::builder();
        if let Some(roots) = &trust.0 {
            tls = tls.root_certs(roots.clone());
        }
        let agent = ureq::Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .timeout_connect(Some(Duration::from_secs(15)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .timeout_send_body(Some(Duration::from_secs(600)))
            .timeout_recv_body(Some(Duration::from_secs(600)))
            .max_idle_connections_per_host(64)
            .user_agent(concat!("yicun/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .build()
            .new_agent();
        Client { agent, count: AtomicU64::new(0), date: AtomicI64::new(0) }
    }

    /// One request.
    ///
    /// # Errors
    /// A server that cannot be reached, or an answer that was cut; both may pass.
    pub fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: Option<&[u8]>,
        most: u64,
    ) -> Result<Answer, Fault> {
        self.count.fetch_add(1, Ordering::Relaxed);
        let host = url.split('/').nth(2).unwrap_or(url).to_owned();
        let failed = |error: String, again: bool| {
            let problem = Problem::new("deploy-unreachable").arg("host", &host).arg("error", error);
            if again { Fault::passing(problem) } else { Fault::lasting(problem) }
        };
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let untrusted = |error: &ureq::Error| {
            let text = error.to_string();
            text.contains("certificate").then(|| {
                Fault::lasting(Problem::new("deploy-certificate").arg("host", &host).arg("error", text))
            })
        };
        let sent = match body {
            Some(body) => {
                request.body(body).map_err(|e| failed(e.to_string(), false)).map(|r| self.agent.run(r))?
            }
            None => request.body(()).map_err(|e| failed(e.to_string(), false)).map(|r| self.agent.run(r))?,
        };
        let answer = sent.map_err(|error| {
            let lasting =
                matches!(error, ureq::Error::HostNotFound | ureq::Error::BadUri(_) | ureq::Error::Tls(_));
            untrusted(&error).unwrap_or_else(|| failed(error.to_string(), !lasting))
        })?;
        let (parts, mut body) = answer.into_parts();
        let headers = parts
            .headers
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let body =
            body.with_config().limit(most).read_to_vec().map_err(|error| failed(error.to_string(), true))?;
        let answer = Answer { status: parts.status.as_u16(), headers, body };
        let date = answer.header("date").and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
        // A cache in between may give an old one.
        self.date.fetch_max(date.map_or(0, |date| date.timestamp().as_second()), Ordering::Relaxed);
        Ok(answer)
    }

    /// What the server's clock said last, in seconds.
    pub fn date(&self) -> Option<i64> {
        Some(self.date.load(Ordering::Relaxed)).filter(|date| *date > 0)
    }

    /// How many requests were made.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

/// A path with everything but plain characters and slashes percent-encoded, as signatures want it.
pub fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Whether a status may be another one next time.
pub fn may_pass(status: u16) -> bool {
    matches!(status, 408 | 409 | 423 | 425 | 429 | 500 | 502 | 503 | 504 | 509 | 522 | 524)
}

/// Base64 (RFC 4648).
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let number = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS.get((number >> (18 - 6 * at) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), coded);
        }
    }
}
