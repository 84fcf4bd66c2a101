//! model: rows → the showcase. URLs, sections, relations, links, tags, albums, and what is visible today.
//!
//! In comes [`Loaded`], out goes [`Model`], whole and immutable. Columns are computed one after the other, each from
//! those before it; nothing points back. `today` ends here: what leaves this stage carries facts, never the date.

mod again;
mod albums;
mod alike;
mod asked;
mod came;
mod column;
mod events;
mod library;
mod links;
mod lists;
mod meant;
mod names;
mod near;
mod order;
mod paths;
mod relations;
mod rules;
mod sections;
mod shift;
mod similar;
mod stock;
mod terms;
mod translations;
mod urls;
mod visible;

pub use again::{Changes, Ground, News, again};
pub use alike::{is_same_to_others, is_shown_otherwise};
pub use came::{Touched, may_be_retitled, touched_by_news};
pub use column::Column;
pub use events::{Event, EventId, Timeline};
pub use library::{Legend, Library, MediaId};
pub use links::{Arg, ArticleLinks, Component, Links, Target, picture};
pub use lists::{Group, Listed, Scope, select};
pub use names::{Found, Names, World};
pub use paths::below_root;
pub use relations::Relations;
pub use sections::{Section, SectionId};
pub use shift::Shift;
pub use terms::{Tag, Term, all as terms_url, url as term_url};
pub use translations::Translations;
pub use visible::visibility;

use crate::build::load::{Loaded, Row, Theme};
use crate::config::{Config, LanguageId};
use crate::kinds::{Date, KindId, Kinds};
use crate::parallel;
use crate::problem::Problem;
use asked::Asked;
use near::Places;
use order::Ranks;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

/// The number of a page in [`Model::pages`]; pages are sorted by path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PageId(NonZeroU32);

impl PageId {
    /// The page at a place.
    pub fn new(at: usize) -> Self {
        // More pages than that would not fit into memory. From one on, so that no page takes no more room than a page.
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        PageId(NonZeroU32::MIN.saturating_add(number))
    }

    /// Its place.
    pub fn at(self) -> usize {
        (self.0.get() - 1) as usize
    }
}

/// The day that a build is made for, and whether it looks beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// The day, in the site's time zone.
    pub date: jiff::civil::Date,
    /// Show drafts too.
    pub drafts: bool,
    /// Show what is scheduled, dated later, or expired too.
    pub future: bool,
}

/// One page (sections have [`Section`]).
#[derive(Clone, Debug)]
pub struct Page {
    /// What was read.
    pub row: Arc<Row>,
    /// Its kind.
    pub kind: KindId,
    /// Title: front matter, else the first heading, else the file's name.
    pub title: Arc<str>,
    /// Path of its URL below the root, such as `news/a/` or `indicators/#a`; never with a leading slash.
    pub url: Box<str>,
    /// The section it stands in.
    pub section: SectionId,
    /// Its language.
    pub language: LanguageId,
    /// Its date: here too, since every list asks for it.
    pub date: Option<Date>,
    /// Whether it is on show.
    pub visible: bool,
    /// Whether what it tells of is over: a notice whose term has ended.
    pub ended: bool,
    /// Whether it has a page of its own.
    pub has_page: bool,
}

impl Page {
    /// The last part of the URL.
    pub fn slug(&self) -> &str {
        self.url.trim_end_matches('/').rsplit(['/', '#']).next().unwrap_or_default()
    }
}

/// All pages.
pub type Pages = Column<Page>;

/// The showcase. Columns are shared with the model after it where nothing changed (see [`again()`]).
#[derive(Clone, Debug)]
pub struct Model {
    /// `site.toml`.
    pub config: Arc<Config>,
    /// The kind table.
    pub kinds: Arc<Kinds>,
    /// Words, lists, components.
    pub theme: Arc<Theme>,
    /// All pages, sorted by path.
    pub pages: Pages,
    /// All sections, one tree a language; the main language's home is the first.
    pub sections: Arc<Vec<Section>>,
    /// Pages in several languages.
    pub translations: Arc<Translations>,
    /// The line of time.
    pub timeline: Arc<Timeline>,
    /// Relations in both directions.
    pub relations: Arc<Relations>,
    /// What links, images and components of each page mean.
    pub links: Links,
    /// Photos, attachments and other files.
    pub library: Arc<Library>,
    /// Tags, sorted by URL.
    pub terms: Arc<Vec<Term>>,
    term_urls: Arc<terms::Urls>,
    ranks: Arc<Ranks>,
    /// The visible pages of each kind in the kind's order, by kind.
    pub by_kind: Arc<Vec<Vec<PageId>>>,
    /// The visible pages with a page of their own, newest first.
    pub by_date: Arc<Vec<PageId>>,
    places: Arc<Places>,
    /// The next day on which something appears or goes.
    pub next_change: Option<jiff::civil::Date>,
}

/// Rows → model.
pub fn assemble(loaded: Loaded, config: Config, kinds: Kinds, today: Today) -> (Model, Vec<Problem>) {
    let (model, _, problems) = laid(loaded, config, kinds, today, None);
    (model, problems)
}

/// Rows → model, and what [`again()`] needs for the next.
pub fn assemble_to_go_on(
    loaded: Loaded,
    config: Config,
    kinds: Kinds,
    today: Today,
) -> (Model, Ground, Vec<Problem>) {
    laid(loaded, config, kinds, today, Some(Arc::default()))
}

fn laid(
    loaded: Loaded,
    config: Config,
    kinds: Kinds,
    today: Today,
    asked: Option<Arc<Asked>>,
) -> (Model, Ground, Vec<Problem>) {
    let Loaded { rows, media, theme } = loaded;
    let (rows, section_rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !row.is_section());
    let mut sections = sections::trees(&section_rows, &rows, &kinds, &config);
    let (pages, pages_change) = urls::pages(rows, &sections, &kinds, &today);
    let ((ranks, library), mut problems) = parallel::both(
        || (Ranks::new(&pages), Library::new(media, &pages, &sections)),
        || urls::same(&pages, &sections),
    );
    let translations = Translations::new(&pages);
    let names = Names::noting(asked.clone());
    let world = World { pages: &pages, translations: &translations };
    let relations = || Relations::resolve(&world, &names, &library, &kinds, &ranks);
    let mut order = Ordered::new(world, &mut sections, &ranks, relations, (&config, &kinds, &today));
    problems.append(&mut order.problems);
    let tags = std::mem::take(&mut order.tags);
    let addresses = links::Addresses::new(tags, &sections, &theme);
    let noted = asked.as_deref();
    let world = links::World::new(world, &sections, &names, &library, &theme, &kinds, &addresses, noted);
    let (links, faults) = Links::resolve(&world, &sections);
    problems.extend(faults);
    let asked = asked.unwrap_or_default();
    let ground = Ground { names, addresses, asked, pages_change, troubled: !problems.is_empty() };
    let model = order.model(Others {
        config: Arc::new(config),
        kinds: Arc::new(kinds),
        theme: Arc::new(theme),
        pages,
        sections: Arc::new(sections),
        translations: Arc::new(translations),
        links,
        library: Arc::new(library),
        ranks: Arc::new(ranks),
        pages_change,
    });
    problems.extend(lists::check(&model));
    problems.extend(rules::check(&model));
    problems.extend(albums::check(&model));
    problems.extend(albums::mute(&model));
    (model, ground, problems)
}

/// The columns that say what stands where: made anew whenever a page came, went, or is dated, tagged or related otherwise.
struct Ordered {
    relations: Relations,
    timeline: Timeline,
    terms: Vec<Term>,
    term_urls: terms::Urls,
    /// What [`terms::urls`] says.
    tags: BTreeMap<String, bool>,
    by_kind: Vec<Vec<PageId>>,
    by_date: Vec<PageId>,
    places: Places,
    /// The next day on which an event is over, or a section appears or goes.
    change: Option<jiff::civil::Date>,
    problems: Vec<Problem>,
}

/// The columns of a model besides.
struct Others {
    config: Arc<Config>,
    kinds: Arc<Kinds>,
    theme: Arc<Theme>,
    pages: Pages,
    sections: Arc<Vec<Section>>,
    translations: Arc<Translations>,
    links: Links,
    library: Arc<Library>,
    ranks: Arc<Ranks>,
    /// The next day on which a page appears or goes.
    pages_change: Option<jiff::civil::Date>,
}

impl Ordered {
    /// The model with these columns and the others.
    fn model(self, others: Others) -> Model {
        Model {
            next_change: [others.pages_change, self.change].into_iter().flatten().min(),
            timeline: Arc::new(self.timeline),
            relations: Arc::new(self.relations),
            terms: Arc::new(self.terms),
            term_urls: Arc::new(self.term_urls),
            by_kind: Arc::new(self.by_kind),
            by_date: Arc::new(self.by_date),
            places: Arc::new(self.places),
            config: others.config,
            kinds: others.kinds,
            theme: others.theme,
            pages: others.pages,
            sections: others.sections,
            translations: others.translations,
            links: others.links,
            library: others.library,
            ranks: others.ranks,
        }
    }

    /// Makes them, and puts the pages into their sections; the relations, of which something may be wrong, are found meanwhile.
    fn new(
        world: World<'_>,
        sections: &mut [Section],
        ranks: &Ranks,
        relations: impl FnOnce() -> (Relations, Vec<Problem>) + Send,
        (config, kinds, today): (&Config, &Kinds, &Today),
    ) -> Self {
        let pages = world.pages;
        let ((terms, term_urls, tags, alike, sections_change), (relations, unknown, by_kind, rest)) =
            parallel::both(
                || {
                    let (terms, urls, alike) = terms::collect(pages, config, ranks);
                    let tags = terms::urls(pages, &terms, config);
                    let change = sections::fill(sections, pages, kinds, ranks, today);
                    (terms, urls, tags, alike, change)
                },
                || {
                    let (relations, unknown) = relations();
                    let by_kind = order::by_kind(pages, kinds, ranks);
                    let places = Places::new(pages, &by_kind);
                    let timeline = events::collect(pages, kinds, today);
                    (relations, unknown, by_kind, (timeline, order::by_date(pages, ranks), places))
                },
            );
        let ((timeline, events_change), by_date, places) = rest;
        Ordered {
            relations,
            timeline,
            terms,
            term_urls,
            tags,
            by_kind,
            by_date,
            places,
            change: [events_change, sections_change].into_iter().flatten().min(),
            problems: alike.into_iter().chain(unknown).collect(),
        }
    }
}

impl Model {
    /// The same pages, newest first.
    pub fn newest(&self, pages: &[PageId]) -> Vec<PageId> {
        let mut pages = pages.to_vec();
        self.ranks.newest(&mut pages);
        pages
    }

    /// The pages of a section in the order in which one follows another: those that have a page of their own.
    pub fn in_turn(&self, section: &Section) -> Vec<PageId> {
        section.pages.iter().copied().filter(|id| self.page(*id).has_page).collect()
    }

    /// A page by its number.
    pub fn page(&self, id: PageId) -> &Page {
        &self.pages[id.at()]
    }

    /// A section by its number.
    pub fn section(&self, id: SectionId) -> &Section {
        &self.sections[id.0]
    }

    /// The tags of a page, each with its URL. Those of pages on show are known, for slugs take time.
    pub fn tags(&self, id: PageId) -> impl Iterator<Item = Tag<'_>> {
        let page = self.page(id);
        let mut known = self.term_urls.of(id);
        page.row.front.common.tags.iter().map(move |name| match known.next() {
            Some((number, url)) => Tag { name, url: Cow::Borrowed(url), number: Some(number) },
            None => Tag { name, url: Cow::Owned(term_url(name, page.language, &self.config)), number: None },
        })
    }

    /// How many different tags pages on show name, as they write them.
    pub fn tag_count(&self) -> usize {
        self.term_urls.count()
    }

    /// The home page of a language, if the site has files in it.
    pub fn home(&self, language: LanguageId) -> Option<SectionId> {
        let home = |section: &Section| section.parent.is_none() && section.language == language;
        self.sections.iter().position(home).map(SectionId)
    }

    /// The languages in which something is on show.
    pub fn spoken(&self) -> impl Iterator<Item = LanguageId> {
        let trees = self.sections.chunk_by(|a, b| a.language == b.language);
        trees.filter_map(|tree| tree.iter().find(|section| !section.hidden).map(|section| section.language))
    }

    /// The section itself, or the first one above it that is on show; home if none is.
    pub fn shown(&self, id: SectionId) -> SectionId {
        let section = self.section(id);
        section.parent.filter(|_| section.hidden).map_or(id, |above| self.shown(above))
    }

    /// The photos of a page, in order.
    pub fn album(&self, id: PageId) -> Vec<MediaId> {
        let page = self.page(id);
        self.library.album(page, self.is_album(page))
    }

    /// Whether all photos beside a page are its own.
    fn is_album(&self, page: &Page) -> bool {
        self.kinds.get(page.kind).key == "album"
    }

    /// All pages on show, with their numbers, by path.
    pub fn visible(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.pages
            .iter()
            .enumerate()
            .filter(|(_, page)| page.visible)
            .map(|(at, page)| (PageId::new(at), page))
    }
}
