//! Many deletions in one request: the body that asks for them, and what the answer says of each key.
//!
//! Pure. OSS, COS and OBS all demand `Content-MD5`; the answer is asked to be a long one, for only keys that it names as
//! deleted are believed to be gone.

use crate::deploy::host::http::base64;
use md5::{Digest as _, Md5};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeSet;

/// So many keys every store takes at once.
pub const MOST: usize = 1000;

/// What a store says of the keys of one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// These are gone.
    pub gone: BTreeSet<String>,
    /// These are not.
    pub kept: Vec<Refusal>,
}

/// One key that was not deleted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The key; empty where the whole request is meant.
    pub key: String,
    /// `AccessDenied` …
    pub code: String,
    /// The store's words.
    pub message: String,
}

/// Whether a key can be said in XML so that every reader understands the same.
pub fn is_sayable(key: &str) -> bool {
    key.trim() == key && !key.contains(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

/// The body of the request.
pub fn body<'k>(keys: impl Iterator<Item = &'k str>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Delete><Quiet>false</Quiet>");
    for key in keys {
        out.push_str("<Object><Key>");
        for c in key.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
        out.push_str("</Key></Object>");
    }
    out.push_str("</Delete>");
    out
}

/// The value of `Content-MD5`.
pub fn md5(body: &[u8]) -> String {
    base64(&Md5::digest(body))
}

/// Reads an answer; none when it is no such answer, or was cut.
pub fn read(answer: &[u8]) -> Option<Said> {
    let text = std::str::from_utf8(answer).ok()?;
    let mut reader = Reader::from_str(text);
    let mut said = Said::default();
    let mut at: Vec<String> = Vec::new();
    let mut one = Refusal::default();
    let mut ended = false;
    loop {
        let piece = match reader.read_event().ok()? {
            Event::Eof => break,
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                let wanted = if at.is_empty() { name == "DeleteResult" || name == "Error" } else { true };
                if !wanted || ended || at.len() > 8 {
                    return None;
                }
                at.push(name);
                continue;
            }
            Event::Empty(empty) if at.is_empty() => {
                ended = empty.local_name().as_ref() == "DeleteResult";
                continue;
            }
            Event::End(_) => {
                let name = at.pop()?;
                let item = at.len() == 1 || (at.is_empty() && name == "Error");
                match name.as_str() {
                    "Deleted" if item => _ = said.gone.insert(std::mem::take(&mut one).key),
                    "Error" if item => said.kept.push(std::mem::take(&mut one)),
                    _ => {}
                }
                ended |= at.is_empty();
                continue;
            }
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::CData(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(c) => c.to_string(),
                None => quick_xml::escape::resolve_xml_entity(&name)?.to_owned(),
            },
            _ => continue,
        };
        let field = match at.last().map(String::as_str) {
            Some("Key") => &mut one.key,
            Some("Code") => &mut one.code,
            Some("Message") => &mut one.message,
            _ => continue,
        };
        field.push_str(&piece);
    }
    ended.then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_escaped_and_counted_by_md5() {
        let body = body(["a&b<c>\"d'.html", "党 建/一.html"].into_iter());
        assert_eq!(
            body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Delete><Quiet>false</Quiet>\
             <Object><Key>a&amp;b&lt;c&gt;&quot;d&#39;.html</Key></Object>\
             <Object><Key>党 建/一.html</Key></Object></Delete>"
        );
        // RFC 1864 has no example; these are md5sum's of the empty text and of "abc".
        assert_eq!(md5(b""), "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(md5(b"abc"), "kAFQmDzST7DWlj99KOF/cg==");
    }

    #[test]
    fn what_xml_cannot_say_is_not_said() {
        for key in ["a\u{1}b", "a\nb", " a", "a ", "a\u{ffff}", "\u{fffe}"] {
            assert!(!is_sayable(key), "{key:?}");
        }
        assert!(is_sayable("党 建/&<>.html"));
    }

    #[test]
    fn each_key_has_its_own_answer() {
        let answer = "<?xml version=\"1.0\"?>\n<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Deleted><Key>a&amp;b&#39;.html</Key><DeleteMarker>true</DeleteMarker></Deleted>\n\
            <Error><Key>c.html</Key><Code>AccessDenied</Code><Message>no &lt;way&gt;</Message></Error>\
            <Deleted><Key><![CDATA[d.html]]></Key></Deleted></DeleteResult>";
        let said = read(answer.as_bytes()).unwrap();
        assert_eq!(said.gone, BTreeSet::from(["a&b'.html".to_owned(), "d.html".to_owned()]));
        let refusal =
            Refusal { key: "c.html".into(), code: "AccessDenied".into(), message: "no <way>".into() };
        assert_eq!(said.kept, [refusal]);
    }

    #[test]
    fn an_error_for_all_of_it_is_one() {
        let said =
            read(b"<Error><Code>InternalError</Code><Message>later</Message><Resource>/</Resource></Error>");
        assert_eq!(said.unwrap().kept[0].code, "InternalError");
    }

    #[test]
    fn what_is_no_answer_confirms_nothing() {
        let cut = "<DeleteResult><Deleted><Key>a</Key></Deleted>";
        for text in ["", "ok", "<html><body>a</body></html>", cut, "<DeleteResult><Deleted></DeleteResult>"] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read(b"<DeleteResult/>"), Some(Said::default()));
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_reader(text in "[<>/a-zA-Z&;#!\\[\\]\"' ]{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            _ = read(text.as_bytes());
            _ = read(&bytes);
        }

        #[test]
        fn what_is_said_is_understood(keys in proptest::collection::btree_set("[^\\p{C}]{1,20}", 0..5)) {
            let keys: BTreeSet<String> = keys.into_iter().filter(|key| is_sayable(key)).collect();
            let answer = body(keys.iter().map(String::as_str)).replace("Object>", "Deleted>");
            let answer = answer.replace("Delete>", "DeleteResult>").replace("<Quiet>false</Quiet>", "");
            prop_assert_eq!(read(answer.as_bytes()).unwrap().gone, keys);
        }
    }
}
