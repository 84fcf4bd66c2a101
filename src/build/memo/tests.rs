//! Facts about the memo: what was saved comes back, or nothing does.

use super::*;
use std::collections::BTreeSet;
use std::io::Cursor;

type Value = Vec<(String, Option<u32>)>;

fn value() -> Value {
    vec![("庆乐村".into(), Some(7)), ("联桂村".into(), None), ("x".repeat(300), Some(1))]
}

fn sealed(id: &Digest) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    seal(&mut file, id, &value()).unwrap();
    file.into_inner()
}

#[test]
fn a_value_comes_back() {
    let root = tempfile::tempdir().unwrap();
    let path = prepare(root.path()).unwrap().join(FILE);
    let id = Digest::of(b"build");
    assert_eq!(load::<Value>(&path, &id), (None, None));
    save(&path, &id, &value()).unwrap();
    assert_eq!(load(&path, &id), (Some(value()), None));
    assert_eq!(load::<Value>(&path, &Digest::of(b"other")), (None, None));
    files::write_atomically(&path, b"junk").unwrap();
    let (none, problem) = load::<Value>(&path, &id);
    assert_eq!((none, problem.unwrap().code.as_ref()), (None, "memo-damaged"));
    assert_eq!(files::read(&root.path().join(".yicun/.gitignore")).unwrap(), b"*\n");
}

#[test]
fn no_damage_gives_a_wrong_value() {
    let id = Digest::of(b"build");
    let whole = sealed(&id);
    for at in 0..whole.len() {
        for flip in [1, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            assert!(!matches!(open::<Value>(&bytes, &id), Loaded::Value(_)), "byte {at}");
        }
        assert_eq!(open::<Value>(&whole[..at], &id), Loaded::Damaged);
    }
    assert_eq!(open::<Value>(&[&whole[..], b"x"].concat(), &id), Loaded::Damaged);
}

#[test]
fn a_rest_stays_on_the_disk_and_its_damage_is_noticed() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(FILE);
    let id = Digest::of(b"build");
    let rest = "今年新建网格".repeat(20_000);
    save_with(&path, &id, &value(), |out| out.write_all(rest.as_bytes())).unwrap();
    let opened = load_stored::<Value>(&path, &id).0.unwrap();
    assert_eq!((&opened.value, opened.stored.get_text(&opened.rest)), (&value(), Some(rest.clone())));
    assert!(matches!(load_stored::<Value>(&path, &Digest::of(b"other")), (None, None)));

    let whole = files::read(&path).unwrap();
    let start = usize::try_from(opened.rest.start).unwrap();
    let places = (0..start + 3).chain([start + (1 << 16), whole.len() - 1]);
    for at in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        files::write_atomically(&path, &bytes).unwrap();
        assert!(load_stored::<Value>(&path, &id).0.is_none(), "byte {at}");
    }
    for cut in [0, 7, start - 1, start, whole.len() - 1] {
        files::write_atomically(&path, &whole[..cut]).unwrap();
        let (none, problem) = load_stored::<Value>(&path, &id);
        assert!(none.is_none());
        assert_eq!(problem.unwrap().code, "memo-damaged", "cut at {cut}");
    }
    // Neither length may be taken at its word.
    for length in [28, 36] {
        let mut bytes = whole.clone();
        bytes[length..length + 8].fill(0xff);
        files::write_atomically(&path, &bytes).unwrap();
        assert_eq!(load_stored::<Value>(&path, &id).1.unwrap().code, "memo-damaged");
    }
}

#[test]
fn a_value_of_another_shape_is_damage() {
    let id = Digest::of(b"build");
    assert_eq!(open::<Vec<u64>>(&sealed(&id), &id), Loaded::Damaged);
}

#[test]
fn photos_are_kept_whole() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::open(&root.path().join("photos"));
    let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
    assert_eq!(store.list(&one), None);
    store.put(&one, &[("480.jpg", b"small"), ("960.jpg", b"large")]).unwrap();
    store.put(&two, &[("480.jpg", b"other")]).unwrap();
    store.put(&one, &[("480.jpg", b"SMALL"), ("960.jpg", b"large")]).unwrap();
    assert_eq!(store.get(&one, &["480.jpg"]).unwrap(), [b"SMALL"]);
    assert_eq!(store.get(&one, &["480.jpg", "1600.jpg"]), None);
    assert_eq!(store.list(&one).unwrap().len(), 2);

    let damaged =
        root.path().join("photos").join(&one.to_string()[..2]).join(one.to_string()).join("480.jpg");
    files::write_atomically(&damaged, b"SMaLL").unwrap();
    assert_eq!(store.get(&one, &["480.jpg"]), None);
    assert_eq!(store.get(&one, &["960.jpg"]).unwrap(), [b"large"]);
    files::remove_file(&damaged).unwrap();
    assert_eq!(store.list(&one), None);

    store.prune(&BTreeSet::from([two]), 0, Stamp::default()).unwrap();
    assert!(store.list(&two).is_some());
    assert_eq!(files::list(&root.path().join("photos")).unwrap().len(), 1);
}

#[test]
fn only_what_is_too_much_is_forgotten() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("photos");
    let store = Store::open(&folder);
    let keys: Vec<Digest> = (0_u8..4).map(|number| Digest::of(&[number])).collect();
    for key in &keys {
        store.put(key, &[("480.jpg", &[7; 1000])]).unwrap();
    }
    files::make_folder(&folder.join("new-1-0")).unwrap();
    let left = |store: &Store| keys.iter().filter(|key| store.list(key).is_some()).count();
    store.prune(&BTreeSet::new(), 1 << 20, Stamp::default()).unwrap();
    assert!(files::look(&folder.join("new-1-0")).unwrap().is_some(), "somebody may be filling it");
    store.prune(&BTreeSet::new(), 1 << 20, Stamp { size: 0, time_ns: i64::MAX }).unwrap();
    assert_eq!(left(&store), 4);
    assert!(files::look(&folder.join("new-1-0")).unwrap().is_none());
    // Each takes its file and its list; what is used stays whatever its size.
    store.prune(&BTreeSet::from([keys[0]]), 2600, Stamp::default()).unwrap();
    assert_eq!(left(&store), 2);
    assert!(store.list(&keys[0]).is_some());
}

#[test]
fn old_records_are_forgotten() {
    let root = tempfile::tempdir().unwrap();
    for number in 0..12 {
        files::write_atomically(&root.path().join(format!("outputs-{number:02}")), b"x").unwrap();
        files::write_atomically(&root.path().join(format!("outputs-{number:02}.lock")), b"").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(15));
    }
    prune(root.path()).unwrap();
    let left = files::list(root.path()).unwrap();
    assert!(left.iter().any(|name| name == "outputs-04") && !left.iter().any(|name| name == "outputs-03"));
    assert_eq!(left.len(), 8 + 12);
}
