//! Reads `deadlines.toml`.

use redress_calendar::Span;

use crate::catalog::Catalog;
use crate::error::Reason;
use crate::model::channel::{Channel, MetBy};
use crate::model::deadline::{
    Clock, EscalationStep, Milestone, PauseReason, Scope, Target, WarnAt,
};
use crate::model::words::Kind;
use crate::parse::context::Ids;
use crate::parse::declared::Declared;
use crate::parse::fields::Fields;
use crate::parse::report::Place;
use crate::parse::span::{Measure, opt_duration, warnings};
use crate::parse::{Sources, names, tables};

pub(crate) fn read(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
    channels: &Catalog<Channel>,
) -> (Catalog<Clock>, Catalog<PauseReason>) {
    let mut roots = sources.take("deadlines");
    let mut measure = Measure::default();
    for root in &mut roots {
        measure = Measure::read(root, &ids.calendars, &measure);
    }
    if let (Some(root), false) = (roots.first(), measure.has_calendar()) {
        root.fault(Reason::MissingKey {
            key: "calendar".to_owned(),
        });
    }
    let pauses: Vec<_> = roots
        .iter_mut()
        .flat_map(|root| root.tables("pause"))
        .collect();
    let pauses = pauses
        .into_iter()
        .filter_map(|fields| pause(fields, ids))
        .collect();
    let reader = Reader { measure, channels };
    let clocks = tables(&mut roots, "clock");
    (
        clocks
            .into_iter()
            .filter_map(|fields| reader.clock(fields, ids))
            .collect(),
        pauses,
    )
}

fn pause(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<PauseReason> {
    let id = ids.pauses.read_id(&mut fields);
    let name = names(&mut fields, "name");
    let needs_evidence = fields
        .opt::<bool>("needs_evidence")
        .is_some_and(|n| n.value);
    let longest = opt_duration(&mut fields, "longest");
    Some(PauseReason {
        id: id?.value.as_str().into(),
        name: name?,
        needs_evidence,
        longest,
    })
}

/// Which cases: the lists of a scope, read from a table that has other keys too.
pub(crate) fn scope(fields: &mut Fields<'_, '_>, ids: &Ids) -> Scope {
    Scope {
        urgency: ids.urgencies.list(fields, "urgency"),
        severity: ids.severities.list(fields, "severity"),
        channel: ids.channels.list(fields, "channel"),
        category: ids.categories.list(fields, "category"),
        kind: fields
            .list::<Kind>("kind")
            .into_iter()
            .map(|k| k.value)
            .collect(),
    }
}

struct Reader<'a> {
    measure: Measure,
    channels: &'a Catalog<Channel>,
}

/// What stands once at the clock for all of its targets.
struct Frame {
    measure: Measure,
    met_by: Vec<Milestone>,
    cancelled_by: Vec<Milestone>,
    warnings: Vec<WarnAt>,
}

impl Reader<'_> {
    fn clock(&self, mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<Clock> {
        let id = ids.clocks.read_id(&mut fields);
        let name = names(&mut fields, "name");
        let start = fields.req::<Milestone>("start");
        let per_channel = fields.opt::<bool>("per_channel").is_some_and(|p| p.value);
        let frame = Frame {
            measure: Measure::read(&mut fields, &ids.calendars, &self.measure),
            met_by: milestones(&mut fields, "met_by"),
            cancelled_by: milestones(&mut fields, "cancelled_by"),
            warnings: warnings(&mut fields),
        };
        let pauses = ids.pauses.list(&mut fields, "pauses");
        let mut targets = if per_channel {
            self.per_channel(&frame)
        } else {
            Vec::new()
        };
        targets.extend(own_targets(&mut fields, ids, &frame, per_channel));
        let ladder = ladder(&mut fields, &ids.calendars, &frame.measure);
        let id = id?.value;
        // Without any channel the channels' file is the fault.
        if targets.is_empty() && !(per_channel && self.channels.is_empty()) {
            fields.fault(Reason::NoTarget { clock: id.clone() });
        }
        Some(Clock {
            id: id.as_str().into(),
            name: name?,
            start: start?.value,
            targets,
            pauses,
            ladder,
        })
    }

    /// One target per channel: its first response, met by what the channel says.
    fn per_channel(&self, frame: &Frame) -> Vec<Target> {
        let target = |channel: &Channel| {
            let seconds = channel.first_response.as_secs().unsigned_abs();
            let met_by = match channel.met_by {
                MetBy::Registration => Milestone::Registered,
                MetBy::Acknowledgement => Milestone::Acknowledged,
            };
            Some(Target {
                scope: Scope {
                    channel: vec![channel.id.clone()],
                    ..Scope::default()
                },
                met_by: std::iter::once(met_by)
                    .chain(frame.met_by.iter().copied())
                    .collect(),
                cancelled_by: frame.cancelled_by.clone(),
                allowance: frame.measure.of(Span::wall_secs(seconds))?,
                warnings: frame.warnings.clone(),
            })
        };
        self.channels.iter().filter_map(target).collect()
    }
}

fn milestones(fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<Milestone> {
    fields
        .list::<Milestone>(key)
        .into_iter()
        .map(|m| m.value)
        .collect()
}

fn own_targets(
    clock: &mut Fields<'_, '_>,
    ids: &Ids,
    frame: &Frame,
    met_elsewhere: bool,
) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    for mut fields in clock.tables("target") {
        let Some(target) = target(&mut fields, ids, frame) else {
            continue;
        };
        if target.met_by.is_empty() && !met_elsewhere {
            fields.fault(Reason::MissingKey {
                key: "met_by".to_owned(),
            });
        }
        if let Some(by) = targets.iter().position(|t| t.scope.includes(&target.scope)) {
            let first = fields.report.name(places[by]);
            fields.fault(Reason::ShadowedTarget { first });
        }
        places.push(fields.place);
        targets.push(target);
    }
    targets
}

fn target(fields: &mut Fields<'_, '_>, ids: &Ids, frame: &Frame) -> Option<Target> {
    let or = |own: Vec<Milestone>, frame: &[Milestone]| {
        if own.is_empty() { frame.to_vec() } else { own }
    };
    let scope = scope(fields, ids);
    let met_by = or(milestones(fields, "met_by"), &frame.met_by);
    let cancelled_by = or(milestones(fields, "cancelled_by"), &frame.cancelled_by);
    let own_warnings = warnings(fields);
    let measure = Measure::read(fields, &ids.calendars, &frame.measure);
    let allowance = measure.allowance(fields, "within")?;
    let warnings = if own_warnings.is_empty() {
        frame.warnings.clone()
    } else {
        own_warnings
    };
    Some(Target {
        scope,
        met_by,
        cancelled_by,
        allowance,
        warnings,
    })
}

fn ladder(
    clock: &mut Fields<'_, '_>,
    calendars: &Declared,
    measure: &Measure,
) -> Vec<EscalationStep> {
    let mut declared = Declared::new("step");
    let mut steps: Vec<EscalationStep> = Vec::new();
    for mut fields in clock.tables("step") {
        let id = declared.read_id(&mut fields);
        let name = names(&mut fields, "name");
        let measure = Measure::read(&mut fields, calendars, measure);
        let after = measure.allowance(&mut fields, "after");
        let (Some(id), Some(name), Some(after)) = (id, name, after) else {
            continue;
        };
        let before = steps.last().map(|s| s.after.span);
        if before.is_some_and(|b| b.unit == after.span.unit && b.amount >= after.span.amount) {
            fields.fault(Reason::LadderOrder {
                step: id.value.clone(),
            });
        }
        steps.push(EscalationStep {
            id: id.value.as_str().into(),
            name,
            after,
        });
    }
    steps
}
