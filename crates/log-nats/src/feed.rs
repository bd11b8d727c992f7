use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_nats::{HeaderMap, Request, header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE};
use bytes::Bytes;
use prost::Message as _;
use redress_log::{AppendError, FEED_MOST, Feed, FeedMark, LogError, Place};
use redress_wire::{
    Service,
    feed::{Mark, Published},
    names,
};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    Broker,
    append::{COMMIT_WITHIN, batch_headers, sequences_of},
    verdict::no_answer,
};

/// The feed as a stream of its own: events under the subjects that outsiders know, and marks, all
/// of a publication in one atomic batch, so that the broker syncs once.
#[derive(Clone, Debug)]
pub struct NatsFeed(Broker);

/// One message of a batch.
struct Item<'a> {
    subject: &'a str,
    headers: HeaderMap,
    payload: Bytes,
}

impl NatsFeed {
    pub(crate) fn new(broker: Broker) -> Self {
        Self(broker)
    }

    /// Sends all messages but the one that commits; the broker keeps them aside.
    async fn stage(&self, items: Vec<Item<'_>>) -> Result<(), AppendError> {
        self.0.connected().await;
        for item in items {
            let subject = item.subject.to_owned();
            let client = self.0.client();
            let sent = client.publish_with_headers(subject, item.headers, item.payload);
            sent.await
                .map_err(|error| AppendError::Refused(error.to_string()))?;
        }
        Ok(())
    }

    async fn send(&self, mut items: Vec<Item<'_>>) -> Result<Vec<u64>, AppendError> {
        let count = items.len();
        let Some(last) = items.pop() else {
            return Ok(Vec::new());
        };
        timeout(COMMIT_WITHIN, self.stage(items))
            .await
            .map_err(|_| AppendError::Refused("the broker is not connected".to_owned()))??;
        let commit = Request::new()
            .headers(last.headers)
            .payload(last.payload)
            .timeout(Some(COMMIT_WITHIN));
        let answer = self
            .0
            .client()
            .send_request(last.subject.to_owned(), commit)
            .await;
        let answer = answer.map_err(|error| no_answer(&error))?;
        sequences_of(names::FEED_STREAM, &answer.payload, count)
    }
}

impl Feed for NatsFeed {
    async fn mark(
        &self,
        service: Service,
        partition: u32,
    ) -> Result<Option<(u64, Place)>, LogError> {
        let unreachable = |error: &dyn std::fmt::Display| LogError(error.to_string());
        let stream = self
            .0
            .context()
            .get_stream_no_info(names::FEED_STREAM)
            .await;
        let stream = stream.map_err(|error| unreachable(&error))?;
        let subject = names::feed_mark_subject(service, partition);
        let stored = match stream.get_last_raw_message_by_subject(&subject).await {
            Ok(stored) => stored,
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                return Ok(None);
            }
            Err(error) => return Err(unreachable(&error)),
        };
        let mark = Mark::decode(stored.payload).map_err(|error| unreachable(&error))?;
        let place = Place {
            sequence: mark.sequence,
            events: mark.events,
            log: mark.log.as_slice().try_into().unwrap_or_default(),
        };
        Ok(Some((stored.sequence, place)))
    }

    async fn publish(
        &self,
        events: &[Published],
        marks: &[FeedMark],
    ) -> Result<Vec<u64>, AppendError> {
        let count = events.len() + marks.len();
        if count > FEED_MOST {
            let refused = format!("{count} messages, and {FEED_MOST} are the most at once");
            return Err(AppendError::Refused(refused));
        }
        let subjects: Vec<String> = marks
            .iter()
            .map(|mark| names::feed_mark_subject(mark.service, mark.partition))
            .collect();
        let batch = (count > 1).then(|| Uuid::new_v4().simple().to_string());
        let mut items: Vec<Item<'_>> = events.iter().map(item_of_event).collect();
        items.extend(
            marks
                .iter()
                .zip(&subjects)
                .map(|(mark, subject)| item_of_mark(mark, subject)),
        );
        for (index, item) in items.iter_mut().enumerate() {
            batch_headers(&mut item.headers, index + 1, batch.as_deref(), count);
        }
        let mut sequences = self.send(items).await?;
        Ok(sequences.split_off(events.len()))
    }
}

fn item_of_event(event: &Published) -> Item<'_> {
    let mut headers = HeaderMap::new();
    for (name, value) in &event.headers {
        headers.insert(*name, value.as_str());
    }
    Item {
        subject: &event.subject,
        headers,
        payload: event.payload.clone().into(),
    }
}

fn item_of_mark<'a>(mark: &FeedMark, subject: &'a str) -> Item<'a> {
    let mut headers = HeaderMap::new();
    headers.insert(
        NATS_EXPECTED_LAST_SUBJECT_SEQUENCE,
        mark.expected.to_string(),
    );
    let Place {
        sequence,
        events,
        log,
    } = mark.place;
    let payload = Mark {
        sequence,
        events,
        log: log.to_vec(),
    };
    Item {
        subject,
        headers,
        payload: payload.encode_to_vec().into(),
    }
}
