//! Where secrets come from: the environment, or a file that only its owner can read. Never `site.toml`.

use super::fault::Fault;
use super::host::sigv4::Keys;
use crate::files;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::path::Path;

/// What a file of secrets says, under the names of the environment's variables.
pub struct Secrets<'a> {
    environment: &'a (dyn Fn(&str) -> Option<String> + Sync),
    file: BTreeMap<String, String>,
    target: String,
}

impl<'a> Secrets<'a> {
    /// Reads the file, if there is one: `NAME = value`, a line each.
    ///
    /// # Errors
    /// A file that others may read too, or that is not there.
    pub fn read(
        target: &str,
        file: Option<&Path>,
        environment: &'a (dyn Fn(&str) -> Option<String> + Sync),
    ) -> Result<Secrets<'a>, Fault> {
        let mut found = BTreeMap::new();
        if let Some(path) = file {
            let bytes = files::read(path)?;
            if !files::is_private(path)? {
                return Err(Problem::new("deploy-credentials-open").arg("path", path.display()).into());
            }
            for line in
                String::from_utf8_lossy(&bytes).lines().filter(|line| !line.trim_start().starts_with('#'))
            {
                if let Some((name, value)) = line.split_once('=') {
                    let value = value.trim();
                    let bare =
                        value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
                    found.insert(name.trim().to_ascii_uppercase(), bare.to_owned());
                }
            }
        }
        let target = target.to_uppercase().replace('-', "_");
        Ok(Secrets { environment, file: found, target })
    }

    /// The value of `YICUN_<TARGET>_<NAME>`, else `YICUN_<NAME>`, else of `other`.
    fn get(&self, name: &str, other: Option<&str>) -> Option<String> {
        let names = [format!("YICUN_{}_{name}", self.target), format!("YICUN_{name}")];
        names
            .iter()
            .map(String::as_str)
            .chain(other)
            .find_map(|name| (self.environment)(name).or_else(|| self.file.get(name).cloned()))
            .filter(|value| !value.is_empty())
    }

    fn need(&self, name: &str, other: Option<&str>) -> Result<String, Fault> {
        self.get(name, other).ok_or_else(|| {
            Problem::new("deploy-credentials-missing").arg("name", format!("YICUN_{name}")).into()
        })
    }

    /// The keys of an object store.
    ///
    /// # Errors
    /// One of them is missing.
    pub fn keys(&self) -> Result<Keys, Fault> {
        Ok(Keys {
            id: self.need("ACCESS_KEY_ID", Some("AWS_ACCESS_KEY_ID"))?,
            secret: self.need("SECRET_ACCESS_KEY", Some("AWS_SECRET_ACCESS_KEY"))?,
            session: self.get("SESSION_TOKEN", Some("AWS_SESSION_TOKEN")),
        })
    }

    /// The key that a team shares, by which the notes of one are known to the others.
    pub fn shared(&self) -> Option<String> {
        self.get("DEPLOY_KEY", None)
    }

    /// `user:password`, if there is a user.
    ///
    /// # Errors
    /// A user without a password.
    pub fn login(&self) -> Result<Option<String>, Fault> {
        match self.get("USER", None) {
            Some(user) => Ok(Some(format!("{user}:{}", self.need("PASSWORD", None)?))),
            None => Ok(None),
        }
    }
}
