//! The library once more, after files beside pages came, went or changed: others keep their places, with other numbers.

use super::again::News;
use super::links::{Arg, picture};
use super::{ArticleLinks, Library, Links, MediaId, Model, Pages, Section, Shift, Target, albums};
use crate::build::load::{Media, Row};
use crate::kinds::{Reference, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which files are different.
pub(super) struct Stock {
    media: Vec<Arc<Media>>,
    /// The number that each file has now, by the number that it had; none for those that went.
    now: Vec<Option<MediaId>>,
    /// Those that are new or not as they were.
    changed: Vec<Arc<Media>>,
    /// Folders in which something is different.
    folders: BTreeSet<String>,
}

/// What the news do to the files of a site; nothing if more may be different: where lists of captions are, or files that
/// cannot be read, and where a page that stays names a file that goes.
pub(super) fn stock(before: &Model, news: &News<'_>) -> Option<Stock> {
    let library = &before.library;
    let gone: BTreeSet<MediaId> =
        news.media_gone.iter().map(|path| library.find(path)).collect::<Option<_>>()?;
    let old = news.media.iter().filter_map(|media| library.find(&media.path)).map(|id| library.get(id));
    let mut all = news.media.iter().chain(old).chain(gone.iter().map(|id| library.get(*id)));
    let plain = |media: &Arc<Media>| {
        media.captions.is_none() && media.problems.is_empty() && !matches!(media.photo, Some(Err(_)))
    };
    if !all.clone().all(plain) || !all.all(|media| media.path.starts_with("content/")) {
        return None;
    }
    let (mut media, mut now) = (Vec::new(), Vec::new());
    // Those of an embedded theme stand at the end, in an order of their own; the news are content, which stands before all.
    let mut new = news.media.iter().peekable();
    for (id, old) in library.iter() {
        while let Some(came) = new.next_if(|came| came.path < old.path) {
            media.push(Arc::clone(came));
        }
        if gone.contains(&id) {
            now.push(None);
            continue;
        }
        now.push(Some(MediaId(media.len())));
        media.push(Arc::clone(new.next_if(|new| new.path == old.path).unwrap_or(old)));
    }
    media.extend(new.cloned());
    let stays =
        |row: &&Arc<Row>| !news.gone.contains(&row.path) && !news.rows.iter().any(|new| new.path == row.path);
    let pages = before.pages.iter().map(|page| &page.row);
    let mut rows =
        pages.chain(before.sections.iter().filter_map(|section| section.row.as_ref())).filter(stays);
    if !gone.is_empty() && rows.any(|row| names(row, library, &gone)) {
        return None;
    }
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let changed = news.media.iter().map(|media| media.path.as_str());
    let pages = news.rows.iter().map(|row| &*row.path).chain(news.gone.iter().map(|path| &**path));
    let all = changed.chain(news.media_gone.iter().map(|path| &**path)).chain(pages);
    let folders = all.filter_map(folder).collect();
    Some(Stock { media, now, changed: news.media.to_vec(), folders })
}

impl Stock {
    /// The library of these files.
    pub(super) fn library(&self, pages: &Pages, sections: &[Section]) -> Library {
        Library::new(self.media.clone(), pages, sections)
    }

    /// The links with the numbers that files have now; nothing if one leads to a file that is no more. Those of pages that
    /// went are not asked.
    pub(super) fn renumbered(
        &self,
        links: &Links,
        shift: &Shift,
        renewed: &BTreeSet<usize>,
    ) -> Option<Links> {
        let same = |(at, now): (usize, &Option<MediaId>)| *now == Some(MediaId(at));
        if self.now.iter().enumerate().all(same) {
            return Some(links.clone());
        }
        let mut others = Vec::new();
        for (at, article) in links.pages.iter().enumerate().filter(|(_, article)| names_files(article)) {
            let away = shift.gone().binary_search(&at).is_ok() || renewed.contains(&at);
            match self.article(article) {
                Some(article) => others.push((at, article)),
                // Its links are made anew, or go with it.
                None if away => {}
                None => return None,
            }
        }
        let of_sections: Option<Vec<_>> =
            links.sections.iter().map(|article| self.article(article)).collect();
        Some(Links { pages: links.pages.with(others), sections: Arc::new(of_sections?) })
    }

    fn article(&self, article: &ArticleLinks) -> Option<ArticleLinks> {
        let mut article = article.clone();
        for target in article.links.iter_mut().chain(&mut article.images) {
            if let Target::File(id) = target {
                *id = self.now.get(id.0).copied().flatten()?;
            }
        }
        for arg in article.components.iter_mut().flatten().flat_map(|component| component.args.values_mut()) {
            if let Arg::Picture(id) | Arg::File(id) = arg {
                *id = self.now.get(id.0).copied().flatten()?;
            }
        }
        Some(article)
    }

    /// Whether anything is or was to be said of the albums in whose folders files are different, or of pictures there.
    pub(super) fn is_quiet(&self, before: &Model, after: &Model) -> bool {
        let touched = |row: &Row| {
            let own = if row.is_bundle() { row.folder() } else { return false };
            self.folders.iter().any(|folder| folder == own || folder.strip_suffix("/photos") == Some(own))
        };
        let told = |model: &Model| {
            model.visible().any(|(id, page)| touched(&page.row) && !albums::of_page(model, id).is_empty())
        };
        // A picture may tell of itself what it shows, wherever it is shown.
        let has_words = |model: &Model, media: &Media| {
            let legend = model.library.find(&media.path).map(|id| model.library.legend(id));
            legend.map(|legend| legend.caption.is_some())
        };
        let other_words = |media: &Arc<Media>| {
            let words = [before, after].map(|model| has_words(model, media));
            matches!(words, [Some(old), Some(new)] if old != new)
        };
        !told(before) && !told(after) && !self.changed.iter().any(other_words)
    }
}

fn names_files(article: &ArticleLinks) -> bool {
    let mut targets = article.links.iter().chain(&article.images);
    targets.any(|target| matches!(target, Target::File(_)))
        || article
            .components
            .iter()
            .flatten()
            .flat_map(|component| component.args.values())
            .any(|arg| matches!(arg, Arg::Picture(_) | Arg::File(_)))
}

/// Whether the front matter of a row names one of these files.
fn names(row: &Row, library: &Library, ids: &BTreeSet<MediaId>) -> bool {
    let is_one =
        |named: &Reference| picture(library, row.folder(), &named.text).is_some_and(|id| ids.contains(&id));
    row.front.common.cover.iter().any(|cover| is_one(cover))
        || row.front.fields.iter().any(|(_, value)| is_in(value, &is_one))
}

fn is_in(value: &Value, is_one: &impl Fn(&Reference) -> bool) -> bool {
    match value {
        Value::Image(named) | Value::File(named) => is_one(named),
        Value::List(values) => values.iter().any(|value| is_in(value, is_one)),
        Value::Record(entries) => entries.iter().any(|(_, value)| is_in(value, is_one)),
        _ => false,
    }
}
