use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
};

use bytes::Bytes;
use redress_wire::{Service, log::Snapshot};

use crate::{AppendError, LogError, Snapshots, is_before};

/// Snapshots in memory. Its clones are the same.
#[derive(Clone, Debug, Default)]
pub struct MemorySnapshots {
    state: Arc<Mutex<State>>,
}

/// A part: of which service and partition, of which snapshot, which one.
type Place = (Service, u32, String, u32);

#[derive(Debug, Default)]
struct State {
    newest: HashMap<(Service, u32), (u64, Snapshot)>,
    parts: BTreeMap<Place, Bytes>,
    sequence: u64,
}

impl MemorySnapshots {
    /// Changes every part of a service's partition in one byte, as a broken disk does.
    pub fn damage(&self, service: Service, partition: u32) {
        for (place, part) in &mut self.state().parts {
            if (place.0, place.1) == (service, partition) {
                let mut bytes = part.to_vec();
                if let Some(byte) = bytes.last_mut() {
                    *byte ^= 1;
                }
                *part = bytes.into();
            }
        }
    }

    /// How many parts are kept of a service's partition.
    pub fn parts(&self, service: Service, partition: u32) -> usize {
        let state = self.state();
        let of = |place: &&Place| (place.0, place.1) == (service, partition);
        state.parts.keys().filter(of).count()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while it is held")
    }
}

impl Snapshots for MemorySnapshots {
    async fn newest(
        &self,
        service: Service,
        partition: u32,
    ) -> Result<Option<(u64, Snapshot)>, LogError> {
        Ok(self.state().newest.get(&(service, partition)).cloned())
    }

    async fn part(
        &self,
        service: Service,
        partition: u32,
        id: &str,
        part: u32,
    ) -> Result<Option<Bytes>, LogError> {
        let place = (service, partition, id.to_owned(), part);
        Ok(self.state().parts.get(&place).cloned())
    }

    async fn keep(
        &self,
        service: Service,
        partition: u32,
        id: &str,
        part: u32,
        content: Bytes,
    ) -> Result<(), LogError> {
        let place = (service, partition, id.to_owned(), part);
        self.state().parts.insert(place, content);
        Ok(())
    }

    async fn show(
        &self,
        service: Service,
        partition: u32,
        snapshot: &Snapshot,
        expected: u64,
    ) -> Result<u64, AppendError> {
        let mut state = self.state();
        let of = (service, partition);
        let last = state.newest.get(&of).map_or(0, |(sequence, _)| *sequence);
        if last != expected {
            return Err(AppendError::Fenced(format!("the newest one is {last}")));
        }
        state.sequence += 1;
        let sequence = state.sequence;
        state.newest.insert(of, (sequence, snapshot.clone()));
        Ok(sequence)
    }

    async fn forget_before(
        &self,
        service: Service,
        partition: u32,
        id: &str,
    ) -> Result<(), LogError> {
        let stays =
            |place: &Place| (place.0, place.1) != (service, partition) || !is_before(&place.2, id);
        self.state().parts.retain(|place, _| stays(place));
        Ok(())
    }
}
