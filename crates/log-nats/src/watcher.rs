use std::{collections::BTreeMap, time::Duration};

use async_nats::{
    header::NATS_MESSAGE_TTL,
    jetstream::{
        ErrorCode,
        consumer::DeliverPolicy,
        stream::{ConsumerError, ConsumerErrorKind},
    },
};
use redress_log::{MembershipError, Owner, View};
use redress_wire::{Service, names};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::{
    bucket::{Bucket, PutError, is_gone},
    delivery::{Delivered, Delivery, Lost},
    membership,
};

/// For the first view; afterwards the watcher tries for ever.
const FIRST_WITHIN: Duration = Duration::from_secs(10);
/// Between two attempts to watch again.
const RETRY_AFTER: Duration = Duration::from_millis(200);
/// A lease that was not renewed for so many times as long should be gone.
const LONG_OVER: u32 = 2;

/// Watches the members and owners of a service until nobody looks at the view any more.
pub(crate) async fn start(
    bucket: Bucket,
    service: Service,
    lease: Duration,
) -> Result<watch::Receiver<View>, MembershipError> {
    let (shown, view) = watch::channel(View::default());
    let mut watcher = Watcher {
        bucket,
        service,
        lease,
        view: View::default(),
        heard: BTreeMap::new(),
        shown,
    };
    let delivery = timeout(FIRST_WITHIN, watcher.first())
        .await
        .map_err(|_| MembershipError("the first view did not come in time".to_owned()))?
        .map_err(|error| MembershipError(error.to_string()))?;
    tokio::spawn(watcher.run(delivery));
    Ok(view)
}

struct Watcher {
    bucket: Bucket,
    service: Service,
    /// Of an entry that does not say how long it lives.
    lease: Duration,
    view: View,
    heard: BTreeMap<String, Heard>,
    shown: watch::Sender<View>,
}

/// A member's last renewal.
struct Heard {
    sequence: u64,
    /// When it came.
    at: Instant,
    /// How long it is to live: members need not agree on that.
    lease: Duration,
}

impl Heard {
    fn is_long_over(&self) -> bool {
        self.at.elapsed() > self.lease * LONG_OVER
    }
}

#[derive(Debug, thiserror::Error)]
enum WatchError {
    #[error(transparent)]
    Consumer(#[from] ConsumerError),
    #[error("the view was interrupted: {0:?}")]
    Lost(Lost),
}

impl WatchError {
    /// True if there is no bucket, and so no member.
    fn is_missing(&self) -> bool {
        let Self::Consumer(error) = self else {
            return false;
        };
        matches!(error.kind(), ConsumerErrorKind::JetStream(error)
            if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
    }
}

impl Watcher {
    /// The first view. In the first moments of a process the connection may still be made anew.
    async fn first(&mut self) -> Result<Delivery, WatchError> {
        loop {
            match self.snapshot().await {
                Err(WatchError::Lost(lost)) => {
                    tracing::debug!(?lost, service = %self.service, "the first view is tried again");
                }
                seen => return seen,
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    async fn run(mut self, mut delivery: Delivery) {
        let shown = self.shown.clone();
        loop {
            let lost = tokio::select! {
                lost = self.follow(&mut delivery) => lost,
                () = shown.closed() => return,
            };
            tracing::debug!(?lost, service = %self.service, "watching the members again");
            let Some(again) = self.watch_again().await else {
                return;
            };
            delivery = again;
        }
    }

    async fn follow(&mut self, delivery: &mut Delivery) -> Lost {
        let mut looks = interval(self.lease);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // After a loss of the connection nothing that was heard before it counts.
                biased;
                delivered = delivery.next() => match delivered {
                    Ok(delivered) => self.take(&delivered),
                    Err(lost) => return lost,
                },
                _ = looks.tick() => self.take_off_what_is_long_over().await,
            }
            self.show();
        }
    }

    /// Takes off leases that the broker does not let run out: after it was killed it may bring
    /// entries back and no longer count their time, and a member that is not there would be
    /// assigned partitions for ever. One that was renewed meanwhile stays.
    async fn take_off_what_is_long_over(&self) {
        let over = self.heard.iter().filter(|(_, heard)| heard.is_long_over());
        for (member, heard) in over {
            let key = names::member_key(self.service, member);
            match self.bucket.delete(&key, Some(heard.sequence)).await {
                Ok(_) => tracing::warn!(
                    member,
                    service = %self.service,
                    "a lease that is long over was still there; it is taken off"
                ),
                Err(PutError::Changed) => {}
                Err(fault) => {
                    tracing::debug!(%fault, member, "a lease that is long over stays for now");
                }
            }
        }
    }

    /// Tries until it succeeds; `None` when nobody looks any more.
    async fn watch_again(&mut self) -> Option<Delivery> {
        loop {
            if self.shown.is_closed() {
                return None;
            }
            self.bucket.broker().connected().await;
            match self.snapshot().await {
                Ok(delivery) => return Some(delivery),
                Err(error) => {
                    tracing::warn!(%error, service = %self.service, "cannot watch the members");
                    if error.is_missing() {
                        self.view = View::default();
                        self.show();
                    }
                }
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    /// Builds the view anew from the last message of each key; shows it once it is whole.
    async fn snapshot(&mut self) -> Result<Delivery, WatchError> {
        // A pattern is a key with a wildcard for its last token.
        let owners = names::owner_key(self.service, 0);
        let owners = format!(
            "{}.*",
            owners.rsplit_once('.').map_or("", |(start, _)| start)
        );
        let patterns =
            [names::member_key(self.service, "*"), owners].map(|key| self.bucket.subject(&key));
        let broker = self.bucket.broker();
        let start = DeliverPolicy::LastPerSubject;
        let mut delivery =
            Delivery::open(broker, &self.bucket.stream(), patterns.into(), start).await?;
        self.view = View::default();
        self.heard.clear();
        let mut left = delivery.backlog;
        while left > 0 {
            let delivered = delivery.next().await.map_err(WatchError::Lost)?;
            left = delivered.pending;
            self.take(&delivered);
        }
        self.show();
        Ok(delivery)
    }

    fn take(&mut self, delivered: &Delivered) {
        let Some(key) = self.bucket.key(&delivered.subject) else {
            return;
        };
        let Some((_, last)) = key.rsplit_once('.') else {
            return;
        };
        let gone = is_gone(delivered.message.headers.as_ref());
        let partition = last.parse().ok();
        let owned = |p: &u32| key == names::owner_key(self.service, *p);
        if let Some(partition) = partition.filter(owned) {
            let claimed = String::from_utf8_lossy(&delivered.message.payload).into_owned();
            let member = Some(claimed).filter(|id| !id.is_empty() && !gone);
            let revision = delivered.sequence;
            self.view
                .owners
                .insert(partition, Owner { member, revision });
        } else if gone {
            self.view.members.remove(last);
            self.heard.remove(last);
        } else {
            let heard = Heard {
                sequence: delivered.sequence,
                at: Instant::now(),
                lease: time_to_live(delivered).unwrap_or(self.lease),
            };
            self.heard.insert(last.to_owned(), heard);
            let presence = membership::decode(&delivered.message.payload);
            self.view.members.insert(last.to_owned(), presence);
        }
    }

    fn show(&self) {
        self.shown.send_if_modified(|shown| {
            let changed = *shown != self.view;
            if changed {
                shown.clone_from(&self.view);
            }
            changed
        });
    }
}

/// How long an entry is to live, as its writer said.
fn time_to_live(delivered: &Delivered) -> Option<Duration> {
    let headers = delivered.message.headers.as_ref()?;
    let seconds = headers.get(NATS_MESSAGE_TTL)?.as_str().strip_suffix('s')?;
    seconds.parse().ok().map(Duration::from_secs)
}
