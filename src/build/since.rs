//! What can be different from what is published, where that is little: a build after a few articles were edited need not
//! ask of every other page what it is made of.
//!
//! What is published remembers of what it was made: the settings, the day, templates and words, and what each file said. If
//! that is what the memo of rows holds, the rows that were read anew are all that is different. And if each of them is the
//! same to all other pages ([`model::is_same_to_others`]), only their own pages can be, and what there is once.

use super::api::Request;
use super::load::Remembered;
use super::model::{self, Model, PageId};
use super::source::{Role, Source};
use crate::config::Config;
use crate::digest::{Digest, Digester};
use crate::files::Stamp;
use std::collections::BTreeSet;

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

    /// The pages that alone can be different from those published, which were made of `published`; nothing if more can be.
    pub fn touched(
        &self,
        published: Option<Digest>,
        (before, now): (&Remembered, &Remembered),
        model: &Model,
    ) -> Option<BTreeSet<PageId>> {
        let published = published?;
        let articles = now.articles_since(before)?;
        let counts = ["words", "minutes"].into_iter().any(|key| model.theme.named.has_of_others(key));
        if !articles.iter().all(|(old, new)| model::is_same_to_others(old, new, counts)) {
            return None;
        }
        let page = |path: &str| Some(PageId::new(model.pages.find(|page| (*page.row.path).cmp(path))?));
        let touched = articles.iter().map(|(_, new)| page(&new.path)).collect::<Option<_>>()?;
        (self.made_of(before)? == published).then_some(touched)
    }
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

    /// What one build knows: its model, its rows and its [`Since`].
    fn read(root: &Path, before: &Remembered, day: i8) -> (Model, Remembered, Since) {
        let (config, _) = Config::parse("title = \"某镇党建\"");
        let (source, _) = source::scan(root, &[], &config.theme).unwrap();
        let now = Stamp { size: 0, time_ns: i64::MAX };
        let date = jiff::civil::date(2026, 11, day);
        let request = Request::new(root, &root.join("public"), date);
        let since = Since::new(&request, &config, &source, now);
        let (kinds, _) = Kinds::load(&[]);
        let (theme, _) = load::theme(&source, &config).unwrap();
        let shelf = Shelf { rows: before, now, bodies: None };
        let (loaded, rows, _) = load::load(&source, &config, &kinds, theme, shelf).unwrap();
        let today = Today { date, drafts: false, future: false };
        let (model, _) = model::assemble(loaded, config, kinds, today);
        (model, rows, since)
    }

    /// The paths of the pages that alone can be different after `edit`; nothing if more can be.
    fn after(template: &str, edit: impl FnOnce(&Path), day: i8) -> Option<Vec<String>> {
        let root = tempfile::tempdir().unwrap();
        for name in ["content/news/a.md", "content/news/b.md", "templates/own.html"] {
            let text = if name.ends_with("html") { template } else { &ARTICLE };
            let path = root.path().join(name);
            files::make_folder(path.parent().unwrap()).unwrap();
            files::write_durably(&path, text.as_bytes()).unwrap();
        }
        let (_, before, since) = read(root.path(), &Remembered::default(), 22);
        let published = since.made_of(&before);
        edit(root.path());
        let (model, now, since) = read(root.path(), &before, day);
        let touched = since.touched(published, (&before, &now), &model)?;
        Some(touched.into_iter().map(|id| model.page(id).row.path.to_string()).collect())
    }

    /// Writes a file so that its stamp is another.
    fn write(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        let before = look(&path).unwrap();
        while look(&path).unwrap() == before {
            std::fs::write(&path, text).unwrap();
        }
    }

    const TEMPLATE: &str = "{{ page.title }}{{ page.words }}";

    fn longer(root: &Path) {
        write(root, "content/news/a.md", &format!("{}\n第三段。\n", ARTICLE.as_str()));
    }

    #[test]
    fn the_end_of_an_article_touches_its_own_page_only() {
        assert_eq!(after(TEMPLATE, longer, 22), Some(vec!["content/news/a.md".to_owned()]));
        assert_eq!(after(TEMPLATE, |_| {}, 22), Some(Vec::new()));
        let lists_tell = "{% for item in paginator.pages %}{{ item.words }}{% endfor %}";
        assert_eq!(after(lists_tell, longer, 22), None);
    }

    /// A build that was stopped keeps what it read, and publishes nothing.
    #[test]
    fn rows_that_were_never_published_touch_all() {
        let root = tempfile::tempdir().unwrap();
        files::make_folder(&root.path().join("content/news")).unwrap();
        for name in ["content/news/a.md", "content/news/b.md"] {
            files::write_durably(&root.path().join(name), ARTICLE.as_bytes()).unwrap();
        }
        let (_, first, since) = read(root.path(), &Remembered::default(), 22);
        let published = since.made_of(&first);
        longer(root.path());
        let (_, second, _) = read(root.path(), &first, 22);
        write(root.path(), "content/news/b.md", &format!("{}\n第三段。\n", &*ARTICLE));
        let (model, third, since) = read(root.path(), &second, 22);
        assert_eq!(since.touched(published, (&second, &third), &model), None);
        let touched = since.touched(since.made_of(&second), (&second, &third), &model);
        assert_eq!(touched.map(|touched| touched.len()), Some(1));
    }

    #[test]
    fn what_others_may_show_touches_all() {
        let edits: [(&str, &str); 6] = [
            ("content/news/a.md", &ARTICLE.replace("党课", "廉政党课")),
            ("content/news/a.md", &ARTICLE.replacen("第一段", "首段", 1)),
            ("content/news/a.md", &ARTICLE.replace("第二段", "## 标题\n\n第二段")),
            ("content/news/c.md", &ARTICLE),
            ("content/news/a.pdf", "%PDF"),
            ("templates/own.html", "{{ page.title }}"),
        ];
        for (name, text) in edits {
            assert_eq!(after(TEMPLATE, |root| write(root, name, text), 22), None, "{name} {text}");
        }
        assert_eq!(after(TEMPLATE, |_| {}, 23), None, "another day");
    }
}
