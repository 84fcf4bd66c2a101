//! What the rules ask of a site's settings: `profile = "gov"` makes a missing one an error, `party` tells a
//! public site of them in one hint.
//!
//! Source: 政府网站发展指引 (国办发〔2017〕47号), 网站标识 and annex: SiteName, SiteDomain and SiteIDCode on every page;
//! in the footer 主办单位, 联系方式, 网站标识码, ICP备案编号, 公安机关备案标识 and 站点地图 (which every site has).

use super::{Config, FILE, Profile};
use crate::problem::{Place, Problem};

/// The settings that the rules ask for: key, Chinese name, whether it is there.
fn asked(config: &Config) -> [(&'static str, &'static str, bool); 8] {
    let organizer = &config.main().organizer;
    let footer = &config.footer;
    [
        ("base_url", "网址", config.has_address()),
        ("organizer.name", "主办单位", organizer.name.is_some()),
        ("organizer.phone", "联系电话", organizer.phone.is_some()),
        ("footer.site_id_code", "网站标识码", footer.site_id_code.is_some()),
        ("footer.icp", "ICP备案", footer.icp.is_some()),
        ("footer.police", "公安备案", footer.police.is_some()),
        ("footer.conac_url", "党政机关网站标识", footer.conac_url.is_some()),
        ("footer.error_report_url", "网站找错", footer.error_report_url.is_some()),
    ]
}

/// What is missing.
pub(super) fn missing(config: &Config) -> Vec<Problem> {
    let missing: Vec<_> = asked(config).into_iter().filter(|(_, _, there)| !there).collect();
    match config.profile {
        Profile::Gov => missing
            .iter()
            .map(|(key, zh, _)| {
                let problem = Problem::new("profile-missing").arg("key", key);
                problem.arg("name_zh", zh).arg("name_en", key).at(Place::file(FILE))
            })
            .collect(),
        // A site without an address is not public yet, and an example never will be.
        Profile::Party if missing.is_empty() || !config.has_address() || config.example => Vec::new(),
        Profile::Party => {
            let keys: Vec<&str> = missing.iter().map(|(key, _, _)| *key).collect();
            let names: Vec<&str> = missing.iter().map(|(_, zh, _)| *zh).collect();
            let problem = Problem::new("profile-incomplete")
                .arg("names_zh", names.join("、"))
                .arg("names_en", keys.join(", "));
            vec![problem.at(Place::file(FILE))]
        }
    }
}
