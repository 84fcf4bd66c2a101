//! Running `ssh`, `rsync` and `sftp`, and what their complaints mean.

use crate::deploy::fault::Fault;
use crate::deploy::{program, retry::patiently};
use crate::digest::Digest;
use crate::files;
use crate::problem::Problem;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// How a machine is reached.
#[derive(Debug)]
pub struct Session {
    host: String,
    user: Option<String>,
    port: u32,
    path: String,
    identity: Option<PathBuf>,
    known_hosts: PathBuf,
    host_key: String,
    /// A folder of this machine for what is under way.
    pub(super) work: PathBuf,
    runs: AtomicU64,
}

/// A line for a file of known hosts.
pub fn known_host(host: &str, port: u32, key: &str) -> String {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    if port == 22 { format!("{plain} {key}\n") } else { format!("[{plain}]:{port} {key}\n") }
}

impl Session {
    /// Prepares: the pinned key is written where `ssh` reads it. `work` is a folder for what is under way.
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn new(
        host: &str,
        user: Option<&str>,
        port: u32,
        path: &str,
        host_key: &str,
        identity: Option<PathBuf>,
        work: &Path,
    ) -> Result<Session, Fault> {
        files::make_folder(work)?;
        let work = &files::resolve(work)?;
        let known_hosts = work.join("known_hosts");
        files::write_atomically(&known_hosts, known_host(host, port, host_key).as_bytes())?;
        Ok(Session {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            user: user.map(str::to_owned),
            port,
            path: path.trim_end_matches('/').to_owned(),
            identity,
            known_hosts,
            host_key: host_key.to_owned(),
            work: work.to_owned(),
            runs: AtomicU64::new(0),
        })
    }

    /// The machine's name.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The folder there.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// How many programs were run.
    pub(super) fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// `user@host`.
    pub(super) fn login(&self) -> String {
        match &self.user {
            Some(user) => format!("{user}@{}", self.host),
            None => self.host.clone(),
        }
    }

    /// The options of `ssh` and `sftp`, the port apart.
    pub(super) fn options(&self) -> Vec<String> {
        // A server may have keys of several types; without this it may show one that is not pinned.
        let algorithms = match self.host_key.split(' ').next().unwrap_or_default() {
            "ssh-rsa" => "rsa-sha2-512,rsa-sha2-256",
            other => other,
        };
        let mut options = vec![
            "BatchMode=yes".to_owned(),
            "StrictHostKeyChecking=yes".to_owned(),
            format!("UserKnownHostsFile=\"{}\"", self.known_hosts.display()),
            "GlobalKnownHostsFile=none".to_owned(),
            "UpdateHostKeys=no".to_owned(),
            format!("HostKeyAlgorithms={algorithms}"),
            "ConnectTimeout=15".to_owned(),
            "ServerAliveInterval=10".to_owned(),
            "ServerAliveCountMax=3".to_owned(),
            "LogLevel=ERROR".to_owned(),
        ];
        // One connection for all programs, where its socket's name is short enough for the system. Other settings get
        // another one: a connection that is open already would let a changed host key pass.
        let settings = format!("{:?} {} {} {:?}", self.login(), self.port, self.host_key, self.identity);
        let name: String = Digest::of(settings.as_bytes()).to_string().chars().take(8).collect();
        let socket = self.work.join(name);
        if cfg!(unix) && socket.as_os_str().len() < 80 && !socket.to_string_lossy().contains(['%', '"']) {
            options.push("ControlMaster=auto".to_owned());
            options.push(format!("ControlPath=\"{}\"", socket.display()));
            options.push("ControlPersist=10".to_owned());
        }
        if let Some(identity) = &self.identity {
            options.push(format!("IdentityFile=\"{}\"", identity.display()));
            options.push("IdentitiesOnly=yes".to_owned());
        }
        options.into_iter().flat_map(|option| ["-o".to_owned(), option]).collect()
    }

    /// The port.
    pub(super) fn port(&self) -> String {
        self.port.to_string()
    }

    /// Runs a script in the machine's shell and gives its output; tries again while that may help.
    pub(super) fn shell(&self, script: &str, input: &[u8]) -> Result<Vec<u8>, Fault> {
        patiently(script, || {
            let output = self.ssh(script, input)?;
            if output.status.success() { Ok(output.stdout) } else { Err(self.fault("ssh", &output)) }
        })
    }

    fn ssh(&self, script: &str, input: &[u8]) -> Result<Output, Fault> {
        let mut command = Command::new("ssh");
        command.args(self.options()).args(["-p", &self.port(), "-T", "--", &self.login(), script]);
        self.run(command, input)
    }

    /// Whether there is a shell, and rsync on both sides.
    pub(super) fn has_rsync(&self) -> Result<bool, Fault> {
        let here =
            Command::new("rsync").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !here.is_ok_and(|status| status.success()) {
            return Ok(false);
        }
        patiently("rsync", || {
            let output = self.ssh("command -v rsync >/dev/null && echo yicun-rsync", b"")?;
            // 255 is ssh's own: no connection. Everything else is an answer.
            if output.status.code() == Some(255) {
                return Err(self.fault("ssh", &output));
            }
            Ok(output.stdout == b"yicun-rsync\n")
        })
    }

    /// Runs a program to its end.
    pub(super) fn run(&self, command: Command, input: &[u8]) -> Result<Output, Fault> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        program::run(command, input)
    }

    /// What a program's failure means.
    pub(super) fn fault(&self, program: &str, output: &Output) -> Fault {
        let said = String::from_utf8_lossy(&output.stderr);
        let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
        let last: String = said
            .lines()
            .rfind(|line| !line.trim().is_empty())
            .unwrap_or_default()
            .trim()
            .chars()
            .take(300)
            .collect();
        let lasting = |problem: Problem| Fault::lasting(problem.arg("host", &self.host).arg("error", &last));
        if has(&[
            "Host key verification failed",
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
            "no matching host key",
        ]) {
            lasting(Problem::new("deploy-host-key"))
        } else if has(&["Permission denied (", "Too many authentication failures"]) {
            lasting(Problem::new("deploy-login"))
        } else if has(&["No space left", "Disk quota", "disk full"]) {
            lasting(Problem::new("deploy-host-full"))
        } else if has(&["Permission denied", "Read-only file system", "Operation not permitted"]) {
            lasting(Problem::new("deploy-host-refuses"))
        } else if has(&["Could not resolve", "Name or service not known"]) {
            lasting(Problem::new("deploy-host-unknown"))
        } else {
            let code = output.status.code().map_or_else(|| "-".to_owned(), |code| code.to_string());
            let problem = Problem::new("deploy-program-failed").arg("program", program).arg("code", code);
            let problem = problem.arg("host", &self.host).arg("error", &last);
            // ssh: 255; rsync: 10, 12, 30, 35 are connections. `sftp` says 255 or 1 when it is cut off.
            let cut = matches!(output.status.code(), None | Some(255 | 10 | 12 | 30 | 35))
                || has(&["Connection", "Broken pipe", "lost connection", "Timeout"]);
            if cut { Fault::passing(problem) } else { Fault::lasting(problem) }
        }
    }
}
