//! The payload of events and what CloudEvents calls them.

pub use crate::log::event::Payload;
use crate::{
    Service,
    log::Event,
    router::{CaseEvent, case_event::Change},
};

/// The CloudEvents `type` of a payload: `redress.<service>.v1.<message>`.
pub const fn cloud_type(payload: &Payload) -> &'static str {
    match payload {
        Payload::ComplaintRegistered(_) => "redress.intake.v1.ComplaintRegistered",
        Payload::RepeatLinked(_) => "redress.intake.v1.RepeatLinked",
        Payload::NumbersReserved(_) => "redress.intake.v1.NumbersReserved",
        Payload::NumbersVoided(_) => "redress.intake.v1.NumbersVoided",
        Payload::RepeatsSearched(_) => "redress.intake.v1.RepeatsSearched",
        Payload::CaseRouted(_) => "redress.router.v1.CaseRouted",
        Payload::CaseEvent(event) => case_type(event),
        Payload::ClocksStarted(_) => "redress.sla_monitor.v1.ClocksStarted",
        Payload::ClockStopped(_) => "redress.sla_monitor.v1.ClockStopped",
        Payload::ClockWarned(_) => "redress.sla_monitor.v1.ClockWarned",
        Payload::ClockBreached(_) => "redress.sla_monitor.v1.ClockBreached",
        Payload::ClockPaused(_) => "redress.sla_monitor.v1.ClockPaused",
        Payload::ClockResumed(_) => "redress.sla_monitor.v1.ClockResumed",
        Payload::ClockMoved(_) => "redress.sla_monitor.v1.ClockMoved",
        Payload::ClockEscalated(_) => "redress.sla_monitor.v1.ClockEscalated",
        Payload::EscalationAcknowledged(_) => "redress.sla_monitor.v1.EscalationAcknowledged",
        Payload::ClockRulesKept(_) => "redress.sla_monitor.v1.ClockRulesKept",
        Payload::NotificationPlanned(_) => "redress.notifier.v1.NotificationPlanned",
        Payload::NotificationAttempted(_) => "redress.notifier.v1.NotificationAttempted",
        Payload::NotificationDelivered(_) => "redress.notifier.v1.NotificationDelivered",
        Payload::NotificationGivenUp(_) => "redress.notifier.v1.NotificationGivenUp",
        Payload::NotificationRetried(_) => "redress.notifier.v1.NotificationRetried",
        Payload::NotificationDropped(_) => "redress.notifier.v1.NotificationDropped",
        Payload::SetAside(_) => "redress.ops.v1.SetAside",
        Payload::Redriven(_) => "redress.ops.v1.Redriven",
    }
}

/// A fact of a case's life is called by what changed; one of a newer release by what carries it.
const fn case_type(event: &CaseEvent) -> &'static str {
    match &event.change {
        Some(Change::Assigned(_)) => "redress.router.v1.CaseAssigned",
        Some(Change::Accepted(_)) => "redress.router.v1.CaseAccepted",
        Some(Change::TransferredUp(_)) => "redress.router.v1.CaseTransferredUp",
        Some(Change::JointHandlingStarted(_)) => "redress.router.v1.JointHandlingStarted",
        Some(Change::Verified(_)) => "redress.router.v1.CaseVerified",
        Some(Change::FindingRecorded(_)) => "redress.router.v1.FindingRecorded",
        Some(Change::RootCauseRecorded(_)) => "redress.router.v1.RootCauseRecorded",
        Some(Change::FiveWOneHRecorded(_)) => "redress.router.v1.FiveWOneHRecorded",
        Some(Change::ResponsibilityAssessed(_)) => "redress.router.v1.ResponsibilityAssessed",
        Some(Change::InvestigationCompleted(_)) => "redress.router.v1.InvestigationCompleted",
        Some(Change::PlanProposed(_)) => "redress.router.v1.PlanProposed",
        Some(Change::ApprovalGiven(_)) => "redress.router.v1.ApprovalGiven",
        Some(Change::ApprovalRefused(_)) => "redress.router.v1.ApprovalRefused",
        Some(Change::ApproverRecused(_)) => "redress.router.v1.ApproverRecused",
        Some(Change::ApprovalEscalated(_)) => "redress.router.v1.ApprovalEscalated",
        Some(Change::PlanApproved(_)) => "redress.router.v1.PlanApproved",
        Some(Change::PlanOffered(_)) => "redress.router.v1.PlanOffered",
        Some(Change::ConsentGiven(_)) => "redress.router.v1.ConsentGiven",
        Some(Change::ConsentRefused(_)) => "redress.router.v1.ConsentRefused",
        Some(Change::DeclaredUnmeetable(_)) => "redress.router.v1.DeclaredUnmeetable",
        Some(Change::StepExecuted(_)) => "redress.router.v1.StepExecuted",
        Some(Change::PlanExecuted(_)) => "redress.router.v1.PlanExecuted",
        Some(Change::ProofAttached(_)) => "redress.router.v1.ProofAttached",
        Some(Change::ResultConfirmed(_)) => "redress.router.v1.ResultConfirmed",
        Some(Change::SatisfactionRecorded(_)) => "redress.router.v1.SatisfactionRecorded",
        Some(Change::Closed(_)) => "redress.router.v1.CaseClosed",
        Some(Change::Reopened(_)) => "redress.router.v1.CaseReopened",
        Some(Change::Held(_)) => "redress.router.v1.CaseHeld",
        Some(Change::Resumed(_)) => "redress.router.v1.CaseResumed",
        Some(Change::Extended(_)) => "redress.router.v1.CaseExtended",
        Some(Change::ExtensionRequested(_)) => "redress.router.v1.ExtensionRequested",
        Some(Change::ExtensionEscalated(_)) => "redress.router.v1.ExtensionEscalated",
        Some(Change::ExtensionApproved(_)) => "redress.router.v1.ExtensionApproved",
        Some(Change::ExtensionRefused(_)) => "redress.router.v1.ExtensionRefused",
        Some(Change::Withdrawn(_)) => "redress.router.v1.CaseWithdrawn",
        Some(Change::Rejected(_)) => "redress.router.v1.CaseRejected",
        Some(Change::TriageCorrected(_)) => "redress.router.v1.TriageCorrected",
        Some(Change::Merged(_)) => "redress.router.v1.CaseMerged",
        Some(Change::NoteAdded(_)) => "redress.router.v1.NoteAdded",
        Some(Change::Archived(_)) => "redress.router.v1.CaseArchived",
        Some(Change::CorrectiveActionRecorded(_)) => "redress.router.v1.CorrectiveActionRecorded",
        Some(Change::CorrectiveActionVerified(_)) => "redress.router.v1.CorrectiveActionVerified",
        Some(Change::MeasureRecorded(_)) => "redress.router.v1.MeasureRecorded",
        Some(Change::EightDCompiled(_)) => "redress.router.v1.EightDCompiled",
        Some(Change::CommandRefused(_)) => "redress.router.v1.CommandRefused",
        Some(Change::RecallOpened(_)) => "redress.router.v1.RecallOpened",
        Some(Change::RecallJoined(_)) => "redress.router.v1.RecallJoined",
        Some(Change::RecallClosed(_)) => "redress.router.v1.RecallClosed",
        None => "redress.router.v1.CaseEvent",
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

    /// Whether this release knows what happened: a newer one may have recorded it.
    pub fn is_known(&self) -> bool {
        match &self.payload {
            None => false,
            Some(Payload::CaseEvent(event)) => event.change.is_some(),
            Some(_) => true,
        }
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
