//! The arguments, as clap reads them; the Chinese words for them stand in `chinese`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use std::path::PathBuf;

/// Makes static sites for township Party-building showcases.
#[derive(Debug, Parser)]
#[command(name = "yicun", version, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// The site's folder (default: this folder, or the nearest above it with a site.toml)
    #[arg(long, global = true, value_name = "DIR", display_order = 100)]
    pub(super) root: Option<PathBuf>,
    /// Language of messages: zh or en
    #[arg(long, global = true, value_name = "LANG", hide_possible_values = true, display_order = 100)]
    pub(super) lang: Option<LangArg>,
    /// Build as of this day (YYYY-MM-DD)
    #[arg(long, global = true, value_name = "DATE", display_order = 100)]
    pub(super) today: Option<Date>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LangArg {
    Zh,
    En,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start a new site in an empty folder
    Init(Init),
    /// Write a new page, with its fields explained
    New(New),
    /// Build the site
    Build(Build),
    /// Preview the site in a browser, rebuilding at each change
    Serve(Serve),
    /// Build the site and put it where readers find it
    Deploy(Deploy),
    /// Show an older release again
    Rollback(Rollback),
    /// Print completions for a shell
    Completions(Completions),
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder of the new site
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// What it is: news, village, 工作动态, 示范村 …
    #[arg(value_name = "KIND")]
    pub(super) kind: String,
    /// Its title
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// Day of the page (default: today)
    #[arg(long, value_name = "DATE")]
    pub(super) date: Option<Date>,
    /// Folder below that of the kind
    #[arg(long, value_name = "FOLDER")]
    pub(super) section: Option<String>,
    /// Name in addresses, instead of one made of NAME
    #[arg(long, value_name = "SLUG")]
    pub(super) slug: Option<String>,
    /// Language of the page, one of the site's
    #[arg(long, value_name = "TAG")]
    pub(super) language: Option<String>,
    /// Give the page a folder of its own, for pictures and files
    #[arg(long, conflicts_with = "flat")]
    pub(super) folder: bool,
    /// Write one file, without a folder
    #[arg(long)]
    pub(super) flat: bool,
    /// Mark it as a draft
    #[arg(long)]
    pub(super) draft: bool,
    /// Print the page, write nothing
    #[arg(long)]
    pub(super) print: bool,
}

#[derive(Debug, Args)]
pub(super) struct Build {
    /// Where the site is written (default: public in the site's folder)
    #[arg(long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Address of the finished site, instead of base_url in site.toml
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Publish drafts too
    #[arg(long)]
    pub(super) drafts: bool,
    /// Publish pages of later days too
    #[arg(long)]
    pub(super) future: bool,
    /// Write links for reading from a disk, without a server
    #[arg(long)]
    pub(super) offline: bool,
    /// Let warnings count as errors
    #[arg(long)]
    pub(super) strict: bool,
    /// Say why an output was rendered: its path, its address, or the file it comes from
    #[arg(long, value_name = "PATH")]
    pub(super) explain: Option<String>,
    /// Afterwards build once more from nothing and compare
    #[arg(long)]
    pub(super) verify: bool,
    /// Say only what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Port; the next free one if it is taken
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    pub(super) port: u16,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1", value_name = "HOST")]
    pub(super) host: String,
    /// Open the browser
    #[arg(long)]
    pub(super) open: bool,
    /// Let phones and computers in the local network see it, with a QR code
    #[arg(long, conflicts_with = "host")]
    pub(super) lan: bool,
    /// Look for changes every second: for folders of which the system tells nothing (WSL /mnt, Docker, network drives)
    #[arg(long)]
    pub(super) poll: bool,
}

impl Default for Serve {
    fn default() -> Self {
        Serve { port: 8080, host: "127.0.0.1".to_owned(), open: true, lan: false, poll: false }
    }
}

#[derive(Debug, Args)]
pub(super) struct Deploy {
    /// A target of site.toml: [deploy.TARGET] (default: the only one)
    #[arg(value_name = "TARGET")]
    pub(super) target: Option<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// List the releases there
    #[arg(long, conflicts_with_all = ["dry_run", "withdraw"])]
    pub(super) list: bool,
    /// Take down a page or a file at once and for good, from kept releases too
    #[arg(long, value_name = "PATH")]
    pub(super) withdraw: Option<String>,
    /// Let a withdrawn path be published again
    #[arg(long, value_name = "PATH")]
    pub(super) readmit: Vec<String>,
    /// Print settings that fit the site: nginx, caddy, github, gitlab or gitee
    #[arg(long, value_name = "WHAT", hide_possible_values = true)]
    pub(super) print: Option<SnippetArg>,
    /// Deploy even if much would be removed
    #[arg(long)]
    pub(super) force: bool,
    /// Take over notes on the host that this machine cannot know to be ours (S3, WebDAV)
    #[arg(long)]
    pub(super) adopt: bool,
    /// Read every file back from the host, and put again what is not as it was deployed
    #[arg(long, conflicts_with_all = ["list", "withdraw"])]
    pub(super) verify: bool,
    /// Say only what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SnippetArg {
    Nginx,
    Caddy,
    #[value(name = "github")]
    GitHub,
    #[value(name = "gitlab")]
    GitLab,
    Gitee,
}

#[derive(Debug, Args)]
pub(super) struct Rollback {
    /// A target of site.toml: [deploy.TARGET] (default: the only one)
    #[arg(value_name = "TARGET")]
    pub(super) target: Option<String>,
    /// The release to show (default: the one before)
    #[arg(long, value_name = "RELEASE")]
    pub(super) to: Option<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Take over notes on the host that this machine cannot know to be ours (S3, WebDAV)
    #[arg(long)]
    pub(super) adopt: bool,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub(super) shell: clap_complete::Shell,
}
