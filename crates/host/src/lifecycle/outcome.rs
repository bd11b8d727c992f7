//! How a process ended.

use tokio::task::JoinError;

use crate::settings::SettingError;

/// A task that ended when it should not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("task {task} failed: {reason}")]
pub struct Failure {
    /// The name it was spawned with.
    pub task: &'static str,
    /// Its error, or the message of its panic.
    pub reason: String,
}

/// How a process ended.
#[derive(Debug)]
pub enum Outcome {
    /// Asked to stop, and everything drained.
    Stopped,
    /// Asked to stop, but these tasks had to be aborted.
    HardStopped {
        /// Their names.
        lingering: Vec<&'static str>,
    },
    /// A second signal came while draining.
    Aborted,
    /// The start failed.
    NotStarted(anyhow::Error),
    /// A task failed.
    Failed(Failure),
}

impl Outcome {
    /// 0 after a clean stop, 2 for a wrong setting (as command lines do), 130 after an abort, as
    /// shells do; 1 otherwise.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Stopped => 0,
            Self::NotStarted(error) if error.is::<SettingError>() => 2,
            Self::Aborted => 130,
            Self::HardStopped { .. } | Self::NotStarted(_) | Self::Failed(_) => 1,
        }
    }
}

pub(super) fn panic_text(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            format!(
                "panicked: {}",
                text.unwrap_or_else(|| "without a message".to_owned())
            )
        }
        Err(error) => error.to_string(),
    }
}
