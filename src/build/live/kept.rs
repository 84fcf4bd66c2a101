//! What is read from a few files that hardly ever change: made anew only when one of them has.

use crate::build::source::{Role, Source};
use crate::config::Config;
use crate::digest::{Digest, Digester};
use crate::files::Stamp;
use crate::problem::Problem;

/// A value with what was told of it, and the digest of what it was read from.
pub(super) struct Kept<T>(Option<(Digest, T, Vec<Problem>)>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept(None)
    }
}

impl<T: Clone> Kept<T> {
    /// Whether the value of `key` is kept.
    pub(super) fn has(&self, key: Option<Digest>) -> bool {
        key.is_some() && self.0.as_ref().map(|(known, ..)| *known) == key
    }

    /// The value of `key`: the one that is kept, else what `read` makes. Without a key nothing is kept.
    pub(super) fn of<E>(
        &mut self,
        key: Option<Digest>,
        read: impl FnOnce() -> Result<(T, Vec<Problem>), E>,
    ) -> Result<(T, Vec<Problem>), E> {
        if let Some((_, value, found)) = self.0.as_ref().filter(|(known, ..)| Some(*known) == key) {
            return Ok((value.clone(), found.clone()));
        }
        let (value, found) = read()?;
        self.0 = key.map(|key| (key, value.clone(), found.clone()));
        Ok((value, found))
    }
}

/// The key of the kind table.
pub(super) fn kinds_key(source: &Source, now: Stamp) -> Option<Digest> {
    key(source, now, |role| matches!(role, Role::Kind { .. }), Digester::new())
}

/// The key of the theme's texts.
pub(super) fn theme_key(source: &Source, config: &Config, now: Stamp) -> Option<Digest> {
    let texts = |role| matches!(role, Role::Template { .. } | Role::ThemeConfig | Role::Words { .. });
    // A theme that is not in the site may be the embedded one.
    let there = source.under("themes").next().is_some();
    let mut digester = Digester::new();
    digester.value(config).number(u64::from(there));
    // Options of the theme may name files of the site.
    for file in source.with_role(|role| matches!(role, Role::Static)) {
        digester.text(&file.path);
    }
    key(source, now, texts, digester)
}

/// The digest of names and stamps of some files; none while one of them was changed so lately that a further change
/// might not show.
fn key(source: &Source, now: Stamp, wanted: impl Fn(Role) -> bool, mut digester: Digester) -> Option<Digest> {
    for file in source.with_role(wanted) {
        if !file.stamp.is_settled(&now) {
            return None;
        }
        digester.text(&file.path).number(file.stamp.size).number(file.stamp.time_ns as u64);
    }
    Some(digester.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_again_when_its_key_changes() {
        let mut kept = Kept::default();
        let mut of = |key: Option<&[u8]>, value| {
            kept.of::<()>(key.map(Digest::of), || Ok((value, Vec::new()))).unwrap().0
        };
        assert_eq!((of(Some(b"a"), 1), of(Some(b"a"), 2), of(Some(b"b"), 3)), (1, 1, 3));
        assert_eq!((of(None, 4), of(None, 5), of(Some(b"b"), 6)), (4, 5, 6));
    }
}
