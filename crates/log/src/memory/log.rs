use std::{
    collections::{HashMap, HashSet, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard},
};

use redress_wire::Service;
use tokio::sync::watch;

use super::MemorySnapshots;
use crate::{AppendError, Chain, Entry, EventLog, LogError, Reader, Stored, Streams};

/// What goes wrong with an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is stored, and the answer is lost.
    StoredInDoubt,
    /// It is lost, and so is the answer.
    LostInDoubt,
    /// The answer is lost, and it arrives just before the next append, if its expectations still
    /// hold by then.
    LateInDoubt,
    /// It is refused as if another writer had been first; nothing is stored.
    Fenced,
    /// The log refuses for now; nothing is stored.
    Refused,
}

/// The log in memory. Its clones are the same log.
#[derive(Clone, Debug)]
pub struct MemoryLog {
    state: Arc<Mutex<State>>,
    length: watch::Sender<usize>,
    snapshots: MemorySnapshots,
}

#[derive(Debug)]
struct State {
    identity: [u8; 16],
    streams: Streams,
    /// In the order of their arrival.
    entries: Vec<Stored>,
    /// Of each stream: the entry with sequence `n` is the one that `n - 1` points to; none if it was
    /// trimmed.
    places: Vec<Vec<Option<usize>>>,
    last: HashMap<Chain, u64>,
    /// What becomes of the next appends; none: nothing goes wrong.
    faults: VecDeque<Option<Fault>>,
    late: Vec<Entry>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::new([1; 16])
    }
}

impl MemoryLog {
    /// An empty log of one stream.
    pub fn new(identity: [u8; 16]) -> Self {
        Self::over(Streams::ONE, identity)
    }

    /// An empty log of several streams.
    pub fn over(streams: Streams, identity: [u8; 16]) -> Self {
        let state = State {
            identity,
            streams,
            entries: Vec::new(),
            places: vec![Vec::new(); streams.count() as usize],
            last: HashMap::new(),
            faults: VecDeque::new(),
            late: Vec::new(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            length: watch::Sender::new(0),
            snapshots: MemorySnapshots::default(),
        }
    }

    /// Lets the next append fail; several in a row are used up one after the other.
    pub fn fail_next(&self, fault: Fault) {
        self.state().faults.push_back(Some(fault));
    }

    /// Lets an append pass before those that are to fail after it.
    pub fn pass_next(&self) {
        self.state().faults.push_back(None);
    }

    /// All that is stored, in the order of its arrival.
    pub fn entries(&self) -> Vec<Stored> {
        let state = self.state();
        let there = |stored: &&Stored| {
            let stream = state.streams.of_chain(stored.chain);
            state.find(stream, stored.sequence).is_some()
        };
        state.entries.iter().filter(there).cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while it is held")
    }

    fn append_now(&self, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        let mut state = self.state();
        state.land_late();
        let doubt = |text: &str| Err(AppendError::InDoubt(text.to_owned()));
        let appended = match state.faults.pop_front().flatten() {
            None => state.store(entries),
            Some(Fault::StoredInDoubt) => state
                .store(entries)
                .and_then(|_| doubt("stored, and the answer is lost")),
            Some(Fault::LostInDoubt) => doubt("lost with its answer"),
            Some(Fault::LateInDoubt) => {
                state.late = entries.to_vec();
                doubt("on its way")
            }
            Some(Fault::Fenced) => Err(AppendError::Fenced("a fault on order".to_owned())),
            Some(Fault::Refused) => Err(AppendError::Refused("a fault on order".to_owned())),
        };
        let length = state.entries.len();
        drop(state);
        self.length.send_replace(length);
        appended
    }
}

impl State {
    /// Stores all or none; every chain is checked against the log before the first is stored.
    fn store(&mut self, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        let mut chains = HashSet::with_capacity(entries.len());
        let stream_of = |entry: &Entry| self.streams.of_chain(entry.chain);
        let Some(stream) = entries.first().map(stream_of) else {
            return Ok(Vec::new());
        };
        if entries.iter().any(|entry| stream_of(entry) != stream) {
            return Err(AppendError::Refused(
                "entries of several streams".to_owned(),
            ));
        }
        for entry in entries {
            let subject = entry.chain.subject();
            if !chains.insert(entry.chain) {
                return Err(AppendError::Refused(format!("two entries of {subject}")));
            }
            let last = self.last.get(&entry.chain).copied().unwrap_or(0);
            if last != entry.expected {
                return Err(AppendError::Fenced(format!(
                    "the last of {subject} is {last}"
                )));
            }
        }
        let places = &mut self.places[stream as usize];
        let first = places.len() as u64 + 1;
        for (sequence, entry) in (first..).zip(entries) {
            let (chain, payload) = (entry.chain, entry.payload.clone());
            self.last.insert(chain, sequence);
            places.push(Some(self.entries.len()));
            self.entries.push(Stored {
                chain,
                sequence,
                payload,
            });
        }
        Ok((first..).take(entries.len()).collect())
    }

    fn land_late(&mut self) {
        let late = mem::take(&mut self.late);
        // Overtaken in the meantime: then it is lost.
        self.store(&late).ok();
    }

    fn find(&self, stream: u32, sequence: u64) -> Option<&Stored> {
        let places = &self.places[stream as usize];
        let place = places.get(usize::try_from(sequence.checked_sub(1)?).ok()?)?;
        self.entries.get((*place)?)
    }

    /// Forgets the entries of a chain below a sequence, and gives how many there were.
    fn trim(&mut self, chain: Chain, below: u64) -> u64 {
        let stream = self.streams.of_chain(chain) as usize;
        let below = below.min(self.last.get(&chain).copied().unwrap_or(0));
        let before = self.places[stream].iter_mut();
        let mut taken = 0;
        for place in before.take(below.saturating_sub(1) as usize) {
            if place.is_some_and(|place| self.entries[place].chain == chain) {
                *place = None;
                taken += 1;
            }
        }
        taken
    }
}

impl EventLog for MemoryLog {
    type Reader = MemoryReader;
    type Snapshots = MemorySnapshots;

    fn snapshots(&self) -> MemorySnapshots {
        self.snapshots.clone()
    }

    async fn first(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        let state = self.state();
        let stream = state.streams.of_chain(chain);
        let end = state.places[stream as usize].len() as u64;
        let mut all = (1..=end).filter_map(|sequence| state.find(stream, sequence));
        Ok(all.find(|stored| stored.chain == chain).cloned())
    }

    async fn trim(&self, chain: Chain, below: u64) -> Result<u64, LogError> {
        Ok(self.state().trim(chain, below))
    }

    async fn streams(&self) -> Result<Streams, LogError> {
        Ok(self.state().streams)
    }

    async fn append(&self, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        self.append_now(entries)
    }

    async fn last(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        let state = self.state();
        let stream = state.streams.of_chain(chain);
        Ok(state
            .last
            .get(&chain)
            .and_then(|last| state.find(stream, *last))
            .cloned())
    }

    async fn at(&self, partition: u32, sequence: u64) -> Result<Option<Stored>, LogError> {
        let state = self.state();
        Ok(state.find(state.streams.of(partition), sequence).cloned())
    }

    async fn read(
        &self,
        partition: u32,
        services: &[Service],
        from: u64,
    ) -> Result<MemoryReader, LogError> {
        let (stream, end) = {
            let state = self.state();
            let stream = state.streams.of(partition);
            (stream, state.places[stream as usize].len() as u64)
        };
        if from > end + 1 {
            return Err(LogError(format!("it ends at {end}, before {from}")));
        }
        let chain = |service: &Service| Chain::Blocks {
            partition,
            service: *service,
        };
        Ok(MemoryReader {
            log: self.clone(),
            stream,
            chains: services.iter().map(chain).collect(),
            next: from.max(1),
            length: self.length.subscribe(),
        })
    }

    async fn identity(&self, partition: u32) -> Result<[u8; 16], LogError> {
        let state = self.state();
        let mut identity = state.identity;
        identity[15] ^= state.streams.of(partition) as u8;
        Ok(identity)
    }
}

/// Reads one partition of a [`MemoryLog`].
#[derive(Debug)]
pub struct MemoryReader {
    log: MemoryLog,
    stream: u32,
    chains: HashSet<Chain>,
    next: u64,
    length: watch::Receiver<usize>,
}

impl Reader for MemoryReader {
    async fn next(&mut self) -> Result<Stored, LogError> {
        loop {
            self.length.borrow_and_update();
            if let Some(stored) = self.find() {
                self.next = stored.sequence + 1;
                return Ok(stored);
            }
            let ended = |_| LogError("the log is gone".to_owned());
            self.length.changed().await.map_err(ended)?;
        }
    }

    fn behind(&self) -> u64 {
        let state = self.log.state();
        let end = state.places[self.stream as usize].len() as u64;
        let follow = (self.next..=end).filter_map(|place| state.find(self.stream, place));
        let wanted = follow.filter(|stored| self.chains.contains(&stored.chain));
        wanted.count() as u64
    }
}

impl MemoryReader {
    /// The next block that is there; passes over the entries of others.
    fn find(&mut self) -> Option<Stored> {
        let state = self.log.state();
        let end = state.places[self.stream as usize].len() as u64;
        while self.next <= end {
            match state.find(self.stream, self.next) {
                Some(stored) if self.chains.contains(&stored.chain) => return Some(stored.clone()),
                _ => self.next += 1,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const CHAIN: Chain = Chain::Blocks {
        partition: 0,
        service: Service::Router,
    };

    fn entry(expected: u64, payload: &'static str) -> Entry {
        Entry {
            chain: CHAIN,
            expected,
            payload: Bytes::from_static(payload.as_bytes()),
        }
    }

    fn is_doubt(answer: &Result<Vec<u64>, AppendError>) -> bool {
        matches!(answer, Err(AppendError::InDoubt(_)))
    }

    #[tokio::test]
    async fn a_doubt_may_mean_stored_or_lost() {
        let log = MemoryLog::default();
        log.fail_next(Fault::LostInDoubt);
        log.fail_next(Fault::StoredInDoubt);
        assert!(is_doubt(&log.append(&[entry(0, "a")]).await));
        assert_eq!(log.entries(), []);
        assert!(is_doubt(&log.append(&[entry(0, "a")]).await));
        assert_eq!(log.entries().len(), 1);
    }

    #[tokio::test]
    async fn a_late_append_wins_over_its_repetition() {
        let log = MemoryLog::default();
        log.fail_next(Fault::LateInDoubt);
        assert!(is_doubt(&log.append(&[entry(0, "a")]).await));
        assert_eq!(log.last(CHAIN).await, Ok(None));
        let again = log.append(&[entry(0, "a")]).await;
        assert!(matches!(again, Err(AppendError::Fenced(_))));
        assert_eq!(log.entries().len(), 1);
    }

    #[tokio::test]
    async fn a_fault_is_used_up() {
        let log = MemoryLog::default();
        log.fail_next(Fault::Fenced);
        log.fail_next(Fault::Refused);
        assert!(matches!(
            log.append(&[entry(0, "a")]).await,
            Err(AppendError::Fenced(_))
        ));
        assert!(matches!(
            log.append(&[entry(0, "a")]).await,
            Err(AppendError::Refused(_))
        ));
        assert_eq!(log.append(&[entry(0, "a")]).await, Ok(vec![1]));
    }
}
