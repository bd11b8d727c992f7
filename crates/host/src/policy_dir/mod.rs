//! The directory of policy files: read as a whole, checked as a whole, swapped as a whole.
//!
//! At the start a policy that does not parse is an error. Later a broken newer version is refused
//! with a warning and a note on `/readyz`, and the one in force stays.

mod read;

#[cfg(test)]
mod tests;

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::metrics::{Counter, Metrics};
use crate::readiness::Readiness;
use read::Stamp;
pub use read::{Files, PolicyDirError, read};

/// How often the directory is looked at; only names, sizes and times are read each time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The name of the remark on `/readyz`.
const NOTE: &str = "policy";

/// A policy and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion<P> {
    /// What the files say.
    pub policy: P,
    /// The first twelve hexadecimal digits of the BLAKE3 hash over all paths and texts.
    pub version: String,
    /// The files themselves, by path relative to the directory.
    pub files: Files,
}

/// Follows the policy in force.
pub type PolicyReceiver<P> = watch::Receiver<Arc<PolicyVersion<P>>>;

/// What a look at the directory brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// The files are those of the version in force, or those already refused.
    Same,
    /// A newer version is in force.
    Swapped {
        /// Its version.
        version: String,
    },
    /// The newer files are refused; each line is `file:line: reason`.
    Refused {
        /// What is wrong with them.
        reasons: String,
    },
}

/// Follows a directory of policy files.
pub struct PolicyWatch<P, F> {
    dir: PathBuf,
    parse: F,
    in_force: watch::Sender<Arc<PolicyVersion<P>>>,
    seen: Stamp,
    refused: Option<String>,
}

impl<P, F> fmt::Debug for PolicyWatch<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyWatch")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl<P, F, E> PolicyWatch<P, F>
where
    F: Fn(&Files) -> Result<P, E>,
    E: Display,
{
    /// Reads the directory for the first time; a policy that does not parse is an error whose
    /// text has the parser's `file:line: reason` lines.
    pub fn start(dir: &Path, parse: F) -> Result<(Self, PolicyReceiver<P>), PolicyDirError> {
        let seen = Stamp::of(dir)?;
        let files = read(dir)?;
        let version = read::version(&files);
        let policy = parse(&files).map_err(|e| PolicyDirError::Refused(e.to_string()))?;
        let first = Arc::new(PolicyVersion {
            policy,
            version,
            files,
        });
        let (in_force, receiver) = watch::channel(first);
        Ok((
            Self {
                dir: dir.into(),
                parse,
                in_force,
                seen,
                refused: None,
            },
            receiver,
        ))
    }

    /// Looks for changes by names, sizes and times, and reads the files only if there are any.
    pub fn look(&mut self) -> Look {
        match Stamp::of(&self.dir) {
            Ok(stamp) if stamp == self.seen => Look::Same,
            Ok(stamp) => {
                self.seen = stamp;
                self.reload()
            }
            Err(error) => self.refuse(error.to_string(), error.to_string()),
        }
    }

    /// Reads the files whether they seem changed or not.
    pub fn reload(&mut self) -> Look {
        let files = match read(&self.dir) {
            Ok(files) => files,
            Err(error) => return self.refuse(error.to_string(), error.to_string()),
        };
        let version = read::version(&files);
        if version == self.in_force.borrow().version {
            self.refused = None;
            return Look::Same;
        }
        match (self.parse)(&files) {
            Ok(policy) => {
                self.refused = None;
                let next = PolicyVersion {
                    policy,
                    version: version.clone(),
                    files,
                };
                self.in_force.send_replace(Arc::new(next));
                Look::Swapped { version }
            }
            Err(error) => self.refuse(version, error.to_string()),
        }
    }

    /// Refuses `key` (a version, or the error that kept it from being read) once.
    fn refuse(&mut self, key: String, reasons: String) -> Look {
        if self.refused.as_ref() == Some(&key) {
            return Look::Same;
        }
        self.refused = Some(key);
        Look::Refused { reasons }
    }

    /// Looks every second, and at once on each reload, until `stop`.
    pub async fn run(
        mut self,
        readiness: Readiness,
        metrics: Metrics,
        mut reloads: watch::Receiver<u64>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let swaps = metrics.counter("policy_swaps", "Newer policies taken over");
        let refusals = metrics.counter("policy_refusals", "Newer policies refused");
        let in_force = metrics.gauge("policy_version", "Version in force, its digits as a number");
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            in_force.set(as_number(&self.in_force.borrow().version));
            let look = tokio::select! {
                _ = ticks.tick() => self.look(),
                Ok(()) = reloads.changed() => self.reload(),
                () = stop.cancelled() => return Ok(()),
            };
            self.tell(&look, &readiness, &swaps, &refusals);
        }
    }

    fn tell(&self, look: &Look, readiness: &Readiness, swaps: &Counter, refusals: &Counter) {
        match look {
            Look::Same if self.refused.is_none() => readiness.note(NOTE, None),
            Look::Same => {}
            Look::Swapped { version } => {
                tracing::info!(
                    policy.version = version,
                    "policy version {version} is in force"
                );
                readiness.note(NOTE, None);
                swaps.inc();
            }
            Look::Refused { reasons } => {
                let running = &self.in_force.borrow().version;
                for reason in reasons.lines() {
                    tracing::warn!(
                        policy.version = running,
                        "newer policy files are refused, version {running} stays: {reason}"
                    );
                }
                let note = format!("running on version {running}, newer files refused: {reasons}");
                readiness.note(NOTE, Some(note.replace('\n', "; ")));
                refusals.inc();
            }
        }
    }
}

/// Twelve hexadecimal digits are 48 bits, which a metric holds exactly.
fn as_number(version: &str) -> i64 {
    i64::from_str_radix(version, 16).unwrap_or_default()
}
