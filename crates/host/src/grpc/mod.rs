//! The gRPC server of a service: its own routes, health, reflection, and guards around them.

mod deadline;
mod guard;
mod health;
mod message_size;
mod status;

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::middleware;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

pub use deadline::Deadline;
use guard::Guard;
pub use status::{bad_request, retry_after};

use crate::readiness::Readiness;
use crate::settings::{SettingError, Settings};

/// Bounds on what a client may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest a unary call may take, whatever deadline the client sets.
    pub deadline: Duration,
    /// Calls at work at a time.
    pub in_flight: usize,
    /// Calls that wait for one of those to finish; the next one is refused at once.
    pub waiting: usize,
    /// How long a call waits for its turn before it is refused with a retry delay.
    pub wait: Duration,
    /// The size of one request message, as sent.
    pub message_bytes: usize,
}

impl Default for Limits {
    /// 1 MiB is what the broker takes in a message by default, so that every door has the same
    /// bound. 1,024 calls at 10,000 a second are a tenth of a second of work; ten times that many
    /// may wait, for at most two seconds: a burst is slowed, an overload is refused.
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            in_flight: 1024,
            waiting: 10 * 1024,
            wait: Duration::from_secs(2),
            message_bytes: 1024 * 1024,
        }
    }
}

/// A server that is ready to be bound.
#[derive(Debug)]
pub struct GrpcServer {
    routes: Routes,
    descriptors: FileDescriptorSet,
    limits: Limits,
}

impl GrpcServer {
    /// Takes the service's routes and the encoded descriptors of its protobuf files.
    pub fn new(routes: Routes, descriptor_set: &[u8], limits: Limits) -> anyhow::Result<Self> {
        let descriptors = FileDescriptorSet::decode(descriptor_set)
            .context("the generated file descriptor set does not decode")?;
        Ok(Self {
            routes,
            descriptors,
            limits,
        })
    }

    /// Serves on `listener` until `stop`, then lets calls at work finish.
    pub async fn serve(
        self,
        listener: TcpListener,
        readiness: Readiness,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let names = service_names(&self.descriptors);
        let (reporter, health) = tonic_health::server::health_reporter();
        let guard = Arc::new(Guard::new(self.limits, &self.descriptors));
        // Guarded: the service's own calls. Unguarded: health and reflection, which must answer
        // just when the service is overloaded.
        let own = self.routes.into_axum_router();
        let own = own.layer(middleware::from_fn_with_state(guard, guard::around));
        let set = self.descriptors;
        let builder = || {
            tonic_reflection::server::Builder::configure()
                .register_file_descriptor_set(set.clone())
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let routes = Routes::from(own)
            .add_service(health)
            .add_service(builder().build_v1()?)
            .add_service(builder().build_v1alpha()?);
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let serving = Server::builder()
            .max_concurrent_streams(Some(4096))
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .add_routes(routes)
            .serve_with_incoming_shutdown(incoming, stop.cancelled());
        tokio::select! {
            ended = serving => Ok(ended?),
            () = health::follow(readiness, reporter, names) => Ok(()),
        }
    }
}

/// Listens on the address of the setting `id` (`grpc_addr` or `admin_addr`).
pub async fn bind<X>(
    settings: &Settings<X>,
    id: &str,
    address: SocketAddr,
) -> Result<TcpListener, SettingError> {
    TcpListener::bind(address).await.map_err(|error| {
        let problem = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "is in use; stop the process that listens there, or choose another port".to_owned()
            }
            io::ErrorKind::AddrNotAvailable => {
                "is not an address of this machine; 0.0.0.0 stands for all of its own".to_owned()
            }
            io::ErrorKind::PermissionDenied => {
                "may not be used by this user; choose a port from 1024 up".to_owned()
            }
            _ => format!("cannot be listened on: {error}"),
        };
        settings.wrong(id, problem)
    })
}

/// `package.Service` of every service in the set.
fn service_names(set: &FileDescriptorSet) -> Vec<String> {
    let names = set.file.iter().flat_map(|file| {
        file.service
            .iter()
            .map(|service| format!("{}.{}", file.package(), service.name()))
    });
    names.collect()
}
