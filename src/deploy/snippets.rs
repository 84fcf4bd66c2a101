//! Settings for servers and build services that fit a site, to be copied.

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
        Snippet::GitHub => github(name, secrets),
        Snippet::GitLab => gitlab(name),
        Snippet::Gitee => gitee(name),
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
    # Each request reads the link `current` anew: no open_file_cache here.
    gzip_static on;
    # brotli_static on;    # with the module ngx_brotli (libnginx-mod-http-brotli-static)
    error_page 404 {path}/404.html;
    location ~ ^{path}/(assets|photos)/ {{
        {assets}
        add_header Cache-Control \"public, max-age=31536000, immutable\";
    }}
    location {path}/ {{
        {folder}
        add_header Cache-Control no-cache;
        # Where no article shows pictures from elsewhere:
        # add_header Content-Security-Policy \"{POLICY}\" always;
    }}
    location ~ /\\.yicun {{ return 404; }}
}}
",
        assets = if path.is_empty() {
            folder.clone()
        } else {
            // An alias below a pattern needs the rest of the path named.
            format!("rewrite ^{path}(/.*)$ $1 break;\n        root {root};")
        },
    )
}

fn caddy(host: &str, root: &str, path: &str) -> String {
    let (open, close) = if path.is_empty() {
        (String::new(), "")
    } else {
        (format!("    handle_path {path}/* {{\n"), "    }\n")
    };
    format!(
        "{host} {{
{open}    root * {root}
    @own path */.yicun*
    respond @own 404
    @hashed path /assets/* /photos/*
    header Cache-Control no-cache
    header @hashed Cache-Control \"public, max-age=31536000, immutable\"
    # Where no article shows pictures from elsewhere:
    # header Content-Security-Policy \"{POLICY}\"
    file_server {{
        precompressed br gzip
    }}
    handle_errors {{
        rewrite * /404.html
        file_server
    }}
{close}}}
"
    )
}

fn github(name: &str, secrets: &[&str]) -> String {
    let lines: String =
        secrets.iter().map(|secret| format!("          {secret}: ${{{{ secrets.{secret} }}}}\n")).collect();
    let env = if lines.is_empty() { String::new() } else { format!("        env:\n{lines}") };
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
      - run: yicun deploy {name}
{env}"
    )
}

fn gitlab(name: &str) -> String {
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
    - yicun deploy {name}
"
    )
}

fn gitee(name: &str) -> String {
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
          - yicun deploy {name}
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
    }
}
