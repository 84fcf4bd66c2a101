//! Whether a folder lies on a drive of another machine, whose changes the system does not tell.

use crate::files;
use std::path::Path;

/// File systems behind a network or a virtual machine.
const REMOTE: [&str; 13] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "vboxsf",
    "vmhgfs",
    "fuse.vmhgfs-fuse",
    "fuse.sshfs",
    "davfs",
    "fuse.rclone",
    "virtiofs",
];

/// Whether `folder` (absolute) lies on such a drive, as far as the system says.
pub(super) fn is_remote(folder: &Path) -> bool {
    let shares = folder.to_string_lossy();
    // A share of Windows, also in the long form of a resolved path.
    if shares.starts_with(r"\\?\UNC\") || shares.starts_with(r"\\") && !shares.starts_with(r"\\?\") {
        return true;
    }
    let Ok(Some(mounts)) = files::read_if_there(Path::new("/proc/self/mounts")) else { return false };
    kind(&String::from_utf8_lossy(&mounts), folder).is_some_and(|kind| REMOTE.contains(&kind.as_str()))
}

/// The file system of the deepest mount above `folder`.
fn kind(mounts: &str, folder: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut words = line.split(' ').skip(1);
        let (Some(at), Some(kind)) = (words.next(), words.next()) else { continue };
        let at = at.replace("\\040", " ");
        let depth = Path::new(&at).components().count();
        // Of two at one place the later one counts.
        if folder.starts_with(&at) && best.is_none_or(|(most, _)| depth >= most) {
            best = Some((depth, kind));
        }
    }
    best.map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_mount_decides() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\nnas:/x /mnt/my\\040share nfs4 rw 0 0\n";
        assert_eq!(kind(mounts, Path::new("/mnt/my share/site")).as_deref(), Some("nfs4"));
        assert_eq!(kind(mounts, Path::new("/home/site")).as_deref(), Some("ext4"));
        assert_eq!(kind("", Path::new("/home/site")), None);
    }
}
