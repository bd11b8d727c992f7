//! Waiting for a fact, the only way a test may wait.

use std::time::{Duration, Instant};

/// How long to wait between two looks. Short against anything a test waits for, long enough
/// that a waiting test leaves the processor to the processes it waits for.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Looks until `check` gives `Some`, and returns what it gave.
///
/// Use it for every wait in a test: it ends as soon as the fact is there, and it ends with a
/// message that says what was missing when it is not. For a yes-or-no check use
/// `bool::then_some(())`.
///
/// # Panics
/// When `within` has passed first; the message names `what`.
pub async fn eventually<T>(
    what: &str,
    within: Duration,
    check: impl AsyncFnMut() -> Option<T>,
) -> T {
    eventually_or(within, check)
        .await
        .unwrap_or_else(|| panic!("waited {} s in vain for {what}", within.as_secs_f64()))
}

/// As [`eventually`], but gives `None` when the deadline has passed.
///
/// A single look that hangs is cut off at the deadline too.
pub async fn eventually_or<T>(
    within: Duration,
    mut check: impl AsyncFnMut() -> Option<T>,
) -> Option<T> {
    let deadline = Instant::now() + within;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match tokio::time::timeout(left, check()).await {
            Ok(Some(found)) => return Some(found),
            Ok(None) if Instant::now() < deadline => tokio::time::sleep(LOOK_EVERY).await,
            Ok(None) | Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_fact_found_ends_the_wait() {
        let mut looks = 0;
        let found = eventually("three looks", Duration::from_secs(5), async || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found.await, 3);
    }

    #[tokio::test]
    async fn a_deadline_cuts_off_a_look_that_hangs() {
        let within = Duration::from_millis(20);
        let found = eventually_or(within, async || std::future::pending::<Option<()>>().await);
        assert_eq!(found.await, None);
    }

    #[tokio::test]
    #[should_panic(expected = "in vain for a miracle")]
    async fn a_missed_deadline_says_what_was_awaited() {
        eventually("a miracle", Duration::from_millis(10), async || None::<()>).await;
    }
}
