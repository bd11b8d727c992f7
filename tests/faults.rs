//! A short fault run: one fault of each kind.

use std::time::Duration;

use redress_tests::faults::{Options, run};

#[tokio::test(flavor = "multi_thread")]
async fn every_promise_is_kept_under_a_fault_of_each_kind() {
    let figures = run(Options {
        duration: Duration::from_secs(100),
        seed: 7,
        replicas: 2,
        damage_brokers: false,
    })
    .await;
    println!("{figures}\n{}", figures.line());
    assert!(figures.is_clean(), "{figures}");
    assert!(figures.ok > 300, "the load went on: {}", figures.ok);
}
