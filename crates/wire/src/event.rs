//! The payload of events and what CloudEvents calls them.

pub use crate::log::event::Payload;
use crate::{Service, log::Event};

/// The CloudEvents `type` of a payload: `redress.<service>.v1.<message>`.
pub const fn cloud_type(payload: &Payload) -> &'static str {
    match payload {
        Payload::ComplaintRegistered(_) => "redress.intake.v1.ComplaintRegistered",
        Payload::RepeatLinked(_) => "redress.intake.v1.RepeatLinked",
        Payload::NumbersReserved(_) => "redress.intake.v1.NumbersReserved",
        Payload::NumbersVoided(_) => "redress.intake.v1.NumbersVoided",
        Payload::RepeatsSearched(_) => "redress.intake.v1.RepeatsSearched",
        Payload::CaseRouted(_) => "redress.router.v1.CaseRouted",
        Payload::ClocksStarted(_) => "redress.sla_monitor.v1.ClocksStarted",
        Payload::ClockStopped(_) => "redress.sla_monitor.v1.ClockStopped",
        Payload::ClockWarned(_) => "redress.sla_monitor.v1.ClockWarned",
        Payload::ClockBreached(_) => "redress.sla_monitor.v1.ClockBreached",
        Payload::NotificationPlanned(_) => "redress.notifier.v1.NotificationPlanned",
        Payload::NotificationAttempted(_) => "redress.notifier.v1.NotificationAttempted",
        Payload::NotificationDelivered(_) => "redress.notifier.v1.NotificationDelivered",
        Payload::NotificationGivenUp(_) => "redress.notifier.v1.NotificationGivenUp",
        Payload::NotificationRetried(_) => "redress.notifier.v1.NotificationRetried",
        Payload::SetAside(_) => "redress.ops.v1.SetAside",
        Payload::Redriven(_) => "redress.ops.v1.Redriven",
    }
}

/// The CloudEvents `source` of a service's events of a partition.
pub fn cloud_source(service: Service, partition: u32) -> String {
    format!("/redress/{service}/{partition}")
}

/// The CloudEvents `id` of an event: the same for ever, since the log does not change.
pub fn cloud_id(service: Service, partition: u32, height: u64, index: usize) -> String {
    format!("{service}-{partition}-{height}-{index}")
}

impl Event {
    /// The time it was decided at; the epoch if the encoded time is out of range.
    pub fn time(&self) -> jiff::Timestamp {
        timestamp(self.time_us)
    }
}

/// Unix microseconds as a timestamp; the epoch if out of range.
pub fn timestamp(micros: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(micros).unwrap_or_default()
}

/// Unix microseconds as gRPC answers carry time.
pub fn proto_time(micros: i64) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: micros.div_euclid(1_000_000),
        nanos: (micros.rem_euclid(1_000_000) * 1000) as i32,
    }
}
