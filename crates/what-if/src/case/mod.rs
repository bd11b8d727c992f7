//! A case under both policies.

mod difference;
mod record;
mod run;
mod track;

use jiff::Timestamp;
use redress_policy::{Kind, Milestone};
use redress_triage::Facts;

use crate::happening::{Happening, RecordedClock, RecordedRouting, Registration, What};
use crate::pair::{Pair, Which};
use crate::recorded::{self, Kept, Recorded};
use crate::side::{Routing, Side};
use crate::week::Week;
use difference::fired_alone;
use record::Record;
use track::Given;

pub use difference::{Difference, Fired, FiredPoint};
pub(crate) use run::Run;
pub use run::Verdict;
pub(crate) use track::Track;

/// A case under both policies.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) number: Box<str>,
    pub(crate) week: Week,
    channel: Box<str>,
    kind: Kind,
    tier: Box<str>,
    received_at: Timestamp,
    registered_at: Timestamp,
    acknowledged_at: Option<Timestamp>,
    /// Where the rules send it; `None` if its words cannot be read any more.
    routes: Option<Box<Pair<Routing>>>,
    record: Record,
    /// From the routing on.
    pub(crate) tracks: Option<Box<Pair<Track>>>,
    pub(crate) corrections: Pair<u32>,
    pub(crate) corrected: u32,
    recorded: Vec<Kept>,
    compared: bool,
}

impl Case {
    /// A complaint that was just registered.
    pub(crate) fn register(
        sides: &Pair<Side>,
        it: &Registration<'_>,
        registered_at: Timestamp,
    ) -> Self {
        let routes = it.text.map(|text| {
            let facts = Facts {
                complaint_id: it.id,
                channel: it.channel,
                kind: it.kind,
                wish: it.wish,
                product: it.product,
                quantity: it.quantity,
                text,
            };
            Box::new(Side::route_both(sides, &facts))
        });
        let zone = &sides.today.policy().house().time_zone;
        Self {
            number: it.number.into(),
            week: Week::of(registered_at, zone),
            channel: it.channel.into(),
            kind: it.kind,
            tier: it.tier.into(),
            received_at: it.received_at,
            registered_at,
            acknowledged_at: None,
            routes,
            record: Record::default(),
            tracks: None,
            corrections: Pair::default(),
            corrected: 0,
            recorded: Vec::new(),
            compared: false,
        }
    }

    /// Whether its words could be read.
    pub(crate) fn is_readable(&self) -> bool {
        self.routes.is_some() || self.tracks.is_some()
    }

    /// Takes what happened. Gives what the policies make differently of it.
    pub(crate) fn take(
        &mut self,
        sides: &Pair<Side>,
        happening: &Happening<'_>,
        said: &mut Recorded,
    ) -> Vec<Difference> {
        let at = happening.at;
        match &happening.what {
            What::Registered(_) => Vec::new(),
            What::Routed(recorded) => self.route(sides, recorded, at, said),
            What::Acknowledged => {
                if self.acknowledged_at.is_some() {
                    return Vec::new();
                }
                self.acknowledged_at = Some(at);
                let moment = Milestone::Acknowledged.into();
                self.live(
                    sides,
                    &Happening {
                        at,
                        what: What::Reached(&moment),
                    },
                )
            }
            What::Clock(clock) => {
                self.keep(clock, said);
                Vec::new()
            }
            What::Proposed(plan) => self.propose(sides, plan, at, said),
            _ => self.live(sides, happening),
        }
    }

    fn route(
        &mut self,
        sides: &Pair<Side>,
        recorded: &RecordedRouting<'_>,
        at: Timestamp,
        said: &mut Recorded,
    ) -> Vec<Difference> {
        if self.tracks.is_some() {
            return Vec::new();
        }
        let routes = self.routes.take().map_or_else(
            || {
                let recorded = Routing::from(recorded);
                Pair {
                    today: recorded.clone(),
                    candidate: recorded,
                }
            },
            |routes| *routes,
        );
        self.compared = recorded.policy == sides.today.policy().version();
        if self.compared {
            said.routings.count(routes.today.is(recorded));
        } else {
            said.other_version += 1;
        }
        let life = [
            Some((Milestone::Received, self.received_at)),
            Some((Milestone::Registered, self.registered_at)),
            self.acknowledged_at.map(|at| (Milestone::Acknowledged, at)),
            Some((Milestone::Routed, at)),
        ];
        let life: Vec<_> = life.into_iter().flatten().collect();
        let differs = (!routes.agrees()).then(|| Difference::Routed(Box::new(routes.clone())));
        let given = self.given();
        let tracks = sides
            .as_ref()
            .zip(routes)
            .map(|(side, routing)| Track::begin(side, given, routing, &life));
        self.tracks = Some(Box::new(tracks));
        differs.into_iter().collect()
    }

    /// What happens to a case that has its clocks.
    fn live(&mut self, sides: &Pair<Side>, happening: &Happening<'_>) -> Vec<Difference> {
        let at = happening.at;
        let mut differences = self.advance(at, false);
        let given = Given {
            channel: &self.channel,
            kind: self.kind,
            tier: &self.tier,
        };
        let record = &mut self.record;
        let Some(tracks) = self.tracks.as_deref_mut() else {
            return differences;
        };
        let both = tracks.as_mut().zip(sides.as_ref());
        match &happening.what {
            What::Reached(moment) => {
                both.each(|(track, side)| track.reach(side, given, moment, at));
                record.reach(moment.milestone());
            }
            What::Held(pause) => both.each(|(track, side)| track.hold(side, pause, at)),
            What::Resumed => both.each(|(track, side)| track.resume(side, given, at)),
            What::Extended { clock, by } => {
                both.each(|(track, side)| track.extend(side, given, (*clock, *by), at));
            }
            What::Corrected(to) => {
                let right = tracks.as_ref().map(|track| u32::from(track.is(to)));
                self.corrected += 1;
                self.corrections
                    .as_mut()
                    .zip(right)
                    .each(|(sum, right)| *sum += right);
                let both = tracks.as_mut().zip(sides.as_ref());
                both.each(|(track, side)| track.correct(side, given, to, at));
            }
            What::HandedTo(department) => both.each(|(track, _)| track.hand_to(department)),
            What::Asked(command) => {
                let missing = both.map(|(track, side)| track.ask(side, *command, record));
                differences.extend(held_up(*command, missing));
            }
            What::Noted(note) => record.note(note),
            _ => {}
        }
        differences
    }

    fn propose(
        &mut self,
        sides: &Pair<Side>,
        plan: &crate::happening::Planned<'_>,
        at: Timestamp,
        said: &mut Recorded,
    ) -> Vec<Difference> {
        let mut differences = self.advance(at, false);
        let Some(tracks) = self.tracks.as_deref_mut() else {
            return differences;
        };
        let both = tracks.as_mut().zip(sides.as_ref());
        let levels = both.map(|(track, side)| track.propose(side, plan));
        if let Some(recorded) = plan.levels.filter(|_| self.compared) {
            let same = levels.today.iter().eq(recorded.iter());
            said.approvals.count(same);
        }
        if !levels.agrees() {
            differences.push(Difference::Approval(levels.map(<[_]>::to_vec)));
        }
        differences
    }

    fn keep(&mut self, clock: &RecordedClock<'_>, said: &mut Recorded) {
        let breached = recorded::keep(&mut self.recorded, clock);
        said.count(clock.said, breached);
    }

    /// Lets everything fire whose time has come. Gives what fired under one policy alone.
    pub(crate) fn advance(&mut self, to: Timestamp, inclusive: bool) -> Vec<Difference> {
        let Some(tracks) = self.tracks.as_deref_mut() else {
            return Vec::new();
        };
        let fired = tracks.as_mut().map(|track| {
            let mut fired = Vec::new();
            track.advance(to, inclusive, &mut fired);
            fired
        });
        if fired.today.is_empty() && fired.candidate.is_empty() {
            return Vec::new();
        }
        fired_alone(fired)
    }

    /// When the next point fires, under either policy.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let tracks = self.tracks.as_deref()?;
        let due = tracks.as_ref().map(Track::next_due);
        due.into_array().into_iter().flatten().min()
    }

    /// Compares the clocks as they stand under today's policy with those recorded.
    pub(crate) fn compare(&self, said: &mut Recorded) {
        let Some(tracks) = self.tracks.as_deref().filter(|_| self.compared) else {
            return;
        };
        for kept in &self.recorded {
            let clock = tracks.today.clock(kept.clock());
            said.clocks.count(clock.is_some_and(|clock| kept.is(clock)));
        }
        let unknown = |run: &&Run| {
            let recorded = self.recorded.iter().any(|kept| *kept.clock() == run.clock);
            run.nth == 0 && !recorded
        };
        let missing = tracks.today.runs.iter().filter(unknown).count();
        said.clocks.differ += missing as u64;
    }

    fn given(&self) -> Given<'_> {
        Given {
            channel: &self.channel,
            kind: self.kind,
            tier: &self.tier,
        }
    }
}

/// What is held up under one policy alone, or for another reason.
fn held_up(
    command: redress_policy::CommandName,
    missing: Pair<Vec<redress_policy::Need>>,
) -> Vec<Difference> {
    if missing.agrees() {
        return Vec::new();
    }
    let sides = Which::BOTH.into_iter().zip(missing.into_array());
    sides
        .filter(|(_, missing)| !missing.is_empty())
        .map(|(which, missing)| Difference::HeldUp {
            which,
            command,
            missing,
        })
        .collect()
}
