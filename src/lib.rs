//! Yicun 一村: a static site generator for Party-building showcases.
//!
//! The library never prints and never exits: stages return values and [`problem::Problem`]s, and [`cli`] says them.
#![doc = include_str!("../ARCHITECTURE.md")]
#![forbid(unsafe_code)]

pub mod build;
pub mod cli;
pub mod config;
pub mod deploy;
pub mod digest;
pub mod files;
pub mod gzip;
pub mod kinds;
pub mod markers;
pub mod messages;
pub mod parallel;
pub mod problem;
pub mod scaffold;
pub mod serve;
pub mod slug;
