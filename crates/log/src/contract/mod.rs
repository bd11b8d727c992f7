//! The suites that the twins and the adapters pass alike.
//!
//! A test file of an adapter writes `redress_log::event_log_contract!(fixture())`, where
//! `fixture()` is a future that makes a new [`Fixture`]; every behaviour becomes one test. It does
//! so for one stream, and in a module of its own for three.

mod installation;
mod log;
mod membership;
mod peers;
mod snapshots;
mod streams;
mod trim;

use std::{future::Future, time::Duration};

use tokio::time::timeout;

pub use installation::*;
pub use log::*;
pub use membership::*;
pub use peers::*;
pub use snapshots::*;
pub use streams::*;
pub use trim::*;

use crate::{EventLog, Installation, Membership, Peers};

/// What keeps everything that a new installation has.
pub trait Fixture {
    /// The log.
    type Log: EventLog;
    /// The members and owners.
    type Membership: Membership;
    /// The facts.
    type Installation: Installation;
    /// The way from replica to replica.
    type Peers: Peers;

    /// The log, empty at first.
    fn log(&self) -> Self::Log;
    /// The members and owners, none at first.
    fn membership(&self) -> Self::Membership;
    /// The facts, none at first.
    fn installation(&self) -> Self::Installation;
    /// The way from replica to replica.
    fn peers(&self) -> Self::Peers;
    /// Lets a quarter of a lease pass.
    fn tick(&self) -> impl Future<Output = ()>;
}

/// Writes one test per behaviour; the expression is a future that makes a fresh [`Fixture`].
#[macro_export]
macro_rules! event_log_contract {
    ($fixture:expr) => {
        $crate::event_log_contract!(@tests $fixture;
            entries_get_ascending_sequences_over_all_chains,
            a_batch_of_one_is_stored,
            an_empty_append_is_nothing,
            several_chains_are_continued_by_one_append,
            a_stale_expectation_is_fenced_and_stores_nothing,
            one_stale_chain_of_many_stores_nothing_of_any,
            an_expectation_of_nothing_is_fenced_once_there_is_something,
            of_two_writers_with_the_same_expectation_one_wins,
            two_entries_of_one_chain_are_refused,
            two_hundred_entries_are_one_batch,
            large_and_empty_payloads_come_back_whole,
            what_is_too_large_is_refused,
            the_last_of_a_chain_is_found,
            an_entry_is_found_at_its_sequence,
            a_partition_is_read_in_order_across_services,
            reading_starts_at_a_sequence,
            reading_waits_for_what_comes,
            a_dropped_wait_loses_nothing,
            two_readers_see_the_same,
            reading_from_beyond_the_end_is_an_error,
            the_identity_stays,
            each_stream_counts_for_itself,
            an_append_to_several_streams_is_refused_and_stores_nothing,
            streams_are_appended_to_side_by_side,
            a_partition_is_read_from_its_stream,
            each_stream_has_an_identity,
            the_first_of_a_chain_is_found,
            a_trimmed_chain_begins_later_and_the_others_where_they_did,
            the_last_of_a_chain_is_never_trimmed,
            a_reader_of_a_trimmed_log_begins_at_what_is_left,
            a_snapshot_is_seen_once_it_is_shown,
            of_two_snapshots_shown_at_once_one_is_the_newest,
            earlier_parts_are_forgotten_and_later_ones_stay,
            snapshots_of_services_and_partitions_do_not_mix,
            a_member_is_seen_and_leaves,
            what_a_member_says_of_itself_is_seen,
            an_expired_lease_is_seen_and_a_renewed_one_stays,
            a_member_can_come_back_after_its_lease_expired,
            of_two_claims_on_the_same_entry_one_wins,
            a_released_partition_has_no_owner_and_can_be_claimed,
            a_claim_that_was_taken_over_cannot_be_released,
            services_do_not_see_each_other,
            a_late_watcher_sees_what_is_there,
            the_first_value_of_a_fact_holds,
            facts_do_not_mix,
            a_call_is_answered,
            nobody_answers_for_an_absent_member,
            a_slow_member_is_given_up,
            large_bodies_go_both_ways,
        );
    };
    (@tests $fixture:expr; $($behaviour:ident,)*) => {
        $(
            #[tokio::test]
            async fn $behaviour() {
                let fixture = $fixture.await;
                $crate::contract::$behaviour(&fixture).await;
            }
        )*
    };
}

/// Far above what any of it takes; a test that waits longer has failed.
const SOON: Duration = Duration::from_secs(20);

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(SOON, what)
        .await
        .expect("it should have happened by now")
}
