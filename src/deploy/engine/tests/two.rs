//! Two people at once, where one of them does not see the other in time.

use super::*;
use std::sync::Arc;

const LOCK: &str = ".yicun-deploy/lock.json";
const BEGUN: i64 = 1_790_000_000;

fn theirs(until: i64) -> Vec<u8> {
    format!("{{\"owner\":\"other\",\"by\":\"b2\",\"until\":{until}}}").into_bytes()
}

fn code(faults: &[Fault]) -> String {
    faults[0].problem().code.into_owned()
}

/// Somebody who looked before our note was there writes theirs after we read ours back: one of the two must stop.
#[test]
fn where_nobody_is_kept_out_the_last_note_wins() {
    let mut host = Counted { unsure: true, ..Counted::store() };
    with_lease(|lease| deploy(&host, &tree(12, 12, 0), &ask(3), lease).unwrap());
    // Our look, our note, our look.
    let when = host.requests() + 3;
    host.meanwhile = Some((when, Box::new(|files| _ = files.insert(LOCK.into(), theirs(BEGUN * 2)))));
    with_lease(|lease| {
        let faults = deploy(&host, &tree(12, 12, 1), &ask(3), lease).unwrap_err();
        assert!(code(&faults).starts_with("deploy-busy"), "{}", code(&faults));
    });
    assert!(host.shown() == shows(&tree(12, 12, 0)));
    assert!(host.files.lock().unwrap()[LOCK] == theirs(BEGUN * 2), "their note is gone");
}

/// A machine that slept while it deployed (a closed lid) finds somebody else at work when it wakes, and leaves all to them.
#[test]
fn who_slept_stops_when_somebody_else_took_over() {
    for unsure in [false, true] {
        let mut met = 0;
        for when in 0.. {
            let mut host = Counted { unsure, ..Counted::store() };
            with_lease(|lease| deploy(&host, &tree(200, 200, 0), &ask(3), lease).unwrap());
            let second = Arc::new(AtomicI64::new(BEGUN));
            let slept = Arc::clone(&second);
            let before = host.requests();
            host.meanwhile = Some((
                before + 8 + 25 * when,
                Box::new(move |files| {
                    let now = slept.fetch_add(1200, Ordering::Relaxed) + 1200;
                    files.insert(LOCK.into(), theirs(now + 900));
                }),
            ));
            let now = || jiff::Timestamp::from_second(second.load(Ordering::Relaxed)).unwrap_or_default();
            let seal = Seal::new("p", [b"k".as_slice()]);
            let lease = Lease { owner: "o".into(), by: "b".into(), seal, newest: 0, now: &now };
            let done = deploy(&host, &tree(200, 200, 1), &ask(3), &lease);
            if second.load(Ordering::Relaxed) == BEGUN {
                break;
            }
            let rest = host.requests() - before - 8 - 25 * when;
            match done {
                Err(faults) => {
                    assert_eq!(code(&faults), "deploy-overtaken", "{unsure} {when}");
                    assert!(rest < 80, "{unsure} {when}: {rest} requests after that");
                    met += 1;
                }
                // All was done, and the lock was about to be given back.
                Ok(_) => assert!(rest < 5, "{unsure} {when}: {rest} requests after that"),
            }
            let there = host.files.lock().unwrap().get(LOCK).cloned();
            assert!(there == Some(theirs(BEGUN + 2100)), "{unsure} {when}: their note is gone");
        }
        assert!(met > 10, "{met}");
    }
}

/// One file that takes longer than a lock counts does not let others in.
#[test]
fn a_lock_is_renewed_while_the_work_goes_on() {
    let host = Counted::store();
    with_lease(|lease| deploy(&host, &tree(12, 12, 0), &ask(3), lease).unwrap());
    let second = AtomicI64::new(BEGUN);
    let now = || jiff::Timestamp::from_second(second.load(Ordering::Relaxed)).unwrap_or_default();
    let seal = Seal::new("p", [b"k".as_slice()]);
    let lease = Lease { owner: "o".into(), by: "b".into(), seal, newest: 0, now: &now };
    let held = lease.take(&host).unwrap();
    let until = || {
        let note: serde_json::Value = serde_json::from_slice(&host.files.lock().unwrap()[LOCK]).unwrap();
        note["until"].as_i64().unwrap_or_default()
    };
    assert_eq!(until(), BEGUN + 900);
    for later in [100, 400, 500, 800, 5000] {
        second.store(BEGUN + later, Ordering::Relaxed);
        held.hold().unwrap();
        assert!(until() > BEGUN + later + 500, "{later}");
    }
    assert!(held.give_back().is_empty());
    assert!(!host.files.lock().unwrap().contains_key(LOCK));
}
