//! What is to be said of pictures: those without words for people who cannot see them, and slips in `photos.toml`.

use super::meant::{Fault, Pool, Pools};
use super::{ArticleLinks, Library, MediaId, Model, Page, PageId, Target};
use crate::build::load::{Media, Row};
use crate::problem::{Place, Problem};
use std::collections::BTreeSet;

/// So many names are told.
const NAMED: usize = 3;

/// Checks the albums of all visible pages, and every `photos.toml`.
pub fn check(model: &Model) -> Vec<Problem> {
    let mut problems = lists(model);
    let mut seen = BTreeSet::new();
    for (id, page) in model.visible().filter(|(_, page)| page.row.is_bundle()) {
        problems.extend(model.library.broken(page, model.is_album(page)));
        let photos = model.album(id);
        // A page in several languages shows one album.
        if photos.first().is_none_or(|first| !seen.insert(*first)) {
            continue;
        }
        problems.extend(without_words(model, page, &photos));
    }
    problems
}

/// What is to be said of one page's album.
pub(super) fn of_page(model: &Model, id: PageId) -> Vec<Problem> {
    let page = model.page(id);
    let mut problems = model.library.broken(page, model.is_album(page));
    problems.extend(without_words(model, page, &model.album(id)));
    problems.extend(silent(&model.library, &page.row, &model.links.pages[id.at()]));
    problems
}

/// A hint for an album with photos that nothing describes.
fn without_words(model: &Model, page: &Page, photos: &[MediaId]) -> Option<Problem> {
    let library = &model.library;
    // A caption stands in for a text alternative.
    let mute: Vec<&Media> = photos
        .iter()
        .map(|id| (library.get(*id), library.legend(*id)))
        .filter(|(_, legend)| legend.alt.is_none() && legend.caption.is_none())
        .map(|(media, _)| media.as_ref())
        .collect();
    mute.first().map(|first| {
        let list = format!("{}/photos.toml", first.folder());
        let place = Place::file(if library.find(&list).is_some() { &*list } else { &*page.row.path });
        let named: Vec<&str> = mute.iter().take(NAMED).map(|media| media.name()).collect();
        let more = if mute.len() > NAMED { "…" } else { "" };
        let problem = Problem::new("photo-alt-missing").arg("count", mute.len());
        problem.arg("files", named.join(", ") + more).arg("file", first.name()).at(place)
    })
}

/// A hint for each visible page with pictures in its article that nothing describes; the first is shown. Empty words are
/// legal for what only adorns, so it is no more than a hint.
pub fn mute(model: &Model) -> Vec<Problem> {
    let pages = model.visible().filter(|(_, page)| !page.row.facts.images.is_empty());
    pages.filter_map(|(id, page)| silent(&model.library, &page.row, &model.links.pages[id.at()])).collect()
}

/// The hint for one article.
pub(super) fn silent(library: &Library, row: &Row, links: &ArticleLinks) -> Option<Problem> {
    let shown = row.facts.images.iter().zip(&links.images);
    let mut silent = shown.filter(|(image, target)| match target {
        Target::File(media) => {
            let legend = library.legend(*media);
            image.alt.is_empty() && legend.alt.is_none() && legend.caption.is_none()
        }
        _ => false,
    });
    let (first, _) = silent.next()?;
    let problem = Problem::new("image-alt-missing").arg("count", 1 + silent.count());
    Some(problem.arg("image", &first.src).at(row.place(&first.place)))
}

/// Photos that lists name and that are not there.
fn lists(model: &Model) -> Vec<Problem> {
    let library = &model.library;
    let mut faults = Vec::new();
    for (_, media) in library.iter() {
        let Some(list) = &media.captions else { continue };
        let folder = media.folder();
        let beside = |name: &str| {
            !name.contains('/')
                && name != "photos.toml"
                && library.find(&format!("{folder}/{name}")).is_some()
        };
        let named = list.photos.iter().map(|caption| &caption.file).chain(&list.cover);
        for name in named.filter(|name| !beside(name)) {
            let problem = Problem::new("photo-list-file").arg("name", name).at(Place::file(&media.path));
            faults.push(Fault::among(Pool::Beside(folder), name, problem));
        }
    }
    Pools { pages: &model.pages, library, urls: &Vec::new }.suggest(faults)
}
