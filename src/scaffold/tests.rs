//! New pages: where they stand, what they hold, and that every example in them would be taken.

use super::*;
use crate::build::load::front_matter;
use proptest::prelude::*;
use std::sync::LazyLock;

static KINDS: LazyLock<Kinds> = LazyLock::new(|| Kinds::load(&[]).0);

fn config(text: &str) -> Config {
    Config::parse(text).0
}

fn wish<'w>(kind: &'w str, name: &'w str) -> Wish<'w> {
    let date = jiff::civil::date(2026, 11, 22);
    Wish { kind, name, section: None, slug: None, language: None, folder: None, draft: false, date }
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

#[test]
fn pages_at_the_same_address_are_known_by_their_names() {
    let config = config("title = \"某镇\"\n[languages.en]\n");
    let draft = draft(&KINDS, &config, &wish("news", "主题党日")).unwrap();
    for name in [
        "zhu-ti-dang-ri.md",
        "20250101-zhu-ti-dang-ri.md",
        "主题党日.md",
        "zhu-ti-dang-ri",
        "2025-01-01-主题党日",
    ] {
        assert!(same_page(name, &draft, &config), "{name}");
    }
    for name in ["zhu-ti-dang-ri.en.md", "zhu-ti-dang-ri.jpg", "zhu-ti.md", "_index.md"] {
        assert!(!same_page(name, &draft, &config), "{name}");
    }
}

/// Every commented line of every kind, uncommented, in both languages.
#[test]
fn every_example_would_be_taken() {
    for text in ["title = \"某镇\"", "title = \"Town\"\nlanguage = \"en\""] {
        let config = config(text);
        for (id, kind) in KINDS.iter() {
            let draft = draft(&KINDS, &config, &wish(&kind.key, "某事")).unwrap();
            let uncommented: String = draft
                .text
                .lines()
                .map(|line| match line.strip_prefix("# ") {
                    Some(rest) if rest.contains(" = ") => format!("{rest}\n"),
                    _ => format!("{line}\n"),
                })
                .collect();
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
            prop_assert_eq!(front.common.title.as_deref(), Some(name.trim()));
        }
    }
}
