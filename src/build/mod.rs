//! The road: source → load → model → plan → render → publish.

pub mod load;
pub mod markdown;
pub mod memo;
pub mod model;
pub mod photo;
pub mod plan;
pub mod publish;
pub mod render;
pub mod source;
