//! The event log of a run: what happened, in order, with the time of the simulation.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::time::Instant;

/// Takes notes; clones write to the same log.
#[derive(Clone, Debug)]
pub(crate) struct Trace(Arc<Mutex<Notes>>);

#[derive(Debug)]
struct Notes {
    start: Instant,
    text: String,
    /// Over every choice of the scheduler, which are too many to be written down.
    choices: blake3::Hasher,
}

impl Trace {
    /// An empty log that begins now.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Notes {
            start: Instant::now(),
            text: String::new(),
            choices: blake3::Hasher::new(),
        })))
    }

    /// Writes a line.
    pub(crate) fn note(&self, what: impl AsRef<str>) {
        let mut notes = self.lock();
        let at = notes.start.elapsed();
        let (seconds, millis) = (at.as_secs(), at.subsec_millis());
        // Writing to a string cannot fail.
        let _ = writeln!(notes.text, "{seconds:4}.{millis:03} {}", what.as_ref());
    }

    /// Notes a choice that has no line.
    pub(crate) fn choice(&self, number: u64) {
        self.lock().choices.update(&number.to_le_bytes());
    }

    /// All lines, and a hash over them and every choice made.
    pub(crate) fn finish(&self) -> (String, String) {
        let notes = self.lock();
        let mut hasher = notes.choices.clone();
        hasher.update(notes.text.as_bytes());
        (notes.text.clone(), hasher.finalize().to_hex().to_string())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
