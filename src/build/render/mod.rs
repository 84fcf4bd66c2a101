//! (being written)
pub mod templates;
