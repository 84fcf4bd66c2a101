//! What every page shows: the site with its menu and footer, and the URLs of assets.

use super::files::Assets;
use super::{feeds, map, paginate, site_map};
use crate::build::model::{Model, SectionId, terms_url};
use crate::build::root::{ROOT, SITE};
use crate::config::{LanguageId, MenuTarget, Profile};
use crate::kinds::Free;

fn maybe(text: Option<&String>) -> Free {
    text.map_or(Free::Null, |text| Free::Text(text.clone()))
}

/// `assets["style.css"]`.
pub fn assets(assets: &Assets) -> Free {
    Free::Map(
        assets.iter().map(|(name, (path, _))| (name.clone(), Free::Text(format!("{ROOT}/{path}")))).collect(),
    )
}

/// `site` in one language.
pub fn site(model: &Model, language: LanguageId) -> Free {
    let config = &model.config;
    let spoken = config.language(language);
    let organizer = &spoken.organizer;
    let prefix = config.prefix(language);
    let footer = &config.footer;
    let known = config.has_address();
    let text = |text: &str| Free::Text(text.to_owned());
    let inside = |path: &str| Free::Text(format!("{ROOT}/{path}"));
    let only = |there: bool, value: Free| if there { value } else { Free::Null };
    let feed = feeds::of_site(model, language).into_iter().next().map(|feed| inside(&feed.url));
    map(vec![
        ("title", text(&spoken.title)),
        ("subtitle", maybe(spoken.subtitle.as_ref())),
        ("slogan", maybe(spoken.slogan.as_ref())),
        ("seal", maybe(spoken.seal.as_ref())),
        ("description", text(spoken.description.as_deref().unwrap_or_default())),
        ("language", text(&spoken.code)),
        ("direction", text(if spoken.is_right_to_left() { "rtl" } else { "ltr" })),
        ("languages", languages(model, language)),
        ("profile", text(if config.profile == Profile::Gov { "gov" } else { "party" })),
        ("url", inside(&prefix)),
        ("home_absolute", only(known, Free::Text(format!("{SITE}/{prefix}")))),
        ("menu", Free::List(menu(model, language))),
        (
            "organizer",
            map(vec![
                ("name", maybe(organizer.name.as_ref())),
                ("contact", maybe(organizer.contact.as_ref())),
                ("address", maybe(organizer.address.as_ref())),
                ("phone", maybe(organizer.phone.as_ref())),
                ("email", maybe(organizer.email.as_ref())),
            ]),
        ),
        (
            "footer",
            map(vec![
                ("icp", maybe(footer.icp.as_ref())),
                ("icp_url", maybe(footer.icp_url.as_ref())),
                ("police", maybe(footer.police.as_ref())),
                ("police_url", maybe(footer.police_url.as_ref())),
                ("site_id_code", maybe(footer.site_id_code.as_ref())),
                ("conac_url", maybe(footer.conac_url.as_ref())),
                ("error_report_url", maybe(footer.error_report_url.as_ref())),
                ("copyright", maybe(footer.copyright.as_ref())),
            ]),
        ),
        ("feed", feed.unwrap_or(Free::Null)),
        ("sitemap", only(known, inside("sitemap.xml"))),
        ("sitemap_page", only(site_map::is_there(model), inside(&site_map::url(model, language)))),
        ("timeline", timeline(model, language)),
        (
            "tags_url",
            only(
                model.terms.iter().any(|term| term.language == language),
                inside(&terms_url(language, config)),
            ),
        ),
        ("site_domain", text(config.base_url.origin.rsplit('/').next().unwrap_or_default())),
        ("example", Free::Bool(config.example)),
        ("extra", config.extra.clone().or_empty_map()),
        ("has_base_url", Free::Bool(known)),
        ("theme", model.theme.options.clone().or_empty_map()),
    ])
}

/// The home pages of all languages; nothing for a site in one.
fn languages(model: &Model, current: LanguageId) -> Free {
    let entry = |(language, url): (LanguageId, String)| {
        let spoken = model.config.language(language);
        map(vec![
            ("code", Free::Text(spoken.code.clone())),
            ("name", Free::Text(spoken.name.clone())),
            ("url", Free::Text(format!("{ROOT}/{url}"))),
            ("current", Free::Bool(language == current)),
        ])
    };
    Free::List(super::homes(model).into_iter().map(entry).collect())
}

/// The section that shows the line of time.
fn timeline(model: &Model, language: LanguageId) -> Free {
    let shows = |section: &&crate::build::model::Section| {
        section.language == language
            && !section.hidden
            && paginate::source(model, section).is_some_and(|spec| spec.events)
    };
    let found = model.sections.iter().find(shows);
    found.map_or(Free::Null, |section| Free::Text(format!("{ROOT}/{}", section.url)))
}

/// The menu that the site declares, or its top sections.
fn menu(model: &Model, language: LanguageId) -> Vec<Free> {
    let declared = &model.config.language(language).menu;
    let entry = |title: &str, url: String, section: &str| {
        map(vec![
            ("title", Free::Text(title.to_owned())),
            ("url", Free::Text(url)),
            ("section", Free::Text(section.to_owned())),
        ])
    };
    let key = |folder: &str| folder.strip_prefix("content/").unwrap_or_default().to_owned();
    if declared.is_empty() {
        let Some(SectionId(home)) = model.home(language) else { return Vec::new() };
        let home = &model.sections[home];
        let children = home.children.iter().map(|id| model.section(*id)).filter(|section| !section.hidden);
        return children
            .map(|section| entry(&section.title, format!("{ROOT}/{}", section.url), &key(&section.folder)))
            .collect();
    }
    declared
        .iter()
        .filter_map(|item| match &item.target {
            MenuTarget::Section(name) => {
                let folder = if name.is_empty() { "content".to_owned() } else { format!("content/{name}") };
                let section = model.sections.iter().find(|section| {
                    section.folder == folder && section.language == language && !section.hidden
                })?;
                let title = item.title.as_deref().unwrap_or(&section.title);
                Some(entry(title, format!("{ROOT}/{}", section.url), &key(&section.folder)))
            }
            MenuTarget::Url(url) => {
                let inside = url.strip_prefix('/').filter(|rest| !rest.starts_with('/'));
                let target = inside.map_or_else(|| url.clone(), |inside| format!("{ROOT}/{inside}"));
                Some(entry(item.title.as_deref().unwrap_or(url), target, ""))
            }
        })
        .collect()
}
