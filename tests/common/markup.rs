//! A scanner for the HTML that we publish: tags with their attributes, links, ids, and what a strict
//! Content-Security-Policy forbids. It is independent of the engine on purpose, and no general HTML parser.

use std::collections::BTreeSet;

/// A start tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// Name in lower case.
    pub name: String,
    /// Names in lower case with unescaped values.
    pub attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// All start tags of a document in order; comments and the text of scripts are passed over.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (tag, after) = tag(&rest[1..]);
            rest = after;
            if tag.name == "script" || tag.name == "style" {
                let end = rest.to_ascii_lowercase().find(&format!("</{}", tag.name));
                rest = end.map_or("", |end| &rest[end..]);
            }
            found.push(tag);
        } else {
            rest = &rest[1..];
        }
    }
    found
}

/// One tag from behind its `<`, and what follows its `>`.
fn tag(text: &str) -> (Tag, &str) {
    let name_end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(text.len());
    let mut tag = Tag { name: text[..name_end].to_ascii_lowercase(), attributes: Vec::new() };
    let mut rest = &text[name_end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let Some(first) = rest.chars().next() else { return (tag, rest) };
        if first == '>' {
            return (tag, &rest[1..]);
        }
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .map_or(rest.len(), |(at, _)| at);
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = &after[1..];
                    let end = inner.find(quote).unwrap_or(inner.len());
                    (&inner[..end], inner.get(end + 1..).unwrap_or(""))
                }
                _ => {
                    after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len()))
                }
            };
        }
        tag.attributes.push((name, unescape(value)));
    }
}

/// Replaces the character references that occur in attributes.
pub fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end < 10);
        let character = end.and_then(|end| match &rest[1..end] {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some('\u{A0}'),
            number => {
                let number = number.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                    None => number.parse(),
                };
                code.ok().and_then(char::from_u32)
            }
        });
        match (character, end) {
            (Some(character), Some(end)) => {
                plain.push(character);
                rest = &rest[end + 1..];
            }
            _ => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain + rest
}

/// Every address that a document refers to.
pub fn links(tags: &[Tag]) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags {
        for (name, value) in &tag.attributes {
            match name.as_str() {
                "href" | "src" | "poster" | "action" | "data" | "xlink:href" => found.push(value.clone()),
                "srcset" | "imagesrcset" => found.extend(
                    value.split(',').filter_map(|part| part.split_whitespace().next()).map(str::to_owned),
                ),
                _ => {}
            }
        }
        if tag.name == "meta" && tag.get("http-equiv").is_some_and(|it| it.eq_ignore_ascii_case("refresh")) {
            let content = tag.get("content").unwrap_or_default();
            found.extend(content.split_once("url=").map(|(_, url)| url.to_owned()));
        }
    }
    found
}

/// Every `id` of a document.
pub fn ids(tags: &[Tag]) -> BTreeSet<String> {
    tags.iter().filter_map(|tag| tag.get("id")).map(str::to_owned).collect()
}

/// What a strict Content-Security-Policy would refuse in a document.
pub fn inline_code(tags: &[Tag]) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags {
        let data = tag.get("type").is_some_and(|kind| kind.contains("json"));
        if tag.name == "style" || (tag.name == "script" && tag.get("src").is_none() && !data) {
            found.push(format!("<{}>", tag.name));
        }
        for (name, value) in &tag.attributes {
            let handler = name.starts_with("on") && tag.name != "on";
            let scripted = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
            if name == "style" || handler || scripted {
                found.push(format!("<{} {name}=…>", tag.name));
            }
        }
    }
    found
}

/// Resolves `link`, found on the page at the path `page` (`/a/b/`), to a path from the root and an anchor.
/// `None` for addresses of other sites and for schemes that name no file.
pub fn resolve(page: &str, link: &str) -> Option<(String, Option<String>)> {
    let (address, anchor) = match link.split_once('#') {
        Some((address, anchor)) => (address, Some(decode(anchor)).filter(|anchor| !anchor.is_empty())),
        None => (link, None),
    };
    let address = address.split('?').next().unwrap_or_default();
    if address.starts_with("//") || has_scheme(address) {
        return None;
    }
    if address.is_empty() {
        return Some((page.to_owned(), anchor));
    }
    let folder = &page[..=page.rfind('/').unwrap_or(0)];
    let joined = if address.starts_with('/') { address.to_owned() } else { format!("{folder}{address}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/').skip(1) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some((decode(&format!("/{}", parts.join("/"))), anchor))
}

fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// Undoes percent encoding.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| {
                after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
            })
            .flatten();
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A light check that XML is well formed: tags nest and close, attributes are quoted, references are known.
pub fn xml_fault(xml: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml.trim_start_matches('\u{FEFF}');
    let mut roots = 0;
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        if open.is_empty() && !text.trim().is_empty() {
            return Some(format!("text outside the root: {:?}", text.trim()));
        }
        for reference in text.split('&').skip(1) {
            let name = reference.split(';').next().unwrap_or_default();
            if !(["amp", "lt", "gt", "quot", "apos"].contains(&name) || name.starts_with('#')) {
                return Some(format!("bad reference: &{name}"));
            }
        }
        rest = &rest[at..];
        let closed = |end: &str| rest.find(end).map(|at| at + end.len());
        let end = if rest.starts_with("<!--") {
            closed("-->")
        } else if rest.starts_with("<![CDATA[") {
            closed("]]>")
        } else {
            closed(">")
        };
        let Some(end) = end else { return Some("an unclosed tag".to_owned()) };
        let whole = &rest[..end];
        rest = &rest[end..];
        if whole.starts_with("<?") || whole.starts_with("<!") {
            continue;
        }
        let inner = whole[1..whole.len() - 1].trim_end_matches('/');
        let name = inner.split_whitespace().next().unwrap_or_default();
        if let Some(name) = name.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name => {}
                opened => return Some(format!("</{name}> closes {opened:?}")),
            }
            continue;
        }
        if inner.matches('"').count() % 2 == 1 || inner.contains('<') {
            return Some(format!("bad tag {whole}"));
        }
        if open.is_empty() {
            roots += 1;
        }
        if !whole.ends_with("/>") {
            open.push(name);
        }
    }
    match (open.last(), roots) {
        (Some(name), _) => Some(format!("<{name}> stays open")),
        (None, 1) => None,
        (None, roots) => Some(format!("{roots} root elements")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_in_every_form() {
        let found =
            tags("<!-- <a href=no> --><A HREF='/a?b&amp;c' hidden data-x=1><img srcset=\"/1 1w, /2 2w\"/>");
        assert_eq!(found[0].get("href"), Some("/a?b&c"));
        assert_eq!(found[0].get("hidden"), Some(""));
        assert_eq!(links(&found), ["/a?b&c", "/1", "/2"]);
    }

    #[test]
    fn text_of_scripts_is_no_markup() {
        assert_eq!(tags("<script src=a.js>'<a href=b>'</script><b id=c>").len(), 2);
    }

    #[test]
    fn inline_code_is_found() {
        let found =
            tags("<p style='a'><style></style><script>1</script><i onclick=x><a href='javascript:x'>");
        assert_eq!(inline_code(&found).len(), 5);
        assert!(inline_code(&tags("<script src=/a.js></script><p class=style>")).is_empty());
    }

    #[test]
    fn links_are_resolved_like_in_a_browser() {
        let path = |page, link| resolve(page, link).map(|(path, _)| path);
        assert_eq!(path("/a/b/", "../c/"), Some("/a/c/".into()));
        assert_eq!(path("/a/b/", "/%E6%9D%91/"), Some("/村/".into()));
        assert_eq!(path("/a/", "#x"), Some("/a/".into()));
        assert_eq!(path("/a/", "mailto:a@b"), None);
        assert_eq!(path("/a/", "//cdn/x"), None);
        assert_eq!(resolve("/a/", "b#%E6%9D%91").unwrap().1, Some("村".into()));
    }

    #[test]
    fn broken_xml_is_seen() {
        assert_eq!(xml_fault("<?xml version=\"1.0\"?>\n<a b=\"c\"><d/>&amp;</a>"), None);
        for broken in ["<a>", "<a></b>", "<a/><b/>", "<a>&nbsp;</a>", "<a b=\"></a>", ""] {
            assert!(xml_fault(broken).is_some(), "{broken}");
        }
    }
}
