//! What can be different from what is published, where that is little: a build after a few articles were edited need not
//! ask of every other page what it is made of.
//!
//! What is published remembers of what it was made: the settings, the day, templates and words, and what each file said. If
//! that is what the memo of rows holds, the rows that were read anew are all that is different. And if each of them is the
//! same to all other pages ([`model::is_same_to_others`]), only their own pages can be, and what there is once. Likewise a page of
//! which nobody has asked anything that is new, or that others see otherwise (its title, its first words): then lists can be too
//! that may hold it, and its neighbours ([`model::touched_by_news`]). What all pages of a section share is asked of one of them, when
//! it is rendered.

use super::api::Request;
use super::load::{Named, News, Remembered, Row};
use super::model::{self, Ground, Model, PageId, Touched};
use super::source::{Role, Source};
use crate::config::Config;
use crate::digest::{Digest, Digester};
use crate::files::Stamp;
use std::collections::BTreeSet;

/// More pages than so many are not seen otherwise one by one: then all is asked.
const MOST: usize = 64;

/// All that outputs are made of besides rows and files.
pub struct Since {
    /// Nothing, if a file was changed so lately that a second change might hide behind its stamp.
    ground: Option<Digest>,
}

impl Since {
    /// Digests it.
    pub fn new(request: &Request, config: &Config, source: &Source, now: Stamp) -> Self {
        // The config holds the address; `strict` and `explain` decide nothing of what is published.
        let Request {
            root: _,
            output: _,
            base_url: _,
            today,
            drafts,
            future,
            offline,
            strict: _,
            explain: _,
        } = request;
        let mut digester = Digester::new();
        digester.digest(&super::build_id()).value(config).text(&today.to_string());
        digester.value(&(drafts, future, offline));
        let read = |role: Role| {
            matches!(role, Role::Content | Role::Table | Role::ContentFile | Role::Static | Role::Asset)
        };
        let mut settled = true;
        for file in source.files.iter().filter(|file| !read(file.role)) {
            digester.text(&file.path).number(file.stamp.size).number(file.stamp.time_ns as u64);
            settled &= file.stamp.is_settled(&now);
        }
        Since { ground: settled.then(|| digester.finish()) }
    }

    /// The digest of all that outputs are made of, with these rows and files.
    pub fn made_of(&self, rows: &Remembered) -> Option<Digest> {
        let mut digester = Digester::new();
        digester.digest(self.ground.as_ref()?);
        rows.add(&mut digester);
        Some(digester.finish())
    }

    /// What was read anew since all that is published was made, which was of `published`; nothing if more is different.
    pub fn news<'r>(
        &self,
        published: Option<Digest>,
        (before, now): (&'r Remembered, &'r Remembered),
    ) -> Option<News<'r>> {
        let published = published?;
        now.since(before).filter(|_| self.made_of(before) == Some(published))
    }
}

/// The news, by what they mean to other pages.
pub struct Sorted<'r> {
    /// Rows that are the same to all other pages.
    same: Vec<&'r Row>,
    /// Rows that others may see otherwise, each as it was and as it is.
    otherwise: Vec<(&'r Row, &'r Row)>,
    came: Vec<&'r Row>,
}

impl<'r> Sorted<'r> {
    /// Sorts them; nothing if one of them means more.
    pub fn new(news: News<'r>, named: &Named) -> Option<Self> {
        let counts = ["words", "minutes"].into_iter().any(|key| named.has_of_others(key));
        let is_same = |(old, new): &(&Row, &Row)| model::is_same_to_others(old, new, counts);
        let (same, otherwise): (Vec<_>, Vec<_>) = news.changed.into_iter().partition(is_same);
        let few =
            otherwise.len() <= MOST && otherwise.iter().all(|(old, new)| model::is_shown_otherwise(old, new));
        few.then(|| Sorted {
            same: same.into_iter().map(|(_, new)| new).collect(),
            otherwise,
            came: news.came,
        })
    }

    /// Whether it must be known what pages ask of others.
    pub fn needs_ground(&self) -> bool {
        !self.otherwise.is_empty() || !self.came.is_empty()
    }
}

/// What alone can be different from what is published; nothing if more can be. `ground` knows what pages asked of others,
/// if that is needed.
pub fn touched(news: &Sorted<'_>, model: &Model, ground: Option<&Ground>) -> Option<Touched> {
    let page = |row: &&Row| Some(PageId::new(model.pages.find(|page| page.row.path.cmp(&row.path))?));
    let mut pages: BTreeSet<PageId> = news.same.iter().map(page).collect::<Option<_>>()?;
    if !news.needs_ground() {
        return Some(Touched { pages, news: BTreeSet::new() });
    }
    let ground = ground?;
    let quiet = |(old, new): &(&Row, &Row)| model::may_be_retitled(model, ground, old, new);
    if !news.otherwise.iter().all(quiet) {
        return None;
    }
    let otherwise = news.otherwise.iter().map(|(_, new)| new);
    let news = otherwise.chain(&news.came).map(page).collect::<Option<_>>()?;
    pages.extend(model::touched_by_news(model, ground, &news)?);
    Some(Touched { pages, news })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "tests make their own files")]
    use super::*;
    use crate::build::load::{self, Shelf};
    use crate::build::model::Today;
    use crate::build::source;
    use crate::files::{self, look};
    use crate::kinds::Kinds;
    use std::path::Path;
    use std::sync::LazyLock;

    /// Long enough that its end is not in what lists show of it.
    static ARTICLE: LazyLock<String> = LazyLock::new(|| {
        let first = "第一段，讲支部的工作。".repeat(20);
        format!("+++\ntitle = \"党课\"\ndate = 2026-11-20\n+++\n\n{first}\n\n第二段。\n")
    });

    /// What one build knows: its model, what was asked for it, its rows and its [`Since`].
    fn read(root: &Path, before: &Remembered, day: i8) -> (Model, Ground, Remembered, Since) {
        let (config, _) = Config::parse("title = \"某镇党建\"");
        let (source, _) = source::scan(root, &[], &config.theme).unwrap();
        let (kinds, _) = Kinds::load(&[]);
        let date = jiff::civil::date(2026, 11, day);
        let request = Request::new(root, &root.join("public"), date);
        let now = Stamp { size: 0, time_ns: i64::MAX };
        let since = Since::new(&request, &config, &source, now);
        let (theme, _) = load::theme(&source, &config).unwrap();
        let shelf = Shelf { rows: before, now, bodies: None };
        let (loaded, rows, _) = load::load(&source, &config, &kinds, theme, shelf).unwrap();
        let today = Today { date, drafts: false, future: false };
        let (model, ground, _) = model::assemble_to_go_on(loaded, config, kinds, today);
        (model, ground, rows, since)
    }

    /// The paths of the pages that alone can be different after `edit`, and whether lists can; nothing if more can be.
    fn after(template: &str, edit: impl FnOnce(&Path), day: i8) -> Option<(Vec<String>, bool)> {
        let root = tempfile::tempdir().unwrap();
        for name in ["content/news/a.md", "content/news/b.md", "templates/own.html"] {
            let text = if name.ends_with("html") { template } else { &ARTICLE };
            let path = root.path().join(name);
            files::make_folder(path.parent().unwrap()).unwrap();
            files::write_durably(&path, text.as_bytes()).unwrap();
        }
        let (_, _, before, since) = read(root.path(), &Remembered::default(), 22);
        let published = since.made_of(&before);
        edit(root.path());
        let (model, ground, now, since) = read(root.path(), &before, day);
        let touched = of(since.news(published, (&before, &now))?, &model, Some(&ground))?;
        Some((paths(&touched, &model), !touched.news.is_empty()))
    }

    fn of(news: News<'_>, model: &Model, ground: Option<&Ground>) -> Option<Touched> {
        touched(&Sorted::new(news, &model.theme.named)?, model, ground)
    }

    fn paths(touched: &Touched, model: &Model) -> Vec<String> {
        touched.pages.iter().map(|id| model.page(*id).row.path.to_string()).collect()
    }

    /// Writes a file so that its stamp is another.
    fn write(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        files::make_folder(path.parent().unwrap()).unwrap();
        let before = look(&path).unwrap();
        while look(&path).unwrap() == before {
            std::fs::write(&path, text).unwrap();
        }
    }

    const TEMPLATE: &str = "{{ page.title }}{{ page.words }}";

    fn longer(root: &Path) {
        write(root, "content/news/a.md", &format!("{}\n第三段。\n", ARTICLE.as_str()));
    }

    /// `a.md` has other text.
    fn only_a() -> Option<(Vec<String>, bool)> {
        Some((vec!["content/news/a.md".to_owned()], false))
    }

    #[test]
    fn the_end_of_an_article_touches_its_own_page_only() {
        assert_eq!(after(TEMPLATE, longer, 22), only_a());
        assert_eq!(after(TEMPLATE, |_| {}, 22), Some((Vec::new(), false)));
    }

    #[test]
    fn what_others_show_of_a_page_touches_those_beside_it_and_lists() {
        let both = Some((["a", "b"].map(|name| format!("content/news/{name}.md")).to_vec(), true));
        let lists_tell = "{% for item in paginator.pages %}{{ item.words }}{% endfor %}";
        assert_eq!(after(lists_tell, longer, 22), both);
        for text in [ARTICLE.replace("党课", "廉政党课"), ARTICLE.replacen("第一段", "首段", 1)] {
            assert_eq!(after(TEMPLATE, |root| write(root, "content/news/a.md", &text), 22), both, "{text}");
        }
        // By the title that it had, or by the one that it has now.
        for called in ["[[党课]]", "[[廉政党课]]"] {
            let renamed = |root: &Path| {
                write(root, "content/news/b.md", &ARTICLE.replace("第二段。", called));
                write(root, "content/news/a.md", &ARTICLE.replace("党课", "廉政党课"));
            };
            assert_eq!(after(TEMPLATE, renamed, 22), None, "somebody calls it {called}");
        }
        let pinned = ARTICLE.replace("date = ", "pinned = true\ndate = ");
        assert_eq!(after(TEMPLATE, |root| write(root, "content/news/a.md", &pinned), 22), None);
    }

    /// A build that was stopped keeps what it read, and publishes nothing.
    #[test]
    fn rows_that_were_never_published_touch_all() {
        let root = tempfile::tempdir().unwrap();
        files::make_folder(&root.path().join("content/news")).unwrap();
        for name in ["content/news/a.md", "content/news/b.md"] {
            files::write_durably(&root.path().join(name), ARTICLE.as_bytes()).unwrap();
        }
        let (_, _, first, since) = read(root.path(), &Remembered::default(), 22);
        let published = since.made_of(&first);
        longer(root.path());
        let (_, _, second, _) = read(root.path(), &first, 22);
        write(root.path(), "content/news/b.md", &format!("{}\n第三段。\n", &*ARTICLE));
        let (model, _, third, since) = read(root.path(), &second, 22);
        assert!(since.news(published, (&second, &third)).is_none());
        let news = since.news(since.made_of(&second), (&second, &third)).unwrap();
        let touched = of(news, &model, None).unwrap();
        assert_eq!(paths(&touched, &model), ["content/news/b.md"]);
    }

    #[test]
    fn what_moves_a_page_touches_all() {
        let edits: [(&str, &str); 5] = [
            ("content/news/a.md", &ARTICLE.replace("第二段", "## 标题\n\n第二段")),
            ("content/news/a.md", &ARTICLE.replace("date = 2026-11-20", "date = 2026-11-19")),
            ("content/news/a.md", &ARTICLE.replace("date = ", "updated = 2026-11-21\ndate = ")),
            ("content/news/a.pdf", "%PDF"),
            ("templates/own.html", "{{ page.title }}"),
        ];
        for (name, text) in edits {
            assert_eq!(after(TEMPLATE, |root| write(root, name, text), 22), None, "{name} {text}");
        }
        assert_eq!(after(TEMPLATE, |_| {}, 23), None, "another day");
        let removed = |root: &Path| files::remove_file(&root.join("content/news/b.md")).map(|_| ()).unwrap();
        assert_eq!(after(TEMPLATE, removed, 22), None, "a page is gone");
    }

    #[test]
    fn a_new_page_touches_those_beside_it_and_lists() {
        let dated = |day: u8| ARTICLE.replace("2026-11-20", &format!("2026-11-{day:02}"));
        let days = |root: &Path| {
            for (name, day) in [("a", 10), ("b", 12), ("d", 14), ("e", 16)] {
                write(root, &format!("content/news/{name}.md"), &dated(day));
            }
        };
        let root = tempfile::tempdir().unwrap();
        files::make_folder(&root.path().join("content/news")).unwrap();
        days(root.path());
        let (_, _, before, since) = read(root.path(), &Remembered::default(), 22);
        write(root.path(), "content/news/c.md", &dated(13));
        let (model, ground, now, _) = read(root.path(), &before, 22);
        let news = since.news(since.made_of(&before), (&before, &now)).unwrap();
        let touched = of(news, &model, Some(&ground)).unwrap();
        assert_eq!(paths(&touched, &model), ["b", "c", "d"].map(|name| format!("content/news/{name}.md")));
        assert_eq!(touched.news.len(), 1);
    }

    #[test]
    fn a_new_page_that_somebody_asked_for_touches_all() {
        let with = |more: &str| ARTICLE.replace("第二段。", more);
        let came = |asked: String, new: String| {
            let edit = |root: &Path| {
                write(root, "content/news/a.md", &asked);
                write(root, "content/news/c.md", &new);
            };
            after(TEMPLATE, edit, 22)
        };
        let new = ARTICLE.replace("党课", "新的党课");
        let named = ["content/news/a.md", "content/news/b.md", "content/news/c.md"].map(str::to_owned);
        assert_eq!(came(with("第三段。"), new.clone()), Some((named.to_vec(), true)));
        for link in
            ["[新](c.md)", "[新](/news/c/)", "[[新的党课]]", "[新](@/news/c)", "[新](c.md#一)", "[[没有的]]"]
        {
            let found = came(with(link), new.clone());
            let asks_others = link == "[[没有的]]";
            assert!(
                found.is_none() || asks_others && found == Some((named.to_vec(), true)),
                "{link}: {found:?}"
            );
        }
        let tagged = new.replace("date = ", "tags = [\"先锋\"]\ndate = ");
        assert_eq!(came(with("第三段。"), tagged), None, "a new tag");
    }

    #[test]
    fn the_first_page_of_a_section_touches_all() {
        let first = |name: &'static str| after(TEMPLATE, move |root: &Path| write(root, name, &ARTICLE), 22);
        assert_eq!(first("content/news/2026/c.md"), None);
        assert_eq!(first("content/villages/c.md"), None);
        assert_eq!(first("content/news/c/index.md"), None, "a page with files");
    }

    #[test]
    fn a_new_page_touches_those_that_it_names() {
        let root = tempfile::tempdir().unwrap();
        let page = |name: &str, text: &str| {
            let path = root.path().join(name);
            files::make_folder(path.parent().unwrap()).unwrap();
            files::write_durably(&path, text.as_bytes()).unwrap();
        };
        page("content/villages/x.md", "+++\ntitle = \"甲村\"\n+++\n");
        page("content/villages/y.md", "+++\ntitle = \"乙村\"\n+++\n");
        page("content/news/a.md", &ARTICLE);
        let (_, _, before, since) = read(root.path(), &Remembered::default(), 22);
        page("content/news/c.md", &ARTICLE.replace("date = ", "villages = [\"甲村\"]\ndate = "));
        let (model, ground, now, _) = read(root.path(), &before, 22);
        let news = since.news(since.made_of(&before), (&before, &now)).unwrap();
        let touched = of(news, &model, Some(&ground)).unwrap();
        let names = ["news/a", "news/c", "villages/x"].map(|name| format!("content/{name}.md"));
        assert_eq!(paths(&touched, &model), names);
    }
}
