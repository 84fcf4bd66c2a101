//! Problems drawn for a terminal: level, code, cause, place, source line with carets, and what to do.
//!
//! In come problems in any order, out comes one text sorted by place; equal problems are told once.
//! Carets stand under Chinese text because columns are counted as terminals show them.

use super::wrap::{columns, tame, wrap};
use super::{Lang, cause, fix, level, level_name, suggestion};
use crate::problem::{Excerpt, Level, Problem};
use anstyle::{AnsiColor, Style};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthChar;

/// All problems in words, at most `width` columns wide, with a closing line that counts them.
/// Empty for no problems.
pub fn render(problems: &[Problem], lang: Lang, color: bool, width: usize) -> String {
    let sorted: BTreeSet<_> = problems.iter().map(|problem| (key(problem), problem)).collect();
    if sorted.is_empty() {
        return String::new();
    }
    let pen = Pen { lang, color, width: width.max(40) };
    let mut out = String::new();
    for (_, problem) in &sorted {
        pen.problem(problem, &mut out);
        out.push('\n');
    }
    out.push_str(&count(sorted.iter().map(|(_, problem)| *problem), lang));
    out.push('\n');
    out
}

/// “3 个错误，1 个警告”; empty for no problems.
pub fn count<'a>(problems: impl IntoIterator<Item = &'a Problem>, lang: Lang) -> String {
    let mut numbers = [0_usize; 3];
    for problem in problems {
        match level(problem) {
            Level::Error => numbers[0] += 1,
            Level::Warning => numbers[1] += 1,
            Level::Hint => numbers[2] += 1,
        }
    }
    let parts: Vec<String> = [Level::Error, Level::Warning, Level::Hint]
        .into_iter()
        .zip(numbers)
        .filter(|(_, number)| *number > 0)
        .map(|(level, number)| {
            let name = level_name(level, lang);
            let plural = if number == 1 { "" } else { "s" };
            lang.pick(format!("{number} 个{name}"), format!("{number} {name}{plural}"))
        })
        .collect();
    parts.join(lang.pick("，", ", "))
}

/// Problems without a place come last: they mostly follow from what went before.
fn key(problem: &Problem) -> (bool, &str, u32, Level, u32) {
    let place = problem.place.as_ref();
    (
        place.is_none(),
        place.map_or("", |place| place.file.as_str()),
        place.map_or(0, |place| place.line),
        level(problem),
        place.map_or(0, |place| place.column),
    )
}

struct Pen {
    lang: Lang,
    color: bool,
    width: usize,
}

impl Pen {
    fn problem(&self, problem: &Problem, out: &mut String) {
        let level = level(problem);
        let tint = tint(level);
        let head = format!("{}[{}]", level_name(level, self.lang), problem.code);
        let text = cause(problem, self.lang);
        let room = self.width.saturating_sub(columns(&head) + 1);
        // A code that leaves no room gets a line of its own.
        let (lines, indent) = if room >= 24 {
            (wrap(&text, room), columns(&head) + 1)
        } else {
            out.push_str(&self.paint(tint.bold(), &head));
            out.push('\n');
            (wrap(&text, self.width - 2), 2)
        };
        for (number, line) in lines.iter().enumerate() {
            if number == 0 && indent > 2 {
                let _ = write!(out, "{} ", self.paint(tint.bold(), &head));
            } else {
                let _ = write!(out, "{:indent$}", "");
            }
            out.push_str(&self.paint(Style::new().bold(), line));
            out.push('\n');
        }
        let gutter = self.place(problem, tint, out);
        self.note(self.lang.pick("改法：", "fix: "), &fix(problem, self.lang), gutter, out);
    }

    /// Draws the place and the source line; gives the width of the line-number gutter.
    fn place(&self, problem: &Problem, tint: Style, out: &mut String) -> usize {
        let suggestion = suggestion(problem, self.lang).map(|text| tame(&text));
        let Some(place) = &problem.place else {
            if let Some(text) = suggestion {
                let _ = writeln!(out, "  {}", self.paint(tint, &text));
            }
            return 1;
        };
        // A sheet has no lines of text: there the cell is named.
        let label = match &place.cell {
            Some(cell) if cell.sheet.is_some() => tame(&cell.address),
            _ => place.line.to_string(),
        };
        let gutter = if place.line == 0 { 1 } else { columns(&label) };
        let _ = writeln!(out, "{:gutter$}{} {}", "", self.faint("-->"), tame(&place.to_string()));
        match &place.excerpt {
            Some(excerpt) if place.line > 0 => {
                let (line, before, marked) = window(excerpt, self.width.saturating_sub(gutter + 3));
                let bar = self.faint("|");
                let _ = writeln!(out, "{:gutter$} {bar}", "");
                let _ = writeln!(out, "{} {bar} {line}", self.faint(&label));
                let mut carets = "^".repeat(marked.max(1));
                if let Some(text) = suggestion {
                    let _ = write!(carets, " {text}");
                }
                let _ =
                    writeln!(out, "{:gutter$} {bar} {:before$}{}", "", "", self.paint(tint.bold(), &carets));
            }
            _ => {
                if let Some(text) = suggestion {
                    let _ = writeln!(out, "{:gutter$} {} {}", "", self.faint("|"), self.paint(tint, &text));
                }
            }
        }
        gutter
    }

    fn note(&self, label: &str, text: &str, gutter: usize, out: &mut String) {
        if text.is_empty() {
            return;
        }
        let indent = gutter + 3 + columns(label);
        for (number, line) in wrap(text, self.width.saturating_sub(indent)).iter().enumerate() {
            if number == 0 {
                let label = self.paint(Style::new().bold(), label);
                let _ = writeln!(out, "{:gutter$} {} {label}{line}", "", self.faint("="));
            } else {
                let _ = writeln!(out, "{:indent$}{line}", "");
            }
        }
    }

    fn faint(&self, text: &str) -> String {
        self.paint(AnsiColor::BrightBlue.on_default(), text)
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

fn tint(level: Level) -> Style {
    match level {
        Level::Error => AnsiColor::BrightRed.on_default(),
        Level::Warning => AnsiColor::Yellow.on_default(),
        Level::Hint => AnsiColor::Cyan.on_default(),
    }
}

/// The part of the line that fits, the columns before the mark, and the columns of the mark.
fn window(excerpt: &Excerpt, width: usize) -> (String, usize, usize) {
    let part = |range| tame(excerpt.text.get(range).unwrap_or_default());
    let before = part(0..excerpt.start);
    let marked = part(excerpt.start..excerpt.end);
    let after = part(excerpt.end..excerpt.text.len());
    let trimmed = before.trim_start();
    let before = if trimmed.len() < before.len() && columns(&before) > 8 { trimmed } else { before.as_str() };
    if columns(before) + columns(&marked) + columns(&after) <= width {
        return (format!("{before}{marked}{after}"), columns(before), columns(&marked));
    }
    let marked = clip(marked.chars(), width / 2);
    let room = width.saturating_sub(columns(&marked) + 2);
    let after = clip(after.chars(), room.saturating_sub(columns(before).min(room / 2)));
    let room = room.saturating_sub(columns(&after));
    let mut lead: String = clip(before.chars().rev(), room).chars().rev().collect();
    if lead.len() < before.len() {
        lead.insert(0, '…');
    }
    let (lead_columns, mark_columns) = (columns(&lead), columns(&marked));
    (format!("{lead}{marked}{after}"), lead_columns, mark_columns)
}

/// As many characters as fit.
fn clip(text: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    text.take_while(|c| {
        used += c.width().unwrap_or(0);
        used <= width
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Place;

    fn sample() -> Problem {
        let text = "title = \"庆乐村\"\n党员人数党 = 42\n";
        let from = text.find("党员").unwrap();
        let mut problem = Problem::new("config-unknown-key")
            .arg("key", "党员人数党")
            .arg("known", "标题")
            .at(Place::of("site.toml", text, from..from + 15));
        problem.suggestion = Some("党员人数".into());
        problem
    }

    #[test]
    fn carets_stand_under_chinese() {
        let text = render(&[sample()], Lang::Zh, false, 80);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "错误[config-unknown-key] 不认识的设置“党员人数党”");
        assert_eq!(lines[1], " --> site.toml:2:1");
        assert_eq!(lines[2], "  |");
        assert_eq!(lines[3], "2 | 党员人数党 = 42");
        assert_eq!(lines[4], "  | ^^^^^^^^^^ 是不是“党员人数”？");
        assert!(lines[5].starts_with("  = 改法："), "{}", lines[5]);
        assert_eq!(text.lines().last(), Some("1 个错误"));
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        let line = "村".repeat(300);
        let long = Problem::new("config-unknown-key")
            .arg("key", "长".repeat(90))
            .arg("known", "标题、".repeat(60))
            .at(Place::of("site.toml", &line, 450..453));
        for width in [40, 80] {
            for lang in [Lang::Zh, Lang::En] {
                for line in render(std::slice::from_ref(&long), lang, false, width).lines() {
                    assert!(columns(line) <= width, "{width}: {line}");
                }
            }
        }
    }

    #[test]
    fn problems_are_sorted_counted_and_told_once() {
        let at = |file: &str, line: &str| Problem::new("no-such").at(Place::of(file, line, 0..1));
        let text = render(
            &[Problem::new("last"), at("b.md", "x"), at("a.md", "y"), at("b.md", "x")],
            Lang::En,
            false,
            80,
        );
        let order: Vec<_> =
            ["a.md:1:1", "b.md:1:1", "[last]"].iter().map(|s| text.find(s).unwrap()).collect();
        assert!(order.is_sorted());
        assert_eq!(text.lines().last(), Some("3 errors"));
    }

    #[test]
    fn colours_only_when_asked() {
        assert!(!render(&[sample()], Lang::Zh, false, 80).contains('\u{1b}'));
        assert!(render(&[sample()], Lang::Zh, true, 80).contains('\u{1b}'));
    }
}
