//! A machine with a shell and rsync.
//!
//! A new release is a copy of the one shown, made there of hard links; rsync brings only what differs, each file beside
//! its name first, so no file of an older release changes with it. One rename switches.

use super::Session;
use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, CURRENT, Claim, Host, RELEASES, Start, Switch};
use crate::deploy::index::own;
use crate::deploy::manifest::LARGEST;
use crate::deploy::retry::patiently;
use crate::deploy::tree::Tree;
use crate::files;
use crate::problem::Problem;
use std::path::Path;
use std::process::Command;

/// A machine with a shell and rsync.
#[derive(Debug)]
pub struct Shell {
    session: Session,
}

/// The local folder in which lies what rsync sends.
const SEND: &str = "send";
/// The folder there in which files lie until they are whole.
const PART: &str = "part";

impl Shell {
    /// Makes the target's folders.
    ///
    /// # Errors
    /// A machine that cannot be reached or refuses.
    pub fn open(session: Session) -> Result<Shell, Fault> {
        let root = quoted(session.path());
        let parts = quoted(&own(PART));
        session.shell(&format!("mkdir -p {root} && cd {root} && mkdir -p {RELEASES} {parts}"), b"")?;
        Ok(Shell { session })
    }

    /// Runs a script in the target's folder.
    fn run(&self, script: &str, input: &[u8]) -> Result<Vec<u8>, Fault> {
        self.session.shell(&format!("cd {} && {script}", quoted(self.session.path())), input)
    }

    /// Sends files of the tree, all below one folder there.
    fn send(&self, puts: &[(&str, &Act<'_>)], tree: &Tree) -> Result<(), Fault> {
        let send = self.session.work.join(SEND);
        files::remove_tree(&send)?;
        for (key, act) in puts {
            let Act::Put { path, entry, .. } = act else { continue };
            let bytes = tree.bytes(path, entry)?;
            let file = send.join(key);
            if let Some(folder) = file.parent() {
                files::make_folder(folder)?;
            }
            files::write_new(&file, &bytes)?;
        }
        let sent = patiently("rsync", || self.rsync(&send));
        files::remove_tree(&send)?;
        sent
    }

    fn rsync(&self, send: &Path) -> Result<(), Fault> {
        let shell: Vec<String> = std::iter::once("ssh".to_owned())
            .chain(["-p".to_owned(), self.session.port()])
            .chain(self.session.options())
            .map(|word| quoted(&word))
            .collect();
        let mut command = Command::new("rsync");
        command
            // No times are kept: a file whose bytes changed must have a new one. `-I`: we know what differs.
            .args(["-rIs", "--chmod=D755,F644", "--timeout=60"])
            // What is cut must not lie in a release, whatever its name.
            .args(["--temp-dir", &own(PART)])
            .args(["-e", &shell.join(" "), "--"])
            .arg(format!("{}/", send.display()))
            .arg(format!("{}:{}/", self.session.login(), self.session.path()));
        let output = self.session.run(command, b"")?;
        if output.status.success() { Ok(()) } else { Err(self.session.fault("rsync", &output)) }
    }
}

/// A word that the shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

impl Host for Shell {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        let key = quoted(key);
        // The first byte tells an empty file from none, and an answer from a connection cut before it.
        let script =
            format!("if [ -e {key} ]; then printf 1 && head -c {LARGEST} < {key}; else printf 0; fi");
        let out = self.run(&script, b"")?;
        match out.split_first() {
            Some((b'1', bytes)) => Ok(Some(bytes.to_vec())),
            Some((b'0', _)) => Ok(None),
            _ => Err(Problem::new("deploy-shell-odd").arg("host", self.session.host()).into()),
        }
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        let (folder, _) = key.rsplit_once('/').unwrap_or((".", ""));
        let (part, key) = (quoted(&format!("{key}.yicun-part")), quoted(key));
        // A connection that is cut looks like the end of the file, so its length is compared.
        let script = format!(
            "mkdir -p {} && cat > {part} && [ $(wc -c < {part}) -eq {} ] && mv -f {part} {key}",
            quoted(folder),
            bytes.len()
        );
        self.run(&script, bytes).map(|_| ())
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        let folder = key.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let part = quoted(&format!("{key}.{}", crate::digest::Digest::of(bytes)));
        let key = quoted(key);
        // A second name cannot be given where there is a file already. When the answer to a first try was lost, the file
        // there is ours.
        let script = format!(
            "mkdir -p {} && cat > {part} && {{ if ln {part} {key} 2>/dev/null || cmp -s {part} {key}; then echo made; else echo taken; fi; }}; rm -f {part}",
            quoted(folder)
        );
        match self.run(&script, bytes)?.as_slice() {
            b"made\n" => Ok(Claim::Made),
            b"taken\n" => Ok(Claim::Taken),
            _ => Err(Problem::new("deploy-shell-odd").arg("host", self.session.host()).into()),
        }
    }

    fn apply(&self, acts: &[Act<'_>], tree: Option<&Tree>) -> Result<(), Fault> {
        let puts: Vec<(&str, &Act<'_>)> = acts
            .iter()
            .filter_map(|act| match act {
                Act::Put { key, .. } => Some((key.as_str(), act)),
                _ => None,
            })
            .collect();
        if let (Some(tree), false) = (tree, puts.is_empty()) {
            self.send(&puts, tree)?;
        }
        let copies: String = acts
            .iter()
            .filter_map(|act| match act {
                Act::Copy { from, to, .. } => Some(format!("{from}\0{to}\0")),
                _ => None,
            })
            .collect();
        if !copies.is_empty() {
            let script = "xargs -0 -n 2 sh -c 'mkdir -p \"$(dirname \"$2\")\" && ln -f \"$1\" \"$2\"' sh";
            self.run(script, copies.as_bytes())?;
        }
        let gone: String = acts
            .iter()
            .filter_map(|act| match act {
                Act::Delete { key } => Some(format!("{key}\0")),
                _ => None,
            })
            .collect();
        if !gone.is_empty() {
            self.run("xargs -0 rm -f --", gone.as_bytes())?;
        }
        Ok(())
    }

    fn switch(&self) -> Option<&dyn Switch> {
        Some(self)
    }

    fn requests(&self) -> u64 {
        self.session.runs()
    }
}

impl Switch for Shell {
    fn copies(&self) -> bool {
        true
    }

    fn prepare(&self, id: &str, start: Start<'_>) -> Result<(), Fault> {
        let new = quoted(&format!("{RELEASES}/{id}"));
        let part = quoted(&format!("{RELEASES}/{id}.part"));
        let script = match start {
            Start::Empty => format!("mkdir -p {new}"),
            Start::Copy(old) | Start::Reuse(old) => {
                let old = quoted(&format!("{RELEASES}/{old}"));
                format!(
                    "if [ ! -d {new} ]; then rm -rf {part} && {{ cp -al {old} {part} 2>/dev/null || {{ rm -rf {part} && cp -a {old} {part}; }}; }} && mv -T {part} {new}; fi"
                )
            }
        };
        // What a killed rsync or copy left is nobody's any more.
        let parts = quoted(&own(PART));
        let clear = format!("rm -rf {parts} {RELEASES}/r*.part && mkdir -p {parts}");
        self.run(&format!("{clear} && {{ {script}; }}"), b"").map(|_| ())
    }

    fn point(&self, id: &str) -> Result<(), Fault> {
        let fresh = quoted(&own("current"));
        // `-T`: a link to a folder would otherwise be moved into that folder.
        let script =
            format!("ln -sfn {} {fresh} && mv -fT {fresh} {CURRENT}", quoted(&format!("{RELEASES}/{id}")));
        self.run(&script, b"").map(|_| ())
    }

    fn remove(&self, ids: &[String]) -> Result<(), Fault> {
        let folders: Vec<String> = ids.iter().map(|id| quoted(&format!("{RELEASES}/{id}"))).collect();
        self.run(&format!("rm -rf -- {}", folders.join(" ")), b"").map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn the_shell_takes_words_as_they_are() {
        assert_eq!(quoted("a b'$(x)"), "'a b'\\''$(x)'");
    }
}
