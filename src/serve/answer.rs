//! Answers with bytes: content type, ETag and 304, HEAD, and a part of a file for players that seek.
//!
//! The ETag is the digest of exactly the bytes that are sent, so an unchanged page is never sent twice and a changed
//! one is never kept.

use super::body::Body;
use crate::digest::Digest;
use crate::gzip::{Effort, gzip};
use hyper::{HeaderMap, Method, Response, StatusCode, header};
use std::ops::Range;

/// An answer with `bytes`, as a browser with these request headers needs it.
pub(super) fn answer(
    method: &Method,
    asked: &HeaderMap,
    status: StatusCode,
    kind: &str,
    bytes: Vec<u8>,
) -> Response<Body> {
    let digest = Digest::of(&bytes);
    let bare = method == Method::HEAD;
    // Ranges are only defined for GET (RFC 9110, 14.2).
    let wanted = text(asked, header::RANGE).filter(|_| status == StatusCode::OK && !bare);
    let packed = wanted.is_none() && bytes.len() >= SMALL && is_textual(kind) && takes_gzip(asked);
    let tag = if packed { format!("\"{digest}-gzip\"") } else { format!("\"{digest}\"") };
    let known = |list: &str| names(list, &tag) || names(list, &format!("\"{digest}\""));
    if status == StatusCode::OK && text(asked, header::IF_NONE_MATCH).is_some_and(known) {
        return finish(StatusCode::NOT_MODIFIED, kind, &tag, Vec::new(), None, true);
    }
    let total = bytes.len();
    let same = text(asked, header::IF_RANGE).is_none_or(|known| known == tag);
    match wanted.filter(|_| same).map(|value| range(value, total)) {
        Some(Asked::Part(part)) => {
            let note = format!("bytes {}-{}/{total}", part.start, part.end - 1);
            let bytes = bytes.get(part).unwrap_or_default().to_vec();
            finish(StatusCode::PARTIAL_CONTENT, kind, &tag, bytes, Some(note), bare)
        }
        Some(Asked::Beyond) => {
            let note = format!("bytes */{total}");
            finish(StatusCode::RANGE_NOT_SATISFIABLE, kind, &tag, Vec::new(), Some(note), bare)
        }
        Some(Asked::All) | None if packed => {
            let mut response = finish(status, kind, &tag, gzip(&bytes, Effort::Quick), None, bare);
            set(&mut response, header::CONTENT_ENCODING, "gzip");
            response
        }
        Some(Asked::All) | None => finish(status, kind, &tag, bytes, None, bare),
    }
}

/// What is shorter is not worth packing.
const SMALL: usize = 1024;

fn finish(
    status: StatusCode,
    kind: &str,
    tag: &str,
    bytes: Vec<u8>,
    range: Option<String>,
    bare: bool,
) -> Response<Body> {
    let length = bytes.len();
    let mut response = Response::new(if bare { Body::empty() } else { Body::from(bytes) });
    *response.status_mut() = status;
    set(&mut response, header::ETAG, tag);
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    set(&mut response, header::VARY, "accept-encoding");
    if status != StatusCode::NOT_MODIFIED {
        set(&mut response, header::ACCEPT_RANGES, "bytes");
        set(&mut response, header::CONTENT_TYPE, kind);
        set(&mut response, header::CONTENT_LENGTH, &length.to_string());
    }
    if let Some(range) = range {
        set(&mut response, header::CONTENT_RANGE, &range);
    }
    response
}

/// A short text that is never kept.
pub(super) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.as_bytes().to_vec()));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

/// Sets a header; a value that no header may have is left out.
pub(super) fn set(response: &mut Response<Body>, name: header::HeaderName, value: &str) {
    if let Ok(value) = header::HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    text(asked, header::ACCEPT_ENCODING).is_some_and(|list| {
        list.split(',').any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
            let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
    })
}

fn is_textual(kind: &str) -> bool {
    kind.ends_with("charset=utf-8")
}

pub(super) fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a list of tags names `tag`; weak tags count.
fn names(list: &str, tag: &str) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Part(Range<usize>),
    Beyond,
    All,
}

/// One range of bytes; several, or what is none, mean the whole.
fn range(value: &str, total: usize) -> Asked {
    let Some((from, to)) = value.strip_prefix("bytes=").and_then(|value| value.trim().split_once('-')) else {
        return Asked::All;
    };
    let part = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) if from <= to => from..to.saturating_add(1).min(total),
        (Ok(from), Err(_)) if to.is_empty() => from..total,
        (Err(_), Ok(last)) if from.is_empty() => total.saturating_sub(last)..total,
        _ => return Asked::All,
    };
    if part.start < part.end { Asked::Part(part) } else { Asked::Beyond }
}

/// The content type of a file name.
pub(super) fn content_type(name: &str) -> String {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let essence = guess.essence_str();
    let textual = essence.starts_with("text/")
        || ["javascript", "json", "xml"].iter().any(|end| essence.ends_with(end));
    if textual { format!("{essence}; charset=utf-8") } else { essence.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        assert_eq!(range("bytes=0-3", 10), Asked::Part(0..4));
        assert_eq!(range("bytes=4-", 10), Asked::Part(4..10));
        assert_eq!(range("bytes=-3", 10), Asked::Part(7..10));
        assert_eq!(range("bytes=-30", 10), Asked::Part(0..10));
        assert_eq!(range("bytes=5-99", 10), Asked::Part(5..10));
        assert_eq!(range("bytes=10-", 10), Asked::Beyond);
        assert_eq!(range("bytes=-0", 10), Asked::Beyond);
        assert_eq!(range("bytes=3-1", 10), Asked::All);
        assert_eq!(range("bytes=0-1,4-5", 10), Asked::All);
        assert_eq!(range("lines=1-2", 10), Asked::All);
    }

    #[test]
    fn text_says_its_charset() {
        assert_eq!(content_type("a.html"), "text/html; charset=utf-8");
        assert_eq!(content_type("atom.xml"), "text/xml; charset=utf-8");
        assert_eq!(content_type("a.svg"), "image/svg+xml; charset=utf-8");
        assert_eq!(content_type("a.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("a.webp"), "image/webp");
        assert_eq!(content_type("LICENSE"), "application/octet-stream");
    }
}
