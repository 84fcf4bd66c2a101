//! Takes out of raw HTML what could run, restyle or frame.
//!
//! The whole body goes through ammonia at once, since raw elements wrap Markdown. Slots are the caller's own HTML and
//! stay out of it: an element with an unguessable id stands in for each. Its exact text cannot come from anything but
//! that element (in text `<` would be escaped, in attributes `"`), so raw HTML can't catch a slot in an attribute.

use super::document::Document;
use super::html::{self, Inserts};
use super::types::{Options, Slots};
use crate::digest::Digest;
use crate::markers;
use ammonia::{Builder, UrlRelative};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// Deeper HTML would cost the HTML parser quadratic time; nobody writes it.
const DEPTH: usize = 256;

/// Elements that never have an end.
const VOID: [&str; 9] = ["br", "hr", "img", "input", "wbr", "col", "area", "source", "link"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .add_tags(["section", "input", "tfoot", "big", "font"])
        .rm_tags(["font", "big", "center", "map", "area", "tt", "nav", "header", "footer", "hgroup"])
        .add_generic_attributes([
            "id",
            "class",
            "dir",
            "role",
            "tabindex",
            "aria-label",
            "aria-hidden",
            "aria-describedby",
        ])
        .link_rel(None)
        .add_tag_attributes("a", ["rel", "target"])
        .add_tag_attributes("details", ["open"])
        .add_tag_attributes("th", ["scope"])
        .add_tag_attributes("input", ["checked"])
        .set_tag_attribute_values(HashMap::from([(
            "input",
            HashMap::from([("type", "checkbox"), ("disabled", "")]),
        )]))
        .tag_attribute_values(HashMap::from([(
            "a",
            HashMap::from([
                ("target", HashSet::from(["_blank", "_self"])),
                ("rel", HashSet::from(["noopener", "nofollow"])),
            ]),
        )]))
        .url_relative(UrlRelative::PassThrough);
    cleaner
});

/// The sanitised HTML of a document, with the slots in place.
pub(super) fn render(body: &str, document: &Document, options: &Options, slots: &Slots) -> String {
    let token = format!("slot-{}", Digest::of(body.as_bytes()));
    let marked = html::write(document, options, slots, Inserts::Marked(&token));
    if depth(&marked) > DEPTH {
        return html::write(document, options, slots, Inserts::HtmlAsText);
    }
    // References in raw HTML are characters now.
    let clean = markers::without(CLEANER.clean(&marked).to_string().into());
    let head = format!("<span id=\"{token}-");
    let mut out = String::with_capacity(clean.len());
    let mut parts = clean.split(&head);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let Some((name, rest)) = part.split_once("\"></span>") else {
            out.push_str(part);
            continue;
        };
        match (name.split_at_checked(1), name.get(1..).and_then(|number| number.parse::<usize>().ok())) {
            (Some(("i", _)), Some(number)) => out.push_str(&html::image(document, options, slots, number)),
            (Some(("c", _)), Some(number)) => {
                out.push_str(slots.components.get(number).map_or("", String::as_str));
            }
            _ => {}
        }
        out.push_str(rest);
    }
    out
}

/// How deep elements nest at most; an end tag counts only for an open element of its name.
fn depth(html: &str) -> usize {
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    let (mut depth, mut most) = (0usize, 0usize);
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let (end, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let len = rest.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        let name = rest[..len].to_ascii_lowercase();
        if len == 0 || VOID.contains(&name.as_str()) {
            continue;
        }
        let same = open.entry(name).or_default();
        if !end {
            *same += 1;
            depth += 1;
            most = most.max(depth);
        } else if *same > 0 {
            *same -= 1;
            depth -= 1;
        }
    }
    most
}

/// The first thing in a piece of raw HTML that sanitising is sure to remove, for telling the writer.
pub(super) fn removed(html: &str) -> Option<String> {
    const GONE: [&str; 13] = [
        "script", "style", "iframe", "video", "audio", "object", "embed", "form", "button", "font", "center",
        "link", "meta",
    ];
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let len = rest.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        let name = rest[..len].to_ascii_lowercase();
        if GONE.contains(&name.as_str()) {
            return Some(format!("<{name}>"));
        }
        let tag = rest
            .get(..rest.bytes().take(400).position(|b| b == b'>').unwrap_or_default())
            .unwrap_or_default();
        if len > 0 && tag.to_ascii_lowercase().contains(" style=") {
            return Some("style=".to_owned());
        }
    }
    None
}
