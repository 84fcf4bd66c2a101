//! `yicun serve`: the preview, with what happens told in the terminal.

use super::args::{Common, Serve};
use super::{Exit, say, site};
use crate::build::{self, api::Request};
use crate::messages::Lang;
use crate::serve::{Builder, Event, Listener, Options, Server, preview_folder};
use std::path::Path;

/// Serves the site in `root` until the program is ended.
pub(super) fn run(root: &Path, common: &Common, options: Serve, lang: Lang) -> Exit {
    let Serve { port, host, open } = options;
    let server = match Server::bind(Options { root: root.to_owned(), host, port, lang }) {
        Ok(server) => server,
        Err(problem) => {
            say::problems(&[*problem], lang);
            return Exit::Environment;
        }
    };
    let url = server.url();
    let named = common.today;
    let folder = root.to_owned();
    let build: Builder = Box::new(move || {
        // Asked anew each time: a preview may stay open over midnight, and the time zone may be edited.
        let config = site::settings(&folder);
        let request = Request {
            root: folder.clone(),
            output: preview_folder(&folder),
            base_url: Some(String::new()),
            today: site::today(named, &config.timezone),
            drafts: false,
            future: false,
            offline: false,
            strict: false,
            explain: None,
        };
        build::build(&request, &|_| {})
    });
    let root = root.to_owned();
    let tell: Listener = Box::new(move |event| match event {
        Event::Built(report, took) => {
            say::problems(&report.problems, lang);
            let target = say::folder(&preview_folder(&root), &root);
            say::line(&say::summary(report, took, &target, false, lang));
        }
        Event::Failed(failure) => say::problems(&[failure.problem()], lang),
        Event::Listening => {
            say::line(&lang.pick(
                format!("预览地址：{url}　（按 Ctrl-C 结束）"),
                format!("preview: {url}  (Ctrl-C ends it)"),
            ));
            if open && open::that_detached(&url).is_err() {
                say::aside(lang.pick(
                    "没能打开浏览器，请自己打开上面的地址。",
                    "no browser could be opened; open the address above.",
                ));
            }
        }
    });
    match server.run(build, tell) {
        Ok(()) => Exit::Fine,
        Err(problem) => {
            say::problems(&[*problem], lang);
            Exit::Environment
        }
    }
}
