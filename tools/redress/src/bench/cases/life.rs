//! What people do with an ordinary case, one thing after the other.

use anyhow::Context as _;
use redress_policy::Policy;
use redress_wire::router::{Accept, CaseCommand, Visibility, case_command::Command};

use super::people::Worked;
use crate::{lifecycle::deeds, output::moment};

/// What is said with a command: a sentence, as people write it.
const TEXT: &str = "已电话联系客户核实情况，产品批次与订单一致，等待仓库确认后答复。";

/// What commands of the house's policy need.
#[derive(Clone, Debug)]
pub(super) struct Words {
    party: String,
}

impl Words {
    pub(super) fn of(policy: &Policy) -> anyhow::Result<Self> {
        let party = policy.procedures().parties.iter().next();
        let party = party.context("the policy names no party that can be responsible")?;
        Ok(Self {
            party: party.id.to_string(),
        })
    }
}

/// The commands of a case from its acceptance to its closing, then notes without an end.
#[derive(Debug)]
pub(super) struct Life {
    case: Worked,
    ahead: std::vec::IntoIter<Command>,
    given: u64,
}

impl Life {
    pub(super) fn new(words: &Words, case: &Worked) -> Self {
        let mut whole = vec![Command::Accept(Accept {})];
        whole.extend(deeds::investigation(TEXT, &words.party));
        whole.extend(deeds::solution(TEXT, &case.handler, moment()));
        whole.extend([deeds::confirm(TEXT), deeds::close(TEXT)]);
        Self {
            case: case.clone(),
            ahead: whole.into_iter(),
            given: 0,
        }
    }

    /// Only notes.
    pub(super) fn notes(case: &Worked) -> Self {
        Self {
            case: case.clone(),
            ahead: Vec::new().into_iter(),
            given: 0,
        }
    }

    pub(super) fn command(&mut self) -> CaseCommand {
        self.given += 1;
        let next = self.ahead.next();
        CaseCommand {
            name: self.case.id.clone(),
            request_id: format!("bench-{}", self.given),
            actor: Some(self.case.actor()),
            expected_version: None,
            command: Some(next.unwrap_or_else(|| deeds::note(TEXT, Visibility::Internal))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_ends_in_notes_and_no_request_id_comes_twice() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        let policy = crate::commands::policy::load(&dir).expect("the shipped policy");
        let case = Worked {
            id: "1".to_owned(),
            department: "d".to_owned(),
            handler: "d-1".to_owned(),
        };
        let mut life = Life::new(&Words::of(&policy).expect("a party"), &case);
        let commands: Vec<CaseCommand> = (0..14).map(|_| life.command()).collect();
        let is_note = |it: &CaseCommand| matches!(it.command, Some(Command::AddNote(_)));
        let notes = commands.iter().position(is_note).expect("notes at the end");
        assert!(matches!(
            commands[notes - 1].command,
            Some(Command::Close(_))
        ));
        assert!(commands[notes..].iter().all(is_note));
        let ids: std::collections::BTreeSet<_> =
            commands.iter().map(|it| it.request_id.clone()).collect();
        assert_eq!(ids.len(), commands.len());
    }
}
