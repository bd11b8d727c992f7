//! Names of message headers.

/// Media type of a body.
pub const CONTENT_TYPE: &str = "Content-Type";
/// Value of [`CONTENT_TYPE`] for the standard JSON mapping, also the default.
pub const JSON: &str = "application/json";
/// Values of [`CONTENT_TYPE`] for protobuf.
pub const PROTOBUF: [&str; 2] = ["application/protobuf", "application/x-protobuf"];
/// W3C trace context.
pub const TRACEPARENT: &str = "traceparent";
