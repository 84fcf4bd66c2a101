//! How far a build is: a bar on a terminal, a plain line a stage elsewhere, nothing when it is to be quiet.

#![expect(clippy::disallowed_methods, reason = "the clock for the time that is left")]

use super::say;
use crate::build::api::Progress;
use crate::messages::Lang;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Shows the progress of one build; the bar goes away when this is dropped.
pub(super) struct Show {
    lang: Lang,
    bar: Option<ProgressBar>,
    plain: bool,
    /// When the photos began, and when a line was last written about them.
    photos: Mutex<Option<(Instant, Instant)>>,
}

/// Without a terminal, a line about photos comes no oftener.
const PAUSE: Duration = Duration::from_secs(5);

impl Show {
    pub(super) fn new(lang: Lang, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (terminal && !quiet).then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Show { lang, bar, plain: !terminal && !quiet, photos: Mutex::default() }
    }

    /// Takes in a step; called from many threads.
    pub(super) fn step(&self, progress: Progress) {
        match (&self.bar, progress) {
            (Some(bar), Progress::Stage(stage)) => {
                bar.set_style(style("{spinner} {msg}"));
                bar.set_message(words(stage, self.lang));
            }
            (Some(bar), Progress::Photos { done, total, work, whole }) => {
                let left = self.left((done, total), (work, whole), false).unwrap_or_default();
                begin(bar, total, words("photos", self.lang));
                bar.set_message(format!("{}{left}", words("photos", self.lang)));
                bar.set_position(done as u64);
            }
            (Some(bar), Progress::Pages { done, total }) => {
                begin(bar, total, words("pages", self.lang));
                bar.set_position(done as u64);
            }
            (None, Progress::Photos { done, total, work, whole }) if self.plain => {
                if let Some(left) = self.left((done, total), (work, whole), true) {
                    say::aside(&format!("{} {done}/{total}{left}", words("photos", self.lang)));
                }
            }
            (None, _) => {}
        }
    }
}

impl Show {
    /// How many photos are left and for how long, in words; with `seldom` only when it is time for another line.
    fn left(&self, photos: (usize, usize), work: (u64, u64), seldom: bool) -> Option<String> {
        let (done, total) = photos;
        let mut times = self.photos.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (begun, last) = times.get_or_insert((now, now));
        if seldom && (now.duration_since(*last) < PAUSE || done == total) {
            return None;
        }
        *last = now;
        Some(remaining(total.saturating_sub(done), work, now.duration_since(*begun), self.lang))
    }
}

/// `，还剩 48 张，约 20 秒`.
///
/// `work` is what has been done and the whole, in which a large photo counts for more than a small one.
fn remaining(left: usize, (done, whole): (u64, u64), spent: Duration, lang: Lang) -> String {
    if done == 0 || left == 0 {
        return String::new();
    }
    let seconds = (spent.as_secs_f64() / done as f64 * whole.saturating_sub(done) as f64).ceil();
    let (zh, en) = if seconds < 90.0 {
        (format!("{seconds:.0} 秒"), format!("{seconds:.0} s"))
    } else {
        let minutes = (seconds / 60.0).ceil();
        (format!("{minutes:.0} 分钟"), format!("{minutes:.0} min"))
    };
    lang.pick(format!("，还剩 {left} 张，约 {zh}"), format!(", {left} left, about {en}"))
}

/// Makes the bar one of `total` things, once.
fn begin(bar: &ProgressBar, total: usize, message: &'static str) {
    if bar.length() != Some(total as u64) || bar.message() != message {
        bar.set_style(style("{spinner} {msg} [{bar:30}] {pos}/{len}"));
        bar.set_length(total as u64);
        bar.set_message(message);
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
        "load" => ("读取内容", "reading content"),
        "model" => ("整理关系", "relating pages"),
        "photos" => ("处理照片", "photos"),
        "pages" => ("生成页面", "pages"),
        other => (other, other),
    };
    lang.pick(zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_words() {
        let told = |left, work, seconds, lang| remaining(left, work, Duration::from_secs(seconds), lang);
        assert_eq!(told(48, (12, 60), 5, Lang::Zh), "，还剩 48 张，约 20 秒");
        assert_eq!(told(50, (10, 60), 60, Lang::En), ", 50 left, about 5 min");
        // One large photo of many small ones: what is left goes quickly.
        assert_eq!(told(70, (90, 100), 18, Lang::En), ", 70 left, about 2 s");
        assert_eq!(told(60, (0, 60), 5, Lang::Zh), "");
        assert_eq!(told(0, (60, 60), 5, Lang::En), "");
    }
}
