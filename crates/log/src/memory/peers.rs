use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use redress_wire::Service;
use tokio::time;

use crate::{Handler, PeerError, Peers, Serving};

type Name = (Service, String);

/// The replicas of one process, which call each other directly.
#[derive(Clone, Default)]
pub struct MemoryPeers {
    handlers: Arc<Mutex<HashMap<Name, Handler>>>,
}

impl MemoryPeers {
    fn handlers(&self) -> MutexGuard<'_, HashMap<Name, Handler>> {
        self.handlers.lock().expect("no panic while it is held")
    }
}

impl fmt::Debug for MemoryPeers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handlers = self.handlers();
        f.debug_set().entries(handlers.keys()).finish()
    }
}

impl Peers for MemoryPeers {
    async fn call(
        &self,
        service: Service,
        member: &str,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Bytes, PeerError> {
        let handler = self.handlers().get(&(service, member.to_owned())).cloned();
        let handler = handler.ok_or_else(|| PeerError::Absent(member.to_owned()))?;
        time::timeout(timeout, handler(body))
            .await
            .map_err(|_| PeerError::NoAnswer(member.to_owned()))
    }

    async fn serve(
        &self,
        service: Service,
        member: &str,
        handler: Handler,
    ) -> Result<Serving, PeerError> {
        let name = (service, member.to_owned());
        self.handlers().insert(name.clone(), handler);
        Ok(Serving::until_dropped(Registered {
            peers: self.clone(),
            name,
        }))
    }
}

struct Registered {
    peers: MemoryPeers,
    name: Name,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.peers.handlers().remove(&self.name);
    }
}
