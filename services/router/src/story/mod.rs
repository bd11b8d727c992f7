//! What happened to a case, told so that it reads like a story: who did what, with what was said.

mod ending;
mod extension;
mod handling;
mod investigation;
mod plan;
mod told;

use jiff::Timestamp;
use redress_case::{Change, Discipline, Fact, SYSTEM};
use redress_policy::Policy;
use redress_wire::{
    event::proto_time,
    router::{CaseRow, TimelineEntry, TimelineRow},
};

use self::told::{Fields, Told};
use crate::{fold, locale::Speech, names::Names, wire};

/// Tells facts in the caller's language.
pub(crate) struct Teller<'a> {
    names: Names<'a>,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(policy: &'a Policy, speech: Speech) -> Self {
        Self {
            names: Names { policy, speech },
        }
    }

    /// How the case began: registered (version 0) and routed (version 1).
    pub(crate) fn opening(&self, row: &CaseRow) -> [TimelineEntry; 2] {
        let opening = fold::opening(row);
        let names = &self.names;
        let channel = names.channel(&row.channel);
        let registered = Told::new(
            format!("客户通过{channel}提出投诉，登记编号{}", row.number),
            format!(
                "the customer complained by {channel} and got the number {}",
                row.number
            ),
        );
        let (category, urgency) = (
            names.category(&opening.category),
            names.urgency(&opening.urgency),
        );
        let (department, handler) = (
            names.department(&opening.department),
            names.person(&opening.handler),
        );
        let routed = Told::new(
            format!("按规则分诊为“{category}”（{urgency}），分派给{department}的{handler}"),
            format!("the rules found {category} ({urgency}), and {handler} of {department} got it"),
        );
        [
            self.beginning(
                0,
                row.registered_at_us,
                ("registered", "registered"),
                registered,
            ),
            self.beginning(1, row.routed_at_us, ("routed", "assigned"), routed),
        ]
    }

    fn beginning(
        &self,
        version: u64,
        at_us: i64,
        (event, state): (&str, &str),
        told: Told,
    ) -> TimelineEntry {
        TimelineEntry {
            version,
            at: Some(proto_time(at_us)),
            actor: SYSTEM.to_owned(),
            actor_name: self.names.person(SYSTEM),
            role: SYSTEM.to_owned(),
            event: event.to_owned(),
            state: state.to_owned(),
            sentence: told.sentence(self.names.speech),
            fields: told.fields,
            eight_d: Vec::new(),
        }
    }

    /// A fact of its life.
    pub(crate) fn fact(&self, row: &TimelineRow) -> Option<TimelineEntry> {
        let event = row.event.as_ref()?;
        let fact = wire::fact_of(event, row.time_us);
        let told = fact.as_ref().map_or_else(unknown, |fact| self.tell(fact));
        let actor = event.actor.clone().unwrap_or_default();
        let eight_d = fact.as_ref().map(|fact| Discipline::told_by(&fact.change));
        let eight_d = eight_d.unwrap_or_default().into_iter();
        Some(TimelineEntry {
            eight_d: eight_d.map(|d| d.to_string()).collect(),
            version: event.version,
            at: Some(proto_time(row.time_us)),
            actor_name: self.names.person(&actor.id),
            actor: actor.id,
            role: actor.role,
            event: fact.map_or("unknown", |fact| fact.change.name()).to_owned(),
            state: event.state.clone(),
            sentence: told.sentence(self.names.speech),
            fields: told.fields,
        })
    }

    /// Each family of changes has its file; the tests see to it that each change is told.
    fn tell(&self, fact: &Fact) -> Told {
        self.handling(fact)
            .or_else(|| self.investigation(fact))
            .or_else(|| self.plan(fact))
            .or_else(|| self.ending(fact))
            .unwrap_or_else(unknown)
    }

    fn who(&self, fact: &Fact) -> String {
        self.names.person(fact.actor.id.as_str())
    }

    fn fields(&self) -> Fields {
        Fields::new(self.names.speech)
    }

    /// A time in the house's zone, which need not be the reader's.
    fn time(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.names.policy.house().time_zone.clone());
        at.strftime("%Y-%m-%d %H:%M %:z").to_string()
    }

    fn date(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.names.policy.house().time_zone.clone());
        at.strftime("%Y-%m-%d").to_string()
    }
}

/// Only in a log that a newer release has written to.
fn unknown() -> Told {
    Told::new(
        "较新版本记录的事项",
        "something that a newer release recorded",
    )
}

/// For the tests: whether a change has words of its own.
#[cfg(test)]
pub(crate) fn is_told(policy: &Policy, fact: &Fact) -> bool {
    Teller::new(policy, Speech::Zh).tell(fact) != unknown()
}

/// The change of a fact, by reference, to match on.
fn change(fact: &Fact) -> &Change {
    &fact.change
}
