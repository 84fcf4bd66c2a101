//! What an SFTP server can do: no two can the same, and what they announce is not what they do.
//!
//! So it is tried out in our own folder, in one batch; what lies there afterwards tells. Some refuse symbolic links or second
//! names, some rename over nothing that is there, and ProFTPD renames what a link leads to instead of the link.

use std::fmt::Write as _;

/// How another release is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    /// A new link is renamed over the old one: at once.
    Rename,
    /// The old link is removed, then the new one is made.
    Relink,
    /// There are no links: two folders change names.
    Folders,
}

/// What a server can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Able {
    /// A file may have a second name.
    pub links: bool,
    /// A rename replaces what is there.
    pub replaces: bool,
    /// How another release is shown.
    pub show: Show,
}

const FILES: [&str; 2] = ["try-one", "try-two"];
const FOLDERS: [&str; 2] = ["try-a", "try-b"];
const LINKS: [&str; 2] = ["try-to-a", "try-to-b"];
const SECOND: &str = "try-second";

/// The commands that try it, in a folder; `local` is a small file here, `at` says how a name there is written.
pub(super) fn trial(local: &str, at: impl Fn(&str) -> String) -> String {
    let mut batch = String::new();
    let clear = |batch: &mut String| {
        for name in LINKS.iter().chain(&FILES).chain([&SECOND]) {
            _ = writeln!(batch, "-rm {}", at(name));
        }
        for name in FOLDERS {
            _ = writeln!(batch, "-rmdir {}", at(name));
        }
    };
    clear(&mut batch);
    let ([one, two], [a, b], [to_a, to_b]) = (FILES.map(&at), FOLDERS.map(&at), LINKS.map(&at));
    _ = writeln!(batch, "put {local} {one}\nput {local} {two}\n-ln {one} {}", at(SECOND));
    _ = writeln!(batch, "-rename {one} {two}\n-mkdir {a}\n-mkdir {b}");
    _ = writeln!(batch, "-ln -s \"{}\" {to_a}\n-ln -s \"{}\" {to_b}", FOLDERS[0], FOLDERS[1]);
    // A link that leads to a folder with something in it, as a release is.
    _ = writeln!(batch, "put {local} {}\nput {local} {}", at("try-a/x"), at("try-b/x"));
    _ = writeln!(batch, "-rename {to_b} {to_a}\nls -1 {}", at(""));
    _ = writeln!(batch, "-rm {}\n-rm {}", at("try-a/x"), at("try-b/x"));
    clear(&mut batch);
    batch
}

/// What a server can do that was asked for the [`trial`] and said this.
pub(super) fn able(said: &str) -> Able {
    let there = |name: &str| {
        said.lines().any(|line| {
            let line = line.trim_end().trim_end_matches('/');
            !line.contains("> ") && line.rsplit('/').next() == Some(name)
        })
    };
    let (links, replaces) = (there(SECOND), !there(FILES[0]));
    let show = match (there(LINKS[0]), there(LINKS[1])) {
        (true, false) => Show::Rename,
        (true, true) => Show::Relink,
        _ => Show::Folders,
    };
    Able { links, replaces, show }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_there_afterwards_tells() {
        let said = |names: &[&str]| {
            let lines: String = names.iter().map(|name| format!("/www/.yicun-deploy/{name}\n")).collect();
            able(&format!("sftp> put \"x\" \"/www/try-one\"\nsftp> ls -1 /www\n{lines}"))
        };
        let openssh = said(&["try-two", "try-second", "try-a:", "try-b", "try-to-a"]);
        assert_eq!(openssh, Able { links: true, replaces: true, show: Show::Rename });
        let proftpd = said(&["try-two", "try-second", "try-to-a", "try-to-b"]);
        assert_eq!(proftpd, Able { links: true, replaces: true, show: Show::Relink });
        let bare = said(&["try-one", "try-two", "try-a", "try-b"]);
        assert_eq!(bare, Able { links: false, replaces: false, show: Show::Folders });
    }

    #[test]
    fn a_trial_leaves_nothing() {
        let batch = trial("\"x\"", |name| format!("\"/w/{name}\""));
        for name in FILES.iter().chain(&FOLDERS).chain(&LINKS).chain([&SECOND]) {
            let last = batch.lines().rfind(|line| line.contains(&format!("/w/{name}\""))).unwrap();
            assert!(last.starts_with("-rm"), "{last}");
        }
    }
}
