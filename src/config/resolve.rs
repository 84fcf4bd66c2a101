//! From what was typed to what it means: defaults, and checks of single values.
//!
//! `SiteToml` is taken apart whole, so that a setting that is read but not used does not compile.

use super::reader::Typed;
use super::typed::{FooterToml, LanguageToml, MenuToml, OrganizerToml, SiteToml};
use super::{
    Attachments, BaseUrl, Config, Feed, Footer, Language, MenuEntry, MenuTarget, Organizer, Photos, Profile,
    Slugs, deploy, language, profile,
};
use crate::kinds::Free;
use crate::problem::{Place, Problem};

struct Check<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

/// Fills in the defaults and checks the values; a value that does not fit is told and its default taken.
pub(super) fn resolve(typed: SiteToml, file: &str, text: &str) -> (Config, Vec<Problem>) {
    let SiteToml {
        title,
        subtitle,
        slogan,
        seal,
        description,
        base_url,
        language,
        timezone,
        theme,
        slugs,
        raw_html,
        paginate_by,
        example,
        profile,
        languages,
        menu,
        organizer,
        footer,
        widths,
        jpeg_quality,
        webp_quality,
        avif_quality,
        photo_memory,
        photo_store,
        feed_limit,
        feed_sections,
        feed_tags,
        attachment_max_mb,
        deploy,
        theme_options,
        extra,
    } = typed;
    let mut check = Check { file, text, problems: Vec::new() };
    if title.is_none() {
        check.problems.push(Problem::new("config-title-missing").at(Place::file(file)));
    }
    let code = check.language(language);
    let main = Language {
        name: language::own_name(&code),
        code,
        title: plain(title).unwrap_or_default(),
        subtitle: plain(subtitle),
        slogan: plain(slogan),
        seal: check.seal(seal),
        description: plain(description),
        menu: menu.into_iter().filter_map(|entry| check.menu(entry)).collect(),
        organizer: organizer_of(organizer),
    };
    let others = check.languages(&main, languages);
    let config = Config {
        languages: std::iter::once(main).chain(others).collect(),
        profile: check.profile(profile),
        base_url: check.base_url(base_url),
        timezone: check.timezone(timezone),
        theme_place: theme.as_ref().map(|typed| Place::of(file, text, typed.span.clone())),
        theme: check.theme(theme),
        slugs: check.slugs(slugs),
        raw_html: raw_html.unwrap_or(false),
        paginate_by: paginate_by.unwrap_or(20) as usize,
        example: example.unwrap_or(false),
        footer: check.footer(footer),
        photos: photos(widths, [jpeg_quality, webp_quality, avif_quality], [photo_memory, photo_store]),
        feed: Feed {
            limit: feed_limit.unwrap_or(20) as usize,
            sections: feed_sections.unwrap_or(true),
            tags: feed_tags.unwrap_or(true),
        },
        attachments: Attachments { max_bytes: u64::from(attachment_max_mb.unwrap_or(50)) << 20 },
        deploy: deploy::resolve(deploy, text, &mut check.problems),
        theme_options: theme_options.unwrap_or_else(|| Free::Map(Vec::new())),
        extra: extra.unwrap_or_else(|| Free::Map(Vec::new())),
    };
    check.problems.extend(profile::missing(&config));
    (config, check.problems)
}

fn plain(typed: Option<Typed<String>>) -> Option<String> {
    typed.map(|typed| typed.value)
}

fn organizer_of(typed: OrganizerToml) -> Organizer {
    let OrganizerToml { name, contact, address, phone, email } = typed;
    Organizer {
        name: plain(name),
        contact: plain(contact),
        address: plain(address),
        phone: plain(phone),
        email: plain(email),
    }
}

/// Qualities are those of JPEG, WebP and AVIF; sizes are memory and store.
fn photos(widths: Option<Vec<u32>>, qualities: [Option<u32>; 3], sizes: [Option<u32>; 2]) -> Photos {
    let mut widths = widths.filter(|widths| !widths.is_empty()).unwrap_or_else(|| vec![480, 960, 1600]);
    widths.sort_unstable();
    widths.dedup();
    let quality = |number: Option<u32>| number.and_then(|number| u8::try_from(number).ok());
    let ([jpeg, webp, avif], [memory, store]) = (qualities.map(quality), sizes);
    Photos {
        widths,
        jpeg_quality: jpeg.unwrap_or(80),
        webp_quality: webp.unwrap_or(78),
        avif_quality: avif,
        memory: memory.unwrap_or(512),
        store: store.unwrap_or(2048),
    }
}

impl Check<'_> {
    fn report(&mut self, problem: Problem, typed: &Typed<String>) {
        let place = Place::of(self.file, self.text, typed.span.clone());
        self.problems.push(problem.arg("value", &typed.value).at(place));
    }

    fn seal(&mut self, typed: Option<Typed<String>>) -> Option<String> {
        let typed = typed?;
        if typed.value.chars().filter(|c| *c != '\n').count() > 4 || typed.value.matches('\n').count() > 1 {
            self.report(Problem::new("config-seal"), &typed);
            return None;
        }
        Some(typed.value)
    }

    fn base_url(&mut self, typed: Option<Typed<String>>) -> BaseUrl {
        let Some(typed) = typed else { return BaseUrl::default() };
        BaseUrl::parse(&typed.value).unwrap_or_else(|| {
            self.report(Problem::new("config-base-url"), &typed);
            BaseUrl::default()
        })
    }

    fn language(&mut self, typed: Option<Typed<String>>) -> String {
        match typed {
            Some(typed) if is_tag(&typed.value) => typed.value,
            Some(typed) => {
                self.report(Problem::new("config-language"), &typed);
                "zh-CN".to_owned()
            }
            None => "zh-CN".to_owned(),
        }
    }

    /// Further languages; what one does not say is as in the main language.
    fn languages(&mut self, main: &Language, typed: Vec<LanguageToml>) -> Vec<Language> {
        let mut found: Vec<Language> = Vec::new();
        for typed in typed {
            let LanguageToml { tag, name, title, subtitle, slogan, seal, description, menu, organizer } =
                typed;
            if !is_tag(&tag.value) {
                self.report(Problem::new("config-language"), &tag);
                continue;
            }
            let taken = |language: &Language| language.code.eq_ignore_ascii_case(&tag.value);
            if taken(main) || found.iter().any(taken) {
                self.report(Problem::new("config-language-twice"), &tag);
                continue;
            }
            found.push(Language {
                name: plain(name).unwrap_or_else(|| language::own_name(&tag.value)),
                title: plain(title).unwrap_or_else(|| main.title.clone()),
                subtitle: plain(subtitle),
                slogan: plain(slogan),
                seal: self.seal(seal).or_else(|| main.seal.clone()),
                description: plain(description),
                menu: menu.into_iter().filter_map(|entry| self.menu(entry)).collect(),
                organizer: organizer_of(organizer).or(&main.organizer),
                code: tag.value,
            });
        }
        found
    }

    fn profile(&mut self, typed: Option<Typed<String>>) -> Profile {
        let Some(typed) = typed else { return Profile::Party };
        match typed.value.as_str() {
            "party" | "党建" => Profile::Party,
            "gov" | "政府" => Profile::Gov,
            wrong => {
                let problem = Problem::new("config-profile").suggest(wrong, ["party", "gov"]);
                self.report(problem, &typed);
                Profile::Party
            }
        }
    }

    fn timezone(&mut self, typed: Option<Typed<String>>) -> String {
        const DEFAULT: &str = "Asia/Shanghai";
        match typed {
            Some(typed) if jiff::tz::TimeZone::get(&typed.value).is_ok() => typed.value,
            Some(typed) => {
                let near = jiff::tz::db().available().map(|name| name.to_string()).collect::<Vec<_>>();
                let problem =
                    Problem::new("config-timezone").suggest(&typed.value, near.iter().map(String::as_str));
                self.report(problem, &typed);
                DEFAULT.to_owned()
            }
            None => DEFAULT.to_owned(),
        }
    }

    fn theme(&mut self, typed: Option<Typed<String>>) -> String {
        let fits = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        match typed {
            Some(typed) if fits(&typed.value) => typed.value,
            Some(typed) => {
                self.report(Problem::new("config-theme-name"), &typed);
                "hongqi".to_owned()
            }
            None => "hongqi".to_owned(),
        }
    }

    fn slugs(&mut self, typed: Option<Typed<String>>) -> Slugs {
        let Some(typed) = typed else { return Slugs::Pinyin };
        match typed.value.as_str() {
            "pinyin" | "拼音" => Slugs::Pinyin,
            "keep" | "保留" => Slugs::Keep,
            wrong => {
                let problem = Problem::new("config-slugs").suggest(wrong, ["pinyin", "keep"]);
                self.report(problem, &typed);
                Slugs::Pinyin
            }
        }
    }

    fn menu(&mut self, typed: MenuToml) -> Option<MenuEntry> {
        let MenuToml { title, url, section, span } = typed;
        match (url, section) {
            (None, Some(section)) => {
                let folder = section.value.trim_start_matches("content/").trim_matches('/').to_owned();
                Some(MenuEntry { title: plain(title), target: MenuTarget::Section(folder) })
            }
            (Some(url), None) if title.is_some() => {
                let ours = url.value.starts_with('/') && !url.value.starts_with("//");
                if ours || url.value.starts_with('#') || web(&url.value) {
                    Some(MenuEntry { title: plain(title), target: MenuTarget::Url(url.value) })
                } else {
                    self.report(Problem::new("config-menu-url"), &url);
                    None
                }
            }
            _ => {
                let place = Place::of(self.file, self.text, span);
                self.problems.push(Problem::new("config-menu-entry").at(place));
                None
            }
        }
    }

    fn footer(&mut self, typed: FooterToml) -> Footer {
        let FooterToml {
            icp,
            icp_url,
            police,
            police_url,
            site_id_code,
            conac_url,
            error_report_url,
            copyright,
        } = typed;
        if let Some(code) = &site_id_code
            && !is_site_id_code(&code.value)
        {
            self.report(Problem::new("config-site-id-code"), code);
        }
        let icp_url =
            self.link(icp_url).or_else(|| icp.as_ref().map(|_| "https://beian.miit.gov.cn/".to_owned()));
        Footer {
            icp: plain(icp),
            icp_url,
            police: plain(police),
            police_url: self.link(police_url),
            site_id_code: plain(site_id_code),
            conac_url: self.link(conac_url),
            error_report_url: self.link(error_report_url),
            copyright: plain(copyright),
        }
    }

    /// An address on the web; anything else (`javascript:` above all) is told and dropped.
    fn link(&mut self, typed: Option<Typed<String>>) -> Option<String> {
        let typed = typed?;
        if web(&typed.value) {
            return Some(typed.value);
        }
        self.report(Problem::new("config-link"), &typed);
        None
    }
}

/// The form of a language tag (BCP 47).
fn is_tag(tag: &str) -> bool {
    tag.len() <= 35
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
        && tag.split('-').next().is_some_and(|part| part.len() >= 2)
}

pub(super) fn web(url: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Ten digits, or `bm` and eight digits (国办发〔2017〕47号).
fn is_site_id_code(code: &str) -> bool {
    let digits = |text: &str, number| text.len() == number && text.bytes().all(|b| b.is_ascii_digit());
    digits(code, 10) || code.strip_prefix("bm").is_some_and(|rest| digits(rest, 8))
}
