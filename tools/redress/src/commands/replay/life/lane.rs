//! One case of a log on its way through the system.

use std::{collections::VecDeque, sync::Arc};

use redress_wire::router::{CaseCommand, ExecuteRefusal, ExecuteResponse, case_command::Command};

use super::report::difference;
use crate::{
    case::many::{Lane, passes},
    commands::Ending,
    lifecycle::{Deed, House, LogCase, LogKind, Pilot, Routed, Tally, Telling},
    output::{Output, message_to_json, moment},
};

/// The states that a solution and a reopening have to lead to.
const EXECUTED: &str = "executed";
const REOPENED: &str = "reopened";

/// Gives a case's commands one after the other, and counts what the answers tell.
pub(super) struct CaseLane {
    kind: LogKind,
    case: LogCase,
    pilot: Pilot,
    life: Life,
    /// The event that is under way.
    at: usize,
    /// Its commands that are not sent yet, and the one that is.
    waiting: VecDeque<Deed>,
    sent: Option<Telling>,
    /// Commands of the event that were sent, corrections of triage not counted.
    steps: u32,
    /// No command of the event was refused.
    fine: bool,
}

/// What came of a case.
#[derive(Debug)]
pub(super) struct Life {
    /// Its name in the log.
    pub(super) case: String,
    /// The complaint's id.
    pub(super) id: String,
    /// What the log says of it.
    pub(super) log: Tally,
    /// What the answers of the system say.
    pub(super) seen: Tally,
    pub(super) commands: u64,
    pub(super) refused: u64,
    /// What went otherwise, one by one.
    pub(super) differences: Vec<String>,
}

impl CaseLane {
    pub(super) fn new(kind: LogKind, case: LogCase, id: String, pilot: Pilot) -> Self {
        let life = Life {
            case: case.id.clone(),
            id,
            log: case.counts,
            seen: Tally {
                cases: 1,
                ..Tally::default()
            },
            commands: 0,
            refused: 0,
            differences: Vec::new(),
        };
        let mut lane = Self {
            kind,
            case,
            pilot,
            life,
            at: 0,
            waiting: VecDeque::new(),
            sent: None,
            steps: 0,
            fine: true,
        };
        lane.begin();
        lane
    }

    /// What came of it, after the last answer.
    pub(super) fn ended(self) -> Life {
        self.life
    }

    fn begin(&mut self) {
        if let Some(event) = self.case.events.get(self.at) {
            self.waiting = self.pilot.event(event).into();
            (self.steps, self.fine) = (0, true);
        }
    }

    fn command(&mut self, deed: Deed) -> CaseCommand {
        let seq = self.case.events[self.at].seq;
        let (prefix, case) = (self.kind.prefix(), &self.case.id);
        // Whether triage is corrected depends on how the case stands when the replay meets it, so
        // corrections do not count among the steps: a second replay has the same ids.
        let step = if let Command::CorrectTriage(triage) = &deed.command {
            format!("triage-{}{}", triage.urgency, triage.severity)
        } else {
            self.steps += 1;
            self.steps.to_string()
        };
        CaseCommand {
            name: self.life.id.clone(),
            request_id: format!("{prefix}-{case}-{seq}-{step}"),
            actor: Some(deed.actor),
            expected_version: None,
            command: Some(deed.command),
        }
    }

    fn trouble(&mut self, what: &str) {
        let event = &self.case.events[self.at];
        let text = difference(&self.case.id, event.seq, &event.label, what);
        self.life.differences.push(text);
    }
}

impl Lane for CaseLane {
    fn next(&mut self) -> Option<CaseCommand> {
        while self.at < self.case.events.len() {
            if let Some(deed) = self.waiting.pop_front() {
                self.life.commands += 1;
                self.sent = Some(deed.tells);
                return Some(self.command(deed));
            }
            self.life.seen.events += u64::from(self.fine);
            self.at += 1;
            self.begin();
        }
        None
    }

    fn answered(&mut self, answer: Result<ExecuteResponse, ExecuteRefusal>) {
        let tells = self.sent.take().unwrap_or(Telling::Nothing);
        let state = match answer {
            Ok(done) => done.state,
            Err(refusal) => {
                self.life.refused += 1;
                self.fine = false;
                return self.trouble(&format!("{}: {}", refusal.code, refusal.message));
            }
        };
        let seen = &mut self.life.seen;
        let wanted = match tells {
            Telling::Nothing => return,
            Telling::Reassigned => {
                seen.reassigned += 1;
                return;
            }
            Telling::Reopened => REOPENED,
            Telling::Resolved => EXECUTED,
        };
        match (state == wanted, tells) {
            (true, Telling::Reopened) => seen.reopened += 1,
            (true, _) => seen.resolved = 1,
            (false, _) => self.trouble(&format!("is {state}, not {wanted}")),
        }
    }

    /// A case may be asked for before it is there.
    fn may_pass(&self, refusal: &ExecuteRefusal) -> bool {
        passes(refusal) || (self.life.commands == 1 && refusal.code == "NOT_FOUND")
    }
}

/// Shows the commands of cases that nobody has, and sends none.
pub(super) fn preview(
    cases: Vec<LogCase>,
    kind: LogKind,
    house: &Arc<House>,
    out: &Output,
) -> anyhow::Result<Ending> {
    let mut commands = 0;
    let count = cases.len();
    for case in cases {
        let pilot = Pilot::new(house, Routed::default(), moment());
        let name = format!("{}-{}", kind.prefix(), case.id);
        let mut lane = CaseLane::new(kind, case, name, pilot);
        while let Some(command) = lane.next() {
            let name = "redress.router.v1.CaseCommand";
            out.object(&message_to_json(name, &command))?;
            commands += 1;
        }
    }
    eprintln!("{count} cases, {commands} commands");
    Ok(Ending::Fine)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::lifecycle::LogEvent;

    fn lane() -> CaseLane {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("log.csv");
        let log = "case_id,seq,activity_id,completed_at\n7,1,1,2012-04-03T16:55:38\n\
                   7,2,8,2012-04-03T16:55:38\n7,3,6,2012-04-03T16:55:38\n7,4,8,2012-04-03T16:55:38\n";
        std::fs::write(&path, log).expect("a file");
        let case = LogKind::Helpdesk.read(&path).expect("a log").remove(0);
        let labels: Vec<&LogEvent> = case.events.iter().collect();
        assert_eq!(labels.len(), 4);
        let policy = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        let policy = crate::commands::policy::load(&policy).expect("the shipped policy");
        let house = Arc::new(House::of(&policy).expect("people"));
        let pilot = Pilot::new(&house, Routed::default(), Timestamp::UNIX_EPOCH);
        CaseLane::new(LogKind::Helpdesk, case, "id".to_owned(), pilot)
    }

    fn done(state: &str) -> ExecuteResponse {
        ExecuteResponse {
            state: state.to_owned(),
            ..ExecuteResponse::default()
        }
    }

    /// Carries a lane out; answers by the number of the command.
    fn carried(answer: impl Fn(u64, bool) -> Result<ExecuteResponse, ExecuteRefusal>) -> Life {
        let mut lane = lane();
        let mut ids = Vec::new();
        while let Some(command) = lane.next() {
            ids.push(command.request_id);
            let counted = lane.sent != Some(Telling::Nothing);
            let answer = answer(lane.life.commands, counted);
            lane.answered(answer);
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(
            ids.len(),
            count,
            "every command has a request id of its own"
        );
        lane.ended()
    }

    #[test]
    fn what_the_system_answers_agrees_with_what_the_log_says() {
        let mut turns = [EXECUTED, REOPENED].into_iter().cycle();
        let turns = std::cell::RefCell::new(&mut turns);
        let life = carried(|_, counted| {
            Ok(done(if counted {
                turns.borrow_mut().next().expect("a cycle")
            } else {
                "accepted"
            }))
        });
        assert_eq!(life.seen, life.log);
        assert_eq!(life.refused, 0);
        assert!(life.differences.is_empty(), "{:?}", life.differences);
    }

    #[test]
    fn a_refusal_is_told_with_its_event_and_the_event_does_not_count() {
        let life = carried(|number, counted| match (number, counted) {
            (3, _) => Err(ExecuteRefusal {
                code: "FAILED_PRECONDITION".to_owned(),
                message: "not now".to_owned(),
            }),
            (_, true) => Ok(done(EXECUTED)),
            _ => Ok(done("accepted")),
        });
        assert_eq!((life.refused, life.seen.events), (1, life.log.events - 1));
        let told = life.differences.join("\n");
        assert!(told.contains("FAILED_PRECONDITION: not now"), "{told}");
        assert!(told.contains("is executed, not reopened"), "{told}");
    }
}
