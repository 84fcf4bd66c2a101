//! The theme `hongqi`, embedded in the program so that `init` needs nothing else.

/// Path below the site's root and bytes of each file, sorted by path; made by `build.rs` out of `themes/hongqi/`.
static THEME: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/theme.rs"));

/// The embedded theme.
pub fn theme() -> &'static [(&'static str, &'static [u8])] {
    THEME
}
