//! What is embedded in the program: the theme `hongqi`, so that `init` needs nothing else, and templates that no theme
//! has to bring.

/// Path below the site's root and bytes of each file, sorted by path; made by `build.rs` out of `themes/hongqi/`.
static THEME: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/theme.rs"));

/// The embedded theme.
pub fn theme() -> &'static [(&'static str, &'static [u8])] {
    THEME
}

/// Name and text of the templates that every theme may rely on and override.
pub const DEFAULT_TEMPLATES: [(&str, &str); 7] = [
    ("atom.xml", include_str!("defaults/atom.xml")),
    ("feed.json", include_str!("defaults/feed.json")),
    ("sitemap-index.xml", include_str!("defaults/sitemap-index.xml")),
    ("sitemap.xml", include_str!("defaults/sitemap.xml")),
    ("robots.txt", include_str!("defaults/robots.txt")),
    ("redirect.html", include_str!("defaults/redirect.html")),
    ("figure.html", include_str!("defaults/figure.html")),
];
