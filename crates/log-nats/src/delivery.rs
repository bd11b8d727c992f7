use std::time::Duration;

use async_nats::{
    Client, StatusCode, Subject, Subscriber,
    jetstream::{
        self,
        consumer::{AckPolicy, DeliverPolicy, push},
    },
};
use futures::StreamExt;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use crate::Broker;

/// The broker says this often that it has nothing to deliver. 64 readers of a process then get
/// 13 small messages a second.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Two missed heartbeats and a little.
const SILENCE: Duration = Duration::from_secs(12);
/// The broker drops a consumer that nobody listens to any more.
const DROP_AFTER: Duration = Duration::from_secs(10);

/// Headers of the broker's heartbeats.
const LAST_DELIVERED: &str = "Nats-Last-Consumer";
const STALLED: &str = "Nats-Consumer-Stalled";

/// One life of an ordered push consumer: delivers without gaps until it is lost.
///
/// Push, not pull: a block reaches the reader without a request before it, and the broker's flow
/// control bounds what is under way when the reader is slow.
pub(crate) struct Delivery {
    client: Client,
    subscriber: Subscriber,
    connections: watch::Receiver<u64>,
    delivered: u64,
    silent_at: Instant,
    /// A flow-control question that is not answered yet.
    owed: Option<Subject>,
    /// How many messages there were to deliver when it began.
    pub(crate) backlog: u64,
    /// The broker's name of the consumer.
    name: String,
}

/// One message, with its place in the stream.
pub(crate) struct Delivered {
    pub(crate) subject: Subject,
    pub(crate) sequence: u64,
    /// How many messages follow that are stored already.
    pub(crate) pending: u64,
    pub(crate) message: async_nats::Message,
}

/// Why a life ended; the next one starts behind the last message delivered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lost {
    Reconnected,
    Gap,
    Silence,
    Unsubscribed,
}

impl Delivery {
    pub(crate) async fn open(
        broker: &Broker,
        stream: &str,
        subjects: Vec<String>,
        start: DeliverPolicy,
    ) -> Result<Self, jetstream::stream::ConsumerError> {
        let client = broker.client().clone();
        let mut connections = broker.connections();
        connections.borrow_and_update();
        let deliver_subject = client.new_inbox();
        let subscriber = client
            .subscribe(deliver_subject.clone())
            .await
            .map_err(|error| {
                let kind = jetstream::stream::ConsumerErrorKind::Request;
                jetstream::stream::ConsumerError::with_source(kind, error)
            })?;
        let config = push::Config {
            deliver_subject,
            filter_subjects: subjects,
            deliver_policy: start,
            ack_policy: AckPolicy::None,
            max_deliver: 1,
            flow_control: true,
            idle_heartbeat: HEARTBEAT,
            inactive_threshold: DROP_AFTER,
            num_replicas: 1,
            memory_storage: true,
            ..Default::default()
        };
        let consumer = broker
            .context()
            .create_consumer_on_stream(config, stream)
            .await?;
        let (backlog, name) = {
            let info = consumer.cached_info();
            (info.num_pending, info.name.clone())
        };
        let silent_at = Instant::now() + SILENCE;
        Ok(Self {
            client,
            subscriber,
            connections,
            delivered: 0,
            silent_at,
            owed: None,
            backlog,
            name,
        })
    }

    /// Takes the consumer away at once. Without it the broker drops it after a while.
    pub(crate) async fn close(self, broker: &Broker, stream: &str) {
        let deleted = async {
            let stream = broker.context().get_stream_no_info(stream).await?;
            stream.delete_consumer(&self.name).await?;
            Ok::<(), async_nats::Error>(())
        };
        if let Err(error) = deleted.await {
            tracing::debug!(%error, "the broker drops the consumer by itself");
        }
    }

    /// The next message. Cancel safe.
    pub(crate) async fn next(&mut self) -> Result<Delivered, Lost> {
        loop {
            self.answer_flow_control().await;
            let message = tokio::select! {
                biased;
                _ = self.connections.changed() => return Err(Lost::Reconnected),
                message = timeout_at(self.silent_at, self.subscriber.next()) => message,
            };
            let message = message
                .map_err(|_| Lost::Silence)?
                .ok_or(Lost::Unsubscribed)?;
            self.silent_at = Instant::now() + SILENCE;
            match message.status {
                Some(StatusCode::IDLE_HEARTBEAT) => self.heartbeat(&message)?,
                Some(_) => {}
                None => return self.delivered(message),
            }
        }
    }

    /// The question stays owed until it is answered, also when this future is dropped.
    async fn answer_flow_control(&mut self) {
        if let Some(subject) = &self.owed {
            let answered = self
                .client
                .publish(subject.clone(), bytes::Bytes::new())
                .await;
            if let Err(error) = answered {
                tracing::debug!(%error, "flow control cannot be answered");
            }
            self.owed = None;
        }
    }

    fn heartbeat(&mut self, message: &async_nats::Message) -> Result<(), Lost> {
        let header = |name| Some(message.headers.as_ref()?.get(name)?.as_str());
        let delivered = header(LAST_DELIVERED).and_then(|text| text.parse::<u64>().ok());
        if delivered.is_some_and(|delivered| delivered != self.delivered) {
            return Err(Lost::Gap);
        }
        let stalled = header(STALLED).map(Subject::from);
        self.owed = message.reply.clone().or(stalled);
        Ok(())
    }

    fn delivered(&mut self, message: async_nats::Message) -> Result<Delivered, Lost> {
        let place = jetstream::message::Message {
            message,
            context: jetstream::new(self.client.clone()),
        };
        let info = place.info().map_err(|_| Lost::Gap)?;
        let (number, sequence, pending) =
            (info.consumer_sequence, info.stream_sequence, info.pending);
        if number != self.delivered + 1 {
            return Err(Lost::Gap);
        }
        self.delivered = number;
        let subject = place.message.subject.clone();
        Ok(Delivered {
            subject,
            sequence,
            pending,
            message: place.message,
        })
    }
}
