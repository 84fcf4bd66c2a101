//! `photos.toml`: what is said of the photos beside it. One `[[photos]]` table a photo; `cover` names the first of them.

use crate::files::decode;
use crate::problem::{Place, Problem};
use serde::{Deserialize, Serialize};

/// What `photos.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoList {
    /// The file name of the photo that stands for all of them.
    #[serde(default, alias = "封面")]
    pub cover: Option<String>,
    /// Photo by photo.
    #[serde(default, alias = "照片")]
    pub photos: Vec<Caption>,
}

/// What `photos.toml` says of one photo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caption {
    /// The photo's file name.
    #[serde(alias = "文件")]
    pub file: String,
    /// Words under it.
    #[serde(default, alias = "说明")]
    pub caption: Option<String>,
    /// Words instead of it.
    #[serde(default, alias = "替代文字")]
    pub alt: Option<String>,
    /// Who took it.
    #[serde(default, alias = "摄影")]
    pub by: Option<String>,
    /// Where.
    #[serde(default, alias = "地点")]
    pub place: Option<String>,
    /// When, as front matter writes dates.
    #[serde(default, alias = "拍摄时间", alias = "时间")]
    pub taken: Option<String>,
    /// What must stay in sight where the photo is cropped.
    #[serde(default, alias = "重点")]
    pub focus: Option<Focus>,
}

/// A point of a picture in quarters of its width and height: 0, 25, 50, 75 or 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Focus {
    /// From the left.
    pub x: u8,
    /// From the top.
    pub y: u8,
}

impl TryFrom<String> for Focus {
    type Error = String;

    /// `左上`, `left top`, or per cent from left and top: `30 20`.
    fn try_from(text: String) -> Result<Self, String> {
        let quarter = |number: f64| ((number.clamp(0.0, 100.0) / 25.0).round() * 25.0) as u8;
        let parts: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '，'))
            .filter(|it| !it.is_empty())
            .collect();
        let numbers: Vec<f64> = parts.iter().filter_map(|it| it.trim_end_matches('%').parse().ok()).collect();
        if let (&[x, y], 2) = (numbers.as_slice(), parts.len()) {
            return Ok(Focus { x: quarter(x), y: quarter(y) });
        }
        let lower = text.to_lowercase();
        let mut rest = lower.clone();
        let mut said = |words: &[&str]| {
            let found = words.iter().any(|word| lower.contains(word));
            words.iter().for_each(|word| rest = rest.replace(word, ""));
            found
        };
        let (left, right) = (said(&["左", "left"]), said(&["右", "right"]));
        let (top, bottom) = (said(&["上", "top"]), said(&["下", "bottom"]));
        said(&["中", "center", "centre", "间", "middle"]);
        if !rest.trim().is_empty() || (left && right) || (top && bottom) {
            return Err(format!("focus = \"{text}\""));
        }
        let side = |low: bool, high: bool| {
            if low {
                0
            } else if high {
                100
            } else {
                50
            }
        };
        Ok(Focus { x: side(left, right), y: side(top, bottom) })
    }
}

impl From<Focus> for String {
    fn from(focus: Focus) -> String {
        format!("{} {}", focus.x, focus.y)
    }
}

/// Reads the file at `path`.
pub(super) fn read(path: &str, bytes: &[u8], problems: &mut Vec<Problem>) -> PhotoList {
    let text = decode(bytes).text;
    toml::from_str(&text).unwrap_or_else(|error| {
        let place = Place::of(path, &text, error.span().unwrap_or(0..0));
        problems.push(Problem::new("photos-toml").arg("detail", error.message()).at(place));
        PhotoList::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn focus(text: &str) -> Option<(u8, u8)> {
        Focus::try_from(text.to_owned()).ok().map(|focus| (focus.x, focus.y))
    }

    #[test]
    fn a_focus_is_words_or_numbers() {
        assert_eq!(focus("左上"), Some((0, 0)));
        assert_eq!(focus("右"), Some((100, 50)));
        assert_eq!(focus("正中"), None);
        assert_eq!(focus("中间偏上"), None);
        assert_eq!(focus("中上"), Some((50, 0)));
        assert_eq!(focus("left top"), Some((0, 0)));
        assert_eq!(focus("30% 80%"), Some((25, 75)));
        assert_eq!(focus("30，120"), Some((25, 100)));
        assert_eq!(focus("left right"), None);
        assert_eq!(focus("somewhere"), None);
    }

    #[test]
    fn a_list_is_read_and_a_slip_told() {
        let mut problems = Vec::new();
        let list = read(
            "a/photos.toml",
            "cover = \"b.jpg\"\n[[photos]]\nfile = \"b.jpg\"\nalt = \"村口\"\nfocus = \"左\"\n".as_bytes(),
            &mut problems,
        );
        assert_eq!((list.cover.as_deref(), list.photos.len()), (Some("b.jpg"), 1));
        assert_eq!(list.photos[0].focus, Some(Focus { x: 0, y: 50 }));
        assert!(problems.is_empty());
        read("a/photos.toml", b"[[photos]]\nfile = \"b.jpg\"\nfocus = \"x\"\n", &mut problems);
        assert_eq!(problems[0].code, "photos-toml");
    }
}
