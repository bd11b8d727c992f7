//! Somebody sets a machine's clock back by an hour. A process goes on by the time that it had
//! (`redress_host::SteadyClock`); these are the times that get through: from a process that started
//! anew, or from another machine.

mod common;

use common::{Partition, at, routed};
use redress_runtime::Core as _;
use redress_store::state_hash;
use redress_wire::router::{self, case_event::Change};

const NOTHING: [&str; 0] = [];

fn urgent() -> Partition<'static> {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "urgent", "05-07 10:00")]);
    partition
}

fn held() -> Change {
    Change::Held(router::CaseHeld {
        pause: "force_majeure".to_owned(),
        ..router::CaseHeld::default()
    })
}

fn resumed() -> Change {
    Change::Resumed(router::CaseResumed::default())
}

#[test]
fn what_has_fired_stays_silent_and_what_has_not_fires_at_its_time() {
    let mut steady = urgent();
    let mut set_back = urgent();
    let before = set_back.lives("05-07 11:10");
    assert_eq!(before, steady.lives("05-07 11:10"));
    assert!(
        before.contains(&"05-07 11:00 start warning 0".to_owned()),
        "{before:?}"
    );
    let due = set_back.core.next_due();
    assert_eq!(
        set_back.wakes("05-07 10:10"),
        NOTHING,
        "it is ten past ten again"
    );
    set_back.restart();
    assert_eq!(set_back.wakes("05-07 11:05"), NOTHING, "no second warning");
    assert_eq!(set_back.core.next_due(), due);
    assert_eq!(set_back.lives("05-09 12:00"), steady.lives("05-09 12:00"));
    let hash = |partition: &Partition<'_>| state_hash(&partition.rows).expect("rows");
    assert_eq!(
        hash(&set_back),
        hash(&set_back.replayed()),
        "a replay is the same"
    );
}

#[test]
fn a_hold_that_is_over_before_it_began_gains_nobody_time() {
    let mut partition = urgent();
    let due = |partition: &Partition<'_>| partition.clock(1, "result").due_at_us;
    let before = due(&partition);
    partition.lives_through(1, held(), "05-07 10:30");
    let resumed = partition.lives_through(1, resumed(), "05-07 09:40");
    assert!(
        resumed.iter().any(|it| it.starts_with("result resumes")),
        "{resumed:?}"
    );
    assert_eq!(due(&partition), before);
    let fired = partition.lives("05-09 10:00");
    assert!(
        fired.contains(&"05-09 10:00 result breach".to_owned()),
        "{fired:?}"
    );
}

#[test]
fn cases_that_another_machine_registers_an_hour_ahead_have_their_whole_time_from_then() {
    let mut partition = urgent();
    partition.reads(&[routed(2, "phone", "urgent", "05-07 11:00")]);
    assert_eq!(
        partition.wakes("05-07 10:00"),
        NOTHING,
        "an hour that was not is not lived"
    );
    let fired = partition.lives("05-07 13:00");
    let breaches: Vec<_> = fired
        .iter()
        .filter(|it| it.ends_with("start breach"))
        .collect();
    assert_eq!(
        breaches,
        ["05-07 12:00 start breach", "05-07 13:00 start breach"]
    );
    assert_eq!(
        partition.core.next_due().map(|due| due > at("05-07 13:00")),
        Some(true)
    );
}
