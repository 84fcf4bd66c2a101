//! What pieces of work cost, round by round, and the table of medians.
#![allow(clippy::disallowed_methods, reason = "measuring time is what this is for")]

use std::fmt::Write;
use std::time::{Duration, Instant};

/// CPU time of all threads, where the system tells it, and time on the wall.
#[derive(Clone, Copy, Default)]
struct Spent {
    cpu: Duration,
    wall: Duration,
}

/// Where a piece of work belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// One of the stages that together are a clean build.
    Stage,
    /// A part of a stage, measured by itself in one thread.
    Part,
    /// What only a next build does, or several stages at once.
    Beside,
}

struct Row {
    name: &'static str,
    rank: Rank,
    rounds: Vec<Spent>,
    now: Spent,
}

/// All that was measured, in the order in which it was first seen.
#[derive(Default)]
pub struct Ledger {
    rows: Vec<Row>,
}

impl Ledger {
    /// Does `work` and books what it cost under `name`, on top of what this round has there already.
    pub fn time<T>(&mut self, rank: Rank, name: &'static str, work: impl FnOnce() -> T) -> T {
        let (cpu, wall) = (cpu(), Instant::now());
        let made = work();
        let spent = Spent { wall: wall.elapsed(), cpu: self::cpu().saturating_sub(cpu) };
        let row = self.row(rank, name);
        row.now = Spent { cpu: row.now.cpu + spent.cpu, wall: row.now.wall + spent.wall };
        made
    }

    fn row(&mut self, rank: Rank, name: &'static str) -> &mut Row {
        let at = self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            self.rows.push(Row { name, rank, rounds: Vec::new(), now: Spent::default() });
            self.rows.len() - 1
        });
        &mut self.rows[at]
    }

    /// Ends a round.
    pub fn close_round(&mut self) {
        for row in &mut self.rows {
            row.rounds.push(std::mem::take(&mut row.now));
        }
    }

    /// Ends a round that does not count.
    pub fn forget_round(&mut self) {
        self.rows.iter_mut().for_each(|row| row.now = Spent::default());
    }

    /// Microseconds a page, as Markdown or in columns.
    pub fn table(&self, pages: usize, markdown: bool) -> String {
        let per_page = |time: Duration| time.as_secs_f64() * 1e6 / pages.max(1) as f64;
        let mut lines = Vec::new();
        let mut sum = [0.0, 0.0];
        let mut summed = false;
        for row in &self.rows {
            let figures =
                [median(row.rounds.iter().map(|s| s.cpu)), median(row.rounds.iter().map(|s| s.wall))]
                    .map(per_page);
            if row.rank == Rank::Stage {
                sum = [sum[0] + figures[0], sum[1] + figures[1]];
            } else if row.rank == Rank::Beside && !summed {
                summed = true;
                lines.push(("Sum of the stages".to_owned(), sum));
            }
            let indent = if row.rank == Rank::Part { "– " } else { "" };
            lines.push((format!("{indent}{}", row.name), figures));
        }
        let mut text = String::new();
        if markdown {
            text.push_str("| Stage | CPU µs a page | wall µs a page |\n| --- | --: | --: |\n");
        } else {
            _ = writeln!(text, "{:<60} {:>10} {:>10}", "Stage", "CPU", "wall");
        }
        for (name, [cpu, wall]) in lines {
            _ = if markdown {
                writeln!(text, "| {name} | {cpu:.2} | {wall:.2} |")
            } else {
                writeln!(text, "{name:<60} {cpu:>10.2} {wall:>10.2}")
            };
        }
        text
    }
}

/// The middle one; of two the mean.
fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    match (times.get(times.len().saturating_sub(1) / 2), times.get(times.len() / 2)) {
        (Some(lower), Some(upper)) => (*lower + *upper) / 2,
        _ => Duration::ZERO,
    }
}

/// CPU time of this process so far.
#[cfg(unix)]
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Elsewhere only the wall's time is known.
#[cfg(not(unix))]
fn cpu() -> Duration {
    Duration::ZERO
}
