use std::{sync::Arc, time::Duration};

use async_nats::{Client, Message, Request, RequestErrorKind, Subscriber};
use bytes::Bytes;
use futures::StreamExt;
use redress_log::{Handler, PeerError, Peers, Serving};
use redress_wire::{Service, names};
use tokio::{sync::Semaphore, task::AbortHandle};

use crate::Broker;

/// Calls that a member answers at once; further ones wait in its subscription.
const AT_ONCE: usize = 256;

/// The way from replica to replica, by requests over the broker that no stream keeps.
#[derive(Clone, Debug)]
pub struct NatsPeers {
    broker: Broker,
}

impl NatsPeers {
    pub(crate) fn new(broker: Broker) -> Self {
        Self { broker }
    }
}

impl Peers for NatsPeers {
    async fn call(
        &self,
        service: Service,
        member: &str,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Bytes, PeerError> {
        let request = Request::new().payload(body).timeout(Some(timeout));
        let subject = names::peer_subject(service, member);
        match self.broker.client().send_request(subject, request).await {
            Ok(answer) => Ok(answer.payload),
            Err(error) if error.kind() == RequestErrorKind::NoResponders => {
                Err(PeerError::Absent(member.to_owned()))
            }
            Err(error) => {
                tracing::debug!(%error, member, "a call has no answer");
                Err(PeerError::NoAnswer(member.to_owned()))
            }
        }
    }

    async fn serve(
        &self,
        service: Service,
        member: &str,
        handler: Handler,
    ) -> Result<Serving, PeerError> {
        let client = self.broker.client();
        let absent = || PeerError::Absent(member.to_owned());
        let calls = client.subscribe(names::peer_subject(service, member)).await;
        let calls = calls.map_err(|_| absent())?;
        // Until the broker has the subscription, a caller would be told that nobody is there.
        client.flush().await.map_err(|_| absent())?;
        let answering = tokio::spawn(answer_all(client.clone(), calls, handler));
        Ok(Serving::until_dropped(Answering(answering.abort_handle())))
    }
}

/// Ends the answering when it is dropped; calls that are being answered are finished.
struct Answering(AbortHandle);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn answer_all(client: Client, mut calls: Subscriber, handler: Handler) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(call) = calls.next().await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let answering = answer(client.clone(), call, Arc::clone(&handler));
        tokio::spawn(async move {
            answering.await;
            drop(place);
        });
    }
}

async fn answer(client: Client, call: Message, handler: Handler) {
    let Some(reply) = call.reply else { return };
    let answer = handler(call.payload).await;
    let bytes = answer.len();
    if let Err(error) = client.publish(reply, answer).await {
        tracing::warn!(%error, bytes, "an answer to another replica cannot be sent");
    }
}
