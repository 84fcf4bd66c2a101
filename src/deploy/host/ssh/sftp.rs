//! A machine that allows SFTP alone: everything is a batch for the system's `sftp`.
//!
//! There is no copying of trees, so a new release takes over the folder of the one that is no longer kept, and only what
//! differs is sent; the first releases give files that stay a second name. A file gets its name when it is complete.

use super::Session;
use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, CURRENT, Claim, Host, MARK, RELEASES, Start, Switch};
use crate::deploy::index::own;
use crate::deploy::retry::patiently;
use crate::deploy::tree::Tree;
use crate::files;
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

/// A machine that allows SFTP alone.
#[derive(Debug)]
pub struct Sftp {
    session: Session,
    /// How many files were asked for: each gets a place of its own, for several may be asked for at once.
    asked: AtomicU64,
}

impl Sftp {
    /// Makes the target's folders.
    ///
    /// # Errors
    /// A machine that cannot be reached or refuses.
    pub fn open(session: Session) -> Result<Sftp, Fault> {
        let sftp = Sftp { session, asked: AtomicU64::new(0) };
        let mut batch = String::new();
        let root = sftp.session.path().to_owned();
        let mut above = String::new();
        for part in root.split_inclusive('/') {
            above.push_str(part);
            if above != "/" {
                _ = writeln!(batch, "-mkdir {}", quoted(above.trim_end_matches('/')));
            }
        }
        for folder in [RELEASES, own("").trim_end_matches('/')] {
            _ = writeln!(batch, "-mkdir {}", quoted(&format!("{root}/{folder}")));
        }
        _ = writeln!(batch, "ls -1 {}", quoted(&root));
        sftp.batch(&batch)?;
        Ok(sftp)
    }

    fn at(&self, key: &str) -> String {
        quoted(&format!("{}/{key}", self.session.path()))
    }

    fn part(&self, name: &str) -> PathBuf {
        self.session.work.join(name)
    }

    /// Runs commands, one a line; those after a failed one are not run. A batch may be run twice.
    fn batch(&self, commands: &str) -> Result<String, Fault> {
        patiently(commands, || self.batch_once(commands))
    }

    fn batch_once(&self, commands: &str) -> Result<String, Fault> {
        let mut command = Command::new("sftp");
        command.args(self.session.options()).args([
            "-P",
            &self.session.port(),
            "-b",
            "-",
            "--",
            &self.session.login(),
        ]);
        let output = self.session.run(command, commands.as_bytes())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stderr).into_owned())
        } else {
            Err(self.session.fault("sftp", &output))
        }
    }

    /// The commands of one act; `made` holds the folders that are there.
    fn commands(&self, act: &Act<'_>, local: Option<&Path>, made: &mut BTreeSet<String>, batch: &mut String) {
        match act {
            Act::Put { key, .. } => {
                self.folders(key, made, batch);
                let part = self.at(&format!("{key}.yicun-part"));
                let local =
                    quoted(&local.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default());
                _ = writeln!(batch, "put {local} {part}\nchmod 644 {part}\nrename {part} {}", self.at(key));
            }
            Act::Copy { from, to, .. } => {
                self.folders(to, made, batch);
                _ = writeln!(batch, "-rm {}\nln {} {}", self.at(to), self.at(from), self.at(to));
            }
            Act::Delete { key } => _ = writeln!(batch, "-rm {}", self.at(key)),
        }
    }

    fn folders(&self, key: &str, made: &mut BTreeSet<String>, batch: &mut String) {
        for (at, _) in key.match_indices('/') {
            let folder = key.get(..at).unwrap_or_default();
            if made.insert(folder.to_owned()) {
                _ = writeln!(batch, "-mkdir {}", self.at(folder));
            }
        }
    }
}

/// A word of a batch: in quotes, with what quotes and patterns would change marked.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

impl Host for Sftp {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        let part = self.part(&format!("got-{}", self.asked.fetch_add(1, Ordering::Relaxed)));
        // A file that is not there is no failure; `ls` after it shows that the connection held.
        let local = quoted(&part.to_string_lossy());
        let batch = format!("-get {} {local}\nls -1 {}\n", self.at(key), quoted(self.session.path()));
        let said = patiently(key, || {
            files::remove_file(&part)?;
            self.batch_once(&batch)
        })?;
        let got = files::read_if_there(&part)?;
        files::remove_file(&part)?;
        if got.is_none() && said.contains("Permission denied") {
            return Err(Problem::new("deploy-host-refuses")
                .arg("host", self.session.host())
                .arg("error", said.trim())
                .into());
        }
        Ok(got)
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        let local = self.part("put");
        files::write_atomically(&local, bytes)?;
        let mut batch = String::new();
        self.folders(key, &mut BTreeSet::new(), &mut batch);
        let part = self.at(&format!("{key}.yicun-part"));
        let local_name = quoted(&local.to_string_lossy());
        _ = writeln!(batch, "put {local_name} {part}\nchmod 644 {part}\nrename {part} {}", self.at(key));
        self.batch(&batch)?;
        files::remove_file(&local)?;
        Ok(())
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        let local = self.part("claim");
        files::write_atomically(&local, bytes)?;
        let part = self.at(&format!("{key}.{}", crate::digest::Digest::of(bytes)));
        // A second name cannot be given where there is a file already.
        let local_name = quoted(&local.to_string_lossy());
        self.batch(&format!("put {local_name} {part}\n-ln {part} {}\nrm {part}\n", self.at(key)))?;
        files::remove_file(&local)?;
        let there = self.get(key)?;
        Ok(if there.as_deref() == Some(bytes) { Claim::Made } else { Claim::Taken })
    }

    fn apply(&self, acts: &[Act<'_>], tree: Option<&Tree>) -> Result<(), Fault> {
        let mut batch = String::new();
        let mut made = BTreeSet::from([RELEASES.to_owned(), own("").trim_end_matches('/').to_owned()]);
        let send = self.part("send");
        files::remove_tree(&send)?;
        files::make_folder(&send)?;
        for (number, act) in acts.iter().enumerate() {
            let local = match (act, tree) {
                (Act::Put { path, entry, .. }, Some(tree)) => {
                    let local = send.join(number.to_string());
                    files::write_new(&local, &tree.bytes(path, entry)?)?;
                    Some(local)
                }
                _ => None,
            };
            self.commands(act, local.as_deref(), &mut made, &mut batch);
        }
        let done = if batch.is_empty() { Ok(()) } else { self.batch(&batch).map(|_| ()) };
        files::remove_tree(&send)?;
        done
    }

    fn switch(&self) -> Option<&dyn Switch> {
        Some(self)
    }

    fn requests(&self) -> u64 {
        self.session.runs()
    }
}

impl Switch for Sftp {
    fn copies(&self) -> bool {
        false
    }

    fn prepare(&self, id: &str, start: Start<'_>) -> Result<(), Fault> {
        let new = format!("{RELEASES}/{id}");
        let batch = match start {
            // Renamed already, if the last try was cut after it; the mark in it tells.
            Start::Copy(old) | Start::Reuse(old) => {
                format!("-rename {} {}\n", self.at(&format!("{RELEASES}/{old}")), self.at(&new))
            }
            Start::Empty => format!("-mkdir {}\n", self.at(&new)),
        };
        self.batch(&format!("{batch}ls -1 {}\n", quoted(self.session.path()))).map(|_| ())
    }

    fn point(&self, id: &str) -> Result<(), Fault> {
        let fresh = self.at(&own("current"));
        let target = quoted(&format!("{RELEASES}/{id}"));
        let batch = format!("-rm {fresh}\nln -s {target} {fresh}\nrename {fresh} {}\n", self.at(CURRENT));
        self.batch(&batch).map(|_| ())
    }

    fn remove(&self, ids: &[String]) -> Result<(), Fault> {
        // There is no removing of trees here, so a release is emptied by its own manifest.
        for id in ids {
            let place = format!("{RELEASES}/{id}");
            let manifest = self.get(&crate::deploy::index::manifest_key(id))?;
            let manifest = manifest.and_then(|bytes| crate::deploy::manifest::Manifest::read(&bytes));
            let files = manifest.unwrap_or_default().files;
            let mut batch = format!("-rm {}\n", self.at(&format!("{place}/{MARK}")));
            let mut folders = BTreeSet::new();
            for path in files.keys() {
                _ = writeln!(batch, "-rm {}", self.at(&format!("{place}/{path}")));
                folders.extend(path.match_indices('/').filter_map(|(at, _)| path.get(..at)));
            }
            for folder in folders.iter().rev() {
                _ = writeln!(batch, "-rmdir {}", self.at(&format!("{place}/{folder}")));
            }
            _ = writeln!(batch, "-rmdir {}\nls -1 {}", self.at(&place), quoted(self.session.path()));
            self.batch(&batch)?;
        }
        Ok(())
    }
}
