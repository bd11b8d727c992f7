//! The people of the house who play a log's parts.

use anyhow::Context as _;
use redress_policy::{CommandName, Policy, Reach};
use redress_wire::router::Actor;

/// The role of whoever has a case (第一责任人).
const HANDLER: &str = "handler";

/// Who does what while a log is replayed.
#[derive(Clone, Debug)]
pub(crate) struct House {
    /// Every department with one of its handlers who take cases of any urgency.
    teams: Vec<Team>,
    /// Who hands cases to other departments.
    mover: Actor,
    /// Who says whether a corrective action works.
    verifier: Actor,
    /// A party that can be responsible.
    pub(super) party: String,
    /// What triage finds in texts that say nothing: urgency and severity.
    pub(super) usual: (String, String),
}

/// Who has a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Team {
    pub(crate) department: String,
    pub(crate) handler: String,
}

impl Team {
    /// The handler, acting as such.
    pub(super) fn actor(&self) -> Actor {
        actor(&self.handler, HANDLER)
    }
}

fn actor(id: &str, role: &str) -> Actor {
    Actor {
        id: id.to_owned(),
        role: role.to_owned(),
    }
}

impl House {
    /// The house of a policy.
    ///
    /// # Errors
    /// Nobody may do what logs ask for.
    pub(crate) fn of(policy: &Policy) -> anyhow::Result<Self> {
        let mut teams = Vec::new();
        for department in policy.departments() {
            let all_round = department
                .handlers
                .iter()
                .filter(|one| one.urgencies.is_empty());
            teams.extend(all_round.map(|handler| Team {
                department: department.id.to_string(),
                handler: handler.id.to_string(),
            }));
        }
        anyhow::ensure!(
            teams.len() > 1,
            "the policy has too few handlers to hand cases around"
        );
        let parties = &policy.procedures().parties;
        let party = parties.iter().next().context("the policy names no party")?;
        Ok(Self {
            teams,
            mover: anybody(policy, &[CommandName::Assign, CommandName::CorrectTriage])?,
            verifier: anybody(policy, &[CommandName::VerifyCorrectiveAction])?,
            party: party.id.to_string(),
            usual: (
                policy.defaults().urgency.to_string(),
                policy.defaults().severity.to_string(),
            ),
        })
    }

    /// Who hands cases to other departments, and corrects their triage.
    pub(super) fn mover(&self) -> Actor {
        self.mover.clone()
    }

    /// Who says whether a corrective action works.
    pub(super) fn verifier(&self) -> Actor {
        self.verifier.clone()
    }

    /// The team that stands for a group of a log: always the same one, unless the case is there.
    pub(super) fn team(&self, group: &str, other_than: &Team) -> &Team {
        let number = group.parse().unwrap_or_else(|_| hash(group));
        let index = number as usize % self.teams.len();
        match &self.teams[index] {
            same if same == other_than => &self.teams[(index + 1) % self.teams.len()],
            team => team,
        }
    }
}

/// FNV-1a: the same for the same word, everywhere.
fn hash(word: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    word.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// The first person with a role that may do all of this with every case of the house.
fn anybody(policy: &Policy, commands: &[CommandName]) -> anyhow::Result<Actor> {
    let staff = policy.staff();
    let able = staff.people().iter().find_map(|person| {
        let role = person.roles.iter().find(|role| {
            staff.role(role).is_some_and(|role| {
                role.reach == Reach::House && commands.iter().all(|one| role.may(*one))
            })
        })?;
        Some(actor(person.id.as_ref(), role.as_ref()))
    });
    able.with_context(|| {
        let names: Vec<&str> = commands.iter().map(|one| one.as_str()).collect();
        format!(
            "the policy has nobody who may {} in every case",
            names.join(" and ")
        )
    })
}

#[cfg(test)]
impl House {
    /// Two departments with one handler each.
    pub(super) fn small() -> Self {
        let team = |name: &str| Team {
            department: name.to_owned(),
            handler: format!("{name}-1"),
        };
        Self {
            teams: vec![team("sales"), team("service")],
            mover: actor("sup", "supervisor"),
            verifier: actor("qa", "quality"),
            party: "service".to_owned(),
            usual: ("normal".to_owned(), "ordinary".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_policy_has_people_for_every_part() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
        let policy = crate::commands::policy::load(&dir).expect("the shipped policy");
        let house = House::of(&policy).expect("people");
        assert!(house.teams.len() > 20);
        assert_ne!(house.mover.role, house.verifier.role);
    }

    #[test]
    fn a_group_is_always_the_same_team_unless_the_case_is_there() {
        let house = House::small();
        let nobody = Team::default();
        let first = house.team("70", &nobody).clone();
        assert_eq!(house.team("70", &nobody), &first);
        assert_ne!(house.team("70", &first), &first);
        assert_eq!(
            house.team("queue 3", &nobody),
            house.team("queue 3", &nobody)
        );
    }
}
