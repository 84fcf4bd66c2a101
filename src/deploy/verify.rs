//! Looking at the site as readers do, after a deploy: over its public address, without our notes.
//!
//! What differs is told, never mended: a cache in between, a server that is set up otherwise, a cloud domain that makes
//! browsers download pages.

use super::fault::Fault;
use super::headers::is_hashed;
use super::host::http::{Answer, Client, Trust, encoded};
use super::manifest::{Entry, LARGEST, Manifest, Sha};
use super::retry::patiently;
use crate::problem::Problem;

/// How many changed pages are looked at.
const PAGES: usize = 20;
/// No site has this.
const NOWHERE: &str = "yicun-there-is-no-such-page/";

/// Looks at the home page, a file with a digest in its name, changed pages (or any, where none changed), and a page that is
/// not there.
pub fn verify(address: &str, manifest: &Manifest, changed: &[String], trust: &Trust) -> Vec<Problem> {
    let client = Client::new(trust);
    let address = address.trim_end_matches('/');
    let mut problems = Vec::new();
    for path in sample(manifest, changed) {
        let Some(entry) = manifest.files.get(&path) else { continue };
        let url = format!("{address}/{}", encoded(path.strip_suffix("index.html").unwrap_or(&path)));
        // A cache in between may need a moment.
        let seen = patiently(&url, || {
            let answer = client.send("GET", &url, &[], None, LARGEST)?;
            let problem = differs(&url, entry, &answer);
            problem.map_or(Ok(answer), |problem| Err(Fault::passing(problem)))
        });
        match seen {
            Ok(answer) => problems.extend(headers(&url, &path, entry, &answer)),
            Err(fault) => problems.push(fault.problem()),
        }
        // An address that does not answer will not answer for the next page either.
        if problems.iter().any(|problem| problem.code == "deploy-unreachable") {
            return together(problems);
        }
    }
    let url = format!("{address}/{NOWHERE}");
    let nowhere = patiently(&url, || client.send("GET", &url, &[], None, LARGEST));
    problems.extend(
        nowhere.map_or_else(|fault| Some(fault.problem()), |answer| missing(&url, manifest, &answer)),
    );
    together(problems)
}

/// One problem for all addresses that have the same: a server that is set up wrongly has it everywhere.
fn together(problems: Vec<Problem>) -> Vec<Problem> {
    const NAMED: usize = 3;
    let mut groups: Vec<(Problem, Vec<String>)> = Vec::new();
    for mut problem in problems {
        let mut url = String::new();
        for (_, value) in problem.args.iter_mut().filter(|(name, _)| name == "url") {
            url = std::mem::take(value);
        }
        match groups.iter_mut().find(|(known, _)| known.code == problem.code && known.args == problem.args) {
            Some((_, urls)) => urls.push(url),
            None => groups.push((problem, vec![url])),
        }
    }
    let named = groups.into_iter().map(|(mut problem, urls)| {
        let more = if urls.len() > NAMED { format!(" … ({})", urls.len()) } else { String::new() };
        let text = urls.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ") + &more;
        problem
            .args
            .iter_mut()
            .filter(|(name, _)| name == "url")
            .for_each(|(_, value)| value.clone_from(&text));
        problem
    });
    named.collect()
}

/// What a page that is not there answers: its own status, and the site's own page for it.
fn missing(url: &str, manifest: &Manifest, answer: &Answer) -> Option<Problem> {
    if answer.status != 404 {
        return Some(Problem::new("deploy-verify-404").arg("url", url).arg("status", answer.status));
    }
    let page = manifest.files.get("404.html")?;
    (Sha::of(&answer.body) != page.sha256).then(|| Problem::new("deploy-verify-404-page").arg("url", url))
}

fn sample(manifest: &Manifest, changed: &[String]) -> Vec<String> {
    let is_page = |path: &&String| path.ends_with(".html") && *path != "404.html";
    let pages: Vec<&String> = match changed {
        [] => manifest.files.keys().filter(is_page).collect(),
        changed => changed.iter().filter(is_page).collect(),
    };
    let step = pages.len().div_ceil(PAGES).max(1);
    let hashed = manifest.files.iter().find(|(path, entry)| is_hashed(path) && entry.packed.is_none());
    let mut sample = vec!["index.html".to_owned()];
    sample.extend(hashed.map(|(path, _)| path.clone()));
    sample.extend(pages.into_iter().step_by(step).filter(|path| *path != "index.html").cloned());
    sample
}

/// Another status, other bytes.
fn differs(url: &str, entry: &Entry, answer: &Answer) -> Option<Problem> {
    if answer.status != 200 {
        return Some(Problem::new("deploy-verify-status").arg("url", url).arg("status", answer.status));
    }
    (Sha::of(&answer.body) != entry.sha256).then(|| Problem::new("deploy-verify-bytes").arg("url", url))
}

fn headers(url: &str, path: &str, entry: &Entry, answer: &Answer) -> Vec<Problem> {
    let mut problems = Vec::new();
    let disposition = answer.header("content-disposition").unwrap_or_default();
    if disposition.to_ascii_lowercase().starts_with("attachment") {
        problems.push(Problem::new("deploy-verify-attachment").arg("url", url));
    }
    let essence = |kind: &str| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = answer.header("content-type").unwrap_or_default();
    let page = essence(&entry.kind) == "text/html";
    let charset = kind.to_ascii_lowercase().contains("charset=utf-8");
    let same = essence(kind) == essence(&entry.kind)
        || (essence(kind).ends_with("javascript") && path.ends_with(".js"));
    if !same || (page && !charset) {
        problems.push(
            Problem::new("deploy-verify-type").arg("url", url).arg("there", kind).arg("wanted", &entry.kind),
        );
    }
    let cache = answer.header("cache-control").unwrap_or_default().to_ascii_lowercase();
    let age = cache.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
    let fits = if is_hashed(path) { age.is_some_and(|age| age >= 86400) } else { age.unwrap_or(0) <= 600 };
    if !fits {
        let there = if cache.is_empty() { "-" } else { &cache };
        problems.push(
            Problem::new("deploy-verify-cache")
                .arg("url", url)
                .arg("there", there)
                .arg("wanted", &entry.cache),
        );
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::headers::{cache, content_type};

    fn codes(path: &str, headers_there: &[(&str, &str)]) -> Vec<String> {
        let entry = Entry {
            sha256: Sha::of(b"x"),
            size: 1,
            kind: content_type(path),
            cache: cache(path).to_owned(),
            packed: None,
            last: 0,
        };
        let headers_there =
            headers_there.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = Answer { status: 200, headers: headers_there, body: b"x".to_vec() };
        assert!(differs("u", &entry, &answer).is_none());
        headers("u", path, &entry, &answer).into_iter().map(|problem| problem.code.into_owned()).collect()
    }

    #[test]
    fn what_is_not_there_has_the_page_of_the_site() {
        let page = Entry {
            sha256: Sha::of(b"ours"),
            size: 4,
            kind: content_type("404.html"),
            cache: cache("404.html").to_owned(),
            packed: None,
            last: 0,
        };
        let site = Manifest::new([("404.html".to_owned(), page)].into());
        let code = |manifest: &Manifest, status, body: &[u8]| {
            let answer = Answer { status, headers: Vec::new(), body: body.to_vec() };
            missing("u", manifest, &answer).map(|problem| problem.code.into_owned())
        };
        assert_eq!(code(&site, 404, b"ours"), None);
        assert_eq!(code(&site, 200, b"ours").as_deref(), Some("deploy-verify-404"));
        assert_eq!(code(&site, 404, b"<Error>NoSuchKey").as_deref(), Some("deploy-verify-404-page"));
        assert_eq!(code(&Manifest::default(), 404, b"theirs"), None);
    }

    #[test]
    fn what_is_wrong_everywhere_is_told_once() {
        let one = |url: &str, status: u16| {
            Problem::new("deploy-verify-status").arg("url", url).arg("status", status)
        };
        let told = together(vec![one("a", 500), one("b", 404), one("c", 404), one("d", 404), one("e", 404)]);
        let urls: Vec<&str> = told.iter().map(|problem| problem.args[0].1.as_str()).collect();
        assert_eq!(urls, ["a", "b, c, d … (4)"]);
    }

    #[test]
    fn headers_that_hurt_are_told() {
        let html = ("content-type", "text/html; charset=UTF-8");
        assert!(codes("index.html", &[html, ("cache-control", "no-cache")]).is_empty());
        assert_eq!(
            codes("index.html", &[html, ("content-disposition", "attachment")]),
            ["deploy-verify-attachment"]
        );
        assert_eq!(codes("index.html", &[("content-type", "text/html")]), ["deploy-verify-type"]);
        assert_eq!(codes("index.html", &[html, ("cache-control", "max-age=86400")]), ["deploy-verify-cache"]);
        let style = "assets/style.a122fd4ae2c4.css";
        assert_eq!(codes(style, &[("content-type", "text/css")]), ["deploy-verify-cache"]);
        assert!(
            codes(
                style,
                &[("content-type", "text/css"), ("cache-control", "public, max-age=31536000, immutable")]
            )
            .is_empty()
        );
    }
}
