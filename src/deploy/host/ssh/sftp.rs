//! A machine that allows SFTP alone: everything is a batch for the system's `sftp`.
//!
//! There is no copying of trees, so a new release takes over the folder of the one that is no longer kept, and only what
//! differs is sent; the first releases give files that stay a second name. A note gets its name when it is complete.

use super::Session;
use super::able::{self, Able, Show};
use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, CURRENT, Claim, Host, MARK, RELEASES, Start, Switch, in_release};
use crate::deploy::index::{is_id, own};
use crate::deploy::manifest::OWN;
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
    able: Able,
    /// How many files were asked for or put: each gets a place of its own, for several may be under way at once.
    asked: AtomicU64,
}

/// The note about two folders that were to change names.
const SWAP: &str = "swap";
/// A whole new form of a note, where a rename replaces nothing.
const NEW: &str = "yicun-new";

impl Sftp {
    /// Makes the target's folders.
    ///
    /// # Errors
    /// A machine that cannot be reached or refuses.
    pub fn open(session: Session) -> Result<Sftp, Fault> {
        let able = Able { links: true, replaces: true, show: Show::Rename };
        let mut sftp = Sftp { session, able, asked: AtomicU64::new(0) };
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
        let local = sftp.part("try");
        files::write_atomically(&local, b"yicun")?;
        batch.push_str(&able::trial(&quoted(&local.to_string_lossy()), |name| sftp.at(&own(name))));
        _ = writeln!(batch, "ls -ln {}", quoted(&root));
        let said = sftp.batch(&batch)?;
        sftp.able = able::able(&said.out);
        // A folder that was deployed to without links stays so.
        if said
            .out
            .lines()
            .any(|line| line.starts_with('d') && line.trim_end().rsplit(['/', ' ']).next() == Some(CURRENT))
        {
            sftp.able.show = Show::Folders;
        }
        sftp.finish()?;
        Ok(sftp)
    }

    fn at(&self, key: &str) -> String {
        quoted(&format!("{}/{key}", self.session.path()))
    }

    fn part(&self, name: &str) -> PathBuf {
        self.session.work.join(name)
    }

    /// Runs commands, one a line; those after a failed one are not run. A batch may be run twice.
    fn batch(&self, commands: &str) -> Result<Said, Fault> {
        patiently(commands, || self.batch_once(commands))
    }

    fn batch_once(&self, commands: &str) -> Result<Said, Fault> {
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
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Ok(Said { out: text(&output.stdout), err: text(&output.stderr) })
        } else {
            Err(self.session.fault("sftp", &output))
        }
    }

    /// The command that gives a complete file its name.
    fn rename(&self, part: &str, key: &str) -> String {
        let key = self.at(key);
        if self.able.replaces {
            format!("rename {part} {key}")
        } else {
            format!("-rm {key}\nrename {part} {key}")
        }
    }

    /// The commands of one act; `made` holds the folders that are there. `local` is where its bytes are here.
    fn commands(&self, act: &Act<'_>, local: Option<&Path>, made: &mut BTreeSet<String>, batch: &mut String) {
        match act {
            Act::Put { key, .. } | Act::Copy { to: key, .. } if local.is_some() => {
                self.folders(key, made, batch);
                let local = local.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
                let (local, there) = (quoted(&local), self.at(key));
                // Nobody sees the release yet: a file that is cut is put again or removed, while one under another name
                // would be published with the release. The old one may be that of other releases too.
                _ = writeln!(batch, "-rm {there}\nput {local} {there}\n-chmod 644 {there}");
            }
            Act::Copy { from, to, .. } => {
                self.folders(to, made, batch);
                _ = writeln!(batch, "-rm {}\nln {} {}", self.at(to), self.at(from), self.at(to));
            }
            Act::Put { .. } => {}
            Act::Delete { key } => {
                _ = writeln!(batch, "-rm {}", self.at(key));
                if !self.able.replaces && is_note(key) {
                    _ = writeln!(batch, "-rm {}", self.at(&format!("{key}.{NEW}")));
                }
            }
        }
    }

    /// Does acts in one batch. Without second names, copies come from the build, or by way of this machine.
    fn carry(&self, acts: &[Act<'_>], tree: Option<&Tree>, links: bool) -> Result<(), Fault> {
        let send = self.part("send");
        files::remove_tree(&send)?;
        files::make_folder(&send)?;
        let local = |number: usize| send.join(number.to_string());
        let mut gets = String::new();
        for (number, act) in acts.iter().enumerate() {
            let bytes = match (act, tree) {
                (Act::Put { path, entry, .. }, Some(tree)) => Some(tree.bytes(path, entry)?),
                (Act::Put { path, .. }, None) => {
                    return Err(Problem::new("deploy-build-unfinished").arg("path", path).into());
                }
                (Act::Copy { to, entry, .. }, Some(tree)) if !links => tree.bytes(in_release(to), entry).ok(),
                _ => None,
            };
            match (bytes, act) {
                (Some(bytes), _) => _ = files::write_new(&local(number), &bytes)?,
                (None, Act::Copy { from, .. }) if !links => {
                    let here = quoted(&local(number).to_string_lossy());
                    _ = writeln!(gets, "-get {} {here}", self.at(from));
                }
                _ => {}
            }
        }
        if !gets.is_empty() {
            // What only old pages use and somebody removed is gone.
            self.batch(&format!("{gets}ls -1 {}\n", quoted(self.session.path())))?;
        }
        let mut batch = String::new();
        let mut made = BTreeSet::from([RELEASES.to_owned(), own("").trim_end_matches('/').to_owned()]);
        for (number, act) in acts.iter().enumerate() {
            let local = Some(local(number)).filter(|path| files::look(path).is_ok_and(|look| look.is_some()));
            if local.is_some() || links || matches!(act, Act::Delete { .. }) {
                self.commands(act, local.as_deref(), &mut made, &mut batch);
            }
        }
        let done = if batch.is_empty() { Ok(()) } else { self.batch(&batch).map(|_| ()) };
        files::remove_tree(&send)?;
        done
    }

    /// Finishes a change of names, also one that was cut.
    fn finish(&self) -> Result<(), Fault> {
        if self.able.show != Show::Folders {
            return Ok(());
        }
        let Some(bytes) = self.get(&own(SWAP))? else { return Ok(()) };
        let id = String::from_utf8(bytes).unwrap_or_default();
        if is_id(&id) {
            let old = mark(self, CURRENT)?;
            if old.as_ref() != Some(&id) {
                let new = format!("{RELEASES}/{id}");
                if mark(self, &new)?.is_none() {
                    return Err(Problem::new("deploy-release-gone").arg("release", id).into());
                }
                let mut batch = String::new();
                if let Some(old) = old {
                    let place = self.at(&format!("{RELEASES}/{old}"));
                    _ = writeln!(batch, "-rename {} {place}", self.at(CURRENT));
                }
                _ = writeln!(batch, "rename {} {}", self.at(&new), self.at(CURRENT));
                // A try whose answer was lost may have worked.
                let done = self.batch_once(&batch);
                if mark(self, CURRENT)?.as_deref() != Some(id.as_str()) {
                    done?;
                }
            }
        }
        self.batch(&format!("-rm {}\n-rm {}\n", self.at(&own(SWAP)), self.at(&own(&format!("{SWAP}.{NEW}")))))
            .map(|_| ())
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

/// What `sftp` said of a batch that went well.
struct Said {
    out: String,
    err: String,
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

/// Whether a key is one of our notes, not a file of a release.
fn is_note(key: &str) -> bool {
    key.starts_with(OWN)
}

/// The name of the release in a folder, by its mark.
fn mark(host: &dyn Host, folder: &str) -> Result<Option<String>, Fault> {
    let id = host.get(&format!("{folder}/{MARK}"))?.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(id.map(|id| id.trim().to_owned()).filter(|id| is_id(id)))
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
        let mut got = files::read_if_there(&part)?;
        files::remove_file(&part)?;
        if got.is_none() && !self.able.replaces && is_note(key) {
            // Cut between the removal of the old one and the rename of the new one.
            self.batch(&format!(
                "-get {} {local}\nls -1 {}\n",
                self.at(&format!("{key}.{NEW}")),
                quoted(self.session.path())
            ))?;
            got = files::read_if_there(&part)?;
            files::remove_file(&part)?;
        }
        if got.is_none() && said.err.contains("Permission denied") {
            return Err(Problem::new("deploy-host-refuses")
                .arg("host", self.session.host())
                .arg("error", said.err.trim())
                .into());
        }
        Ok(got)
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        // A note may be renewed while another one is put.
        let local = self.part(&format!("put-{}", self.asked.fetch_add(1, Ordering::Relaxed)));
        files::write_atomically(&local, bytes)?;
        let mut batch = String::new();
        self.folders(key, &mut BTreeSet::new(), &mut batch);
        let part = self.at(&format!("{key}.yicun-part"));
        let local_name = quoted(&local.to_string_lossy());
        _ = writeln!(batch, "put {local_name} {part}\n-chmod 644 {part}");
        if self.able.replaces || !is_note(key) {
            _ = writeln!(batch, "{}", self.rename(&part, key));
        } else {
            let new = self.at(&format!("{key}.{NEW}"));
            _ = writeln!(batch, "-rm {new}\nrename {part} {new}\n{}", self.rename(&new, key));
        }
        self.batch(&batch)?;
        files::remove_file(&local)?;
        Ok(())
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        if !self.able.links {
            if self.get(key)?.is_some_and(|there| there != bytes) {
                return Ok(Claim::Taken);
            }
            return self.put(key, bytes).map(|()| Claim::Unsure);
        }
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
        let copies = tree.is_some() && acts.iter().any(|act| matches!(act, Act::Copy { .. }));
        match self.carry(acts, tree, self.able.links) {
            // Somebody removed what was to get a second name: then it is sent.
            Err(fault) if copies && self.able.links && fault.problem().code == "deploy-program-failed" => {
                self.carry(acts, tree, false)
            }
            done => done,
        }
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
        let current = self.at(CURRENT);
        let batch = match self.able.show {
            Show::Rename => format!("-rm {fresh}\nln -s {target} {fresh}\nrename {fresh} {current}\n"),
            Show::Relink => format!("-rm {current}\nln -s {target} {current}\n"),
            Show::Folders => {
                self.put(&own(SWAP), id.as_bytes())?;
                return self.finish();
            }
        };
        self.batch(&batch).map(|_| ())
    }

    fn place(&self, id: &str, shown: Option<&str>) -> String {
        let folder = self.able.show == Show::Folders && shown == Some(id);
        if folder { CURRENT.to_owned() } else { format!("{RELEASES}/{id}") }
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
