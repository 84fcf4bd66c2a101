//! One output by itself: the bytes that a build would publish, made because somebody asks for them.
//!
//! In come the plan and one of its outputs, out go its bytes or what is wrong with it. Nothing is published.

use super::{Articles, Studio, base, files};
use crate::build::plan::{Job, Order, Output, Plan};
use crate::build::publish::Fault;
use crate::digest::{Digest, Digester};
use crate::problem::Problem;

/// The bytes of an output; of a photo, those of its file `path`.
pub fn single(plan: &Plan<'_>, studio: &Studio<'_>, output: &Output, path: &str) -> Result<Vec<u8>, Fault> {
    match &output.job {
        Job::Page(dish) => Ok(page(plan, studio, &Articles { studio }, output, &plan.order(dish))?),
        Job::Photo { media, files } => files::variant(plan, studio, *media, files, path),
        Job::File { media } => files::clean(plan, studio, *media),
    }
}

/// Equal for outputs that are made of the same: whoever made the one knows the other.
pub fn key(plan: &Plan<'_>, studio: &Studio<'_>, output: &Output) -> Digest {
    match &output.job {
        Job::Page(dish) => plan.kitchen.key(&plan.order(dish), &base(studio), false).0,
        Job::Photo { media, .. } | Job::File { media } => {
            let original = plan.kitchen.model.library.get(*media);
            Digester::new().text(&original.path).digest(&original.digest).finish()
        }
    }
}

/// A page, made to its order.
pub(super) fn page(
    plan: &Plan<'_>,
    studio: &Studio<'_>,
    articles: &Articles<'_>,
    output: &Output,
    order: &Order,
) -> Result<Vec<u8>, Problem> {
    let context = plan.kitchen.context(&order.recipe, articles)?;
    let mut rendered = Vec::new();
    studio.templates.render(&order.template, &plan.origin(output), &context, &mut rendered)?;
    Ok(studio.root.settle(&output.path, &rendered))
}
