//! Pages that came and went: which numbers the others have now.

use super::links::Arg;
use super::{ArticleLinks, Links, PageId};
use std::sync::Arc;

/// How the numbers of pages change.
#[derive(Clone, Debug, Default)]
pub struct Shift {
    /// The numbers of pages that went, sorted.
    gone: Vec<usize>,
    /// For each page that came the number before which it stands, as it was; sorted.
    came: Vec<usize>,
}

impl Shift {
    /// Both sorted; `came` has for each new page the number of the one that it stands before.
    pub(super) fn new(gone: Vec<usize>, came: Vec<usize>) -> Self {
        Shift { gone, came }
    }

    /// Whether all numbers stay.
    pub fn is_none(&self) -> bool {
        self.gone.is_empty() && self.came.is_empty()
    }

    /// The numbers of pages that went, as they were.
    pub fn gone(&self) -> &[usize] {
        &self.gone
    }

    /// The number that a page has now; none if it went.
    pub fn moved(&self, id: PageId) -> Option<PageId> {
        let at = id.at();
        let Err(gone) = self.gone.binary_search(&at) else { return None };
        Some(PageId::new(at + self.came.partition_point(|before| *before <= at) - gone))
    }

    /// The numbers of pages that came, as they are now.
    pub fn came(&self) -> impl Iterator<Item = PageId> {
        self.came.iter().enumerate().map(|(number, before)| {
            PageId::new(before + number - self.gone.partition_point(|gone| gone < before))
        })
    }
}

impl Links {
    /// The links of a site in which pages came and went; `new` has those of pages that came, each with the number before
    /// which its page came.
    pub(super) fn shifted(&self, shift: &Shift, new: Vec<(usize, ArticleLinks)>) -> Self {
        if shift.is_none() {
            return self.clone();
        }
        let named = self.pages.iter().enumerate().filter(|(_, article)| names_pages(article));
        let named: Vec<_> = named.map(|(at, article)| (at, moved(article, shift))).collect();
        let sections = if self.sections.iter().any(names_pages) {
            Arc::new(self.sections.iter().map(|article| moved(article, shift)).collect())
        } else {
            Arc::clone(&self.sections)
        };
        Links { pages: self.pages.with(named).spliced(shift.gone(), new), sections }
    }
}

/// Whether an article names any page by its number.
fn names_pages(article: &ArticleLinks) -> bool {
    let mut args = article.components.iter().flatten().flat_map(|component| component.args.values());
    args.any(|arg| matches!(arg, Arg::Page(_)))
}

/// The same with the numbers that pages have now. Of pages that went nobody asked.
fn moved(article: &ArticleLinks, shift: &Shift) -> ArticleLinks {
    let mut article = article.clone();
    for arg in article.components.iter_mut().flatten().flat_map(|component| component.args.values_mut()) {
        if let Arg::Page(id) = arg {
            *id = shift.moved(*id).unwrap_or(*id);
        }
    }
    article
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_what_came_and_went() {
        // a b c d e, without b and d, with x before a, y and z before d, w at the end: x a c y z e w.
        let shift = Shift::new(vec![1, 3], vec![0, 3, 3, 5]);
        let now = |at| shift.moved(PageId::new(at)).map(PageId::at);
        assert_eq!([0, 1, 2, 3, 4].map(now), [Some(1), None, Some(2), None, Some(5)]);
        assert_eq!(shift.came().map(PageId::at).collect::<Vec<_>>(), [0, 3, 4, 6]);
        assert!(Shift::default().is_none() && !shift.is_none());
    }
}
