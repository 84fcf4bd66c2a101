//! How far a build is: a bar on a terminal, a plain line a stage elsewhere, nothing when it is to be quiet.

use super::say;
use crate::build::api::Progress;
use crate::messages::Lang;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// Shows the progress of one build; the bar goes away when this is dropped.
pub(super) struct Show {
    lang: Lang,
    bar: Option<ProgressBar>,
    plain: bool,
}

impl Show {
    pub(super) fn new(lang: Lang, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (terminal && !quiet).then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Show { lang, bar, plain: !terminal && !quiet }
    }

    /// Takes in a step; called from many threads.
    pub(super) fn step(&self, progress: Progress) {
        match (&self.bar, progress) {
            (Some(bar), Progress::Stage(stage)) => {
                bar.set_style(style("{spinner} {msg}"));
                bar.set_message(words(stage, self.lang));
            }
            (Some(bar), Progress::Photos { done, total } | Progress::Pages { done, total }) => {
                if bar.length() != Some(total as u64) {
                    bar.set_style(style("{spinner} {msg} [{bar:30}] {pos}/{len}"));
                    bar.set_length(total as u64);
                }
                let photos = matches!(progress, Progress::Photos { .. });
                bar.set_message(words(if photos { "photos" } else { "pages" }, self.lang));
                bar.set_position(done as u64);
            }
            (None, Progress::Stage(stage)) if self.plain => say::aside(words(stage, self.lang)),
            (None, _) => {}
        }
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn words(stage: &'static str, lang: Lang) -> &'static str {
    let (zh, en) = match stage {
        "source" => ("查看文件", "looking at files"),
        "load" => ("读取内容", "reading content"),
        "model" => ("整理关系", "relating pages"),
        "plan" => ("安排页面", "planning pages"),
        "render" => ("生成页面", "rendering"),
        "publish" => ("写入文件", "writing files"),
        "photos" => ("处理照片", "photos"),
        "pages" => ("生成页面", "pages"),
        other => (other, other),
    };
    lang.pick(zh, en)
}
