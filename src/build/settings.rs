//! What has to be known before the walk: `site.toml`, with the request's choices laid over it, and the kind table.

use super::api::{Failure, Request};
use super::source::{Role, Source};
use crate::config::{Config, FILE};
use crate::files::{self, decode};
use crate::kinds::Kinds;
use crate::problem::Problem;

/// `site.toml` of the site.
pub fn config(request: &Request) -> Result<(Config, Vec<Problem>), Failure> {
    let Some(bytes) = files::read_if_there(&request.root.join(FILE))? else {
        return Err(Failure::refused(Problem::new("config-missing").arg("folder", request.root.display())));
    };
    let decoded = decode(&bytes);
    let (mut config, mut problems) = Config::parse(&decoded.text);
    problems.extend(decoded.encoding.problem(FILE));
    if let Some(address) = &request.base_url {
        let (readdressed, found) = config.with_base_url(address);
        config = readdressed;
        problems.extend(found);
    }
    Ok((config, problems))
}

/// The standard kinds with those of the theme and the site laid over them.
pub fn kinds(source: &Source) -> Result<(Kinds, Vec<Problem>), Failure> {
    let mut files: Vec<(String, String)> = Vec::new();
    for own in [false, true] {
        for file in source.files.iter().filter(|file| file.role == Role::Kind { own }) {
            files.push((file.path.to_string(), decode(&file.read()?).text.into_owned()));
        }
    }
    Ok(Kinds::load(&files))
}
