//! What the tests share: a site in a temporary folder, its build through the library or the program, and the tree
//! of files that came out. Only this module knows the shape of the library's interface.
#![allow(dead_code, reason = "every test file uses its own part")]

pub mod dav;
pub mod dice;
pub mod markup;
pub mod photo;
pub mod preview;
pub mod village;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use yicun::build::api::Request;
use yicun::problem::Problem;

/// The day on which all test sites are built.
pub const TODAY: &str = "2026-11-22";

/// Paths (relative, with `/`) and contents of a folder.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// What one build said.
#[derive(Debug)]
pub struct Outcome {
    /// All problems, in the order in which they were reported.
    pub problems: Vec<Problem>,
    /// Whether the output folder now holds this build.
    pub published: bool,
    /// The fault of the environment that ended the build, if one did.
    pub failure: Option<String>,
}

/// What one run of the program said.
#[derive(Debug)]
pub struct Run {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output and standard error, in this order.
    pub said: String,
}

/// A request for a plain build of `root` into `output`.
pub fn request(root: &Path, output: &Path) -> Request {
    Request::new(root, output, TODAY.parse().unwrap())
}

/// Builds through the library.
pub fn build(request: &Request) -> Outcome {
    match yicun::build::build(request, &|_| ()) {
        Ok(report) => {
            Outcome { published: report.published.is_some(), problems: report.problems, failure: None }
        }
        Err(failure) => {
            Outcome { problems: Vec::new(), published: false, failure: Some(format!("{failure:?}")) }
        }
    }
}

/// Runs the program in `folder`.
pub fn yicun(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_yicun"))
        .current_dir(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    Run { code: output.status.code().unwrap_or(-1), said }
}

/// A site in a temporary folder, with its output folder `public` inside.
pub struct Site {
    folder: TempDir,
}

impl Site {
    /// A folder with nothing in it.
    pub fn empty() -> Self {
        Site { folder: tempfile::tempdir().unwrap() }
    }

    /// A small site without faults: see [`village`].
    pub fn village() -> Self {
        let site = Site::empty();
        village::write(&site);
        site
    }

    /// A site with the files of the folder `from`.
    pub fn copy_of(from: &Path) -> Self {
        let site = Site::empty();
        for (path, bytes) in tree(from) {
            site.write(&path, bytes);
        }
        site
    }

    /// The village with so many more pieces of news.
    pub fn busy_village(news: usize) -> Self {
        let site = Site::village();
        for number in 0..news {
            let date = format!("2026-09-{:02}", number % 28 + 1);
            let text = format!("+++\ntitle = \"简讯{number}\"\ndate = {date}\n+++\n\n内容。\n");
            site.write(&format!("content/news/n{number}.md"), text);
        }
        site
    }

    /// A title in `site.toml`, which every page shows.
    pub fn entitle(&self, number: usize) {
        self.write("site.toml", format!("title = \"第{number}版\"\nbase_url = \"https://example.org/\"\n"));
    }

    /// The site's folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The site's output folder.
    pub fn public(&self) -> PathBuf {
        self.root().join("public")
    }

    /// Writes a file and the folders above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let full = self.root().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, bytes).unwrap();
        self
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    /// Removes a file or folder, if it is there.
    pub fn remove(&self, path: &str) -> &Self {
        let full = self.root().join(path);
        if full.is_dir() {
            fs::remove_dir_all(full).unwrap();
        } else if full.exists() {
            fs::remove_file(full).unwrap();
        }
        self
    }

    /// Builds into `public` through the library.
    pub fn build(&self) -> Outcome {
        build(&request(self.root(), &self.public()))
    }

    /// Builds into `public` and expects no fault.
    pub fn build_well(&self) -> Outcome {
        let outcome = self.build();
        assert!(outcome.published, "not published: {outcome:#?}");
        outcome
    }

    /// Builds into `public` through the program.
    pub fn run(&self, more: &[&str]) -> Run {
        let root = self.root().to_str().unwrap();
        let public = self.public();
        let mut arguments =
            vec!["build", "--root", root, "--output", public.to_str().unwrap(), "--today", TODAY];
        arguments.extend(["--lang", "en"]);
        arguments.extend(more);
        yicun(self.root(), &arguments)
    }

    /// What a build of its files from nothing publishes.
    pub fn built_from_nothing(&self) -> Tree {
        let fresh = Site::empty();
        for (path, bytes) in self.sources() {
            fresh.write(&path, bytes);
        }
        fresh.build_well();
        fresh.published()
    }

    /// What is in `public`.
    pub fn published(&self) -> Tree {
        published(&self.public())
    }

    /// All files but the output and what `yicun` keeps: `.yicun`, and the stage beside the output.
    pub fn sources(&self) -> Tree {
        let mut sources = tree(self.root());
        let kept = ["public/", ".yicun/", ".public.yicun-stage/"];
        sources.retain(|path, _| !kept.iter().any(|folder| path.starts_with(folder)));
        sources
    }
}

/// All files below `folder`; links are followed to files only.
pub fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        if entry.path().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            found.insert(path, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// All files that `yicun` published to `folder`, with the manifest.
pub fn published(folder: &Path) -> Tree {
    tree(folder)
}

/// Says how two trees differ, path by path; empty when they are equal.
pub fn difference(left: &Tree, right: &Tree) -> Vec<String> {
    let mut said = Vec::new();
    for (path, bytes) in left {
        match right.get(path) {
            None => said.push(format!("only left: {path}")),
            Some(other) if other != bytes => {
                said.push(format!("differs: {path}: {}", first_difference(bytes, other)))
            }
            Some(_) => {}
        }
    }
    said.extend(
        right.keys().filter(|path| !left.contains_key(*path)).map(|path| format!("only right: {path}")),
    );
    said
}

fn first_difference(left: &[u8], right: &[u8]) -> String {
    let at = left.iter().zip(right).position(|(a, b)| a != b).unwrap_or(left.len().min(right.len()));
    let window = |bytes: &[u8]| {
        let from = at.saturating_sub(60);
        String::from_utf8_lossy(&bytes[from..bytes.len().min(at + 60)]).into_owned()
    };
    format!("at byte {at}: left {:?}, right {:?}", window(left), window(right))
}
