//! Runs the tasks of all processes on one thread, in an order drawn from the seed.
//!
//! A task belongs to an owner, which stands for a process: killing the owner drops all its tasks
//! between two polls, as `kill -9` does; pausing it leaves them unpolled, as SIGSTOP does. Between
//! two polls every task rests at an await, so a kill at the n-th poll of a process, for every n,
//! is a crash at every await point.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use redress_runtime::{Task, Tasks, Work};
use tokio::{sync::mpsc, time::Instant};

use crate::{chance::Chance, trace::Trace};

/// Whose tasks they are. Each start of a process is an owner of its own.
pub(crate) type Owner = u32;

/// What happens outside of every process: the network, the callers, the faults.
pub(crate) const OUTSIDE: Owner = 0;

/// Clones are the same scheduler.
#[derive(Clone)]
pub(crate) struct Scheduler {
    state: Arc<Mutex<State>>,
    ready: Arc<Ready>,
    chance: Chance,
    trace: Trace,
    killed: mpsc::UnboundedSender<Owner>,
}

struct State {
    next_task: u64,
    tasks: BTreeMap<u64, Slot>,
    processes: BTreeMap<Owner, Process>,
    polls: u64,
    /// Polls since the time last went on, and when that was.
    at_once: u64,
    now: Instant,
    faults: Vec<String>,
}

/// So many polls without a pause are no work any more, but a loop that waits for nothing.
const MOST_AT_ONCE: u64 = 100_000;

struct Slot {
    owner: Owner,
    waker: Waker,
    /// Out while it is polled.
    work: Option<Work>,
}

impl State {
    fn count(&mut self, task: u64, owner: Owner) {
        let now = Instant::now();
        if now != self.now {
            (self.now, self.at_once) = (now, 0);
        }
        self.at_once += 1;
        if self.at_once == MOST_AT_ONCE {
            let spins = format!("p{owner} spins, or others with it: task {task}");
            self.faults.push(spins);
        }
    }
}

#[derive(Default)]
struct Process {
    polls: u64,
    kill_at: Option<u64>,
    paused: bool,
}

#[derive(Default)]
struct Ready {
    tasks: Mutex<BTreeSet<u64>>,
    root: Mutex<Option<Waker>>,
}

struct WakeTask {
    task: u64,
    ready: Arc<Ready>,
}

impl Wake for WakeTask {
    fn wake(self: Arc<Self>) {
        lock(&self.ready.tasks).insert(self.task);
        if let Some(root) = &*lock(&self.ready.root) {
            root.wake_by_ref();
        }
    }
}

impl Scheduler {
    /// Nothing to run yet. Owners killed at a poll are told to the receiver.
    pub(crate) fn new(chance: Chance, trace: Trace) -> (Self, mpsc::UnboundedReceiver<Owner>) {
        let (killed, receiver) = mpsc::unbounded_channel();
        let state = State {
            next_task: 0,
            tasks: BTreeMap::new(),
            processes: BTreeMap::from([(OUTSIDE, Process::default())]),
            polls: 0,
            at_once: 0,
            now: Instant::now(),
            faults: Vec::new(),
        };
        let scheduler = Self {
            state: Arc::new(Mutex::new(state)),
            ready: Arc::default(),
            chance,
            trace,
            killed,
        };
        (scheduler, receiver)
    }

    /// A process begins. With `kill_at` it is killed instead of its so-many-th poll.
    pub(crate) fn begin(&self, owner: Owner, kill_at: Option<u64>) {
        let process = Process {
            kill_at,
            ..Process::default()
        };
        self.lock().processes.insert(owner, process);
    }

    /// Ends a process and all its tasks, wherever they wait. False if it has ended already.
    pub(crate) fn kill(&self, owner: Owner) -> bool {
        let mut state = self.lock();
        if state.processes.remove(&owner).is_none() {
            return false;
        }
        let dropped: Vec<Slot> = state
            .tasks
            .extract_if(.., |_, slot| slot.owner == owner)
            .map(|(_, slot)| slot)
            .collect();
        drop(state);
        // Outside of the lock: what is dropped may end tasks and wake others.
        drop(dropped);
        true
    }

    /// Stops or goes on polling a process.
    pub(crate) fn pause(&self, owner: Owner, paused: bool) {
        if let Some(process) = self.lock().processes.get_mut(&owner) {
            process.paused = paused;
        }
        if let Some(root) = &*lock(&self.ready.root) {
            root.wake_by_ref();
        }
    }

    /// Runs `work` for an owner; nothing if the owner has ended.
    pub(crate) fn spawn(
        &self,
        owner: Owner,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> u64 {
        self.spawn_boxed(owner, Box::pin(work))
    }

    fn spawn_boxed(&self, owner: Owner, work: Work) -> u64 {
        let mut state = self.lock();
        let task = state.next_task;
        if !state.processes.contains_key(&owner) {
            drop(state);
            drop(work);
            return task;
        }
        state.next_task += 1;
        let waker = Arc::new(WakeTask {
            task,
            ready: self.ready.clone(),
        });
        let slot = Slot {
            owner,
            waker: Waker::from(waker.clone()),
            work: Some(work),
        };
        state.tasks.insert(task, slot);
        drop(state);
        waker.wake();
        task
    }

    fn abort(&self, task: u64) {
        let slot = self.lock().tasks.remove(&task);
        drop(slot);
    }

    /// Where the tasks of one process run.
    pub(crate) fn tasks_of(&self, owner: Owner) -> Arc<dyn Tasks> {
        Arc::new(TasksOf {
            owner,
            scheduler: self.clone(),
        })
    }

    /// Polls of all tasks so far.
    pub(crate) fn polls(&self) -> u64 {
        self.lock().polls
    }

    /// Panics that left a task, and tasks that spin.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.lock().faults.clone()
    }

    /// Runs everything until `ends` says so; it is asked after every poll.
    pub(crate) async fn run(&self, ends: impl Fn() -> bool) {
        poll_fn(|cx| {
            *lock(&self.ready.root) = Some(cx.waker().clone());
            if ends() || self.has_faults() {
                return Poll::Ready(());
            }
            // One task for each poll, so that each has tokio's whole budget, as anywhere else.
            if self.step() {
                cx.waker().wake_by_ref();
            }
            Poll::Pending
        })
        .await;
    }

    fn has_faults(&self) -> bool {
        !self.lock().faults.is_empty()
    }

    /// Nobody is killed at a poll any more, or paused.
    pub(crate) fn spare_all(&self) {
        let mut state = self.lock();
        for process in state.processes.values_mut() {
            (process.kill_at, process.paused) = (None, false);
        }
        drop(state);
        if let Some(root) = &*lock(&self.ready.root) {
            root.wake_by_ref();
        }
    }

    /// Drops every task: they hold the world, and the world holds this.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.processes.clear();
        let tasks = std::mem::take(&mut state.tasks);
        drop(state);
        drop(tasks);
    }

    /// Takes a task that can go on.
    fn next(&self) -> Option<(u64, Owner, Work, Waker)> {
        let mut state = self.lock();
        loop {
            let task = self.choose(&state)?;
            lock(&self.ready.tasks).remove(&task);
            let Some(slot) = state.tasks.get_mut(&task) else {
                continue;
            };
            let (owner, waker, work) = (slot.owner, slot.waker.clone(), slot.work.take());
            let Some(process) = state.processes.get_mut(&owner) else {
                continue;
            };
            process.polls += 1;
            if process.kill_at.is_some_and(|at| process.polls >= at) {
                if let Some(slot) = state.tasks.get_mut(&task) {
                    slot.work = work;
                }
                drop(state);
                self.kill(owner);
                // The receiver lives as long as the run.
                let _ = self.killed.send(owner);
                state = self.lock();
                continue;
            }
            state.polls += 1;
            state.count(task, owner);
            self.trace.choice(task);
            return work.map(|work| (task, owner, work, waker));
        }
    }

    /// One of the tasks that can go on, those of paused processes left out.
    fn choose(&self, state: &State) -> Option<u64> {
        let ready = lock(&self.ready.tasks);
        let may_run = |task: &&u64| {
            let owner = state.tasks.get(task).map(|slot| slot.owner);
            let process = owner.and_then(|owner| state.processes.get(&owner));
            process.is_none_or(|process| !process.paused)
        };
        let able: Vec<u64> = ready.iter().filter(may_run).copied().collect();
        match able.len() {
            0 => None,
            1 => Some(able[0]),
            _ => Some(*self.chance.pick(&able)),
        }
    }

    fn step(&self) -> bool {
        let Some((task, owner, mut work, waker)) = self.next() else {
            return false;
        };
        let mut cx = Context::from_waker(&waker);
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut cx)));
        let mut state = self.lock();
        if let Err(panic) = &polled {
            let words = panic.downcast_ref::<String>().cloned().or_else(|| {
                panic
                    .downcast_ref::<&str>()
                    .map(|words| (*words).to_owned())
            });
            state.faults.push(format!("p{owner} panics: {words:?}"));
        }
        let over = !matches!(polled, Ok(Poll::Pending));
        let kept = match state.tasks.get_mut(&task) {
            Some(slot) if !over => {
                slot.work = Some(work);
                None
            }
            // It ended, or was ended while it was polled.
            _ => {
                state.tasks.remove(&task);
                Some(work)
            }
        };
        drop(state);
        drop(kept);
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

struct TasksOf {
    owner: Owner,
    scheduler: Scheduler,
}

impl Tasks for TasksOf {
    fn spawn(&self, work: Work) -> Task {
        let task = self.scheduler.spawn_boxed(self.owner, work);
        let scheduler = self.scheduler.clone();
        Task::new(move || scheduler.abort(task))
    }

    /// A disk is mostly quick, and sometimes not.
    fn block(&self, work: Box<dyn FnOnce() + Send>) {
        let delay = self.scheduler.chance.delay(400);
        self.scheduler.spawn(self.owner, async move {
            tokio::time::sleep(delay).await;
            work();
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
