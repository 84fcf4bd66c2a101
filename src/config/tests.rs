//! What `site.toml` may say, and what is told when it says something else.

use super::*;
use crate::messages::{Lang, cause};

fn codes(text: &str) -> Vec<String> {
    Config::parse(text).1.iter().map(|problem| problem.code.to_string()).collect()
}

#[test]
fn a_title_is_enough() {
    let (config, problems) = Config::parse("title = \"某镇党建\"");
    assert_eq!(problems, []);
    assert_eq!(config.main().title, "某镇党建");
    assert_eq!((config.main().code.as_str(), config.timezone.as_str()), ("zh-CN", "Asia/Shanghai"));
    assert_eq!((config.theme.as_str(), config.slugs, config.paginate_by), ("hongqi", Slugs::Pinyin, 20));
    assert_eq!(config.photos.widths, [480, 960, 1600]);
    assert_eq!(config.extra, Free::Map(Vec::new()));
    assert!(!config.base_url.is_known());
}

#[test]
fn avif_is_an_option_of_the_program() {
    let text = "title = \"某镇党建\"\n[photos]\navif_quality = 60\n";
    let (config, problems) = Config::parse(text);
    if cfg!(feature = "avif") {
        assert_eq!((config.photos.avif_quality, problems.len()), (Some(60), 0));
    } else {
        assert_eq!(config.photos.avif_quality, None);
        assert_eq!(codes(text), ["config-avif-missing"]);
        assert_eq!(problems[0].place.as_ref().map(|place| place.line), Some(3));
    }
    assert_eq!(codes("title = \"某镇党建\"\n[照片]\nAVIF质量 = 10\n"), ["config-out-of-range"]);
}

#[test]
fn chinese_keys_are_as_good() {
    let text = "标题 = \"某镇党建\"\n网址 = \"https://a.gov.cn/dj/\"\n主办单位 = \"某镇党委\"\n[页脚]\n备案号 = \"桂ICP备1号\"\n\
                [[菜单]]\n栏目 = \"villages\"\n[[菜单]]\n标题 = \"县政府\"\n链接 = \"https://b.gov.cn/\"\n";
    let (config, problems) = Config::parse(text);
    assert_eq!(
        problems.iter().map(|problem| problem.code.as_ref()).collect::<Vec<_>>(),
        ["profile-incomplete"]
    );
    assert_eq!(config.main().organizer.name.as_deref(), Some("某镇党委"));
    assert_eq!((config.base_url.origin.as_str(), config.base_url.path.as_str()), ("https://a.gov.cn", "/dj"));
    assert_eq!(config.footer.icp_url.as_deref(), Some("https://beian.miit.gov.cn/"));
    assert_eq!(
        config.main().menu[0],
        MenuEntry { title: None, target: MenuTarget::Section("villages".into()) }
    );
    assert_eq!(config.main().menu[1].target, MenuTarget::Url("https://b.gov.cn/".into()));
}

#[test]
fn unknown_keys_are_told_with_place_and_suggestion() {
    let (_, problems) = Config::parse("title = \"a\"\nsubtitel = \"b\"\n");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].suggestion.as_deref(), Some("subtitle"));
    assert_eq!(problems[0].place.as_ref().map(|place| (place.line, place.column)), Some((2, 1)));
    assert!(cause(&problems[0], Lang::Zh).contains("subtitel"));
}

#[test]
fn every_fault_is_told_at_once() {
    let text = "base_url = \"example\"\ntimezone = \"Asia/Shangai\"\npaginate_by = 0\nraw_html = \"yes\"\nslugs = \"hanzi\"\n\
                language = \"中文\"\ntheme = \"../x\"\nphotos = 3\n[[menu]]\ntitle = \"x\"\nurl = \"javascript:alert(1)\"\n[[menu]]\n\
                title = \"y\"\n[footer]\nsite_id_code = \"123\"\npolice_url = \"javascript:x\"\n";
    let mut found = codes(text);
    found.sort();
    assert_eq!(
        found,
        [
            "config-base-url",
            "config-language",
            "config-link",
            "config-menu-entry",
            "config-menu-url",
            "config-out-of-range",
            "config-site-id-code",
            "config-slugs",
            "config-theme-name",
            "config-timezone",
            "config-title-missing",
            "config-want-flag",
            "config-want-table",
        ]
    );
}

#[test]
fn one_setting_in_two_languages_is_told() {
    assert_eq!(codes("title = \"a\"\n标题 = \"b\"\n"), ["config-duplicate-key"]);
}

#[test]
fn secrets_are_refused_and_not_shown() {
    let (_, problems) = Config::parse("title = \"a\"\n[extra.deploy]\naccess-key = \"LTAI-very-secret\"\n");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "config-secret");
    assert!(!format!("{problems:?}").contains("LTAI"));
    assert_eq!(codes("title = \"a\"\nextra = { list = [{ api_token = 1 }] }"), ["config-secret"]);
    assert_eq!(codes("title = \"a\"\nextra = { tokenizer = 1 }"), Vec::<String>::new());
}

#[test]
fn syntax_errors_hide_what_follows_from_them() {
    let found = codes("title = \"a\nsubtitle = ");
    assert!(!found.is_empty() && found.iter().all(|code| code == "config-syntax"), "{found:?}");
}

#[test]
fn base_url_can_be_given_on_the_command_line() {
    let (config, _) = Config::parse("title = \"a\"\nbase_url = \"https://a.cn/x\"");
    let (other, problems) = config.clone().with_base_url("");
    assert_eq!((other.base_url, problems.len()), (BaseUrl::default(), 0));
    assert_eq!(config.with_base_url("nonsense").1.len(), 1);
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC*|[a-z标题=\\[\\]\"'\\n. 0-9]{0,60}") {
        let (config, _) = Config::parse(&text);
        crate::digest::Digest::of_value(&config);
    }
}

#[test]
fn languages_take_from_the_main_one_what_they_do_not_say() {
    let text = "title = \"某镇\"\n[organizer]\nname = \"某镇党委\"\nphone = \"1\"\n[languages.en]\ntitle = \"Town\"\n\
                organizer = \"Party committee\"\n[languages.za]\n";
    let (config, problems) = Config::parse(text);
    assert_eq!(problems, []);
    let [main, en, za] = config.languages.as_slice() else { panic!("three languages") };
    assert_eq!((main.name.as_str(), en.name.as_str(), za.name.as_str()), ("中文", "English", "Vahcuengh"));
    assert_eq!((en.title.as_str(), za.title.as_str()), ("Town", "某镇"));
    assert_eq!(en.organizer.name.as_deref(), Some("Party committee"));
    assert_eq!(en.organizer.phone.as_deref(), Some("1"));
    assert_eq!(
        (config.prefix(LanguageId::MAIN), config.prefix(LanguageId(1))),
        (String::new(), "en/".into())
    );
    assert_eq!(
        codes("title = \"a\"\n[languages.zh-CN]\n[languages.\"a b\"]\n[languages.en]\nx = 1\n"),
        ["config-unknown-key", "config-language-twice", "config-language"]
    );
}

#[test]
fn a_government_site_must_have_what_the_rules_ask_for() {
    let gov = "title = \"a\"\nprofile = \"gov\"\nbase_url = \"https://a.gov.cn\"\n";
    assert_eq!(codes(gov), ["profile-missing"; 7]);
    assert_eq!(codes("title = \"a\"\nbase_url = \"https://a.gov.cn\"\n"), ["profile-incomplete"]);
    assert_eq!(codes("title = \"a\""), [""; 0]);
}
