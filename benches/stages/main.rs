//! Micro-benchmarks: what each stage of a build costs a page, by itself, through the public interface of the crate.
//!
//! `cargo bench --bench stages -- [--pages 2000] [--rounds 5] [--site FOLDER] [--markdown]`. Without `--site` a site is
//! generated, with it that one is taken; nothing is written there but `.yicun`. Started without
//! `--bench`, as `cargo test --benches` does, it goes once over twenty pages: that shows that it works and measures nothing.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program of its own, with words and arguments"
)]

mod bare;
mod clock;
#[path = "../../tests/common/dice.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod dice;
mod road;
mod site;

use clock::Ledger;
use std::path::PathBuf;

/// The allocator of the program, since it is a good part of what rendering costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What was asked for.
struct Asked {
    site: Option<PathBuf>,
    pages: usize,
    rounds: usize,
    markdown: bool,
}

fn main() {
    let asked = asked(std::env::args().skip(1));
    let scratch = scratch();
    let root = match asked.site {
        Some(root) => root,
        None => {
            let root = site::generate(&scratch.path().join("site"), asked.pages);
            // A file as new as the build itself is never remembered: it might change within the same tick of the clock.
            std::thread::sleep(std::time::Duration::from_millis(100));
            root
        }
    };
    let mut ledger = Ledger::default();
    let mut pages = 0;
    for number in 0..=asked.rounds {
        pages = road::walk(&root, scratch.path(), &mut ledger);
        // The first round only warms up.
        if number == 0 && asked.rounds > 0 { ledger.forget_round() } else { ledger.close_round() }
    }
    println!("{pages} pages, medians of {} rounds, microseconds a page.\n", asked.rounds.max(1));
    print!("{}", ledger.table(pages, asked.markdown));
}

/// Unknown words are passed over: cargo hands the same words to every benchmark.
fn asked(mut words: impl Iterator<Item = String>) -> Asked {
    let mut asked = Asked { site: None, pages: 20, rounds: 0, markdown: false };
    let (mut pages, mut rounds) = (2000, 5);
    let number = |word: Option<String>| word.and_then(|word| word.parse().ok());
    let mut measure = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--bench" => measure = true,
            "--markdown" => asked.markdown = true,
            "--site" => asked.site = words.next().map(PathBuf::from),
            "--pages" => pages = number(words.next()).unwrap_or(pages),
            "--rounds" => rounds = number(words.next()).unwrap_or(rounds),
            _ => {}
        }
    }
    if measure {
        (asked.pages, asked.rounds) = (pages.max(1), rounds);
    }
    asked
}

/// A folder in memory where there is one, so that no disk is measured.
fn scratch() -> tempfile::TempDir {
    let memory = tempfile::Builder::new().prefix("yicun-stages-").tempdir_in("/dev/shm");
    memory.or_else(|_| tempfile::tempdir()).expect("a folder for temporary files")
}
