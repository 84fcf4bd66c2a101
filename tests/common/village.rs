//! The small site without faults that most tests start from.

use super::{Site, photo};

/// Its `site.toml`.
pub const CONFIG: &str = r#"title = "清塘镇党建"
base_url = "https://example.org/"
"#;

/// Writes the site: three sections, a page in each, a relation, a photo and a link.
pub fn write(site: &Site) {
    site.write("site.toml", CONFIG)
        .write("content/_index.md", "+++\ntitle = \"首页\"\n+++\n\n欢迎。\n")
        .write("content/villages/_index.md", "+++\ntitle = \"示范村\"\n+++\n")
        .write(
            "content/villages/qing-le-cun/index.md",
            "+++\ntitle = \"庆乐村\"\nmembers = 42\ncover = \"photos/one.jpg\"\ntags = [\"示范点\"]\n+++\n\n庆乐村在清塘镇。\n\n![村口](photos/one.jpg)\n",
        )
        .write("content/villages/qing-le-cun/photos/one.jpg", photo::jpeg(320, 240, 1))
        .write("content/villages/lian-gui-cun.md", "---\n标题: 联桂村\n党员数: 31\n---\n\n见[庆乐村](qing-le-cun/index.md)。\n")
        .write("content/news/_index.md", "+++\ntitle = \"工作动态\"\n+++\n")
        .write(
            "content/news/zhu-ti-dang-ri.md",
            "+++\ntitle = \"主题党日\"\ndate = 2026-11-20\nvillages = [\"庆乐村\"]\ntags = [\"主题党日\"]\n+++\n\n全体党员到[[庆乐村]]参观。\n",
        )
        .write("static/robots-note.txt", "ok\n");
}
