//! `site.toml` as it was typed: every setting may be missing, nothing has a default yet.
//!
//! In comes the text, out come [`SiteToml`] and the problems of its form: syntax, unknown keys, wrong types, secrets.

use super::deploy::{self, DeployToml};
use super::reader::{Fields, Key, Reader, Typed, free, parse_toml};
use crate::kinds::Free;
use crate::problem::{Place, Problem};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

const SITE: &[Key] = &[
    ("title", &["标题", "名称", "网站名称"]),
    ("subtitle", &["副标题"]),
    ("slogan", &["口号", "标语"]),
    ("seal", &["印章"]),
    ("description", &["描述", "简介"]),
    ("base_url", &["网址"]),
    ("language", &["语言"]),
    ("timezone", &["时区"]),
    ("theme", &["主题"]),
    ("slugs", &["网址写法"]),
    ("raw_html", &["允许HTML"]),
    ("paginate_by", &["每页条数"]),
    ("example", &["示例", "示例数据"]),
    ("profile", &["规范", "网站规范"]),
    ("languages", &["其他语言", "语言版本"]),
    ("menu", &["菜单"]),
    ("organizer", &["主办单位"]),
    ("footer", &["页脚"]),
    ("photos", &["照片", "图片"]),
    ("feed", &["订阅"]),
    ("attachments", &["附件"]),
    ("deploy", &["发布到"]),
    ("theme_options", &["主题设置"]),
    ("extra", &["附加"]),
];
const MENU: &[Key] = &[("title", &["标题", "名称"]), ("url", &["链接", "网址"]), ("section", &["栏目"])];
const ORGANIZER: &[Key] = &[
    ("name", &["名称"]),
    ("contact", &["联系人"]),
    ("address", &["地址"]),
    ("phone", &["电话"]),
    ("email", &["邮箱"]),
];
const FOOTER: &[Key] = &[
    ("icp", &["ICP备案", "备案号"]),
    ("icp_url", &["ICP备案链接"]),
    ("police", &["公安备案"]),
    ("police_url", &["公安备案链接"]),
    ("site_id_code", &["网站标识码"]),
    ("conac_url", &["党政机关网站标识"]),
    ("error_report_url", &["网站找错", "找错链接"]),
    ("copyright", &["版权"]),
];
const PHOTOS: &[Key] = &[
    ("widths", &["宽度"]),
    ("jpeg_quality", &["JPEG质量"]),
    ("webp_quality", &["WebP质量"]),
    ("avif_quality", &["AVIF质量"]),
    ("memory", &["内存"]),
    ("store", &["缓存"]),
];
const FEED: &[Key] = &[("limit", &["条数"]), ("sections", &["栏目"]), ("tags", &["标签"])];
const LANGUAGE: &[Key] = &[
    ("name", &["语言名称"]),
    ("title", &["标题", "名称", "网站名称"]),
    ("subtitle", &["副标题"]),
    ("slogan", &["口号", "标语"]),
    ("seal", &["印章"]),
    ("description", &["描述", "简介"]),
    ("menu", &["菜单"]),
    ("organizer", &["主办单位"]),
];
const ATTACHMENTS: &[Key] = &[("max_mb", &["最大兆数"])];

/// Every table of `site.toml` by its name (empty for the file's top) with its keys, for the reference.
pub(super) const TABLES: [(&str, &[Key]); 9] = [
    ("", SITE),
    ("languages.<code>", LANGUAGE),
    ("menu", MENU),
    ("organizer", ORGANIZER),
    ("footer", FOOTER),
    ("photos", PHOTOS),
    ("feed", FEED),
    ("attachments", ATTACHMENTS),
    ("deploy.<name>", deploy::DEPLOY),
];

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct SiteToml {
    pub(super) title: Option<Typed<String>>,
    pub(super) subtitle: Option<Typed<String>>,
    pub(super) slogan: Option<Typed<String>>,
    pub(super) seal: Option<Typed<String>>,
    pub(super) description: Option<Typed<String>>,
    pub(super) base_url: Option<Typed<String>>,
    pub(super) language: Option<Typed<String>>,
    pub(super) timezone: Option<Typed<String>>,
    pub(super) theme: Option<Typed<String>>,
    pub(super) slugs: Option<Typed<String>>,
    pub(super) raw_html: Option<bool>,
    pub(super) paginate_by: Option<u32>,
    pub(super) example: Option<bool>,
    pub(super) profile: Option<Typed<String>>,
    pub(super) languages: Vec<LanguageToml>,
    pub(super) menu: Vec<MenuToml>,
    pub(super) organizer: OrganizerToml,
    pub(super) footer: FooterToml,
    pub(super) widths: Option<Vec<u32>>,
    pub(super) jpeg_quality: Option<u32>,
    pub(super) webp_quality: Option<u32>,
    pub(super) avif_quality: Option<u32>,
    pub(super) photo_memory: Option<u32>,
    pub(super) photo_store: Option<u32>,
    pub(super) feed_limit: Option<u32>,
    pub(super) feed_sections: Option<bool>,
    pub(super) feed_tags: Option<bool>,
    pub(super) attachment_max_mb: Option<u32>,
    pub(super) deploy: Vec<DeployToml>,
    pub(super) theme_options: Option<Free>,
    pub(super) extra: Option<Free>,
}

/// One `[languages.<tag>]`.
#[derive(Debug)]
pub(super) struct LanguageToml {
    pub(super) tag: Typed<String>,
    pub(super) name: Option<Typed<String>>,
    pub(super) title: Option<Typed<String>>,
    pub(super) subtitle: Option<Typed<String>>,
    pub(super) slogan: Option<Typed<String>>,
    pub(super) seal: Option<Typed<String>>,
    pub(super) description: Option<Typed<String>>,
    pub(super) menu: Vec<MenuToml>,
    pub(super) organizer: OrganizerToml,
}

/// One `[[menu]]`.
#[derive(Debug)]
pub(super) struct MenuToml {
    pub(super) title: Option<Typed<String>>,
    pub(super) url: Option<Typed<String>>,
    pub(super) section: Option<Typed<String>>,
    pub(super) span: Range<usize>,
}

/// `[organizer]`.
#[derive(Debug, Default)]
pub(super) struct OrganizerToml {
    pub(super) name: Option<Typed<String>>,
    pub(super) contact: Option<Typed<String>>,
    pub(super) address: Option<Typed<String>>,
    pub(super) phone: Option<Typed<String>>,
    pub(super) email: Option<Typed<String>>,
}

/// `[footer]`.
#[derive(Debug, Default)]
pub(super) struct FooterToml {
    pub(super) icp: Option<Typed<String>>,
    pub(super) icp_url: Option<Typed<String>>,
    pub(super) police: Option<Typed<String>>,
    pub(super) police_url: Option<Typed<String>>,
    pub(super) site_id_code: Option<Typed<String>>,
    pub(super) conac_url: Option<Typed<String>>,
    pub(super) error_report_url: Option<Typed<String>>,
    pub(super) copyright: Option<Typed<String>>,
}

/// Reads `text`. With a syntax error only the syntax errors are told: what follows from them would mislead.
pub(super) fn read(file: &str, text: &str) -> (SiteToml, Vec<Problem>) {
    let (root, faults) = parse_toml(text);
    if !faults.is_empty() {
        let problems = faults.iter().map(|fault| {
            let place = fault.span().map_or_else(|| Place::file(file), |span| Place::of(file, text, span));
            Problem::new("config-syntax").arg("detail", fault.message()).at(place)
        });
        let problems = problems.collect();
        let mut reader = Reader { file, text, problems: Vec::new() };
        return (site(&mut reader, root.get_ref()), problems);
    }
    let mut reader = Reader { file, text, problems: Vec::new() };
    let site = site(&mut reader, root.get_ref());
    reader.secrets(root.get_ref());
    (site, reader.problems)
}

fn site(reader: &mut Reader<'_>, root: &DeTable<'_>) -> SiteToml {
    let fields = reader.fields(root, SITE);
    let photos = inner(reader, &fields, "photos", PHOTOS);
    let feed = inner(reader, &fields, "feed", FEED);
    let attachments = inner(reader, &fields, "attachments", ATTACHMENTS);
    SiteToml {
        title: reader.text(&fields, "title"),
        subtitle: reader.text(&fields, "subtitle"),
        slogan: reader.text(&fields, "slogan"),
        seal: reader.text(&fields, "seal"),
        description: reader.text(&fields, "description"),
        base_url: reader.text(&fields, "base_url"),
        language: reader.text(&fields, "language"),
        timezone: reader.text(&fields, "timezone"),
        theme: reader.text(&fields, "theme"),
        slugs: reader.text(&fields, "slugs"),
        raw_html: reader.flag(&fields, "raw_html"),
        paginate_by: reader.number(&fields, "paginate_by", 1..=1000),
        example: reader.flag(&fields, "example"),
        profile: reader.text(&fields, "profile"),
        languages: languages(reader, &fields),
        menu: menu(reader, &fields),
        organizer: organizer(reader, &fields),
        footer: footer(reader, &fields),
        widths: reader.numbers(&photos, "widths", 64..=4096),
        jpeg_quality: reader.number(&photos, "jpeg_quality", 30..=100),
        webp_quality: reader.number(&photos, "webp_quality", 30..=100),
        avif_quality: avif_quality(reader, &photos),
        photo_memory: reader.number(&photos, "memory", 64..=65_536),
        photo_store: reader.number(&photos, "store", 0..=1_000_000),
        feed_limit: reader.number(&feed, "limit", 1..=500),
        feed_sections: reader.flag(&feed, "sections"),
        feed_tags: reader.flag(&feed, "tags"),
        attachment_max_mb: reader.number(&attachments, "max_mb", 1..=10_000),
        deploy: deploy::read(reader, &fields),
        theme_options: reader.table(&fields, "theme_options").map(free),
        extra: reader.table(&fields, "extra").map(free),
    }
}

/// Told where this program was built without AVIF; the site then goes without it.
fn avif_quality(reader: &mut Reader<'_>, photos: &Fields<'_>) -> Option<u32> {
    let quality = reader.number(photos, "avif_quality", 30..=100)?;
    if cfg!(feature = "avif") {
        return Some(quality);
    }
    let place = photos.get("avif_quality").map(|value| reader.place(value.span()))?;
    reader.report(Problem::new("config-avif-missing").at(place));
    None
}

fn inner<'t>(reader: &mut Reader<'_>, fields: &Fields<'t>, key: &'static str, keys: &[Key]) -> Fields<'t> {
    match reader.table(fields, key) {
        Some(table) => reader.fields(table, keys),
        None => Fields::new(),
    }
}

/// `[languages.en]`: any tag may stand there, so its keys are not checked against a list.
fn languages(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<LanguageToml> {
    let Some(table) = reader.table(fields, "languages") else { return Vec::new() };
    let mut languages = Vec::new();
    for (tag, span, own) in reader.named_tables(table) {
        let own = reader.fields(own, LANGUAGE);
        languages.push(LanguageToml {
            tag: Typed { value: tag, span },
            name: reader.text(&own, "name"),
            title: reader.text(&own, "title"),
            subtitle: reader.text(&own, "subtitle"),
            slogan: reader.text(&own, "slogan"),
            seal: reader.text(&own, "seal"),
            description: reader.text(&own, "description"),
            menu: menu(reader, &own),
            organizer: organizer(reader, &own),
        });
    }
    languages
}

fn menu(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<MenuToml> {
    let mut entries = Vec::new();
    for (table, span) in reader.tables(fields, "menu") {
        let entry = reader.fields(table, MENU);
        entries.push(MenuToml {
            title: reader.text(&entry, "title"),
            url: reader.text(&entry, "url"),
            section: reader.text(&entry, "section"),
            span,
        });
    }
    entries
}

/// `主办单位 = "某镇党委"` is enough; a table says more.
fn organizer(reader: &mut Reader<'_>, fields: &Fields<'_>) -> OrganizerToml {
    if fields.get("organizer").is_some_and(|value| matches!(value.get_ref(), DeValue::String(_))) {
        return OrganizerToml { name: reader.text(fields, "organizer"), ..OrganizerToml::default() };
    }
    let own = inner(reader, fields, "organizer", ORGANIZER);
    OrganizerToml {
        name: reader.text(&own, "name"),
        contact: reader.text(&own, "contact"),
        address: reader.text(&own, "address"),
        phone: reader.text(&own, "phone"),
        email: reader.text(&own, "email"),
    }
}

fn footer(reader: &mut Reader<'_>, fields: &Fields<'_>) -> FooterToml {
    let own = inner(reader, fields, "footer", FOOTER);
    FooterToml {
        icp: reader.text(&own, "icp"),
        icp_url: reader.text(&own, "icp_url"),
        police: reader.text(&own, "police"),
        police_url: reader.text(&own, "police_url"),
        site_id_code: reader.text(&own, "site_id_code"),
        conac_url: reader.text(&own, "conac_url"),
        error_report_url: reader.text(&own, "error_report_url"),
        copyright: reader.text(&own, "copyright"),
    }
}
