//! Real things for tests: a broker, services, a mail server and a webhook receiver.
//!
//! Nothing in here imitates. [`NatsServer`] runs the `nats-server` that ships, [`SmtpSink`] runs
//! aiosmtpd, [`WebhookSink`] answers over HTTP, [`TraceCollector`] takes traces over OTLP, and [`ServiceProcess`] runs a binary of this
//! workspace. All listen on loopback, on ports that no other test gets ([`free_port`]), and all
//! end with the value that owns them, or with the test's process if that is killed.
//!
//! A test never sleeps: it waits for a fact with [`eventually`], under a deadline.
//!
//! What the tests run besides Rust is installed by `scripts/setup` (`make test` calls it).

mod collector;
mod nats;
mod places;
mod ports;
mod process;
mod service;
mod smtp;
mod wait;
mod webhook;

pub use collector::{Exported, TraceCollector};
pub use nats::{NatsServer, Options};
pub use places::{binary, tool, workspace_root};
pub use ports::free_port;
pub use process::{Command, Process};
pub use service::ServiceProcess;
pub use smtp::{Mail, SmtpSink};
pub use wait::{eventually, eventually_or};
pub use webhook::{Answer, Received, WebhookSink};
