//! Names of message headers.

/// Media type of a body.
pub const CONTENT_TYPE: &str = "Content-Type";
/// Value of [`CONTENT_TYPE`] for the standard JSON mapping, also the default.
pub const JSON: &str = "application/json";
/// Values of [`CONTENT_TYPE`] for protobuf.
pub const PROTOBUF: [&str; 2] = ["application/protobuf", "application/x-protobuf"];
/// W3C trace context.
pub const TRACEPARENT: &str = "traceparent";

/// Attributes of an event in the feed (CloudEvents 1.0, binary content mode over NATS).
pub mod cloud {
    /// The version of CloudEvents.
    pub const SPEC_VERSION: &str = "ce-specversion";
    /// Stable: the same event has the same id for ever.
    pub const ID: &str = "ce-id";
    /// `/redress/<service>/<partition>`.
    pub const SOURCE: &str = "ce-source";
    /// `redress.<service>.v1.<event>`.
    pub const TYPE: &str = "ce-type";
    /// The complaint's id.
    pub const SUBJECT: &str = "ce-subject";
    /// When it was decided, RFC 3339.
    pub const TIME: &str = "ce-time";
    /// The message that the payload is: `redress.feed.v1.<message>`.
    pub const DATA_SCHEMA: &str = "ce-dataschema";
}
