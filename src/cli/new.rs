//! `yicun new`: a page of any kind, its fields explained in it. No file is ever overwritten.

use super::args::{Common, New};
use super::{Exit, say, shelf, site};
use crate::build;
use crate::config::{Config, Slugs};
use crate::files;
use crate::kinds::Kinds;
use crate::messages::Lang;
use crate::problem::Problem;
use crate::scaffold::{self, Draft, Wish};
use std::path::Path;

/// Writes the page that is asked for into the site in `root`.
pub(super) fn run(root: &Path, common: &Common, options: &New, lang: Lang) -> Exit {
    let config = site::settings(root);
    let kinds = match build::kinds(root, &config) {
        Ok(kinds) => kinds,
        Err(failure) => {
            say::problems(&[failure.problem()], lang);
            return Exit::Environment;
        }
    };
    let titles = match shelf::titles(root, &kinds) {
        Ok(titles) => titles,
        Err(failure) => {
            say::problems(&[failure.problem()], lang);
            return Exit::Environment;
        }
    };
    let wish = Wish {
        kind: &options.kind,
        name: &options.name,
        section: options.section.as_deref(),
        slug: options.slug.as_deref(),
        language: options.language.as_deref(),
        folder: if options.folder { Some(true) } else { options.flat.then_some(false) },
        draft: options.draft,
        date: options.date.unwrap_or_else(|| site::today(common.today, &config.timezone)),
        titles: &titles,
    };
    let draft = match scaffold::draft(&kinds, &config, &wish) {
        Ok(draft) => draft,
        Err(problem) => {
            say::problems(&[problem], lang);
            return Exit::Usage;
        }
    };
    if options.print {
        say::line(draft.text.trim_end());
        return Exit::Fine;
    }
    match write(root, &config, &kinds, draft) {
        Ok(Ok(draft)) => {
            tell(&draft, &config, lang);
            Exit::Fine
        }
        Ok(Err(problem)) => {
            say::problems(&[problem], lang);
            Exit::Site
        }
        Err(failure) => {
            say::problems(&[failure.problem()], lang);
            Exit::Environment
        }
    }
}

/// Writes the draft; answers with it, or with what stands in its place.
fn write(
    root: &Path,
    config: &Config,
    kinds: &Kinds,
    draft: Draft,
) -> Result<Result<Draft, Problem>, files::Failure> {
    let taken = |file: String, slug: &str| Problem::new("new-taken").arg("file", file).arg("slug", slug);
    let neighbours = shelf::neighbours(root, &draft, kinds)?;
    let (section, slug) = (draft.section.clone(), draft.slug.clone());
    let draft = match scaffold::settle(draft, &neighbours, config) {
        Ok(draft) => draft,
        Err(found) => return Ok(Err(taken(format!("{section}/{found}"), &slug))),
    };
    let path = root.join(&draft.path);
    if files::look(&path)?.is_some() {
        return Ok(Err(taken(draft.path, &slug)));
    }
    if let Some(folder) = path.parent() {
        files::make_folder(folder)?;
    }
    files::write_new(&path, draft.text.as_bytes())?;
    Ok(Ok(draft))
}

fn tell(draft: &Draft, config: &Config, lang: Lang) {
    let doubts: Vec<Problem> = draft
        .doubts
        .iter()
        .map(|doubt| {
            Problem::new("new-reading")
                .arg("character", doubt.character)
                .arg("chosen", &doubt.chosen)
                .arg("others", doubt.others.join(", "))
                .arg("slug", &draft.slug)
        })
        .collect();
    say::problems(&doubts, lang);
    let path = &draft.path;
    let pictures = path.contains("/index.");
    let more = match (pictures, lang) {
        (true, Lang::Zh) => "\n  照片和附件放在同一个文件夹里",
        (true, Lang::En) => "\n  put pictures and files into the same folder",
        (false, _) => "",
    };
    debug_assert!(
        config.slugs == Slugs::Pinyin || draft.doubts.is_empty(),
        "only pinyin can be read wrongly"
    );
    say::line(&lang.pick(
        format!("✓ 已新建 {path}\n  用记事本打开，写好内容，保存{more}\n  预览：yicun serve --open"),
        format!("✓ new page: {path}\n  open it in an editor, fill it in, save it{more}\n  preview: yicun serve --open"),
    ));
}
