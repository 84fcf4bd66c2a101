//! New pages: where they stand, what they hold, and that every example in them would be taken.

use super::*;
use crate::build::load::front_matter;
use crate::build::markdown;
use proptest::prelude::*;
use std::sync::LazyLock;

static KINDS: LazyLock<Kinds> = LazyLock::new(|| Kinds::load(&[]).0);

fn config(text: &str) -> Config {
    Config::parse(text).0
}

static NONE: Titles = Titles::new();

fn wish<'w>(kind: &'w str, name: &'w str) -> Wish<'w> {
    let date = jiff::civil::date(2026, 11, 22);
    Wish {
        kind,
        name,
        section: None,
        slug: None,
        language: None,
        folder: None,
        draft: false,
        date,
        titles: &NONE,
    }
}

fn made(kind: &str, name: &str) -> Draft {
    draft(&KINDS, &config("title = \"某镇\""), &wish(kind, name)).unwrap()
}

#[test]
fn pages_stand_where_their_kind_lives() {
    for (kind, name, path) in [
        ("工作动态", "庆乐村开展主题党日", "content/news/20261122-qing-le-cun-kai-zhan-zhu-ti-dang-ri.md"),
        ("news", "A b", "content/news/20261122-a-b.md"),
        ("villages", "重庆村", "content/villages/chong-qing-cun/index.md"),
        ("indicator", "党课", "content/indicators/dang-ke.md"),
        ("图集", "春到李花林", "content/albums/20261122-chun-dao-li-hua-lin/index.md"),
        ("page", "关于", "content/guan-yu.md"),
    ] {
        assert_eq!(made(kind, name).path, path);
    }
    let english = config("title = \"某镇\"\n[languages.en]\n");
    let wish = Wish { language: Some("en"), section: Some("2026/党课"), ..wish("news", "Class") };
    let draft = draft(&KINDS, &english, &wish).unwrap();
    assert_eq!(draft.path, "content/news/2026/党课/20261122-class.en.md");
    assert!(
        draft.text.starts_with("+++\ntitle = \"Class\"\ndate = 2026-11-22\nslug = \"class\""),
        "{}",
        draft.text
    );
}

#[test]
fn long_names_are_cut_at_a_syllable() {
    let slug = made("news", "从返乡创业能人青年农民中发展党员十三名并开展谈心谈话").slug;
    assert!(slug.len() <= LONGEST && !slug.ends_with('-'));
    assert!(
        "cong-fan-xiang-chuang-ye-neng-ren-qing-nian-nong-min-zhong-fa-zhan-dang-yuan".starts_with(&slug)
    );
}

#[test]
fn wrong_wishes_are_told() {
    let config = config("title = \"某镇\"");
    let code = |wish: Wish<'_>| draft(&KINDS, &config, &wish).unwrap_err();
    assert_eq!(code(wish("工作动太", "a")).suggestion.as_deref(), Some("工作动态"));
    assert_eq!(code(wish("news", " \t")).code, "new-name");
    assert_eq!(code(Wish { slug: Some("../x"), ..wish("news", "a") }).code, "new-slug");
    assert_eq!(code(Wish { section: Some("../../x"), ..wish("news", "a") }).code, "new-section");
    assert_eq!(code(Wish { language: Some("en"), ..wish("news", "a") }).code, "language-unknown");
}

fn page(path: &str, slug: Option<&str>) -> Neighbour {
    Neighbour { path: path.to_owned(), what: What::Page(slug.map(str::to_owned)) }
}

fn folder(path: &str, what: What) -> Neighbour {
    Neighbour { path: path.to_owned(), what }
}

#[test]
fn pages_at_the_same_address_are_known() {
    let config = config("title = \"某镇\"\n[languages.en]\n");
    let draft = draft(&KINDS, &config, &wish("news", "主题党日")).unwrap();
    for there in [
        page("zhu-ti-dang-ri.md", None),
        page("20250101-zhu-ti-dang-ri.md", None),
        page("主题党日.md", None),
        page("2025-01-01-主题党日/index.md", None),
        page("a.md", Some("zhu-ti-dang-ri")),
        folder("主题党日", What::Section),
    ] {
        assert_eq!(settle(draft.clone(), std::slice::from_ref(&there), &config), Err(there.path));
    }
    for there in [
        page("zhu-ti-dang-ri.en.md", None),
        page("zhu-ti-dang-ri/index.en.md", None),
        page("zhu-ti-dang-ri.md", Some("b")),
        page("zhu-ti.md", None),
        folder("zhu-ti-dang-ri", What::Files),
    ] {
        assert_eq!(settle(draft.clone(), &[there], &config), Ok(draft.clone()));
    }
}

#[test]
fn translations_stand_beside_what_they_translate() {
    let config = config("title = \"某镇\"\n[languages.en]\n");
    let wish = Wish { language: Some("en"), slug: Some("dang-ke"), ..wish("news", "Party class") };
    let draft = draft(&KINDS, &config, &wish).unwrap();
    assert_eq!(draft.path, "content/news/20261122-dang-ke.en.md");
    for (there, path) in [
        (page("2025-03-01-党课.md", None), "content/news/2025-03-01-党课.en.md"),
        (page("a/index.md", Some("dang-ke")), "content/news/a/index.en.md"),
    ] {
        assert_eq!(settle(draft.clone(), &[there], &config).unwrap().path, path);
    }
    let both = [page("a.md", Some("dang-ke")), page("a.en.md", None)];
    assert_eq!(settle(draft, &both, &config), Err("a.en.md".to_owned()));
}

#[test]
fn a_folder_of_photos_becomes_the_page_named_like_it() {
    let config = config("title = \"某镇\"");
    let draft = draft(&KINDS, &config, &wish("village", "庆乐村")).unwrap();
    let there = [folder("庆乐村", What::Files)];
    assert_eq!(settle(draft, &there, &config).unwrap().path, "content/villages/庆乐村/index.md");
}

#[test]
fn names_never_make_files_that_mean_something_else() {
    let config = config("title = \"某镇\"\n[languages.en]\n");
    let long = format!("con {}", "a".repeat(80));
    for (name, path) in [
        ("about.en", "content/about-en.md"),
        ("v1.bak", "content/v1-bak.md"),
        (&long, &format!("content/con-{}.md", "a".repeat(56))),
    ] {
        assert_eq!(draft(&KINDS, &config, &wish("page", name)).unwrap().path, path);
    }
    for slug in ["index", "_index", ".a", "a.tmp", "A", "a b", "", "con"] {
        let wish = Wish { slug: Some(slug), ..wish("page", "a") };
        assert_eq!(draft(&KINDS, &config, &wish).unwrap_err().code, "new-slug", "{slug}");
    }
    assert_eq!(draft(&KINDS, &config, &wish("page", "Index")).unwrap_err().code, "new-slug");
    assert_eq!(made("Village", "a").section, "content/villages");
    assert_eq!(made("Party-building brand", "a").section, "content/brands");
}

/// A site's own kind may have labels, choices and help that TOML would not take as they are.
#[test]
fn odd_words_of_a_kind_do_no_harm() {
    let toml = "zh = \"项目\"\nen = \"Thing\"\nfolder = \"things\"\n[fields]\n\
                area = { zh = \"面积（亩）\", en = \"Area\", type = \"decimal\", \
                help = { zh = \"第一行\\n标题 = 1\", en = \"one\\ntitle = 1\" } }\n\
                level = { zh = \"级别/档\", en = \"Level\", type = \"choice\", choices = [\"一\\\"级\", \"二级\"] }\n";
    let (kinds, problems) = Kinds::load(&[("kinds/thing.toml".to_owned(), toml.to_owned())]);
    assert_eq!(problems, []);
    let titles = Titles::new();
    for site in ["title = \"某镇\"", "title = \"Town\"\nlanguage = \"en\""] {
        let wish = Wish { titles: &titles, ..wish("thing", "某事") };
        let draft = draft(&kinds, &config(site), &wish).unwrap();
        let uncommented = uncommented(&draft.text);
        let (front, problems) = front_matter::parse(&draft.path, &uncommented, &kinds, draft.kind, false);
        assert_eq!(problems, [], "{uncommented}");
        assert_eq!(front.fields.len(), 2, "{uncommented}");
    }
}

#[test]
fn relations_are_explained_with_titles_that_are_there() {
    let titles = Titles::from([("village".to_owned(), vec!["庆乐村".to_owned(), "联桂村".to_owned()])]);
    let wish = Wish { titles: &titles, ..wish("news", "某事") };
    let draft = draft(&KINDS, &config("title = \"某镇\""), &wish).unwrap();
    assert!(draft.text.contains("写示范村的标题；如：庆乐村、联桂村"), "{}", draft.text);
}

fn uncommented(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if rest.contains(" = ") => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Every commented line of every kind, uncommented, in both languages.
#[test]
fn every_example_would_be_taken() {
    for text in ["title = \"某镇\"", "title = \"Town\"\nlanguage = \"en\""] {
        let config = config(text);
        for (id, kind) in KINDS.iter() {
            let draft = draft(&KINDS, &config, &wish(&kind.key, "某事")).unwrap();
            let uncommented = uncommented(&draft.text);
            let (front, problems) = front_matter::parse(&draft.path, &uncommented, &KINDS, id, false);
            assert_eq!(problems, [], "{}:\n{uncommented}", kind.key);
            assert_eq!(front.common.title.as_deref(), Some("某事"));
            let required = kind.fields.iter().filter(|field| field.required).count();
            assert!(front.fields.len() + required >= kind.fields.len(), "{}: {:?}", kind.key, front.fields);
            let (_, problems) = front_matter::parse(&draft.path, &draft.text, &KINDS, id, false);
            assert_eq!(problems, [], "{}:\n{}", kind.key, draft.text);
        }
    }
}

proptest! {
    #[test]
    fn any_name_makes_a_legal_path_or_is_refused(name in "\\PC{0,40}", kind in 0..12_usize) {
        let key = &KINDS.iter().nth(kind).unwrap().1.key;
        let config = config("title = \"某镇\"");
        if let Ok(draft) = draft(&KINDS, &config, &wish(key, &name)) {
            prop_assert!(draft.path.split('/').all(is_portable), "{}", draft.path);
            let (front, problems) = front_matter::parse(&draft.path, &draft.text, &KINDS, KINDS.by_key(key).unwrap(), false);
            prop_assert_eq!(problems, vec![]);
            // Titles are shown without marks of Markdown.
            prop_assert_eq!(front.common.title.as_deref(), Some(&*markdown::plain(name.trim())));
        }
    }
}
