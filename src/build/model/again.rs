//! The model once more, after a few pages changed: what cannot have changed is shared with the model before.
//!
//! Where only articles, titles and the like are new ([`alike()`]), all columns but the pages and their links are shared. Where
//! pages came, went, or say other dates, tags or fields, the columns of [`Ordered`] are made anew from the pages, as in
//! [`super::assemble`]; names, links and files are shared, if nobody asked for what came or went ([`Asked`]). Sections may say
//! other words and sort otherwise ([`sections::again`]). What comes out is
//! what [`super::assemble`] makes of all rows, or nothing. A key that is added to front matter does not compile before it is
//! decided here.

use super::alike::{alike, same_fields, same_headings, stays};
use super::asked::Asked;
use super::links::{Addresses, World};
use super::names::{World as People, forms};
use super::order::Ranks;
use super::stock::Stock;
use super::visible::visibility;
use super::{
    Library, Links, Model, Names, Ordered, Others, Page, PageId, Pages, Relations, Section, SectionId, Shift,
    Today, albums, below_root, sections, stock, translations, urls,
};
use crate::build::load::{Media, Row};
use crate::config::{LanguageId, Profile};
use jiff::civil::Date as Day;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What is kept of a model's making for the next.
#[derive(Debug)]
pub struct Ground {
    pub(super) names: Names,
    pub(super) addresses: Addresses,
    pub(super) asked: Arc<Asked>,
    /// The next day on which a page appears or goes.
    pub(super) pages_change: Option<Day>,
    /// Whether something is wrong between pages.
    pub(super) troubled: bool,
}

/// What is different from the rows of a model.
#[derive(Clone, Copy, Debug)]
pub struct News<'n> {
    /// Rows that are new or not as they were, sorted by path.
    pub rows: &'n [Arc<Row>],
    /// The files of rows that are no more.
    pub gone: &'n [Arc<str>],
    /// Other files that are new or not as they were, sorted by path.
    pub media: &'n [Arc<Media>],
    /// Other files that are no more.
    pub media_gone: &'n [Arc<str>],
}

/// In what a model differs from the one before.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Pages that have changed, as they were numbered and as they are.
    pub changed: Vec<(PageId, PageId)>,
    /// Which pages came and went.
    pub shift: Shift,
    /// Sections whose own files say something else.
    pub sections: Vec<SectionId>,
    /// Whether lists and what else is sorted may hold other pages.
    pub ordered: bool,
    /// Whether other aliases may lead to pages.
    pub aliases: bool,
    /// Whether files that are no pages may be others, or stand elsewhere.
    pub files: bool,
}

/// The news, by what they do to a model.
#[derive(Default)]
struct Sorted {
    /// Pages in place of those with these numbers.
    changed: Vec<(usize, Page)>,
    /// Pages with the numbers of those before which they stand, sorted.
    came: Vec<(usize, Page)>,
    /// Sorted.
    gone: Vec<usize>,
    /// Whether pages have to be put in order anew.
    ordered: bool,
    /// Whether a page has other aliases, or one that has any came or went.
    aliases: bool,
    /// Whether files may stand beside other pages.
    files: bool,
}

/// The model of the rows of `before` with these news, and in what it differs; nothing if more may be different. All else
/// that the model is made of must be as it was, `today` too, and neither the rows nor what they replace may have any problem.
pub fn again(
    before: &Model,
    ground: &Ground,
    news: &News<'_>,
    today: &Today,
) -> Option<(Model, Ground, Changes)> {
    let (of_sections, of_pages): (Vec<_>, Vec<_>) = news.rows.iter().partition(|row| row.is_section());
    let mut sorted = sort(before, ground, (&of_pages, news.gone), today)?;
    let resaid = wanted(!of_sections.is_empty(), || {
        sections::again(&before.sections, &of_sections, &before.kinds, &before.config)
    })?;
    sorted.files |= !news.media.is_empty() || !news.media_gone.is_empty();
    let stock = wanted(sorted.files, || stock::stock(before, news))?;
    sorted.ordered |= sorted.files || resaid.as_ref().is_some_and(|resaid| resaid.ordered);
    if sorted.ordered && ground.troubled {
        return None;
    }
    let (said, resaid) = match resaid {
        Some(resaid) => (Arc::new(resaid.all), resaid.which),
        None => (Arc::clone(&before.sections), Vec::new()),
    };
    let pages_change = pages_change(before, ground, &sorted, today);
    let Sorted { ordered, aliases, files, .. } = sorted;
    let placed = Placed::new(before, sorted);
    if placed.came().any(|(_, page)| urls::is_taken(&page.url, &placed.pages, &before.sections)) {
        return None;
    }
    let translations = if placed.shift.is_none() {
        Arc::clone(&before.translations)
    } else {
        Arc::new(before.translations.again(&placed.shift, &before.pages, &placed.pages))
    };
    let new = placed.changed().chain(placed.came());
    let names = ground.names.with(&placed.shift, new);
    let people = People { pages: &placed.pages, translations: &translations };
    let library = match &stock {
        Some(stock) => Arc::new(stock.library(&placed.pages, &before.sections)),
        None => Arc::clone(&before.library),
    };
    let order = wanted(ordered, || order(before, &placed, (people, &names), &library, &said, today))?;
    let sections = order.as_ref().map_or(&**said, |(_, sections, _)| sections);
    let addresses = match &order {
        Some((order, ..)) => {
            addresses(before, ground, &order.tags, sections, placed.shift.is_none() && !aliases)?
        }
        None => ground.addresses.clone(),
    };
    let asked = Some(&*ground.asked);
    let (theme, kinds) = (&before.theme, &before.kinds);
    let world = World::new(people, sections, &names, &library, theme, kinds, &addresses, asked);
    let links = links(before, &placed, &world, stock.as_ref(), (&resaid, sections), &library)?;
    let asked = Arc::clone(&ground.asked);
    let ground = Ground { names, addresses, asked, pages_change, troubled: ground.troubled };
    let Placed { pages, shift, changed, .. } = placed;
    let model = match order {
        Some((order, sections, ranks)) => order.model(Others {
            config: Arc::clone(&before.config),
            kinds: Arc::clone(&before.kinds),
            theme: Arc::clone(&before.theme),
            library,
            pages,
            sections: Arc::new(sections),
            translations,
            links,
            ranks: Arc::new(ranks),
            pages_change,
        }),
        None => Model { pages, links, sections: said, translations, ..before.clone() },
    };
    if stock.is_some_and(|stock| !stock.is_quiet(before, &model)) {
        return None;
    }
    Some((model, ground, Changes { changed, shift, sections: resaid, ordered, aliases, files }))
}

/// What is made if it is wanted; nothing if it is wanted and cannot be made.
fn wanted<T>(wanted: bool, make: impl FnOnce() -> Option<T>) -> Option<Option<T>> {
    if wanted { make().map(Some) } else { Some(None) }
}

/// The pages with the news among them.
struct Placed {
    pages: Pages,
    shift: Shift,
    /// Those that changed, as they were numbered and as they are.
    changed: Vec<(PageId, PageId)>,
    /// Those of them that say otherwise what they are about.
    related: Vec<(PageId, PageId)>,
    /// Before which of the pages that there were each stands that came.
    places: Vec<usize>,
}

impl Placed {
    fn new(before: &Model, sorted: Sorted) -> Self {
        let Sorted { changed, came, gone, .. } = sorted;
        let says_otherwise =
            |(at, page): &(usize, Page)| !same_fields(&before.pages[*at].row.front, &page.row.front);
        let places: Vec<usize> = came.iter().map(|(before, _)| *before).collect();
        let shift = Shift::new(gone, places.clone());
        let stays = |at: usize| Some((PageId::new(at), shift.moved(PageId::new(at))?));
        let (mut ids, mut related) = (Vec::new(), Vec::new());
        for one in &changed {
            if let Some(id) = stays(one.0) {
                ids.push(id);
                related.extend(says_otherwise(one).then_some(id));
            }
        }
        let pages = before.pages.with(changed).spliced(shift.gone(), came);
        Placed { pages, shift, changed: ids, related, places }
    }

    fn changed(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.changed.iter().map(|(_, now)| (*now, &self.pages[now.at()]))
    }

    fn came(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.shift.came().map(|id| (id, &self.pages[id.at()]))
    }
}

/// The pages in their order, the sections with what they hold, and the ranks; nothing if something is wrong between pages, or a
/// section comes or goes.
fn order(
    before: &Model,
    placed: &Placed,
    (people, names): (People<'_>, &Names),
    library: &Library,
    said: &[Section],
    today: &Today,
) -> Option<(Ordered, Vec<Section>, Ranks)> {
    let mut sections = said.to_vec();
    for section in &mut sections {
        section.hidden = false;
        section.pages.clear();
    }
    let ranks = Ranks::new(&placed.pages);
    let known = &before.relations;
    let relations = || {
        let again = if placed.related.is_empty() && placed.shift.is_none() {
            Some(known.ranked(&ranks))
        } else {
            known.again(&people, names, &before.kinds, (&placed.shift, &placed.related), &ranks)
        };
        let whole = || Relations::resolve(&people, names, library, &before.kinds, &ranks);
        again.map_or_else(whole, |relations| (relations, Vec::new()))
    };
    let site = (&*before.config, &*before.kinds, today);
    let order = Ordered::new(people, &mut sections, &ranks, relations, site);
    let hidden = |sections: &[Section]| sections.iter().map(|section| section.hidden).collect::<Vec<_>>();
    let same = order.problems.is_empty() && hidden(&sections) == hidden(&before.sections);
    same.then_some((order, sections, ranks))
}

/// The links of all articles, those of sections that say otherwise (`resaid`) too; nothing if one is broken, or leads to a file that
/// is no more.
fn links(
    before: &Model,
    placed: &Placed,
    world: &World<'_>,
    stock: Option<&Stock>,
    (resaid, all): (&[SectionId], &[Section]),
    library: &Library,
) -> Option<Links> {
    let faultless = |row: &Row| {
        let (article, faults) = world.article(row);
        faults.is_empty().then_some(article)
    };
    let article = |page: &Page| {
        faultless(&page.row).filter(|article| albums::silent(library, &page.row, article).is_none())
    };
    let new = placed.places.iter().zip(placed.came());
    let new = new.map(|(place, (_, page))| Some((*place, article(page)?))).collect::<Option<_>>()?;
    let renewed = placed.changed().map(|(id, page)| Some((id.at(), article(page)?)));
    let renewed = renewed.collect::<Option<Vec<_>>>()?;
    let links = match stock {
        Some(stock) => {
            let renewed = placed.changed.iter().map(|(old, _)| old.at()).collect();
            stock.renumbered(&before.links, &placed.shift, &renewed)?.shifted(&placed.shift, new)
        }
        None => before.links.shifted(&placed.shift, new),
    };
    let mut sections = links.sections;
    for id in resaid {
        let row = all[id.0].row.as_ref()?;
        Arc::make_mut(&mut sections)[id.0] = faultless(row)?;
    }
    Some(Links { pages: links.pages.with(renewed), sections })
}

/// What each row does to the model; nothing if one of them means assembling anew.
fn sort(
    before: &Model,
    ground: &Ground,
    (rows, gone): (&[&Arc<Row>], &[Arc<str>]),
    today: &Today,
) -> Option<Sorted> {
    let mut sorted = Sorted::default();
    for row in rows {
        let place = before.pages.seek(|page| page.row.path.cmp(&row.path));
        if let Ok(at) = place
            && let old = &before.pages[at]
            && stays(&old.row, row)
        {
            let home = (old.section, before.section(old.section));
            let visibility = visibility(row, before.kinds.get(old.kind), today);
            let page = Page {
                title: urls::title(row),
                date: row.front.common.date,
                visible: visibility.visible,
                ended: visibility.ended,
                row: Arc::clone(row),
                ..old.clone()
            };
            let headings = same_headings(&old.row, row) || !ground.asked.has_headings(&old.row);
            let (left, now) = (aliases_of(&old.row), aliases_of(row));
            let asked =
                |alias: &String| left.contains(alias) != now.contains(alias) && is_asked(ground, alias);
            if page.visible != old.visible
                || !headings
                || !may_be_renamed(ground, old, &page)
                || left.iter().chain(now).any(asked)
            {
                return None;
            }
            sorted.aliases |= left != now;
            sorted.ordered |=
                !alike(&old.row, row) || old.title != page.title && by_title(before, old, home.1);
            sorted.changed.push((at, page));
            continue;
        }
        let home = before.sections.iter().position(|section| {
            section.language == row.language && section.folder == sections::home_of(row)
        })?;
        let home = (SectionId(home), &before.sections[home]);
        let (page, _) = urls::page(Arc::clone(row), &slugs(before, row)?, home, &before.kinds, today);
        if !may_come_or_go(before, ground, &page) || !is_plain(before, row) {
            return None;
        }
        if let Ok(at) = place {
            sorted.gone.push(at);
        }
        sorted.came.push((place.unwrap_or_else(|place| place), page));
    }
    for path in gone {
        sorted.gone.push(before.pages.find(|page| (*page.row.path).cmp(path))?);
    }
    sorted.gone.sort_unstable();
    let going = |at: &usize| may_come_or_go(before, ground, &before.pages[*at]);
    let stands = |at: &usize| has_others(before, &sorted, before.pages[*at].section);
    if !sorted.gone.iter().all(|at| going(at) && stands(at)) {
        return None;
    }
    // What lies beside a page in a folder of its own stands where it does.
    sorted.files = sorted.gone.iter().any(|at| before.pages[*at].row.is_bundle())
        || sorted.came.iter().any(|(_, page)| page.row.is_bundle());
    let has_alias = |page: &Page| !aliases_of(&page.row).is_empty();
    sorted.aliases |= sorted.gone.iter().any(|at| has_alias(&before.pages[*at]))
        || sorted.came.iter().any(|(_, page)| has_alias(page));
    sorted.ordered |= sorted.aliases || !sorted.gone.is_empty() || !sorted.came.is_empty();
    Some(sorted)
}

fn aliases_of(row: &Row) -> &[String] {
    &row.front.common.rare.aliases
}

/// Whether anybody links to an alias, or to what stands there in its place.
fn is_asked(ground: &Ground, alias: &str) -> bool {
    ground.asked.has_url(&below_root(alias))
}

/// The slug that a page has from its subject in the main language; nothing if it has one for others.
fn slugs(before: &Model, row: &Row) -> Option<HashMap<String, Box<str>>> {
    let mut slugs = HashMap::new();
    if before.translations.is_none() {
        return Some(slugs);
    }
    let subject = row.subject();
    let rare = |row: &Row| row.front.common.rare.slug.clone();
    for (language, id) in translations::of_subject(&subject, &before.pages) {
        let other = &before.page(id).row;
        if other.path == row.path {
            continue;
        }
        if row.language == LanguageId::MAIN && (language == LanguageId::MAIN || rare(row).is_some()) {
            return None;
        }
        if language == LanguageId::MAIN {
            slugs.extend(rare(other).map(|slug| (subject.clone(), slug)));
        }
    }
    Some(slugs)
}

/// Whether nobody would miss a page, or meet it, but in lists; nor its translations, in place of which it is shown.
pub(super) fn may_come_or_go(before: &Model, ground: &Ground, page: &Page) -> bool {
    let row = &page.row;
    let asked = &ground.asked;
    row.problems.is_empty()
        && !row.is_section()
        && page.visible
        && !asked.has_guessed()
        && !asked.has_url(&page.url)
        && !asked.has_headings(row)
        && !aliases_of(row).iter().any(|alias| is_asked(ground, alias))
        && !is_called(ground, page)
        && (before.translations.is_none() || stands_alone(before, ground, page))
}

/// Whether anybody looked for a page by its file or a name.
fn is_called(ground: &Ground, page: &Page) -> bool {
    ground.asked.has_file(&page.row.path) || forms(page).into_iter().any(|form| ground.asked.has_name(form))
}

/// Whether a page gives no slug to others, and nobody looked for its translations.
fn stands_alone(before: &Model, ground: &Ground, page: &Page) -> bool {
    let (row, subject) = (&page.row, page.row.subject());
    let mut others = translations::of_subject(&subject, &before.pages).into_iter();
    others.all(|(language, id)| {
        let other = before.page(id);
        let gives = row.language == LanguageId::MAIN && row.front.common.rare.slug.is_some();
        other.row.path == row.path
            || language != row.language && !gives && !is_called(ground, other) && other.visible
    })
}

/// Whether no rule may be told of a new page.
fn is_plain(before: &Model, row: &Row) -> bool {
    let common = &row.front.common;
    let told = before.config.profile == Profile::Gov && common.credit.source.is_none();
    common.rare.layout.is_none() && !told
}

/// Whether a section is there without the pages that go.
fn has_others(before: &Model, sorted: &Sorted, section: SectionId) -> bool {
    let pages = before.pages.iter().enumerate();
    before.section(section).row.is_some()
        || sorted.came.iter().any(|(_, page)| page.section == section)
        || pages.into_iter().any(|(at, page)| page.section == section && !sorted.gone.contains(&at))
}

/// Whether nobody calls a page by its old or its new title.
fn may_be_renamed(ground: &Ground, old: &Page, new: &Page) -> bool {
    let asked = &ground.asked;
    old.title == new.title
        || old.visible
            && !asked.has_guessed()
            && ![&old.title, &new.title].into_iter().any(|title| asked.has_name(title))
}

/// Whether a list stands in the order of titles.
fn by_title(before: &Model, page: &Page, section: &Section) -> bool {
    let common = section.row.as_ref().map(|row| &row.front.common);
    let (sort_by, _) = sections::sorting(common, before.kinds.get(section.kind));
    sort_by == "title" || before.kinds.get(page.kind).sort_by == "title"
}

/// The next day on which a page appears or goes.
fn pages_change(before: &Model, ground: &Ground, sorted: &Sorted, today: &Today) -> Option<Day> {
    let change = |page: &Page| visibility(&page.row, before.kinds.get(page.kind), today).changes;
    let left = sorted.changed.iter().map(|(at, _)| at).chain(&sorted.gone);
    let new = sorted.changed.iter().chain(&sorted.came).filter_map(|(_, page)| change(page));
    let mut left = left.filter_map(|at| change(&before.pages[*at]));
    let rest = if left.any(|day| Some(day) == ground.pages_change) {
        let others = before.pages.iter().enumerate().filter(|(at, _)| {
            !sorted.gone.contains(at) && !sorted.changed.iter().any(|(changed, _)| changed == at)
        });
        others.filter_map(|(_, page)| change(page)).min()
    } else {
        ground.pages_change
    };
    new.chain(rest).min()
}

/// What stands at paths below the root now; nothing if somebody asked for a tag that came or went.
fn addresses(
    before: &Model,
    ground: &Ground,
    tags: &BTreeMap<String, bool>,
    sections: &[Section],
    same_pages: bool,
) -> Option<Addresses> {
    let new = Addresses::new(tags.clone(), sections, &before.theme);
    let (old, made) = (ground.addresses.made(), new.made());
    if old == made {
        return Some(if same_pages { ground.addresses.clone() } else { new });
    }
    let differs = |(url, shown): (&String, &bool), other: &BTreeMap<String, bool>| {
        other.get(url) != Some(shown) && ground.asked.has_url(url)
    };
    let asked = old.iter().any(|entry| differs(entry, made)) || made.iter().any(|entry| differs(entry, old));
    (!asked).then_some(new)
}
