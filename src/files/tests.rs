//! Facts about decoding and about the words for failures; file operations on a temporary folder.

use super::*;
use std::borrow::Cow;
use std::io;

#[track_caller]
fn decodes(bytes: &[u8], text: &str, encoding: Encoding) {
    assert_eq!(decode(bytes), Decoded { text: text.into(), encoding });
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn unicode_is_recognised() {
    decodes(b"", "", Encoding::Utf8);
    decodes("庆乐村\n".as_bytes(), "庆乐村\n", Encoding::Utf8);
    decodes("\u{feff}庆乐村".as_bytes(), "庆乐村", Encoding::Utf8Bom);
    decodes(&utf16("\u{feff}一村 a\r\n", false), "一村 a\r\n", Encoding::Utf16Le);
    decodes(&utf16("\u{feff}一村 a\r\n", true), "一村 a\r\n", Encoding::Utf16Be);
    decodes(
        &utf16("标题：庆乐村 a\r\n正文，没有标记\r\n", false),
        "标题：庆乐村 a\r\n正文，没有标记\r\n",
        Encoding::Utf16Le,
    );
    decodes(&utf16("title = 1\n", true), "title = 1\n", Encoding::Utf16Be);
}

#[test]
fn utf8_is_borrowed() {
    assert!(matches!(decode("\u{feff}村".as_bytes()).text, Cow::Borrowed("村")));
}

#[test]
fn gb18030_is_recognised_with_a_hint() {
    for text in ["庆乐村", "title = \"庆乐村党总支\"\n“一村一品”——2026年。\n"] {
        let (bytes, _, _) = encoding_rs::GB18030.encode(text);
        decodes(&bytes, text, Encoding::Gb18030);
    }
    assert_eq!(Encoding::Gb18030.problem("a.md").unwrap().code, "encoding-gb18030");
    assert_eq!(Encoding::Utf8Bom.problem("a.md"), None);
}

#[test]
fn what_is_no_text_is_unknown() {
    for bytes in [
        &b"caf\xe9"[..],
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        b"\xef\xbb\xbf\xff",
    ] {
        assert_eq!(decode(bytes).encoding, Encoding::Unknown, "{bytes:?}");
    }
    assert_eq!(Encoding::Unknown.problem("a.md").unwrap().code, "encoding-unknown");
}

#[test]
fn markers_and_nul_never_pass() {
    decodes(
        "a\0b 一\u{FDD0}\u{FDD1}\u{FDFC}村".as_bytes(),
        "a\u{FFFD}b 一\u{FFFD}\u{FFFD}\u{FDFC}村",
        Encoding::Utf8,
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_decode(bytes: Vec<u8>) {
        let text = decode(&bytes).text;
        let forbidden = text.contains(['\0', '\u{FDD0}', '\u{FDD1}']);
        proptest::prop_assert!(!forbidden);
    }
}

#[test]
fn failures_have_words() {
    let code =
        |doing, kind: ErrorKind| Failure::new(doing, Path::new("a"), io::Error::from(kind)).problem().code;
    assert_eq!(code(Doing::Write, ErrorKind::StorageFull), "disk-full");
    assert_eq!(code(Doing::Write, ErrorKind::QuotaExceeded), "disk-full");
    assert_eq!(code(Doing::Write, ErrorKind::ReadOnlyFilesystem), "disk-read-only");
    assert_eq!(code(Doing::Read, ErrorKind::PermissionDenied), "not-readable");
    assert_eq!(code(Doing::Remove, ErrorKind::PermissionDenied), "not-writable");
    assert_eq!(code(Doing::Read, ErrorKind::NotFound), "file-not-found");
    assert_eq!(code(Doing::List, ErrorKind::Other), "read-failed");
    assert_eq!(code(Doing::Rename, ErrorKind::Other), "write-failed");
    if cfg!(unix) {
        let full = Failure::new(Doing::Write, Path::new("a"), io::Error::from_raw_os_error(28));
        assert_eq!(full.problem().code, "disk-full");
    }
}

#[test]
fn files_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let stamp = write_new(&at("a"), b"one").unwrap();
    let seen = look(&at("a")).unwrap().unwrap();
    assert_eq!((seen.nature, seen.stamp), (Nature::File, stamp));
    assert!(write_new(&at("a"), b"two").is_err());
    write_atomically(&at("a"), b"two").unwrap();
    write_durably(&at("b"), b"three").unwrap();
    assert_eq!(read(&at("a")).unwrap(), b"two");
    assert_eq!(list(folder.path()).unwrap(), ["a", "b"]);
    assert_eq!(read_if_there(&at("a/b")).unwrap(), None);
    assert!(remove_file(&at("a")).unwrap() && !remove_file(&at("a")).unwrap());
    make_folder(&at("c/d")).unwrap();
    assert!(!remove_file(&at("c")).unwrap() && !remove_empty_folder(&at("c")).unwrap());
    assert_eq!(look(&at("none")).unwrap(), None);
    remove_tree(&at("c")).unwrap();
    assert_eq!(list(&at("c")).unwrap(), Vec::<OsString>::new());
}

#[test]
fn paths_are_resolved_as_far_as_they_exist() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().canonicalize().unwrap();
    assert_eq!(resolve(&folder.path().join("x/../y/z")).unwrap(), base.join("y/z"));
}

#[test]
fn a_lock_is_held_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let held = lock(&path).unwrap();
    assert!(held.is_some() && lock(&path).unwrap().is_none());
    drop(held);
    assert!(lock(&path).unwrap().is_some());
}

/// On Linux the two folders usually lie on two disks.
#[cfg(target_os = "linux")]
#[test]
fn a_file_is_renamed_onto_another_disk() {
    let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return };
    let folder = tempfile::tempdir_in(concat!(env!("CARGO_MANIFEST_DIR"), "/target")).unwrap();
    let (from, to) = (memory.path().join("a"), folder.path().join("b"));
    write_new(&from, b"new").unwrap();
    write_new(&to, b"old").unwrap();
    rename(&from, &to).unwrap();
    assert_eq!((read_if_there(&from).unwrap(), read(&to).unwrap()), (None, b"new".to_vec()));
    assert_eq!(list(folder.path()).unwrap(), ["b"]);
}
