//! The languages of a site: the one that its settings speak, and those under `[languages.<tag>]`.

use super::{MenuEntry, Organizer};
use serde::{Deserialize, Serialize};

/// The number of a language in [`super::Config::languages`]; the main language is the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LanguageId(pub usize);

impl LanguageId {
    /// The language of the settings at the top of `site.toml`.
    pub const MAIN: LanguageId = LanguageId(0);
}

/// What a site says of itself in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Language {
    /// A language tag: `zh-CN`, `en`.
    pub code: String,
    /// Its name in itself: 中文, English.
    pub name: String,
    /// The name of the site.
    pub title: String,
    /// A second line under the title.
    pub subtitle: Option<String>,
    /// A slogan for the head of the home page.
    pub slogan: Option<String>,
    /// Up to four characters for the seal beside the title; may hold one line break.
    pub seal: Option<String>,
    /// One or two sentences for search engines and feeds.
    pub description: Option<String>,
    /// The main menu; empty: made from the sections.
    pub menu: Vec<MenuEntry>,
    /// Who runs the site.
    pub organizer: Organizer,
}

impl Language {
    /// Whether it is Chinese.
    pub fn is_chinese(&self) -> bool {
        self.code.starts_with("zh")
    }

    /// Whether its script runs from right to left.
    pub fn is_right_to_left(&self) -> bool {
        ["ar", "fa", "he", "ug", "ur"].contains(&primary(&self.code))
    }
}

/// `zh` of `zh-CN`.
fn primary(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}

/// Names of languages in themselves, by primary tag: those that Chinese townships speak, and those of their visitors.
const NAMES: [(&str, &str); 15] = [
    ("zh", "中文"),
    ("en", "English"),
    ("za", "Vahcuengh"),
    ("bo", "བོད་ཡིག"),
    ("ug", "ئۇيغۇرچە"),
    ("mn", "Монгол"),
    ("ii", "ꆈꌠꉙ"),
    ("ko", "한국어"),
    ("ja", "日本語"),
    ("vi", "Tiếng Việt"),
    ("th", "ไทย"),
    ("ru", "Русский"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("es", "Español"),
];

/// What a language calls itself; its tag, where we do not know.
pub(super) fn own_name(code: &str) -> String {
    let known = NAMES.iter().find(|(tag, _)| *tag == primary(code));
    known.map_or(code, |(_, name)| name).to_owned()
}

/// Whether a word is the tag of a language that we have a name for: `a.en.md` is meant as English, `a.v2.md` is not.
pub fn is_known(code: &str) -> bool {
    NAMES.iter().any(|(tag, _)| *tag == primary(&code.to_ascii_lowercase()))
}
