//! What links, images and components in articles mean. Every one is resolved and checked here, for pages and sections.

use super::asked::Asked;
use super::column::Column;
use super::library::MediaId;
use super::meant::{Fault, Pool, Pools};
use super::names::World as People;
use super::paths::{below_root, decoded, join, made_for, scheme, split_anchor, with_anchor};
use super::{Found, Library, Names, PageId, Pages, Section};
use crate::build::load::{ComponentUse, Row, Theme};
use crate::build::markdown::LinkKind;
use crate::config::LanguageId;
use crate::kinds::{Free, Kinds, Reference, Value};
use crate::problem::{Problem, Spot};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Where a link goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Target {
    /// A path below the root, perhaps with an anchor.
    Inside(String),
    /// An anchor of the same page, or nothing.
    Here(String),
    /// Somewhere else.
    Outside(String),
    /// A file that is published because of this link; articles digest where, since numbers move with other files.
    File(#[serde(skip)] MediaId),
    /// Nowhere: the link becomes its text.
    Nowhere,
}

/// What a component's argument is.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// As written.
    Plain(Free),
    /// A page, named by a relation.
    Page(PageId),
    /// A picture.
    Picture(MediaId),
    /// A file that is published because of this argument.
    File(MediaId),
}

/// A component with its arguments resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Its arguments.
    pub args: BTreeMap<String, Arg>,
}

/// The links of one article, in step with its facts.
#[derive(Clone, Debug, Default)]
pub struct ArticleLinks {
    /// By number of the link.
    pub links: Box<[Target]>,
    /// By number of the image.
    pub images: Box<[Target]>,
    /// By number of the component; `None` for one that is wrong.
    pub components: Box<[Option<Component>]>,
}

/// All links of the site.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// By page.
    pub pages: Column<ArticleLinks>,
    /// By section.
    pub sections: Arc<Vec<ArticleLinks>>,
}

/// What stands at paths below the root.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    /// URLs, aliases and tags; made when the first link asks for one.
    urls: Arc<OnceLock<BTreeMap<String, Option<PageId>>>>,
    /// URLs of sections and tags, and whether they are on show.
    made: Arc<BTreeMap<String, bool>>,
}

/// All that a link can point at.
pub(super) struct World<'w> {
    people: People<'w>,
    pages: &'w Pages,
    names: &'w Names,
    library: &'w Library,
    theme: &'w Theme,
    kinds: &'w Kinds,
    by_folder: BTreeMap<&'w str, Vec<&'w Section>>,
    addresses: &'w Addresses,
    /// Notes whose headings are asked for, if anybody wants to know.
    asked: Option<&'w Asked>,
}

impl Addresses {
    /// What is made for something else than a page, and whether it is on show.
    pub(super) fn made(&self) -> &BTreeMap<String, bool> {
        &self.made
    }

    /// All that are made for something else than a page; `made` has those of tags.
    pub(super) fn new(mut made: BTreeMap<String, bool>, sections: &[Section], theme: &Theme) -> Self {
        for section in sections {
            let aliases = section.row.iter().flat_map(|row| &row.front.common.rare.aliases);
            let own = aliases.map(|alias| below_root(alias)).chain([section.url.clone()]);
            made.extend(own.map(|url| (url, !section.hidden)));
            if section.parent.is_none() && theme.has_template("sitemap.html") {
                made.insert(format!("{}sitemap/", section.url), !section.hidden);
            }
        }
        Addresses { urls: Arc::default(), made: Arc::new(made) }
    }
}

impl Links {
    pub(super) fn resolve(world: &World<'_>, sections: &[Section]) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut keep = |(article, faults)| {
            problems.extend::<Vec<Fault<'_>>>(faults);
            article
        };
        let pages = world.pages.map(|page| world.article(&page.row)).into_iter().map(&mut keep).collect();
        let of_sections = sections
            .iter()
            .map(|section| section.row.as_ref().map(|row| world.article(row)).unwrap_or_default());
        let sections = of_sections.map(&mut keep).collect();
        let urls = || world.urls().keys().map(String::as_str).collect();
        if problems.iter().any(Fault::is_among_titles) {
            world.names.guess();
        }
        let links = Links { pages, sections: Arc::new(sections) };
        (links, Pools { pages: world.pages, library: world.library, urls: &urls }.suggest(problems))
    }
}

impl<'w> World<'w> {
    #[expect(clippy::too_many_arguments, reason = "each is a column of its own")]
    pub(super) fn new(
        people: People<'w>,
        sections: &'w [Section],
        names: &'w Names,
        library: &'w Library,
        theme: &'w Theme,
        kinds: &'w Kinds,
        addresses: &'w Addresses,
        asked: Option<&'w Asked>,
    ) -> Self {
        let mut by_folder: BTreeMap<&str, Vec<&Section>> = BTreeMap::new();
        for section in sections {
            by_folder.entry(&section.folder).or_default().push(section);
        }
        World { people, pages: people.pages, names, library, theme, kinds, by_folder, addresses, asked }
    }

    /// What stands at each path below the root: a page, or something without a number.
    fn urls(&self) -> &BTreeMap<String, Option<PageId>> {
        self.addresses.urls.get_or_init(|| {
            let made = self.addresses.made.iter();
            let mut urls: BTreeMap<String, Option<PageId>> =
                made.filter(|(_, shown)| **shown).map(|(url, _)| (url.clone(), None)).collect();
            for (at, page) in self.pages.iter().enumerate() {
                let aliases = page.row.front.common.rare.aliases.iter().map(|alias| below_root(alias));
                urls.extend(aliases.chain([page.url.to_string()]).map(|url| (url, Some(PageId::new(at)))));
            }
            urls
        })
    }

    /// The page of a file; pages are sorted by path.
    fn by_path(&self, path: &str) -> Option<PageId> {
        self.pages.find(|page| (*page.row.path).cmp(path)).map(PageId::new)
    }

    /// What an article says, and what is wrong with it.
    pub(super) fn article(&self, row: &'w Row) -> (ArticleLinks, Vec<Fault<'w>>) {
        let mut problems = Vec::new();
        let mut sink = |result: Result<Target, Fault<'w>>| {
            result.unwrap_or_else(|problem| {
                problems.push(problem);
                Target::Nowhere
            })
        };
        let links = row.facts.links.iter();
        let links = links.map(|link| sink(self.link(row, &link.dest, link.kind, &link.place))).collect();
        let images = row.facts.images.iter();
        let images = images.map(|image| sink(self.image(row, &image.src, &image.place))).collect();
        let components =
            row.components.iter().map(|component| self.component(row, component, &mut problems)).collect();
        self.fields(row, &mut problems);
        let article = ArticleLinks { links, images, components };
        (article, problems)
    }

    /// Pictures and files that the front matter names.
    fn fields(&self, row: &'w Row, problems: &mut Vec<Fault<'w>>) {
        let mut check = |reference: &Reference, is_picture: bool| {
            let found = if is_picture {
                self.picture(row, &reference.text, &reference.place).map(|_| ())
            } else {
                let missing = || {
                    let problem = Problem::new("file-missing").arg("file", &reference.text);
                    Fault::from(problem.at(row.place(&reference.place)))
                };
                picture(self.library, row.folder(), &reference.text).map(|_| ()).ok_or_else(missing)
            };
            problems.extend(found.err());
        };
        row.front.common.cover.iter().for_each(|cover| check(cover, true));
        row.front.fields.iter().for_each(|(_, value)| each_file(value, &mut check));
    }

    fn link(&self, row: &'w Row, dest: &str, kind: LinkKind, place: &Spot) -> Result<Target, Fault<'w>> {
        if kind == LinkKind::Wiki {
            let (name, anchor) = split_anchor(dest);
            return match self.names.find(&name, None, row.language, &self.people) {
                Found::One(id) => self.page(row, id, anchor, place),
                Found::Many(_) => {
                    Err(Problem::new("link-ambiguous").arg("name", name).at(row.place(place)).into())
                }
                Found::Nothing => Err(broken(row, &name, place, Pool::Titles(None))),
            };
        }
        if let Some(scheme) = scheme(dest) {
            return match scheme.to_ascii_lowercase().as_str() {
                "http" | "https" | "mailto" | "tel" | "ftp" | "sms" | "geo" => {
                    Ok(Target::Outside(dest.to_owned()))
                }
                _ => Err(Problem::new("link-scheme").arg("scheme", scheme).at(row.place(place)).into()),
            };
        }
        if dest.starts_with("//") {
            return Ok(Target::Outside(dest.to_owned()));
        }
        let (path, anchor) = split_anchor(dest);
        let path = path.split_once('?').map_or(path.clone(), |(path, _)| path.to_owned());
        if path.is_empty() {
            return self.here(row, anchor, place);
        }
        if let Some(inside) = path.strip_prefix('/') {
            return self.site_path(row, inside, anchor, place);
        }
        let (base, relative) = match path.strip_prefix("@/") {
            Some(inside) => ("content", inside),
            None => (row.folder(), path.as_str()),
        };
        let file = join(base, relative)
            .ok_or_else(|| Problem::new("link-outside").arg("link", dest).at(row.place(place)))?;
        self.file(row, &file, anchor, place)
    }

    fn here(&self, row: &'w Row, anchor: Option<String>, place: &Spot) -> Result<Target, Fault<'w>> {
        match anchor.filter(|anchor| !anchor.is_empty()) {
            None => Ok(Target::Here(String::new())),
            Some(anchor) => {
                check_anchor(row, row, &anchor, place)?;
                Ok(Target::Here(anchor))
            }
        }
    }

    /// A link to a path below the site's root, as readers see it.
    fn site_path(
        &self,
        row: &'w Row,
        inside: &str,
        anchor: Option<String>,
        place: &Spot,
    ) -> Result<Target, Fault<'w>> {
        if let Some(id) = self.library.find(&format!("static/{inside}")) {
            return Ok(Target::File(id));
        }
        let url = below_root(inside);
        if let Some(asked) = self.asked {
            asked.url(&url);
            made_for(&url).iter().for_each(|owner| asked.url(owner));
        }
        match self.urls().get(&url) {
            Some(Some(id)) => self.page(row, *id, anchor, place),
            Some(None) => Ok(Target::Inside(with_anchor(&url, anchor))),
            // Feeds and archives of what is there.
            None if made_for(&url).is_some_and(|owner| self.urls().get(owner) == Some(&None)) => {
                Ok(Target::Inside(with_anchor(&url, anchor)))
            }
            None if self.addresses.made.contains_key(&url) => Err(Problem::new("link-hidden")
                .arg("title", format!("/{inside}"))
                .at(row.place(place))
                .into()),
            None => Err(broken(row, &format!("/{inside}"), place, Pool::Urls)),
        }
    }

    /// A link to a file of the site.
    fn file(
        &self,
        row: &'w Row,
        file: &str,
        anchor: Option<String>,
        place: &Spot,
    ) -> Result<Target, Fault<'w>> {
        let file = file.trim_end_matches('/');
        let index = format!("{file}/index.md");
        let bare = format!("{file}.md");
        for candidate in [file, index.as_str(), bare.as_str()] {
            self.asked.iter().for_each(|asked| asked.file(candidate));
            if let Some(id) = self.by_path(candidate) {
                // The reader of an English page goes on in English; a page may still lead to its own original.
                let here = self.people.translations.in_language(id, row.language);
                let here = here.filter(|here| self.pages[here.at()].row.path != row.path);
                let here = here.filter(|here| self.pages[here.at()].visible);
                return self.page(row, here.unwrap_or(id), anchor, place);
            }
        }
        let folder = file.strip_suffix("/_index.md").unwrap_or(file);
        if let Some(section) = self.section(folder, row.language) {
            if section.hidden {
                return Err(Problem::new("link-hidden")
                    .arg("title", &section.title)
                    .at(row.place(place))
                    .into());
            }
            return Ok(Target::Inside(with_anchor(&section.url, anchor)));
        }
        if let Some(id) = self.library.find(file) {
            return Ok(Target::File(id));
        }
        Err(broken(row, file, place, Pool::Paths))
    }

    /// The section of a folder: that of a language, else the first on show, else the first.
    fn section(&self, folder: &str, language: LanguageId) -> Option<&Section> {
        let all = self.by_folder.get(folder)?;
        let find = |fits: &dyn Fn(&Section) -> bool| all.iter().copied().find(|section| fits(section));
        find(&|section| section.language == language && !section.hidden)
            .or_else(|| find(&|section| !section.hidden))
            .or_else(|| all.first().copied())
    }

    fn page(
        &self,
        row: &'w Row,
        id: PageId,
        anchor: Option<String>,
        place: &Spot,
    ) -> Result<Target, Fault<'w>> {
        let page = &self.pages[id.at()];
        if !page.visible {
            return Err(Problem::new("link-hidden").arg("title", &page.title).at(row.place(place)).into());
        }
        if let Some(anchor) = anchor.as_deref().filter(|anchor| !anchor.is_empty()) {
            self.asked.iter().for_each(|asked| asked.headings(&page.row.path));
            check_anchor(row, &page.row, anchor, place)?;
        }
        Ok(Target::Inside(with_anchor(&page.url, anchor)))
    }

    fn image(&self, row: &'w Row, src: &str, place: &Spot) -> Result<Target, Fault<'w>> {
        if let Some(scheme) = scheme(src) {
            return match scheme.to_ascii_lowercase().as_str() {
                "http" | "https" => Ok(Target::Outside(src.to_owned())),
                _ => Err(Problem::new("link-scheme").arg("scheme", scheme).at(row.place(place)).into()),
            };
        }
        let path = decoded(src);
        self.picture(row, &path, place).map(Target::File)
    }

    fn picture(&self, row: &'w Row, path: &str, place: &Spot) -> Result<MediaId, Fault<'w>> {
        let missing = || {
            let problem = Problem::new("image-missing").arg("image", path).at(row.place(place));
            Fault::among(Pool::Beside(row.folder()), path, problem)
        };
        picture(self.library, row.folder(), path).ok_or_else(missing).and_then(|id| {
            match &self.library.get(id).photo {
                Some(Err(fault)) => Err(fault.problem(&self.library.get(id).path).into()),
                _ => Ok(id),
            }
        })
    }

    fn component(
        &self,
        row: &'w Row,
        used: &ComponentUse,
        problems: &mut Vec<Fault<'w>>,
    ) -> Option<Component> {
        let Some(spec) = self.theme.components.get(&used.name) else {
            let known = self.theme.components.keys().map(String::as_str);
            problems.push(
                Problem::new("component-unknown")
                    .arg("component", &used.name)
                    .arg("known", known.clone().collect::<Vec<_>>().join(", "))
                    .suggest(&used.name, known)
                    .at(row.place(&used.place))
                    .into(),
            );
            return None;
        };
        let mut args = BTreeMap::new();
        for (name, value) in used.args.as_ref()? {
            let fault = |code_problem: Problem| {
                code_problem.arg("component", &used.name).arg("argument", name).at(row.place(&used.place))
            };
            let Some(ty) = spec.args.get(name) else {
                let known = spec.args.keys().map(String::as_str);
                let all = known.clone().collect::<Vec<_>>().join(", ");
                let problem = Problem::new("component-argument").arg("known", all).suggest(name, known);
                problems.push(fault(problem).into());
                continue;
            };
            match self.argument(row, &used.place, ty, value) {
                Ok(arg) => {
                    args.insert(name.clone(), arg);
                }
                Err(told) if told.problem.place.is_some() => problems.push(told),
                Err(told) => problems.push(told.with(fault)),
            }
        }
        Some(Component { name: used.name.clone(), args })
    }

    fn argument(&self, row: &'w Row, place: &Spot, ty: &str, value: &Free) -> Result<Arg, Fault<'w>> {
        let plain = || Ok(Arg::Plain(value.clone()));
        match (ty, value) {
            ("text", Free::Text(_))
            | ("int", Free::Int(_))
            | ("bool", Free::Bool(_))
            | ("list", Free::List(_)) => plain(),
            ("image", Free::Text(path)) => self.picture(row, path, place).map(Arg::Picture),
            ("file", Free::Text(path)) => picture(self.library, row.folder(), path)
                .map(Arg::File)
                .ok_or_else(|| Problem::new("file-missing").arg("file", path).at(row.place(place)).into()),
            (relation, Free::Text(name)) if relation.starts_with("relation") => {
                let kind = relation.strip_prefix("relation:").and_then(|key| self.kinds.by_key(key));
                match self.names.find(name, kind, row.language, &self.people) {
                    Found::One(id) if self.pages[id.at()].visible => Ok(Arg::Page(id)),
                    _ => {
                        let problem = Problem::new("component-relation").arg("name", name);
                        Err(Fault::among(Pool::Titles(kind), name, problem))
                    }
                }
            }
            _ => Err(Problem::new("component-argument-type").arg("type", ty).into()),
        }
    }
}

/// Calls `found` for each picture (`true`) and file in a value.
fn each_file(value: &Value, found: &mut impl FnMut(&Reference, bool)) {
    match value {
        Value::Image(reference) => found(reference, true),
        Value::File(reference) => found(reference, false),
        Value::List(values) => values.iter().for_each(|value| each_file(value, found)),
        Value::Record(entries) => entries.iter().for_each(|(_, value)| each_file(value, found)),
        _ => {}
    }
}

/// A picture named in a page of `folder`: relative to it, `@/` from content, or `/` from `static/`.
pub fn picture(library: &Library, folder: &str, path: &str) -> Option<MediaId> {
    let file = match (path.strip_prefix("@/"), path.strip_prefix('/')) {
        (Some(inside), _) => join("content", inside)?,
        (_, Some(inside)) => join("static", inside)?,
        _ => join(folder, path)?,
    };
    library.find(&file)
}

/// A link of `row` to something in `pool` that isn't there.
fn broken<'a>(row: &Row, link: &str, place: &Spot, pool: Pool<'a>) -> Fault<'a> {
    Fault::among(pool, link, Problem::new("link-broken").arg("link", link).at(row.place(place)))
}

/// `from` links to an anchor of `to`.
fn check_anchor<'a>(from: &Row, to: &'a Row, anchor: &str, place: &Spot) -> Result<(), Fault<'a>> {
    if to.facts.raw_html || to.facts.aside.anchors().iter().any(|id| id == anchor) {
        return Ok(());
    }
    let problem = Problem::new("anchor-missing").arg("anchor", anchor).arg("file", &to.path);
    Err(Fault::among(Pool::Anchors(to), anchor, problem.at(from.place(place))))
}
