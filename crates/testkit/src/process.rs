//! A process under test: started, killed, paused, started again, and never left behind.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

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

    /// Stops it with SIGSTOP, and waits until all its threads stand: it stays connected and
    /// answers nothing.
    pub fn pause(&self) {
        let pid = self.signal(Signal::STOP);
        // NOWAIT leaves its end, if that came first, to be seen by others.
        let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(pid), options).expect("a child of this process can be waited for");
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

    fn signal(&self, signal: Signal) -> Pid {
        let pid = self.id().and_then(|id| Pid::from_raw(id as i32));
        let pid = pid.expect("only a process that was started and not killed can be signalled");
        // A process that has just ended by itself is not an error of the test's.
        kill_process(pid, signal).ok();
        pid
    }
}

impl Life {
    fn begin(command: &Command) -> io::Result<Self> {
        if !command.program.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let output = open_output(&command.output)?;
        // The process waits at a gate until its watchdog is there: a test may be killed between
        // the two. The gate gives way to the program under the same id; without its opener it ends.
        let mut child = std::process::Command::new("sh")
            .args(["-c", "read -r _ || exit; exec \"$@\" </dev/null", "gate"])
            .arg(&command.program)
            .args(&command.arguments)
            .envs(&command.environment)
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        let gate = child.stdin.take();
        match watchdog(child.id()).and_then(|watchdog| open(gate).map(|()| watchdog)) {
            Ok(watchdog) => Ok(Self { child, watchdog }),
            Err(error) => {
                child.kill().ok();
                child.wait().ok();
                Err(error)
            }
        }
    }
}

fn open(gate: Option<ChildStdin>) -> io::Result<()> {
    gate.map_or(Ok(()), |mut gate| gate.write_all(b"\n"))
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
