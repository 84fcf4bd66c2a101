//! Escapes text for HTML, and refuses addresses that would run a script.

/// Text between tags.
pub(super) fn text(out: &mut String, text: &str) {
    escape(out, text, false);
}

/// Text of an attribute in double quotes.
pub(super) fn attribute(out: &mut String, text: &str) {
    escape(out, text, true);
}

fn escape(out: &mut String, text: &str, quotes: bool) {
    let bytes = text.as_bytes();
    if quotes && memchr::memchr(b'"', bytes).is_some() {
        for (number, part) in text.split('"').enumerate() {
            if number > 0 {
                out.push_str("&quot;");
            }
            escape(out, part, false);
        }
        return;
    }
    let mut done = 0;
    for at in memchr::memchr3_iter(b'&', b'<', b'>', bytes) {
        out.push_str(&text[done..at]);
        out.push_str(match bytes[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

/// An address of an attribute. Other scripts stay readable, unless `ascii` asks for what CommonMark's examples show.
pub(super) fn address(out: &mut String, address: &str, ascii: bool) {
    for c in address.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#x27;"),
            c if c.is_ascii_alphanumeric() || "-_.+!*(),%#@?=;:/$~".contains(c) => out.push(c),
            c if !c.is_ascii() && !c.is_control() && !c.is_whitespace() && !ascii => out.push(c),
            c => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    const HEX: &[u8; 16] = b"0123456789ABCDEF";
                    out.push('%');
                    out.push(char::from(HEX[usize::from(byte >> 4)]));
                    out.push(char::from(HEX[usize::from(byte & 15)]));
                }
            }
        }
    }
}

/// Whether an address has no scheme, or one that only leads somewhere.
pub(super) fn is_safe(address: &str) -> bool {
    // Browsers skip control characters and white space in front of and inside a scheme.
    let seen: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).take(64).collect();
    match seen.split(['/', '?', '#']).next().and_then(|head| head.split_once(':')) {
        Some((scheme, _)) => {
            ["http", "https", "mailto", "tel", "ftp", "sms"]
                .iter()
                .any(|safe| safe.eq_ignore_ascii_case(scheme))
                || !scheme.is_ascii()
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_refused() {
        for bad in [
            "javascript:x",
            "JavaScript:x",
            " java\nscript:x",
            "data:text/html,x",
            "vbscript:x",
            "\u{1}javascript:x",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
        for good in ["http://a", "../a:b.md", "#a", "mailto:a@b", "\u{FDD0}/a/", "?a:b", "@/news/a.md", ""] {
            assert!(is_safe(good), "{good}");
        }
    }

    #[test]
    fn what_means_something_is_escaped() {
        let (mut inside, mut between) = (String::new(), String::new());
        attribute(&mut inside, "\"村\" & <b>\"");
        text(&mut between, "\"村\" & <b>\"");
        assert_eq!(inside, "&quot;村&quot; &amp; &lt;b&gt;&quot;");
        assert_eq!(between, "\"村\" &amp; &lt;b&gt;\"");
    }

    #[test]
    fn addresses_stay_readable() {
        let mut out = String::new();
        address(&mut out, "\u{FDD0}/村/a b&\"", false);
        assert_eq!(out, "\u{FDD0}/村/a%20b&amp;%22");
    }
}
