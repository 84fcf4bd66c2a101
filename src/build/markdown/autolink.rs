//! Finds bare addresses in text: `http://`, `https://`, `www.` and e-mail addresses, as GitHub does.
//!
//! In: one run of text outside links and code. Out: byte ranges and where they lead. Chinese characters and full-width
//! punctuation end an address, because Chinese writes no space after it; so does closing punctuation at its end.

use super::cjk::is_wide;
use std::ops::Range;

/// The addresses in `text`, in order.
pub(super) fn find(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in memchr::memchr3_iter(b':', b'w', b'@', bytes) {
        if at < done {
            continue;
        }
        let link = match bytes[at] {
            b':' => url(text, at, done),
            b'w' => www(text, at),
            _ => email(text, at, done),
        };
        if let Some((range, dest)) = link {
            done = range.end;
            found.push((range, dest));
        }
    }
    found
}

/// Whether an address may begin after what stands before it.
fn boundary(before: &str) -> bool {
    before
        .chars()
        .next_back()
        .is_none_or(|c| !c.is_ascii() || c.is_ascii_whitespace() || "*_~(\"'[,:;".contains(c))
}

fn url(text: &str, colon: usize, done: usize) -> Option<(Range<usize>, String)> {
    let before = text.get(done..colon)?;
    let scheme = ["https", "http", "ftp"].into_iter().find(|scheme| {
        before.len() >= scheme.len()
            && before.is_char_boundary(before.len() - scheme.len())
            && before[before.len() - scheme.len()..].eq_ignore_ascii_case(scheme)
    })?;
    let start = colon - scheme.len();
    let host = text.get(colon..)?.strip_prefix("://")?;
    if !boundary(&text[..start]) || !domain(host) {
        return None;
    }
    let end = end_of(text, colon + 3);
    Some((start..end, text[start..end].to_owned()))
}

fn www(text: &str, at: usize) -> Option<(Range<usize>, String)> {
    let host = text[at..].strip_prefix("www.")?;
    if !boundary(&text[..at]) || !domain(host) {
        return None;
    }
    let end = end_of(text, at + 4);
    Some((at..end, format!("http://{}", &text[at..end])))
}

/// Whether a host begins here: letters and digits, no underscore in its last two parts.
fn domain(rest: &str) -> bool {
    let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)).count();
    let host = rest[..len].trim_end_matches('.');
    let mut parts = host.rsplit('.');
    host.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !parts.by_ref().take(2).any(|part| part.contains('_'))
}

/// Where the address that has reached `from` ends.
fn end_of(text: &str, from: usize) -> usize {
    let ends =
        |c: char| c.is_whitespace() || c == '<' || is_wide(c) || "“”‘’—…·".contains(c) || c.is_control();
    let mut end = text[from..].find(ends).map_or(text.len(), |len| from + len);
    // Both counts are kept while the end moves, so that `)))))…` takes linear time.
    let count = |c: u8| text[from..end].bytes().filter(|b| *b == c).count();
    let (open, mut close) = (count(b'('), count(b')'));
    while let Some(last) = text[from..end].chars().next_back() {
        match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' | '"' => end -= 1,
            ')' if close > open => {
                close -= 1;
                end -= 1;
            }
            ';' => {
                let name = text[from..end - 1].bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
                let start = end - 1 - name;
                let entity = name > 0 && start > from && text.as_bytes()[start - 1] == b'&';
                end = if entity { start - 1 } else { end - 1 };
            }
            _ => break,
        }
    }
    end
}

fn email(text: &str, at: usize, done: usize) -> Option<(Range<usize>, String)> {
    let local = |b: &u8| b.is_ascii_alphanumeric() || b".-_+".contains(b);
    let start = at - text.as_bytes()[done..at].iter().rev().take(64).take_while(|b| local(b)).count();
    let mut host =
        text[at + 1..].bytes().take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)).count();
    while host > 0 && text[at + 1..at + 1 + host].ends_with('.') {
        host -= 1;
    }
    let name = &text[at + 1..at + 1 + host];
    if start == at || !name.contains('.') || name.ends_with(['-', '_']) || name.starts_with('.') {
        return None;
    }
    let range = start..at + 1 + host;
    let dest = format!("mailto:{}", &text[range.clone()]);
    Some((range, dest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = find(text).into_iter().map(|(range, _)| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn addresses_end_where_chinese_goes_on() {
        check(
            "详见https://www.gov.cn/a_b?x=1。另见www.example.com，",
            &["https://www.gov.cn/a_b?x=1", "www.example.com"],
        );
        check("网址：http://a.cn/清塘", &["http://a.cn/"]);
        check("(见 http://a.cn/(b))", &["http://a.cn/(b)"]);
        check("邮箱dang@example.gov.cn，", &["dang@example.gov.cn"]);
        check("foohttp://a.b wwwx www. http:// a@b 12:30 ", &[]);
        check("HTTPS://A.cn http://localhost:1111/", &["HTTPS://A.cn", "http://localhost:1111/"]);
    }

    #[test]
    fn nasty_input_is_quick() {
        for text in [
            "http://a.b/)".repeat(90_000),
            ")".repeat(1_000_000),
            "a@".repeat(500_000),
            "&a;".repeat(300_000),
        ] {
            find(&format!("http://a.b/{text}"));
            find(&text);
        }
    }
}
