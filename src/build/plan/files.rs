//! Outputs of files: static ones, the theme's assets under fingerprinted names, attachments, and photos. Of what lies
//! beside a page, only what some page shows or links is published.

use super::article::{Article, Owner};
use super::face::Face;
use super::parts::Kitchen;
use super::picture::{photo_key, variant_path};
use super::section::SectionPart;
use super::wanted::Wanted;
use super::{Job, Output};
use crate::build::model::{MediaId, Model, PageId, SectionId, Target};
use crate::build::photo::Removed;
use crate::kinds::Value;
use crate::problem::{Place, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// The theme's assets: name → where it is published, and the file.
pub type Assets = BTreeMap<String, (String, MediaId)>;

/// The theme's assets, named after their content.
pub fn assets(model: &Model) -> Assets {
    let prefix = format!("themes/{}/assets/", model.config.theme);
    model
        .library
        .iter()
        .filter_map(|(id, media)| {
            let name = media.path.strip_prefix(&prefix)?;
            let mark = &media.digest.to_string()[..12];
            let path = match name.rsplit_once('.') {
                Some((stem, ending)) => format!("assets/{stem}.{mark}.{ending}"),
                None => format!("assets/{name}.{mark}"),
            };
            Some((name.to_owned(), (path, id)))
        })
        .collect()
}

/// All that is to be said of files that are published.
pub fn told(model: &Model, outputs: &[Output]) -> Vec<Problem> {
    uncleanable(model, outputs).chain(large(model, outputs)).chain(cut(model, outputs)).collect()
}

/// Plans all files.
pub fn plan(kitchen: &Kitchen<'_>, assets: Assets, outputs: &mut Vec<Output>) {
    let model = kitchen.model;
    let copy = |path: String, media: MediaId| Output { path: path.into(), job: Job::File { media } };
    outputs.extend(assets.into_values().map(|(path, media)| copy(path, media)));
    let mut linked = BTreeSet::new();
    linked.extend(
        model.library.iter().filter(|(_, media)| media.path.starts_with("static/")).map(|(id, _)| id),
    );
    let shown = used(kitchen, &mut linked);
    let mut photos: BTreeMap<String, Output> = BTreeMap::new();
    for media in shown {
        let original = model.library.get(media);
        let Some(facts) = original.still() else {
            linked.insert(media);
            continue;
        };
        let key = photo_key(original, &kitchen.photos);
        let files: Vec<_> = kitchen
            .photos
            .variants(facts)
            .into_iter()
            .map(|variant| (variant_path(&key, &variant), variant))
            .collect();
        let Some((path, _)) = files.first().cloned() else { continue };
        // The same photo in two places is one output.
        photos.entry(path.clone()).or_insert(Output { path: path.into(), job: Job::Photo { media, files } });
    }
    outputs.extend(photos.into_values());
    outputs.extend(model.visible().filter_map(|(id, _)| bundle(model, id)));
    outputs.extend(linked.into_iter().map(|media| copy(model.library.published_path(media), media)));
}

/// The photos of a page in one file, if it says `download = true`.
fn bundle(model: &Model, id: PageId) -> Option<Output> {
    let page = model.page(id);
    let wanted = |(key, value): &(String, Value)| key == "download" && matches!(value, Value::Bool(true));
    if !page.has_page || !page.row.front.fields.iter().any(wanted) {
        return None;
    }
    let photos = model.album(id);
    let path = format!("{}photos.zip", page.url).into();
    (!photos.is_empty()).then_some(Output { path, job: Job::Bundle { page: id, photos } })
}

/// What was taken away from the photos that are published.
pub fn removed(model: &Model, outputs: &[Output]) -> Removed {
    let published = outputs.iter().filter_map(|output| match &output.job {
        Job::Photo { media, .. } | Job::File { media } => Some(*media),
        _ => None,
    });
    let mut removed = Removed::default();
    // A photo may be shown in a page and linked as it is.
    for media in published.collect::<BTreeSet<MediaId>>() {
        if let Some(Ok(facts)) = &model.library.get(media).photo {
            removed.count(facts.carried);
        }
    }
    removed
}

/// A warning for each published photo that ends too early.
fn cut(model: &Model, outputs: &[Output]) -> impl Iterator<Item = Problem> {
    outputs.iter().filter_map(|output| {
        let (Job::Photo { media, .. } | Job::File { media }) = &output.job else { return None };
        let file = model.library.get(*media);
        let cut = matches!(&file.photo, Some(Ok(facts)) if facts.cut);
        cut.then(|| Problem::new("photo-cut").arg("file", &file.path).at(Place::file(&file.path)))
    })
}

/// What is to be said of each published file whose metadata cannot be removed.
fn uncleanable(model: &Model, outputs: &[Output]) -> impl Iterator<Item = Problem> {
    outputs.iter().filter_map(|output| match &output.job {
        Job::File { media } => model.library.get(*media).uncleanable.clone(),
        _ => None,
    })
}

/// A warning for each published file beside a page that is larger than the site wants.
fn large(model: &Model, outputs: &[Output]) -> impl Iterator<Item = Problem> {
    let most = model.config.attachments.max_bytes;
    outputs.iter().filter_map(move |output| {
        let Job::File { media } = &output.job else { return None };
        let file = model.library.get(*media);
        (file.path.starts_with("content/") && file.size > most).then(|| {
            Problem::new("attachment-large")
                .arg("size", super::values::size(file.size))
                .arg("most", super::values::size(most))
                .at(Place::file(&file.path))
        })
    })
}

/// Whether a page names no file at all, as most pages of words do not: then there is no need to gather what it shows.
fn names_nothing(model: &Model, id: PageId) -> bool {
    let row = &model.page(id).row;
    let links = &model.links.pages[id.at()].links;
    let media =
        |value: &Value| matches!(value, Value::Image(_) | Value::File(_) | Value::List(_) | Value::Record(_));
    row.facts.images.is_empty()
        && row.components.is_empty()
        && row.front.common.cover.is_none()
        && !row.is_bundle()
        && !row.front.fields.iter().any(|(_, value)| media(value))
        && !links.iter().any(|target| matches!(target, Target::File(_)))
}

/// Every picture that a page shows, and the files that it links.
pub fn of_page(model: &Model, wanted: &Wanted, id: PageId) -> (Vec<MediaId>, Vec<MediaId>) {
    let mut files = Vec::new();
    if names_nothing(model, id) {
        return (Vec::new(), files);
    }
    let mut pictures = model.album(id);
    for keys in [&wanted.face, &wanted.own] {
        Face::new(model, keys, id).each_media(&mut |media| pictures.push(media));
    }
    if let Some(article) = Article::new(model, Owner::Page(id)) {
        files.extend(article.files());
        pictures.extend(article.pictures());
    }
    (pictures, files)
}

/// Every picture that some visible page shows; files that one links go into `linked`.
fn used(kitchen: &Kitchen<'_>, linked: &mut BTreeSet<MediaId>) -> BTreeSet<MediaId> {
    let model = kitchen.model;
    let mut shown = BTreeSet::new();
    let pages: Vec<PageId> = model.visible().map(|(id, _)| id).collect();
    let found = crate::parallel::map(&pages, |id| of_page(model, &kitchen.wanted, *id));
    for (pictures, files) in found {
        shown.extend(pictures);
        linked.extend(files);
    }
    for (at, _) in model.sections.iter().enumerate().filter(|(_, section)| !section.hidden) {
        of_section(model, SectionId(at), &mut shown, linked);
    }
    shown
}

/// Adds every picture that a section shows itself, and the files that it links.
pub fn of_section(
    model: &Model,
    id: SectionId,
    shown: &mut BTreeSet<MediaId>,
    linked: &mut BTreeSet<MediaId>,
) {
    shown.extend(SectionPart::new(model, id, true).cover().map(|cover| cover.media));
    if let Some(article) = Article::new(model, Owner::Section(id)) {
        linked.extend(article.files());
        shown.extend(article.pictures());
    }
}
