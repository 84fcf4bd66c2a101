//! Facts about the walk, on small sites in temporary folders.
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]

use super::role::{is_junk, role};
use super::*;
use crate::files::is_portable;

fn site(files: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let path = root.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file).unwrap();
    }
    root
}

fn paths(source: &Source) -> Vec<&str> {
    source.files.iter().map(|file| &*file.path).collect()
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| &*problem.code).collect()
}

#[test]
fn roles_follow_from_paths() {
    let of = |path| role(path, "hongqi");
    assert_eq!(of("site.toml"), Some(Role::Config));
    assert_eq!(of("content/a/B.MD"), Some(Role::Content));
    assert_eq!(of("content/a/b.jpg"), Some(Role::ContentFile));
    assert_eq!(of("kinds/village.toml"), Some(Role::Kind { own: true }));
    assert_eq!(of("themes/hongqi/kinds/village.toml"), Some(Role::Kind { own: false }));
    assert_eq!(of("themes/hongqi/templates/a/b.html"), Some(Role::Template { own: false }));
    assert_eq!(of("templates/b.html"), Some(Role::Template { own: true }));
    assert_eq!(of("themes/hongqi/assets/style.css"), Some(Role::Asset));
    assert_eq!(of("themes/hongqi/theme.toml"), Some(Role::ThemeConfig));
    assert_eq!(of("themes/hongqi2/theme.toml"), None);
    assert_eq!(of("themes/hongqi/README.md"), None);
    assert_eq!(of("words/zh-CN.toml"), Some(Role::Words { own: true }));
    assert_eq!(of("static/a/b"), Some(Role::Static));
}

#[test]
fn junk_is_known_by_name() {
    for name in [".DS_Store", "~$a.docx", "Thumbs.db", "Desktop.ini", "a.md~", "a.TMP", ".a.md.swp", ".git"] {
        assert!(is_junk(name, true), "{name}");
    }
    assert!(is_junk(".well-known", false) && !is_junk(".well-known", true) && !is_junk("a.md", false));
}

#[test]
fn portable_names() {
    for name in ["CON", "nul.md", "com1.txt", "a:b", "a.", "a ", "a?", "a\\b", "lpt9"] {
        assert!(!is_portable(name), "{name}");
    }
    for name in ["console.md", "com0", "庆乐村.jpg", "a b"] {
        assert!(is_portable(name), "{name}");
    }
}

#[test]
fn files_are_sorted_and_junk_left_out() {
    let root = site(&[
        "static/b",
        "content/村/index.md",
        "content/.git/x",
        "content/a.md",
        "content/a-b.md",
        "content/a/x.jpg",
        "site.toml",
        "themes/t/theme.toml",
        "themes/other/theme.toml",
        "static/out/index.html",
        "src/main.rs",
        "static/.well-known/security.txt",
        "content/~$a.docx",
    ]);
    let (source, problems) = scan(root.path(), &[root.path().join("static/out")], "t").unwrap();
    assert_eq!(problems, []);
    assert_eq!(
        paths(&source),
        [
            "content/a-b.md",
            "content/a.md",
            "content/a/x.jpg",
            "content/村/index.md",
            "site.toml",
            "static/.well-known/security.txt",
            "static/b",
            "themes/t/theme.toml",
        ]
    );
    let file = source.get("content/a.md").unwrap();
    assert_eq!((file.read().unwrap(), file.name(), file.stamp.size), (b"content/a.md".to_vec(), "a.md", 12));
    let under: Vec<_> = source.under("content/a").map(|file| &*file.path).collect();
    assert_eq!(under, ["content/a/x.jpg"]);
}

#[test]
fn an_empty_folder_is_a_site_but_a_missing_one_is_not() {
    let root = site(&[]);
    assert_eq!(scan(root.path(), &[], "t").unwrap().0.files.len(), 0);
    assert_eq!(scan(&root.path().join("none"), &[], "t").unwrap_err().problem().code, "file-not-found");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_stay_inside() {
        let root = site(&["content/a.md", "content/sub/b.md"]);
        let other = site(&["secret.md"]);
        let at = |name: &str| root.path().join("content").join(name);
        symlink(other.path().join("secret.md"), at("out.md")).unwrap();
        symlink("a.md", at("in.md")).unwrap();
        symlink("sub", at("folder")).unwrap();
        symlink("..", at("up")).unwrap();
        symlink("none", at("broken.md")).unwrap();
        symlink("loop.md", at("loop.md")).unwrap();
        symlink(other.path(), root.path().join("static")).unwrap();
        let (source, problems) = scan(root.path(), &[], "t").unwrap();
        assert_eq!(paths(&source), ["content/a.md", "content/in.md", "content/sub/b.md"]);
        assert_eq!(
            codes(&problems),
            [
                "symlink-broken",
                "symlink-folder",
                "symlink-broken",
                "symlink-outside",
                "symlink-folder",
                "symlink-outside"
            ]
        );
        assert_eq!(source.get("content/in.md").unwrap().read().unwrap(), b"content/a.md");
    }

    #[test]
    fn odd_names_are_told() {
        let root = site(&[
            "content/e\u{301}.md",
            "content/\u{e9}.md",
            "content/A.md",
            "content/a.md",
            "content/a:b.md",
        ]);
        std::fs::write(root.path().join("content").join(std::ffi::OsStr::from_bytes(b"\xff.md")), "")
            .unwrap();
        let (source, problems) = scan(root.path(), &[], "t").unwrap();
        assert_eq!(paths(&source), ["content/A.md", "content/a.md", "content/a:b.md", "content/\u{e9}.md"]);
        let mut codes = codes(&problems);
        codes.sort_unstable();
        assert_eq!(codes, ["name-case-clash", "name-not-portable", "name-not-unicode", "name-twice"]);
    }
}

#[test]
fn what_came_or_went_is_found_as_by_a_walk() {
    let root =
        site(&["site.toml", "content/a.md", "content/news/b.md", "content/news/c/index.md", "static/x.txt"]);
    let at = |path: &str| root.path().join(path);
    let walked = || scan(root.path(), &[at("public")], "").unwrap();
    let seen = |source: &Source| {
        let file = |file: &SourceFile| (file.path.to_string(), file.role, file.stamp);
        source.files.iter().map(file).collect::<Vec<_>>()
    };
    let write = |path: &str| {
        std::fs::create_dir_all(at(path).parent().unwrap()).unwrap();
        std::fs::write(at(path), path).unwrap();
    };
    let mut source = walked().0;
    let mut after = |deed: &dyn Fn(), paths: &[&str]| {
        deed();
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        let found = source.rescan(&paths, &[at("public")]).unwrap();
        let (whole, problems) = walked();
        assert_eq!(found.is_some(), problems.is_empty(), "{paths:?}");
        found.inspect(|found| assert_eq!(seen(found), seen(&whole), "{paths:?}"));
        source = whole;
    };
    after(&|| write("content/news/d/index.md"), &["content/news/d"]);
    after(
        &|| write("content/news/d/photos/1.jpg"),
        &["content/news/d/photos", "content/news/d/photos/1.jpg"],
    );
    after(&|| write("content/news/d/t.csv"), &["content/news/d/t.csv"]);
    // Without the page what lies beside it is a table.
    after(&|| std::fs::remove_file(at("content/news/d/index.md")).unwrap(), &["content/news/d/index.md"]);
    after(
        &|| std::fs::rename(at("content/news/d"), at("content/e")).unwrap(),
        &["content/news/d", "content/e"],
    );
    after(&|| std::fs::remove_dir_all(at("content/e")).unwrap(), &["content/e"]);
    after(&|| write("static/.git/x"), &["static/.git/y"].map(|_| "static/y"));
    after(&|| write("content/news/B.md"), &["content/news/B.md"]);
    after(&|| std::fs::remove_file(at("content/news/B.md")).unwrap(), &["content/news/B.md"]);
    after(&|| write("content/news/con.md"), &["content/news"]);
    after(&|| std::fs::remove_file(at("content/news/con.md")).unwrap(), &["content/news"]);
    let none = |path: &str| source.rescan(&[path.to_owned()].into(), &[at("static/out")]).unwrap().is_none();
    assert!(
        ["content", "themes/x", "static/.git", "static/out/y", "content/../x", "site.toml"]
            .into_iter()
            .all(none)
    );
}

#[cfg(unix)]
#[test]
fn below_a_link_only_a_walk_finds_its_way() {
    let root = site(&["site.toml", "content/a/b.md"]);
    let (source, _) = scan(root.path(), &[], "").unwrap();
    std::os::unix::fs::symlink("a", root.path().join("content/c")).unwrap();
    for path in ["content/c", "content/c/b.md"] {
        assert!(source.rescan(&[path.to_owned()].into(), &[]).unwrap().is_none(), "{path}");
    }
}
