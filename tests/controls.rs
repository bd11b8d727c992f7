//! Controls that must fail: each goes without something that a promise rests on, and the recorder
//! has to see the harm. The simulator has the same and more, in its own world.

use redress_tests::{
    controls::{Found, Without, run},
    verdict::Promise,
};

fn has(found: &Found, promise: Promise) -> bool {
    found.broken.iter().any(|broken| broken.promise == promise)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_leases_owners_never_come_to_rest_and_the_fence_keeps_right_what_they_do() {
    let found = run(Without::Lease).await;
    println!("{} answers: {:#?}", found.ok, found.broken);
    assert!(has(&found, Promise::Rest), "{found:#?}");
    for kept in [
        Promise::NothingLost,
        Promise::NothingDoubled,
        Promise::Order,
    ] {
        assert!(!has(&found, kept), "{found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_leases_and_fence_the_recorder_sees_the_harm() {
    let found = run(Without::LeaseAndFence).await;
    println!("{} answers, {} broken", found.ok, found.broken.len());
    assert!(has(&found, Promise::Order), "{found:#?}");
    assert!(has(&found, Promise::NothingDoubled), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_chain_services_go_on_with_an_altered_block_and_the_recorder_sees_the_harm() {
    let found = run(Without::Chain).await;
    println!("{} answers: {:#?}", found.ok, found.broken);
    assert!(has(&found, Promise::Order), "{found:#?}");
    assert!(has(&found, Promise::NothingLost), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_chain_services_stop_at_an_altered_block_and_say_so() {
    let found = run(Without::Nothing).await;
    println!("{}", found.said);
    assert!(found.said.contains("restore the stream"), "{found:#?}");
    assert!(has(&found, Promise::Order), "{found:#?}");
}
