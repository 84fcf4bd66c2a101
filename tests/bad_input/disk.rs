//! Faults of the disk and of the folders: links out of the site, outputs that are not ours, no permission, no room.

use super::{built, refused};
use crate::common::{Site, difference, request, tree};
use std::fs;
use std::process::Command;

/// Whether the tests run as root, who may do everything on Unix.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

#[cfg(unix)]
#[test]
fn links_out_of_the_site() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.md"), "+++\ntitle = \"SECRET\"\n+++\nSECRET\n").unwrap();
    for (from, to) in [
        ("content/news/out.md", outside.path().join("secret.md")),
        ("content/out", outside.path().to_path_buf()),
        ("static/out.md", outside.path().join("secret.md")),
    ] {
        let site = built();
        fs::create_dir_all(site.root().join("static")).unwrap();
        symlink(&to, site.root().join(from)).unwrap();
        let outcome = site.build();
        let told = outcome
            .problems
            .iter()
            .any(|problem| problem.place.as_ref().is_some_and(|place| place.file.starts_with(from)));
        assert!(told, "the link {from} is not named: {outcome:#?}");
        for (path, bytes) in site.published() {
            assert!(!String::from_utf8_lossy(&bytes).contains("SECRET"), "{from} was published as {path}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_circle_of_links_ends() {
    let site = built();
    std::os::unix::fs::symlink(site.root().join("content"), site.root().join("content/circle")).unwrap();
    let run = site.run(&[]);
    assert!(run.code == 0 || run.code == 1, "{}", run.said);
}

#[test]
fn an_output_folder_that_is_not_ours() {
    let site = Site::village();
    site.write("public/theirs.txt", "theirs").write("public/index.html", "theirs");
    let before = tree(&site.public());
    let run = site.run(&[]);
    assert_ne!(run.code, 0, "{}", run.said);
    assert_eq!(difference(&before, &tree(&site.public())), Vec::<String>::new());
}

#[test]
fn an_output_folder_inside_the_sources() {
    let site = Site::village();
    let before = site.sources();
    for output in ["", "content", "content/out", "static"] {
        let mut request = request(site.root(), &site.root().join(output));
        request.output = site.root().join(output);
        let outcome = crate::common::build(&request);
        assert!(!outcome.published, "published into {output:?}");
    }
    assert_eq!(difference(&before, &site.sources()), Vec::<String>::new());
}

#[test]
fn an_output_that_is_a_file() {
    let site = Site::village();
    site.write("public", "a file");
    let run = site.run(&[]);
    assert_ne!(run.code, 0, "{}", run.said);
    assert_eq!(site.read("public"), "a file");
}

#[test]
fn a_folder_without_a_site() {
    let site = Site::empty();
    let run = site.run(&[]);
    // Nothing is wrong with a site that isn't there: the call is.
    assert_eq!(run.code, 2, "{}", run.said);
    assert!(!site.public().exists());
    let gone = crate::common::yicun(site.root(), &["build", "--root", "no-such-folder"]);
    assert!((1..=3).contains(&gone.code), "{}", gone.said);
}

#[cfg(unix)]
#[test]
fn no_permission() {
    use std::os::unix::fs::PermissionsExt;
    if is_root() {
        println!("left out: root may read and write everything");
        return;
    }
    let allow = |path: &str, site: &Site, mode| {
        fs::set_permissions(site.root().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    let site = built();
    let page = "content/news/zhu-ti-dang-ri.md";
    // The same bytes must be read again: a new time makes the memo look.
    site.write(page, format!("{}\n再一行。\n", site.read(page)));
    allow(page, &site, 0o000);
    let before = site.published();
    let run = site.run(&[]);
    assert_eq!(run.code, 3, "{}", run.said);
    assert!(run.said.contains(page), "{}", run.said);
    allow(page, &site, 0o644);
    allow("public", &site, 0o555);
    let run = site.run(&[]);
    allow("public", &site, 0o755);
    assert_eq!(run.code, 3, "{}", run.said);
    assert_eq!(difference(&before, &site.published()), Vec::<String>::new());
}

/// A file system in memory of a few hundred kilobytes, unmounted when dropped.
struct Small(tempfile::TempDir);

impl Small {
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = cfg!(target_os = "linux")
            && is_root()
            && Command::new("mount")
                .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
                .arg(folder.path())
                .output()
                .is_ok_and(|output| output.status.success());
        mounted.then(|| Small(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk() {
    let Some(small) = Small::mount("6m") else {
        println!("left out: only root on Linux can mount a small disk");
        return;
    };
    let source = Site::village();
    let site = small.0.path().join("site");
    for (path, bytes) in source.sources() {
        let path = site.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let run = || {
        crate::common::yicun(
            &site,
            &["build", "--root", ".", "--today", crate::common::TODAY, "--lang", "en"],
        )
    };
    let first = run();
    assert_eq!(first.code, 0, "the small disk is too small for the test: {}", first.said);
    let before = crate::common::published(&site.join("public"));
    // Everything changes, and there is no room for it.
    let config = fs::read_to_string(site.join("site.toml")).unwrap();
    fs::write(site.join("site.toml"), config.replace("党建", "新党建")).unwrap();
    let filler = small.0.path().join("filler");
    fill(&filler);
    let second = run();
    assert_eq!(second.code, 3, "{}", second.said);
    assert!(!second.said.contains("panicked"), "{}", second.said);
    let after = crate::common::published(&site.join("public"));
    assert_eq!(difference(&before, &after), Vec::<String>::new(), "a full disk changed the output");
    // With room again the same command succeeds.
    fs::remove_file(&filler).unwrap();
    let third = run();
    assert_eq!(third.code, 0, "{}", third.said);
    let after = crate::common::published(&site.join("public"));
    assert!(String::from_utf8_lossy(&after["index.html"]).contains("新党建"));
}

/// Writes to a file until there is no room.
fn fill(path: &std::path::Path) {
    use std::io::Write;
    let mut file = fs::File::create(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    let _ = file.flush();
}

#[test]
fn a_fault_of_the_site_is_not_one_of_the_disk() {
    let site = built();
    site.write("content/news/huai.md", "+++\n");
    refused(&site, "content/news/huai.md", 0);
}
