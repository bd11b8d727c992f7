//! Five times more than the platform can take, for some seconds; `make overload` takes a minute.

use std::time::Duration;

use redress_tests::overload::{Options, run};

/// A process may grow by this over the flood: its queues are full then, and they have bounds.
const GROWTH_MIB: f64 = 400.0;

#[tokio::test(flavor = "multi_thread")]
async fn too_much_is_slowed_or_told_to_come_again_and_all_is_as_before_at_once() {
    let figures = run(Options {
        calm: Duration::from_secs(8),
        flood: Duration::from_secs(15),
        factor: 5.0,
        intakes: 1,
    })
    .await;
    println!("{figures}\n{}", figures.line());
    assert!(figures.is_clean(), "{:#?}", figures.broken);
    assert_eq!(
        figures.flood.unanswered, 0,
        "every caller is told something"
    );
    assert!(figures.flood.ok as f64 > figures.rate, "the work goes on");
    assert!(figures.recovered_after().is_some(), "as before at once");
    for (process, (before, most)) in &figures.memory {
        assert!(most - before < GROWTH_MIB, "{process}: {before} to {most}");
    }
}
