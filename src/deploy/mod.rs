//! Putting a finished site somewhere: the whole site or the old site, never half of either.
//!
//! On top of `build`. Manifests, plans and their checks are pure; a host is a small trait with honest abilities
//! ([`host::Host`]); `engine` holds the order in which notes are read, the plan is checked and steps are done. Clock,
//! environment and terminal belong to the caller.

pub mod engine;
pub mod fault;
pub mod headers;
pub mod host;
pub mod index;
pub mod manifest;
mod pack;
pub mod plan;
mod retry;
mod secrets;
pub mod tree;

use crate::config::{Deploy, Target};
use crate::digest::Digester;
use crate::files::{self, Lock};
use crate::problem::Problem;
use engine::Lease;
use fault::Fault;
use host::Host;
use host::folder::Folder;
use host::s3::{Bucket, S3};
use host::ssh::Session;
use host::webdav::WebDav;
use secrets::Secrets;
use std::path::{Path, PathBuf};

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
    /// The host.
    pub host: Box<dyn Host + 'a>,
    /// What keeps others out.
    pub lease: Lease<'a>,
    /// Whether packed forms lie beside files.
    pub packed: bool,
    /// A folder for what is worth keeping of this target.
    pub work: PathBuf,
    _lock: Lock,
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
    let lease = Lease { owner: owner(&all, world)?, by: world.by.to_owned(), now: world.now };
    let file = deploy.credentials.as_ref().map(|path| world.root.join(path));
    let secrets = Secrets::read(&deploy.name, file.as_deref(), world.environment)?;
    let parallel = deploy.parallel as usize;
    let host: Box<dyn Host + 'a> = match &deploy.target {
        Target::Folder { path } => Box::new(Folder::open(&world.root.join(path))?),
        Target::Ssh { host, user, port, path, host_key, identity, transport } => {
            let identity = identity.as_ref().map(|path| world.root.join(path));
            let session = Session::new(host, user.as_deref(), *port, path, host_key, identity, &work)?;
            host::ssh::open(session, *transport)?
        }
        Target::S3 { endpoint, region, bucket, prefix, path_style } => {
            let bucket = Bucket { endpoint, region, bucket, prefix, path_style: *path_style };
            Box::new(S3::new(&bucket, secrets.keys()?, parallel, world.now))
        }
        Target::WebDav { url } => Box::new(WebDav::new(url, secrets.login()?.as_deref(), parallel)),
    };
    Ok(Ready { host, lease, packed: deploy.compress, work, _lock: lock })
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
