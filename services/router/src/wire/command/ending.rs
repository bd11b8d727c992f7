//! How a case ends, begins again, and belongs to a recall.

use redress_case::{
    Archive, Close, CloseRecall, Command, ConfirmResult, JoinRecall, OpenRecall,
    RecordSatisfaction, Reject, Reopen, Text, Withdraw,
};
use redress_wire::router::{self as wire, CaseWish, case_command::Command as Wire};

use super::{Read, investigation::texts, other};
use crate::wire::{Fault, value::satisfaction_from};

pub(super) fn from_wire(command: &Wire, wish: &CaseWish) -> Read {
    Ok(Some(match command {
        Wire::ConfirmResult(confirm) => Command::ConfirmResult(ConfirmResult {
            means: confirm.means.trim().to_owned(),
            text: Text::of("text", &confirm.text)?,
        }),
        Wire::RecordSatisfaction(record) => Command::RecordSatisfaction(RecordSatisfaction {
            satisfaction: satisfaction_from(record.satisfaction).ok_or_else(|| {
                Fault::unknown(
                    "satisfaction",
                    "SATISFACTION_SATISFIED, SATISFACTION_MOSTLY_SATISFIED, SATISFACTION_DISSATISFIED",
                )
            })?,
            text: Text::of("text", &record.text)?,
        }),
        Wire::Close(close) => Command::Close(Close {
            means: close.means.trim().to_owned(),
            answers: texts("answers", &close.answers)?,
            text: Text::of("text", &close.text)?,
        }),
        Wire::Reopen(reopen) => Command::Reopen(Reopen {
            reason: Text::of("reason", &reopen.reason)?,
        }),
        Wire::Withdraw(withdraw) => Command::Withdraw(Withdraw {
            reason: Text::of("reason", &withdraw.reason)?,
        }),
        Wire::Reject(reject) => Command::Reject(Reject {
            reason: Text::of("reason", &reject.reason)?,
            appeal: Text::of("appeal", &reject.appeal)?,
        }),
        Wire::Archive(wire::Archive {}) => Command::Archive(Archive),
        other => return recall(other, wish),
    }))
}

fn recall(command: &Wire, wish: &CaseWish) -> Read {
    Ok(Some(match command {
        Wire::OpenRecall(open) => Command::OpenRecall(OpenRecall {
            batch_no: open.batch_no.trim().to_owned(),
            text: Text::of("text", &open.text)?,
        }),
        Wire::JoinRecall(join) => Command::JoinRecall(JoinRecall {
            recall: other(wish, "recall", &join.recall)?,
            batch_no: join.batch_no.trim().to_owned(),
            text: Text::of("text", &join.text)?,
        }),
        Wire::CloseRecall(close) => {
            let counts = wish.counts.unwrap_or_default();
            Command::CloseRecall(CloseRecall {
                report: Text::of("report", &close.report)?,
                affected: counts.affected,
                finished: counts.finished,
            })
        }
        _ => return Ok(None),
    }))
}
