//! Outputs for machines: Atom feed, sitemap, robots.txt.

use super::{Job, Output, Part, Shared};
use crate::build::model::{Model, PageId};
use crate::build::root::SITE;
use crate::kinds::{Date, Free};

/// Plans them.
pub fn plan(model: &Model, outputs: &mut Vec<Output>) {
    let known = model.config.has_address();
    let address = |path: &str| Free::Text(format!("{SITE}/{path}"));
    if known {
        if let Some(feed) = feed(model) {
            outputs.push(output("atom.xml", vec![("feed", Part::Plain(feed))]));
        }
        outputs.push(output("sitemap.xml", vec![("entries", Part::Plain(Free::List(entries(model))))]));
    }
    let sitemap = if known { address("sitemap.xml") } else { Free::Null };
    outputs.push(output("robots.txt", vec![("sitemap", Part::Plain(sitemap))]));
}

fn output(path: &str, mut recipe: Vec<(&'static str, Part)>) -> Output {
    recipe.push(("site", Part::Shared(Shared::Site)));
    Output {
        path: path.to_owned(),
        origin: path.to_owned(),
        job: Job::Page { template: path.to_owned(), recipe },
    }
}

fn map(entries: Vec<(&str, Free)>) -> Free {
    Free::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The newest dated pages; `None` where there are none, since a feed must say when it was updated.
fn feed(model: &Model) -> Option<Free> {
    let mut dated: Vec<(Date, PageId)> = model
        .visible()
        .filter(|(_, page)| page.has_page && model.kinds.get(page.kind).dated)
        .filter_map(|(id, page)| Some((page.row.front.common.date?, id)))
        .collect();
    dated.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    dated.truncate(model.config.feed.limit);
    let stamp = |date: &Date| Free::Text(timestamp(date, &model.config.timezone));
    let updated = |id: PageId, date: Date| model.page(id).row.front.common.updated.unwrap_or(date).max(date);
    let newest = dated.iter().map(|(date, id)| updated(*id, *date)).max()?;
    let items = dated.iter().map(|(date, id)| {
        let page = model.page(*id);
        let common = &page.row.front.common;
        let summary = common.description.as_ref().unwrap_or(&page.row.facts.excerpt);
        let author = common.author.as_ref().or(common.source.as_ref());
        map(vec![
            ("title", Free::Text(page.title.clone())),
            ("url", Free::Text(format!("{SITE}/{}", page.url))),
            ("id", Free::Text(format!("{SITE}/{}", page.url))),
            ("updated", stamp(&updated(*id, *date))),
            ("published", stamp(date)),
            ("summary", Free::Text(summary.clone())),
            ("author", author.map_or(Free::Null, |author| Free::Text(author.clone()))),
        ])
    });
    Some(map(vec![
        ("title", Free::Text(model.config.title.clone())),
        ("url", Free::Text(format!("{SITE}/"))),
        ("self", Free::Text(format!("{SITE}/atom.xml"))),
        ("updated", stamp(&newest)),
        ("entries", Free::List(items.collect())),
    ]))
}

/// `2026-11-22T09:30:00+08:00`, unknown parts at their first.
fn timestamp(date: &Date, timezone: &str) -> String {
    let small = |part: Option<u8>, least: i8| part.and_then(|part| i8::try_from(part).ok()).unwrap_or(least);
    let (hour, minute) = date.time.unwrap_or((0, 0));
    let wall = jiff::civil::DateTime::new(
        date.year,
        small(date.month, 1),
        small(date.day, 1),
        small(Some(hour), 0),
        small(Some(minute), 0),
        0,
        0,
    )
    .unwrap_or(jiff::civil::DateTime::MIN);
    let zone = jiff::tz::TimeZone::get(timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    zone.to_zoned(wall).map_or_else(
        |_| format!("{}T00:00:00Z", wall.date()),
        |zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
    )
}

fn entries(model: &Model) -> Vec<Free> {
    let entry = |url: &str, updated: Option<Date>| {
        map(vec![
            ("url", Free::Text(format!("{SITE}/{url}"))),
            ("updated", updated.map_or(Free::Null, |date| Free::Text(day(&date)))),
        ])
    };
    let sections =
        model.sections.iter().filter(|section| !section.draft).map(|section| entry(&section.url, None));
    let pages = model.visible().filter(|(_, page)| page.has_page).map(|(_, page)| {
        let common = &page.row.front.common;
        entry(&page.url, common.updated.or(common.date))
    });
    let tags = (!model.terms.is_empty()).then(|| entry("tags/", None));
    let terms = model.terms.iter().map(|term| entry(&term.url, None));
    sections.chain(pages).chain(tags).chain(terms).collect()
}

/// The W3C date of a sitemap.
fn day(date: &Date) -> String {
    Date { time: None, ..*date }.iso()
}
