//! Calls between the replicas of a service, over the network.

use std::time::Duration;

use bytes::Bytes;
use redress_log::{Handler, PeerError, Peers, Serving};
use redress_wire::Service;

use super::{Broker, lock};
use crate::scheduler::{OUTSIDE, Owner};

/// A process's connection to the other replicas.
#[derive(Clone)]
pub(crate) struct SimPeers {
    broker: Broker,
    owner: Owner,
}

impl Broker {
    pub(crate) fn peers_of(&self, owner: Owner) -> SimPeers {
        SimPeers {
            broker: self.clone(),
            owner,
        }
    }

    /// A call arrives at its receiver, is answered there, and the answer travels back.
    async fn call_once(self, name: (Service, String), body: Bytes) -> Option<Option<Bytes>> {
        let lost = self.weather().call_lost;
        if !self.travel(lost).await {
            return None;
        }
        let served = lock(&self.0.served).get(&name).cloned();
        let Some((callee, handler)) = served else {
            return Some(None);
        };
        let longest = Duration::from_mins(1);
        let work = async move { Some(handler(body).await) };
        let answer = self.in_process(callee, longest, work).await?;
        self.travel(lost).await.then_some(Some(answer))
    }
}

impl Peers for SimPeers {
    async fn call(
        &self,
        service: Service,
        member: &str,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Bytes, PeerError> {
        let broker = &self.broker;
        let name = (service, member.to_owned());
        if broker.0.chance.happens(broker.weather().call_twice) {
            let again = broker.clone().call_once(name.clone(), body.clone());
            broker.0.scheduler.spawn(OUTSIDE, async move {
                again.await;
            });
        }
        let call = broker.clone().call_once(name, body);
        match broker.in_process(OUTSIDE, timeout, call).await {
            Some(Some(answer)) => Ok(answer),
            Some(None) => Err(PeerError::Absent(member.to_owned())),
            None => Err(PeerError::NoAnswer(member.to_owned())),
        }
    }

    async fn serve(
        &self,
        service: Service,
        member: &str,
        handler: Handler,
    ) -> Result<Serving, PeerError> {
        let name = (service, member.to_owned());
        lock(&self.broker.0.served).insert(name.clone(), (self.owner, handler));
        Ok(Serving::until_dropped(Served {
            broker: self.broker.clone(),
            name,
        }))
    }
}

struct Served {
    broker: Broker,
    name: (Service, String),
}

impl Drop for Served {
    fn drop(&mut self) {
        lock(&self.broker.0.served).remove(&self.name);
    }
}
