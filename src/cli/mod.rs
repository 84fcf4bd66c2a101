//! The program: arguments in, words and an exit code out.
//!
//! Only this module prints, reads the clock and the locale, and ends the program. Exit codes: 0 fine, 1 problems in
//! the site, 2 usage, 3 environment (disk, network).
#![expect(clippy::disallowed_methods, reason = "the door to the command line")]

mod args;
mod build;
mod chinese;
mod code;
mod deploy;
mod explained;
mod init;
mod interrupt;
mod new;
mod progress;
mod say;
mod serve;
mod shelf;
mod site;

use crate::messages::Lang;
use args::{Arguments, Command};
use clap::{CommandFactory as _, FromArgMatches as _};
use std::ffi::OsString;
use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Fine = 0,
    Site = 1,
    Usage = 2,
    Environment = 3,
}

/// Does what the program's arguments say.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let lang = site::early_language(&arguments);
    let exit = match parse(&arguments, lang) {
        Ok(arguments) => run(arguments),
        Err(error) => tell(&error, lang),
    };
    ExitCode::from(exit as u8)
}

fn parse(arguments: &[OsString], lang: Lang) -> Result<Arguments, clap::Error> {
    let command = lang.pick(chinese::translate as fn(clap::Command) -> clap::Command, |command| command);
    let matches = command(Arguments::command()).try_get_matches_from(arguments)?;
    Arguments::from_arg_matches(&matches)
}

/// Help and version are results, everything else was a slip in the arguments.
fn tell(error: &clap::Error, lang: Lang) -> Exit {
    if !error.use_stderr() {
        // A closed pipe is not our fault.
        let _ = error.print();
        return Exit::Fine;
    }
    match lang {
        Lang::Zh => say::aside(&chinese::usage_error(error)),
        Lang::En => _ = error.print(),
    }
    Exit::Usage
}

fn run(arguments: Arguments) -> Exit {
    let Arguments { common, command } = arguments;
    match command {
        Some(Command::Init(options)) => return init::run(&options.folder, site::language(&common, None)),
        Some(Command::Completions(options)) => {
            clap_complete::generate(
                options.shell,
                &mut Arguments::command(),
                "yicun",
                &mut std::io::stdout(),
            );
            return Exit::Fine;
        }
        _ => {}
    }
    let root = match site::find(common.root.as_deref()) {
        Ok(root) => root,
        Err(problem) => {
            let lang = site::language(&common, None);
            if command.is_none() && common.root.is_none() {
                say::line(examples(lang));
                return Exit::Fine;
            }
            say::problems(&[*problem], lang);
            return Exit::Usage;
        }
    };
    let lang = site::language(&common, Some(&site::settings(&root)));
    match command {
        Some(Command::Build(options)) => build::run(&root, &common, options, lang),
        Some(Command::New(options)) => new::run(&root, &common, &options, lang),
        Some(Command::Serve(options)) => serve::run(&root, &common, options, lang),
        Some(Command::Deploy(options)) => deploy::run(&root, &common, options, lang),
        Some(Command::Rollback(options)) => deploy::rollback(&root, &options, lang),
        _ => serve::run(&root, &common, args::Serve::default(), lang),
    }
}

/// What is shown where there is no site and nothing was asked.
fn examples(lang: Lang) -> &'static str {
    lang.pick(
        "一村：为乡镇党建示范点制作静态网站。这个文件夹里没有网站，可以：\n\n  \
         yicun init 某某镇党建           新建一个网站\n  \
         yicun serve --root 某某镇党建   在浏览器里预览，改动后自动刷新\n  \
         yicun build --root 某某镇党建   生成网站，放进 public 文件夹\n\n\
         全部用法：yicun --help",
        "Yicun makes static sites for township showcases. There is no site in this folder; you can:\n\n  \
         yicun init my-town             start a new site\n  \
         yicun serve --root my-town     preview it in a browser, rebuilt at each change\n  \
         yicun build --root my-town     build it into the folder public\n\n\
         All options: yicun --help",
    )
}
