//! A service of this workspace, run as the process it is in production.

use std::{collections::BTreeMap, path::Path, process::ExitStatus, time::Duration};

use crate::{
    places::binary,
    process::{Command, Process},
    wait::eventually,
};

/// A running service, ended when dropped.
#[derive(Debug)]
pub struct ServiceProcess {
    name: String,
    admin_url: String,
    process: Process,
}

impl ServiceProcess {
    /// Starts the binary `name` with `environment` added to the test's own.
    ///
    /// Its output goes to `<folder>/<name>.log`. `admin_addr` is where its health pages are; it
    /// is given to the service as `REDRESS_ADMIN_ADDR`.
    ///
    /// # Panics
    /// When the binary is not built or cannot be started.
    pub fn start(
        name: &str,
        folder: &Path,
        admin_addr: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        // Built together with a service that speaks TLS, every HTTP client needs this choice.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut environment: BTreeMap<_, _> = environment.into_iter().collect();
        environment.insert("REDRESS_ADMIN_ADDR".to_owned(), admin_addr.to_owned());
        let process = Process::start(Command {
            program: binary(name),
            arguments: Vec::new(),
            environment,
            output: folder.join(format!("{name}.log")),
        });
        let admin_url = format!("http://{admin_addr}");
        Self {
            name: name.to_owned(),
            admin_url,
            process,
        }
    }

    /// The service's name, which is its binary's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address of `/livez`, `/readyz` and `/metrics`.
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// Waits until `/readyz` says yes.
    ///
    /// # Panics
    /// When it does not within `within`, or the process ends; the message has the last answer
    /// and the last lines of its output.
    pub async fn wait_ready(&mut self, within: Duration) {
        let what = format!("{} to be ready", self.name);
        eventually(&what, within, async || {
            assert!(
                self.process.is_running(),
                "{} ended before it was ready:\n{}",
                self.name,
                last_lines(&self.process.output()),
            );
            self.is_ready().await.then_some(())
        })
        .await;
    }

    /// What `/readyz` says now; `false` also when nothing answers.
    pub async fn is_ready(&self) -> bool {
        let answer = reqwest::get(format!("{}/readyz", self.admin_url)).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// One page of the admin port, such as `metrics`; `None` when nothing answers.
    pub async fn page(&self, path: &str) -> Option<String> {
        reqwest::get(format!("{}/{path}", self.admin_url))
            .await
            .ok()?
            .text()
            .await
            .ok()
    }

    /// Kills it with SIGKILL.
    pub fn kill_hard(&mut self) {
        self.process.kill_hard();
    }

    /// Asks it to end with SIGTERM; gives its exit status, or kills it when `within` has passed.
    pub async fn terminate(&mut self, within: Duration) -> Option<ExitStatus> {
        self.process.terminate(within).await
    }

    /// Starts it again with the same settings, after killing it if it still runs.
    pub fn restart(&mut self) {
        self.process.kill_hard();
        self.process.start_again();
    }

    /// Stops it with SIGSTOP, as a long pause of its machine would.
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets it go on after [`ServiceProcess::pause`].
    pub fn resume(&self) {
        self.process.resume();
    }

    /// Sets one setting for the next start.
    pub fn set(&mut self, key: &str, value: &str) {
        self.process
            .command_mut()
            .environment
            .insert(key.to_owned(), value.to_owned());
    }

    /// Its process, for its id and its output.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// True until it ends or is killed.
    pub fn is_running(&mut self) -> bool {
        self.process.is_running()
    }
}

/// Enough of a log to see why a process ended.
fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
