//! What is asked of the owners of partitions, here and in other replicas.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use futures::future::join_all;
use prost::Message;
use redress_log::{PeerError, Peers};
use redress_wire::peer::{Call, PartitionReply, Reply, call::Body, partition_reply::Outcome};
use tokio::time::{Instant, sleep};

use super::{FULL_PAUSE, Handle, MOVING_PAUSE, no_owner};
use crate::{Core, Refusal};

impl<C: Core, P: Peers> Handle<C, P> {
    /// Asks the owners of `wanted` until each has answered once.
    pub(super) async fn gather<T, F>(
        &self,
        mut wanted: BTreeSet<u32>,
        body: Body,
        here: impl Fn(Vec<u32>) -> F,
    ) -> Result<Vec<(u32, T)>, Refusal>
    where
        T: Message + Default,
        F: Future<Output = Vec<(u32, Result<T, Refusal>)>>,
    {
        let until = Instant::now() + Duration::from_secs(5);
        let mut gathered = BTreeMap::new();
        loop {
            let (local, remote) = self.by_owner(&wanted);
            let local = async {
                if local.is_empty() {
                    Vec::new()
                } else {
                    here(local).await
                }
            };
            let remote = remote
                .into_iter()
                .map(|(member, ids)| self.ask(member, ids, body.clone()));
            let (local, remote) = futures::join!(local, join_all(remote));
            for (id, found) in local.into_iter().chain(remote.into_iter().flatten()) {
                match found {
                    Ok(found) => {
                        wanted.remove(&id);
                        gathered.insert(id, found);
                    }
                    Err(refusal) if refusal.is_moved() => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            let Some(&missing) = wanted.first() else {
                return Ok(gathered.into_iter().collect());
            };
            if Instant::now() >= until {
                return Err(no_owner(missing));
            }
            sleep(MOVING_PAUSE).await;
        }
    }

    fn by_owner(&self, wanted: &BTreeSet<u32>) -> (Vec<u32>, BTreeMap<String, Vec<u32>>) {
        let view = self.shared.view.borrow();
        let mut local = Vec::new();
        let mut remote: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for &id in wanted {
            if self.owns(id) {
                local.push(id);
            } else if let Some(owner) = view.owners.get(&id).and_then(|o| o.member.clone())
                && owner != self.shared.member
            {
                remote.entry(owner).or_default().push(id);
            }
        }
        (local, remote)
    }

    async fn ask<T: Message + Default>(
        &self,
        member: String,
        partitions: Vec<u32>,
        body: Body,
    ) -> Vec<(u32, Result<T, Refusal>)> {
        let call = Call {
            partitions,
            body: Some(body),
            traceparent: String::new(),
        };
        let patience = Duration::from_secs(3);
        // What is not answered is asked for again by the caller.
        self.call(&member, &call, patience)
            .await
            .unwrap_or_default()
    }

    pub(super) async fn ask_owner<T: Message + Default>(
        &self,
        partition: u32,
        body: Body,
        traceparent: &str,
        patience: Duration,
    ) -> Result<T, Refusal> {
        let owner = self
            .shared
            .view
            .borrow()
            .owners
            .get(&partition)
            .and_then(|o| o.member.clone());
        let Some(owner) = owner.filter(|owner| *owner != self.shared.member) else {
            return Err(Refusal::moved(partition));
        };
        let call = Call {
            partitions: vec![partition],
            body: Some(body),
            traceparent: traceparent.to_owned(),
        };
        match self.shared.courier.call(&owner, call, patience).await {
            Ok(reply) => read(reply)
                .into_iter()
                .next()
                .map_or(Err(Refusal::moved(partition)), |(_, r)| r),
            Err(PeerError::Absent(_)) => Err(Refusal::moved(partition)),
            Err(PeerError::NoAnswer(_)) => Err(Refusal::unavailable(
                "the replica that owns this did not answer; it may have done it: send the same again",
                FULL_PAUSE,
            )),
        }
    }

    async fn call<T: Message + Default>(
        &self,
        member: &str,
        call: &Call,
        patience: Duration,
    ) -> Result<Vec<(u32, Result<T, Refusal>)>, PeerError> {
        let body: Bytes = call.encode_to_vec().into();
        let answer = self
            .shared
            .peers
            .call(C::SERVICE, member, body, patience)
            .await?;
        let reply = Reply::decode(answer).map_err(|_| PeerError::NoAnswer(member.to_owned()))?;
        Ok(read(reply))
    }
}

/// What was found or decided in each partition.
fn read<T: Message + Default>(reply: Reply) -> Vec<(u32, Result<T, Refusal>)> {
    let one = |reply: PartitionReply| {
        let result = match reply.outcome {
            Some(Outcome::Answer(body)) => T::decode(body).map_err(|_| {
                Refusal::new(tonic::Code::Internal, "the owner's answer cannot be read")
            }),
            Some(Outcome::Refused(refused)) => Err(Refusal::from_wire(refused)),
            None => Err(Refusal::moved(reply.partition)),
        };
        (reply.partition, result)
    };
    reply.replies.into_iter().map(one).collect()
}
