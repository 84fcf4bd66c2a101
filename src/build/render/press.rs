//! Articles → HTML: Markdown with its links, pictures and components put in.

use super::Studio;
use crate::build::load;
use crate::build::markdown::{self, Fragment, Slots, Target as Goal};
use crate::build::model::Target;
use crate::build::plan::{Article, Drawn, Image, Kitchen, Owner, Part, Press, Pressed, Shared, url};
use crate::digest::Digest;
use crate::files::decode;
use crate::problem::{Place, Problem};
use tera::Context;

/// Presses articles. Those that this build has not read are read again, if their text is still the same.
pub struct Articles<'s> {
    /// Templates and text.
    pub studio: &'s Studio<'s>,
}

impl Press for Articles<'_> {
    fn article(
        &self,
        kitchen: &Kitchen<'_>,
        _owner: Owner,
        article: &Article<'_>,
    ) -> Result<Pressed, Problem> {
        let path = &article.row.path;
        let chinese = kitchen.model.config.language(article.row.language).is_chinese();
        let links: Vec<Goal> = article.links.iter().map(|target| goal(kitchen, target)).collect();
        let images: Vec<String> = article
            .images
            .iter()
            .zip(&article.row.facts.images)
            .map(|(image, written)| self.image(kitchen, image, written, chinese))
            .collect::<Result<_, _>>()?;
        let components: Vec<String> = article
            .components
            .iter()
            .map(|drawn| {
                drawn.as_ref().map_or(Ok(String::new()), |drawn| self.component(kitchen, drawn, path))
            })
            .collect::<Result<_, _>>()?;
        let slots = Slots {
            links: &links,
            images: &images,
            components: &components,
            words: markdown::Words::of(chinese),
            skip_title: !article.row.has_own_title(),
        };
        let options = markdown::Options::of_site(kitchen.model.config.raw_html);
        if let Some(bytes) = self.studio.bodies.and_then(|bodies| bodies.get(article.row, chinese))
            && let Some(fragment) = Fragment::from_bytes(&bytes)
        {
            let (html, headings) = fragment.fill(&options, &slots);
            return Ok(Pressed { html, headings });
        }
        let changed = || Problem::new("changed-meanwhile").arg("file", path).at(Place::file(&**path));
        let file = self.studio.source.get(path).ok_or_else(changed)?;
        let bytes = file.read().map_err(|failure| failure.problem())?;
        let text = decode(&bytes).text;
        if Digest::checksum(text.as_bytes()) != article.row.digest {
            return Err(changed());
        }
        let body = text.get(article.row.front.body..).unwrap_or_default();
        let (html, headings) = markdown::render_with_headings(body, &options, &slots);
        Ok(Pressed { html, headings })
    }
}

/// Where a link goes, as Markdown writes it.
fn goal(kitchen: &Kitchen<'_>, target: &Target) -> Goal {
    match target {
        Target::Inside(path) => Goal::Url(url(path)),
        Target::Here(anchor) => Goal::Url(format!("#{anchor}")),
        Target::Outside(address) => Goal::External(address.clone()),
        Target::File(media) => Goal::Url(url(&kitchen.model.library.published_path(*media))),
        Target::Nowhere => Goal::Text,
    }
}

impl Articles<'_> {
    /// A picture through the theme's `figure.html`.
    fn image(
        &self,
        kitchen: &Kitchen<'_>,
        image: &Image,
        written: &load::Image,
        chinese: bool,
    ) -> Result<String, Problem> {
        match image {
            Image::Picture(picture) => {
                let mut context = Context::new();
                context.insert_value("picture", picture.value(kitchen.model, &kitchen.photos, chinese));
                context.insert("title", &written.title);
                context.insert("alone", &written.alone);
                self.draw("figure.html", &context, &kitchen.model.library.get(picture.media).path)
            }
            Image::Outside(address) => Ok(format!(
                "<img src=\"{}\" alt=\"{}\" loading=\"lazy\">",
                escaped(address),
                escaped(&written.alt)
            )),
            Image::Missing => Ok(String::new()),
        }
    }

    fn component(&self, kitchen: &Kitchen<'_>, drawn: &Drawn<'_>, origin: &str) -> Result<String, Problem> {
        let mut context = Context::new();
        context.insert_value("args", drawn.args(kitchen));
        context.insert_value("lists", Part::Named(drawn.lists.clone()).value(kitchen, self)?);
        let language = drawn.language;
        let shared = [
            ("site", Shared::Site(language)),
            ("words", Shared::Words(language)),
            ("assets", Shared::Assets),
        ];
        for (name, shared) in shared {
            context.insert_value(name, Part::Shared(shared).value(kitchen, self)?);
        }
        self.draw(&format!("components/{}.html", drawn.component.name), &context, origin)
    }

    fn draw(&self, template: &str, context: &Context, origin: &str) -> Result<String, Problem> {
        let mut out = Vec::new();
        self.studio.templates.render(template, origin, context, &mut out)?;
        Ok(String::from_utf8(out).unwrap_or_default())
    }
}

/// `& < > "` as entities.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
