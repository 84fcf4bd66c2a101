//! From the path of a request to a file of the preview, and to nothing outside of it.
//!
//! The path is decoded once and taken apart; `..`, hidden names, separators of other systems and links that lead out
//! of the folder find nothing.
#![expect(clippy::disallowed_methods, reason = "the preview serves files of its own folder")]

use crate::files;
use std::path::Path;

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A file: its name and bytes.
    File(String, Vec<u8>),
    /// A folder asked for without the slash at its end.
    Folder,
    /// Nothing.
    Nothing,
}

/// Looks `path` (from `/`, still percent-encoded, without query) up under `folder`.
pub(super) fn find(folder: &Path, path: &str) -> Found {
    let Some(path) = decode(path) else { return Found::Nothing };
    let Some(inside) = path.strip_prefix('/') else { return Found::Nothing };
    let (inside, wants_folder) = match inside.strip_suffix('/') {
        Some(inside) => (inside, true),
        None => (inside, inside.is_empty()),
    };
    let names: Vec<&str> = if inside.is_empty() { Vec::new() } else { inside.split('/').collect() };
    if !names.iter().all(|name| is_plain(name)) {
        return Found::Nothing;
    }
    let Ok(base) = files::resolve(folder) else { return Found::Nothing };
    let Ok(target) = files::resolve(&names.iter().fold(base.clone(), |path, name| path.join(name))) else {
        return Found::Nothing;
    };
    if !target.starts_with(&base) {
        return Found::Nothing;
    }
    if target.is_dir() {
        if !wants_folder {
            return Found::Folder;
        }
        return read(&base, &target.join("index.html"), "index.html");
    }
    if wants_folder {
        return Found::Nothing;
    }
    read(&base, &target, names.last().copied().unwrap_or_default())
}

fn read(base: &Path, path: &Path, name: &str) -> Found {
    // `index.html` itself may be a link.
    match files::resolve(path) {
        Ok(real) if real.starts_with(base) && real.is_file() => match files::read_if_there(&real) {
            Ok(Some(bytes)) => Found::File(name.to_owned(), bytes),
            _ => Found::Nothing,
        },
        _ => Found::Nothing,
    }
}

fn is_plain(name: &str) -> bool {
    let hidden = name.starts_with('.') && name != ".well-known";
    !name.is_empty() && !hidden && !name.contains(|c: char| c == '\\' || c == ':' || c.is_control())
}

/// Undoes percent-encoding; none when the result is no text or holds an encoded slash.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value = u8::try_from(digit()? * 16 + digit()?).ok()?;
            if value == b'/' {
                return None;
            }
            bytes.push(value);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("secret.txt", "secret");
        write("site/index.html", "home");
        write("site/villages/index.html", "villages");
        write("site/files/报告.pdf", "pdf");
        write("site/.hidden/a.txt", "hidden");
        folder
    }

    #[test]
    fn paths_lead_to_files_and_folders() {
        let tree = tree();
        let find = |path: &str| super::find(&tree.path().join("site"), path);
        let file = |name: &str, text: &str| Found::File(name.into(), text.into());
        assert_eq!(find("/"), file("index.html", "home"));
        assert_eq!(find("/villages/"), file("index.html", "villages"));
        assert_eq!(find("/villages"), Found::Folder);
        assert_eq!(find("/index.html"), file("index.html", "home"));
        assert_eq!(find("/files/%E6%8A%A5%E5%91%8A.pdf"), file("报告.pdf", "pdf"));
        assert_eq!(find("/index.html/"), Found::Nothing);
        assert_eq!(find("/none"), Found::Nothing);
    }

    #[test]
    fn nothing_outside_is_found() {
        let tree = tree();
        #[cfg(unix)]
        {
            let site = tree.path().join("site");
            std::os::unix::fs::symlink(tree.path().join("secret.txt"), site.join("link.txt")).unwrap();
            std::os::unix::fs::symlink(tree.path(), site.join("up")).unwrap();
        }
        for path in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/villages/../../secret.txt",
            "/..%2fsecret.txt",
            "/..%5csecret.txt",
            "/link.txt",
            "/up/secret.txt",
            "/.hidden/a.txt",
            "//secret.txt",
            "/%00",
            "/%",
            "/%zz",
            "/C:/x",
            "/%ff",
            "x",
        ] {
            assert_eq!(find(&tree.path().join("site"), path), Found::Nothing, "{path}");
        }
    }
}
