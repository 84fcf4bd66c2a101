//! What a name that leads nowhere may have been meant to be: the nearest of what there is.
//!
//! To find it, a name is compared with everything there is. A folder renamed in a big site makes ten thousand such names
//! at once, so each is looked for once, what has only moved is found by its own name, and the rest share a budget.

use super::{Library, Pages};
use crate::build::load::Row;
use crate::kinds::KindId;
use crate::problem::{Problem, nearest};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How much is compared in one build, in bytes of a name times bytes of what it is compared with: about half a second.
const BUDGET: usize = 2_000_000_000;

/// Where a right name is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Pool<'a> {
    /// Titles of pages, of one kind or of all.
    Titles(Option<KindId>),
    /// Files of pages.
    Paths,
    /// Paths below the root of the site.
    Urls,
    /// Ids of headings of an article.
    Anchors(&'a Row),
    /// Files of a folder that are no pages.
    Beside(&'a str),
}

/// A pool's name, to keep pools apart.
type Key<'a> = (u8, Option<KindId>, &'a str);

impl<'a> Pool<'a> {
    fn key(self) -> Key<'a> {
        match self {
            Pool::Titles(kind) => (0, kind, ""),
            Pool::Paths => (1, None, ""),
            Pool::Urls => (2, None, ""),
            Pool::Anchors(row) => (3, None, &row.path),
            Pool::Beside(folder) => (4, None, folder),
        }
    }
}

/// A problem with a name, before it is known what was meant.
#[derive(Debug)]
pub struct Fault<'a> {
    /// Everything else that is to be said.
    pub problem: Box<Problem>,
    /// The wrong name, and where the right one may be.
    sought: Option<(String, Pool<'a>)>,
}

impl From<Problem> for Fault<'_> {
    fn from(problem: Problem) -> Self {
        Fault { problem: Box::new(problem), sought: None }
    }
}

impl<'a> Fault<'a> {
    /// A problem with `wrong`, which should be in `pool`.
    pub fn among(pool: Pool<'a>, wrong: impl Into<String>, problem: Problem) -> Self {
        Fault { problem: Box::new(problem), sought: Some((wrong.into(), pool)) }
    }

    /// Whether any title could be the right name.
    pub fn is_among_titles(&self) -> bool {
        matches!(self.sought, Some((_, Pool::Titles(_))))
    }

    /// The same, with more said.
    pub fn with(self, more: impl FnOnce(Problem) -> Problem) -> Self {
        Fault { problem: Box::new(more(*self.problem)), ..self }
    }
}

/// Titles, files and paths of a site, to look for names in.
pub struct Pools<'a> {
    /// All pages.
    pub pages: &'a Pages,
    /// All other files.
    pub library: &'a Library,
    /// All paths below the root.
    pub urls: &'a dyn Fn() -> Vec<&'a str>,
}

impl<'a> Pools<'a> {
    /// Everything in a pool, in a fixed order.
    fn all(&self, pool: Pool<'a>) -> Vec<Cow<'a, str>> {
        match pool {
            Pool::Titles(kind) => {
                let pages = self.pages.iter();
                let pages = pages.filter(|page| kind.is_none_or(|kind| page.kind == kind));
                pages.map(|page| Cow::Borrowed(&*page.title)).collect()
            }
            Pool::Paths => self.pages.iter().map(|page| Cow::Borrowed(&*page.row.path)).collect(),
            Pool::Urls => (self.urls)().into_iter().map(Cow::Borrowed).collect(),
            Pool::Beside(folder) => {
                self.library.beside(folder).map(|(_, media)| Cow::Borrowed(media.name())).collect()
            }
            Pool::Anchors(row) => row.facts.aside.anchors().into_iter().map(Cow::Owned).collect(),
        }
    }

    /// The problems, each with what was probably meant.
    pub fn suggest(&self, faults: Vec<Fault<'a>>) -> Vec<Problem> {
        self.within(BUDGET, faults)
    }

    fn within(&self, mut budget: usize, faults: Vec<Fault<'a>>) -> Vec<Problem> {
        let mut sought: BTreeMap<Key<'a>, (Pool<'a>, BTreeSet<&str>)> = BTreeMap::new();
        for (wrong, pool) in faults.iter().filter_map(|fault| fault.sought.as_ref()) {
            sought.entry(pool.key()).or_insert((*pool, BTreeSet::new())).1.insert(wrong);
        }
        let mut meant: BTreeMap<(Key<'a>, &str), String> = BTreeMap::new();
        for (key, (pool, names)) in sought {
            let all = self.all(pool);
            let all: Vec<&str> = all.iter().map(|name| &**name).collect();
            let bytes: usize = all.iter().map(|name| name.len()).sum();
            let moved = matches!(pool, Pool::Paths | Pool::Urls).then(|| moved(&all));
            let mut far = Vec::new();
            for wrong in names {
                if let Some(Some(at)) = moved.as_ref().and_then(|moved| moved.get(last(wrong))) {
                    meant.insert((key, wrong), (*at).to_owned());
                    continue;
                }
                let cost = bytes.saturating_mul(wrong.len());
                if cost <= budget {
                    budget -= cost;
                    far.push(wrong);
                }
            }
            let found = crate::parallel::map(&far, |wrong| nearest(wrong, all.iter().copied()));
            let found = far.iter().zip(found);
            meant.extend(found.filter_map(|(wrong, found)| Some(((key, *wrong), found?))));
        }
        let suggestion = |fault: &Fault<'a>| {
            let (wrong, pool) = fault.sought.as_ref()?;
            meant.get(&(pool.key(), wrong.as_str())).cloned()
        };
        let suggestions: Vec<Option<String>> = faults.iter().map(suggestion).collect();
        let told = faults.into_iter().zip(suggestions);
        told.map(|(fault, suggestion)| Problem { suggestion, ..*fault.problem }).collect()
    }
}

/// What a path is called in its folder: `qingle` for `content/villages/qingle/index.md` and `/villages/qingle/`.
fn last(path: &str) -> &str {
    let bare = path.strip_suffix("/index.md").or_else(|| path.strip_suffix(".md")).unwrap_or(path);
    let bare = bare.trim_end_matches('/');
    bare.rsplit_once('/').map_or(bare, |(_, last)| last)
}

/// Paths by what they are called in their folders; `None` for a name that several have.
fn moved<'a>(all: &[&'a str]) -> HashMap<&'a str, Option<&'a str>> {
    let mut moved = HashMap::new();
    for path in all {
        moved.entry(last(path)).and_modify(|other| *other = None).or_insert(Some(*path));
    }
    moved.remove("");
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(budget: usize, urls: &[&str], wrong: &[&str]) -> Vec<Option<String>> {
        let all = || urls.to_vec();
        let pools = Pools { pages: &Pages::default(), library: &Library::default(), urls: &all };
        let fault = |wrong: &&str| Fault::among(Pool::Urls, *wrong, Problem::new("link-broken"));
        let told = pools.within(budget, wrong.iter().map(fault).collect());
        told.into_iter().map(|problem| problem.suggestion).collect()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn what_has_moved_is_found_by_its_own_name() {
        assert_eq!(told(0, &["villages/qingle/", "news/"], &["/old/qingle/"]), [some("villages/qingle/")]);
        assert_eq!(told(0, &["a/qingle/", "b/qingle/"], &["/old/qingle/"]), [None], "which of two?");
    }

    #[test]
    fn what_is_written_wrong_is_found_by_its_letters() {
        assert_eq!(told(1_000, &["villages/", "news/"], &["/vilages/", "/x/"]), [some("villages/"), None]);
    }

    #[test]
    fn names_beyond_the_budget_get_no_suggestion_and_are_told_all_the_same() {
        let (urls, wrong) = (["villages/"], ["/vilages/", "/villagess/", "/vilages/"]);
        assert_eq!(told(85, &urls, &wrong), [some("villages/"), None, some("villages/")]);
    }

    #[test]
    fn names_in_folders() {
        assert_eq!(last("content/villages/qingle/index.md"), "qingle");
        assert_eq!(last("content/villages/qingle.md"), "qingle");
        assert_eq!(last("/villages/qingle/"), "qingle");
        assert_eq!(last("content/_index.md"), "_index");
        assert_eq!(last("/"), "");
    }
}
