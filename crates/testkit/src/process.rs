//! A process under test: started, killed, paused, started again, and never left behind.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
    process::{Child, ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::wait::eventually_or;

/// What to run: kept, so that a process can be started again just as it was.
#[derive(Clone, Debug)]
pub struct Command {
    /// The program's file.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Settings added to the environment of the test.
    pub environment: BTreeMap<String, String>,
    /// Receives what it writes to stdout and stderr, over all its lives.
    pub output: PathBuf,
}

/// A running (or killed, or paused) process.
#[derive(Debug)]
pub struct Process {
    command: Command,
    life: Option<Life>,
}

/// One life of a process, with the watchdog that ends it if the test is killed.
#[derive(Debug)]
struct Life {
    child: Child,
    watchdog: Child,
}

impl Process {
    /// Starts `command`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: Command) -> Self {
        let mut process = Self {
            command,
            life: None,
        };
        process.start_again();
        process
    }

    /// Starts it again with the same arguments and environment; does nothing while it runs.
    pub fn start_again(&mut self) {
        if !self.is_running() {
            self.life = None;
            self.life = Some(Life::begin(&self.command).unwrap_or_else(|error| {
                panic!("cannot start {}: {error}", self.command.program.display())
            }));
        }
    }

    /// Kills it with SIGKILL, as a crash or a power cut would, and waits until it is gone.
    pub fn kill_hard(&mut self) {
        self.life = None;
    }

    /// Asks it to end with SIGTERM; gives its exit status, or kills it when `within` has passed.
    pub async fn terminate(&mut self, within: Duration) -> Option<ExitStatus> {
        self.signal(Signal::TERM);
        let life = self.life.as_mut()?;
        let status = eventually_or(within, async || life.child.try_wait().ok().flatten()).await;
        self.life = None;
        status
    }

    /// Stops its clock with SIGSTOP: it stays connected and answers nothing.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on after [`Process::pause`].
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// True until it ends or is killed; a paused process is running.
    pub fn is_running(&mut self) -> bool {
        self.life
            .as_mut()
            .is_some_and(|life| matches!(life.child.try_wait(), Ok(None)))
    }

    /// Its process id while it lives, for reading its memory or its processor time.
    pub fn id(&self) -> Option<u32> {
        self.life.as_ref().map(|life| life.child.id())
    }

    /// What it has written to stdout and stderr so far.
    pub fn output(&self) -> String {
        std::fs::read(&self.command.output)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The file that [`Process::output`] reads.
    pub fn output_file(&self) -> &Path {
        &self.command.output
    }

    /// The command, to change it before the next start.
    pub fn command_mut(&mut self) -> &mut Command {
        &mut self.command
    }

    fn signal(&self, signal: Signal) {
        let pid = self.id().and_then(|id| Pid::from_raw(id as i32));
        let pid = pid.expect("only a process that was started and not killed can be signalled");
        // A process that has just ended by itself is not an error of the test's.
        kill_process(pid, signal).ok();
    }
}

impl Life {
    fn begin(command: &Command) -> io::Result<Self> {
        let output = open_output(&command.output)?;
        let mut child = std::process::Command::new(&command.program)
            .args(&command.arguments)
            .envs(&command.environment)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        match watchdog(child.id()) {
            Ok(watchdog) => Ok(Self { child, watchdog }),
            Err(error) => {
                child.kill().ok();
                child.wait().ok();
                Err(error)
            }
        }
    }
}

/// Kills `id` when this process ends without doing so itself: the watchdog reads from a pipe
/// whose other end only this process holds, and the system closes it whatever the end was.
fn watchdog(id: u32) -> io::Result<Child> {
    std::process::Command::new("sh")
        .args([
            "-c",
            "read -r _; kill -KILL \"$1\"",
            "watchdog",
            &id.to_string(),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn open_output(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

impl Drop for Life {
    fn drop(&mut self) {
        // The watchdog first: afterwards the id may belong to somebody else.
        for child in [&mut self.watchdog, &mut self.child] {
            child.kill().ok();
            child.wait().ok();
        }
    }
}
