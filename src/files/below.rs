//! Looks at many files below one folder. Where the system lets a program hold a folder open, it need not walk down to it from
//! the root of the disk for each file. Other systems than those tried get the plain way.

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
use super::look;
use super::{Failure, Look};
use std::path::{Path, PathBuf};

/// A folder.
#[derive(Debug)]
pub struct Below {
    folder: PathBuf,
    /// Nothing where there is no such folder.
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    open: Option<std::os::fd::OwnedFd>,
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
impl Below {
    /// A folder; there need not be one.
    pub fn new(folder: &Path) -> Self {
        use rustix::fs::{Mode, OFlags, open};
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Below { folder: folder.to_owned(), open: open(folder, flags, Mode::empty()).ok() }
    }

    /// [`look`](super::look) at a path below the folder.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn look(&self, path: &str) -> Result<Option<Look>, Failure> {
        use super::stamp::{Nature, Stamp};
        use rustix::fs::{AtFlags, FileType, statat};
        let Some(folder) = &self.open else { return super::look(&self.folder.join(path)) };
        let found = match statat(folder, path, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => found,
            // Told as it is everywhere else.
            Err(_) => return super::look(&self.folder.join(path)),
        };
        let time = |seconds: i64, nanoseconds: u64| {
            let nanoseconds = i64::try_from(nanoseconds).unwrap_or(0);
            seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
        };
        let modified = time(found.st_mtime, found.st_mtime_nsec);
        let changed = time(found.st_ctime, found.st_ctime_nsec);
        let nature = match FileType::from_raw_mode(found.st_mode) {
            FileType::RegularFile => Nature::File,
            FileType::Directory => Nature::Folder,
            FileType::Symlink => Nature::Link,
            _ => Nature::Other,
        };
        let stamp = Stamp { size: u64::try_from(found.st_size).unwrap_or(0), time_ns: modified };
        Ok(Some(Look { nature, stamp, change: Stamp { time_ns: modified.max(changed), ..stamp } }))
    }
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
impl Below {
    /// A folder; there need not be one.
    pub fn new(folder: &Path) -> Self {
        Below { folder: folder.to_owned() }
    }

    /// [`look`] at a path below the folder.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn look(&self, path: &str) -> Result<Option<Look>, Failure> {
        look(&self.folder.join(path))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "tests make their own files")]
    use super::*;

    #[test]
    fn it_says_what_a_look_says() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("村")).unwrap();
        std::fs::write(folder.path().join("村/a.md"), "text").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("a.md", folder.path().join("村/link.md")).unwrap();
        let below = Below::new(folder.path());
        for path in ["村", "村/a.md", "村/link.md", "none", "村/a.md/below"] {
            let plain = super::super::look(&folder.path().join(path)).unwrap();
            assert_eq!(below.look(path).unwrap(), plain, "{path}");
        }
        let none = Below::new(&folder.path().join("none"));
        assert_eq!(none.look("a.md").unwrap(), None);
    }
}
