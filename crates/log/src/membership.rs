use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use redress_wire::Service;
use tokio::sync::watch;

/// Who takes part in a service, and who owns which partition.
///
/// A member's lease expires when it is not renewed. Leases and claims give liveness only: what
/// keeps two owners apart is the fence of the log.
pub trait Membership: Clone + Send + Sync + 'static {
    /// Makes or renews a member's lease, with what it says of itself; the lease lasts for the
    /// lease time of the installation.
    ///
    /// # Errors
    /// The store of leases cannot be reached.
    fn renew(
        &self,
        service: Service,
        member: &str,
        presence: &Presence,
    ) -> impl Future<Output = Result<(), MembershipError>> + Send;

    /// Ends a member's lease at once.
    ///
    /// # Errors
    /// The store of leases cannot be reached.
    fn leave(
        &self,
        service: Service,
        member: &str,
    ) -> impl Future<Output = Result<(), MembershipError>> + Send;

    /// Claims a partition: succeeds only if its entry is still the one of `seen` (the revision in
    /// the view; 0 for a partition without an entry). Gives the new revision.
    ///
    /// # Errors
    /// Another member was first, or the store of leases cannot be reached.
    fn claim(
        &self,
        service: Service,
        partition: u32,
        member: &str,
        seen: u64,
    ) -> impl Future<Output = Result<u64, ClaimError>> + Send;

    /// Gives a partition up, if its entry is still the one of `revision`.
    ///
    /// # Errors
    /// It was taken over already, or the store of leases cannot be reached.
    fn release(
        &self,
        service: Service,
        partition: u32,
        revision: u64,
    ) -> impl Future<Output = Result<(), ClaimError>> + Send;

    /// The members and owners of a service, kept up to date.
    ///
    /// # Errors
    /// The store of leases cannot be reached.
    fn watch(
        &self,
        service: Service,
    ) -> impl Future<Output = Result<watch::Receiver<View>, MembershipError>> + Send;
}

/// Members and owners of one service at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The members whose lease runs, by id.
    pub members: BTreeMap<String, Presence>,
    /// The entry of each partition that ever had one.
    pub owners: BTreeMap<u32, Owner>,
}

/// What a member says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// A name that outlasts the member's restarts, so that it is assigned the partitions again that
    /// its store already holds.
    pub seat: String,
    /// It is about to stop: its partitions are for the others.
    pub leaving: bool,
    /// It met an event of a newer release, and leaves its partitions to those that know it.
    pub too_old: bool,
    /// Partitions of other members that it has followed to the end of the log: it can take them
    /// over in no time.
    pub warm: BTreeSet<u32>,
}

/// The entry of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The member that claimed it; `None` after it was released.
    pub member: Option<String>,
    /// Revision of the entry, to claim or release it by.
    pub revision: u64,
}

/// The store of leases failed.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("the leases cannot be read or written: {0}")]
pub struct MembershipError(pub String);

/// Why a claim or a release did not happen.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ClaimError {
    /// The entry changed since it was seen.
    #[error("another member was first")]
    Taken,
    /// The store of leases failed.
    #[error(transparent)]
    Unavailable(#[from] MembershipError),
}
