//! Putting a finished site somewhere: the whole site or the old site, never half of either.
//!
//! On top of `build`. Manifests, plans and their checks are pure; a host is a small trait with honest abilities
//! ([`host::Host`]); `engine` holds the order in which notes are read, the plan is checked and steps are done. Clock,
//! environment and terminal belong to the caller.

pub mod engine;
pub mod fault;
pub mod git;
pub mod headers;
pub mod host;
pub mod index;
pub mod manifest;
mod pack;
pub mod plan;
mod program;
mod retry;
pub mod seal;
mod secrets;
pub mod snippets;
pub mod stop;
pub mod tree;
mod verify;

use crate::config::{Deploy, Target};
use crate::digest::Digester;
use crate::files::{self, Lock};
use crate::problem::Problem;
use engine::{Ask, Lease, Outcome};
use fault::Fault;
use host::Host;
use host::folder::Folder;
use host::http::Trust;
use host::s3::{Bucket, S3};
use host::ssh::Session;
use host::webdav::WebDav;
use index::Release;
use seal::Seal;
use secrets::Secrets;
use std::path::{Path, PathBuf};
use tree::Tree;

/// What a deploy needs of the world.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The site's folder.
    pub root: &'a Path,
    /// The clock.
    pub now: &'a (dyn Fn() -> jiff::Timestamp + Sync),
    /// The environment.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// Who deploys, in words.
    pub by: &'a str,
}

/// A target made ready: nobody else of this site folder works on it.
pub struct Ready<'a> {
    /// The place.
    pub place: Place<'a>,
    /// What keeps others out.
    pub lease: Lease<'a>,
    /// Whether packed forms lie beside files.
    pub packed: bool,
    /// Where readers find it, if that is to be looked at.
    pub address: Option<String>,
    /// A folder for what is worth keeping of this target.
    pub work: PathBuf,
    trust: Trust,
    _lock: Lock,
}

/// What a target is to the program: something that holds files, or a branch that is pushed.
pub enum Place<'a> {
    /// A host.
    Host(Box<dyn Host + 'a>),
    /// A branch of a Git repository.
    Branch(git::Branch),
}

impl Ready<'_> {
    /// Puts the build in a folder on the target.
    ///
    /// # Errors
    /// A build that is not whole, a refused plan, a place that cannot be reached or refuses.
    pub fn deploy(&self, output: &Path, ask: &Ask) -> Result<Outcome, Vec<Fault>> {
        let tree = Tree::read(output, self.packed)?;
        let mut outcome = match &self.place {
            Place::Host(host) => engine::deploy(&**host, &tree, ask, &self.lease)?,
            Place::Branch(branch) => git::deploy(branch, &tree, ask, &self.lease)?,
        };
        if let Some(release) = &outcome.release
            && let Err(fault) = self.note(release, &outcome.steps)
        {
            // It is deployed all the same.
            outcome.notes.push(Problem::new("deploy-note-unwritten").arg("error", said(&fault)));
        }
        // Also when there was nothing to do, if that is asked for: settings of a server are mended without a release.
        if let Some(address) = &self.address
            && (outcome.release.is_some() || (ask.verify && !ask.dry))
        {
            let paths = outcome.steps.iter().filter(|step| !step.starts_with('-'));
            let changed: Vec<String> = paths.filter_map(|step| step.get(2..).map(str::to_owned)).collect();
            outcome.notes.extend(verify::verify(address, &tree.manifest, &changed, &self.trust));
        }
        Ok(outcome)
    }

    /// Writes down what a release changed, for whoever asks later.
    fn note(&self, release: &Release, steps: &[String]) -> Result<(), Fault> {
        let Release { id, number, time, by, files, added, changed, removed, .. } = release;
        let head = format!(
            "{id}\n{time} {by}\n{files} files: {added} new, {changed} changed, {removed} removed\n\n"
        );
        files::write_atomically(
            &self.work.join(format!("{id}.txt")),
            (head + &steps.join("\n") + "\n").as_bytes(),
        )?;
        let newest = format!("{number}\n{}", self.lease.seal.place());
        files::write_atomically(&self.work.join(NEWEST), newest.as_bytes())?;
        Ok(())
    }

    /// Shows an older release again: the one named, or the one before the one shown.
    ///
    /// # Errors
    /// No such release, a place that cannot be reached or refuses.
    pub fn rollback(&self, to: Option<&str>, ask: &Ask) -> Result<Outcome, Vec<Fault>> {
        match &self.place {
            Place::Host(host) => engine::rollback(&**host, to, ask, &self.lease),
            Place::Branch(branch) => git::rollback(branch, to, ask, &self.lease),
        }
    }

    /// Takes a page down.
    ///
    /// # Errors
    /// Nothing of ours is there, a place that cannot be reached or refuses.
    pub fn withdraw(&self, path: &str, ask: &Ask) -> Result<Outcome, Vec<Fault>> {
        match &self.place {
            Place::Host(host) => engine::withdraw(&**host, path, ask, &self.lease),
            Place::Branch(branch) => git::withdraw(branch, path, ask, &self.lease),
        }
    }

    /// The releases, oldest first, and the name of the one shown.
    ///
    /// # Errors
    /// A place that cannot be reached, notes that are damaged.
    pub fn list(&self) -> Result<(Vec<Release>, Option<String>), Fault> {
        match &self.place {
            Place::Host(host) => engine::list(&**host),
            Place::Branch(branch) => git::list(branch),
        }
    }

    /// How many requests were made, or programs run, tries that failed included.
    pub fn requests(&self) -> u64 {
        match &self.place {
            Place::Host(host) => host.requests(),
            Place::Branch(branch) => branch.runs(),
        }
    }
}

/// Opens a target.
///
/// # Errors
/// Another deploy of this folder at work, secrets that are missing, a host that cannot be reached.
pub fn open<'a>(deploy: &Deploy, world: World<'a>) -> Result<Ready<'a>, Fault> {
    let all = world.root.join(".yicun").join("deploy");
    let work = all.join(&deploy.name);
    files::make_folder(&work)?;
    let Some(lock) = files::lock(&work.join("lock"))? else {
        return Err(Problem::new("deploy-running").arg("target", &deploy.name).into());
    };
    let owner = owner(&all, world)?;
    let file = deploy.credentials.as_ref().map(|path| world.root.join(path));
    let secrets = Secrets::read(&deploy.name, file.as_deref(), world.environment)?;
    let parallel = deploy.parallel as usize;
    let seal = seal(deploy, &secrets, &all)?;
    let http = matches!(deploy.target, Target::S3 { .. } | Target::WebDav { .. });
    let trust = if http || deploy.address.is_some() { trust(world)? } else { Trust::default() };
    let newest = newest(&work.join(NEWEST), seal.place())?;
    let lease = Lease { owner, by: world.by.to_owned(), seal, newest, now: world.now };
    let place: Place<'a> = match &deploy.target {
        Target::Folder { path } => Place::Host(Box::new(Folder::open(&world.root.join(path))?)),
        Target::Ssh { host, user, port, path, host_key, identity, transport } => {
            let identity = identity.as_ref().map(|path| world.root.join(path));
            let session = Session::new(host, user.as_deref(), *port, path, host_key, identity, &work)?;
            Place::Host(host::ssh::open(session, *transport)?)
        }
        Target::S3 { endpoint, region, bucket, prefix, path_style } => {
            let bucket = Bucket { endpoint, region, bucket, prefix, path_style: *path_style };
            Place::Host(Box::new(S3::new(&bucket, secrets.keys()?, parallel, world.now, &trust)))
        }
        Target::WebDav { url } => {
            Place::Host(Box::new(WebDav::new(url, secrets.login()?.as_deref(), parallel, &trust)))
        }
        Target::Git { repository, branch, host_key, identity } => {
            let identity = identity.as_ref().map(|path| world.root.join(path));
            let reach = git::Reach { host_key: host_key.clone(), identity };
            Place::Branch(git::Branch::open(repository, branch, &reach, &work)?)
        }
    };
    Ok(Ready {
        place,
        lease,
        packed: deploy.compress,
        address: deploy.address.clone(),
        work,
        trust,
        _lock: lock,
    })
}

/// The seals of a target's notes; none where nothing but our own folders is touched.
fn seal(deploy: &Deploy, secrets: &Secrets<'_>, folder: &Path) -> Result<Seal, Fault> {
    let (place, credentials) = match &deploy.target {
        Target::S3 { bucket, prefix, .. } => {
            let keys = secrets.keys()?;
            // Keys that run out are other ones each time.
            (format!("{bucket}/{prefix}"), keys.session.is_none().then_some(keys.secret))
        }
        Target::WebDav { url } => {
            let path = url.splitn(4, '/').nth(3).unwrap_or_default();
            (path.trim_end_matches('/').to_owned(), secrets.login()?)
        }
        Target::Folder { .. } | Target::Ssh { .. } | Target::Git { .. } => return Ok(Seal::default()),
    };
    let file = folder.join("key");
    let own = match files::read_if_there(&file)?.filter(|key| key.len() == 32) {
        Some(key) if files::is_private(&file)? => key,
        _ => {
            let mut key = vec![0; 32];
            getrandom::fill(&mut key)
                .map_err(|error| Problem::new("deploy-no-random").arg("error", error.to_string()))?;
            files::write_private(&file, &key)?;
            key
        }
    };
    let shared = secrets.shared();
    let texts = [shared, credentials].into_iter().flatten().map(String::into_bytes);
    let all: Vec<Vec<u8>> = texts.chain([own]).collect();
    Ok(Seal::new(&place, all.iter().map(Vec::as_slice)))
}

/// The certificates that `SSL_CERT_FILE` names, as other programs read it; else those whom the world believes.
fn trust(world: World<'_>) -> Result<Trust, Fault> {
    let named = (world.environment)("SSL_CERT_FILE").filter(|path| !path.is_empty());
    let pem = named.as_ref().map(|path| files::read(Path::new(path))).transpose()?;
    let unusable =
        || Problem::new("deploy-certificate-file").arg("path", named.as_deref().unwrap_or_default());
    Trust::read(pem.as_deref()).ok_or_else(|| unusable().into())
}

/// The note about the newest release that was put somewhere from here: its number, and where.
const NEWEST: &str = "newest";

/// The number of the newest release that was put at a place from here.
fn newest(file: &Path, place: &str) -> Result<u64, Fault> {
    let bytes = files::read_if_there(file)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let here = text.split_once('\n').filter(|(_, noted)| *noted == place);
    Ok(here.and_then(|(number, _)| number.parse().ok()).unwrap_or(0))
}

/// The cause of a fault, as an argument of another.
fn said(fault: &Fault) -> String {
    fault.problem().args.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(": ")
}

/// A name of this site folder that no other has, made once.
fn owner(folder: &Path, world: World<'_>) -> Result<String, Fault> {
    let file = folder.join("owner");
    if let Some(bytes) = files::read_if_there(&file)? {
        return Ok(String::from_utf8_lossy(&bytes).trim().to_owned());
    }
    let mut digester = Digester::new();
    digester.text(&world.root.to_string_lossy()).text(world.by).text(&(world.now)().to_string());
    let name = digester.number(u64::from(std::process::id())).finish().to_string();
    files::write_atomically(&file, name.as_bytes())?;
    Ok(name)
}
