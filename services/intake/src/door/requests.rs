//! The door of NATS requests: `complaints.submit.<channel>`, answered in the reply.
//!
//! One task hears requests, one checks them and hands them over, one gives the answers. The first
//! does next to nothing, so that the broker never takes this client for a slow one, and a request's
//! wait is known from the moment it comes: too much is told so long before its sender gives up,
//! also where the checks are what is too slow. Nothing is spawned for a submission whose owner is
//! this replica.

use std::{sync::Arc, time::Duration};

use async_nats::{Message, Subscriber};
use futures::StreamExt as _;
use redress_runtime::{Refusal, WAIT_MOST};
use redress_wire::{headers, names};
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    answer::Outcome,
    check::Checked,
    desk::{Desk, OWNER_PATIENCE, Sent},
    respond::respond,
    trace::Trace,
};

/// Replicas share the requests.
const QUEUE_GROUP: &str = "intake";
/// Requests that are heard and not checked yet: a burst of 10,000 is slowed, not refused.
const HEARD: usize = 16_384;
/// Submissions between the checks and the answers: more than the owner's queue takes.
const AWAITED: usize = 32_768;
/// Submissions on their way to another replica at once, each a small task: a burst of 10,000 of
/// which this replica owns none is slowed, not refused.
const FORWARDS: usize = 10_000;
/// When it makes sense to come again after too much came at once.
const COME_AGAIN: Duration = Duration::from_millis(200);
/// What was sent before the subscription ended arrives within this time.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// A submission with its request.
pub(crate) struct Asked {
    pub(crate) message: Message,
    pub(crate) trace: Trace,
    arrived: Instant,
}

/// A request and where its answer comes from.
pub(crate) enum Awaited {
    /// Refused, or registered elsewhere.
    Known(Asked, Result<Outcome, Refusal>),
    /// The owner decides, here.
    Owner(
        Asked,
        oneshot::Receiver<Result<redress_wire::intake::Answer, Refusal>>,
    ),
}

impl Asked {
    fn new(message: Message) -> Self {
        let traceparent = header(&message, headers::TRACEPARENT);
        let trace = Trace::of(traceparent, "nats");
        Self {
            message,
            trace,
            arrived: Instant::now(),
        }
    }

    pub(crate) fn sent(&self) -> Sent<'_> {
        Sent {
            channel: names::channel_of(&self.message.subject),
            content_type: header(&self.message, headers::CONTENT_TYPE),
            body: &self.message.payload,
        }
    }
}

/// The value of a header, whose name may be written in any case.
pub(crate) fn header<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    let headers = message.headers.as_ref()?;
    if let Some(value) = headers.get(name) {
        return Some(value.as_str());
    }
    let mut all = headers.iter();
    all.find(|(found, _)| AsRef::<str>::as_ref(found).eq_ignore_ascii_case(name))
        .and_then(|(_, values)| values.first())
        .map(async_nats::HeaderValue::as_str)
}

/// Answers requests until it is told to stop; then answers those that were sent before.
///
/// # Errors
/// The connection was closed for good.
pub async fn serve(desk: Desk, stop: CancellationToken) -> anyhow::Result<()> {
    if !partitions_are_owned(&desk, &stop).await {
        return Ok(());
    }
    let client = desk.broker.client().clone();
    let requests = client
        .queue_subscribe(names::SUBMIT_SUBJECTS, QUEUE_GROUP.to_owned())
        .await?;
    tracing::info!("requests at {} are answered", names::SUBMIT_SUBJECTS);
    let (awaited, to_answer) = mpsc::channel(AWAITED);
    let answering = tokio::spawn(respond(desk.clone(), to_answer, awaited.downgrade()));
    let (heard, to_check) = mpsc::channel(HEARD);
    let checking = tokio::spawn(
        Checks {
            desk: desk.clone(),
            awaited: awaited.clone(),
            forwards: Arc::new(Semaphore::new(FORWARDS)),
        }
        .run(to_check),
    );
    let ear = Ear {
        desk,
        heard,
        awaited,
    };
    ear.run(requests, &stop).await;
    checking.await?;
    answering.await?;
    client.flush().await?;
    Ok(())
}

/// A request that comes before the partitions have owners could only go to the inbox.
async fn partitions_are_owned(desk: &Desk, stop: &CancellationToken) -> bool {
    loop {
        let owned = tokio::select! {
            () = stop.cancelled() => return false,
            status = desk.handle.status(false) => status.is_ok(),
        };
        if owned {
            return true;
        }
        sleep(COME_AGAIN).await;
    }
}

/// Hears requests until it is told to stop, and those that were sent before.
struct Ear {
    desk: Desk,
    heard: mpsc::Sender<Asked>,
    awaited: mpsc::Sender<Awaited>,
}

impl Ear {
    async fn run(self, mut requests: Subscriber, stop: &CancellationToken) {
        loop {
            let message = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                message = requests.next() => message,
            };
            let Some(message) = message else { return };
            self.take(message).await;
        }
        if requests.drain().await.is_err() {
            return;
        }
        while let Ok(Some(message)) = timeout(LAST_REQUESTS, requests.next()).await {
            self.take(message).await;
        }
    }

    async fn take(&self, message: Message) {
        self.desk.figures.came("nats");
        if let Err(full) = self.heard.try_send(Asked::new(message)) {
            let known = Awaited::Known(full.into_inner(), Err(too_much()));
            tell(&self.awaited, known).await;
        }
    }
}

/// Checks requests and gives them to their owners.
struct Checks {
    desk: Desk,
    awaited: mpsc::Sender<Awaited>,
    forwards: Arc<Semaphore>,
}

impl Checks {
    async fn run(self, mut heard: mpsc::Receiver<Asked>) {
        while let Some(asked) = heard.recv().await {
            let awaited = if asked.arrived.elapsed() > WAIT_MOST {
                Some(Awaited::Known(asked, Err(too_much())))
            } else {
                self.hand_over(asked)
            };
            if let Some(awaited) = awaited {
                tell(&self.awaited, awaited).await;
            }
        }
    }

    /// Checks a request and gives it to the owner. Gives nothing if it is on its way elsewhere.
    fn hand_over(&self, asked: Asked) -> Option<Awaited> {
        let received_at = self.desk.clock.now();
        let checked = match self.desk.check_body(&asked.sent(), received_at) {
            Ok(checked) => checked,
            Err(refusal) => return Some(Awaited::Known(asked, Err(refusal))),
        };
        let partition = self.desk.partition(&checked.id);
        let handle = &self.desk.handle;
        if !handle.owns(partition) {
            return forward(
                &self.desk,
                &self.forwards,
                &self.awaited,
                asked,
                Some(checked),
            );
        }
        match handle.try_command_here(
            partition,
            checked.into_command(),
            asked.trace.parent.clone(),
            asked.arrived,
        ) {
            Ok(answer) => Some(Awaited::Owner(asked, answer)),
            Err((_, true)) => Some(Awaited::Known(asked, Err(too_much()))),
            Err((_, false)) => forward(&self.desk, &self.forwards, &self.awaited, asked, None),
        }
    }
}

/// There is room for more than the owner's queue takes: waits only when the broker takes no answers.
async fn tell(awaited: &mpsc::Sender<Awaited>, outcome: Awaited) {
    drop(awaited.send(outcome).await);
}

/// Takes a request to an owner elsewhere, or to the inbox; checks it if nobody has.
pub(crate) fn forward(
    desk: &Desk,
    places: &Arc<Semaphore>,
    awaited: &mpsc::Sender<Awaited>,
    asked: Asked,
    checked: Option<Checked>,
) -> Option<Awaited> {
    let Ok(place) = Arc::clone(places).try_acquire_owned() else {
        return Some(Awaited::Known(asked, Err(too_much())));
    };
    let (desk, awaited) = (desk.clone(), awaited.clone());
    tokio::spawn(async move {
        let checked = match checked {
            Some(checked) => Ok(checked),
            None => desk.check_body(&asked.sent(), desk.clock.now()),
        };
        let outcome = match checked {
            Ok(checked) => {
                let parent = &asked.trace.parent;
                desk.submit(checked, &asked.sent(), parent, OWNER_PATIENCE)
                    .await
            }
            Err(refusal) => Err(refusal),
        };
        drop(awaited.send(Awaited::Known(asked, outcome)).await);
        drop(place);
    });
    None
}

fn too_much() -> Refusal {
    Refusal::overloaded("too much at once; send the same again", COME_AGAIN)
}
