//! The address of the finished site: `https://host[:port][/path]`, a bare path, or nothing.
//!
//! Out comes an origin without trailing slash and a path that is empty or starts with a slash and does not end with
//! one, so that `{path}/villages/` and `{origin}{path}/villages/` are always right.

use serde::Serialize;

/// Where the site will live.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BaseUrl {
    /// `https://host:port`, or empty when the address is not known.
    pub origin: String,
    /// `/sub/path`, or empty for the top of the host.
    pub path: String,
}

impl BaseUrl {
    /// Reads an address; none for what is no address.
    pub fn parse(text: &str) -> Option<BaseUrl> {
        let text = text.trim();
        if text.is_empty() || text.starts_with('/') {
            return Some(BaseUrl { origin: String::new(), path: path(text)? });
        }
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" && scheme != "https" {
            return None;
        }
        let (host, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if !is_host(host) {
            return None;
        }
        Some(BaseUrl { origin: format!("{scheme}://{}", host.to_lowercase()), path: path(tail)? })
    }

    /// Whether absolute addresses can be written.
    pub fn is_known(&self) -> bool {
        !self.origin.is_empty()
    }
}

/// A name, an IPv4 address or a bracketed IPv6 address, with an optional port.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let name_fits = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !name.is_empty()
                && name.split('.').all(|label| {
                    !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
                })
        }
    };
    name_fits && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// The path with everything but plain characters percent-encoded.
fn path(text: &str) -> Option<String> {
    let text = text.trim_matches('/');
    let mut out = String::new();
    if text.is_empty() {
        return Some(out);
    }
    for segment in text.split('/') {
        if segment.is_empty() || segment == "." || segment == ".." {
            return None;
        }
        out.push('/');
        for c in segment.chars() {
            match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' | '~' | '%' => out.push(c),
                '?' | '#' | '\\' | '"' | '<' | '>' | '\'' => return None,
                c if c.is_whitespace() || c.is_control() => return None,
                c => {
                    c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")))
                }
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(String, String)> {
        BaseUrl::parse(text).map(|url| (url.origin, url.path))
    }

    #[test]
    fn addresses_are_cut_into_origin_and_path() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(parts("https://example.gov.cn"), pair("https://example.gov.cn", ""));
        assert_eq!(parts("HTTPS://Example.gov.cn/Dang/jian//"), pair("https://example.gov.cn", "/Dang/jian"));
        assert_eq!(parts("http://10.1.2.3:8080/党建/"), pair("http://10.1.2.3:8080", "/%E5%85%9A%E5%BB%BA"));
        assert_eq!(parts("http://[::1]:80/"), pair("http://[::1]:80", ""));
        assert_eq!(parts("http://党建.中国/"), pair("http://党建.中国", ""));
        assert_eq!(parts(" "), pair("", ""));
        assert_eq!(parts("/sub/"), pair("", "/sub"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "example.com",
            "ftp://a.b",
            "http://",
            "https://a b.c",
            "https://a.b/?x",
            "https://a.b/#x",
            "https://a.b/../c",
            "https://u:p@a.b/",
            "https://a.b:99999/",
            "https://a..b/",
            "javascript:alert(1)",
            "https://a.b/\"x",
        ] {
            assert_eq!(BaseUrl::parse(text), None, "{text}");
        }
    }
}
