//! Gives the program an identity: a digest of its sources, lock file and features. Bytes kept by an earlier build are
//! used again only by the program that made them.

#![expect(clippy::disallowed_methods, reason = "a build script reads its sources and tells cargo")]

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::path::Path;
use std::{env, fs};

fn main() -> std::io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for path in ["src", "themes/hongqi", "Cargo.lock", "Cargo.toml", "build.rs"] {
        println!("cargo:rerun-if-changed={path}");
        add(Path::new(path), &mut hasher);
    }
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("CARGO_FEATURE_")) {
        hasher.write(name.as_bytes());
    }
    println!("cargo:rustc-env=YICUN_BUILD_ID={:016x}", hasher.finish());
    embed("themes/hongqi")
}

/// Adds a file, or all files of a folder by name.
fn add(path: &Path, hasher: &mut DefaultHasher) {
    if let Ok(entries) = fs::read_dir(path) {
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        paths.iter().for_each(|path| add(path, hasher));
    } else if let Ok(bytes) = fs::read(path) {
        hasher.write(path.to_string_lossy().as_bytes());
        hasher.write(&bytes);
    }
}

/// Writes the table of the embedded theme.
fn embed(root: &str) -> std::io::Result<()> {
    let here = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let mut table = String::from("&[\n");
    let mut open = vec![Path::new(root).to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    for path in files {
        let name = path.to_string_lossy().replace('\\', "/");
        table.push_str(&format!("    ({name:?}, include_bytes!({:?})),\n", Path::new(&here).join(&path)));
    }
    table.push(']');
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("theme.rs"), table)
}
