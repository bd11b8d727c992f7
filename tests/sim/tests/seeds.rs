//! Seeds at every change; `make sim` runs thousands.

use redress_sim::{Report, Setting, run, run_as};
use redress_wire::Service;

fn assert_kept(report: &Report, how: &str) {
    let (seed, log) = (report.seed, &report.log);
    assert_eq!(report.broken, [], "{how} of seed {seed}\n{log}");
}

#[test]
fn no_promise_is_broken_in_the_first_seeds() {
    for seed in 1..=30 {
        assert_kept(&run(seed), "again with make sim SEEDS=1 FROM=; the storm");
    }
}

/// In a short and otherwise calm run the first process of a service is killed at an await: at each
/// of its first ones, then at one of several. `make sim-awaits` tries all.
fn dies_at_its_awaits(service: Service) {
    let mut deaths = 0;
    for poll in (1..=40).chain((43..).step_by(17)) {
        let report = run_as(poll, &Setting::dying_at(service, poll));
        assert_kept(&report, &format!("{service} killed at its poll {poll}"));
        if report.crashes == 0 {
            break;
        }
        deaths += 1;
    }
    assert!(deaths >= 40, "{service} rests after {deaths} polls");
}

#[test]
fn nothing_is_lost_wherever_intake_dies() {
    dies_at_its_awaits(Service::Intake);
}

#[test]
fn nothing_is_lost_wherever_the_router_dies() {
    dies_at_its_awaits(Service::Router);
}

#[test]
fn nothing_is_lost_wherever_the_sla_monitor_dies() {
    dies_at_its_awaits(Service::SlaMonitor);
}

#[test]
fn nothing_is_lost_wherever_the_notifier_dies() {
    dies_at_its_awaits(Service::Notifier);
}

#[test]
fn nothing_is_lost_wherever_analytics_dies() {
    dies_at_its_awaits(Service::Analytics);
}
