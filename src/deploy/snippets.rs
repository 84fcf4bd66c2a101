//! Settings for servers and build services that fit a site, to be copied.

use super::headers::{ASK, IMMUTABLE};
use crate::config::{BaseUrl, Target};

/// The strictest policy under which every page of `hongqi` works; the tests in browsers run under it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// What can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snippet {
    /// For nginx.
    Nginx,
    /// For Caddy.
    Caddy,
    /// For GitHub Actions.
    GitHub,
    /// For GitLab CI.
    GitLab,
    /// For Gitee Go.
    Gitee,
}

/// The settings for a target named `name`.
pub fn snippet(kind: Snippet, name: &str, target: &Target, base: &BaseUrl) -> String {
    let host = base.origin.split_once("://").map_or("www.example.gov.cn", |(_, host)| host);
    let root = match target {
        Target::Folder { path } | Target::Ssh { path, .. } => {
            format!("{}/current", path.trim_end_matches('/'))
        }
        _ => "/srv/www/site/current".to_owned(),
    };
    let path = &base.path;
    let secrets: &[&str] = match target {
        Target::S3 { .. } => &["YICUN_ACCESS_KEY_ID", "YICUN_SECRET_ACCESS_KEY"],
        Target::WebDav { .. } => &["YICUN_USER", "YICUN_PASSWORD"],
        _ => &[],
    };
    match kind {
        Snippet::Nginx => nginx(host, &root, path),
        Snippet::Caddy => caddy(host, &root, path),
        Snippet::GitHub => github(name, secrets, target),
        Snippet::GitLab => gitlab(name, target),
        Snippet::Gitee => gitee(name, target),
    }
}

/// `root` for a site at the top, `alias` for one below a path: the files do not lie in a folder of that name.
fn nginx(host: &str, root: &str, path: &str) -> String {
    let place = if path.is_empty() { "root" } else { "alias" };
    let slash = if path.is_empty() { "" } else { "/" };
    let folder = format!("{place} {root}{slash};");
    format!(
        "server {{
    listen 80;
    server_name {host};
    charset utf-8;
    charset_types text/css text/csv text/javascript text/markdown text/plain text/xml application/javascript
        application/json application/xml application/atom+xml image/svg+xml;
    # Each request reads the link `current` anew: no open_file_cache here.
    gzip_static on;
    # brotli_static on;    # with the module ngx_brotli (libnginx-mod-http-brotli-static)
    error_page 404 {path}/404.html;
    # Names with a digest in them never change their bytes.
    location ~ \"{hashed}\" {{
        {assets}
        add_header Cache-Control \"{IMMUTABLE}\";
    }}
    location {path}/ {{
        {folder}
        add_header Cache-Control {ASK};
        # Where no article shows pictures from elsewhere:
        # add_header Content-Security-Policy \"{POLICY}\" always;
    }}
    location ~ /\\.yicun {{ return 404; }}
}}
",
        hashed = hashed(path),
        assets = if path.is_empty() {
            folder.clone()
        } else {
            // An alias below a pattern needs the rest of the path named.
            format!("rewrite ^{path}(/.*)$ $1 break;\n        root {root};")
        },
    )
}

/// The pattern of the names that [`super::headers::is_hashed`] knows, below a path.
fn hashed(path: &str) -> String {
    let path = path.replace('.', "\\.").replace('+', "\\+");
    format!("^{path}/(assets/(.+/)?[^/]+\\.[0-9a-f]{{12}}\\.[^/.]+|photos/[0-9a-f]{{16}}-[^/]+)$")
}

fn caddy(host: &str, root: &str, path: &str) -> String {
    let open = if path.is_empty() {
        "    handle {\n".to_owned()
    } else {
        format!("    redir {path} {path}/\n    handle_path {path}/* {{\n")
    };
    let hashed = hashed("");
    format!(
        "{host} {{
{open}        root * {root}
        @own path */.yicun*
        error @own 404
        # Names with a digest in them never change their bytes.
        @hashed path_regexp `{hashed}`
        header @hashed Cache-Control \"{IMMUTABLE}\"
        @other not path_regexp `{hashed}`
        header @other Cache-Control {ASK}
        # Where no article shows pictures from elsewhere:
        # header Content-Security-Policy \"{POLICY}\"
        file_server {{
            precompressed br gzip
        }}
    }}
    handle_errors {{
        root * {root}
        rewrite * /404.html
        file_server
    }}
}}
"
    )
}

/// Commands that put the private key where `ssh` looks for it, out of a variable that fits on a line.
fn key(target: &Target) -> Option<String> {
    let (identity, over_ssh) = match target {
        Target::Ssh { identity, .. } => (identity, true),
        Target::Git { repository, identity, .. } => {
            let local = repository.starts_with("http")
                || repository.starts_with("file:")
                || !repository.contains(':');
            (identity, !local)
        }
        Target::Folder { .. } | Target::S3 { .. } | Target::WebDav { .. } => return None,
    };
    let file = identity
        .as_deref()
        .map_or_else(|| "\"$HOME/.ssh/id_ed25519\"".to_owned(), |path| format!("'{path}'"));
    let folder = format!("install -d -m 700 \"$(dirname {file})\"");
    over_ssh.then(|| format!("{folder} && (umask 077 && printf %s \"$DEPLOY_SSH_KEY\" | base64 -d > {file})"))
}

/// What `DEPLOY_SSH_KEY` has to hold.
const KEY: &str = "DEPLOY_SSH_KEY is the private key on one line: base64 -w0 < id_ed25519";

fn github(name: &str, secrets: &[&str], target: &Target) -> String {
    let lines: String =
        secrets.iter().map(|secret| format!("          {secret}: ${{{{ secrets.{secret} }}}}\n")).collect();
    let env = if lines.is_empty() { String::new() } else { format!("        env:\n{lines}") };
    let key = key(target).map_or_else(String::new, |key| {
        format!(
            "      # {KEY}
      - run: {key}
        env:
          DEPLOY_SSH_KEY: ${{{{ secrets.DEPLOY_SSH_KEY }}}}
"
        )
    });
    format!(
        "# .github/workflows/deploy.yml
name: deploy
on:
  push:
    branches: [main]
  schedule:
    - cron: '10 16 * * *'    # 00:10 in Beijing: pages with a date come and go
concurrency: deploy
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: cargo install --locked yicun
{key}      - run: yicun deploy {name}
{env}"
    )
}

fn gitlab(name: &str, target: &Target) -> String {
    let key = key(target).map_or_else(String::new, |key| {
        format!(
            "    - apt-get update && apt-get install -y --no-install-recommends openssh-client rsync git
    # {KEY}
    - {key}
"
        )
    });
    format!(
        "# .gitlab-ci.yml; secrets are variables of the project, masked
deploy:
  image: rust:1
  resource_group: deploy
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  cache:
    paths: [.yicun/photos]
  script:
    - cargo install --locked yicun
{key}    - yicun deploy {name}
"
    )
}

fn gitee(name: &str, target: &Target) -> String {
    let key = key(target).map_or_else(String::new, |key| format!("          # {KEY}\n          - {key}\n"));
    format!(
        "# .workflow/deploy.yml; secrets are variables of the pipeline
version: '1.0'
name: deploy
displayName: deploy
triggers:
  push:
    branches:
      prefix: [master, main]
stages:
  - name: deploy
    steps:
      - step: shell@agent
        name: deploy
        script:
          - cargo install --locked yicun
{key}          - yicun deploy {name}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_the_one_that_is_told_and_tried() {
        for text in [
            include_str!("../../README.md"),
            include_str!("../../README.zh-CN.md"),
            include_str!("../../tests/tools/serve.py"),
        ] {
            assert!(text.contains(POLICY));
        }
    }

    #[test]
    fn snippets_fit_the_site() {
        let target = Target::Folder { path: "/srv/town".into() };
        let text = |kind, base: &str| snippet(kind, "main", &target, &BaseUrl::parse(base).unwrap());
        let nginx = text(Snippet::Nginx, "https://town.gov.cn/");
        assert!(
            nginx.contains("server_name town.gov.cn;") && nginx.contains("root /srv/town/current;"),
            "{nginx}"
        );
        assert!(text(Snippet::Nginx, "https://town.gov.cn/dj/").contains("alias /srv/town/current/;"));
        assert!(text(Snippet::Caddy, "https://town.gov.cn/dj/").contains("handle_path /dj/*"));
        assert!(text(Snippet::GitHub, "").contains("yicun deploy main\n"));
        assert!(!text(Snippet::GitHub, "").contains("DEPLOY_SSH_KEY"));
        let ssh = Target::Ssh {
            host: "h".into(),
            user: None,
            port: 22,
            path: "/srv/town".into(),
            host_key: "k".into(),
            identity: None,
            transport: crate::config::Transport::Auto,
        };
        for kind in [Snippet::GitHub, Snippet::GitLab, Snippet::Gitee] {
            let text = snippet(kind, "main", &ssh, &BaseUrl::parse("").unwrap());
            let key = text.find("base64 -d > \"$HOME/.ssh/id_ed25519\"");
            assert!(key.is_some() && key < text.find("yicun deploy main"), "{text}");
        }
    }
}
