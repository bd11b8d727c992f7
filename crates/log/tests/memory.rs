//! The twins pass the suite of the ports.

use std::time::Duration;

use redress_log::{
    Streams,
    contract::Fixture,
    event_log_contract,
    memory::{MemoryInstallation, MemoryLog, MemoryMembership, MemoryPeers},
};

const LEASE: Duration = Duration::from_secs(6);

struct Memory {
    log: MemoryLog,
    membership: MemoryMembership,
    installation: MemoryInstallation,
    peers: MemoryPeers,
}

fn memory(streams: u32) -> Memory {
    let streams = Streams::new(streams).expect("a number of streams");
    Memory {
        log: MemoryLog::over(streams, [1; 16]),
        membership: MemoryMembership::new(LEASE),
        installation: MemoryInstallation::default(),
        peers: MemoryPeers::default(),
    }
}

impl Fixture for Memory {
    type Log = MemoryLog;
    type Membership = MemoryMembership;
    type Installation = MemoryInstallation;
    type Peers = MemoryPeers;

    fn log(&self) -> MemoryLog {
        self.log.clone()
    }

    fn membership(&self) -> MemoryMembership {
        self.membership.clone()
    }

    fn installation(&self) -> MemoryInstallation {
        self.installation.clone()
    }

    fn peers(&self) -> MemoryPeers {
        self.peers.clone()
    }

    async fn tick(&self) {
        self.membership.advance(LEASE / 4);
    }
}

event_log_contract!(std::future::ready(memory(1)));

mod over_three_streams {
    use super::*;

    event_log_contract!(std::future::ready(memory(3)));
}
