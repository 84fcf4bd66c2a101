//! Bytes to text, as clerks save them: UTF-8 with or without a mark, UTF-16 from Notepad, GB18030 from old editors.
//!
//! In: the bytes of a file. Out: its text and how it was encoded. Never fails: what nobody can read is
//! [`Encoding::Unknown`], and becomes an error when the caller asks for the problem.
//! The text holds no NUL, and none of the [markers] of contexts, nor an escape that would become one.

use crate::markers;
use crate::problem::{Place, Problem};
use memchr::{memchr, memchr_iter};
use std::borrow::Cow;

/// How a file was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// GB18030, and with it GBK and GB2312.
    Gb18030,
    /// None of these; the text has U+FFFD where bytes made no sense.
    Unknown,
}

impl Encoding {
    /// What the author should know about the encoding of `file`.
    pub fn problem(self, file: &str) -> Option<Problem> {
        let problem = match self {
            Encoding::Gb18030 => Problem::new("encoding-gb18030"),
            Encoding::Unknown => Problem::new("encoding-unknown"),
            Encoding::Utf8 | Encoding::Utf8Bom | Encoding::Utf16Le | Encoding::Utf16Be => return None,
        };
        Some(problem.arg("file", file).at(Place::file(file)))
    }
}

/// The answer of [`decode`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub text: Cow<'a, str>,
    /// How it was encoded.
    pub encoding: Encoding,
}

/// The text in `bytes`.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    let (text, encoding) = recognise(bytes);
    Decoded { text: without_markers(text), encoding }
}

fn recognise(bytes: &[u8]) -> (Cow<'_, str>, Encoding) {
    let strict = |encoding: &'static encoding_rs::Encoding, bytes| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes)
    };
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let named = match encoding.name() {
            "UTF-16LE" => Encoding::Utf16Le,
            "UTF-16BE" => Encoding::Utf16Be,
            _ => Encoding::Utf8Bom,
        };
        if let Some(text) = strict(encoding, bytes.get(mark..).unwrap_or_default()) {
            return (text, named);
        }
    }
    let utf8 = simdutf8::basic::from_utf8(bytes).ok();
    if let Some(named) = utf16_by_zeros(bytes, utf8.is_some()) {
        let encoding = if named == Encoding::Utf16Le { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE };
        if let Some(text) = strict(encoding, bytes).filter(|text| legible(text)) {
            return (text, named);
        }
    }
    if let Some(text) = utf8 {
        return (Cow::Borrowed(text), Encoding::Utf8);
    }
    if let Some(text) =
        strict(encoding_rs::GB18030, bytes).filter(|text| legible(text) && chinese(bytes, text))
    {
        return (text, Encoding::Gb18030);
    }
    (String::from_utf8_lossy(bytes), Encoding::Unknown)
}

/// UTF-16 without a mark: line breaks, spaces and Latin letters have a zero byte, always on the same side.
fn utf16_by_zeros(bytes: &[u8], is_utf8: bool) -> Option<Encoding> {
    memchr(0, bytes)?;
    let odd = memchr_iter(0, bytes).filter(|at| at % 2 == 1).count();
    let even = memchr_iter(0, bytes).count() - odd;
    // A stray NUL in UTF-8 is a stray NUL, not UTF-16.
    if bytes.len() % 2 == 1 || (is_utf8 && (odd + even) * 3 < bytes.len()) {
        return None;
    }
    if odd > even * 8 {
        Some(Encoding::Utf16Le)
    } else if even > odd * 8 {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// No control characters but those of text: pictures and archives are full of them.
fn legible(text: &str) -> bool {
    text.chars().all(|character| !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\u{c}'))
}

/// Nearly any bytes are some GB18030; they must also look like it.
fn chinese(bytes: &[u8], text: &str) -> bool {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Deny);
    // Short texts are guessed badly; common characters speak for themselves.
    matches!(guess.name(), "GBK" | "gb18030") || text.chars().all(common)
}

fn common(character: char) -> bool {
    character.is_ascii()
        || matches!(character, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}'
            | '“' | '”' | '‘' | '’' | '…' | '—' | '·' | '℃' | '①'..='⑳')
}

fn without_markers(text: Cow<'_, str>) -> Cow<'_, str> {
    let text = markers::without_escaped(text);
    if memchr(0, text.as_bytes()).is_none() { text } else { Cow::Owned(text.replace('\0', "\u{FFFD}")) }
}
