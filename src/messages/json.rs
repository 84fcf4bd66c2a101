//! A problem as JSON, for the panel of the preview.
//!
//! Everything is plain text: whoever shows it must put it in as text, never as markup.

use super::{Lang, cause, fix, level, level_name, suggestion};
use crate::problem::{Level, Problem};
use serde_json::{Value, json};

/// One problem with its words, its place and the line it speaks of, cut in three at the marked part.
pub fn json(problem: &Problem, lang: Lang) -> Value {
    let level = level(problem);
    let place = problem.place.as_ref();
    let excerpt = place.and_then(|place| place.excerpt.as_ref()).map(|excerpt| {
        let part = |range| excerpt.text.get(range).unwrap_or_default();
        json!({
            "before": part(0..excerpt.start),
            "marked": part(excerpt.start..excerpt.end),
            "after": part(excerpt.end..excerpt.text.len()),
        })
    });
    json!({
        "code": problem.code,
        "level": match level { Level::Error => "error", Level::Warning => "warning", Level::Hint => "hint" },
        "level_name": level_name(level, lang),
        "cause": cause(problem, lang),
        "fix": fix(problem, lang),
        "suggestion": suggestion(problem, lang),
        "place": place.map(|place| json!({
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "cell": place.cell.as_ref().map(ToString::to_string),
            "shown": place.to_string(),
        })),
        "excerpt": excerpt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Place;

    #[test]
    fn excerpt_is_cut_in_three() {
        let problem = Problem::new("no-such").at(Place::of("a.md", "标题 = 3", 9..10));
        let value = json(&problem, Lang::Zh);
        assert_eq!(value["excerpt"], json!({ "before": "标题 = ", "marked": "3", "after": "" }));
        assert_eq!(value["place"]["column"], 6);
        assert_eq!(value["level"], "error");
    }
}
