//! Control experiments: what a replica is like that goes without something a promise rests on.
//!
//! Only builds with debug assertions have them; the fault tests run such builds and have to notice.

use std::sync::Arc;

use redress_log::{ClaimError, Membership, MembershipError, Owner, Presence, View};
use redress_log_nats::NatsMembership;
use redress_wire::Service;
use tokio::sync::watch;

use crate::args::{Release, RuntimeArgs, Switch};

/// Makes the process what the settings of an experiment say.
pub(crate) fn begin(runtime: &RuntimeArgs) {
    if runtime.test_release == Release::Next {
        redress_wire::rehearsal::play_next_release();
    }
    if runtime.test_chain == Switch::Off {
        redress_runtime::follow_broken_chains();
    }
}

/// Leases that are heeded, or that a member ignores.
#[derive(Clone, Debug)]
pub(crate) enum Leases {
    /// The broker's.
    Heeded(NatsMembership),
    /// The member sees nobody but itself, and every claim succeeds.
    Ignored(NatsMembership, Arc<watch::Sender<View>>),
}

impl Leases {
    pub(crate) fn of(runtime: &RuntimeArgs, member: &str, broker: NatsMembership) -> Self {
        if runtime.test_lease == Switch::On {
            return Self::Heeded(broker);
        }
        let alone = View {
            members: [(member.to_owned(), Presence::default())].into(),
            ..View::default()
        };
        Self::Ignored(broker, Arc::new(watch::Sender::new(alone)))
    }
}

impl Membership for Leases {
    async fn renew(
        &self,
        service: Service,
        member: &str,
        presence: &Presence,
    ) -> Result<(), MembershipError> {
        let (Self::Heeded(broker) | Self::Ignored(broker, _)) = self;
        broker.renew(service, member, presence).await
    }

    async fn leave(&self, service: Service, member: &str) -> Result<(), MembershipError> {
        let (Self::Heeded(broker) | Self::Ignored(broker, _)) = self;
        broker.leave(service, member).await
    }

    async fn claim(
        &self,
        service: Service,
        partition: u32,
        member: &str,
        seen: u64,
    ) -> Result<u64, ClaimError> {
        match self {
            Self::Heeded(broker) => broker.claim(service, partition, member, seen).await,
            Self::Ignored(_, view) => Ok(own(view, partition, Some(member), seen)),
        }
    }

    async fn release(
        &self,
        service: Service,
        partition: u32,
        revision: u64,
    ) -> Result<(), ClaimError> {
        match self {
            Self::Heeded(broker) => broker.release(service, partition, revision).await,
            Self::Ignored(_, view) => {
                own(view, partition, None, revision);
                Ok(())
            }
        }
    }

    async fn watch(&self, service: Service) -> Result<watch::Receiver<View>, MembershipError> {
        match self {
            Self::Heeded(broker) => broker.watch(service).await,
            Self::Ignored(_, view) => Ok(view.subscribe()),
        }
    }
}

fn own(view: &watch::Sender<View>, partition: u32, member: Option<&str>, seen: u64) -> u64 {
    let revision = seen + 1;
    let member = member.map(str::to_owned);
    view.send_modify(|view| {
        view.owners.insert(partition, Owner { member, revision });
    });
    revision
}
