//! The pages of the preview itself: the script line in every page, and the page shown while nothing can be.
//!
//! Scripts and styles are files of their own, never inline, so that a site's Content-Security-Policy fits the preview.

use crate::digest::Digest;
use crate::messages::{Lang, render};
use crate::problem::Problem;

/// The style of panel, bar and marks.
pub(super) const STYLE: &str = include_str!("preview.css");

/// The script that patches pages, and shows the panel and the bar.
pub(super) fn script() -> String {
    [include_str!("patch.js"), include_str!("panel.js"), include_str!("preview.js")].concat()
}

/// The page with the preview's script before its end.
pub(super) fn inject(page: Vec<u8>) -> Vec<u8> {
    let line = script_line(&page);
    let end = b"</body>";
    let at =
        page.windows(end.len()).rposition(|window| window.eq_ignore_ascii_case(end)).unwrap_or(page.len());
    let mut out = page;
    out.splice(at..at, line.bytes());
    out
}

/// What is put into every page; by the digest the script knows whether the page was changed before it ran.
fn script_line(page: &[u8]) -> String {
    let digest = Digest::of(page);
    format!("<script id=\"yicun-script\" data-page=\"{digest}\" src=\"/_yicun/preview.js\" defer></script>")
}

/// Shown for every path while no build has succeeded yet.
pub(super) fn problems_page(problems: &[Problem], lang: Lang) -> Vec<u8> {
    let title = lang.pick("网站还不能预览", "The site cannot be shown yet");
    let hint = lang.pick(
        "改好下面的问题并保存，页面会自动刷新。",
        "Fix what is listed below and save; this page reloads.",
    );
    let text = escape(&render(problems, lang, false, 100));
    let page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{title}</title>\n<link rel=\"stylesheet\" \
         href=\"/_yicun/preview.css\">\n</head>\n<body class=\"yicun-page\">\n<h1>{title}</h1>\n<p>{hint}</p>\n\
         <div id=\"yicun-problems\"><pre>{text}</pre></div>\n</body>\n</html>\n",
        lang.pick("zh-CN", "en"),
    );
    inject(page.into_bytes())
}

/// A plain page for what is not there, where the site has none of its own.
pub(super) fn missing_page(lang: Lang) -> Vec<u8> {
    let text = lang.pick("没有这个页面", "There is no such page");
    let home = lang.pick("回首页", "Home");
    let page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>404</title>\n</head>\n\
         <body>\n<h1>{text}</h1>\n<p><a href=\"/\">{home}</a></p>\n</body>\n</html>\n",
        lang.pick("zh-CN", "en"),
    );
    inject(page.into_bytes())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_stands_before_the_last_end_of_body() {
        let before = b"<pre>&lt;/body></body></pre></BODY></html>";
        let page = inject(before.to_vec());
        let text = String::from_utf8(page).unwrap();
        assert!(text.ends_with(&format!("</pre>{}</BODY></html>", script_line(before))));
        assert!(inject(Vec::new()).starts_with(b"<script"));
    }

    #[test]
    fn problems_are_text_and_not_markup() {
        let problem = Problem::new("no-such").arg("x", "<script>alert(1)</script>");
        let page = String::from_utf8(problems_page(&[problem], Lang::Zh)).unwrap();
        assert!(page.contains("&lt;script&gt;alert(1)"));
        assert_eq!(page.matches("<script").count(), 1);
    }
}
