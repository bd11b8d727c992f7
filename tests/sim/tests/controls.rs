//! The controls that must fail: each switches off what a promise rests on, and is seen.

use std::collections::BTreeSet;

use redress_sim::{Control, Setting, model::Promise, run_as};

/// What is seen broken in a storm that a seed draws.
fn seen(control: Control, seed: u64) -> BTreeSet<Promise> {
    let report = run_as(seed, &Setting::controlled(seed, control));
    let broken = report.broken.iter();
    broken.map(|broken| broken.promise).collect()
}

/// One of some promises is seen broken within so many seeds.
fn is_caught(control: Control, as_one_of: &[Promise], within: u64) {
    let mut others = BTreeSet::new();
    for seed in 1..=within {
        let seen = seen(control, seed);
        if as_one_of.iter().any(|promise| seen.contains(promise)) {
            return;
        }
        others.extend(seen);
    }
    panic!("{control:?} is not caught in {within} seeds; seen was {others:?}");
}

#[test]
fn a_log_without_a_fence_is_caught() {
    is_caught(Control::FenceOff, &[Promise::Chain], 30);
}

#[test]
fn a_feed_without_a_fence_is_caught() {
    is_caught(Control::FeedFenceOff, &[Promise::Once], 10);
}

#[test]
fn an_answer_before_the_commit_is_caught() {
    is_caught(Control::AnswerBeforeCommit, &[Promise::Kept], 10);
}

#[test]
fn a_position_ahead_of_the_log_is_caught() {
    is_caught(Control::StoreBeforeLog, &[Promise::State], 30);
}

#[test]
fn leases_ignored_are_caught() {
    is_caught(Control::LeaseIgnored, &[Promise::Rest], 3);
}

#[test]
fn leases_ignored_without_a_fence_are_caught() {
    is_caught(Control::LeaseIgnoredFenceOff, &[Promise::Chain], 10);
}

#[test]
fn a_damaged_block_whose_hashes_fit_is_caught() {
    is_caught(Control::ChainOff, &[Promise::State, Promise::Figures], 20);
}

/// The other way round: with the chain of hashes a damaged block stops its partition, and nothing
/// wrong is told.
#[test]
fn a_damaged_block_stops_its_partition_and_misleads_nobody() {
    for seed in 1..=8 {
        let seen = seen(Control::DamagedBlock, seed);
        assert_eq!(seen, BTreeSet::from([Promise::Rest]), "seed {seed}");
    }
}

/// The other way round: whoever believes to own what, the fence alone keeps everything right.
#[test]
fn leases_ignored_for_a_while_do_no_harm() {
    for seed in 1..=8 {
        let seen = seen(Control::LeaseIgnoredInStorm, seed);
        assert_eq!(seen, BTreeSet::new(), "seed {seed}");
    }
}
