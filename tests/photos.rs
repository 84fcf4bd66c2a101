//! Photos from the folder to the page: nothing personal is published, nothing is made twice, what is wrong is told, and
//! albums hold what they promise.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests make their own files and say what they left out"
)]

mod common;

use common::{Site, photo, tree};
use std::collections::BTreeMap;
use std::path::Path;

const ALBUM: &str = "content/albums/zhi-shu";

/// A site with one album page and nothing in it yet.
fn album(front: &str) -> Site {
    let site = Site::empty();
    site.write(
        "site.toml",
        "title = \"试\"\nbase_url = \"https://example.org/\"\n[photos]\nwidths = [64, 128]\n",
    );
    site.write(
        &format!("{ALBUM}/index.md"),
        format!("+++\ntitle = \"植树\"\ndate = 2026-11-21\nslug = \"zhi-shu\"\n{front}+++\n\n种树。\n"),
    );
    site
}

/// What the photos of these tests carry.
const TRACES: [&[u8]; 4] = [b"Cunzhen", b"Zhang San", b"2026:10:01", b"Geheim"];

/// A JPEG with everything that cameras and programs put beside the pixels.
fn talkative(seed: u64) -> Vec<u8> {
    let jpeg = photo::jpeg_with_gps(300, 200, seed);
    let segment = |marker: u8, data: &[u8]| {
        let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], length.as_slice(), data].concat()
    };
    let more = [
        segment(
            0xE1,
            b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><dc:creator>Geheim</dc:creator></x:xmpmeta>",
        ),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x06Geheim"),
        segment(0xFE, b"Geheim comment"),
    ];
    [&jpeg[..2], &more.concat(), &jpeg[2..], b"Geheim film behind the picture"].concat()
}

#[test]
fn no_published_file_tells_of_people_or_places() {
    let site = album("download = true\ncover = \"b.jpg\"\n");
    site.write(&format!("{ALBUM}/a.jpg"), talkative(1)).write(&format!("{ALBUM}/b.jpg"), talkative(2));
    site.write("static/c.jpg", talkative(3));
    site.write(
        "content/news/d/index.md",
        "+++\ntitle = \"消息\"\ndate = 2026-11-20\n+++\n\n![图](e.jpg)\n\n[原图](e.jpg)\n",
    );
    site.write("content/news/d/e.jpg", talkative(4));
    for path in ["static/c.jpg", "content/news/d/e.jpg"] {
        let original = std::fs::read(site.root().join(path)).unwrap();
        assert!(
            TRACES.iter().all(|trace| memchr::memmem::find(&original, trace).is_some()),
            "the test tests nothing"
        );
    }
    let run = site.run(&[]);
    assert_eq!(run.code, 0, "{}", run.said);
    assert!(
        run.said.contains("personal data taken out of 4 photos (position in 4, device in 4, names in 4)"),
        "{}",
        run.said
    );
    let published = site.published();
    let pictures = published.keys().filter(|path| path.ends_with(".jpg") || path.ends_with(".webp")).count();
    // Four copies of each photo but that of static/, that one, and the original that a page links to.
    assert_eq!(pictures, 3 * 4 + 2);
    assert!(published.contains_key("albums/zhi-shu/photos.zip"));
    for (path, bytes) in &published {
        for trace in TRACES {
            assert!(
                memchr::memmem::find(bytes, trace).is_none(),
                "{path} holds {}",
                String::from_utf8_lossy(trace)
            );
        }
        assert_eq!(photo::private_exif(bytes), Vec::<String>::new(), "{path}");
        assert!(memchr::memmem::find(bytes, b"Exif\0\0").is_none(), "{path} holds EXIF");
    }
}

/// Times of the files in the store.
fn stamps(site: &Site) -> BTreeMap<String, std::time::SystemTime> {
    let folder = site.root().join(".yicun/photos");
    let time = |path: &str| std::fs::metadata(folder.join(path)).unwrap().modified().unwrap();
    tree(&folder).into_keys().map(|path| (path.clone(), time(&path))).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    for (path, bytes) in tree(from) {
        let target = to.join(path);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(target, bytes).unwrap();
    }
}

#[test]
fn what_was_made_once_is_not_made_again() {
    let site = album("");
    for (name, seed) in [("20261121_村口_一.jpg", 1), ("20261121_村口_二.jpg", 2)] {
        site.write(&format!("{ALBUM}/{name}"), photo::jpeg(300, 200, seed));
    }
    site.build_well();
    let (clean, first) = (site.published(), stamps(&site));
    assert_eq!(first.len(), 2 * (4 + 1 + 1), "four copies, the look and the list of each");

    // Another name, and another folder.
    let bytes = photo::jpeg(300, 200, 2);
    site.remove(&format!("{ALBUM}/20261121_村口_二.jpg"))
        .write(&format!("{ALBUM}/photos/20261121_村口_三.jpg"), &bytes);
    site.build_well();
    assert_eq!(stamps(&site), first);

    // A fresh checkout with the store of another machine: nothing is put, and what comes out is the same.
    let other = album("");
    for (name, seed) in [("20261121_村口_一.jpg", 1), ("20261121_村口_二.jpg", 2)] {
        other.write(&format!("{ALBUM}/{name}"), photo::jpeg(300, 200, seed));
    }
    copy_folder(&site.root().join(".yicun/photos"), &other.root().join(".yicun/photos"));
    let before = stamps(&other);
    other.build_well();
    assert_eq!(stamps(&other), before);
    assert_eq!(common::difference(&clean, &other.published()), Vec::<String>::new());

    // A store that was damaged, or half of which is gone, is made whole again.
    let copies: Vec<String> = before.into_keys().filter(|path| path.ends_with(".jpg")).collect();
    std::fs::write(other.root().join(".yicun/photos").join(&copies[0]), b"junk").unwrap();
    std::fs::remove_file(other.root().join(".yicun/photos").join(&copies[1])).unwrap();
    std::fs::remove_dir_all(other.public()).unwrap();
    other.build_well();
    assert_eq!(common::difference(&clean, &other.published()), Vec::<String>::new());
}

#[test]
fn two_builds_share_a_store() {
    let site = album("");
    for seed in 0..12 {
        site.write(&format!("{ALBUM}/20261121_村口_{seed}.jpg"), photo::jpeg(200, 150, seed));
    }
    let outputs = ["one", "two"].map(|name| site.root().join(name));
    let outcomes: Vec<common::Outcome> = std::thread::scope(|scope| {
        let running: Vec<_> = outputs
            .iter()
            .map(|output| scope.spawn(|| common::build(&common::request(site.root(), output))))
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for outcome in &outcomes {
        assert!(outcome.published, "{outcome:#?}");
    }
    let [one, two] = outputs.map(|output| common::published(&output));
    assert_eq!(common::difference(&one, &two), Vec::<String>::new());
}

#[test]
fn every_photo_that_fails_is_told_and_the_others_go_on() {
    let site = album("");
    let whole = photo::jpeg(300, 200, 5);
    site.write(&format!("{ALBUM}/20261121_村口_好.jpg"), &whole);
    site.write(&format!("{ALBUM}/20261121_村口_半.jpg"), &whole[..whole.len() / 2]);
    site.write(&format!("{ALBUM}/空.jpg"), b"");
    site.write(&format!("{ALBUM}/残.heic"), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    // Layered pictures share the container, and are not read.
    let mut layered = include_bytes!("fixtures/phone.heic").to_vec();
    while let Some(at) = layered.windows(4).position(|name| name == b"hvc1") {
        layered[at..at + 4].copy_from_slice(b"lhv1");
    }
    site.write(&format!("{ALBUM}/手机.heic"), layered);
    site.write(&format!("{ALBUM}/大.png"), photo::png_header(60_000, 60_000));
    site.write(&format!("{ALBUM}/文.jpg"), "不是图片".as_bytes());
    let outcome = site.build();
    assert!(!outcome.published);
    let told = |code: &str| outcome.problems.iter().filter(|problem| problem.code == code).count();
    for code in
        ["photo-empty", "photo-broken", "photo-heic", "photo-too-large", "photo-not-an-image", "photo-cut"]
    {
        assert_eq!(told(code), 1, "{code}: {:#?}", outcome.problems);
    }
}

#[test]
fn what_moves_is_published_as_it_is() {
    let frame = |index: u8| {
        [
            b"\x21\xF9\x04\0\x0A\0\0\0\x2C\0\0\0\0\x02\0\x02\0\0\x02\x03".as_slice(),
            &[0x44, 0x34 | index, 0x05, 0],
        ]
        .concat()
    };
    let head = b"GIF89a\x02\0\x02\0\x80\0\0\xFF\0\0\0\0\xFF".as_slice();
    let moving = [head, b"\x21\xFE\x06Geheim\0", &frame(0), &frame(1), b"\x3B"].concat();
    let site = album("");
    site.write(&format!("{ALBUM}/20261121_村口_动.gif"), &moving);
    site.build_well();
    let page = site.read("public/albums/zhi-shu/index.html");
    assert!(page.contains("村口_动.gif\" alt=\"动\" width=\"2\" height=\"2\""), "{page}");
    let published = site.published();
    let (_, bytes) = published.iter().find(|(path, _)| path.ends_with(".gif")).unwrap();
    assert_eq!(*bytes, [head, &frame(0), &frame(1), b"\x3B"].concat());
}

#[test]
fn photos_toml_leads() {
    let site = album("");
    for (name, seed) in [("a.jpg", 1), ("b.jpg", 2), ("c.jpg", 3)] {
        site.write(&format!("{ALBUM}/{name}"), photo::jpeg(300, 200, seed));
    }
    site.write(
        &format!("{ALBUM}/photos.toml"),
        "cover = \"b.jpg\"\n[[photos]]\nfile = \"c.jpg\"\ncaption = \"先\"\ntaken = \"2026-11-01\"\nfocus = \"左上\"\n\
         [[photos]]\nfile = \"b.jpg\"\nalt = \"第二张\"\ntaken = \"2026-11-02\"\n[[photos]]\nfile = \"d.jpg\"\nalt = \"x\"\n",
    );
    let outcome = site.build();
    assert!(outcome.published);
    let codes: Vec<&str> = outcome.problems.iter().map(|problem| problem.code.as_ref()).collect();
    assert!(codes.contains(&"photo-list-file") && codes.contains(&"photo-alt-missing"), "{codes:?}");
    let page = site.read("public/albums/zhi-shu/index.html");
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("no {words} in {page}"));
    // By time, and what has none comes last.
    assert!(at("alt=\"先\"") < at("alt=\"第二张\"") && at("alt=\"第二张\"") < at("alt=\"\""));
    assert!(page.contains("fx-0 fy-0"));
    // Each knows the colour that keeps its place.
    assert_eq!(page.matches("class=\"t-").count(), 3);
    // The cover of the album is the one that is named, and the list counts.
    let list = site.read("public/albums/index.html");
    let social = page.split("og:image\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    let name = social.rsplit('/').next().unwrap().split('-').next().unwrap();
    assert!(list.contains(name) && list.contains("3张"), "{name} {list}");
    let second = page.split("<li id=").nth(2).unwrap();
    assert!(second.contains("第二张") && second.contains(name));
    // The sitemap names all three.
    assert_eq!(site.read("public/sitemap.xml").matches("<image:loc>").count(), 3);
}

#[test]
fn photos_taken_in_a_burst_are_told() {
    let site = album("");
    let picture = |shift: f64| {
        let image = image::RgbImage::from_fn(300, 200, |x, y| {
            let wave = (f64::from(x) / 23.0 + shift).sin() + (f64::from(y) / 17.0 - shift).cos();
            image::Rgb([(120.0 + 50.0 * wave) as u8, 90, 60])
        });
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
        bytes.into_inner()
    };
    for (name, shift) in [("一", 0.0), ("二", 0.02), ("三", 2.5)] {
        site.write(&format!("{ALBUM}/20261121_村口_{name}.jpg"), picture(shift));
    }
    for _ in 0..2 {
        let outcome = site.build();
        let similar = outcome.problems.iter().filter(|problem| problem.code == "photo-similar");
        let files: Vec<&str> = similar.map(|problem| problem.place.as_ref().unwrap().file.as_str()).collect();
        assert_eq!(files, [format!("{ALBUM}/20261121_村口_二.jpg")]);
        // Told again by a build that has nothing to make.
        site.write("content/news/x.md", "+++\ntitle = \"新\"\ndate = 2026-11-20\n+++\n");
    }
}

#[test]
fn the_zip_holds_the_album() {
    let site = album("download = true\n");
    for seed in [1, 2] {
        site.write(&format!("{ALBUM}/2026112{seed}_村口_照片.jpg"), photo::jpeg(300, 200, seed));
    }
    site.build_well();
    let first = site.published()["albums/zhi-shu/photos.zip"].clone();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(first.as_slice())).unwrap();
    assert_eq!(zip.len(), 2);
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut zip.by_name("20261121_村口_照片.jpg").unwrap(), &mut bytes).unwrap();
    let image = image::load_from_memory(&bytes).unwrap();
    assert_eq!((image.width(), image.height()), (128, 85));
    assert!(site.read("public/albums/zhi-shu/index.html").contains("zhi-shu/photos.zip\" download"));
    std::fs::remove_dir_all(site.root().join(".yicun")).unwrap();
    std::fs::remove_dir_all(site.public()).unwrap();
    site.build_well();
    assert_eq!(site.published()["albums/zhi-shu/photos.zip"], first);
}
