//! What travels: the types generated from `proto/`, the names of subjects, streams and headers,
//! and small conversions. No other crate writes a subject name or names a prost type's module.
//!
//! The generated code is committed under `src/gen`; `make proto` writes it anew.

pub mod event;
pub mod feed;
pub mod headers;
pub mod moment;
pub mod names;
pub mod rehearsal;
mod service;

pub use event::{Payload, cloud_type};
pub use service::Service;

/// The schemas as Rust types, in the tree of their packages.
#[expect(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    reason = "generated from proto/"
)]
pub mod redress {
    macro_rules! package {
        ($name:ident) => {
            pub mod $name {
                pub mod v1 {
                    include!(concat!("gen/redress.", stringify!($name), ".v1.rs"));
                }
            }
        };
    }
    package!(analytics);
    package!(customer);
    package!(feed);
    package!(intake);
    package!(log);
    package!(notifier);
    package!(ops);
    package!(peer);
    package!(router);
    package!(sla_monitor);
}

pub use redress::{
    analytics::v1 as analytics, customer::v1 as customer, intake::v1 as intake, log::v1 as log,
    notifier::v1 as notifier, ops::v1 as ops, peer::v1 as peer, router::v1 as router,
    sla_monitor::v1 as sla_monitor,
};

/// The encoded descriptor set of all schemas, for gRPC reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("gen/descriptors.bin");
