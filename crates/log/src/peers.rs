use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use redress_wire::Service;

/// Answers the calls of other members.
pub type Handler = Arc<dyn Fn(Bytes) -> Pin<Box<dyn Future<Output = Bytes> + Send>> + Send + Sync>;

/// How the replicas of a service reach each other.
pub trait Peers: Clone + Send + Sync + 'static {
    /// Asks another member and waits for its answer.
    ///
    /// # Errors
    /// The member is not there, or did not answer in time: what was asked may have been done.
    fn call(
        &self,
        service: Service,
        member: &str,
        body: Bytes,
        timeout: Duration,
    ) -> impl Future<Output = Result<Bytes, PeerError>> + Send;

    /// Answers calls to `member` until the returned guard is dropped.
    ///
    /// # Errors
    /// The members cannot be reached.
    fn serve(
        &self,
        service: Service,
        member: &str,
        handler: Handler,
    ) -> impl Future<Output = Result<Serving, PeerError>> + Send;
}

/// Calls are answered as long as this lives.
#[must_use = "calls are answered as long as this lives"]
pub struct Serving(#[expect(dead_code, reason = "held for its drop")] Box<dyn Send + Sync>);

impl Serving {
    /// Keeps what ends the answering when it is dropped.
    pub fn until_dropped(guard: impl Send + Sync + 'static) -> Self {
        Self(Box::new(guard))
    }
}

/// Why a call has no answer.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum PeerError {
    /// Nobody answers under that name: the call was not received.
    #[error("member {0} is not there")]
    Absent(String),
    /// The answer did not come.
    #[error("member {0} did not answer in time")]
    NoAnswer(String),
}
