//! Values that are nearly always their default: a pointer that is empty until something is set.

use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// A type with a default that lives as long as the program.
pub trait Fallback: Default + Clone + 'static {
    /// The default.
    fn fallback() -> &'static Self;
}

/// Reads as the default until it is written to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sparse<T>(Option<Box<T>>);

impl<T: Fallback> Deref for Sparse<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or_else(|| T::fallback())
    }
}

impl<T: Fallback> DerefMut for Sparse<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

/// Equal when they read equal.
impl<T: Fallback + PartialEq> PartialEq for Sparse<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
