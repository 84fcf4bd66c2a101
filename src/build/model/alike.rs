//! How much one row may differ from another before more than its page is different.

use crate::build::load::Row;
use crate::build::load::front_matter::{Common, Front, Rare};
use crate::kinds::Value;

/// Whether a row differs in nothing that other columns are made of.
pub(super) fn alike(old: &Row, new: &Row) -> bool {
    let Row { path: _, stem: _, slug, language, digest: _, front, facts: _, components: _, problems } = new;
    let Front { common, kind, fields: _, extra: _, body: _ } = front;
    let Common {
        title: _,
        date,
        description: _,
        tags,
        cover: _,
        draft,
        // Lists ask for it when they are made.
        pinned: _,
        credit,
        title_place: _,
        date_place: _,
        rare,
    } = common;
    let Rare {
        updated,
        slug: own_slug,
        aliases,
        publish,
        expire,
        weight,
        reviewer: _,
        layout,
        language: own_language,
        slug_place: _,
        sort_by,
        order,
        paginate_by,
    } = &**rare;
    let before = &old.front.common;
    problems.is_empty()
        && old.problems.is_empty()
        && !new.is_section()
        && (&old.slug, old.language, old.front.kind) == (slug, *language, *kind)
        && (&before.date, &before.tags, before.draft) == (date, tags, *draft)
        && before.credit.source.is_none() == credit.source.is_none()
        && (&before.rare.updated, &before.rare.publish, &before.rare.expire) == (updated, publish, expire)
        && (&before.rare.slug, &before.rare.aliases, &before.rare.language)
            == (own_slug, aliases, own_language)
        && (before.rare.weight, &before.rare.layout) == (*weight, layout)
        && (&before.rare.sort_by, before.rare.order, before.rare.paginate_by)
            == (sort_by, *order, *paginate_by)
        && same_fields(&old.front, front)
}

/// Whether two rows of one page are the same to all other pages: they differ, if at all, in the article behind its beginning.
/// `counts` says that other pages may show how long it is.
pub fn is_same_to_others(old: &Row, new: &Row, counts: bool) -> bool {
    let (before, now) = (&old.front.common, &new.front.common);
    let cover = |common: &Common| common.cover.as_ref().map(|cover| cover.text.clone());
    alike(old, new)
        && same_headings(old, new)
        && (&before.title, &before.description, cover(before)) == (&now.title, &now.description, cover(now))
        && before.credit == now.credit
        && (before.pinned, &before.rare.reviewer) == (now.pinned, &now.rare.reviewer)
        && old.front.extra == new.front.extra
        && old.facts.first_heading_h1 == new.facts.first_heading_h1
        && old.facts.aside.excerpt() == new.facts.aside.excerpt()
        && (!counts || (old.facts.han, old.facts.latin) == (new.facts.han, new.facts.latin))
}

/// Whether two rows of one page are different to others only where these show it: it stands where it stood, in the same lists. If it is
/// called otherwise is another question.
pub fn is_shown_otherwise(old: &Row, new: &Row) -> bool {
    alike(old, new) && same_headings(old, new) && old.front.common.pinned == new.front.common.pinned
}

/// Whether links to headings lead where they led.
pub(super) fn same_headings(old: &Row, new: &Row) -> bool {
    old.facts.raw_html == new.facts.raw_html && old.facts.aside.anchors() == new.facts.aside.anchors()
}

/// Whether a page stays where it is, and what it is: its lists may change, its address may not.
pub(super) fn stays(old: &Row, new: &Row) -> bool {
    let Row { path, stem: _, slug, language, digest: _, front, facts: _, components: _, problems } = new;
    let (rare, before) = (&*front.common.rare, &*old.front.common.rare);
    problems.is_empty()
        && old.problems.is_empty()
        && !new.is_section()
        && (&old.path, &old.slug, old.language, old.front.kind) == (path, slug, *language, front.kind)
        && (&before.slug, &before.language) == (&rare.slug, &rare.language)
        && before.layout == rare.layout
        && old.front.common.credit.source.is_none() == front.common.credit.source.is_none()
        // A page with files may pack them.
        && (!new.is_bundle() || same_fields(&old.front, front))
}

/// Whether a section stays where it is, and what it is: its title, its words and the order of its lists may change.
pub(super) fn section_stays(old: &Row, new: &Row) -> bool {
    let Row { path, stem: _, slug, language, digest: _, front, facts: _, components: _, problems } = new;
    let (rare, before) = (&*front.common.rare, &*old.front.common.rare);
    problems.is_empty()
        && old.problems.is_empty()
        && (&old.path, &old.slug, old.language, old.front.kind) == (path, slug, *language, front.kind)
        && (&before.slug, &before.aliases, &before.language) == (&rare.slug, &rare.aliases, &rare.language)
        && before.layout == rare.layout
}

/// Whether a section's lists hold the same in the same order, as far as it says itself, and it is on show as long.
pub(super) fn lists_alike(old: &Row, new: &Row) -> bool {
    let (before, now) = (&old.front.common, &new.front.common);
    let order = |common: &Common| (common.rare.sort_by.clone(), common.rare.order, common.rare.paginate_by);
    let shown = |common: &Common| (common.date, common.draft, common.rare.publish, common.rare.expire);
    (order(before), shown(before), before.rare.weight) == (order(now), shown(now), now.rare.weight)
        && same_fields(&old.front, &new.front)
}

/// Whether two rows say the same of their kind's fields.
pub(super) fn same_fields(old: &Front, new: &Front) -> bool {
    let pairs = old.fields.iter().zip(&new.fields);
    old.fields.len() == new.fields.len()
        && pairs.into_iter().all(|(a, b)| a.0 == b.0 && says_same(&a.1, &b.1))
}

/// Whether two values are equal but for where they were written.
fn says_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Relation(a), Value::Relation(b))
        | (Value::Image(a), Value::Image(b))
        | (Value::File(a), Value::File(b)) => a.text == b.text,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| says_same(a, b))
        }
        (Value::Record(a), Value::Record(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && says_same(&a.1, &b.1))
        }
        (a, b) => a == b,
    }
}
