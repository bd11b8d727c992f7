use std::{
    any::Any,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
};

use tokio::sync::{mpsc, oneshot};

/// A task of a processor.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where the tasks of a processor run: on tokio's threads, or, simulated, on one thread in an
/// order drawn from a seed.
pub trait Tasks: Send + Sync + 'static {
    /// Runs `work` until it ends or the handle is dropped.
    fn spawn(&self, work: Work) -> Task;

    /// Runs work that may block on the disk, where it holds up nothing else.
    fn block(&self, work: Box<dyn FnOnce() + Send>);
}

/// A task that runs as long as this lives, so that none outlives its owner.
#[must_use = "the task ends when this is dropped"]
pub struct Task(Option<Box<dyn FnOnce() + Send + Sync>>);

impl Task {
    /// A task that `abort` ends.
    pub fn new(abort: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(abort)))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(abort) = self.0.take() {
            abort();
        }
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Task").finish()
    }
}

/// Tasks on the tokio runtime that spawns them.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioTasks;

impl Tasks for TokioTasks {
    fn spawn(&self, work: Work) -> Task {
        let abort = tokio::spawn(work).abort_handle();
        Task::new(move || abort.abort())
    }

    fn block(&self, work: Box<dyn FnOnce() + Send>) {
        drop(tokio::task::spawn_blocking(work));
    }
}

/// Work on rows in memory, done where it is asked for: it needs no other thread, and a simulation
/// must not have one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtOnce;

impl Tasks for AtOnce {
    fn spawn(&self, work: Work) -> Task {
        TokioTasks.spawn(work)
    }

    fn block(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }
}

/// Runs work on the disk beside the rounds; a panic becomes its words.
pub(crate) async fn off_thread<T: Send + 'static>(
    tasks: &Arc<dyn Tasks>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let (done, finished) = oneshot::channel();
    tasks.block(Box::new(move || {
        let result = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| said(&*panic));
        drop(done.send(result));
    }));
    finished
        .await
        .unwrap_or_else(|_| Err("the work was given up".to_owned()))
}

/// The words of a panic.
pub(crate) fn said(panic: &(dyn Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!(
        "a fault in the program: {}",
        words.unwrap_or_else(|| "no words".to_owned())
    )
}

/// Tells when tasks end, by themselves or by a panic.
pub(crate) struct Ends {
    told: mpsc::UnboundedReceiver<()>,
    tell: mpsc::UnboundedSender<()>,
    tasks: Vec<Task>,
}

struct TellAtEnd(mpsc::UnboundedSender<()>);

impl Drop for TellAtEnd {
    fn drop(&mut self) {
        // Nobody listens any more when the processor is gone.
        let _ = self.0.send(());
    }
}

impl Ends {
    pub(crate) fn new() -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        Self {
            told,
            tell,
            tasks: Vec::new(),
        }
    }

    pub(crate) fn spawn(
        &mut self,
        tasks: &Arc<dyn Tasks>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let at_end = TellAtEnd(self.tell.clone());
        self.tasks.push(tasks.spawn(Box::pin(async move {
            let _at_end = at_end;
            work.await;
        })));
    }

    /// Waits until one task ends.
    pub(crate) async fn first(&mut self) {
        self.told.recv().await;
    }

    /// Waits until all tasks have ended.
    pub(crate) async fn all(mut self) {
        for _ in 0..self.tasks.len() {
            self.told.recv().await;
        }
    }
}
