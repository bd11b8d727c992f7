//! How a case ends, begins again, and belongs to a recall.

use redress_case::Change;
use redress_complaint::ComplaintId;
use redress_wire::{
    event::timestamp,
    router::{self as wire, case_event::Change as Wire},
};

use crate::wire::value::{open, opened, satisfaction_from, satisfaction_to, seal, sealed};

#[rustfmt::skip]
pub(super) fn to_wire(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::ResultConfirmed { means, text } => Wire::ResultConfirmed(wire::ResultConfirmed {
            means: means.clone(),
            text: seal(text),
        }),
        Change::SatisfactionRecorded { satisfaction, text } => {
            Wire::SatisfactionRecorded(wire::SatisfactionRecorded {
                satisfaction: satisfaction_to(*satisfaction).into(),
                text: seal(text),
            })
        }
        Change::Closed { means, answers, text } => Wire::Closed(wire::CaseClosed {
            means: means.clone(),
            answers: sealed(answers),
            text: seal(text),
        }),
        Change::Reopened { round, reason } => Wire::Reopened(wire::CaseReopened {
            round: *round,
            reason: seal(reason),
        }),
        Change::Withdrawn { reason } => {
            Wire::Withdrawn(wire::CaseWithdrawn { reason: seal(reason) })
        }
        Change::Rejected { reason, appeal } => Wire::Rejected(wire::CaseRejected {
            reason: seal(reason),
            appeal: seal(appeal),
        }),
        Change::Archived { keep_until } => Wire::Archived(wire::CaseArchived {
            keep_until_us: keep_until.as_microsecond(),
        }),
        other => return to_recall(other),
    })
}

#[rustfmt::skip]
fn to_recall(change: &Change) -> Option<Wire> {
    Some(match change {
        Change::RecallOpened { batch_no, text } => Wire::RecallOpened(wire::RecallOpened {
            batch_no: batch_no.clone(),
            text: seal(text),
        }),
        Change::RecallJoined { recall, number, batch_no, text } => {
            Wire::RecallJoined(wire::RecallJoined {
                recall_complaint_id: recall.as_bytes().to_vec(),
                recall_number: number.clone(),
                batch_no: batch_no.clone(),
                text: seal(text),
            })
        }
        Change::RecallClosed { report, affected, finished } => {
            Wire::RecallClosed(wire::RecallClosed {
                report: seal(report),
                affected: *affected,
                finished: *finished,
            })
        }
        _ => return None,
    })
}

pub(super) fn from_wire(change: &Wire) -> Option<Change> {
    Some(match change {
        Wire::ResultConfirmed(confirmed) => Change::ResultConfirmed {
            means: confirmed.means.clone(),
            text: open(confirmed.text.as_ref()),
        },
        Wire::SatisfactionRecorded(recorded) => Change::SatisfactionRecorded {
            satisfaction: satisfaction_from(recorded.satisfaction)?,
            text: open(recorded.text.as_ref()),
        },
        Wire::Closed(closed) => Change::Closed {
            means: closed.means.clone(),
            answers: opened(&closed.answers),
            text: open(closed.text.as_ref()),
        },
        Wire::Reopened(reopened) => Change::Reopened {
            round: reopened.round,
            reason: open(reopened.reason.as_ref()),
        },
        Wire::Withdrawn(withdrawn) => Change::Withdrawn {
            reason: open(withdrawn.reason.as_ref()),
        },
        Wire::Rejected(rejected) => Change::Rejected {
            reason: open(rejected.reason.as_ref()),
            appeal: open(rejected.appeal.as_ref()),
        },
        Wire::Archived(archived) => Change::Archived {
            keep_until: timestamp(archived.keep_until_us),
        },
        other => return from_recall(other),
    })
}

fn from_recall(change: &Wire) -> Option<Change> {
    Some(match change {
        Wire::RecallOpened(opened) => Change::RecallOpened {
            batch_no: opened.batch_no.clone(),
            text: open(opened.text.as_ref()),
        },
        Wire::RecallJoined(joined) => Change::RecallJoined {
            recall: ComplaintId::try_from(&joined.recall_complaint_id[..]).ok()?,
            number: joined.recall_number.clone(),
            batch_no: joined.batch_no.clone(),
            text: open(joined.text.as_ref()),
        },
        Wire::RecallClosed(closed) => Change::RecallClosed {
            report: open(closed.report.as_ref()),
            affected: closed.affected,
            finished: closed.finished,
        },
        _ => return None,
    })
}
