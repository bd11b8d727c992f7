//! Time is paused in these tests, so graces pass at once.

use std::future::pending;
use std::sync::Mutex;

use super::*;

fn signals() -> (mpsc::Sender<Signal>, mpsc::Receiver<Signal>) {
    mpsc::channel(4)
}

fn started() -> std::future::Ready<anyhow::Result<()>> {
    std::future::ready(Ok(()))
}

#[tokio::test(start_paused = true)]
async fn a_signal_stops_phase_after_phase() {
    let (sender, receiver) = signals();
    let lifecycle = Lifecycle::default();
    let order = Arc::new(Mutex::new(Vec::new()));
    for phase in [Phase::Watch, Phase::Work, Phase::Doors] {
        let order = Arc::clone(&order);
        lifecycle.spawn(phase, "listed", |stop| async move {
            stop.cancelled().await;
            order.lock().unwrap().push(phase);
            Ok(())
        });
    }
    sender.send(Signal::Stop("SIGTERM")).await.unwrap();
    let outcome = lifecycle.run_until_stopped(started(), receiver).await;
    assert!(matches!(outcome, Outcome::Stopped), "{outcome:?}");
    assert_eq!(outcome.exit_code(), 0);
    assert_eq!(*order.lock().unwrap(), Phase::ALL);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_does_not_finish_in_time_is_aborted_and_named() {
    let (_sender, receiver) = signals();
    let lifecycle = Lifecycle::default();
    lifecycle.spawn(Phase::Work, "deaf", |_| pending());
    lifecycle.stop();
    let outcome = lifecycle.run_until_stopped(started(), receiver).await;
    assert!(matches!(&outcome, Outcome::HardStopped { lingering } if lingering == &["deaf"]));
    assert_eq!(outcome.exit_code(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_same_signal_a_second_time_aborts() {
    let (sender, receiver) = signals();
    let lifecycle = Lifecycle::default();
    lifecycle.spawn(Phase::Work, "deaf", |_| pending());
    sender.send(Signal::Stop("SIGINT")).await.unwrap();
    sender.send(Signal::Stop("SIGINT")).await.unwrap();
    let outcome = lifecycle.run_until_stopped(started(), receiver).await;
    assert!(matches!(outcome, Outcome::Aborted));
    assert_eq!(outcome.exit_code(), 130);
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_that_a_parent_passes_on_as_a_termination_still_drains() {
    let (sender, receiver) = signals();
    let lifecycle = Lifecycle::default();
    // Drains until the second signal has been taken as well.
    let waiting = sender.clone();
    lifecycle.spawn(Phase::Work, "draining", |stop| async move {
        stop.cancelled().await;
        drop(waiting.reserve_many(waiting.max_capacity()).await);
        Ok(())
    });
    sender.send(Signal::Stop("SIGINT")).await.unwrap();
    sender.send(Signal::Stop("SIGTERM")).await.unwrap();
    let outcome = lifecycle.run_until_stopped(started(), receiver).await;
    assert!(matches!(outcome, Outcome::Stopped), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_stops_the_process_with_its_message() {
    let (_sender, receiver) = signals();
    let lifecycle = Lifecycle::default();
    lifecycle.spawn(Phase::Work, "rounds", |_| async {
        panic!("the invariant broke")
    });
    let outcome = lifecycle.run_until_stopped(started(), receiver).await;
    let Outcome::Failed(failure) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        failure.to_string(),
        "task rounds failed: panicked: the invariant broke"
    );
    assert_eq!(outcome.exit_code(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ends_unasked_stops_the_process() {
    let (_sender, receiver) = signals();
    let lifecycle = Lifecycle::default();
    lifecycle.spawn(Phase::Doors, "listener", |_| started());
    let outcome = lifecycle.run_until_stopped(started(), receiver).await;
    assert!(
        matches!(
            outcome,
            Outcome::Failed(Failure {
                task: "listener",
                ..
            })
        ),
        "{outcome:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_finite_task_may_end_by_itself() {
    let (sender, receiver) = signals();
    let lifecycle = Lifecycle::default();
    let (ended, has_ended) = tokio::sync::oneshot::channel();
    lifecycle.spawn_finite(Phase::Work, "once", |_| async move {
        ended.send(()).expect("the test waits");
        Ok(())
    });
    has_ended.await.unwrap();
    sender.send(Signal::Stop("SIGTERM")).await.unwrap();
    let outcome = lifecycle.run_until_stopped(started(), receiver).await;
    assert!(matches!(outcome, Outcome::Stopped), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_waits_for_the_broker_can_be_stopped() {
    let (sender, receiver) = signals();
    sender.send(Signal::Stop("SIGTERM")).await.unwrap();
    let outcome = Lifecycle::default()
        .run_until_stopped(pending(), receiver)
        .await;
    assert!(matches!(outcome, Outcome::Stopped), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_ends_with_its_error() {
    let (_sender, receiver) = signals();
    let start = async { Err(anyhow::anyhow!("the installation has 8 partitions, not 16")) };
    let outcome = Lifecycle::default()
        .run_until_stopped(start, receiver)
        .await;
    assert!(matches!(outcome, Outcome::NotStarted(_)), "{outcome:?}");
    assert_eq!(outcome.exit_code(), 1);
}

#[tokio::test(start_paused = true)]
async fn sighup_asks_for_a_reload_and_nothing_else() {
    let (sender, receiver) = signals();
    let lifecycle = Lifecycle::default();
    let mut reloads = lifecycle.reloads();
    sender.send(Signal::Reload).await.unwrap();
    let run = lifecycle.run_until_stopped(started(), receiver);
    let stop = async {
        reloads.changed().await.unwrap();
        lifecycle.stop();
    };
    let (outcome, ()) = tokio::join!(run, stop);
    assert!(matches!(outcome, Outcome::Stopped), "{outcome:?}");
    assert_eq!(*reloads.borrow(), 1);
}
