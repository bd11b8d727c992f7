use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use redress_wire::{Service, feed::Published};
use tokio::sync::watch;

use super::Fault;
use crate::{AppendError, FEED_MOST, Feed, FeedMark, LogError, Place};

/// The feed in memory. Its clones are the same feed.
#[derive(Clone, Debug)]
pub struct MemoryFeed {
    state: Arc<Mutex<State>>,
    length: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Published>,
    marks: HashMap<(Service, u32), (u64, Place)>,
    last_sequence: u64,
    faults: VecDeque<Fault>,
    late: Option<(Vec<Published>, Vec<FeedMark>)>,
}

impl Default for MemoryFeed {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            length: watch::Sender::new(0),
        }
    }
}

impl MemoryFeed {
    /// Lets the next publishing fail; several in a row are used up one after the other.
    pub fn fail_next(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// All that was published, in order.
    pub fn events(&self) -> Vec<Published> {
        self.state().events.clone()
    }

    /// Waits until there are so many events.
    pub async fn wait_for(&self, events: usize) -> Vec<Published> {
        let mut length = self.length.subscribe();
        // The sender is here, so it cannot be gone.
        length.wait_for(|length| *length >= events).await.ok();
        self.events()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while it is held")
    }

    fn publish_now(
        &self,
        events: &[Published],
        marks: &[FeedMark],
    ) -> Result<Vec<u64>, AppendError> {
        let mut state = self.state();
        if let Some((events, marks)) = state.late.take() {
            // Overtaken in the meantime: then it is lost.
            state.store(&events, &marks).ok();
        }
        let doubt = || Err(AppendError::InDoubt("a fault on order".to_owned()));
        let published = match state.faults.pop_front() {
            None => state.store(events, marks),
            Some(Fault::StoredInDoubt) => state.store(events, marks).and_then(|_| doubt()),
            Some(Fault::LostInDoubt) => doubt(),
            Some(Fault::LateInDoubt) => {
                state.late = Some((events.to_vec(), marks.to_vec()));
                doubt()
            }
            Some(Fault::Fenced) => Err(AppendError::Fenced("a fault on order".to_owned())),
            Some(Fault::Refused) => Err(AppendError::Refused("a fault on order".to_owned())),
        };
        let length = state.events.len();
        drop(state);
        self.length.send_replace(length);
        published
    }
}

impl State {
    fn store(&mut self, events: &[Published], marks: &[FeedMark]) -> Result<Vec<u64>, AppendError> {
        if events.len() + marks.len() > FEED_MOST {
            return Err(AppendError::Refused("too much at once".to_owned()));
        }
        for mark in marks {
            let at = self.marks.get(&(mark.service, mark.partition));
            let last = at.map_or(0, |(sequence, _)| *sequence);
            if last != mark.expected {
                return Err(AppendError::Fenced(format!("the last mark is {last}")));
            }
        }
        self.events.extend_from_slice(events);
        self.last_sequence += events.len() as u64;
        let mut sequences = Vec::with_capacity(marks.len());
        for mark in marks {
            self.last_sequence += 1;
            let moved = (self.last_sequence, mark.place);
            self.marks.insert((mark.service, mark.partition), moved);
            sequences.push(self.last_sequence);
        }
        Ok(sequences)
    }
}

impl Feed for MemoryFeed {
    async fn mark(
        &self,
        service: Service,
        partition: u32,
    ) -> Result<Option<(u64, Place)>, LogError> {
        Ok(self.state().marks.get(&(service, partition)).copied())
    }

    async fn publish(
        &self,
        events: &[Published],
        marks: &[FeedMark],
    ) -> Result<Vec<u64>, AppendError> {
        self.publish_now(events, marks)
    }
}
