//! Data with its places: what TOML and YAML have in common.
//!
//! In comes a part of a file; out go nodes whose spans are bytes of the whole file, and faults. Any text is allowed:
//! what can't be read is a [`Fault`], and what can be read around it is kept.

mod quote;
pub mod toml;
pub mod yaml;

use super::Date;
use std::ops::Range;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub what: What,
    /// Bytes of the file.
    pub span: Range<usize>,
}

/// The shapes of data.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Nothing was said.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// Words.
    Text(String),
    /// A TOML date, and its offset in minutes if it has one.
    Moment(Date, Option<i32>),
    /// Several values.
    List(Vec<Node>),
    /// Values by name, in the order of the file; YAML may repeat names.
    Map(Vec<Entry>),
}

/// One name of a map and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name as written, without quotes.
    pub key: String,
    /// Bytes of the file.
    pub key_span: Range<usize>,
    /// The value.
    pub value: Node,
}

/// Something that can't be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What is wrong.
    pub what: FaultKind,
    /// Bytes of the file.
    pub span: Range<usize>,
}

/// The ways of being unreadable.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// The parser's own words.
    Syntax(String),
    /// A name stands there twice.
    Duplicate,
    /// A full-width sign stands where an ASCII one belongs.
    Punctuation {
        /// What is there.
        found: char,
        /// What belongs there.
        wanted: char,
    },
    /// YAML that holds no names and values.
    NotAMap,
}

/// Whether a full-width sign was meant as a sign of the syntax, and as which.
fn ascii_twin(c: char) -> Option<char> {
    Some(match c {
        '＝' => '=',
        '：' => ':',
        '“' | '”' | '＂' | '„' | '「' | '」' => '"',
        '‘' | '’' | '＇' => '\'',
        '，' | '、' => ',',
        '［' | '【' => '[',
        '］' | '】' => ']',
        '｛' => '{',
        '｝' => '}',
        '＃' => '#',
        '－' => '-',
        '＋' => '+',
        _ => return None,
    })
}
