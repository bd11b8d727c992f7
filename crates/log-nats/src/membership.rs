use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;
use redress_log::{ClaimError, Membership, MembershipError, Presence, View};
use redress_wire::{Service, names, peer};
use tokio::sync::watch;

use crate::{
    Broker,
    bucket::{Bucket, PutError, Terms},
    watcher,
};

/// The members and owners, in a bucket whose entries of members expire.
///
/// The bucket is on disk: a member's renewal is one small write, and a service needs no right to
/// make a bucket again after the broker restarted. A lease that ran when the broker ended runs
/// on when it is back.
#[derive(Clone, Debug)]
pub struct NatsMembership {
    bucket: Bucket,
    lease_s: u64,
}

impl NatsMembership {
    pub(crate) fn new(broker: Broker, lease: Duration) -> Self {
        // The broker counts in whole seconds; less than one means no expiry to it.
        let lease_s = lease.as_millis().div_ceil(1000).max(1) as u64;
        Self {
            bucket: Bucket::new(broker, names::MEMBERS_BUCKET),
            lease_s,
        }
    }
}

impl Membership for NatsMembership {
    async fn renew(
        &self,
        service: Service,
        member: &str,
        presence: &Presence,
    ) -> Result<(), MembershipError> {
        // Nothing is expected of the entry: an id belongs to one process, and the trace of an
        // expired lease would have to be known to expect it.
        let key = names::member_key(service, member);
        let lease = Terms {
            ttl_s: Some(self.lease_s),
            ..Terms::default()
        };
        self.bucket
            .put(&key, encode(presence), lease)
            .await
            .map(drop)
            .map_err(|error| failed(&error))
    }

    async fn leave(&self, service: Service, member: &str) -> Result<(), MembershipError> {
        let key = names::member_key(service, member);
        self.bucket
            .delete(&key, None)
            .await
            .map(drop)
            .map_err(|error| failed(&error))
    }

    async fn claim(
        &self,
        service: Service,
        partition: u32,
        member: &str,
        seen: u64,
    ) -> Result<u64, ClaimError> {
        let owner = Bytes::copy_from_slice(member.as_bytes());
        self.set_owner(service, partition, owner, seen).await
    }

    async fn release(
        &self,
        service: Service,
        partition: u32,
        revision: u64,
    ) -> Result<(), ClaimError> {
        self.set_owner(service, partition, Bytes::new(), revision)
            .await
            .map(drop)
    }

    async fn watch(&self, service: Service) -> Result<watch::Receiver<View>, MembershipError> {
        let lease = Duration::from_secs(self.lease_s);
        watcher::start(self.bucket.clone(), service, lease).await
    }
}

impl NatsMembership {
    /// An entry of an owner never expires and is never deleted; an empty one means nobody.
    async fn set_owner(
        &self,
        service: Service,
        partition: u32,
        owner: Bytes,
        seen: u64,
    ) -> Result<u64, ClaimError> {
        let key = names::owner_key(service, partition);
        let terms = Terms {
            expected: Some(seen),
            ..Terms::default()
        };
        self.bucket
            .put(&key, owner, terms)
            .await
            .map_err(|error| match error {
                PutError::Changed => ClaimError::Taken,
                PutError::Failed(_) => ClaimError::Unavailable(failed(&error)),
            })
    }
}

fn encode(presence: &Presence) -> Bytes {
    let said = peer::Presence {
        seat: presence.seat.clone(),
        leaving: presence.leaving,
        warm: presence.warm.iter().copied().collect(),
        too_old: presence.too_old,
    };
    said.encode_to_vec().into()
}

/// What cannot be read is a member all the same: it says nothing of itself.
pub(crate) fn decode(said: &[u8]) -> Presence {
    let said = peer::Presence::decode(said).unwrap_or_default();
    Presence {
        seat: said.seat,
        leaving: said.leaving,
        too_old: said.too_old,
        warm: said.warm.into_iter().collect(),
    }
}

fn failed(error: &PutError) -> MembershipError {
    MembershipError(error.to_string())
}
