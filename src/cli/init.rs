//! `yicun init`: a small site that builds, written from the program alone into an empty folder.
//!
//! A folder that holds anything is left as it is; no file is ever overwritten.
#![expect(clippy::disallowed_methods, reason = "init makes a folder that is no site yet")]

use super::{Exit, say};
use crate::files;
use crate::messages::Lang;
use crate::problem::Problem;
use std::path::Path;

/// The files of a new site. Everything in them is marked as an example.
const STARTER: &[(&str, &str)] = &[
    ("site.toml", include_str!("starter/site.toml")),
    (".gitignore", include_str!("starter/gitignore")),
    ("content/_index.md", include_str!("starter/home.md")),
    ("content/villages/_index.md", include_str!("starter/villages.md")),
    ("content/villages/shi-li-cun.md", include_str!("starter/village.md")),
    ("content/brands/_index.md", include_str!("starter/brands.md")),
    ("content/brands/shi-li-pin-pai.md", include_str!("starter/brand.md")),
    ("content/projects/_index.md", include_str!("starter/projects.md")),
    ("content/projects/shi-li-xiang-mu.md", include_str!("starter/project.md")),
    ("content/news/_index.md", include_str!("starter/news.md")),
    ("content/news/zhu-ti-dang-ri.md", include_str!("starter/item.md")),
];

/// How many names of a folder that is not empty are told.
const TOLD: usize = 5;

/// Writes a new site into `folder`.
pub(super) fn run(folder: &Path, lang: Lang) -> Exit {
    if let Err(problem) = empty(folder) {
        say::problems(&[*problem], lang);
        return Exit::Usage;
    }
    if let Err(problem) = write(folder) {
        say::problems(&[*problem], lang);
        return Exit::Environment;
    }
    let shown = folder.display();
    say::line(&lang.pick(
        format!(
            "✓ 新网站已建好：{shown}（{} 个文件）\n\n接下来：\n  \
             1. 进入文件夹：      cd \"{shown}\"\n  \
             2. 预览：            yicun serve --open\n  \
             3. 改网站名称：      打开 site.toml\n  \
             4. 换掉示例内容：    打开 content 文件夹，标着“示例”的都可以改、可以删\n  \
             5. 生成网站：        yicun build（结果在 public 文件夹）",
            STARTER.len()
        ),
        format!(
            "✓ new site in {shown} ({} files)\n\nNext:\n  \
             1. go there:                cd \"{shown}\"\n  \
             2. preview it:              yicun serve --open\n  \
             3. name it:                 edit site.toml\n  \
             4. replace the samples:     edit the files in content; all marked 示例 may go\n  \
             5. build it into public:    yicun build",
            STARTER.len()
        ),
    ));
    Exit::Fine
}

/// Whether a site may be written there: the folder is not there, or holds nothing.
fn empty(folder: &Path) -> Result<(), Box<Problem>> {
    if folder.exists() && !folder.is_dir() {
        return Err(Problem::new("init-not-folder").arg("folder", folder.display()).into());
    }
    let names = files::list(folder).map_err(|failure| Box::new(failure.problem()))?;
    if names.is_empty() {
        return Ok(());
    }
    let mut found: Vec<String> =
        names.iter().take(TOLD).map(|name| name.to_string_lossy().into_owned()).collect();
    if names.len() > TOLD {
        found.push(format!("… ({})", names.len()));
    }
    Err(Problem::new("init-not-empty").arg("folder", folder.display()).arg("found", found.join(", ")).into())
}

fn write(folder: &Path) -> Result<(), Box<Problem>> {
    for (name, text) in STARTER {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            files::make_folder(parent).map_err(|failure| Box::new(failure.problem()))?;
        }
        files::write_new(&path, text.as_bytes()).map_err(|failure| Box::new(failure.problem()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_new_site_has_valid_settings() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("新 网站");
        assert_eq!(run(&site, Lang::Zh), Exit::Fine);
        let text = std::fs::read_to_string(site.join("site.toml")).unwrap();
        let (config, problems) = Config::parse(&text);
        assert_eq!(problems, []);
        assert!(config.example);
        assert!(site.join("content/news/zhu-ti-dang-ri.md").is_file());
    }

    #[test]
    fn a_folder_with_anything_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("报告.docx"), "x").unwrap();
        assert_eq!(run(folder.path(), Lang::Zh), Exit::Usage);
        assert_eq!(files::list(folder.path()).unwrap().len(), 1);
        let problem = empty(folder.path()).unwrap_err();
        assert!(crate::messages::cause(&problem, Lang::Zh).contains("报告.docx"));
        assert_eq!(run(&folder.path().join("报告.docx"), Lang::En), Exit::Usage);
    }
}
