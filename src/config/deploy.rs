//! `[deploy.<name>]`: where a finished site goes.
//!
//! In comes what was typed, out come [`Deploy`]s in which every setting has a value. Secrets have no place here: they
//! come from the environment or from a file that only its owner can read.

use super::FILE;
use super::reader::{Fields, Key, Reader, Typed};
use super::resolve::web;
use crate::problem::{Place, Problem};
use std::ops::Range;

pub(super) const DEPLOY: &[Key] = &[
    ("kind", &["类型", "方式"]),
    ("path", &["路径", "文件夹"]),
    ("host", &["主机", "服务器"]),
    ("user", &["用户"]),
    ("port", &["端口"]),
    ("host_key", &["主机公钥"]),
    ("identity", &["私钥文件"]),
    ("transport", &["传输"]),
    ("preset", &["服务商"]),
    ("endpoint", &["接入点"]),
    ("region", &["地域"]),
    ("bucket", &["存储桶"]),
    ("prefix", &["前缀"]),
    ("path_style", &["路径式"]),
    ("url", &["链接", "网址"]),
    ("repository", &["仓库"]),
    ("branch", &["分支"]),
    ("address", &["访问地址"]),
    ("credentials", &["凭据文件"]),
    ("keep", &["保留版本"]),
    ("compress", &["压缩"]),
    ("max_delete", &["最多删除"]),
    ("max_delete_percent", &["最多删除百分比"]),
    ("parallel", &["并发"]),
];

/// What each kind asks for, and what it may say besides the settings of all kinds.
const KINDS: &[(&str, &[&str], &[&str])] = &[
    ("folder", &["path"], &["compress"]),
    ("ssh", &["host", "path", "host_key"], &["user", "port", "identity", "transport", "compress"]),
    ("git", &["repository"], &["branch", "host_key", "identity"]),
    ("s3", &["bucket"], &["preset", "endpoint", "region", "prefix", "path_style", "parallel"]),
    ("webdav", &["url"], &["parallel"]),
];
const COMMON: &[&str] = &["kind", "address", "credentials", "keep", "max_delete", "max_delete_percent"];

/// One place where the site is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deploy {
    /// Its name in `site.toml`.
    pub name: String,
    /// What it is and where.
    pub target: Target,
    /// Where readers find it, to be looked at after a deploy.
    pub address: Option<String>,
    /// A file of the site's folder with the secrets, readable by its owner alone.
    pub credentials: Option<String>,
    /// How many releases are kept.
    pub keep: u32,
    /// Whether `.gz` and `.br` lie beside what compresses well.
    pub compress: bool,
    /// More deletions than this are refused.
    pub max_delete: u32,
    /// More deletions than this part of the published files are refused.
    pub max_delete_percent: u32,
    /// Requests at a time.
    pub parallel: u32,
}

/// What a target is and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A folder of this machine, a drive, a stick.
    Folder {
        /// Its path; relative to the site's folder.
        path: String,
    },
    /// A folder of another machine, over SSH.
    Ssh {
        /// Name or address of the machine.
        host: String,
        /// Who to be there.
        user: Option<String>,
        /// Its port.
        port: u32,
        /// The folder there.
        path: String,
        /// The public key that it must show: `ssh-ed25519 AAAA…`.
        host_key: String,
        /// The private key to use, in a file.
        identity: Option<String>,
        /// What carries the files.
        transport: Transport,
    },
    /// A branch of a Git repository.
    Git {
        /// Its address: `file://…`, `ssh://…`, `git@…`, `https://…`.
        repository: String,
        /// The branch.
        branch: String,
        /// The public key that an SSH host must show.
        host_key: Option<String>,
        /// The private key to use, in a file.
        identity: Option<String>,
    },
    /// A bucket behind an interface like that of S3.
    S3 {
        /// `https://host`, without the bucket.
        endpoint: String,
        /// The region that signatures name.
        region: String,
        /// The bucket.
        bucket: String,
        /// What all keys begin with; empty or ending with a slash.
        prefix: String,
        /// Whether the bucket stands in the path, not in the host name.
        path_style: bool,
    },
    /// A folder of a WebDAV server.
    WebDav {
        /// Its address, without a slash at the end.
        url: String,
    },
}

/// What carries files over SSH.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// rsync where both sides have it and there is a shell, SFTP otherwise.
    Auto,
    /// rsync.
    Rsync,
    /// SFTP alone: no shell is needed there.
    Sftp,
}

/// `[deploy.<name>]` as it was typed.
#[derive(Debug)]
pub(super) struct DeployToml {
    name: Typed<String>,
    texts: Vec<(&'static str, Typed<String>)>,
    given: Vec<(&'static str, Range<usize>)>,
    port: Option<u32>,
    keep: Option<u32>,
    max_delete: Option<u32>,
    max_delete_percent: Option<u32>,
    parallel: Option<u32>,
    path_style: Option<bool>,
    compress: Option<bool>,
}

/// Reads the tables below `[deploy]`.
pub(super) fn read(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<DeployToml> {
    let Some(table) = reader.table(fields, "deploy") else { return Vec::new() };
    let mut all = Vec::new();
    for (name, span, own) in reader.named_tables(table) {
        let own = reader.fields(own, DEPLOY);
        let numbers =
            ["port", "keep", "max_delete", "max_delete_percent", "parallel", "path_style", "compress"];
        let texts = DEPLOY.iter().filter(|(key, _)| !numbers.contains(key));
        all.push(DeployToml {
            name: Typed { value: name, span },
            texts: texts.filter_map(|(key, _)| Some((*key, reader.text(&own, key)?))).collect(),
            given: own.iter().map(|(key, value)| (*key, value.span())).collect(),
            port: reader.number(&own, "port", 1..=65535),
            keep: reader.number(&own, "keep", 1..=100),
            max_delete: reader.number(&own, "max_delete", 0..=1_000_000),
            max_delete_percent: reader.number(&own, "max_delete_percent", 0..=100),
            parallel: reader.number(&own, "parallel", 1..=64),
            path_style: reader.flag(&own, "path_style"),
            compress: reader.flag(&own, "compress"),
        });
    }
    all
}

/// Fills in the defaults; a target that cannot be used is told and left out.
pub(super) fn resolve(typed: Vec<DeployToml>, text: &str, problems: &mut Vec<Problem>) -> Vec<Deploy> {
    typed.into_iter().filter_map(|typed| Check { text, problems, typed: &typed }.resolve()).collect()
}

struct Check<'a> {
    text: &'a str,
    problems: &'a mut Vec<Problem>,
    typed: &'a DeployToml,
}

impl Check<'_> {
    fn resolve(&mut self) -> Option<Deploy> {
        let before = self.problems.len();
        let typed = self.typed;
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if typed.name.value.is_empty() || !typed.name.value.chars().all(plain) {
            self.tell(Problem::new("config-deploy-name").arg("value", &typed.name.value), &typed.name.span);
        }
        let kinds = KINDS.iter().map(|(kind, ..)| *kind);
        let kind = self.text("kind").map(|kind| kind.value.clone()).unwrap_or_default();
        let Some((kind, needed, allowed)) = KINDS.iter().find(|(known, ..)| *known == kind) else {
            let problem = Problem::new("config-deploy-kind")
                .arg("value", &kind)
                .arg("known", kinds.clone().collect::<Vec<_>>().join(", "))
                .suggest(&kind, kinds);
            let span = self.text("kind").map_or_else(|| typed.name.span.clone(), |kind| kind.span.clone());
            self.tell(problem, &span);
            return None;
        };
        for key in *needed {
            if self.text(key).is_none() {
                let problem = Problem::new("config-deploy-missing").arg("key", key).arg("kind", kind);
                self.tell(problem, &typed.name.span);
            }
        }
        for (key, span) in &typed.given {
            if ![*needed, *allowed, COMMON].concat().contains(key) {
                self.tell(Problem::new("config-deploy-unfit").arg("key", key).arg("kind", kind), span);
            }
        }
        let target = self.target(kind);
        let address = self.address("address");
        let deploy = Deploy {
            name: typed.name.value.clone(),
            target: target?,
            address,
            credentials: self.value("credentials"),
            keep: typed.keep.unwrap_or(5),
            compress: typed.compress.unwrap_or(*kind == "ssh"),
            max_delete: typed.max_delete.unwrap_or(500),
            max_delete_percent: typed.max_delete_percent.unwrap_or(30),
            parallel: typed.parallel.unwrap_or(8),
        };
        (self.problems.len() == before).then_some(deploy)
    }

    fn target(&mut self, kind: &str) -> Option<Target> {
        match kind {
            "folder" => Some(Target::Folder { path: self.value("path")? }),
            "ssh" => Some(Target::Ssh {
                host: self.word("host")?,
                user: self.word("user"),
                port: self.typed.port.unwrap_or(22),
                path: self.value("path")?,
                host_key: self.host_key()?,
                identity: self.value("identity"),
                transport: self.transport(),
            }),
            "git" => Some(Target::Git {
                repository: self.repository()?,
                branch: self.word("branch").unwrap_or_else(|| "gh-pages".to_owned()),
                host_key: self.text("host_key").is_some().then(|| self.host_key()).flatten(),
                identity: self.value("identity"),
            }),
            "s3" => self.s3(),
            "webdav" => Some(Target::WebDav { url: self.address("url")? }),
            _ => None,
        }
    }

    fn s3(&mut self) -> Option<Target> {
        let region = self.word("region");
        let preset = self.value("preset").unwrap_or_else(|| "s3".to_owned());
        let of = |host: &str| region.as_ref().map(|region| host.replace("{}", region));
        let (endpoint, region) = match preset.as_str() {
            "oss" => {
                (of("https://s3.oss-{}.aliyuncs.com"), region.clone().map(|region| format!("oss-{region}")))
            }
            "cos" => (of("https://cos.{}.myqcloud.com"), region.clone()),
            "obs" => (of("https://obs.{}.myhuaweicloud.com"), region.clone()),
            "s3" => {
                (of("https://s3.{}.amazonaws.com"), Some(region.clone().unwrap_or("us-east-1".to_owned())))
            }
            _ => {
                let span = self.text("preset")?.span.clone();
                let known = ["oss", "cos", "obs", "s3"];
                let problem =
                    Problem::new("config-deploy-preset").arg("value", &preset).suggest(&preset, known);
                self.tell(problem, &span);
                return None;
            }
        };
        let named = region.is_some();
        let given = self.text("endpoint").is_some();
        let endpoint = if given { self.address("endpoint") } else { endpoint };
        let (Some(endpoint), Some(region)) = (endpoint, region) else {
            if !given || !named {
                let key = if preset == "s3" { "endpoint" } else { "region" };
                let span = self.typed.name.span.clone();
                self.tell(Problem::new("config-deploy-missing").arg("key", key).arg("kind", preset), &span);
            }
            return None;
        };
        let prefix = self.value("prefix").unwrap_or_default();
        let prefix = prefix.trim_matches('/');
        let unfit = prefix.split('/').any(|part| part == "." || part == ".." || part.contains('\\'));
        if unfit || (!prefix.is_empty() && prefix.split('/').any(str::is_empty)) {
            self.refuse("prefix");
            return None;
        }
        Some(Target::S3 {
            endpoint,
            region,
            bucket: self.word("bucket")?,
            prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
            path_style: self.typed.path_style.unwrap_or(preset == "s3" && given),
        })
    }

    fn transport(&mut self) -> Transport {
        match self.value("transport").as_deref() {
            None | Some("auto") => Transport::Auto,
            Some("rsync") => Transport::Rsync,
            Some("sftp") => Transport::Sftp,
            Some(_) => {
                self.refuse("transport");
                Transport::Auto
            }
        }
    }

    /// `ssh-ed25519 AAAA…`, and nothing that could add a second line to a file of known hosts.
    fn host_key(&mut self) -> Option<String> {
        let key = self.value("host_key")?;
        let mut parts = key.split_whitespace();
        let (kind, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let fits = |text: &str, more: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        if fits(kind, "-@.") && fits(body, "+/=") {
            return Some(format!("{kind} {body}"));
        }
        self.refuse("host_key");
        None
    }

    fn repository(&mut self) -> Option<String> {
        let repository = self.value("repository")?;
        let password = repository.split_once("://").is_some_and(|(scheme, rest)| {
            let user = rest.split('/').next().unwrap_or_default().split_once('@').map(|(user, _)| user);
            scheme.starts_with("http") && user.is_some() || user.is_some_and(|user| user.contains(':'))
        });
        // A leading dash would be an option of git, and `ext::` a command.
        if password
            || repository.starts_with('-')
            || repository.contains("::")
            || repository.contains(char::is_control)
        {
            self.refuse("repository");
            return None;
        }
        Some(repository)
    }

    /// `http://…` or `https://…` without a name and a password in it.
    fn address(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        let host = value.split_once("://").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
        if !web(&value) || host.contains('@') || value.contains(['?', '#']) {
            self.refuse(key);
            return None;
        }
        Some(value.trim_end_matches('/').to_owned())
    }

    /// A word that no program takes for an option or for two words.
    fn word(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        let fits = |c: char| c.is_alphanumeric() || "-_.:/[]".contains(c);
        if value.starts_with('-') || value.contains("..") || !value.chars().all(fits) {
            self.refuse(key);
            return None;
        }
        Some(value)
    }

    fn text(&self, key: &str) -> Option<&Typed<String>> {
        self.typed.texts.iter().find(|(known, _)| *known == key).map(|(_, typed)| typed)
    }

    fn value(&self, key: &str) -> Option<String> {
        self.text(key).map(|typed| typed.value.clone())
    }

    fn refuse(&mut self, key: &str) {
        if let Some(span) = self.text(key).map(|typed| typed.span.clone()) {
            self.tell(Problem::new("config-deploy-value").arg("key", key), &span);
        }
    }

    fn tell(&mut self, problem: Problem, span: &Range<usize>) {
        self.problems.push(problem.at(Place::of(FILE, self.text, span.clone())));
    }
}
