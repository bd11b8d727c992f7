//! The signals of the operating system, as values.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Stop; the first time softly.
    Stop(&'static str),
    /// Read the policy files again.
    Reload,
}

/// Listens for SIGTERM, SIGINT and SIGHUP from now on.
pub fn os_signals() -> io::Result<mpsc::Receiver<Signal>> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut hup = signal(SignalKind::hangup())?;
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(async move {
        loop {
            let signal = tokio::select! {
                Some(()) = term.recv() => Signal::Stop("SIGTERM"),
                Some(()) = int.recv() => Signal::Stop("SIGINT"),
                Some(()) = hup.recv() => Signal::Reload,
                else => return,
            };
            if sender.send(signal).await.is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}
