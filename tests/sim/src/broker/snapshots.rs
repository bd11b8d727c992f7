//! Snapshots over the network.

use bytes::Bytes;
use redress_log::{AppendError, EventLog as _, LogError, Snapshots, memory::MemorySnapshots};
use redress_wire::{Service, log::Snapshot};

use super::Broker;

/// A process's connection to the snapshots.
#[derive(Clone)]
pub(crate) struct SimSnapshots {
    broker: Broker,
    twin: MemorySnapshots,
}

impl Broker {
    pub(crate) fn snapshots(&self) -> SimSnapshots {
        SimSnapshots {
            broker: self.clone(),
            twin: self.0.log.snapshots(),
        }
    }
}

impl SimSnapshots {
    async fn ask(&self) -> Result<(), LogError> {
        let fails = self.broker.weather().read_fails;
        self.broker.ask(fails).await.map_err(LogError)
    }

    /// A change is made, and its answer may be lost.
    async fn answered(&self) -> Result<(), LogError> {
        let lost = self.broker.weather().answer_lost;
        let arrives = self.broker.travel(lost).await;
        arrives
            .then_some(())
            .ok_or_else(|| LogError("no answer in time".to_owned()))
    }
}

impl Snapshots for SimSnapshots {
    async fn newest(
        &self,
        service: Service,
        partition: u32,
    ) -> Result<Option<(u64, Snapshot)>, LogError> {
        self.ask().await?;
        self.twin.newest(service, partition).await
    }

    async fn part(
        &self,
        service: Service,
        partition: u32,
        id: &str,
        part: u32,
    ) -> Result<Option<Bytes>, LogError> {
        self.ask().await?;
        self.twin.part(service, partition, id, part).await
    }

    async fn keep(
        &self,
        service: Service,
        partition: u32,
        id: &str,
        part: u32,
        content: Bytes,
    ) -> Result<(), LogError> {
        self.ask().await?;
        self.twin
            .keep(service, partition, id, part, content)
            .await?;
        self.answered().await
    }

    async fn show(
        &self,
        service: Service,
        partition: u32,
        snapshot: &Snapshot,
        expected: u64,
    ) -> Result<u64, AppendError> {
        let in_doubt = |fault: LogError| AppendError::InDoubt(fault.0);
        self.ask().await.map_err(in_doubt)?;
        let shown = self.twin.show(service, partition, snapshot, expected).await;
        self.answered().await.map_err(in_doubt)?;
        shown
    }

    async fn forget_before(
        &self,
        service: Service,
        partition: u32,
        id: &str,
    ) -> Result<(), LogError> {
        self.ask().await?;
        self.twin.forget_before(service, partition, id).await
    }
}
