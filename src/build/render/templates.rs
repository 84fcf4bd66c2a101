//! Templates: Tera behind names, with faults as [`Problem`]s that point into the template.
//!
//! In come names, paths and texts, later ones over earlier ones of the same name; a theme's own text stays reachable as
//! `theme/<name>`, so that an override can extend what it replaces. Templates see their context and nothing else: no
//! clock, no files, no environment.

use super::charts::chart;
use super::cycles;
use super::json::json;
use super::qr::qr;
use crate::build::load::DEFAULT_TEMPLATES;
use crate::problem::{Place, Problem};
use std::collections::BTreeMap;
use tera::{Context, Error, ErrorKind, Tera};

/// Compiled templates.
pub struct Templates {
    tera: Tera,
    /// Name → path and text, for messages.
    texts: BTreeMap<String, (String, String)>,
}

impl Templates {
    /// Compiles name, path and text of each template.
    pub fn load(files: &[(String, String, String)]) -> (Option<Templates>, Vec<Problem>) {
        let mut texts: BTreeMap<String, (String, String)> = DEFAULT_TEMPLATES
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (format!("templates/{name}"), (*text).to_owned())))
            .collect();
        for (name, path, text) in files {
            if path.starts_with("themes/") {
                texts.insert(format!("theme/{name}"), (path.clone(), text.clone()));
            }
            texts.insert(name.clone(), (path.clone(), text.clone()));
        }
        // A component is defined once: an untouched theme template need not stand there twice.
        let overridden = |name: &String, path: &String| match name.strip_prefix("theme/") {
            Some(own) => texts.get(own).is_some_and(|(other, _)| other != path),
            None => true,
        };
        let used: Vec<(&String, &String)> = texts
            .iter()
            .filter(|(name, (path, _))| overridden(name, path))
            .map(|(name, (_, text))| (name, text))
            .collect();
        let problems = cycles::find(&texts);
        if !problems.is_empty() {
            return (None, problems);
        }
        let mut tera = engine();
        // A site's override and the theme's original may define the same components: the site's go first.
        if let Err(error) = tera.set_fallback_prefixes(["theme/"]) {
            return (None, vec![fault(&error, "", "", &texts)]);
        }
        match tera.add_raw_templates(used.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
            Ok(()) => (Some(Templates { tera, texts }), Vec::new()),
            Err(error) => (None, all_faults(&used, &error, &texts)),
        }
    }

    /// Renders `name` for the page `origin` (a path, for messages).
    pub fn render(
        &self,
        name: &str,
        origin: &str,
        context: &Context,
        out: &mut Vec<u8>,
    ) -> Result<(), Problem> {
        if !self.tera.contains_template(name) {
            return Err(Problem::new("template-missing").arg("template", name).arg("page", origin));
        }
        self.tera.render_to(name, context, out).map_err(|error| fault(&error, name, origin, &self.texts))
    }
}

/// Tera with what our templates may call.
fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on([".html", ".xml"]);
    tera.register_function("chart", chart);
    tera.register_filter("json", json);
    tera.register_filter("qr", qr);
    tera
}

/// Tera stops at the first template it can't read: each is tried alone, so that all faults show in one run.
fn all_faults(
    used: &[(&String, &String)],
    error: &Error,
    texts: &BTreeMap<String, (String, String)>,
) -> Vec<Problem> {
    let syntax = |(name, text): &(&String, &String)| {
        let alone = engine().add_raw_template(name, text).err()?;
        matches!(alone.kind(), ErrorKind::SyntaxError(_)).then(|| fault(&alone, name, name, texts))
    };
    let mut problems: Vec<Problem> = used.iter().filter_map(syntax).collect();
    if problems.is_empty() {
        problems.extend(reported(&error.to_string(), texts));
    }
    if problems.is_empty() {
        problems.push(fault(error, "", "", texts));
    }
    problems
}

/// Faults of several templates come from Tera as one text: `error: …` and ` --> name:line:column` by turns.
fn reported(report: &str, texts: &BTreeMap<String, (String, String)>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut detail = "";
    for line in report.lines() {
        if let Some(message) = line.trim_start().strip_prefix("error: ") {
            detail = message;
        }
        let Some(place) = line.trim_start().strip_prefix("--> ") else { continue };
        let mut parts = place.rsplitn(3, ':');
        let (column, row, name) = (parts.next(), parts.next(), parts.next());
        let Some((path, text)) = name.and_then(|name| texts.get(name)) else { continue };
        if let Some(problem) = lost_block(detail, path, text, texts) {
            problems.push(problem);
            continue;
        }
        let number =
            |part: Option<&str>| part.and_then(|part| part.trim().parse::<usize>().ok()).unwrap_or(1).max(1);
        let mut lines = text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(number(row).saturating_sub(1)).map(str::len).sum();
        // Tera counts characters, a place counts bytes.
        let inside: usize =
            lines.next().into_iter().flat_map(str::chars).take(number(column) - 1).map(char::len_utf8).sum();
        let problem = Problem::new("template-load").arg("detail", detail);
        problems.push(problem.at(Place::of(path, text, before + inside..before + inside + 1)));
    }
    problems
}

/// A block that a theme's template fills, but a site's override of its parent no longer has: the override is at fault.
fn lost_block(
    detail: &str,
    path: &str,
    text: &str,
    texts: &BTreeMap<String, (String, String)>,
) -> Option<Problem> {
    let block = detail.strip_prefix("Block `")?.split('`').next()?;
    let parent = text.split("extends").nth(1)?.split('"').nth(1)?;
    let (parent_path, _) = texts.get(parent)?;
    let problem = Problem::new("template-block").arg("block", block).arg("child", path).arg("parent", parent);
    Some(problem.at(Place::file(if parent_path.starts_with("themes/") { path } else { parent_path })))
}

/// Tera's error in our words.
fn fault(error: &Error, name: &str, origin: &str, texts: &BTreeMap<String, (String, String)>) -> Problem {
    let place = |template: &str, span: Option<std::ops::Range<usize>>| {
        texts.get(template).map(|(path, text)| match span {
            Some(span) => Place::of(path, text, span),
            None => Place::file(path),
        })
    };
    let with = |problem: Problem, place: Option<Place>| match place {
        Some(place) => problem.at(place),
        None => problem,
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) => with(
            Problem::new("template-syntax").arg("detail", report.message()),
            place(report.filename(), Some(report.span().range.clone())),
        ),
        ErrorKind::RenderingError(report) => with(
            Problem::new("template-value").arg("detail", report.message()).arg("page", origin),
            place(report.filename(), Some(report.span().range.clone())),
        ),
        ErrorKind::CircularInclude { tpl, include_chain: chain }
        | ErrorKind::CircularExtend { tpl, inheritance_chain: chain } => {
            with(Problem::new("template-loop").arg("chain", chain.join(" → ")), place(tpl, None))
        }
        ErrorKind::MissingParent { current, parent } => with(
            Problem::new("template-missing").arg("template", parent).arg("page", current),
            place(current, None),
        ),
        _ => with(
            Problem::new("template-load")
                .arg("detail", error.to_string().lines().take(12).collect::<Vec<_>>().join("\n")),
            place(name, None),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(files: &[(&str, &str)]) -> (Option<Templates>, Vec<Problem>) {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| {
                let name = path.rsplit("templates/").next().unwrap_or(path);
                (name.to_owned(), (*path).to_owned(), (*text).to_owned())
            })
            .collect();
        Templates::load(&files)
    }

    #[test]
    fn an_override_can_extend_what_it_replaces() {
        let (templates, problems) = load(&[
            ("themes/a/templates/page.html", "<p>{% block x %}old{% endblock x %}</p>"),
            ("templates/page.html", "{% extends \"theme/page.html\" %}{% block x %}new{% endblock x %}"),
        ]);
        assert_eq!(problems, []);
        let mut out = Vec::new();
        templates.unwrap().render("page.html", "a.md", &Context::new(), &mut out).unwrap();
        assert_eq!(out, b"<p>new</p>");
    }

    #[test]
    fn a_component_of_the_site_replaces_the_one_of_the_theme() {
        let (templates, problems) = load(&[
            ("themes/a/templates/ui.html", "{% component star() %}old{% endcomponent %}"),
            ("themes/a/templates/page.html", "{{<star />}}"),
            ("templates/ui.html", "{% component star() %}new{% endcomponent %}"),
        ]);
        assert_eq!(problems, []);
        let mut out = Vec::new();
        templates.unwrap().render("page.html", "a.md", &Context::new(), &mut out).unwrap();
        assert_eq!(out, b"new");
    }

    #[test]
    fn a_missing_include_is_told_at_its_character() {
        let (_, problems) = load(&[("templates/a.html", "一\n庆乐村 {% include \"none.html\" %}")]);
        let place = problems[0].place.as_ref().unwrap();
        assert_eq!((place.line, place.column), (2, 16));
    }

    #[test]
    fn all_syntax_faults_show_at_once_with_their_places() {
        let (templates, problems) =
            load(&[("templates/a.html", "庆\n{{ 1 + }}"), ("templates/b.html", "{% if x %}")]);
        assert!(templates.is_none());
        let places: Vec<_> = problems.iter().filter_map(|problem| problem.place.as_ref()).collect();
        assert_eq!(places.len(), 2);
        assert_eq!((places[0].file.as_str(), places[0].line), ("templates/a.html", 2));
    }

    #[test]
    fn an_unknown_value_is_told_with_its_place() {
        let (templates, _) = load(&[("templates/a.html", "一\n二 {{ nothing }}")]);
        let problem = templates
            .unwrap()
            .render("a.html", "content/a.md", &Context::new(), &mut Vec::new())
            .unwrap_err();
        assert_eq!(problem.code, "template-value");
        let place = problem.place.unwrap();
        assert_eq!((place.line, place.column), (2, 6));
    }

    #[test]
    fn loops_are_told_and_never_run() {
        for text in [
            "{% include \"a.html\" %}",
            "{% extends \"a.html\" %}",
            "{% component c() %}{{<c />}}{% endcomponent c %}{{<c />}}",
        ] {
            let (templates, problems) = load(&[("templates/a.html", text)]);
            assert!(templates.is_none(), "{text}");
            assert_eq!(problems[0].code, "template-loop", "{text}");
        }
    }
}
