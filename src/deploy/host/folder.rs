//! A folder of this machine: a web server's, a mounted drive, a stick.
//!
//! Releases lie side by side; `current` is a symbolic link that is replaced by a rename. Where a disk knows no links
//! (sticks, most Windows), `current` is the release's folder itself and the two change names; a note that is written
//! before tells the next command to finish, should the machine be switched off in between.

use super::{Act, CURRENT, Claim, Host, MARK, RELEASES, Start, Switch, in_release};
use crate::deploy::fault::Fault;
use crate::deploy::index::{is_id, own};
use crate::deploy::manifest::{LARGEST, Manifest};
use crate::deploy::tree::Tree;
use crate::files::{self, Nature};
use crate::parallel;
use crate::problem::Problem;
use std::path::{Path, PathBuf};

/// A folder with releases in it.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    links: bool,
}

const SWAP: &str = "swap";

impl Folder {
    /// Opens the folder, which is made if its parent is there, and finishes a switch that was cut.
    ///
    /// # Errors
    /// A disk that refuses; a folder with other things in it.
    pub fn open(root: &Path) -> Result<Folder, Fault> {
        let there = files::look_through(root)?.is_some_and(|look| look.nature == Nature::Folder);
        let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty());
        if !there && !parent.is_none_or(|parent| matches!(files::look_through(parent), Ok(Some(_)))) {
            return Err(Problem::new("deploy-folder-missing").arg("path", root.display()).into());
        }
        let foreign =
            files::list(root)?.into_iter().map(|name| name.to_string_lossy().into_owned()).find(|name| {
                !name.starts_with('.')
                    && ![RELEASES, CURRENT, "System Volume Information", "$RECYCLE.BIN"]
                        .contains(&name.as_str())
            });
        let ours = files::look(&root.join(own("")))?.is_some();
        if let (Some(name), false) = (foreign, ours) {
            return Err(Problem::new("deploy-folder-foreign")
                .arg("path", root.display())
                .arg("name", name)
                .into());
        }
        files::make_folder(&root.join(own("")))?;
        let folder = Folder { root: root.to_owned(), links: links(root)? };
        folder.finish()?;
        Ok(folder)
    }

    fn at(&self, key: &str) -> PathBuf {
        key.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// The name of the release in a folder, by its mark.
    fn mark(&self, folder: &str) -> Result<Option<String>, Fault> {
        let bytes = files::read_if_there(&self.at(&format!("{folder}/{MARK}")))?;
        let id = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(id.map(|id| id.trim().to_owned()).filter(|id| is_id(id)))
    }

    /// Finishes a change of names that was cut.
    fn finish(&self) -> Result<(), Fault> {
        let note = self.at(&own(SWAP));
        let Some(bytes) = files::read_if_there(&note)? else { return Ok(()) };
        let id = String::from_utf8(bytes).unwrap_or_default();
        if is_id(&id) {
            self.swap(&id)?;
        }
        files::remove_file(&note)?;
        Ok(())
    }

    fn swap(&self, id: &str) -> Result<(), Fault> {
        let current = self.at(CURRENT);
        if self.mark(CURRENT)?.as_deref() == Some(id) {
            return Ok(());
        }
        let new = self.at(&format!("{RELEASES}/{id}"));
        if self.mark(&format!("{RELEASES}/{id}"))?.is_none() {
            return Err(Problem::new("deploy-release-gone").arg("release", id).into());
        }
        if let Some(old) = self.mark(CURRENT)? {
            files::rename(&current, &self.at(&format!("{RELEASES}/{old}")))?;
        }
        Ok(files::rename(&new, &current)?)
    }

    /// Writes a file of a release that nobody sees yet. Under its own name: one that is cut is written again or removed,
    /// while another name would be published with the release. The old file may be that of other releases too.
    fn fill(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        let path = self.at(key);
        if let Some(folder) = path.parent() {
            files::make_folder(folder)?;
        }
        files::remove_file(&path)?;
        files::write_new(&path, bytes)?;
        Ok(())
    }

    fn do_act(&self, act: &Act<'_>, tree: Option<&Tree>) -> Result<(), Fault> {
        match act {
            Act::Put { key, path, entry } => {
                let tree = tree.ok_or_else(|| Problem::new("deploy-build-unfinished").arg("path", path))?;
                self.fill(key, &tree.bytes(path, entry)?)
            }
            Act::Copy { from, to, entry } => {
                let from = self.at(from);
                if files::look(&from)?.is_some() {
                    return Ok(files::link_or_copy(&from, &self.at(to))?);
                }
                // Somebody removed it. What only old pages use is gone then; all else is in the build.
                match tree.and_then(|tree| tree.bytes(in_release(to), entry).ok()) {
                    Some(bytes) => self.fill(to, &bytes),
                    None => Ok(()),
                }
            }
            Act::Delete { key } => {
                let path = self.at(key);
                files::remove_file(&path)?;
                for folder in
                    path.ancestors().skip(1).take_while(|folder| folder.starts_with(self.at(RELEASES)))
                {
                    if !files::remove_empty_folder(folder)? {
                        break;
                    }
                }
                Ok(())
            }
        }
    }
}

/// Whether the disk can hold symbolic links.
fn links(root: &Path) -> Result<bool, Fault> {
    let probe = root.join(own("link"));
    files::remove_file(&probe)?;
    let made = files::symlink_folder(RELEASES, &probe)?;
    files::remove_file(&probe)?;
    // A folder that was deployed to without links stays so.
    let real = files::look(&root.join(CURRENT))?.is_some_and(|look| look.nature == Nature::Folder);
    Ok(made && !real)
}

impl Host for Folder {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        Ok(files::read_at_most(&self.at(key), LARGEST)?)
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        let path = self.at(key);
        if let Some(folder) = path.parent() {
            files::make_folder(folder)?;
        }
        Ok(files::write_atomically(&path, bytes)?)
    }

    fn claim(&self, key: &str, bytes: &[u8]) -> Result<Claim, Fault> {
        Ok(if files::claim(&self.at(key), bytes)? { Claim::Made } else { Claim::Taken })
    }

    fn apply(&self, acts: &[Act<'_>], tree: Option<&Tree>) -> Result<(), Fault> {
        parallel::try_map(acts, |act| self.do_act(act, tree)).map(|_| ())
    }

    fn switch(&self) -> Option<&dyn Switch> {
        Some(self)
    }

    fn requests(&self) -> u64 {
        0
    }
}

impl Switch for Folder {
    fn copies(&self) -> bool {
        false
    }

    fn prepare(&self, id: &str, start: Start<'_>) -> Result<(), Fault> {
        let new = self.at(&format!("{RELEASES}/{id}"));
        if let Start::Copy(old) | Start::Reuse(old) = start {
            let old = self.at(&format!("{RELEASES}/{old}"));
            // Renamed already, if the last try was cut after it; the mark in it tells.
            if files::look(&new)?.is_none() && files::look(&old)?.is_some() {
                files::rename(&old, &new)?;
            }
        }
        // Through a link we would change what lies elsewhere.
        if let Some(link) = files::first_link(&new)? {
            return Err(Problem::new("deploy-link-strange").arg("path", link.display()).into());
        }
        Ok(files::make_folder(&new)?)
    }

    fn point(&self, id: &str) -> Result<(), Fault> {
        if !self.links {
            let note = self.at(&own(SWAP));
            files::write_durably(&note, id.as_bytes())?;
            self.swap(id)?;
            files::remove_file(&note)?;
            return Ok(());
        }
        let fresh = self.at(&own("current"));
        files::remove_file(&fresh)?;
        // It is made where it will stand, so that its target is read the same.
        files::symlink_folder(&format!("{RELEASES}/{id}"), &fresh)?;
        Ok(files::rename(&fresh, &self.at(CURRENT))?)
    }

    fn lacks(&self, id: &str, manifest: &Manifest) -> Result<Vec<String>, Fault> {
        let place = self.at(&format!("{RELEASES}/{id}"));
        let mut gone = Vec::new();
        for path in manifest.files.keys() {
            if files::look(&place.join(path))?.is_none() {
                gone.push(path.clone());
            }
        }
        Ok(gone)
    }

    fn remove(&self, ids: &[String]) -> Result<(), Fault> {
        Ok(ids.iter().try_for_each(|id| files::remove_tree(&self.at(&format!("{RELEASES}/{id}"))))?)
    }

    fn place(&self, id: &str, shown: Option<&str>) -> String {
        if !self.links && shown == Some(id) { CURRENT.to_owned() } else { format!("{RELEASES}/{id}") }
    }
}
