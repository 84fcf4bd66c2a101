//! Where the site is, and what of its settings the program itself needs before a build: language and today.
//!
//! The clock and the locale are read here and nowhere else.
#![expect(clippy::disallowed_methods, reason = "the door to the folder, the clock and the environment")]

use super::args::{Common, LangArg};
use crate::config::{self, Config};
use crate::files;
use crate::messages::Lang;
use crate::problem::Problem;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// The site's folder: the one named, or the nearest with a `site.toml` from here upwards.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, Box<Problem>> {
    let has_site = |folder: &Path| folder.join(config::FILE).is_file();
    let start = match named {
        Some(folder) => folder.to_owned(),
        None => std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
    };
    let found = match named {
        Some(folder) => has_site(folder).then(|| folder.to_owned()),
        None => start.ancestors().find(|folder| has_site(folder)).map(Path::to_owned),
    };
    found.ok_or_else(|| Problem::new("config-missing").arg("folder", start.display()).into())
}

/// The settings, as far as they can be read; the build tells what is wrong with them.
pub(super) fn settings(root: &Path) -> Config {
    settings_and_problems(root).0
}

/// The settings, and what is wrong with them.
pub(super) fn settings_and_problems(root: &Path) -> (Config, Vec<Problem>) {
    let bytes = files::read(&root.join(config::FILE)).unwrap_or_default();
    Config::parse(&files::decode(&bytes).text)
}

/// The language to speak: the one named, else the locale's, else the site's.
pub(super) fn language(common: &Common, site: Option<&Config>) -> Lang {
    named_language(common.lang)
        .or_else(|| sys_locale::get_locale().as_deref().and_then(Lang::of_tag))
        .or_else(|| site.and_then(|site| Lang::of_tag(&site.main().code)))
        .unwrap_or(Lang::Zh)
}

fn named_language(named: Option<LangArg>) -> Option<Lang> {
    named.map(|named| match named {
        LangArg::Zh => Lang::Zh,
        LangArg::En => Lang::En,
    })
}

/// The language before the arguments are read, for help and usage errors.
pub(super) fn early_language(arguments: &[std::ffi::OsString]) -> Lang {
    let texts: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let named = texts.iter().enumerate().find_map(|(at, text)| match text.strip_prefix("--lang") {
        Some("") => texts.get(at + 1).map(|value| value.to_string()),
        Some(value) => value.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    named
        .as_deref()
        .and_then(Lang::of_tag)
        .or_else(|| sys_locale::get_locale().as_deref().and_then(Lang::of_tag))
        .unwrap_or(Lang::Zh)
}

/// The day to build for: the one named, else the day it is in the site's time zone.
pub(super) fn today(named: Option<Date>, timezone: &str) -> Date {
    named.unwrap_or_else(|| {
        let zone = jiff::tz::TimeZone::get(timezone).unwrap_or(jiff::tz::TimeZone::UTC);
        jiff::Timestamp::now().to_zoned(zone).date()
    })
}
