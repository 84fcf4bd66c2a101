//! `yicun deploy` to a WebDAV server that misbehaves as it is told. Real servers: `tests/run deploy`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::dav::{Dav, Instead};
use common::{Site, TODAY};
use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::Arc;

struct Town {
    site: Site,
    dav: Arc<Dav>,
}

impl Town {
    fn new() -> Town {
        let town = Town { site: Site::empty(), dav: Dav::start() };
        town.version(1);
        town
    }

    /// Another machine that deploys to the same place.
    fn other(&self) -> Town {
        let town = Town { site: Site::empty(), dav: Arc::clone(&self.dav) };
        town.version(1);
        town
    }

    /// Every page shows the title.
    fn version(&self, number: u32) {
        let url = &self.dav.url;
        self.site.write(
            "site.toml",
            format!(
                "title = \"VERSION-{number:04}\"\nbase_url = \"https://example.org/\"\n[deploy.dav]\nkind = \"webdav\"\nurl = \"{url}/town\"\nkeep = 3\n"
            ),
        );
        for page in 0..6 {
            let text = format!("+++\ntitle = \"简讯{page}\"\ndate = 2026-09-0{}\n+++\n\n字。\n", page + 1);
            self.site.write(&format!("content/news/n{page}.md"), text);
        }
        self.site.write("static/never.txt", "never changes");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yicun"));
        command
            .args(arguments)
            .args(["--lang", "en", "--root"])
            .arg(self.site.root())
            .env("YICUN_USER", "u")
            .env("YICUN_PASSWORD", "p");
        if arguments.first() == Some(&"deploy") {
            command.args(["--today", TODAY]);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    }

    /// What is said of a command that is refused, on one line.
    fn refused(&self, arguments: &[&str], code: &str) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(code), "{arguments:?}: {said}");
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn shows_the_build(&self) {
        let built: BTreeMap<String, Vec<u8>> = common::tree(&self.site.root().join("public"));
        let files = self.dav.files();
        for (path, bytes) in built.iter().filter(|(path, _)| !path.starts_with(".yicun")) {
            assert!(files.get(&format!("town/{path}")) == Some(bytes), "{path} is not the one of the build");
        }
    }
}

const INDEX: &str = "town/.yicun-deploy/index.json";
const LOCK: &str = "town/.yicun-deploy/lock.json";

/// Somebody tidied up on the host: what changes is put again, nothing stands in its way for ever.
#[test]
fn a_file_that_somebody_removed_does_not_stop_deploys() {
    let town = Town::new();
    town.well(&["deploy"]);
    town.dav.set("town/news/n3/index.html", None);
    town.version(2);
    let said = town.well(&["deploy"]);
    assert!(said.contains("deploy-file-gone") && said.contains("news/n3/index.html"), "{said}");
    town.shows_the_build();
    // What was not kept cannot come back by a rollback, which says so and touches nothing.
    let before = town.dav.files();
    town.refused(&["rollback"], "deploy-rollback-missing");
    assert!(town.dav.files() == before, "something was touched");
    town.version(3);
    town.well(&["deploy"]);
    town.well(&["rollback"]);
    town.version(2);
    town.well(&["deploy"]);
    town.shows_the_build();
}

/// A server that answers 201 and keeps half of it, or a file that somebody edited there: asked for, it is found and mended.
#[test]
fn what_the_host_does_not_hold_as_deployed_is_found_and_mended() {
    let town = Town::new();
    town.dav
        .mood(|asked| (asked.method == "PUT" && asked.path == "town/never.txt").then_some(Instead::Cut(5)));
    town.well(&["deploy"]);
    town.dav.well();
    assert_eq!(town.dav.files()["town/never.txt"], b"never");
    town.dav.set("town/news/n1/index.html", None);
    town.dav.set("town/news/n2/index.html", Some(b"edited by hand"));
    let before = town.dav.files();
    let said = town.well(&["deploy", "--dry-run", "--verify"]);
    for path in ["~ never.txt", "+ news/n1/index.html", "~ news/n2/index.html"] {
        assert!(said.contains(path), "{path}: {said}");
    }
    assert!(town.dav.files() == before, "something was touched");
    town.well(&["deploy", "--verify"]);
    town.shows_the_build();
    assert!(town.well(&["deploy", "--verify"]).contains("nothing to deploy"));
}

#[test]
fn a_host_that_wants_to_be_left_alone_is_not_asked_again() {
    let town = Town::new();
    town.dav.mood(|_| Some(Instead::Say(503, "Retry-After: 3600\r\n".to_owned())));
    let said = town.refused(&["deploy"], "deploy-later");
    assert!(said.contains("60 min"), "{said}");
    // The lock alone was asked for, once.
    assert_eq!(town.dav.times("GET", LOCK), 1);
    town.dav.mood(|asked| {
        (asked.method == "PUT" && asked.path == "town/index.html" && asked.before < 2)
            .then(|| Instead::Say(503, "Retry-After: 1\r\n".to_owned()))
    });
    town.well(&["deploy"]);
    town.shows_the_build();
}

#[test]
fn a_host_that_moved_says_where_to() {
    let town = Town::new();
    for status in [301, 302, 307, 308] {
        town.dav.mood(move |_| {
            Some(Instead::Say(status, "Location: https://new.example.org/town/x\r\n".to_owned()))
        });
        let said = town.refused(&["deploy"], "deploy-redirected");
        assert!(said.contains("https://new.example.org/town/x"), "{said}");
    }
}

#[test]
fn refusals_name_the_file_and_what_to_do() {
    let town = Town::new();
    for (status, code) in [(413, "deploy-too-large"), (405, "deploy-not-webdav"), (501, "deploy-not-webdav")]
    {
        town.dav.mood(move |asked| {
            (asked.method == "PUT" && asked.path == "town/news/n1/index.html")
                .then(|| Instead::Say(status, String::new()))
        });
        let said = town.refused(&["deploy"], code);
        assert!(said.contains("news/n1/index.html"), "{said}");
    }
    town.dav.mood(|_| Some(Instead::Say(401, "WWW-Authenticate: Digest realm=\"x\"\r\n".to_owned())));
    assert!(town.refused(&["deploy"], "deploy-login-kind").contains("Digest"));
    town.dav.well();
    town.well(&["deploy"]);
    town.shows_the_build();
}

/// SeaweedFS takes no folder with a slash at its end, and another server might take no folder at all.
#[test]
fn kept_files_are_removed_one_by_one_where_a_folder_is_not() {
    let town = Town::new();
    let blobs = "town/.yicun-deploy/blobs/";
    town.dav.mood(move |asked| {
        let rest = asked.path.strip_prefix(blobs)?.trim_end_matches('/');
        (asked.method == "DELETE" && !rest.contains('/')).then(|| Instead::Say(405, String::new()))
    });
    for number in 1..=6 {
        town.version(number);
        town.well(&["deploy"]);
    }
    town.shows_the_build();
    let kept = town.dav.files().into_keys().filter(|path| path.starts_with(blobs)).count();
    assert!(town.dav.times("DELETE", "town/.yicun-deploy/blobs/1") > 0 && kept < 60, "{kept} are kept");
}

/// May write and not delete: what is new is shown, and the rest is done when it may.
#[test]
fn a_host_that_lets_nobody_delete_shows_the_new_site_all_the_same() {
    let town = Town::new();
    town.well(&["deploy"]);
    town.version(2);
    std::fs::remove_file(town.site.root().join("static/never.txt")).unwrap();
    town.dav.mood(|asked| (asked.method == "DELETE").then(|| Instead::Say(403, String::new())));
    town.refused(&["deploy"], "deploy-forbidden");
    town.shows_the_build();
    assert!(town.dav.files().contains_key("town/never.txt"));
    town.dav.well();
    town.well(&["deploy"]);
    town.shows_the_build();
    assert!(!town.dav.files().contains_key("town/never.txt") && !town.dav.files().contains_key(LOCK));
}

/// The login page of a hotel, an address that shows a page for everything: all is 200, nothing is stored.
#[test]
fn a_host_that_stores_nothing_is_found_out_before_anything_is_sent() {
    let town = Town::new();
    town.dav.mood(|_| Some(Instead::Say(200, "Content-Type: text/html\r\n".to_owned())));
    town.refused(&["deploy"], "deploy-host-forgets");
    assert_eq!(town.dav.times("PUT", "town/index.html"), 0);
}

/// A gateway that breaks in the middle: it still says that all is stored. Nothing is removed, and it is told.
#[test]
fn a_host_that_begins_to_forget_is_found_out_before_anything_is_removed() {
    let town = Town::new();
    town.well(&["deploy"]);
    town.version(2);
    std::fs::remove_file(town.site.root().join("static/never.txt")).unwrap();
    let broken = std::sync::atomic::AtomicBool::new(false);
    town.dav.mood(move |asked| {
        let index = asked.method == "PUT" && asked.path == "town/index.html";
        let broken = broken.fetch_or(index, std::sync::atomic::Ordering::Relaxed) || index;
        (broken && asked.method == "PUT").then(|| Instead::Say(201, String::new()))
    });
    town.refused(&["deploy"], "deploy-host-forgets");
    assert!(town.dav.files().contains_key("town/never.txt"));
    town.dav.well();
    town.well(&["deploy"]);
    town.shows_the_build();
    assert!(!town.dav.files().contains_key("town/never.txt"));
}

/// Notes that are older than what this machine wrote: a cache in between, a store that needs a while.
#[test]
fn old_notes_are_not_believed() {
    let town = Town::new();
    for number in 1..=2 {
        town.version(number);
        town.well(&["deploy"]);
    }
    // Back to what the first release showed: by the old note there would be nothing to do.
    town.version(1);
    town.dav.mood(|asked| (asked.method == "GET" && asked.path == INDEX).then_some(Instead::Stale));
    let before = town.dav.files();
    for command in [["deploy"].as_slice(), &["rollback"], &["deploy", "--withdraw", "/news/n1/"]] {
        town.refused(command, "deploy-notes-old");
    }
    assert!(town.dav.files() == before, "something was touched");
    // Old for a moment only: nobody notices.
    town.dav.mood(|asked| {
        (asked.method == "GET" && asked.path == INDEX && asked.before < 2).then_some(Instead::Stale)
    });
    town.well(&["deploy"]);
    town.shows_the_build();
    // Set back from a backup, and the user says so.
    town.dav.mood(|asked| (asked.method == "GET" && asked.path == INDEX).then_some(Instead::Stale));
    town.well(&["deploy", "--adopt", "--dry-run"]);
}

#[test]
fn a_lock_of_a_machine_whose_clock_is_wrong_says_how_to_open_it() {
    let town = Town::new();
    town.well(&["deploy"]);
    town.version(2);
    let lock = "{\"owner\":\"x\",\"by\":\"Wang\",\"until\":9223372036854775807}";
    town.dav.set(LOCK, Some(lock.as_bytes()));
    let said = town.refused(&["deploy"], "deploy-busy-clock");
    assert!(said.contains("Wang") && said.contains(".yicun-deploy/lock.json"), "{said}");
    town.dav.set(LOCK, None);
    town.well(&["deploy"]);
    town.shows_the_build();
}

/// Machines whose clocks differ are kept apart by the clock of the host.
#[test]
fn locks_go_by_the_clock_of_the_host() {
    let town = Town::new();
    town.well(&["deploy"]);
    town.dav.date("Tue, 01 Jan 2030 00:00:00 GMT");
    let there = 1_893_456_000;
    let lock = |until: i64| format!("{{\"owner\":\"x\",\"by\":\"Wang\",\"until\":{until}}}");
    town.version(2);
    town.dav.set(LOCK, Some(lock(there + 600).as_bytes()));
    town.refused(&["deploy"], "deploy-busy]");
    town.dav.set(LOCK, Some(lock(there - 10).as_bytes()));
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (dav, noted) = (Arc::clone(&town.dav), Arc::clone(&seen));
    town.dav.mood(move |asked| {
        if asked.method == "PUT" && asked.path == "town/index.html" {
            noted.lock().unwrap().extend(dav.files().remove(LOCK).unwrap_or_default());
        }
        None
    });
    town.well(&["deploy"]);
    town.shows_the_build();
    let note: serde_json::Value = serde_json::from_slice(&seen.lock().unwrap()).unwrap();
    assert_eq!(note["until"].as_i64(), Some(there + 900));
}

/// Two machines at once: the second is told who is at work; both can go on afterwards.
#[test]
fn two_machines_do_not_meet() {
    let town = Town::new();
    let other = Arc::new(town.other());
    town.well(&["deploy"]);
    town.version(2);
    other.version(3);
    let seen = Arc::new(std::sync::Mutex::new(None));
    let (second, told) = (Arc::clone(&other), Arc::clone(&seen));
    town.dav.mood(move |asked| {
        if asked.method == "PUT" && asked.path == "town/index.html" && asked.before == 0 {
            let output = second.run(&["deploy"]);
            *told.lock().unwrap() = Some(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        None
    });
    town.well(&["deploy"]);
    let said = seen.lock().unwrap().take().unwrap();
    assert!(said.contains("deploy-busy"), "{said}");
    town.shows_the_build();
    town.dav.well();
    other.well(&["deploy"]);
    other.shows_the_build();
    assert!(!town.dav.files().contains_key(LOCK));
}

/// Asked to stop, a deploy stops at the next file, says so, and lets others in at once.
#[cfg(unix)]
#[test]
fn an_interrupted_deploy_says_so_and_lets_go() {
    for signal in ["-INT", "-TERM"] {
        let town = Town::new();
        town.well(&["deploy"]);
        town.version(2);
        let pid = Arc::new(std::sync::Mutex::new(None));
        let target = Arc::clone(&pid);
        town.dav.mood(move |asked| {
            if asked.method == "PUT" && asked.path == "town/news/n1/index.html" {
                let id: u32 = loop {
                    if let Some(id) = *target.lock().unwrap() {
                        break id;
                    }
                };
                Command::new("kill").args([signal, &id.to_string()]).status().unwrap();
                // Tried again, so that the signal has arrived when this is over.
                return Some(Instead::Say(503, String::new()));
            }
            None
        });
        let mut command = town.command(&["deploy"]);
        let child = command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let child = child.spawn().unwrap();
        *pid.lock().unwrap() = Some(child.id());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{signal}: {said}");
        assert!(said.contains("deploy-interrupted"), "{signal}: {said}");
        assert!(!town.dav.files().contains_key(LOCK));
        town.dav.well();
        let other = town.other();
        other.version(2);
        other.well(&["deploy"]);
        other.shows_the_build();
    }
}
