use super::*;

fn own(files: &[(&str, &str)]) -> (Kinds, Vec<Problem>) {
    let files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Kinds::load(&files)
}

/// “code line” of every problem.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let line = |problem: &Problem| {
        format!("{} {}", problem.code, problem.place.as_ref().map_or(0, |place| place.line))
    };
    own(files).1.iter().map(line).collect()
}

#[test]
fn the_standard_kinds_are_sound() {
    let (kinds, problems) = Kinds::load(&[]);
    assert_eq!(problems, []);
    assert_eq!(kinds.iter().count(), 12);
    let village = kinds.get(kinds.by_folder("villages").unwrap());
    assert_eq!(village.key, "village");
    for name in ["党员数", "党员人数", "members", "Members"] {
        assert_eq!(village.field(name).map(|field| field.key.as_str()), Some("members"), "{name}");
    }
    let news = kinds.get(kinds.by_key("news").unwrap());
    assert_eq!((news.sort_by.as_str(), news.order, news.paginate_by), ("date", Order::Descending, Some(20)));
    assert!(news.hide_future && news.date_required);
    assert!(!kinds.get(kinds.by_key("indicator").unwrap()).page);
    assert_eq!(kinds.by_folder("elsewhere"), None);
    assert_eq!(kinds.by_name("示范村"), kinds.by_key("village"));
    assert_eq!(kinds.get(kinds.page()).key, "page");
}

#[test]
fn every_field_has_a_label_in_both_languages() {
    fn check(kind: &str, fields: &[Field]) {
        for field in fields {
            assert!(!field.label.zh.is_ascii(), "{kind}.{}", field.key);
            assert!(field.label.en.is_ascii(), "{kind}.{}", field.key);
            check(kind, &field.fields);
        }
    }
    for (_, kind) in Kinds::load(&[]).0.iter() {
        check(&kind.key, &kind.fields);
    }
}

#[test]
fn a_site_changes_a_kind_by_field() {
    let text = "zh = '村庄'\n[fields]\nmembers = { unit = '人' }\nstar = false\nrivers = { type = 'int', zh = '河流' }";
    let (kinds, problems) = own(&[("kinds/village.toml", text)]);
    assert_eq!(problems, []);
    let village = kinds.get(kinds.by_key("village").unwrap());
    assert_eq!(village.label.zh, "村庄");
    assert_eq!(village.label.en, "Demonstration village");
    assert_eq!(village.field("党员人数").unwrap().unit.as_deref(), Some("人"));
    assert_eq!(village.field("星级"), None);
    assert_eq!(village.field("河流").unwrap().ty, Type::Int);
    assert_eq!(village.folder.as_deref(), Some("villages"));
}

#[test]
fn a_site_adds_a_kind() {
    let text = "zh = '人物'\nen = 'Person'\nfolder = 'people'\n[fields]\nvillage = { type = 'relation', target = 'village', inverse = 'people', zh = '所在村' }";
    let (kinds, problems) = own(&[("kinds/person.toml", text)]);
    assert_eq!(problems, []);
    assert_eq!(kinds.get(kinds.by_folder("people").unwrap()).key, "person");
}

#[test]
fn every_fault_is_told_with_its_place() {
    let file = "kinds/person.toml";
    assert_eq!(told(&[(file, "zh = \nen = 'x'\nfolder = ")]), ["kind-syntax 1", "kind-syntax 3"]);
    assert_eq!(told(&[(file, "colour = 1\npage = 3")]), ["kind-unknown-key 1", "kind-expects-bool 2"]);
    let fields = "[fields]\na = { type = 'txt' }\nb = { type = 'relation', target = 'vilage' }\nc = { type = 'choice' }\n\
                  d = { aliases = ['甲'] }\ne = { zh = '甲' }\ntitle = {}\nf = { aliases = ['标题'] }\nB = {}\ng = 3";
    assert_eq!(
        told(&[(file, fields)]),
        [
            "kind-unknown-type 2",
            "kind-unknown-target 3",
            "kind-no-choices 4",
            "kind-ambiguous-name 6",
            "kind-reserved-name 7",
            "kind-reserved-name 8",
            "kind-field-name 9",
            "kind-expects-table 10",
        ]
    );
    assert_eq!(told(&[(file, "folder = 'villages'")]), ["kind-folder-taken 1"]);
    assert_eq!(told(&[(file, "sort_by = 'nothing'")]), ["kind-unknown-sort 1"]);
    assert_eq!(told(&[("kinds/人物.toml", "")]), ["kind-file-name 0"]);
    let clash = "[fields]\na = { type = 'relation', target = 'village', inverse = 'news' }\n\
                 b = { type = 'relation', target = 'village', inverse = 'members' }";
    assert_eq!(told(&[(file, clash)]), ["kind-inverse-taken 2", "kind-inverse-taken 3"]);
}

#[test]
fn kinds_serialise_for_digests() {
    let one = crate::digest::Digest::of_value(&Kinds::load(&[]).0);
    let two = own(&[("kinds/village.toml", "zh = '村庄'")]).0;
    assert_ne!(one, crate::digest::Digest::of_value(&two));
    assert_eq!(one, crate::digest::Digest::of_value(&Kinds::load(&[]).0));
}

proptest::proptest! {
    #[test]
    fn no_file_breaks_loading(text in "(\\PC|[\\[\\]{}=.,\"'\n#a标]){0,200}") {
        let (kinds, _) = own(&[("kinds/village.toml", &text)]);
        assert_eq!(kinds.iter().count(), 12);
    }
}
