//! What a file is sent with, and what it is to a deploy, by its path alone.
//!
//! Names with a digest in them never change their bytes, so browsers may keep them for ever; everything else is asked for
//! again each time.

/// For names with a digest in them.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For everything else.
pub const ASK: &str = "no-cache";

/// The order in which files go live: nothing is shown before what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wave {
    /// Files with a digest in their name.
    Hashed,
    /// Pictures, attachments and other files that pages show or link to.
    Files,
    /// New pages that are no lists.
    Leaves,
    /// Lists, the home page, and pages that change.
    Lists,
    /// Search, feeds and the sitemap: what sends readers to pages.
    Finders,
    /// What is no longer there.
    Gone,
}

/// Whether the name has the digest of the bytes in it: `assets/style.a122fd4ae2c4.css`, `photos/ae781f2c781ac93f-480.webp`.
pub fn is_hashed(path: &str) -> bool {
    let path = plain(path);
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let hex = |text: &str, length: usize| {
        text.len() == length
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    match folder {
        "photos" => name.split_once('-').is_some_and(|(digest, _)| hex(digest, 16)),
        _ if folder == "assets" || folder.starts_with("assets/") => {
            name.rsplit('.').nth(1).is_some_and(|digest| hex(digest, 12))
        }
        _ => false,
    }
}

/// `Cache-Control` of a path.
pub fn cache(path: &str) -> &'static str {
    if is_hashed(path) { IMMUTABLE } else { ASK }
}

/// `Content-Type` of a path.
pub fn content_type(path: &str) -> String {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let known = match extension.as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" | "map" => "application/json; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "xml" if path.rsplit('/').next() == Some("atom.xml") => "application/atom+xml; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        _ => {
            let guess = mime_guess::from_path(path).first_or_octet_stream();
            return match guess.type_() {
                mime_guess::mime::TEXT => format!("{}; charset=utf-8", guess.essence_str()),
                _ => guess.essence_str().to_owned(),
            };
        }
    };
    known.to_owned()
}

/// Whether a file of this type gets smaller by packing.
pub fn is_text(kind: &str) -> bool {
    kind.contains("charset=utf-8")
}

/// The wave of a path; `has_below` says whether pages lie below a folder.
pub fn wave(path: &str, has_below: impl Fn(&str) -> bool) -> Wave {
    let path = plain(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if is_hashed(path) {
        return Wave::Hashed;
    }
    let finder = matches!(name, "atom.xml" | "feed.json" | "robots.txt")
        || name.starts_with("sitemap") && name.ends_with(".xml")
        || path.starts_with("search/")
        || name.starts_with("search-index");
    if finder {
        return Wave::Finders;
    }
    if !name.ends_with(".html") {
        return Wave::Files;
    }
    let paged = folder.rsplit('/').nth(1) == Some("page");
    // In any language: its pages stand below a folder of its name.
    let lists = folder.split('/').take(2).any(|part| matches!(part, "tags" | "timeline" | "sitemap"));
    if matches!(name, "404.html")
        || path == "index.html"
        || paged
        || lists
        || name == "index.html" && has_below(folder)
    {
        Wave::Lists
    } else {
        Wave::Leaves
    }
}

/// The path without the ending of a packed form: `a.html.br` goes with `a.html`.
fn plain(path: &str) -> &str {
    let stem = path.strip_suffix(".gz").or_else(|| path.strip_suffix(".br"));
    stem.filter(|stem| stem.rsplit('/').next().is_some_and(|name| name.contains('.'))).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_our_digests_are_immutable() {
        for path in [
            "assets/style.a122fd4ae2c4.css",
            "photos/ae781f2c781ac93f-480.webp",
            "assets/a/b.0123456789ab.js.br",
        ] {
            assert_eq!(cache(path), IMMUTABLE, "{path}");
        }
        for path in [
            "index.html",
            "photos/20261122-480.jpg",
            "news/a/20261122.jpg",
            "assets/logo.svg",
            "assets/20261122.pdf",
        ] {
            assert_eq!(cache(path), ASK, "{path}");
        }
    }

    #[test]
    fn types_name_their_characters() {
        let types = [
            ("index.html", "text/html; charset=utf-8"),
            ("a/atom.xml", "application/atom+xml; charset=utf-8"),
            ("sitemap.xml", "application/xml; charset=utf-8"),
            ("a.MD", "text/markdown; charset=utf-8"),
            ("p.webp", "image/webp"),
            ("表.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("LICENSE", "application/octet-stream"),
        ];
        for (path, kind) in types {
            assert_eq!(content_type(path), kind, "{path}");
        }
    }

    #[test]
    fn what_is_needed_goes_first() {
        let of = |path| wave(path, |folder| folder == "news");
        assert_eq!(of("assets/style.a122fd4ae2c4.css"), Wave::Hashed);
        assert_eq!(of("news/a/表.csv"), Wave::Files);
        assert_eq!(of("news/a/index.html"), Wave::Leaves);
        assert_eq!(of("news/a/index.html.gz"), Wave::Leaves);
        assert_eq!(of("news/index.html"), Wave::Lists);
        assert_eq!(of("news/page/2/index.html"), Wave::Lists);
        assert_eq!(of("index.html"), Wave::Lists);
        assert_eq!(of("404.html"), Wave::Lists);
        assert_eq!(of("en/tags/a/index.html"), Wave::Lists);
        assert_eq!(of("news/atom.xml"), Wave::Finders);
        assert_eq!(of("sitemap-2.xml"), Wave::Finders);
        assert_eq!(of("archive.tar.gz"), Wave::Files);
    }
}
