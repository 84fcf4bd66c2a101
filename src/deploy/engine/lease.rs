//! Keeping two people apart: a note that says who is at work, and until when it counts.
//!
//! Where the host refuses to overwrite a file that must be new, the note is a lock. Elsewhere it is a lease: written, read
//! back, and believed if it is still ours, which leaves a moment in which two could meet; that is told. The same site
//! folder takes its own note over at once, so that a killed deploy does not keep its successor out.

use crate::deploy::fault::Fault;
use crate::deploy::host::{Act, Claim, Host};
use crate::deploy::index::own;
use crate::deploy::seal::Seal;
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
    sure: bool,
}

impl Lease<'_> {
    fn note(&self) -> Vec<u8> {
        let until = (self.now)().as_second().saturating_add(COUNTS);
        let note = Note { owner: self.owner.clone(), by: self.by.clone(), until };
        serde_json::to_vec(&note).unwrap_or_default()
    }

    /// Takes the host, or says who has it.
    pub(super) fn take<'h>(&self, host: &'h dyn Host) -> Result<Held<'h>, Fault> {
        let key = own(LOCK);
        let mut sure = true;
        // Asked first: a host that keeps nobody out would let our note replace another's.
        self.check(host)?;
        match host.claim(&key, &self.note())? {
            Claim::Made => {}
            Claim::Taken => {
                self.check(host)?;
                host.put(&key, &self.note())?;
                self.check(host)?;
            }
            Claim::Unsure => {
                sure = false;
                self.check(host)?;
            }
        }
        Ok(Held { host, sure })
    }

    /// Says again that we are at work, if nobody else does.
    pub(super) fn renew(&self, host: &dyn Host) -> Result<(), Fault> {
        self.check(host)?;
        host.put(&own(LOCK), &self.note())
    }

    fn check(&self, host: &dyn Host) -> Result<(), Fault> {
        let note = host.get(&own(LOCK))?.and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
        match note {
            Some(note) if note.owner != self.owner && note.until > (self.now)().as_second() => {
                Err(busy(&note))
            }
            _ => Ok(()),
        }
    }
}

fn busy(note: &Note) -> Fault {
    let by: String = note.by.chars().filter(|c| !c.is_control()).take(80).collect();
    let until =
        jiff::Timestamp::from_second(note.until).map_or_else(|_| String::new(), |time| time.to_string());
    Problem::new("deploy-busy").arg("by", by).arg("until", until).into()
}

impl Held<'_> {
    /// Gives the host back; says so when it could not keep others out for sure.
    pub(super) fn give_back(self) -> Vec<Problem> {
        // What cannot be removed now runs out by itself.
        _ = self.host.apply(&[Act::Delete { key: own(LOCK) }], None);
        if self.sure { Vec::new() } else { vec![Problem::new("deploy-lease-only")] }
    }
}
