//! `site.toml`: what was typed (`typed::SiteToml`) becomes what it means ([`Config`]).
//!
//! In comes the text, out come a complete, immutable Config (every setting has a value) and the problems found.
//! A Config with errors in it is still usable for looking further; whether to publish is the caller's decision.
//! Secrets have no place here: a key that looks like one is an error.

mod base_url;
mod deploy;
mod language;
mod profile;
mod reader;
mod resolve;
mod typed;

pub use base_url::BaseUrl;
pub use deploy::{Deploy, Target, Transport};
pub use language::{Language, LanguageId, is_known as is_language};

use crate::kinds::Free;
use crate::problem::{Place, Problem};
use serde::Serialize;

/// The name of the settings file in the site's root.
pub const FILE: &str = "site.toml";

/// A key of `site.toml` and the other words for it.
pub type Setting = (&'static str, &'static [&'static str]);

/// Every table of `site.toml` (the empty name is the top) with its keys, each with the other words for it: what the
/// reference in `docs/` is made of.
pub fn settings() -> &'static [(&'static str, &'static [Setting])] {
    &typed::TABLES
}

/// All settings of a site.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Config {
    /// What the site says of itself, in its main language first; never empty.
    pub languages: Vec<Language>,
    /// The rules that the site lives under.
    pub profile: Profile,
    /// Where the site will live.
    pub base_url: BaseUrl,
    /// An IANA time zone; decides what “today” is.
    pub timezone: String,
    /// The theme's folder name.
    pub theme: String,
    /// Where the theme was named, for the case that there is none of that name.
    #[serde(skip)]
    pub theme_place: Option<Place>,
    /// How names become parts of URLs.
    pub slugs: Slugs,
    /// Whether HTML in articles is left as it is.
    pub raw_html: bool,
    /// Items a list page shows, where neither section nor kind say otherwise.
    pub paginate_by: usize,
    /// Whether the site is marked as an example (示例数据).
    pub example: bool,
    /// What the footer of every page says.
    pub footer: Footer,
    /// How photos are derived.
    pub photos: Photos,
    /// The feeds.
    pub feed: Feed,
    /// Files beside pages.
    pub attachments: Attachments,
    /// Where the site is put; no output depends on it.
    #[serde(skip)]
    pub deploy: Vec<Deploy>,
    /// Overrides for the theme's options; always a map.
    pub theme_options: Free,
    /// Free values for templates; always a map.
    pub extra: Free,
}

/// The rules that a site lives under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Profile {
    /// A showcase of a Party organisation: what is known is published, what is missing is told once.
    Party,
    /// A government site (国办发〔2017〕47号): what the rules ask for must be there.
    Gov,
}

/// How names become parts of URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Slugs {
    /// 庆乐村 becomes `qing-le-cun`.
    Pinyin,
    /// 庆乐村 stays 庆乐村.
    Keep,
}

/// One entry of the main menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MenuEntry {
    /// The words shown; a section's own title when missing.
    pub title: Option<String>,
    /// Where it leads.
    pub target: MenuTarget,
}

/// Where a menu entry leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum MenuTarget {
    /// A section by its folder under `content/`, without slashes at the ends.
    Section(String),
    /// An address: `https://…`, or a path of the site from `/`.
    Url(String),
}

/// Who runs the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Organizer {
    /// 主办单位.
    pub name: Option<String>,
    /// 联系人.
    pub contact: Option<String>,
    /// 地址.
    pub address: Option<String>,
    /// 电话.
    pub phone: Option<String>,
    /// 邮箱.
    pub email: Option<String>,
}

impl Organizer {
    /// This one, with what it lacks taken from `other`.
    pub(crate) fn or(self, other: &Organizer) -> Organizer {
        let or = |own: Option<String>, other: &Option<String>| own.or_else(|| other.clone());
        Organizer {
            name: or(self.name, &other.name),
            contact: or(self.contact, &other.contact),
            address: or(self.address, &other.address),
            phone: or(self.phone, &other.phone),
            email: or(self.email, &other.email),
        }
    }
}

/// What the footer of every page says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Footer {
    /// ICP备案号.
    pub icp: Option<String>,
    /// Where the ICP number leads; the ministry's query page by default.
    pub icp_url: Option<String>,
    /// 公安备案号.
    pub police: Option<String>,
    /// Where it leads.
    pub police_url: Option<String>,
    /// 网站标识码.
    pub site_id_code: Option<String>,
    /// 党政机关网站标识.
    pub conac_url: Option<String>,
    /// 网站找错.
    pub error_report_url: Option<String>,
    /// 版权.
    pub copyright: Option<String>,
}

/// How photos are derived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Photos {
    /// Widths in pixels, ascending, each once.
    pub widths: Vec<u32>,
    /// 30–100.
    pub jpeg_quality: u8,
    /// 30–100.
    pub webp_quality: u8,
    /// 30–100; none where no AVIF is wanted, or none can be made.
    pub avif_quality: Option<u8>,
    /// How much memory the photos that are decoded at the same time may take together, in MiB.
    pub memory: u32,
    /// How large the store of scaled photos may grow with those that are no longer used, in MiB.
    pub store: u32,
}

/// The feeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Feed {
    /// Entries in a feed.
    pub limit: usize,
    /// Whether each section has feeds of its own.
    pub sections: bool,
    /// Whether each tag has.
    pub tags: bool,
}

/// Files beside pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachments {
    /// A file larger than this is told, in bytes.
    pub max_bytes: u64,
}

impl Config {
    /// Reads `site.toml`.
    pub fn parse(text: &str) -> (Config, Vec<Problem>) {
        let (typed, mut problems) = typed::read(FILE, text);
        let broken = problems.iter().any(|problem| problem.code == "config-syntax");
        let (config, more) = resolve::resolve(typed, FILE, text);
        // After a syntax error the title may just not have been reached.
        problems
            .extend(more.into_iter().filter(|problem| !(broken && problem.code == "config-title-missing")));
        (config, problems)
    }

    /// The language of the settings at the top.
    pub fn main(&self) -> &Language {
        self.language(LanguageId::MAIN)
    }

    /// A language by its number; the main one for a number that is none.
    pub fn language(&self, id: LanguageId) -> &Language {
        static NONE: std::sync::LazyLock<Language> = std::sync::LazyLock::new(Language::default);
        self.languages.get(id.0).or(self.languages.first()).unwrap_or_else(|| &NONE)
    }

    /// All languages with their numbers.
    pub fn languages(&self) -> impl Iterator<Item = (LanguageId, &Language)> {
        self.languages.iter().enumerate().map(|(at, language)| (LanguageId(at), language))
    }

    /// The language with this tag, or the first whose tag begins with it: `zh` finds `zh-CN`.
    pub fn language_of(&self, code: &str) -> Option<LanguageId> {
        let find = |fits: &dyn Fn(&str) -> bool| {
            self.languages().find(|(_, language)| fits(&language.code)).map(|(id, _)| id)
        };
        find(&|tag| tag.eq_ignore_ascii_case(code)).or_else(|| {
            find(&|tag| tag.split('-').next().is_some_and(|part| part.eq_ignore_ascii_case(code)))
        })
    }

    /// Where the pages of a language stand below the root: nothing for the main one, `en/` for others.
    pub fn prefix(&self, id: LanguageId) -> String {
        if id == LanguageId::MAIN {
            String::new()
        } else {
            format!("{}/", self.language(id).code.to_ascii_lowercase())
        }
    }

    /// Whether the site knows its own address, which feeds and sitemaps need.
    pub fn has_address(&self) -> bool {
        self.base_url.is_known()
    }

    /// This Config with another address, given on the command line (`--base-url`); an empty one means none.
    pub fn with_base_url(self, text: &str) -> (Config, Vec<Problem>) {
        match BaseUrl::parse(text) {
            Some(base_url) => (Config { base_url, ..self }, Vec::new()),
            None => (self, vec![Problem::new("base-url-option").arg("value", text)]),
        }
    }
}

#[cfg(test)]
mod tests;
