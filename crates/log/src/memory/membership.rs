use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use redress_wire::Service;
use tokio::sync::watch;

use crate::{ClaimError, Membership, MembershipError, Owner, Presence, View};

/// Members and owners in memory, with a clock that stands until it is advanced.
#[derive(Clone, Debug)]
pub struct MemoryMembership {
    lease: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    now: Duration,
    revision: u64,
    /// When a member's lease ends.
    leases: BTreeMap<(Service, String), Duration>,
    views: BTreeMap<Service, watch::Sender<View>>,
}

impl Default for MemoryMembership {
    fn default() -> Self {
        Self::new(Duration::from_secs(6))
    }
}

impl MemoryMembership {
    /// Nobody yet; leases last for `lease` of the clock that [`Self::advance`] moves.
    pub fn new(lease: Duration) -> Self {
        Self {
            lease,
            state: Arc::default(),
        }
    }

    /// Lets time pass; leases that were not renewed expire.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        state.now += by;
        let now = state.now;
        let expired: Vec<_> = state.leases.extract_if(.., |_, end| *end <= now).collect();
        for ((service, member), _) in expired {
            state.remove(service, &member);
        }
    }

    /// Ends a member's lease as if it had not renewed it.
    pub fn expire(&self, service: Service, member: &str) {
        let mut state = self.state();
        state.leases.remove(&(service, member.to_owned()));
        state.remove(service, member);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while it is held")
    }

    fn set_owner(
        &self,
        service: Service,
        partition: u32,
        member: Option<String>,
        seen: u64,
    ) -> Result<u64, ClaimError> {
        let mut state = self.state();
        let owner = state.view(service).borrow().owners.get(&partition).cloned();
        if owner.map_or(0, |owner| owner.revision) != seen {
            return Err(ClaimError::Taken);
        }
        state.revision += 1;
        let revision = state.revision;
        let owner = Owner { member, revision };
        state.view(service).send_modify(|view| {
            view.owners.insert(partition, owner);
        });
        Ok(revision)
    }
}

impl State {
    fn view(&mut self, service: Service) -> &watch::Sender<View> {
        self.views.entry(service).or_default()
    }

    fn remove(&mut self, service: Service, member: &str) {
        self.view(service)
            .send_if_modified(|view| view.members.remove(member).is_some());
    }
}

impl Membership for MemoryMembership {
    async fn renew(
        &self,
        service: Service,
        member: &str,
        presence: &Presence,
    ) -> Result<(), MembershipError> {
        let mut state = self.state();
        let end = state.now + self.lease;
        state.leases.insert((service, member.to_owned()), end);
        state.view(service).send_if_modified(|view| {
            let before = view.members.insert(member.to_owned(), presence.clone());
            before.as_ref() != Some(presence)
        });
        Ok(())
    }

    async fn leave(&self, service: Service, member: &str) -> Result<(), MembershipError> {
        self.expire(service, member);
        Ok(())
    }

    async fn claim(
        &self,
        service: Service,
        partition: u32,
        member: &str,
        seen: u64,
    ) -> Result<u64, ClaimError> {
        self.set_owner(service, partition, Some(member.to_owned()), seen)
    }

    async fn release(
        &self,
        service: Service,
        partition: u32,
        revision: u64,
    ) -> Result<(), ClaimError> {
        self.set_owner(service, partition, None, revision).map(drop)
    }

    async fn watch(&self, service: Service) -> Result<watch::Receiver<View>, MembershipError> {
        Ok(self.state().view(service).subscribe())
    }
}
