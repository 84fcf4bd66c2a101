//! The only place that prints: problems and progress to stderr, results to stdout, in colour where the terminal has it.

use crate::build::api::{Removed, Report};
use crate::messages::{Lang, level, render};
use crate::problem::{Level, Problem};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// How wide problems are drawn.
const WIDTH: usize = 80;

/// A line of result. A closed pipe is not our fault and not an error.
pub(super) fn line(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// A text of advice or error.
pub(super) fn aside(text: &str) {
    let _ = writeln!(anstream::stderr(), "{}", text.trim_end());
}

/// Problems with their places.
pub(super) fn problems(problems: &[Problem], lang: Lang) {
    if !problems.is_empty() {
        // anstream takes the colours out again where there is no terminal.
        aside(&render(problems, lang, true, WIDTH));
    }
}

/// What a build did, in one or two lines.
pub(super) fn summary(report: &Report, took: Duration, target: &str, strict: bool, lang: Lang) -> String {
    let seconds = took.as_secs_f64();
    let Some(done) = &report.published else {
        let only_warnings = strict && !report.problems.iter().any(|problem| level(problem) == Level::Error);
        return match lang {
            Lang::Zh if only_warnings => {
                "✗ 没有发布：--strict 下有警告也不发布，已发布的内容没有改动".to_owned()
            }
            Lang::Zh => "✗ 没有发布：请先改好上面的错误，已发布的内容没有改动".to_owned(),
            Lang::En if only_warnings => {
                "✗ not published: warnings count under --strict; what was published is unchanged".to_owned()
            }
            Lang::En => "✗ not published: fix the errors above; what was published is unchanged".to_owned(),
        };
    };
    let (written, removed) = (done.written.len(), done.removed.len());
    let total = written + done.unchanged;
    let mut text = lang.pick(
        format!("✓ 共生成 {total} 个文件（更新 {written}，删除 {removed}），用时 {seconds:.2} 秒 → {target}"),
        format!("✓ {total} files ({written} updated, {removed} removed) in {seconds:.2} s → {target}"),
    );
    text.push_str(&taken_away(&report.removed, lang));
    if let Some(day) = &report.next_change {
        text.push_str(
            &lang.pick(format!("\n  下一次自动变化：{day}"), format!("\n  next change by itself: {day}")),
        );
    }
    text
}

/// What photos carry no more, in one line.
fn taken_away(removed: &Removed, lang: Lang) -> String {
    let Removed { photos, places, devices, people } = *removed;
    if photos == 0 {
        return String::new();
    }
    let parts = [
        (places, lang.pick("拍摄地点", "position")),
        (devices, lang.pick("手机相机信息", "device")),
        (people, lang.pick("人名", "names")),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| lang.pick(format!("{name} {count} 张"), format!("{name} in {count}")))
        .collect();
    let detail = if parts.is_empty() {
        String::new()
    } else {
        lang.pick(format!("（{}）", parts.join("，")), format!(" ({})", parts.join(", ")))
    };
    lang.pick(
        format!("\n  照片发布前已去除个人信息：{photos} 张{detail}"),
        format!(
            "\n  personal data taken out of {photos} photo{}{detail}",
            if photos == 1 { "" } else { "s" }
        ),
    )
}

/// A folder as it is best read: relative to the site where it lies inside.
pub(super) fn folder(path: &Path, root: &Path) -> String {
    let shown = path.strip_prefix(root).unwrap_or(path);
    format!("{}/", shown.to_string_lossy().replace('\\', "/").trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::api::Summary;

    #[test]
    fn the_result_is_told_in_words() {
        let done = Summary { written: vec!["a".into(); 3], removed: Vec::new(), unchanged: 309 };
        let report =
            Report { published: Some(done), next_change: Some("2026-12-01".into()), ..Report::default() };
        assert_eq!(
            summary(&report, Duration::from_millis(412), "public/", false, Lang::Zh),
            "✓ 共生成 312 个文件（更新 3，删除 0），用时 0.41 秒 → public/\n  下一次自动变化：2026-12-01"
        );
        assert!(
            summary(&Report::default(), Duration::ZERO, "public/", false, Lang::En)
                .starts_with("✗ not published")
        );
    }

    #[test]
    fn what_was_removed_is_told() {
        let told = Removed { photos: 3, places: 2, devices: 3, people: 0 };
        assert_eq!(
            taken_away(&told, Lang::Zh),
            "\n  照片发布前已去除个人信息：3 张（拍摄地点 2 张，手机相机信息 3 张）"
        );
        let one = Removed { photos: 1, people: 1, ..Removed::default() };
        assert_eq!(taken_away(&one, Lang::En), "\n  personal data taken out of 1 photo (names in 1)");
        assert_eq!(taken_away(&Removed::default(), Lang::En), "");
    }
}
