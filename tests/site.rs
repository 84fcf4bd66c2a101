//! The example site at the root of the repository, built and read like a visitor and a crawler would: every link
//! leads somewhere, nothing needs inline code, no photo says where it was taken, under a sub-path as well.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::markup::{self, Tag};
use common::{Site, Tree, build, photo, published, request};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Folders and files that make the example site.
const PARTS: &[&str] = &["site.toml", "content", "static", "themes", "templates", "kinds", "words"];

/// Where the example is built for.
const ADDRESSES: [&str; 3] =
    ["https://example.org/", "https://example.org/zhen/dang-jian/", "https://example.org/zhen/"];

/// The example, copied (so that no memo is left in the repository) and built for each address. Photos are made once.
static EXAMPLES: LazyLock<BTreeMap<&str, Tree>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let site = Site::empty();
    for part in PARTS.iter().map(|part| root.join(part)).filter(|part| part.exists()) {
        for entry in walkdir::WalkDir::new(&part).into_iter().filter_map(Result::ok) {
            if entry.path().is_file() {
                let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                site.write(&path, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    let build_for = |address: &'static str| {
        let mut request = request(site.root(), &site.public());
        request.base_url = Some(address.to_owned());
        let outcome = build(&request);
        assert!(outcome.published, "the example has errors: {:#?}", outcome.problems);
        (address, published(&site.public()))
    };
    ADDRESSES.into_iter().map(build_for).collect()
});

/// The example as published below an address.
fn example(base_url: &str) -> &'static Tree {
    &EXAMPLES[base_url]
}

/// The pages of a tree: path of the file → its tags.
fn pages(tree: &Tree) -> BTreeMap<&str, Vec<Tag>> {
    let html = tree.iter().filter(|(path, _)| path.ends_with(".html"));
    html.map(|(path, bytes)| (path.as_str(), markup::tags(std::str::from_utf8(bytes).unwrap()))).collect()
}

/// The file that a server answers with for a path from the root.
fn served(tree: &Tree, path: &str) -> Option<String> {
    let path = path.trim_start_matches('/');
    let index = format!("{path}index.html");
    let wanted = if path.is_empty() || path.ends_with('/') { index } else { path.to_owned() };
    tree.contains_key(&wanted).then_some(wanted)
}

/// What is wrong with the links of a tree published below `base` (`/` or `/sub/path/`) of `origin`.
fn link_faults(tree: &Tree, origin: &str, base: &str) -> Vec<String> {
    let pages = pages(tree);
    let ids: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|(path, tags)| (*path, markup::ids(tags))).collect();
    let mut faults = BTreeSet::new();
    for (path, tags) in &pages {
        let address = format!("{base}{}", path.trim_end_matches("index.html"));
        for link in markup::links(tags) {
            let link = link.strip_prefix(origin).filter(|rest| rest.starts_with('/')).unwrap_or(&link);
            let Some((target, anchor)) = markup::resolve(&address, link) else { continue };
            let Some(inside) = target.strip_prefix(base).or((format!("{target}/") == base).then_some(""))
            else {
                faults.insert(format!("{path}: {link} leaves {base}"));
                continue;
            };
            match served(tree, inside) {
                None => drop(faults.insert(format!("{path}: {link} leads to nothing"))),
                Some(file) => {
                    let missing =
                        anchor.filter(|anchor| ids.get(&*file).is_some_and(|ids| !ids.contains(anchor)));
                    if let Some(anchor) = missing {
                        faults.insert(format!("{path}: {link}: no anchor #{anchor} in {file}"));
                    }
                }
            }
        }
    }
    faults.into_iter().collect()
}

#[test]
fn every_link_of_the_example_leads_somewhere() {
    let tree = example("https://example.org/");
    assert!(tree.contains_key("index.html") && tree.contains_key("404.html"));
    assert_eq!(link_faults(tree, "https://example.org", "/"), Vec::<String>::new());
}

#[test]
fn a_sub_path_is_carried_by_every_link() {
    let tree = example("https://example.org/zhen/dang-jian/");
    assert_eq!(link_faults(tree, "https://example.org", "/zhen/dang-jian/"), Vec::<String>::new());
}

#[test]
fn pages_need_no_inline_code() {
    for (path, tags) in pages(example("https://example.org/")) {
        assert_eq!(markup::inline_code(&tags), Vec::<String>::new(), "{path}");
        let html = tags.iter().find(|tag| tag.name == "html");
        assert!(html.is_some_and(|html| html.get("lang").is_some()), "{path} names no language");
        let images = tags.iter().filter(|tag| tag.name == "img");
        for image in images {
            assert!(image.get("alt").is_some(), "{path}: {:?} has no alt", image.get("src"));
            let sized = image.get("width").is_some() && image.get("height").is_some();
            assert!(sized, "{path}: {:?} has no size", image.get("src"));
        }
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|tag| tag.get("id")) {
            assert!(ids.insert(id), "{path}: id {id} twice");
        }
    }
}

#[test]
fn no_marker_and_no_template_is_left() {
    for (path, bytes) in example("https://example.org/") {
        let text = String::from_utf8_lossy(bytes);
        if [".html", ".xml", ".txt", ".css", ".js"].iter().any(|end| path.ends_with(end)) {
            assert!(!text.contains(['\u{FDD0}', '\u{FDD1}']), "{path} holds a root marker");
        }
    }
}

#[test]
fn the_feed_and_the_sitemap_are_well_formed() {
    let tree = example("https://example.org/zhen/");
    for path in ["atom.xml", "sitemap.xml"] {
        let text = std::str::from_utf8(tree.get(path).unwrap_or_else(|| panic!("no {path}"))).unwrap();
        assert_eq!(markup::xml_fault(text), None, "{path}");
        assert!(text.contains("https://example.org/zhen/"), "{path} has no absolute addresses");
    }
    let sitemap = String::from_utf8_lossy(&tree["sitemap.xml"]).into_owned();
    for part in sitemap.split("<loc>").skip(1) {
        let address = markup::unescape(part.split("</loc>").next().unwrap());
        let path = address.strip_prefix("https://example.org/zhen/").expect("an address of the site");
        assert!(served(tree, &markup::decode(path)).is_some(), "the sitemap names {address}");
    }
}

#[test]
fn no_published_image_of_the_example_says_who_or_where() {
    for (path, bytes) in example("https://example.org/") {
        assert_eq!(photo::private_exif(bytes), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn gps_is_removed_wherever_a_photo_comes_from() {
    let site = Site::village();
    site.write("content/villages/qing-le-cun/photos/one.jpg", photo::jpeg_with_gps(640, 480, 1))
        .write("static/pictures/two.jpg", photo::jpeg_with_gps(200, 150, 2))
        .write(
            "content/albums/zhao/index.md",
            "+++\ntitle = \"照\"\ndate = 2026-10-02\n+++\n\n[原图](three.jpg)\n",
        )
        .write("content/albums/zhao/three.jpg", photo::jpeg_with_gps(300, 200, 3));
    site.build();
    let tree = site.published();
    let images: Vec<PathBuf> = tree.keys().map(PathBuf::from).filter(|path| is_image(path)).collect();
    assert!(images.len() >= 3, "{images:?}");
    for (path, bytes) in &tree {
        assert_eq!(photo::private_exif(bytes), Vec::<String>::new(), "{path}");
        for private in ["Cunzhen\0", "Zhang San"] {
            let found = bytes.windows(private.len()).any(|window| window == private.as_bytes());
            assert!(!found, "{path} still says {private:?}");
        }
    }
}

fn is_image(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["jpg", "jpeg", "png", "webp"].iter().any(|known| extension == *known))
}

#[test]
fn init_makes_a_site_that_builds() {
    let site = Site::empty();
    let made = common::yicun(site.root(), &["init", "demo", "--lang", "en"]);
    assert_eq!(made.code, 0, "{}", made.said);
    let folder = site.root().join("demo");
    let built = common::yicun(&folder, &["build", "--today", common::TODAY, "--lang", "en"]);
    assert_eq!(built.code, 0, "{}", built.said);
    let tree = published(&folder.join("public"));
    assert!(tree.contains_key("index.html"));
    assert_eq!(link_faults(&tree, "https://example.org", "/"), Vec::<String>::new());
    // It has no photos, so nothing makes a folder for them.
    let verified = common::yicun(&folder, &["build", "--verify", "--today", common::TODAY, "--lang", "en"]);
    assert_eq!(verified.code, 0, "{}", verified.said);
}

#[test]
fn init_leaves_a_folder_in_use_alone() {
    let site = Site::village();
    let before = site.sources();
    let made = common::yicun(site.root(), &["init", ".", "--lang", "en"]);
    assert_ne!(made.code, 0, "{}", made.said);
    assert_eq!(common::difference(&before, &site.sources()), Vec::<String>::new());
}

#[test]
fn today_hides_and_shows() {
    let site = Site::village();
    site.write("content/news/ming-tian.md", "+++\ntitle = \"明天\"\ndate = 2026-11-23\n+++\n");
    site.write("content/news/cao-gao.md", "+++\ntitle = \"草稿\"\ndate = 2026-11-01\ndraft = true\n+++\n");
    site.build_well();
    let shown = |tree: &Tree, slug: &str| tree.contains_key(&format!("news/{slug}/index.html"));
    let today = site.published();
    assert!(!shown(&today, "ming-tian") && !shown(&today, "cao-gao"));
    let mut tomorrow = request(site.root(), &site.public());
    tomorrow.today = "2026-11-23".parse().unwrap();
    assert!(build(&tomorrow).published);
    assert!(shown(&site.published(), "ming-tian"));
    let mut all = request(site.root(), &site.public());
    (all.drafts, all.future) = (true, true);
    assert!(build(&all).published);
    assert!(shown(&site.published(), "ming-tian") && shown(&site.published(), "cao-gao"));
}
