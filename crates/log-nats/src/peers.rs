use std::time::Duration;

use async_nats::RequestErrorKind;
use bytes::Bytes;
use futures::StreamExt as _;
use redress_log::{Handler, PeerError, Peers, Serving};
use redress_wire::{Service, names};

use crate::Broker;

/// How the replicas of a service reach each other: requests over NATS.
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
        let subject = names::peer_subject(service, member);
        let request = async_nats::Request::new().payload(body).timeout(Some(timeout));
        match self.broker.client().send_request(subject, request).await {
            Ok(message) => Ok(message.payload),
            Err(error) if error.kind() == RequestErrorKind::NoResponders => {
                Err(PeerError::Absent(member.to_owned()))
            }
            Err(_) => Err(PeerError::NoAnswer(member.to_owned())),
        }
    }

    async fn serve(
        &self,
        service: Service,
        member: &str,
        handler: Handler,
    ) -> Result<Serving, PeerError> {
        let client = self.broker.client().clone();
        let subject = names::peer_subject(service, member);
        let mut calls = client
            .subscribe(subject)
            .await
            .map_err(|_| PeerError::Absent(member.to_owned()))?;
        let task = tokio::spawn(async move {
            while let Some(call) = calls.next().await {
                let Some(reply) = call.reply else { continue };
                let (client, answer) = (client.clone(), handler(call.payload));
                tokio::spawn(async move {
                    // A caller that hears nothing asks again.
                    drop(client.publish(reply, answer.await).await);
                });
            }
        });
        Ok(Serving::until_dropped(AbortOnDrop(task.abort_handle())))
    }
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
