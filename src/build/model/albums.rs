//! What is to be said of albums: photos without words for those who cannot see them, and slips in `photos.toml`.

use super::{Library, MediaId, Model};
use crate::build::load::Media;
use crate::problem::{Place, Problem};
use std::collections::BTreeSet;

/// So many names are told.
const NAMED: usize = 3;

/// Checks the albums of all visible pages, and every `photos.toml`.
pub fn check(model: &Model) -> Vec<Problem> {
    let mut problems = lists(&model.library);
    let mut seen = BTreeSet::new();
    for (id, page) in model.visible() {
        let photos = model.album(id);
        // A page in several languages shows one album.
        if photos.first().is_none_or(|first| !seen.insert(*first)) {
            continue;
        }
        let library = &model.library;
        let legends: Vec<_> = photos.iter().map(|id| (library.get(*id), library.legend(*id))).collect();
        let without: Vec<_> = legends.iter().filter(|(_, legend)| legend.alt.is_none()).collect();
        let (captioned, mute): (Vec<_>, Vec<_>) =
            without.into_iter().partition(|(_, legend)| legend.caption.is_some());
        let place = |media: &Media| {
            let list = format!("{}/photos.toml", media.folder());
            Place::file(if library.find(&list).is_some() { list } else { page.row.path.clone() })
        };
        let names = |of: &[&(&std::sync::Arc<Media>, super::Legend)]| {
            let names: Vec<&str> = of.iter().take(NAMED).map(|(media, _)| media.name()).collect();
            if of.len() > NAMED { format!("{}…", names.join(", ")) } else { names.join(", ") }
        };
        if let Some((media, _)) = mute.first() {
            let problem = Problem::new("photo-alt-missing").arg("count", mute.len());
            problems.push(problem.arg("files", names(&mute)).at(place(media)));
        }
        if let Some((media, legend)) = captioned.first() {
            let words = legend.caption.as_deref().unwrap_or_default().replace(['"', '\\'], "");
            let problem = Problem::new("photo-alt-suggested").arg("count", captioned.len());
            let suggestion = format!("file = \"{}\"  alt = \"{words}\"", media.name());
            problems
                .push(problem.arg("files", names(&captioned)).arg("suggestion", suggestion).at(place(media)));
        }
    }
    problems
}

/// Photos that lists name and that are not there.
fn lists(library: &Library) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (_, media) in library.iter() {
        let Some(list) = &media.captions else { continue };
        let beside: Vec<&str> = library
            .beside(media.folder())
            .map(|(_, other): (MediaId, _)| other.name())
            .filter(|name| *name != "photos.toml")
            .collect();
        let named = list.photos.iter().map(|caption| &caption.file).chain(&list.cover);
        for name in named.filter(|name| !beside.contains(&name.as_str())) {
            let problem = Problem::new("photo-list-file").arg("name", name);
            problems.push(problem.suggest(name, beside.iter().copied()).at(Place::file(&media.path)));
        }
    }
    problems
}
