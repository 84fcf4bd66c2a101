//! Answers with bytes: content type, ETag and 304, HEAD, and a part of a file for players that seek.
//!
//! The ETag is the digest of exactly the bytes that are sent, so an unchanged page is never sent twice and a changed
//! one is never kept.

use crate::digest::Digest;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use std::ops::Range;

/// An answer with `bytes`, as a browser with these request headers needs it.
pub(super) fn answer(
    method: &Method,
    asked: &HeaderMap,
    status: StatusCode,
    kind: &str,
    bytes: Vec<u8>,
) -> Response {
    let tag = format!("\"{}\"", Digest::of(&bytes));
    let total = bytes.len();
    let fine = status == StatusCode::OK;
    if fine && text(asked, header::IF_NONE_MATCH).is_some_and(|list| names(list, &tag)) {
        return finish(StatusCode::NOT_MODIFIED, kind, &tag, Vec::new(), None, true);
    }
    let same = text(asked, header::IF_RANGE).is_none_or(|known| known == tag);
    match text(asked, header::RANGE).filter(|_| fine && same).map(|value| range(value, total)) {
        Some(Asked::Part(part)) => {
            let note = format!("bytes {}-{}/{total}", part.start, part.end - 1);
            let bytes = bytes.get(part).unwrap_or_default().to_vec();
            finish(StatusCode::PARTIAL_CONTENT, kind, &tag, bytes, Some(note), method == Method::HEAD)
        }
        Some(Asked::Beyond) => {
            let note = format!("bytes */{total}");
            finish(StatusCode::RANGE_NOT_SATISFIABLE, kind, &tag, Vec::new(), Some(note), false)
        }
        Some(Asked::All) | None => finish(status, kind, &tag, bytes, None, method == Method::HEAD),
    }
}

fn finish(
    status: StatusCode,
    kind: &str,
    tag: &str,
    bytes: Vec<u8>,
    range: Option<String>,
    bare: bool,
) -> Response {
    let length = bytes.len();
    let mut response = Response::new(if bare { Body::empty() } else { Body::from(bytes) });
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::ETAG, tag);
    set(header::CACHE_CONTROL, "no-cache");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::ACCEPT_RANGES, "bytes");
    if status != StatusCode::NOT_MODIFIED {
        set(header::CONTENT_TYPE, kind);
        set(header::CONTENT_LENGTH, &length.to_string());
    }
    if let Some(range) = range {
        set(header::CONTENT_RANGE, &range);
    }
    response
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
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
