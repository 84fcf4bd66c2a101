//! A section with everything its layout shows, but for the pages listed (these are the paginator's).

use super::article::{Article, Owner};
use super::parts::{Kitchen, Press};
use super::picture::Picture;
use super::values::{Fields, free, list, url};
use crate::build::model::{Model, Section, SectionId, picture};
use crate::digest::Digester;
use crate::kinds::Free;
use crate::problem::Problem;
use tera::Value;

/// Everything of a section.
pub struct SectionPart<'m> {
    id: SectionId,
    whole: bool,
    article: Option<Article<'m>>,
    cover: Option<Picture>,
    children: Vec<(&'m str, &'m str, &'m str, u64)>,
}

impl<'m> SectionPart<'m> {
    /// Gathers it.
    pub fn new(model: &'m Model, id: SectionId, whole: bool) -> Self {
        let section = model.section(id);
        let cover = section.row.as_ref().and_then(|row| {
            let cover = row.front.common.cover.as_ref()?;
            picture(&model.library, row.folder(), &cover.text)
        });
        let children =
            section.children.iter().map(|id| model.section(*id)).filter(|child| whole && !child.hidden);
        SectionPart {
            id,
            whole,
            article: if whole { Article::new(model, Owner::Section(id)) } else { None },
            cover: cover.map(|media| Picture::new(model, media, None)),
            children: children
                .map(|child| {
                    (
                        child.title.as_str(),
                        child.url.as_str(),
                        description(model, child),
                        child.pages.len() as u64,
                    )
                })
                .collect(),
        }
    }

    /// Adds all that the value is made of.
    pub fn add(&self, kitchen: &Kitchen<'_>, digester: &mut Digester) {
        let section = kitchen.model.section(self.id);
        let front =
            section.row.as_ref().map(|row| (&row.front.common, &row.front.extra, row.facts.aside.excerpt()));
        let kind = kitchen.model.kinds.get(section.kind);
        digester.number(u64::from(self.article.is_some()));
        if let Some(article) = &self.article {
            article.add(kitchen, digester);
        }
        let count = self.whole.then_some(section.pages.len() as u64);
        digester.value(&(
            &section.title,
            &section.url,
            front,
            kind,
            &self.cover,
            &self.children,
            section.language,
            count,
            &kitchen.photos,
        ));
    }

    /// As templates see it.
    pub fn value(&self, kitchen: &Kitchen<'_>, press: &impl Press) -> Result<Value, Problem> {
        let model = kitchen.model;
        let section = model.section(self.id);
        let kind = model.kinds.get(section.kind);
        let language = model.config.language(section.language);
        let content = match &self.article {
            Some(article) => press.article(kitchen, Owner::Section(self.id), article)?.html,
            None => String::new(),
        };
        let subsection = |(title, path, description, count): &(&str, &str, &str, u64)| {
            Fields::new()
                .with("title", *title)
                .with("url", url(path))
                .with("description", *description)
                .with("count", *count)
                .done()
        };
        let extra = section.row.as_ref().map_or(Free::Null, |row| (*row.front.extra).clone()).or_empty_map();
        Ok(Fields::new()
            .with("title", section.title.as_str())
            .with("url", url(&section.url))
            .with("description", description(model, section))
            .with("content", Value::safe_string(&content))
            .with("kind", kind.key.as_str())
            .with("kind_label", kind.label.in_language(&language.code))
            .with(
                "cover",
                self.cover.as_ref().map_or_else(Value::none, |cover| {
                    cover.value(model, &kitchen.photos, language.is_chinese())
                }),
            )
            .with("extra", free(&extra))
            .with("subsections", list(self.children.iter().map(subsection)))
            .with("count", if self.whole { Value::from(section.pages.len() as u64) } else { Value::none() })
            .done())
    }

    /// The picture at its head.
    pub fn cover(&self) -> Option<&Picture> {
        self.cover.as_ref()
    }
}

/// What a section says of itself in one line; home says what the site does.
fn description<'m>(model: &'m Model, section: &'m Section) -> &'m str {
    let own = section.row.as_ref().and_then(|row| row.front.common.description.as_deref());
    let of_site = || model.config.language(section.language).description.as_deref();
    own.or_else(|| if section.parent.is_none() { of_site() } else { None }).unwrap_or_default()
}
