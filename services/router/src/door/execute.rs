//! A command on its way to the owner of its case.

use redress_case::SYSTEM;
use redress_complaint::ComplaintId;
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_wire::router::{
    self as wire, Answer, CaseCommand, CaseDone, CaseRefused, CaseRow, CaseWish, CaseWishes,
    Command, ExecuteResponse, OtherCase, RecallCounts, Words, answer,
    case_command::Command as Wish, command, query,
};
use tonic::Code;

use super::{Caller, Desk, refused::spoken};
use crate::{related::has_ended, wire::command::other_case};

/// What came of a command.
pub(super) type Outcome = Result<CaseDone, CaseRefused>;

impl<P: Peers> Desk<P> {
    /// Has a command carried out by the owner of its case.
    pub(super) async fn execute(
        &self,
        command: CaseCommand,
        caller: &Caller,
    ) -> Result<(ComplaintId, Outcome), Refusal> {
        let id = self.id_of(&command.name, &caller.policy).await?;
        let outcome = self.execute_on(id, command, caller).await?;
        Ok((id, outcome))
    }

    /// The same for a case that is found already.
    pub(super) async fn execute_on(
        &self,
        id: ComplaintId,
        command: CaseCommand,
        caller: &Caller,
    ) -> Result<Outcome, Refusal> {
        if is_of_the_system(&command) {
            return Ok(Err(not_the_system()));
        }
        let wish = self.resolved(id, command, caller).await?;
        self.command(id, wish, caller).await
    }

    /// Hands a wish to the owner and waits until what follows is durable.
    pub(super) async fn command(
        &self,
        id: ComplaintId,
        wish: CaseWish,
        caller: &Caller,
    ) -> Result<Outcome, Refusal> {
        let answer = self
            .decided(id, command::Command::Wish(wish), caller)
            .await?;
        outcome(answer)
    }

    /// Has commands of one case carried out one after the other, in one round; the outcomes come
    /// in their order. None of them may [look beside its case](looks_around).
    pub(super) async fn execute_together(
        &self,
        id: ComplaintId,
        commands: Vec<CaseCommand>,
        caller: &Caller,
    ) -> Result<Vec<Outcome>, Refusal> {
        let wish = |command| CaseWish {
            complaint_id: id.as_bytes().to_vec(),
            command: Some(command),
            ..CaseWish::default()
        };
        let wishes: Vec<CaseWish> = commands.into_iter().map(wish).collect();
        let asked = wishes.len();
        let wishes = command::Command::Wishes(CaseWishes { wishes });
        match self.decided(id, wishes, caller).await?.answer {
            Some(answer::Answer::All(all)) if all.answers.len() == asked => {
                all.answers.into_iter().map(outcome).collect()
            }
            _ => Err(not_understood()),
        }
    }

    /// Hands a command to the owner and waits until what follows is durable.
    async fn decided(
        &self,
        id: ComplaintId,
        command: command::Command,
        caller: &Caller,
    ) -> Result<Answer, Refusal> {
        let command = Command {
            command: Some(command),
        };
        let partition = self.partition(&id);
        let answered = self
            .handle
            .command(partition, command, &caller.trace, caller.patience);
        answered.await
    }

    /// Finds what the command speaks of beside its case.
    async fn resolved(
        &self,
        id: ComplaintId,
        command: CaseCommand,
        caller: &Caller,
    ) -> Result<CaseWish, Refusal> {
        let name = command.command.as_ref().and_then(other_case);
        let other = match name.filter(|name| !name.trim().is_empty()) {
            Some(name) => match self.find(name, &caller.policy).await {
                Ok(row) => Some(other(&row)),
                Err(refusal) if refusal.code == Code::NotFound => None,
                Err(refusal) => return Err(refusal),
            },
            None => None,
        };
        let counts = match &command.command {
            Some(Wish::CloseRecall(_)) => Some(self.recall_counts(&id).await?),
            _ => None,
        };
        Ok(CaseWish {
            complaint_id: id.as_bytes().to_vec(),
            command: Some(command),
            other,
            counts,
        })
    }

    async fn recall_counts(&self, id: &ComplaintId) -> Result<RecallCounts, Refusal> {
        match self.with_id(id).await? {
            Some(row) => self.counts_of(&row).await,
            None => Ok(RecallCounts::default()),
        }
    }

    /// How far the recall has come that a case leads.
    pub(super) async fn counts_of(&self, lead: &CaseRow) -> Result<RecallCounts, Refusal> {
        let asked = query::Query::Recall(wire::RecallQuery {
            recall: lead.complaint_id.clone(),
            batch_no: lead.recall_batch_no.clone(),
        });
        let found = self.ask_all(asked).await?;
        let counts = found.into_iter().filter_map(|found| found.recall);
        Ok(
            counts.fold(RecallCounts::default(), |sum, part| RecallCounts {
                affected: sum.affected + part.affected,
                joined: sum.joined + part.joined,
                finished: sum.finished + part.finished,
            }),
        )
    }
}

/// The answer in the caller's words.
pub(super) fn response(id: ComplaintId, done: CaseDone, caller: &Caller) -> ExecuteResponse {
    let told = |all: &[Words]| {
        let each = all.iter();
        each.map(|words| spoken(words, caller.speech)).collect()
    };
    ExecuteResponse {
        complaint_id: id.to_string(),
        missing: told(&done.missing),
        notes: told(&done.notes),
        number: done.number,
        version: done.version,
        state: done.state,
    }
}

pub(super) fn other(row: &CaseRow) -> OtherCase {
    let recall = Some(&row.recall_batch_no).filter(|_| !row.recall_closed);
    OtherCase {
        complaint_id: row.complaint_id.clone(),
        number: row.number.clone(),
        ended: has_ended(row),
        recall_batch_no: recall.cloned().unwrap_or_default(),
    }
}

fn outcome(answer: Answer) -> Result<Outcome, Refusal> {
    match answer.answer {
        Some(answer::Answer::Done(done)) => Ok(Ok(done)),
        Some(answer::Answer::Refused(refused)) => Ok(Err(refused)),
        _ => Err(not_understood()),
    }
}

fn not_understood() -> Refusal {
    Refusal::new(
        Code::Internal,
        "the owner of the case answered nothing that this release knows",
    )
}

/// Whether the door has more to do for the command than to hand it on: it speaks of another case,
/// or is refused here. What it finds has to be found when its turn has come.
pub(super) fn looks_around(command: &CaseCommand) -> bool {
    let wish = command.command.as_ref();
    is_of_the_system(command)
        || wish
            .is_some_and(|wish| other_case(wish).is_some() || matches!(wish, Wish::CloseRecall(_)))
}

fn is_of_the_system(command: &CaseCommand) -> bool {
    let actor = command.actor.as_ref();
    actor.is_some_and(|actor| [&actor.id, &actor.role].iter().any(|a| a.trim() == SYSTEM))
}

/// Rules and timers act from within.
fn not_the_system() -> CaseRefused {
    CaseRefused {
        code: Code::PermissionDenied as u32,
        reason: "not_the_system".to_owned(),
        sentence: Some(Words {
            zh: "system 仅供规则和定时器使用：请以人员身份操作".to_owned(),
            en: "only rules and timers act as `system`: act as a person of the house".to_owned(),
        }),
        ..CaseRefused::default()
    }
}
