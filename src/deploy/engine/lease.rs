//! Keeping two people apart: a note that says who is at work, and until when it counts.
//!
//! Where the host refuses to overwrite a file that must be new, the note is a lock. Elsewhere it is a lease: written, read
//! back after a while, and believed if it is still ours: of two who begin at once, the one who wrote last goes on. That two
//! could meet all the same is told. The same site folder takes its own note over at once, so that a killed deploy does not
//! keep its successor out. While the work goes on the note is renewed, and looked at before each step that comes later than
//! it should: a machine that slept may find somebody else at work.

use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, Claim, Host};
use crate::deploy::index::own;
use crate::deploy::retry::{patiently, rest};
use crate::deploy::seal::Seal;
use crate::deploy::stop;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const LOCK: &str = "lock.json";
/// How long a note counts without being renewed, in seconds.
const COUNTS: i64 = 15 * 60;
/// How often a lock is renewed, in seconds.
const RENEWED: i64 = COUNTS / 3;
/// The same where the host keeps nobody out.
const LOOKED_AT: i64 = 20;
/// So long after it was written, a note has been seen by all who looked before.
const SETTLED: Duration = Duration::from_secs(1);

/// Who wants to work on a host.
pub struct Lease<'a> {
    /// A name of this site folder that no other has.
    pub owner: String,
    /// Who, in words.
    pub by: String,
    /// How our notes are known again.
    pub seal: Seal,
    /// The number of the newest release that this machine put there.
    pub newest: u64,
    /// The clock.
    pub now: &'a (dyn Fn() -> jiff::Timestamp + Sync),
}

#[derive(Serialize, Deserialize)]
struct Note {
    owner: String,
    by: String,
    until: i64,
}

/// A host that is ours for a while.
pub struct Held<'a> {
    host: &'a dyn Host,
    lease: &'a Lease<'a>,
    sure: bool,
    /// When our note was written last.
    renewed: Mutex<i64>,
}

impl Lease<'_> {
    /// The host's clock, by which all go who work there, as of the answer before; else ours.
    fn time(&self, host: &dyn Host) -> i64 {
        host.date().unwrap_or_else(|| (self.now)().as_second())
    }

    fn note(&self, host: &dyn Host) -> Vec<u8> {
        let until = self.time(host).saturating_add(COUNTS);
        let note = Note { owner: self.owner.clone(), by: self.by.clone(), until };
        serde_json::to_vec(&note).unwrap_or_default()
    }

    /// Takes the host, or says who has it.
    pub(super) fn take<'h>(&'h self, host: &'h dyn Host) -> Result<Held<'h>, Fault> {
        let key = own(LOCK);
        let mut sure = true;
        // Asked first: a host that keeps nobody out would let our note replace another's.
        self.check(host)?;
        match host.claim(&key, &self.note(host))? {
            Claim::Made => {}
            Claim::Taken => {
                let ours = self.ours(host)?;
                host.put(&key, &self.note(host))?;
                self.is_there(host)?;
                // Others may have found the same note that ran out.
                if !ours {
                    self.settle(host)?;
                }
            }
            Claim::Unsure => {
                sure = false;
                self.is_there(host)?;
                self.settle(host)?;
            }
        }
        Ok(Held { host, lease: self, sure, renewed: Mutex::new((self.now)().as_second()) })
    }

    /// Lets those who looked before our note was there write theirs: the last one wins.
    fn settle(&self, host: &dyn Host) -> Result<(), Fault> {
        rest(SETTLED)?;
        self.check(host)
    }

    fn check(&self, host: &dyn Host) -> Result<(), Fault> {
        self.ours(host).map(|_| ())
    }

    /// Whether the note there is ours; another's that counts is a fault.
    fn ours(&self, host: &dyn Host) -> Result<bool, Fault> {
        let note = host.get(&own(LOCK))?.and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
        let now = self.time(host);
        match note {
            Some(note) if note.owner == self.owner => Ok(true),
            Some(note) if note.until > now => Err(busy(&note, now)),
            _ => Ok(false),
        }
    }

    /// Sees whether the host gives back what it said it stored.
    fn is_there(&self, host: &dyn Host) -> Result<(), Fault> {
        patiently(LOCK, || {
            let ours = self.ours(host)?;
            if ours {
                Ok(())
            } else {
                Err(Fault::passing(Problem::new("deploy-host-forgets").arg("path", own(LOCK))))
            }
        })
    }
}

fn busy(note: &Note, now: i64) -> Fault {
    let by: String = note.by.chars().filter(|c| !c.is_control()).take(80).collect();
    let until =
        jiff::Timestamp::from_second(note.until).map_or_else(|_| "-".to_owned(), |time| time.to_string());
    // No note counts for so long that was made by a machine whose clock goes like ours.
    let odd = note.until.saturating_sub(now) > 2 * COUNTS;
    let problem = if odd { Problem::new("deploy-busy-clock") } else { Problem::new("deploy-busy") };
    problem.arg("by", by).arg("until", until).arg("path", own(LOCK)).into()
}

/// Who is at work there began while we were.
fn overtaken(fault: Fault) -> Fault {
    let problem = fault.problem();
    if !problem.code.starts_with("deploy-busy") {
        return fault;
    }
    let arg =
        |name: &str| problem.args.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let arg = |name: &str| arg(name).unwrap_or_default();
    Problem::new("deploy-overtaken").arg("by", arg("by")).arg("until", arg("until")).into()
}

impl Held<'_> {
    /// Does `work` while the note is renewed, however long one file takes.
    pub(super) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let (working, ended) = channel::<()>();
        let glance = Duration::from_secs(LOOKED_AT.unsigned_abs());
        std::thread::scope(|scope| {
            // What keeps it from being renewed is met by the work itself, before its next step.
            scope.spawn(move || {
                while ended.recv_timeout(glance) == Err(RecvTimeoutError::Timeout) {
                    _ = self.hold();
                }
            });
            let done = work();
            drop(working);
            done
        })
    }

    /// Goes on with the work, unless somebody else is at it. Renews the note when it is time.
    pub(super) fn hold(&self) -> Result<(), Fault> {
        let mut renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = (self.lease.now)().as_second();
        let every = if self.sure { RENEWED } else { LOOKED_AT };
        if now.saturating_sub(*renewed) < every {
            return Ok(());
        }
        self.lease.ours(self.host).map_err(overtaken)?;
        self.host.put(&own(LOCK), &self.lease.note(self.host))?;
        *renewed = now;
        Ok(())
    }

    /// Gives the host back; says so when it could not keep others out for sure.
    pub(super) fn give_back(self) -> Vec<Problem> {
        stop::let_go();
        let renewed = *self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        // When it ran out, or keeps nobody out, it may be somebody else's.
        let counts = (self.lease.now)().as_second().saturating_sub(renewed) < COUNTS;
        let ours = (self.sure && counts) || self.lease.ours(self.host).is_ok_and(|ours| ours);
        if !ours {
            return Vec::new();
        }
        // What cannot be removed now runs out by itself.
        _ = self.host.apply(&[Act::Delete { key: own(LOCK) }], None);
        if self.sure { Vec::new() } else { vec![Problem::new("deploy-lease-only")] }
    }
}
