//! Running `git`: the few commands that a deploy needs, without a work tree, without the user's settings in the way.

use crate::deploy::fault::Fault;
use crate::deploy::host::ssh::known_host;
use crate::deploy::index::manifest_key;
use crate::deploy::manifest::LARGEST;
use crate::deploy::{program, retry::patiently};
use crate::files;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU64, Ordering};

/// How an SSH host is reached, when it is to be pinned.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// The public key that it must show.
    pub host_key: Option<String>,
    /// The private key to use.
    pub identity: Option<PathBuf>,
}

/// A branch of a repository elsewhere, and a bare one here to work in.
#[derive(Debug)]
pub struct Repository {
    url: String,
    branch: String,
    folder: PathBuf,
    ssh: Option<String>,
    runs: AtomicU64,
}

const REF: &str = "refs/yicun/live";

impl Repository {
    /// Prepares the local repository in `work`.
    ///
    /// # Errors
    /// `git` is missing, or the disk refuses.
    pub fn open(url: &str, branch: &str, reach: &Reach, work: &Path) -> Result<Repository, Fault> {
        let work = files::resolve(work)?;
        let folder = work.join("git");
        let mut repository = Repository {
            url: url.to_owned(),
            branch: branch.to_owned(),
            folder,
            ssh: None,
            runs: AtomicU64::new(0),
        };
        repository.ssh = repository.ssh(reach, &work)?;
        // A killed `git` leaves its locks; nobody else works here, and all of it can be fetched again.
        if !files::list(&repository.folder)?.is_empty()
            && repository.run(&["rev-parse", "--git-dir"], b"").is_err()
        {
            files::remove_tree(&repository.folder)?;
        }
        for lock in ["index.lock", "shallow.lock", "packed-refs.lock", "config.lock", "refs/yicun/live.lock"]
        {
            files::remove_file(&repository.folder.join(lock))?;
        }
        if files::list(&repository.folder)?.is_empty() {
            files::make_folder(&repository.folder)?;
            repository.run(&["init", "--quiet", "--bare"], b"")?;
        }
        Ok(repository)
    }

    /// The command for SSH, with the pinned key.
    fn ssh(&self, reach: &Reach, work: &Path) -> Result<Option<String>, Fault> {
        let quoted = |path: &Path| format!("'{}'", path.to_string_lossy().replace('\'', "'\\''"));
        let mut command = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes".to_owned();
        if let Some(key) = &reach.host_key {
            let (host, port) = address(&self.url);
            let file = work.join("known_hosts");
            files::write_atomically(&file, known_host(&host, port, key).as_bytes())?;
            _ = write!(command, " -o GlobalKnownHostsFile=none -o UserKnownHostsFile={}", quoted(&file));
            let kind = key.split(' ').next().unwrap_or_default();
            let kind = if kind == "ssh-rsa" { "rsa-sha2-512,rsa-sha2-256" } else { kind };
            _ = write!(command, " -o HostKeyAlgorithms={kind}");
        }
        if let Some(identity) = &reach.identity {
            _ = write!(command, " -o IdentitiesOnly=yes -i {}", quoted(identity));
        }
        Ok(Some(command))
    }

    /// Runs `git` and gives its output.
    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Fault> {
        let output = self.output(arguments, input)?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.fault(&output)) }
    }

    fn output(&self, arguments: &[&str], input: &[u8]) -> Result<Output, Fault> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(&self.folder).args(arguments).env("GIT_TERMINAL_PROMPT", "0");
        command.env("GIT_INDEX_FILE", self.folder.join("index"));
        // Hooks and settings of another repository, if this runs inside one.
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"]
            .iter()
            .for_each(|name| _ = command.env_remove(name));
        if let Some(ssh) = &self.ssh {
            command.env("GIT_SSH_COMMAND", ssh);
        }
        program::run(command, input)
    }

    fn fault(&self, output: &Output) -> Fault {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
        let line = said.lines().rev().find(|line| line.starts_with("fatal") || line.starts_with("error"));
        // What the other side says goes before what git makes of it: why a hook refuses, which limit was passed.
        let told: Vec<&str> =
            said.lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim).collect();
        let told = told.iter().filter(|line| !line.is_empty()).copied().collect::<Vec<_>>().join(" ");
        let line =
            if told.is_empty() { line.or_else(|| said.lines().last()).unwrap_or_default() } else { &told };
        let line: String = line.chars().filter(|c| !c.is_control()).take(300).collect();
        let with = |problem: Problem| problem.arg("host", &self.url).arg("error", &line);
        if has(&["Host key verification failed", "REMOTE HOST IDENTIFICATION"]) {
            Fault::lasting(with(Problem::new("deploy-host-key")))
        } else if has(&[
            "Permission denied (",
            "Authentication failed",
            "could not read Username",
            "terminal prompts disabled",
            "error: 403",
        ]) {
            Fault::lasting(with(Problem::new("deploy-login")))
        } else if has(&["No space left", "Disk quota"]) {
            Fault::lasting(with(Problem::new("deploy-host-full")))
        } else if has(&["stale info", "non-fast-forward", "fetch first", "cannot lock ref"]) {
            Fault::lasting(with(Problem::new("deploy-branch-moved")))
        } else if has(&["[remote rejected]", "hook declined"]) {
            Fault::lasting(with(Problem::new("deploy-push-refused")))
        } else if has(&["does not appear to be a git repository", "not found", "does not exist"]) {
            Fault::lasting(with(Problem::new("deploy-no-repository")))
        } else {
            let code = output.status.code().map_or_else(|| "-".to_owned(), |code| code.to_string());
            let problem = with(Problem::new("deploy-program-failed").arg("program", "git").arg("code", code));
            let cut = has(&[
                "Connection",
                "hung up",
                "early EOF",
                "timed out",
                "Broken pipe",
                "HTTP 5",
                "unexpected disconnect",
            ]);
            if cut { Fault::passing(problem) } else { Fault::lasting(problem) }
        }
    }

    /// How many programs were run.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    fn text(&self, arguments: &[&str], input: &[u8]) -> Result<String, Fault> {
        Ok(String::from_utf8_lossy(&self.run(arguments, input)?).trim().to_owned())
    }

    /// Brings the branch here; its commit, or none when there is no such branch.
    pub(super) fn fetch(&self) -> Result<Option<String>, Fault> {
        let name = format!("refs/heads/{}", self.branch);
        let listed = patiently("ls-remote", || self.text(&["ls-remote", "--", &self.url, &name], b""))?;
        if listed.is_empty() {
            return Ok(None);
        }
        let to = format!("+{name}:{REF}");
        patiently("fetch", || self.run(&["fetch", "--quiet", "--no-tags", "--", &self.url, &to], b""))?;
        self.text(&["rev-parse", "--verify", &format!("{REF}^{{commit}}")], b"").map(Some)
    }

    /// A file of a commit.
    pub(super) fn show(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        match self.blob_of(commit, path)? {
            Some(blob) => {
                // A note that is too large is read as an empty one, which is none of ours.
                let size = self.text(&["cat-file", "-s", &blob], b"")?.parse().unwrap_or(u64::MAX);
                if size > LARGEST {
                    Ok(Some(Vec::new()))
                } else {
                    self.run(&["cat-file", "blob", &blob], b"").map(Some)
                }
            }
            None => Ok(None),
        }
    }

    /// The name of a file's bytes in a commit.
    fn blob_of(&self, commit: &str, path: &str) -> Result<Option<String>, Fault> {
        let out = self.output(&["rev-parse", "--quiet", "--verify", &format!("{commit}:{path}")], b"")?;
        Ok(out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned()))
    }

    /// All files of a commit: path and the name of its bytes.
    pub(super) fn files(&self, commit: &str) -> Result<BTreeMap<String, String>, Fault> {
        let out = self.run(&["ls-tree", "-r", "-z", commit], b"")?;
        let text = String::from_utf8_lossy(&out);
        let line = |line: &str| {
            let (head, path) = line.split_once('\t')?;
            Some((path.to_owned(), head.rsplit(' ').next()?.to_owned()))
        };
        Ok(text.split('\0').filter_map(line).collect())
    }

    /// The newest commit that shows a release, and its manifest there.
    pub(super) fn release(&self, head: &str, id: &str) -> Result<Option<(String, Vec<u8>)>, Fault> {
        let key = manifest_key(id);
        let commits = self.text(&["rev-list", head, "--", &key], b"")?;
        for commit in commits.lines() {
            if let Some(bytes) = self.show(commit, &key)? {
                return Ok(Some((commit.to_owned(), bytes)));
            }
        }
        Ok(None)
    }

    /// Begins with the files of a commit, or with none.
    pub(super) fn begin(&self, commit: Option<&str>) -> Result<(), Fault> {
        self.run(&["read-tree", commit.unwrap_or("--empty")], b"").map(|_| ())
    }

    /// Keeps bytes and names them.
    pub(super) fn blob(&self, bytes: &[u8]) -> Result<String, Fault> {
        self.text(&["hash-object", "-w", "--stdin", "--no-filters"], bytes)
    }

    /// Keeps the bytes of files and names them, in order.
    pub(super) fn blobs(&self, paths: &[PathBuf]) -> Result<Vec<String>, Fault> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let list: String = paths.iter().map(|path| format!("{}\n", path.to_string_lossy())).collect();
        let out = self.text(&["hash-object", "-w", "--no-filters", "--stdin-paths"], list.as_bytes())?;
        Ok(out.lines().map(str::to_owned).collect())
    }

    /// Puts files at paths, or removes them.
    pub(super) fn update(&self, lines: &[(String, Option<String>)]) -> Result<(), Fault> {
        // Removals first: a file may give way to a folder of its name.
        let mut input = Vec::new();
        for (path, _) in lines.iter().filter(|(_, blob)| blob.is_none()) {
            input.extend_from_slice(format!("0 {}\t{path}\0", "0".repeat(40)).as_bytes());
        }
        for (path, blob) in lines {
            if let Some(blob) = blob {
                input.extend_from_slice(format!("100644 {blob}\t{path}\0").as_bytes());
            }
        }
        self.run(&["update-index", "-z", "--index-info"], &input).map(|_| ())
    }

    /// A commit of the files at hand.
    pub(super) fn commit(&self, parents: &[&str], message: &str, by: &str) -> Result<String, Fault> {
        let tree = self.text(&["write-tree"], b"")?;
        let name = format!("user.name={by}");
        let mut arguments = vec!["-c", &name, "-c", "user.email=yicun@localhost", "commit-tree", &tree];
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        self.text(&arguments, message.as_bytes())
    }

    /// Shows a commit, unless the branch is no longer at `old`.
    pub(super) fn push(&self, commit: &str, old: Option<&str>) -> Result<(), Fault> {
        let name = format!("refs/heads/{}", self.branch);
        let lease = format!("--force-with-lease={name}:{}", old.unwrap_or_default());
        let what = format!("{commit}:{name}");
        patiently("push", || {
            let pushed = self.run(&["push", "--quiet", &lease, "--", &self.url, &what], b"");
            match pushed {
                // A try whose answer was lost may have worked.
                Err(fault) => {
                    let there = self.text(&["ls-remote", "--", &self.url, &name], b"").unwrap_or_default();
                    if there.starts_with(commit) { Ok(()) } else { Err(fault) }
                }
                Ok(_) => Ok(()),
            }
        })
    }
}

/// Host and port of a repository's address.
fn address(url: &str) -> (String, u32) {
    let (rest, scheme) = match url.split_once("://") {
        Some((_, rest)) => (rest.split('/').next().unwrap_or_default(), true),
        None => (url.split(':').next().unwrap_or_default(), false),
    };
    let host = rest.rsplit('@').next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((host, port)) if scheme && !port.contains(']') => (host.to_owned(), port.parse().unwrap_or(22)),
        _ => (host.to_owned(), 22),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn hosts_are_read_from_addresses() {
        for (url, host, port) in [
            ("git@gitee.com:a/b.git", "gitee.com", 22),
            ("ssh://git@example.org:2222/a.git", "example.org", 2222),
            ("ssh://[::1]:22/a", "[::1]", 22),
        ] {
            assert_eq!(address(url), (host.to_owned(), port), "{url}");
        }
    }
}
