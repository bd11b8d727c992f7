//! The doors: NATS request, JetStream inbox, gRPC. The same checks stand behind all three.

pub mod answer;
pub mod body;
pub mod check;
pub mod desk;
/// Counters of the doors.
pub mod figures;
pub mod grpc;
pub mod inbox;
pub mod lookup;
pub mod requests;
mod respond;
mod trace;
