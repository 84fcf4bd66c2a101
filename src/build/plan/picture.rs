//! Pictures: names, sizes and sources of a photo's variants, known without decoding it.

use super::values::{Fields, absolute, list, maybe_date, text, url};
use crate::build::load::Media;
use crate::build::model::{Legend, MediaId, Model};
use crate::build::photo::{Encoding, PhotoFacts, Recipe, Variant, ratio_class};
use crate::build::root::{TONE, TONE_DIGITS};
use crate::digest::{Digest, Digester};
use serde::Serialize;
use tera::Value;

/// One picture as a page shows it; its digest is that of all it holds.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    /// The file; its number says nothing of the picture, and moves when other files come and go.
    #[serde(skip)]
    pub media: MediaId,
    digest: Digest,
    alt: String,
    legend: Legend,
    /// `None` for what has no pixels (SVG and the like).
    facts: Option<PhotoFacts>,
    /// Where a picture is published that is not scaled.
    path: Option<String>,
}

/// The digest that names a photo's variants: its bytes and the recipe, nothing else.
pub fn photo_key(media: &Media, recipe: &Recipe) -> Digest {
    Digester::new().digest(&media.digest).value(recipe).finish()
}

/// The path of a variant below the root.
pub fn variant_path(key: &Digest, variant: &Variant) -> String {
    format!("photos/{}-{}.{}", short(key), variant.width, variant.format.extension())
}

/// The beginning of a photo's key, in hexadecimal digits: names of its files begin with it.
pub fn short(key: &Digest) -> String {
    let mut name = key.to_string();
    name.truncate(TONE_DIGITS);
    name
}

/// The anchor of a photo on a page: it stays when the recipe changes.
fn id(digest: &Digest) -> String {
    let mut name = digest.to_string();
    name.truncate(8);
    format!("p-{name}")
}

/// Where the widest copy of a picture is published that every program opens.
pub fn published(model: &Model, id: MediaId, recipe: &Recipe) -> String {
    let media = model.library.get(id);
    let Some(facts) = media.still() else { return model.library.published_path(id) };
    let variants = recipe.variants(facts);
    let widest = variants.iter().rfind(|variant| variant.format.opens_everywhere());
    widest.map(|variant| variant_path(&photo_key(media, recipe), variant)).unwrap_or_default()
}

impl Picture {
    /// A file of the library as a picture; `alt` is what the page says, if it says something.
    pub fn new(model: &Model, id: MediaId, alt: Option<&str>) -> Self {
        let media = model.library.get(id);
        let legend = model.library.legend(id);
        let words = alt
            .filter(|alt| !alt.is_empty())
            .map(str::to_owned)
            .or_else(|| legend.alt.clone())
            .or_else(|| legend.caption.clone());
        let facts = media.photo.as_ref().and_then(|photo| photo.as_ref().ok()).cloned();
        Picture {
            media: id,
            digest: media.digest,
            alt: words.unwrap_or_default(),
            path: media.still().is_none().then(|| model.library.published_path(id)),
            legend,
            facts,
        }
    }

    /// As templates see it.
    pub fn value(&self, model: &Model, recipe: &Recipe, chinese: bool) -> Value {
        let known = model.config.has_address();
        let legend = &self.legend;
        let fields = Fields::new()
            .with("alt", self.alt.as_str())
            .with("caption", text(legend.caption.as_deref()))
            .with("by", text(legend.by.as_deref()))
            .with("place", text(legend.place.as_deref()))
            .with("taken", maybe_date(legend.taken.as_ref(), chinese))
            .with(
                "focus",
                legend.focus.map_or_else(Value::none, |at| Value::from(format!("fx-{} fy-{}", at.x, at.y))),
            );
        if let Some(path) = self.path.as_deref() {
            let size = self.facts.as_ref().map(|facts| (facts.width, facts.height));
            let side = |side: Option<u32>| side.map_or_else(Value::none, Value::from);
            return fields
                .with("src", url(path))
                .with("absolute", absolute(path, known))
                .with("width", side(size.map(|(width, _)| width)))
                .with("height", side(size.map(|(_, height)| height)))
                .with("ratio", size.map_or("r-100".to_owned(), |(width, height)| ratio_class(width, height)))
                .with("sources", list([]))
                .with("tone", "")
                .with("id", id(&self.digest))
                .done();
        }
        let Some(facts) = &self.facts else { return fields.done() };
        let key = photo_key(model.library.get(self.media), recipe);
        let variants = recipe.variants(facts);
        let largest =
            variants.iter().filter(|variant| variant.format.opens_everywhere()).max_by_key(|v| v.width);
        let path = largest.map(|variant| variant_path(&key, variant)).unwrap_or_default();
        let (width, height) =
            largest.map_or((facts.width, facts.height), |variant| (variant.width, variant.height));
        fields
            .with("src", url(&path))
            .with("absolute", absolute(&path, known))
            .with("width", width)
            .with("height", height)
            .with("ratio", ratio_class(width, height))
            .with("sources", list(sources(&variants, &key)))
            .with("tone", format!("{TONE}{}", short(&key)))
            .with("id", id(&self.digest))
            .done()
    }
}

/// The `<source>` of each format, the smallest files first.
fn sources(variants: &[Variant], key: &Digest) -> Vec<Value> {
    let source = |wanted: fn(Encoding) -> bool| {
        let of_format: Vec<&Variant> = variants.iter().filter(|variant| wanted(variant.format)).collect();
        let mime = of_format.first()?.format.mime();
        let srcset: Vec<String> = of_format
            .iter()
            .map(|variant| format!("{} {}w", url(&variant_path(key, variant)), variant.width))
            .collect();
        Some(Fields::new().with("type", mime).with("srcset", srcset.join(", ")).done())
    };
    let formats: [fn(Encoding) -> bool; 3] =
        [|it| it == Encoding::Avif, |it| it == Encoding::WebP, Encoding::opens_everywhere];
    formats.into_iter().filter_map(source).collect()
}
