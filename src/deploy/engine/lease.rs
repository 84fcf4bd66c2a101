//! Keeping two people apart: a note that says who is at work, and until when it counts.
//!
//! Where the host refuses to overwrite a file that must be new, the note is a lock. Elsewhere it is a lease: written, read
//! back, and believed if it is still ours, which leaves a moment in which two could meet; that is told. The same site
//! folder takes its own note over at once, so that a killed deploy does not keep its successor out.

use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, Claim, Host};
use crate::deploy::index::own;
use crate::deploy::retry::patiently;
use crate::deploy::seal::Seal;
use crate::deploy::stop;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

const LOCK: &str = "lock.json";
/// How long a note counts without being renewed, in seconds.
const COUNTS: i64 = 15 * 60;

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
    until: i64,
    sure: bool,
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
                self.check(host)?;
                host.put(&key, &self.note(host))?;
                self.is_there(host)?;
            }
            Claim::Unsure => {
                sure = false;
                self.is_there(host)?;
            }
        }
        let until = (self.now)().as_second().saturating_add(COUNTS);
        Ok(Held { host, lease: self, until, sure })
    }

    /// Says again that we are at work, if nobody else does.
    pub(super) fn renew(&self, host: &dyn Host) -> Result<(), Fault> {
        stop::check()?;
        self.check(host)?;
        host.put(&own(LOCK), &self.note(host))
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

impl Held<'_> {
    /// Gives the host back; says so when it could not keep others out for sure.
    pub(super) fn give_back(self) -> Vec<Problem> {
        stop::let_go();
        // When it ran out, somebody else may have taken it.
        let ours =
            (self.lease.now)().as_second() < self.until || self.lease.ours(self.host).is_ok_and(|ours| ours);
        if !ours {
            return Vec::new();
        }
        // What cannot be removed now runs out by itself.
        _ = self.host.apply(&[Act::Delete { key: own(LOCK) }], None);
        if self.sure { Vec::new() } else { vec![Problem::new("deploy-lease-only")] }
    }
}
