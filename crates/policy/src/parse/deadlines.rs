//! Reads `deadlines.toml`.

use std::collections::BTreeMap;

use redress_calendar::Calendar;

use crate::catalog::Catalog;
use crate::error::{ClockFault, Reason};
use crate::ids::CalendarId;
use crate::model::channel::Channel;
use crate::model::clock_rules::ClockRules;
use crate::model::deadline::{Clock, PauseReason, Scope, Target};
use crate::model::procedure::Procedures;
use crate::model::staff::Staff;
use crate::model::words::Kind;
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::moments::moments;
use crate::parse::report::Place;
use crate::parse::span::{Measure, opt_duration};
use crate::parse::targets::Frame;
use crate::parse::{Sources, conflict, endless, ladder, names, tables, targets};

/// What clocks refer to.
pub(crate) struct Around<'a> {
    pub(crate) channels: &'a Catalog<Channel>,
    pub(crate) calendars: BTreeMap<CalendarId, Calendar>,
    pub(crate) staff: Option<&'a Staff>,
    pub(crate) procedures: Option<&'a Procedures>,
}

pub(crate) fn read(sources: &mut Sources<'_, '_>, ids: &mut Ids, around: Around<'_>) -> ClockRules {
    let mut roots = sources.take("deadlines");
    let mut measure = Measure::default();
    // One that is named and not there was refused for that.
    let named = roots.iter().any(|root| root.has("calendar"));
    for root in &mut roots {
        measure = Measure::read(root, &ids.calendars, &measure);
    }
    if let (Some(root), false) = (roots.first(), named || measure.has_calendar()) {
        root.fault(Reason::MissingKey {
            key: "calendar".to_owned(),
        });
    }
    let coalesce = roots
        .iter_mut()
        .filter_map(|root| opt_duration(root, "coalesce"))
        .last();
    let pauses: Vec<_> = roots
        .iter_mut()
        .flat_map(|root| root.tables("pause"))
        .collect();
    let pauses = pauses
        .into_iter()
        .filter_map(|fields| pause(fields, ids))
        .collect();
    let clocks = tables(&mut roots, "clock")
        .into_iter()
        .enumerate()
        .filter_map(|(at, fields)| clock(fields, ids, &measure, &around, at))
        .collect();
    ClockRules {
        version: String::new(),
        clocks,
        calendars: around.calendars,
        pauses,
        coalesce,
    }
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
        tier: ids.tiers.list(fields, "tier"),
        kind: fields
            .list::<Kind>("kind")
            .into_iter()
            .map(|k| k.value)
            .collect(),
    }
}

/// The clock that stands at this place of the file, from 0.
fn clock(
    mut fields: Fields<'_, '_>,
    ids: &mut Ids,
    measure: &Measure,
    around: &Around<'_>,
    at: usize,
) -> Option<Clock> {
    let faults = fields.report.count();
    let id = ids.clocks.read_id(&mut fields);
    let name = names(&mut fields, "name");
    if !fields.has("start") {
        fields.fault(Reason::MissingKey {
            key: "start".to_owned(),
        });
    }
    let start = moments(&mut fields, "start", ids);
    // Targets that are written and cannot be read were refused for what is wrong with them.
    let written = ["target", "per_periodic"].iter().any(|key| fields.has(key));
    let channels = fields.opt::<bool>("per_channel").is_some_and(|p| p.value);
    let written = written || channels;
    let frame = Frame::read(&mut fields, ids, measure);
    let pauses = ids.pauses.list(&mut fields, "pauses");
    // Without channels or procedures those files are the fault.
    let open = channels && around.channels.is_empty()
        || fields.has("per_periodic") && around.procedures.is_none();
    let mut targets = targets::per_periodic(&mut fields, ids, around.procedures, &frame);
    if channels {
        targets.extend(targets::per_channel(around.channels, &frame));
    }
    let own = targets::own(&mut fields, ids, &frame, !targets.is_empty());
    let made = targets.into_iter().map(|target| (fields.place, target));
    let targets: Vec<(Place, Target)> = made.chain(own).collect();
    let ladder = ladder::read(&mut fields, ids, around.staff, &frame.measure);
    let id = id?.value;
    conflict::remark(fields.report, &id, &targets);
    if targets.is_empty() && !open && !written {
        fields.fault(Reason::NoTarget { clock: id.clone() });
    }
    if at == ClockRules::MAX_CLOCKS {
        let limit = ClockRules::MAX_CLOCKS;
        fields.fault(
            ClockFault::TooManyClocks {
                clock: id.clone(),
                limit,
            }
            .into(),
        );
    }
    let clock = Clock {
        id: id.as_str().into(),
        name: name?,
        start,
        targets: targets.into_iter().map(|(_, target)| target).collect(),
        pauses,
        ladder,
    };
    if fields.report.count() == faults {
        endless::check(&fields, &clock, &around.calendars);
    }
    Some(clock)
}
