//! A real broker for one test.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    places::tool,
    ports::free_port,
    process::{Command, Process},
    wait::eventually,
};

/// Far above what a start takes (30 ms here, empty; recovery of a big stream takes longer).
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How a broker is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where streams and configuration go; a temporary folder when `None`.
    pub dir: Option<PathBuf>,
    /// `sync_interval: always`, as in the shipped configuration: an answered write is on disk.
    pub sync_always: bool,
    /// The port for clients on 127.0.0.1; a free one when `None`.
    pub port: Option<u16>,
    /// Appended to the broker's configuration as it stands, such as accounts.
    pub extra: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dir: None,
            sync_always: true,
            port: None,
            extra: String::new(),
        }
    }
}

/// A running `nats-server` with `JetStream`, ended when dropped.
#[derive(Debug)]
pub struct NatsServer {
    process: Process,
    port: u16,
    monitor_port: u16,
    dir: PathBuf,
    _temporary: Option<TempDir>,
}

impl NatsServer {
    /// Starts a broker and waits until its `JetStream` is ready.
    ///
    /// The program is `REDRESS_NATS_SERVER`, else `.tools/bin/nats-server`, else the one in
    /// `PATH`.
    ///
    /// # Panics
    /// When there is no `nats-server` or it does not get ready; the message has its output.
    pub async fn start(options: Options) -> Self {
        // Built together with a service that speaks TLS, every HTTP client needs this choice.
        drop(rustls::crypto::ring::default_provider().install_default());
        let program = tool("nats-server", "REDRESS_NATS_SERVER");
        let temporary = options.dir.is_none().then(temporary_folder);
        let dir = options.dir.clone().unwrap_or_else(|| {
            temporary
                .as_ref()
                .map(|folder| folder.path().to_owned())
                .expect("made just above")
        });
        let (port, monitor_port) = (options.port.unwrap_or_else(free_port), free_port());
        fs::create_dir_all(&dir).expect("the broker's folder can be made");
        let file = dir.join("nats-server.conf");
        fs::write(&file, configuration(&options, &dir, port, monitor_port))
            .expect("the broker's folder can be written");
        let process = Process::start(Command {
            program,
            arguments: vec!["--config".into(), file.into()],
            // As the shipped installations have it.
            environment: [("GOMEMLIMIT".to_owned(), "768MiB".to_owned())].into(),
            output: dir.join("nats-server.log"),
        });
        let mut server = Self {
            process,
            port,
            monitor_port,
            dir,
            _temporary: temporary,
        };
        server.ready(READY_WITHIN).await;
        server
    }

    /// The address for clients, such as `nats://127.0.0.1:20417`.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The address of the broker's monitoring pages (`/varz`, `/jsz`, `/healthz`).
    pub fn monitor_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitor_port)
    }

    /// The folder with its streams, configuration and output; it survives restarts.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A new client without credentials.
    ///
    /// # Panics
    /// When the broker does not let it in.
    pub async fn client(&self) -> async_nats::Client {
        async_nats::connect(self.url())
            .await
            .expect("the broker of this test lets clients in")
    }

    /// Kills it with SIGKILL: what it had not synced to disk may be gone, connections break.
    pub fn kill_hard(&mut self) {
        self.process.kill_hard();
    }

    /// Starts it again on the same port and folder, after killing it if it still runs, and
    /// waits until it is ready.
    pub async fn restart(&mut self) {
        self.restart_within(READY_WITHIN).await;
    }

    /// Like [`NatsServer::restart`], for one that has much to catch up with in its cluster.
    pub async fn restart_within(&mut self, patience: Duration) {
        self.process.kill_hard();
        self.process.start_again();
        self.ready(patience).await;
    }

    /// Stops it with SIGSTOP: clients stay connected and get no answers.
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets it go on after [`NatsServer::pause`].
    pub fn resume(&self) {
        self.process.resume();
    }

    /// Its process, for its id and its output.
    pub fn process(&self) -> &Process {
        &self.process
    }

    async fn ready(&mut self, patience: Duration) {
        let health = format!("{}/healthz", self.monitor_url());
        let process = &mut self.process;
        eventually("the broker to be ready", patience, async || {
            assert!(
                process.is_running(),
                "nats-server ended:\n{}",
                process.output()
            );
            reqwest::get(&health)
                .await
                .ok()?
                .status()
                .is_success()
                .then_some(())
        })
        .await;
    }
}

fn temporary_folder() -> TempDir {
    TempDir::with_prefix("redress-nats-").expect("the temporary folder can be written")
}

fn configuration(options: &Options, dir: &Path, port: u16, monitor_port: u16) -> String {
    let sync = if options.sync_always {
        "sync_interval: always"
    } else {
        ""
    };
    format!(
        "server_name: redress_test_{port}\n\
         listen: \"127.0.0.1:{port}\"\n\
         http: \"127.0.0.1:{monitor_port}\"\n\
         jetstream {{\n  store_dir: \"{dir}\"\n  {sync}\n}}\n\
         {extra}\n",
        dir = dir.display(),
        extra = options.extra,
    )
}
