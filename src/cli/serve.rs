//! `yicun serve`: the preview, with what happens told in the terminal.

use super::args::{Common, Serve};
use super::{Exit, code, say, site};
use crate::build::api::Request;
use crate::messages::Lang;
use crate::problem::Problem;
use crate::serve::{Asker, Event, Listener, Options, Server};
use std::path::Path;
use std::sync::mpsc::sync_channel;

/// Serves the site in `root` until the program is ended.
pub(super) fn run(root: &Path, common: &Common, options: Serve, lang: Lang) -> Exit {
    let Serve { port, host, open, lan, poll } = options;
    let host = if lan { "0.0.0.0".to_owned() } else { host };
    let bound = token()
        .and_then(|token| Server::bind(Options { root: root.to_owned(), host, port, lang, token, poll }));
    let server = match bound {
        Ok(server) => server,
        Err(problem) => {
            say::problems(&[*problem], lang);
            return Exit::Environment;
        }
    };
    let (url, shared) = (server.url(), server.shared_url());
    let named = common.today;
    let folder = root.to_owned();
    let asker: Asker = Box::new(move || {
        // Asked anew each time: a preview may stay open over midnight, and the time zone may be edited.
        let config = site::settings(&folder);
        let today = site::today(named, &config.timezone);
        let plain = Request::new(&folder, &folder.join("public"), today);
        Request { base_url: Some(String::new()), drafts: true, future: true, ..plain }
    });
    let aloud = speaker();
    let tell: Listener = Box::new(move |event| match event {
        Event::Looked { problems, took } => {
            let problems = problems.to_vec();
            aloud(Box::new(move || {
                say::problems(&problems, lang);
                let milliseconds = took.as_secs_f64() * 1000.0;
                say::line(&lang.pick(
                    format!("✓ 已更新预览，用时 {milliseconds:.0} 毫秒"),
                    format!("✓ preview updated in {milliseconds:.0} ms"),
                ));
            }));
        }
        Event::Swept { problems } => {
            let problems = problems.to_vec();
            aloud(Box::new(move || say::problems(&problems, lang)));
        }
        Event::Failed(failure) => {
            let problem = failure.problem();
            aloud(Box::new(move || say::problems(&[problem], lang)));
        }
        Event::Polling if poll => {
            aloud(Box::new(move || {
                say::aside(lang.pick("每秒检查一次改动。", "looking for changes every second."))
            }));
        }
        Event::Polling => aloud(Box::new(move || {
            say::aside(lang.pick(
            "系统不能通知这个文件夹里的改动（网络驱动器，或监视数量已满），改为每秒检查一次。",
            "the system tells of no changes in this folder (a network drive, or too many watches); looking every second.",
        ))
        })),
        Event::Listening => {
            let (url, shared) = (url.clone(), shared.clone());
            aloud(Box::new(move || listening(&url, shared.as_deref(), open, lang)));
        }
    });
    match server.run(asker, tell) {
        Ok(()) => Exit::Fine,
        Err(problem) => {
            say::problems(&[*problem], lang);
            Exit::Environment
        }
    }
}

/// Something to say.
type Saying = Box<dyn FnOnce() + Send>;

/// So much waits to be said while the terminal stands still; more is left out, for the browser shows it too.
const BACKLOG: usize = 64;

/// Says things in a thread of its own: a terminal may stand still for minutes, because somebody marks text in it or holds it
/// with Ctrl-S, and the preview must not.
fn speaker() -> impl Fn(Saying) + Send + Sync {
    let (sender, sayings) = sync_channel::<Saying>(BACKLOG);
    let speaks = std::thread::Builder::new().name("words".to_owned());
    let speaks = speaks.spawn(move || sayings.into_iter().for_each(|saying| saying())).is_ok();
    move |saying| if speaks { _ = sender.try_send(saying) } else { saying() }
}

/// Tells where the preview is.
fn listening(url: &str, shared: Option<&str>, open: bool, lang: Lang) {
    say::line(
        &lang.pick(
            format!("预览地址：{url}　（按 Ctrl-C 结束）"),
            format!("preview: {url}  (Ctrl-C ends it)"),
        ),
    );
    if let Some(shared) = shared {
        say::line(&lang.pick(
            format!("同一局域网里的手机和电脑，请扫码或打开：{shared}"),
            format!("for phones and computers in this network: {shared}"),
        ));
        say::line(&code::draw(shared).unwrap_or_default());
    }
    if open && open::that_detached(url).is_err() {
        say::aside(lang.pick(
            "没能打开浏览器，请自己打开上面的地址。",
            "no browser could be opened; open the address above.",
        ));
    }
}

/// What other machines must know: made anew at each start.
fn token() -> Result<String, Box<Problem>> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Problem::new("serve-runtime").arg("detail", error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
