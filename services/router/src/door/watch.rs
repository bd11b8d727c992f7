//! Wakes who follows a case when the log has more of it.
//!
//! While anybody follows a case of a partition through this replica, router's blocks of that
//! partition are read here, from now on. What counts is the log: it is all the same which replica
//! owns the partition, or comes to own it. A follower that nothing happens to costs nothing.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redress_complaint::ComplaintId;
use redress_log::{Chain, EventLog, LogError, Reader as _, Stored};
use redress_runtime::{Block, Task, Tasks as _, TokioTasks};
use redress_wire::{Payload, Service};
use tokio::{sync::watch, time::sleep};

/// When a log that could not be read is read again.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// What the log is known to have of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The newest version that was read here; 0 before the first.
    pub(crate) version: u64,
    /// Counts the times when there may be more than was read: where reading began.
    begun: u64,
}

/// The cases of a partition that somebody follows.
type Cases = Arc<Mutex<BTreeMap<ComplaintId, Case>>>;

struct Case {
    known: watch::Sender<Known>,
    followers: usize,
}

/// A partition with its reader, which ends with it.
struct Board {
    cases: Cases,
    _reader: Task,
}

/// Follows the log for all who follow cases through this replica: one reader for each partition of
/// which any case is followed.
#[derive(Clone)]
pub(crate) struct Watcher(Arc<Inner>);

struct Inner {
    read: Box<dyn Fn(u32, Cases) -> Task + Send + Sync>,
    boards: Mutex<BTreeMap<u32, Board>>,
}

/// A case that is followed, until this is dropped.
pub(crate) struct Watched {
    known: watch::Receiver<Known>,
    watcher: Watcher,
    partition: u32,
    id: ComplaintId,
}

impl Watcher {
    pub(crate) fn new<L: EventLog>(log: L) -> Self {
        let read = move |partition, cases| {
            let log = log.clone();
            TokioTasks.spawn(Box::pin(read_on(log, partition, cases)))
        };
        Self(Arc::new(Inner {
            read: Box::new(read),
            boards: Mutex::default(),
        }))
    }

    /// Begins to watch a case. Whoever asks for its facts after this misses none of those behind.
    pub(crate) fn watch(&self, partition: u32, id: ComplaintId) -> Watched {
        let mut boards = self.boards();
        let board = boards.entry(partition).or_insert_with(|| {
            let cases = Cases::default();
            Board {
                _reader: (self.0.read)(partition, cases.clone()),
                cases,
            }
        });
        let mut cases = lock(&board.cases);
        let case = cases.entry(id).or_insert_with(|| Case {
            known: watch::Sender::default(),
            followers: 0,
        });
        case.followers += 1;
        Watched {
            known: case.known.subscribe(),
            watcher: self.clone(),
            partition,
            id,
        }
    }

    /// Partitions that are read.
    #[cfg(test)]
    fn reads(&self) -> usize {
        self.boards().len()
    }

    fn boards(&self) -> MutexGuard<'_, BTreeMap<u32, Board>> {
        lock(&self.0.boards)
    }
}

impl Watched {
    /// What is known now; [`changed`](Self::changed) waits for more than this.
    pub(crate) fn known(&mut self) -> Known {
        *self.known.borrow_and_update()
    }

    /// Waits until there is or may be more.
    pub(crate) async fn changed(&mut self) {
        if self.known.changed().await.is_err() {
            // The sender is kept while anybody follows; nothing more is to be waited for.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let mut boards = self.watcher.boards();
        let Some(board) = boards.get(&self.partition) else {
            return;
        };
        let mut cases = lock(&board.cases);
        if let Some(case) = cases.get_mut(&self.id) {
            case.followers -= 1;
            if case.followers == 0 {
                cases.remove(&self.id);
            }
        }
        let nobody = cases.is_empty();
        drop(cases);
        if nobody {
            boards.remove(&self.partition);
        }
    }
}

async fn read_on<L: EventLog>(log: L, partition: u32, cases: Cases) {
    loop {
        let Err(fault) = read(&log, partition, &cases).await;
        tracing::debug!(partition, %fault, "the log is read again for those who follow cases");
        sleep(READ_AGAIN).await;
    }
}

async fn read<L: EventLog>(log: &L, partition: u32, cases: &Cases) -> Result<Infallible, LogError> {
    let service = Service::Router;
    let last = log.last(Chain::Blocks { partition, service }).await?;
    let from = last.map_or(1, |last| last.sequence + 1);
    let mut reader = log.read(partition, &[service], from).await?;
    begin(cases);
    loop {
        tell(&reader.next().await?, cases);
    }
}

/// What was recorded before reading began is to be asked for.
fn begin(cases: &Cases) {
    for case in lock(cases).values() {
        case.known.send_modify(|known| known.begun += 1);
    }
}

fn tell(stored: &Stored, cases: &Cases) {
    let Ok(block) = Block::decode(stored) else {
        // Of a newer release: its owner, which is one as well, tells what is in it.
        return begin(cases);
    };
    let cases = lock(cases);
    for event in &block.content.events {
        let Some(Payload::CaseEvent(fact)) = &event.payload else {
            continue;
        };
        let id = ComplaintId::try_from(&event.complaint_id[..]).ok();
        if let Some(case) = id.and_then(|id| cases.get(&id)) {
            let newest = |known: &mut Known| known.version = known.version.max(fact.version);
            case.known.send_modify(newest);
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use redress_log::{Entry, memory::MemoryLog};
    use redress_testkit::eventually;
    use redress_wire::{
        log::{self, Event},
        router::{CaseAccepted, CaseEvent, case_event::Change},
    };
    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);
    const LONG: Duration = Duration::from_hours(24);

    fn id(case: &str) -> ComplaintId {
        ComplaintId::of("web", case)
    }

    /// An owner of partition 1 records a fact of a case.
    async fn records(log: &MemoryLog, owner: &str, case: &str, version: u64) {
        let chain = Chain::Blocks {
            partition: 1,
            service: Service::Router,
        };
        let fact = CaseEvent {
            version,
            change: Some(Change::Accepted(CaseAccepted {})),
            ..CaseEvent::default()
        };
        let event = Event {
            complaint_id: id(case).as_bytes().to_vec(),
            payload: Some(Payload::CaseEvent(fact)),
            ..Event::default()
        };
        let block = log::Block {
            owner: owner.to_owned(),
            events: vec![event],
            ..log::Block::default()
        };
        let last = log.last(chain).await.expect("the twin reads");
        let entry = Entry {
            chain,
            expected: last.map_or(0, |last| last.sequence),
            payload: block.encode_to_vec().into(),
        };
        log.append(&[entry]).await.expect("nobody else writes");
    }

    /// A case that is followed, once the log is read for it.
    async fn followed(watcher: &Watcher, name: &str) -> Watched {
        let mut case = watcher.watch(1, id(name));
        eventually("the reader", SOON, async || {
            (case.known().begun > 0).then_some(())
        })
        .await;
        case
    }

    #[tokio::test(start_paused = true)]
    async fn who_follows_a_case_is_woken_by_its_facts_whoever_records_them_and_by_nothing_else() {
        let log = MemoryLog::new([7; 16]);
        records(&log, "first", "a", 2).await;
        let watcher = Watcher::new(log.clone());
        let mut a = followed(&watcher, "a").await;
        let mut b = watcher.watch(1, id("b"));
        assert!(
            timeout(LONG, a.changed()).await.is_err(),
            "nothing happened"
        );

        records(&log, "first", "a", 3).await;
        a.changed().await;
        assert_eq!(a.known().version, 3);
        records(&log, "who took it over", "a", 4).await;
        a.changed().await;
        assert_eq!(a.known().version, 4);
        assert!(
            timeout(LONG, b.changed()).await.is_err(),
            "not of that case"
        );
    }

    #[tokio::test]
    async fn what_was_recorded_before_the_log_is_read_is_to_be_asked_for() {
        let log = MemoryLog::new([7; 16]);
        let watcher = Watcher::new(log.clone());
        let mut case = watcher.watch(1, id("a"));
        let before = case.known();
        records(&log, "first", "a", 2).await;
        case.changed().await;
        assert_ne!(case.known(), before);
    }

    #[tokio::test]
    async fn a_partition_is_read_once_and_only_while_a_case_of_it_is_followed() {
        let watcher = Watcher::new(MemoryLog::new([7; 16]));
        let followers = [watcher.watch(1, id("a")), watcher.watch(1, id("a"))];
        let other = watcher.watch(1, id("b"));
        let elsewhere = watcher.watch(2, id("c"));
        assert_eq!(watcher.reads(), 2);
        drop((followers, elsewhere));
        assert_eq!(watcher.reads(), 1);
        drop(other);
        assert_eq!(watcher.reads(), 0);
    }
}
