//! Complaints left in the inbox: durable when the broker acknowledges, registered later.

use std::time::{Duration, Instant};

use async_nats::{Client, HeaderMap, jetstream};
use futures::{StreamExt as _, stream};
use redress_wire::names;

use super::{Answer, Done, Job, Outcome, Pace, Refusal};

const PAUSE: Duration = Duration::from_millis(500);

/// Leaves all jobs in the inbox; the request id tells the broker a repeat.
pub(crate) async fn send_to_inbox(
    client: &Client,
    jobs: impl Iterator<Item = Job>,
    pace: Pace,
    mut on_done: impl FnMut(Done),
) -> anyhow::Result<()> {
    let context = jetstream::new(client.clone());
    let started = Instant::now();
    let paced = stream::iter(jobs.enumerate()).then(|(index, job)| async move {
        if let Some(rate) = pace.rate {
            let due = started + Duration::from_secs_f64(index as f64 / rate.max(0.001));
            tokio::time::sleep_until(due.into()).await;
        }
        job
    });
    let sending = paced.map(|job| leave(context.clone(), job, pace.patience));
    let mut sending = std::pin::pin!(sending.buffer_unordered(pace.in_flight.max(1)));
    while let Some(done) = sending.next().await {
        on_done(done);
    }
    Ok(())
}

async fn leave(context: jetstream::Context, job: Job, patience: Duration) -> Done {
    let started = Instant::now();
    loop {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", format!("{}/{}", job.channel, job.request_id));
        let subject = names::inbox_subject(&job.channel);
        let publish = context.publish_with_headers(subject, headers, job.body.clone());
        let acknowledged = match publish.await {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        let error = match acknowledged {
            Ok(ack) if ack.duplicate => {
                return job.done(Outcome::Duplicate(Answer::default()), started.elapsed());
            }
            Ok(_) => return job.done(Outcome::Accepted(Answer::default()), started.elapsed()),
            Err(error) => error,
        };
        if error.to_string().contains("max payload") {
            let refusal = Refusal {
                code: "INVALID_ARGUMENT".to_owned(),
                message: error.to_string(),
                ..Refusal::default()
            };
            return job.done(Outcome::Refused(refusal), started.elapsed());
        }
        if started.elapsed() + PAUSE > patience {
            return job.done(Outcome::Unknown(error.to_string()), started.elapsed());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
