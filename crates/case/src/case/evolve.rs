//! Folding facts into a case. It does not judge: what was recorded happened.

use jiff::{SignedDuration, Timestamp};

use super::{Case, Joint, OnHold, Recall};
use crate::{Change, CommandKind, Fact, PersonId, Stage};

impl Case {
    /// Folds a fact. Takes every fact, from the fact alone: a plan or an action that the case does
    /// not have changes nothing.
    pub fn evolve(&mut self, fact: &Fact) {
        self.version = self.version.max(fact.version);
        if matches!(fact.change, Change::Refused { .. }) {
            self.requests.refuse(&fact.request_id, fact.version);
            return;
        }
        self.changed = self.version;
        let command = CommandKind::that_led_to(&fact.change);
        self.requests.done(&fact.request_id, fact.version, command);
        self.apply_to_plan(&fact.change, &fact.actor.id, fact.at);
        self.record.apply(&fact.change, fact.at);
        self.apply_to_extension(&fact.change, &fact.actor.id, fact.at);
        self.apply_to_life(&fact.change, &fact.actor.id, fact.at);
        if self.stage.has_ended() {
            self.end_hold(fact.at);
            self.extension = None;
        }
    }

    /// How far it has come, and who has it.
    fn apply_to_life(&mut self, change: &Change, actor: &PersonId, at: Timestamp) {
        #[rustfmt::skip]
        match change {
            Change::Assigned { department, handler, .. }
            | Change::TransferredUp { department, handler, .. } => {
                self.department = department.clone();
                self.handler = handler.clone();
                self.accepted = None;
                if matches!(self.stage, Stage::Triaged | Stage::Accepted) {
                    self.stage = Stage::Assigned;
                }
            }
            Change::Accepted => {
                self.accepted = Some((actor.clone(), at));
                self.first_accepted_at = self.first_accepted_at.or(Some(at));
                if self.stage == Stage::Assigned {
                    self.stage = Stage::Accepted;
                }
            }
            Change::TriageCorrected { now, rank, wide_impact, .. } => {
                self.triage = now.clone();
                self.rank = *rank;
                self.wide_impact = *wide_impact;
                if self.stage == Stage::Registered {
                    self.stage = Stage::Triaged;
                }
            }
            Change::Verified { .. } => self.stage = Stage::Verified,
            Change::InvestigationCompleted => self.stage = Stage::Investigated,
            Change::ResultConfirmed { .. } => {
                self.confirmed = true;
                self.stage = Stage::CustomerConfirmed;
            }
            Change::Reopened { round, .. } => self.reopen(*round),
            Change::DeclaredUnmeetable { .. } => self.stage = Stage::Unmeetable,
            Change::Withdrawn { .. } => self.stage = Stage::Withdrawn,
            Change::Rejected { .. } => self.stage = Stage::Rejected,
            Change::Closed { .. } => self.stage = Stage::Closed,
            Change::Merged { into, .. } => {
                self.merged_into = Some(*into);
                self.stage = Stage::Merged;
            }
            Change::Archived { keep_until } => {
                self.keep_until = Some(*keep_until);
                self.stage = Stage::Archived;
            }
            other => self.apply_overlay(other, at),
        };
    }

    /// What lies over the stage and does not move it.
    fn apply_overlay(&mut self, change: &Change, at: Timestamp) {
        #[rustfmt::skip]
        match change {
            Change::Held { pause, until, .. } => {
                self.end_hold(at);
                let (pause, until) = (pause.clone(), *until);
                self.hold = Some(OnHold { pause, since: at, until });
            }
            Change::Resumed { .. } => self.end_hold(at),
            Change::Extended { .. } => self.extensions += 1,
            Change::JointHandlingStarted { lead, supporting } => {
                let (lead, supporting) = (lead.clone(), supporting.clone());
                self.joint = Some(Joint { lead, supporting });
            }
            Change::SatisfactionRecorded { satisfaction, .. } => {
                self.satisfaction = Some(*satisfaction);
            }
            Change::RecallOpened { batch_no, .. } => {
                let batch_no = batch_no.clone();
                self.recall = Some(Recall { batch_no, closed: false });
            }
            Change::RecallClosed { .. } => {
                if let Some(recall) = &mut self.recall {
                    recall.closed = true;
                }
            }
            Change::RecallJoined { recall, batch_no, .. } => {
                let joined = (*recall, batch_no.clone());
                if !self.recalls.contains(&joined) {
                    self.recalls.push(joined);
                }
            }
            // Plan and record fold the rest; notes are for readers.
            _ => {}
        };
    }

    /// What was found out stays; plan, consent and result are to be made again.
    fn reopen(&mut self, round: u32) {
        self.round = self.round.max(round);
        self.plan = None;
        self.confirmed = false;
        self.satisfaction = None;
        self.stage = Stage::Reopened;
    }

    fn end_hold(&mut self, at: Timestamp) {
        if let Some(hold) = self.hold.take() {
            let held = at.duration_since(hold.since).max(SignedDuration::ZERO);
            if let Some(plan) = &mut self.plan {
                plan.postpone(held);
            }
            if let Some(asked) = &mut self.extension {
                asked.postpone(hold.since, at);
            }
            let sum = self.paused.entry(hold.pause).or_default();
            *sum = sum.saturating_add(held);
        }
    }
}
