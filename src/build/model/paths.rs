//! Paths as links write them: schemes, anchors, `%xx`, and what is relative to what.

/// A URL path without slashes in front and with one behind unless it names a file.
pub fn below_root(url: &str) -> String {
    let path = url.trim().trim_start_matches('/');
    let name = path.rsplit('/').next().unwrap_or_default();
    if path.is_empty() || path.ends_with('/') || name.contains('.') {
        path.to_owned()
    } else {
        format!("{path}/")
    }
}

/// The section or tag that a feed or an archive page belongs to.
pub(super) fn made_for(url: &str) -> Option<&str> {
    let archive = || {
        let (owner, number) = url.strip_suffix('/')?.rsplit_once("page/")?;
        number.parse::<usize>().ok().map(|_| owner)
    };
    let owner = url.strip_suffix("atom.xml").or_else(|| url.strip_suffix("feed.json")).or_else(archive)?;
    (owner.is_empty() || owner.ends_with('/')).then_some(owner)
}

/// `scheme:` at the start of a URL.
pub(super) fn scheme(dest: &str) -> Option<&str> {
    let (scheme, _) = dest.split_once(':')?;
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(name)).then_some(scheme)
}

/// Path and anchor, both with `%xx` decoded.
pub(super) fn split_anchor(dest: &str) -> (String, Option<String>) {
    match dest.split_once('#') {
        Some((path, anchor)) => (decoded(path), Some(decoded(anchor))),
        None => (decoded(dest), None),
    }
}

/// A URL with an anchor in place of its own.
pub(super) fn with_anchor(url: &str, anchor: Option<String>) -> String {
    match anchor.filter(|anchor| !anchor.is_empty()) {
        Some(anchor) => format!("{}#{anchor}", url.split('#').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

/// `%xx` → bytes, where that gives UTF-8; else the text as it was.
pub fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// `relative` seen from `base`; `None` when it leaves the first folder of `base`.
pub fn join(base: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.len() <= 1 => return None,
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_join_and_never_leave_the_content() {
        assert_eq!(join("content/news", "../villages/a.md").as_deref(), Some("content/villages/a.md"));
        assert_eq!(join("content/news", "./图 1.jpg").as_deref(), Some("content/news/图 1.jpg"));
        assert_eq!(join("content/news", "../../etc/passwd"), None);
        assert_eq!(join("content", "..\\..\\x"), None);
    }

    #[test]
    fn percent_signs_are_decoded_where_they_make_text() {
        assert_eq!(decoded("%E5%BA%86%20a"), "庆 a");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%FF"), "%FF");
    }

    #[test]
    fn schemes_are_told_from_paths() {
        assert_eq!(scheme("https://a"), Some("https"));
        assert_eq!(scheme("a/b:c"), None);
        assert_eq!(scheme("一：二"), None);
    }

    #[test]
    fn feeds_and_archives_belong_to_a_section() {
        assert_eq!(made_for("news/page/3/"), Some("news/"));
        assert_eq!(made_for("atom.xml"), Some(""));
        assert_eq!(made_for("tags/a/feed.json"), Some("tags/a/"));
        assert_eq!(made_for("news/front-page/3/"), None);
        assert_eq!(made_for("news/a/"), None);
    }

    #[test]
    fn site_paths_are_folders_unless_they_name_a_file() {
        assert_eq!(below_root("/news/a"), "news/a/");
        assert_eq!(below_root("/a.pdf"), "a.pdf");
        assert_eq!(below_root("/"), "");
    }
}
