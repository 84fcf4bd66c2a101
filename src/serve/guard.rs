//! Who may ask: this machine under its own names, and with the token of the address other machines too.
//!
//! A page elsewhere could read the preview through a host name of its own that leads here, so foreign names are refused;
//! and what the preview tells besides the pages is for pages of the preview alone.

use super::answer::text;
use crate::digest::Digest;
use hyper::{HeaderMap, Uri, header};
use std::net::IpAddr;

/// The name of the token in addresses and cookies.
pub(super) const TOKEN: &str = "yicun-token";

/// What is known of who may ask.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// The host as it was given.
    pub(super) host: String,
    /// Whether all addresses of this machine are listened on.
    pub(super) open_to_all: bool,
    /// What other machines must know.
    pub(super) token: String,
}

/// What a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is answered.
    Welcome,
    /// It brought the token in its address: it gets a cookie and is sent on.
    Introduced,
    /// It is not answered; why.
    Refused(&'static str),
}

impl Guard {
    /// Judges a request that came from `peer`.
    pub(super) fn judge(&self, peer: IpAddr, headers: &HeaderMap, uri: &Uri) -> Verdict {
        let Some(host) = text(headers, header::HOST).or_else(|| uri.host()) else {
            return Verdict::Refused("no host");
        };
        let asked = uri.authority().is_none_or(|asked| self.is_own(asked.as_str()));
        if headers.get_all(header::HOST).iter().count() > 1 || !self.is_own(host) || !asked {
            return Verdict::Refused("not a name of this machine");
        }
        if let Some(origin) = text(headers, header::ORIGIN) {
            let same = origin.strip_prefix("http://").is_some_and(|from| from.eq_ignore_ascii_case(host));
            if !same {
                return Verdict::Refused("asked by a page from elsewhere");
            }
        }
        if text(headers, header::HeaderName::from_static("sec-fetch-site")) == Some("cross-site")
            && uri.path().starts_with("/_yicun/")
        {
            return Verdict::Refused("asked by a page from elsewhere");
        }
        if peer.to_canonical().is_loopback() || self.has_cookie(headers) {
            return Verdict::Welcome;
        }
        let given = uri
            .query()
            .into_iter()
            .flat_map(|query| query.split('&'))
            .find_map(|pair| pair.strip_prefix(TOKEN)?.strip_prefix('='));
        if given.is_some_and(|given| self.is_token(given)) {
            Verdict::Introduced
        } else {
            Verdict::Refused("the whole address is needed, with what stands behind the question mark")
        }
    }

    fn is_own(&self, host: &str) -> bool {
        let bare = name_of(host);
        ["localhost", "127.0.0.1", "::1", name_of(&self.host)].iter().any(|own| bare.eq_ignore_ascii_case(own))
            // Addresses, unlike names, cannot be turned to this machine by somebody else.
            || self.open_to_all && bare.parse::<IpAddr>().is_ok()
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).any(|cookies| {
            cookies.split(';').any(|one| {
                let value = one.trim().strip_prefix(TOKEN).and_then(|rest| rest.strip_prefix('='));
                value.is_some_and(|value| self.is_token(value))
            })
        })
    }

    /// Compares digests, so that the time it takes tells nothing of the token.
    fn is_token(&self, given: &str) -> bool {
        !self.token.is_empty() && Digest::of(given.as_bytes()) == Digest::of(self.token.as_bytes())
    }
}

/// A host without its port and brackets.
fn name_of(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.contains("::") => name,
        Some((name, port)) if name.ends_with(']') && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(peer: &str, path: &str, lines: &[(&'static str, &str)]) -> Verdict {
        let guard = Guard { host: "127.0.0.1".into(), open_to_all: true, token: "secret".into() };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        guard.judge(peer.parse().unwrap(), &headers, &path.parse().unwrap())
    }

    #[test]
    fn only_own_names_are_answered() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:80", "[::1]", "192.168.1.7:80"] {
            assert_eq!(judge("127.0.0.1", "/", &[("host", host)]), Verdict::Welcome, "{host}");
        }
        for host in
            ["evil.example", "evil.example:80", "localhost.evil.example", "", "127.0.0.1.evil.example"]
        {
            assert!(matches!(judge("127.0.0.1", "/", &[("host", host)]), Verdict::Refused(_)), "{host}");
        }
        let twice = [("host", "localhost"), ("host", "evil.example")];
        assert!(matches!(judge("127.0.0.1", "/", &twice), Verdict::Refused(_)));
        assert!(matches!(judge("127.0.0.1", "/", &[]), Verdict::Refused(_)));
        // A whole address in the request line counts as much as the header.
        let host = [("host", "localhost:80")];
        assert_eq!(judge("127.0.0.1", "http://localhost:80/", &host), Verdict::Welcome);
        assert!(matches!(judge("127.0.0.1", "http://evil.example/", &host), Verdict::Refused(_)));
    }

    #[test]
    fn pages_from_elsewhere_are_refused() {
        let from = |origin| judge("127.0.0.1", "/", &[("host", "localhost:80"), ("origin", origin)]);
        assert_eq!(from("http://localhost:80"), Verdict::Welcome);
        for origin in ["http://evil.example", "http://localhost:81", "https://localhost:80", "null"] {
            assert!(matches!(from(origin), Verdict::Refused(_)), "{origin}");
        }
    }

    #[test]
    fn other_machines_need_the_token() {
        let host = ("host", "192.168.1.7:8080");
        assert!(matches!(judge("192.168.1.9", "/", &[host]), Verdict::Refused(_)));
        assert!(matches!(judge("192.168.1.9", "/?yicun-token=secre", &[host]), Verdict::Refused(_)));
        assert!(matches!(judge("192.168.1.9", "/?yicun-token=", &[host]), Verdict::Refused(_)));
        assert_eq!(judge("192.168.1.9", "/?a=b&yicun-token=secret", &[host]), Verdict::Introduced);
        assert_eq!(
            judge("192.168.1.9", "/", &[host, ("cookie", "a=b; yicun-token=secret")]),
            Verdict::Welcome
        );
        assert_eq!(judge("::ffff:127.0.0.1", "/", &[host]), Verdict::Welcome);
    }
}
