//! All rooms put together, so that a service's `main` is a few lines.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use tonic::service::Routes;

use crate::admin;
use crate::clock::{Clock, MachineClock};
use crate::grpc::{self, GrpcServer, Limits};
use crate::lifecycle::{Lifecycle, Outcome, Phase, os_signals};
use crate::metrics::Metrics;
use crate::policy_dir::{Files, PolicyReceiver, PolicyWatch};
use crate::readiness::Readiness;
use crate::settings::{ProcessEnvironment, Profile, Settings, Unparsed};
use crate::steady::{ClockWatch, SteadyClock};
use crate::telemetry::Telemetry;

/// How long stuck blocking work may keep the process after everything else has stopped.
const LAST_WAIT: Duration = Duration::from_millis(500);

/// What a service is given to build itself with.
#[derive(Clone)]
pub struct Host<X> {
    /// Name and defaults of the service.
    pub profile: Profile,
    /// The settings, already checked.
    pub settings: Settings<X>,
    /// Spawn every task here.
    pub lifecycle: Lifecycle,
    /// Announce and set conditions here.
    pub readiness: Readiness,
    /// Register figures here.
    pub metrics: Metrics,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl<X> Host<X> {
    /// A host around `settings`; nothing runs yet. Tests enter here.
    pub fn from_parts(profile: Profile, settings: Settings<X>, clock: Arc<dyn Clock>) -> Self {
        Self {
            metrics: Metrics::new(profile.service),
            profile,
            settings,
            lifecycle: Lifecycle::default(),
            readiness: Readiness::new(),
            clock,
        }
    }

    /// Serves `/livez`, `/readyz` and `/metrics`; gives the address, whose port may have been 0.
    pub async fn serve_admin(&self) -> anyhow::Result<SocketAddr> {
        let listener = grpc::bind(
            &self.settings,
            "admin_addr",
            self.settings.shared.admin_addr,
        )
        .await?;
        let address = listener.local_addr()?;
        let (readiness, metrics) = (self.readiness.clone(), self.metrics.clone());
        self.lifecycle
            .spawn(Phase::Watch, "admin endpoints", |stop| {
                admin::serve(listener, readiness, metrics, stop)
            });
        tracing::info!(%address, "health and metrics at http://{address}");
        Ok(address)
    }

    /// Serves gRPC with health and reflection; gives the address, whose port may have been 0.
    pub async fn serve_grpc(
        &self,
        routes: Routes,
        descriptor_set: &[u8],
    ) -> anyhow::Result<SocketAddr> {
        let server = GrpcServer::new(routes, descriptor_set, Limits::default())?;
        let listener =
            grpc::bind(&self.settings, "grpc_addr", self.settings.shared.grpc_addr).await?;
        let address = listener.local_addr()?;
        let readiness = self.readiness.clone();
        self.lifecycle.spawn(Phase::Doors, "gRPC server", |stop| {
            server.serve(listener, readiness, stop)
        });
        tracing::info!(%address, "gRPC at {address}");
        Ok(address)
    }

    /// Reads the policy directory with `parse` and follows it from now on.
    pub fn watch_policy<P, F, E>(&self, parse: F) -> anyhow::Result<PolicyReceiver<P>>
    where
        P: Send + Sync + 'static,
        F: Fn(&Files) -> Result<P, E> + Send + 'static,
        E: std::fmt::Display + 'static,
    {
        let dir = &self.settings.shared.policy_dir;
        let (watch, receiver) = PolicyWatch::start(dir, parse)
            .with_context(|| format!("the policy in {} is refused", dir.display()))?;
        let (readiness, metrics) = (self.readiness.clone(), self.metrics.clone());
        let reloads = self.lifecycle.reloads();
        self.lifecycle
            .spawn(Phase::Watch, "policy watcher", |stop| {
                watch.run(readiness, metrics, reloads, stop)
            });
        let version = &receiver.borrow().version;
        tracing::info!(
            policy.version = version,
            "policy version {version} is in force"
        );
        Ok(receiver.clone())
    }

    /// Takes the process out of service as soon as it is asked to stop.
    fn leave_service_when_stopping(&self) {
        let (stopping, readiness) = (self.lifecycle.stopping(), self.readiness.clone());
        self.lifecycle
            .spawn(Phase::Watch, "stop watcher", |stop| async move {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = stop.cancelled() => {}
                }
                readiness.leave();
                stop.cancelled().await;
                Ok(())
            });
    }
}

/// Runs a service: settings, telemetry, admin endpoints, then `start`, until it is told to stop.
///
/// `start` builds the service and spawns its tasks on the host's lifecycle; it may wait (for the
/// broker, say) as long as it has to. An error of `start` is one line and a non-zero exit code.
pub fn run<X, F>(profile: Profile, start: F) -> ExitCode
where
    X: Args + Clone,
    F: AsyncFnOnce(Host<X>) -> anyhow::Result<()>,
{
    // Built together with a service that speaks TLS, every HTTP client needs this choice, even
    // one for plain pages; made here it is made before any client.
    drop(rustls::crypto::ring::default_provider().install_default());
    let settings = Settings::<X>::parse(&profile, std::env::args_os(), &ProcessEnvironment);
    let settings = match settings.and_then(|s| s.check_paths().map(|()| s).map_err(Into::into)) {
        Ok(settings) => settings,
        Err(Unparsed::Help(help)) => {
            print!("{help}");
            return ExitCode::SUCCESS;
        }
        Err(Unparsed::Wrong(error)) => {
            eprintln!("{}: {error}", profile.service);
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{}: cannot start threads: {error}", profile.service);
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(live(profile, settings, start));
    if let Outcome::NotStarted(error) = &outcome {
        eprintln!("{}: {error:#}", profile.service);
    }
    runtime.shutdown_timeout(LAST_WAIT);
    ExitCode::from(outcome.exit_code())
}

async fn live<X, F>(profile: Profile, settings: Settings<X>, start: F) -> Outcome
where
    X: Clone,
    F: AsyncFnOnce(Host<X>) -> anyhow::Result<()>,
{
    let telemetry = match Telemetry::start(profile.service, &settings.shared) {
        Ok(telemetry) => telemetry,
        Err(error) => return Outcome::NotStarted(error),
    };
    let signals = match os_signals().context("signals cannot be listened to") {
        Ok(signals) => signals,
        Err(error) => return Outcome::NotStarted(error),
    };
    for remark in settings.remarks() {
        tracing::warn!("{remark}");
    }
    let machine = MachineClock {
        #[cfg(debug_assertions)]
        set_by: settings.shared.test_clock.clone(),
    };
    let clock = Arc::new(SteadyClock::of(machine, Instant::now()));
    let host = Host::from_parts(profile, settings, clock.clone());
    let lifecycle = host.lifecycle.clone();
    let watch = ClockWatch::new(clock, host.readiness.clone(), &host.metrics);
    let starting = async {
        // Before the service has announced its own conditions, this one keeps it out of service.
        let readiness = host.readiness.clone();
        readiness.expect(&["started"]);
        host.serve_admin().await?;
        host.leave_service_when_stopping();
        host.lifecycle
            .spawn(Phase::Watch, "clock watcher", |stop| watch.run(stop));
        start(host).await?;
        readiness.set("started", Ok(()));
        Ok(())
    };
    let outcome = lifecycle.run_until_stopped(starting, signals).await;
    match &outcome {
        Outcome::Stopped => tracing::info!("stopped"),
        Outcome::HardStopped { lingering } => {
            tracing::warn!(tasks = ?lingering, "stopped, but not everything had drained");
        }
        // Each has been logged, or is printed, where it is found.
        Outcome::Aborted | Outcome::NotStarted(_) | Outcome::Failed(_) => {}
    }
    // The flush blocks, and the exporter may need this runtime's threads meanwhile.
    if !matches!(outcome, Outcome::Aborted) {
        let _ = tokio::task::spawn_blocking(|| telemetry.shut_down()).await;
    }
    outcome
}
