//! Help and usage errors in Chinese: clap has no translations, so its texts are replaced by a table.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

const TEMPLATE: &str = "{before-help}{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// Command, usage, what it does, and the words for its arguments.
type Page = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const COMMON: &[(&str, &str)] = &[
    ("root", "网站文件夹（默认：当前文件夹，或往上最近的有 site.toml 的文件夹）"),
    ("lang", "提示语言：zh 或 en"),
    ("today", "按这一天生成，如 2026-11-22"),
];
const PAGES: &[Page] = &[
    ("init", "yicun init [选项] <DIR>", "在空文件夹里新建一个网站", &[("folder", "新网站的文件夹")]),
    (
        "new",
        "yicun new [选项] <KIND> <NAME>",
        "新建一页，各个字段都有说明",
        &[
            ("kind", "哪一类：工作动态、示范村、图集……"),
            ("name", "标题"),
            ("date", "这一页的日期（默认今天）"),
            ("section", "放进哪个子栏目文件夹"),
            ("slug", "网址里的名字，代替拼音"),
            ("language", "用哪种语言写，如 en（网站要有这种语言）"),
            ("folder", "建一个文件夹，照片和附件放在一起"),
            ("flat", "只建一个文件，不建文件夹"),
            ("draft", "标成草稿"),
            ("print", "只显示内容，不写文件"),
        ],
    ),
    (
        "build",
        "yicun build [选项]",
        "生成网站",
        &[
            ("output", "生成到哪个文件夹（默认：网站文件夹里的 public）"),
            ("base_url", "网站的网址，代替 site.toml 里的 base_url"),
            ("drafts", "草稿也发布"),
            ("future", "日期未到的内容也发布"),
            ("offline", "生成可以直接从 U 盘打开的网站"),
            ("strict", "有警告也不发布"),
            ("explain", "说明一个网页为什么重新生成：写它的路径、网址或 .md 文件"),
            ("verify", "生成以后，再从头生成一次，逐个文件比对"),
            ("quiet", "只说问题"),
        ],
    ),
    (
        "serve",
        "yicun serve [选项]",
        "在浏览器里预览，改动后自动刷新",
        &[
            ("port", "端口（默认 8080，被占用时换下一个）"),
            ("host", "监听地址（默认 127.0.0.1，只有本机能看）"),
            ("open", "打开浏览器"),
            ("lan", "让同一局域网里的手机和电脑也能看，显示二维码"),
            ("poll", "每秒检查一次改动：用于系统不通知改动的文件夹（WSL 的 /mnt、Docker、网络驱动器）"),
        ],
    ),
    (
        "deploy",
        "yicun deploy [选项] [TARGET]",
        "生成网站并发布到服务器",
        &[
            ("target", "site.toml 里的 [deploy.TARGET]（默认：唯一的那个）"),
            ("dry_run", "只说会做什么，什么都不动"),
            ("list", "列出服务器上的各个版本"),
            ("withdraw", "立即撤下一页或一个文件，旧版本里的也撤下，以后不再出现"),
            ("readmit", "允许撤下过的路径重新发布"),
            ("print", "显示合适的服务器或流水线设置：nginx、caddy、github、gitlab、gitee"),
            ("force", "要删除很多文件也照做"),
            ("adopt", "接管服务器上本机认不出的发布记录（对象存储、WebDAV）"),
            ("verify", "把服务器上的文件逐个读回来核对，与发布的不同就重新上传"),
            ("quiet", "只说问题"),
        ],
    ),
    (
        "rollback",
        "yicun rollback [选项] [TARGET]",
        "退回以前发布的版本",
        &[
            ("target", "site.toml 里的 [deploy.TARGET]（默认：唯一的那个）"),
            ("to", "退回到哪个版本（默认：上一个）"),
            ("dry_run", "只说会做什么，什么都不动"),
            ("adopt", "接管服务器上本机认不出的发布记录（对象存储、WebDAV）"),
        ],
    ),
    (
        "completions",
        "yicun completions [选项] <SHELL>",
        "输出命令行补全脚本",
        &[("shell", "bash、zsh、fish、powershell 或 elvish")],
    ),
];

/// The command with Chinese help.
pub(super) fn translate(command: Command) -> Command {
    let mut command = frame(command, "yicun [选项] [命令]")
        .about("一村：为乡镇党建示范点制作静态网站")
        .subcommand_help_heading("命令")
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help("显示版本")
                .help_heading("选项"),
        );
    for (id, words) in COMMON {
        command = command.mut_arg(id, |arg| arg.help(*words).help_heading("选项"));
    }
    for (name, usage, about, arguments) in PAGES {
        command = command.mut_subcommand(name, |inner| {
            let mut inner = frame(inner, usage).about(*about);
            for (id, words) in *arguments {
                inner = inner.mut_arg(id, |arg| {
                    let heading = if arg.is_positional() { "参数" } else { "选项" };
                    let defaults = !arg.get_default_values().is_empty();
                    let arg = arg.help(*words).help_heading(heading);
                    // The words say it, and clap would say it in English.
                    if defaults { arg.hide_default_value(true) } else { arg }
                });
            }
            inner
        });
    }
    command
}

fn frame(command: Command, usage: &'static str) -> Command {
    command.help_template(TEMPLATE).override_usage(usage).disable_help_flag(true).arg(
        Arg::new("help")
            .short('h')
            .long("help")
            .action(ArgAction::Help)
            .help("显示帮助")
            .help_heading("选项"),
    )
}

/// What was wrong with the arguments.
pub(super) fn usage_error(error: &clap::Error) -> String {
    let one = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(all)) => all.join("、"),
        Some(ContextValue::StyledStr(text)) => plain(text),
        Some(ContextValue::StyledStrs(all)) => all.iter().map(plain).collect::<Vec<_>>().join("、"),
        _ => String::new(),
    };
    let argument = one(ContextKind::InvalidArg);
    let value = one(ContextKind::InvalidValue);
    let mut text = match error.kind() {
        ErrorKind::UnknownArgument => format!("不认识的选项“{argument}”"),
        ErrorKind::InvalidSubcommand => format!("不认识的命令“{}”", one(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("还缺：{argument}"),
        ErrorKind::ArgumentConflict => format!("“{argument}”重复了，或不能和别的选项同用"),
        ErrorKind::InvalidValue if value.is_empty() => format!("“{argument}”后面要写一个值"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("“{argument}”不能是“{value}”"),
        _ => error.kind().to_string(),
    };
    let valid = one(ContextKind::ValidValue);
    if !valid.is_empty() {
        text.push_str(&format!("，可以是：{valid}"));
    }
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue] {
        let near = one(kind);
        if !near.is_empty() {
            text.push_str(&format!("，是不是“{near}”？"));
        }
    }
    format!("错误：{text}\n运行 yicun --help 查看用法。\n")
}

fn plain(text: &StyledStr) -> String {
    text.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Arguments;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_and_option_has_chinese_help() {
        let mut command = translate(Arguments::command());
        command.build();
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let mut all: Vec<&Command> = command.get_subcommands().collect();
        all.push(&command);
        for command in all {
            assert!(command.get_about().is_some_and(|text| han(&text.to_string())), "{}", command.get_name());
            for arg in command.get_arguments() {
                let id = arg.get_id();
                // Names of shells are the same in Chinese.
                assert!(
                    id == "shell" || arg.get_help().is_some_and(|text| han(&text.to_string())),
                    "{} {id}",
                    command.get_name()
                );
            }
        }
        command.debug_assert();
    }

    #[test]
    fn both_readmes_name_every_option() {
        let mut command = Arguments::command();
        command.build();
        let texts = [
            ("README.md", include_str!("../../README.md")),
            ("README.zh-CN.md", include_str!("../../README.zh-CN.md")),
        ];
        for command in command.get_subcommands() {
            for option in
                command.get_arguments().filter_map(clap::Arg::get_long).filter(|long| *long != "help")
            {
                for (name, text) in texts {
                    // A row names its options in the first column and its commands in the second.
                    let mut rows = text.lines().filter(|line| line.starts_with("| `-"));
                    let told = rows.any(|row| {
                        let columns: Vec<&str> = row.split(" | ").collect();
                        let all = ["all", "全部"].contains(&columns[1]);
                        columns[0].contains(&format!("`--{option}"))
                            && (all || columns[1].split(", ").any(|known| known == command.get_name()))
                    });
                    assert!(told, "{name} does not tell of {} --{option}", command.get_name());
                }
            }
        }
    }

    #[test]
    fn errors_are_told_in_chinese() {
        let error = |arguments: &[&str]| {
            usage_error(&translate(Arguments::command()).try_get_matches_from(arguments).unwrap_err())
        };
        assert!(error(&["yicun", "buidl"]).starts_with("错误：不认识的命令“buidl”，是不是“build”？"));
        assert!(
            error(&["yicun", "build", "--draft"])
                .starts_with("错误：不认识的选项“--draft”，是不是“--drafts”？")
        );
        assert!(error(&["yicun", "init"]).starts_with("错误：还缺：<DIR>"));
        assert!(error(&["yicun", "build", "--today", "x"]).starts_with("错误：“--today <DATE>”不能是“x”"));
    }
}
