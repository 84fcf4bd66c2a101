//! What every page shows: the site with its menu and footer, and the URLs of assets.

use super::files::Assets;
use crate::build::model::Model;
use crate::build::root::{ROOT, SITE};
use crate::config::MenuTarget;
use crate::kinds::Free;

fn map(entries: Vec<(&str, Free)>) -> Free {
    Free::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn maybe(text: Option<&String>) -> Free {
    text.map_or(Free::Null, |text| Free::Text(text.clone()))
}

/// `assets["style.css"]`.
pub fn assets(assets: &Assets) -> Free {
    Free::Map(
        assets.iter().map(|(name, (path, _))| (name.clone(), Free::Text(format!("{ROOT}/{path}")))).collect(),
    )
}

/// `site`.
pub fn site(model: &Model) -> Free {
    let config = &model.config;
    let organizer = &config.organizer;
    let footer = &config.footer;
    let known = config.has_address();
    let text = |text: &str| Free::Text(text.to_owned());
    let inside = |path: &str| Free::Text(format!("{ROOT}/{path}"));
    let only = |there: bool, value: Free| if there { value } else { Free::Null };
    let has_feed = known
        && model
            .by_kind
            .iter()
            .zip(model.kinds.iter())
            .any(|(pages, (_, kind))| kind.dated && !pages.is_empty());
    map(vec![
        ("title", text(&config.title)),
        ("subtitle", maybe(config.subtitle.as_ref())),
        ("slogan", maybe(config.slogan.as_ref())),
        ("seal", maybe(config.seal.as_ref())),
        ("description", text(config.description.as_deref().unwrap_or_default())),
        ("language", text(&config.language)),
        ("direction", text("ltr")),
        ("url", inside("")),
        ("home_absolute", only(known, Free::Text(format!("{SITE}/")))),
        ("menu", Free::List(menu(model))),
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
        ("feed", only(has_feed, inside("atom.xml"))),
        ("sitemap", only(known, inside("sitemap.xml"))),
        ("tags_url", only(!model.terms.is_empty(), inside("tags/"))),
        ("site_domain", text(config.base_url.origin.rsplit('/').next().unwrap_or_default())),
        ("example", Free::Bool(config.example)),
        ("extra", config.extra.clone().or_empty_map()),
        ("has_base_url", Free::Bool(known)),
        ("theme", model.theme.options.clone().or_empty_map()),
    ])
}

/// The menu that the site declares, or its top sections.
fn menu(model: &Model) -> Vec<Free> {
    let entry = |title: &str, url: String, section: &str| {
        map(vec![
            ("title", Free::Text(title.to_owned())),
            ("url", Free::Text(url)),
            ("section", Free::Text(section.to_owned())),
        ])
    };
    let key = |folder: &str| folder.strip_prefix("content/").unwrap_or_default().to_owned();
    if model.config.menu.is_empty() {
        let Some(home) = model.sections.first() else { return Vec::new() };
        let children = home.children.iter().map(|id| model.section(*id)).filter(|section| !section.draft);
        return children
            .map(|section| entry(&section.title, format!("{ROOT}/{}", section.url), &key(&section.folder)))
            .collect();
    }
    model
        .config
        .menu
        .iter()
        .filter_map(|item| match &item.target {
            MenuTarget::Section(name) => {
                let folder = if name.is_empty() { "content".to_owned() } else { format!("content/{name}") };
                let section =
                    model.sections.iter().find(|section| section.folder == folder && !section.draft)?;
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
