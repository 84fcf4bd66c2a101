//! One output by itself: the bytes that a build would publish, made because somebody asks for them.
//!
//! In come the plan and one of its outputs, out go its bytes or what is wrong with it. Nothing is published.

use super::tones::{Tones, named};
use super::{Articles, Studio, base, bundle, files, photos};
use crate::build::plan::{Job, Order, Output, Plan};
use crate::build::publish::Fault;
use crate::digest::{Digest, Digester};
use crate::parallel;
use crate::problem::Problem;

/// The bytes of an output; of a photo, those of its file `path`.
pub fn single(plan: &Plan<'_>, studio: &Studio<'_>, output: &Output, path: &str) -> Result<Vec<u8>, Fault> {
    match &output.job {
        Job::Page(dish) => {
            let rendered = rendered(plan, &Articles { studio }, output, &plan.order(dish))?;
            let tones = tones(plan, studio, &rendered)?;
            Ok(studio.root.settle(&output.path, &tones.settle(rendered)))
        }
        Job::Photo { media, files } => photos::variant(plan, studio, *media, files, path),
        Job::Bundle { photos, .. } => bundle::bytes(plan, studio, &output.path, photos),
        Job::File { media } => files::clean(plan, studio, *media),
    }
}

/// Equal for outputs that are made of the same: whoever made the one knows the other.
pub fn key(plan: &Plan<'_>, studio: &Studio<'_>, output: &Output) -> Digest {
    match &output.job {
        Job::Page(dish) => plan.kitchen.key(&plan.order(dish), &base(studio), false).0,
        Job::Bundle { photos, .. } => bundle::key(plan, photos),
        Job::Photo { media, .. } | Job::File { media } => {
            let original = plan.kitchen.model.library.get(*media);
            Digester::new().text(&original.path).digest(&original.digest).finish()
        }
    }
}

/// A page, made to its order; addresses and colours of photos are still markers.
pub(super) fn rendered(
    plan: &Plan<'_>,
    articles: &Articles<'_>,
    output: &Output,
    order: &Order,
) -> Result<Vec<u8>, Problem> {
    let context = plan.kitchen.context(&order.recipe, articles)?;
    let mut rendered = Vec::new();
    articles.studio.templates.render(&order.template, &plan.origin(output), &context, &mut rendered)?;
    Ok(rendered)
}

/// The colours that a page asks for: a photo that nobody has developed yet is developed now, once for all its copies.
fn tones(plan: &Plan<'_>, studio: &Studio<'_>, rendered: &[u8]) -> Result<Tones, Fault> {
    let asked: Vec<&Output> = named(rendered).iter().filter_map(|key| photo(plan, key)).collect();
    let looks = parallel::map_in_turn(&asked, |output| match &output.job {
        Job::Photo { media, files } => match photos::look(plan, studio, *media, files) {
            Ok(found) => Ok(Some(found)),
            // Its own output tells what is wrong with it; the page does without its colour.
            Err(Fault::Refused(_)) => Ok(None),
            Err(fault) => Err(fault),
        },
        _ => Ok(None),
    });
    let looks: Vec<_> = looks.into_iter().collect::<Result<_, _>>()?;
    Ok(Tones::new(looks.into_iter().flatten()))
}

/// The photo whose key begins like this: its files are named after it, and outputs are sorted by path.
fn photo<'p>(plan: &'p Plan<'_>, key: &str) -> Option<&'p Output> {
    let prefix = format!("photos/{key}-");
    let at = plan.outputs.partition_point(|output| *output.path < *prefix);
    plan.outputs.get(at).filter(|output| output.path.starts_with(&prefix))
}
