//! What every Redress process has in common, so that a service's `main` stays short.
//!
//! | room          | what it holds                                                            |
//! |---------------|--------------------------------------------------------------------------|
//! | [`settings`]  | flags over environment over file over defaults, refused in one line       |
//! | [`telemetry`] | structured logs, traces over OTLP, W3C trace context on any header map    |
//! | [`metrics`]   | Prometheus registry, and the figures every runtime keeps                  |
//! | [`readiness`] | named conditions: what a process needs before it takes work               |
//! | [`admin`]     | `/livez`, `/readyz`, `/metrics` over HTTP                                 |
//! | [`lifecycle`] | tasks with an owner, ordered shutdown, signals                            |
//! | [`grpc`]      | the gRPC server: health, reflection, deadlines, limits, error details     |
//! | [`policy_dir`]| the directory of policy files, watched and swapped as a whole             |
//! | [`clock`]     | the only reader of the wall clock                                         |
//! | [`steady`]    | time that never goes back, and says so when the clock was set back        |
//! | [`host`]      | all of these put together: [`run`]                                        |
//!
//! This crate knows nothing about complaints, the log or the broker.

pub mod admin;
pub mod clock;
pub mod grpc;
pub mod host;
pub mod lifecycle;
pub mod metrics;
pub mod policy_dir;
pub mod readiness;
pub mod settings;
pub mod steady;
pub mod telemetry;

pub use clock::{Clock, ManualClock, SystemClock};
pub use host::{Host, run};
pub use lifecycle::{Lifecycle, Phase};
pub use metrics::{Metrics, RuntimeMetrics};
pub use readiness::Readiness;
pub use settings::{Nothing, Profile, Settings};
pub use steady::SteadyClock;
