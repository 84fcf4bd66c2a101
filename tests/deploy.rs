//! `yicun deploy` to a folder: whole releases, killed at any moment, rolled back, withdrawn. Other hosts need servers:
//! `tests/run deploy` tries them.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::dice::Dice;
use common::{Site, TODAY};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

struct Town {
    site: Site,
    web: tempfile::TempDir,
}

impl Town {
    fn new(settings: &str) -> Town {
        let town = Town { site: Site::empty(), web: tempfile::tempdir().unwrap() };
        town.version(1, 30, settings);
        town
    }

    fn path(&self) -> PathBuf {
        self.web.path().join("www")
    }

    /// Every page shows the title; all versions are equally long.
    fn version(&self, number: u32, pages: u32, settings: &str) {
        let path = self.path().to_string_lossy().replace('\\', "/");
        self.site.write(
            "site.toml",
            format!(
                "title = \"VERSION-{number:04}\"\nbase_url = \"https://example.org/\"\n[deploy.here]\nkind = \"folder\"\npath = \"{path}\"\n{settings}"
            ),
        );
        self.site.write("content/news/_index.md", "+++\ntitle = \"动态\"\n+++\n");
        for page in 0..50 {
            let file = self.site.root().join(format!("content/news/n{page}.md"));
            if page < pages {
                self.site.write(
                    &format!("content/news/n{page}.md"),
                    format!("+++\ntitle = \"简讯{page}\"\ndate = 2026-09-{:02}\n+++\n\n内容 VERSION-{number:04}。\n", page % 28 + 1),
                );
            } else {
                _ = std::fs::remove_file(file);
            }
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yicun"));
        command
            .args(arguments)
            .args(["--lang", "en", "--root"])
            .arg(self.site.root())
            .args(["--today", TODAY]);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }

    fn refused(&self, arguments: &[&str], code: &str) {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(code), "{arguments:?}: {said}");
    }

    /// The version that is shown; fails on a mixture.
    fn shown(&self) -> u32 {
        let files = tree(&self.path().join("current"));
        let mut versions: Vec<String> = files
            .values()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .flat_map(|text| {
                text.match_indices("VERSION-")
                    .map(|(at, _)| text[at + 8..at + 12].to_owned())
                    .collect::<Vec<_>>()
            })
            .collect();
        versions.sort();
        versions.dedup();
        assert_eq!(versions.len(), 1, "a mixture");
        versions[0].parse().unwrap()
    }

    fn shows_the_build(&self) {
        let mut shown = tree(&self.path().join("current"));
        shown.remove(".yicun-release");
        let mut built = tree(&self.site.root().join("public"));
        built.remove(".yicun-manifest.json");
        assert_eq!(shown.keys().collect::<Vec<_>>(), built.keys().collect::<Vec<_>>());
        assert!(shown == built, "other bytes");
    }
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let folder = folder.canonicalize().unwrap();
    walkdir::WalkDir::new(&folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn releases_come_and_go_back() {
    let town = Town::new("keep = 2\n");
    for number in 1..=4 {
        town.version(number, 30, "keep = 2\n");
        town.well(&["deploy"]);
        assert_eq!(town.shown(), number);
        town.shows_the_build();
    }
    assert!(town.well(&["deploy"]).contains("nothing to deploy"));
    assert_eq!(town.well(&["deploy", "--list"]).lines().count(), 2);
    town.well(&["rollback"]);
    assert_eq!(town.shown(), 3);
    town.refused(&["rollback"], "deploy-no-release");
    // What was rolled back is deployed again.
    town.well(&["deploy"]);
    assert_eq!(town.shown(), 4);
    town.shows_the_build();
}

#[test]
fn a_dry_run_touches_nothing_and_tells_all() {
    let town = Town::new("");
    town.well(&["deploy"]);
    let before = tree(&town.path());
    town.version(1, 29, "");
    let told = town.well(&["deploy", "--dry-run"]);
    assert!(told.contains("- news/n29/index.html\n") && told.contains("~ news/index.html\n"), "{told}");
    assert!(before == tree(&town.path()), "something was touched");
}

#[test]
fn what_looks_like_a_mistake_is_refused() {
    let town = Town::new("");
    town.well(&["deploy"]);
    town.version(2, 2, "");
    town.refused(&["deploy"], "deploy-build-small");
    assert_eq!(town.shown(), 1);
    town.version(2, 12, "");
    town.refused(&["deploy"], "deploy-many-deletions");
    town.well(&["deploy", "--force"]);
    assert_eq!(town.shown(), 2);
    town.shows_the_build();
}

#[test]
fn a_build_with_errors_is_not_deployed() {
    let town = Town::new("");
    town.well(&["deploy"]);
    town.site.write("content/news/bad.md", "+++\ntitle = \n+++\n");
    assert_eq!(town.run(&["deploy"]).status.code(), Some(1));
    assert_eq!(town.shown(), 1);
}

#[test]
fn a_withdrawn_page_stays_away() {
    let town = Town::new("");
    town.well(&["deploy"]);
    town.version(2, 30, "");
    town.well(&["deploy"]);
    town.well(&["deploy", "--withdraw", "https://example.org/news/n3/"]);
    assert!(!tree(&town.path()).keys().any(|path| path.ends_with("news/n3/index.html")));
    town.refused(&["deploy"], "deploy-withdrawn-again");
    town.well(&["rollback"]);
    assert_eq!(town.shown(), 1);
    assert!(!tree(&town.path()).keys().any(|path| path.ends_with("news/n3/index.html")));
    town.well(&["deploy", "--readmit", "/news/n3/"]);
    town.shows_the_build();
}

#[test]
fn a_damaged_or_hostile_note_stops_everything() {
    let town = Town::new("");
    town.well(&["deploy"]);
    let notes = town.path().join(".yicun-deploy");
    let manifest = std::fs::read_dir(&notes)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("r1-"))
        .unwrap();
    let text = std::fs::read_to_string(&manifest).unwrap();
    town.version(2, 30, "");
    for (from, to) in [
        ("\"404.html\"", "\"../../victim\""),
        ("\"404.html\"", "\"/etc/passwd\""),
        ("no-cache", "x\\r\\ny: z"),
    ] {
        std::fs::write(&manifest, text.replacen(from, to, 1)).unwrap();
        town.refused(&["deploy"], "deploy-notes-damaged");
        assert_eq!(town.shown(), 1);
    }
    std::fs::write(&manifest, &text).unwrap();
    let index = notes.join("index.json");
    let text = std::fs::read_to_string(&index).unwrap();
    std::fs::write(&index, text.replacen("\"id\": \"r1-", "\"id\": \"../r1-", 1)).unwrap();
    town.refused(&["deploy"], "deploy-notes-damaged");
    std::fs::write(&index, text).unwrap();
    town.well(&["deploy"]);
    town.shows_the_build();
}

#[test]
fn pictures_that_only_a_withdrawn_page_shows_go_with_it() {
    let town = Town::new("");
    let photo = |number: u64| common::photo::jpeg(400, 300, number);
    let page = |name: &str, photos: &[u64]| {
        let shown: String = photos.iter().map(|n| format!("![图{n}](p{n}.jpg)\n\n")).collect();
        let text = format!("+++\ntitle = \"{name}\"\ndate = 2026-01-02\n+++\n\n字。\n\n{shown}");
        town.site.write(&format!("content/news/{name}/index.md"), text);
        for n in photos {
            town.site.write(&format!("content/news/{name}/p{n}.jpg"), photo(*n));
        }
    };
    let pictures = |folder: &str| -> std::collections::BTreeSet<String> {
        let files = tree(&town.path().join(folder)).into_keys();
        files.filter(|path| path.starts_with("photos/")).collect()
    };
    page("keeps", &[1]);
    town.well(&["deploy"]);
    let others = pictures("current");
    assert!(!others.is_empty());
    // Its first version shows a picture that the second does not; both share one with another page.
    page("goes", &[1, 2]);
    town.well(&["deploy"]);
    assert!(pictures("current").len() > others.len());
    page("goes", &[1, 3]);
    town.well(&["deploy"]);
    let before = tree(&town.path());
    let dry = town.well(&["deploy", "--withdraw", "/news/goes/", "--dry-run"]);
    assert!(dry.contains("- photos/"), "{dry}");
    assert!(before == tree(&town.path()), "something was touched");
    town.well(&["deploy", "--withdraw", "/news/goes/"]);
    let releases: Vec<_> = std::fs::read_dir(town.path().join("releases")).unwrap().collect();
    assert_eq!(releases.len(), 3);
    for release in releases {
        let name = release.unwrap().file_name().into_string().unwrap();
        assert_eq!(pictures(&format!("releases/{name}")), others, "{name}");
    }
    let notes = tree(&town.path().join(".yicun-deploy"));
    let manifests = notes.iter().filter(|(path, _)| path.starts_with('r'));
    for (path, bytes) in manifests {
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(text.matches("\"photos/").count(), others.len(), "{path}");
    }
    std::fs::remove_dir_all(town.site.root().join("content/news/goes")).unwrap();
    town.well(&["deploy"]);
    town.shows_the_build();
}

/// A manifest that can be read and lies: nothing outside is touched, nothing inside changes, and it is told.
#[test]
fn a_lying_manifest_touches_nothing() {
    let town = Town::new("keep = 2\n");
    town.well(&["deploy"]);
    std::fs::write(town.web.path().join("victim"), "not ours").unwrap();
    let index = std::fs::read(town.path().join(".yicun-deploy/index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let id = index["releases"][0]["id"].as_str().unwrap();
    let manifest = town.path().join(format!(".yicun-deploy/{id}.json"));
    let text = std::fs::read_to_string(&manifest).unwrap();
    town.version(2, 30, "keep = 2\n");
    let refused = |lie: String, code: &str| {
        std::fs::write(&manifest, lie).unwrap();
        let before = tree(town.web.path());
        town.refused(&["deploy"], code);
        let mut after = tree(town.web.path());
        // The file that proves a disk's manners, and the lock, are gone again.
        after.retain(|path, _| !path.ends_with("lock.json"));
        assert!(before == after, "something was touched");
    };
    for path in [
        "../../victim",
        "../../../victim",
        "news/../../../victim",
        "/victim",
        "..\\\\..\\\\victim",
        "a\\u0000b",
        "./victim",
        "news//victim",
        ".YICUN-DEPLOY/index.json",
        ".yicun-deploy./index.json",
        ".Yicun-Release",
        "c:/victim",
    ] {
        refused(text.replacen("\"404.html\"", &format!("\"{path}\""), 1), "deploy-notes-damaged");
    }
    for size in ["-1", "1e400", "1.5", "18446744073709551615", "18446744073709551616"] {
        let at = text.find("\"size\":").unwrap() + 7;
        let end = at + text[at..].find(',').unwrap();
        refused(format!("{}{size}{}", &text[..at], &text[end..]), "deploy-notes-damaged");
    }
    let entry = format!(
        "{{\"sha256\":\"{}\",\"size\":1,\"type\":\"text/html\",\"cache\":\"no-cache\"}}",
        "0".repeat(64)
    );
    let more: String = (0..5000).map(|n| format!("\"others/k{n}.txt\":{entry},")).collect();
    refused(text.replacen("\"404.html\"", &format!("{more}\"404.html\""), 1), "deploy-many-deletions");
    std::fs::write(&manifest, &text).unwrap();
    town.well(&["deploy"]);
    town.shows_the_build();
    assert_eq!(std::fs::read_to_string(town.web.path().join("victim")).unwrap(), "not ours");
}

/// Somebody tidied up in the folder that is shown: files that stay as they are come back from the build.
#[test]
fn a_file_removed_from_what_is_shown_comes_back() {
    let town = Town::new("keep = 3\n");
    town.site.write("static/never.txt", "never changes");
    town.well(&["deploy"]);
    std::fs::remove_file(town.path().join("current/never.txt")).unwrap();
    town.version(2, 30, "keep = 3\n");
    town.well(&["deploy"]);
    town.shows_the_build();
    std::fs::remove_file(town.path().join("current/never.txt")).unwrap();
    std::fs::write(town.path().join("current/index.html"), "edited by hand").unwrap();
    town.well(&["deploy", "--verify"]);
    town.shows_the_build();
    // Folders of older releases lack the file too, and are used again one after the other.
    for number in 3..7 {
        town.version(number, 30, "keep = 3\n");
        town.well(&["deploy"]);
        town.shows_the_build();
    }
}

/// A stick from a stranger: a link in an old release leads to somebody's files, and a note never ends.
#[cfg(unix)]
#[test]
fn links_in_old_releases_and_endless_notes_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let town = Town::new("keep = 2\n");
    town.well(&["deploy"]);
    town.version(2, 30, "keep = 2\n");
    town.well(&["deploy"]);
    let releases = town.path().join("releases");
    let mut names: Vec<_> =
        std::fs::read_dir(&releases).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let victim = town.web.path().join("victim");
    std::fs::rename(names[0].join("news"), &victim).unwrap();
    symlink(&victim, names[0].join("news")).unwrap();
    let before = tree(&victim);
    town.version(3, 28, "keep = 2\n");
    town.refused(&["deploy"], "deploy-link-strange");
    assert!(before == tree(&victim), "files outside were touched");
    assert_eq!(town.shown(), 2);
    std::fs::remove_file(town.path().join("releases").join("x")).unwrap_or_default();
    for entry in std::fs::read_dir(&releases).unwrap() {
        _ = std::fs::remove_file(entry.unwrap().path().join("news"));
    }
    town.well(&["deploy"]);
    town.shows_the_build();
    assert!(before == tree(&victim), "files outside were touched");
    let index = town.path().join(".yicun-deploy/index.json");
    std::fs::remove_file(&index).unwrap();
    symlink("/dev/zero", &index).unwrap();
    town.refused(&["deploy"], "deploy-notes-damaged");
}

/// With `keep = 2` the third deploy goes on in the folder of the first.
#[test]
fn a_file_may_become_a_folder_and_a_folder_a_file() {
    let town = Town::new("keep = 2\n");
    let data = town.site.root().join("static/data");
    for number in 1..=6 {
        town.version(number, 3, "keep = 2\n");
        _ = std::fs::remove_dir_all(&data);
        _ = std::fs::remove_file(&data);
        let name = if matches!(number, 3 | 4) { "static/data/x.txt" } else { "static/data" };
        town.site.write(name, format!("VERSION-{number:04}"));
        town.well(&["deploy"]);
        assert_eq!(town.shown(), number);
        town.shows_the_build();
    }
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let town = Town::new("");
    std::fs::create_dir(town.path()).unwrap();
    std::fs::write(town.path().join("thesis.doc"), "years of work").unwrap();
    town.refused(&["deploy"], "deploy-folder-foreign");
    assert_eq!(tree(&town.path()).len(), 1);
}

#[test]
fn secrets_in_the_settings_and_odd_targets_are_errors() {
    let town = Town::new("secret_access_key = \"x\"\n");
    town.refused(&["deploy"], "config-secret");
    town.version(1, 3, "host = \"x\"\n");
    town.refused(&["deploy"], "config-deploy-unfit");
    town.version(1, 3, "");
    town.refused(&["deploy", "there"], "deploy-target-missing");
}

#[test]
fn a_changed_file_of_equal_length_gets_a_new_time() {
    let town = Town::new("");
    let time = || std::fs::metadata(town.path().join("current/index.html")).unwrap().modified().unwrap();
    town.well(&["deploy"]);
    let first = time();
    town.version(2, 30, "");
    town.well(&["deploy"]);
    let seconds = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(seconds(time()) > seconds(first));
}

/// Killed in the middle of a file, nothing of that file is published later: neither half of it nor under another name.
#[cfg(unix)]
#[test]
fn a_file_that_was_cut_leaves_nothing_behind() {
    let town = Town::new("");
    town.well(&["deploy"]);
    town.site.write("static/large.bin", "VERSION-0001".repeat(1 << 18));
    let built = town.command(&["build"]).output().unwrap();
    assert!(built.status.success());
    // The system ends a program that writes a larger file than it may: 512 bytes a block.
    let ended = Command::new("sh")
        .args(["-c", "ulimit -c 0; ulimit -f 4096; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_yicun")])
        .args(["deploy", "--lang", "en", "--today", TODAY, "--root"])
        .arg(town.site.root())
        .output()
        .unwrap();
    let www = || tree(&town.path());
    assert!(!ended.status.success() && www().keys().any(|name| name.contains("large.bin")), "{ended:?}");
    town.site.remove("static/large.bin");
    town.version(2, 30, "");
    town.well(&["deploy"]);
    town.shows_the_build();
    let left: Vec<String> = www().into_keys().filter(|name| name.contains("large.bin")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Killed at any moment, what is shown is the old release whole or the new one whole, and the next deploy finishes.
#[test]
fn a_killed_deploy_shows_the_old_or_the_new() {
    let town = Town::new("keep = 3\n");
    let begun = Instant::now();
    town.well(&["deploy"]);
    let whole = begun.elapsed();
    let mut dice = Dice::new(7);
    let mut old = 1;
    for number in 2..18 {
        town.version(number, 30, "keep = 3\n");
        let mut child =
            town.command(&["deploy"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Most of the time is a pause that keeps two releases out of one second, so twice the first run is tried.
        std::thread::sleep(whole.mul_f64(dice.below(1000) as f64 / 300.0));
        // A child that has ended already is as good.
        _ = child.kill();
        child.wait().unwrap();
        let shown = town.shown();
        assert!(shown == old || shown == number, "{shown} is shown, neither {old} nor {number}");
        if number % 3 != 0 {
            town.well(&["deploy"]);
            assert_eq!(town.shown(), number);
            town.shows_the_build();
        }
        old = town.shown();
    }
    town.well(&["deploy"]);
    town.shows_the_build();
    let kept = std::fs::read_dir(town.path().join("releases")).unwrap().count();
    assert!(kept <= 5, "{kept} folders of releases");
}
