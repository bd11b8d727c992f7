//! Leases and claims over the network, and a view of them that lags behind.

use std::sync::atomic::Ordering;

use redress_log::{ClaimError, Membership, MembershipError, Owner as Claim, Presence, View};
use redress_wire::Service;
use tokio::{sync::watch, time::sleep};

use super::Broker;
use crate::scheduler::Owner;

/// A process's connection to the leases.
#[derive(Clone)]
pub(crate) struct SimMembers {
    broker: Broker,
    owner: Owner,
    member: String,
}

impl Broker {
    pub(crate) fn members_of(&self, owner: Owner, member: &str) -> SimMembers {
        SimMembers {
            broker: self.clone(),
            owner,
            member: member.to_owned(),
        }
    }

    /// Who holds leases and claims right now.
    pub(crate) async fn view(&self, service: Service) -> View {
        let view = self.0.members.watch(service).await;
        view.expect("the twin never fails").borrow().clone()
    }
}

impl SimMembers {
    async fn ask(&self) -> Result<(), MembershipError> {
        let fails = self.broker.weather().lease_fails;
        self.broker.ask(fails).await.map_err(MembershipError)
    }

    /// What it sees: the view, or with leases ignored only itself, and nobody's claims.
    fn seen(&self, view: &View) -> View {
        if self.broker.0.heeds_leases.load(Ordering::Relaxed) {
            return view.clone();
        }
        let free = |(id, claim): (&u32, &Claim)| {
            let mine = claim.member.clone().filter(|member| *member == self.member);
            let claim = Claim {
                member: mine,
                revision: claim.revision,
            };
            (*id, claim)
        };
        let mut members = view.members.clone();
        members.retain(|member, _| *member == self.member);
        members.entry(self.member.clone()).or_default();
        View {
            members,
            owners: view.owners.iter().map(free).collect(),
        }
    }
}

impl Membership for SimMembers {
    async fn renew(
        &self,
        service: Service,
        member: &str,
        presence: &Presence,
    ) -> Result<(), MembershipError> {
        self.ask().await?;
        let twin = &self.broker.0.members;
        twin.renew(service, member, presence).await?;
        self.ask().await
    }

    async fn leave(&self, service: Service, member: &str) -> Result<(), MembershipError> {
        self.ask().await?;
        self.broker.0.members.leave(service, member).await
    }

    async fn claim(
        &self,
        service: Service,
        partition: u32,
        member: &str,
        seen: u64,
    ) -> Result<u64, ClaimError> {
        self.ask().await?;
        let twin = &self.broker.0.members;
        let claimed = twin.claim(service, partition, member, seen).await?;
        self.broker
            .0
            .trace
            .note(format!("{member} claims {partition}"));
        // The claim stands, whether or not its answer arrives.
        self.ask().await?;
        Ok(claimed)
    }

    async fn release(
        &self,
        service: Service,
        partition: u32,
        revision: u64,
    ) -> Result<(), ClaimError> {
        self.ask().await?;
        let twin = &self.broker.0.members;
        twin.release(service, partition, revision).await?;
        Ok(self.ask().await?)
    }

    async fn watch(&self, service: Service) -> Result<watch::Receiver<View>, MembershipError> {
        self.ask().await?;
        let mut twin = self.broker.0.members.watch(service).await?;
        let first = self.seen(&twin.borrow_and_update());
        let (seen, receiver) = watch::channel(first);
        let this = self.clone();
        self.broker.0.scheduler.spawn(self.owner, async move {
            while twin.changed().await.is_ok() {
                let weather = this.broker.weather();
                sleep(this.broker.0.chance.delay(weather.longest_delay_ms)).await;
                let view = twin.borrow_and_update().clone();
                seen.send_if_modified(|known| {
                    let view = this.seen(&view);
                    let changes = *known != view;
                    *known = view;
                    changes
                });
            }
        });
        Ok(receiver)
    }
}
