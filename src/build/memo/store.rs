//! Photos that were scaled before, kept by the digest of their bytes and recipe: no rebuild makes them twice.
//!
//! One folder a key, moved into place whole, with a list of its files' sizes and digests. What does not match that
//! list is as good as not there.

use super::container::{Loaded, open, seal};
use crate::digest::Digest;
use crate::files::{self, Failure, Nature, Stamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::{Cursor, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The name of the list in each key's folder.
const INDEX: &str = "index";
/// The beginning of the names of folders that are being made.
const UNFINISHED: &str = "new-";

/// The folder of scaled photos.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    count: AtomicU64,
}

/// A file in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its name, given to [`Store::put`].
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Of its bytes.
    pub digest: Digest,
}

impl Store {
    /// The store in `folder` (`.yicun/photos`), which is made when something is put.
    pub fn open(folder: &Path) -> Self {
        Store { folder: folder.to_owned(), count: AtomicU64::new(0) }
    }

    /// The files kept under `key`, without reading them; nothing when there are none, or not all of their size.
    pub fn list(&self, key: &Digest) -> Option<Vec<Kept>> {
        let folder = self.place(key);
        let bytes = files::read_if_there(&folder.join(INDEX)).ok().flatten()?;
        // The key stands where a memo has its build id, so a folder under a wrong name is foreign.
        let Loaded::Value(list) = open::<Vec<Kept>>(&bytes, key) else { return None };
        let whole = list.iter().all(|kept| {
            let look = files::look(&folder.join(&kept.name)).ok().flatten();
            look.is_some_and(|look| look.nature == Nature::File && look.stamp.size == kept.size)
        });
        whole.then_some(list)
    }

    /// The bytes of some files, exactly as they were put; nothing when one of them is absent or damaged.
    pub fn get(&self, key: &Digest, names: &[&str]) -> Option<Vec<Vec<u8>>> {
        let list = self.list(key)?;
        let folder = self.place(key);
        let bytes = |name: &&str| {
            let kept = list.iter().find(|kept| kept.name == *name)?;
            let bytes = files::read(&folder.join(name)).ok()?;
            (Digest::of(&bytes) == kept.digest).then_some(bytes)
        };
        names.iter().map(bytes).collect()
    }

    /// Keeps files under `key`, in place of what was there. Names are plain file names.
    pub fn put(&self, key: &Digest, content: &[(&str, &[u8])]) -> Result<(), Failure> {
        match self.try_put(key, content) {
            // Another build pruned the store and took our unfinished folder for a left-over.
            Err(failure) if failure.error.kind() == ErrorKind::NotFound => self.try_put(key, content),
            done => done,
        }
    }

    fn try_put(&self, key: &Digest, content: &[(&str, &[u8])]) -> Result<(), Failure> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let new = self.folder.join(format!("{UNFINISHED}{}-{number}", std::process::id()));
        files::remove_tree(&new)?;
        files::make_folder(&new)?;
        let put = self.fill(&new, key, content).and_then(|()| self.move_in(&new, key));
        if put.is_err() {
            // The first failure is the one to tell.
            _ = files::remove_tree(&new);
        }
        put
    }

    fn fill(&self, folder: &Path, key: &Digest, content: &[(&str, &[u8])]) -> Result<(), Failure> {
        let mut list = Vec::with_capacity(content.len());
        for (name, bytes) in content {
            debug_assert!(!name.contains(['/', '\\']) && *name != INDEX && !name.starts_with('.'));
            files::write_new(&folder.join(name), bytes)?;
            list.push(Kept { name: (*name).to_owned(), size: bytes.len() as u64, digest: Digest::of(bytes) });
        }
        let path = folder.join(INDEX);
        let mut index = Cursor::new(Vec::new());
        seal(&mut index, key, &list).map_err(Failure::when(files::Doing::Write, &path))?;
        files::write_new(&path, index.get_ref()).map(|_| ())
    }

    fn move_in(&self, new: &Path, key: &Digest) -> Result<(), Failure> {
        let place = self.place(key);
        if let Some(above) = place.parent() {
            files::make_folder(above)?;
        }
        if files::look(&place)?.is_some() {
            files::remove_tree(&place)?;
        }
        match files::rename(new, &place) {
            // Another thread put the same photo first: same key, same bytes.
            Err(_) if self.list(key).is_some() => files::remove_tree(new),
            done => done,
        }
    }

    /// Forgets what killed builds left long before `now`, and, while the store is larger than `most` bytes, the keys that are not in `used`,
    /// the oldest first.
    pub fn prune(&self, used: &BTreeSet<Digest>, most: u64, now: Stamp) -> Result<(), Failure> {
        let names: BTreeSet<String> = used.iter().map(Digest::to_string).collect();
        let (mut total, mut unused) = (0, Vec::new());
        for shelf in files::list(&self.folder)? {
            let path = self.folder.join(&shelf);
            if shelf.to_string_lossy().starts_with(UNFINISHED) {
                // Another build may be filling it.
                if extent(&path)?.1.saturating_add(super::prune::LEFT_OVER_NS) < now.time_ns {
                    files::remove_tree(&path)?;
                }
                continue;
            }
            for key in files::list(&path)? {
                let place = path.join(&key);
                let (size, time) = extent(&place)?;
                total += size;
                if !key.to_str().is_some_and(|key| names.contains(key)) {
                    unused.push((time, place, size));
                }
            }
        }
        unused.sort_unstable();
        for (_, place, size) in unused {
            if total <= most {
                break;
            }
            files::remove_tree(&place)?;
            total -= size;
            if let Some(shelf) = place.parent() {
                files::remove_empty_folder(shelf)?;
            }
        }
        Ok(())
    }

    /// Two levels, since folders with many thousand entries are slow on FAT and network drives.
    fn place(&self, key: &Digest) -> PathBuf {
        let name = key.to_string();
        self.folder.join(name.get(..2).unwrap_or_default()).join(name)
    }
}

/// The size of a key's files together, and when the last of them was written.
fn extent(folder: &Path) -> Result<(u64, i64), Failure> {
    let mut size = 0;
    let mut time = files::look(folder)?.map_or(i64::MIN, |look| look.stamp.time_ns);
    for name in files::list(folder)? {
        if let Some(look) = files::look(&folder.join(&name))? {
            size += look.stamp.size;
            time = time.max(look.stamp.time_ns);
        }
    }
    Ok((size, time))
}
