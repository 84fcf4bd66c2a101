//! (being written)
pub mod front_matter;
