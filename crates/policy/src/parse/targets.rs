//! Reads the targets of a clock: its own, those of the channels, those of the procedures.

use redress_calendar::Span;

use crate::catalog::Catalog;
use crate::error::{ClockFault, Reason};
use crate::model::channel::{Channel, MetBy};
use crate::model::deadline::{Scope, Target, WarnAt};
use crate::model::milestone::{Milestone, Moment};
use crate::model::procedure::Procedures;
use crate::parse::context::Ids;
use crate::parse::deadlines::scope;
use crate::parse::fields::Fields;
use crate::parse::moments::moments;
use crate::parse::reach::taken_by;
use crate::parse::report::Place;
use crate::parse::span::{Measure, warnings};

/// What stands once at the clock for all of its targets.
pub(crate) struct Frame {
    pub(crate) measure: Measure,
    pub(crate) met_by: Vec<Moment>,
    pub(crate) cancelled_by: Vec<Moment>,
    pub(crate) reset_by: Vec<Moment>,
    pub(crate) warnings: Vec<WarnAt>,
    /// Something is named in `met_by`, known or not.
    names_met_by: bool,
}

impl Frame {
    pub(crate) fn read(fields: &mut Fields<'_, '_>, ids: &Ids, around: &Measure) -> Self {
        Self {
            names_met_by: fields.has("met_by"),
            measure: Measure::read(fields, &ids.calendars, around),
            met_by: moments(fields, "met_by", ids),
            cancelled_by: moments(fields, "cancelled_by", ids),
            reset_by: moments(fields, "reset_by", ids),
            warnings: warnings(fields),
        }
    }

    fn target(&self, scope: Scope, met_by: Vec<Moment>, seconds: u64) -> Option<Target> {
        Some(Target {
            scope,
            met_by,
            cancelled_by: self.cancelled_by.clone(),
            reset_by: self.reset_by.clone(),
            allowance: self.measure.of(Span::wall_secs(seconds))?,
            warnings: self.warnings.clone(),
        })
    }
}

/// One target per channel: its first response, met by what the channel says.
pub(crate) fn per_channel(channels: &Catalog<Channel>, frame: &Frame) -> Vec<Target> {
    let target = |channel: &Channel| {
        let seconds = channel.first_response.as_secs().unsigned_abs();
        let met_by = match channel.met_by {
            MetBy::Registration => Milestone::Registered,
            MetBy::Acknowledgement => Milestone::Acknowledged,
        };
        let scope = Scope {
            channel: vec![channel.id.clone()],
            ..Scope::default()
        };
        let met_by = std::iter::once(Moment::from(met_by)).chain(frame.met_by.iter().cloned());
        frame.target(scope, met_by.collect(), seconds)
    };
    channels.iter().filter_map(target).collect()
}

/// One target per severity whose procedure has this measure recur.
pub(crate) fn per_periodic(
    fields: &mut Fields<'_, '_>,
    ids: &Ids,
    procedures: Option<&Procedures>,
    frame: &Frame,
) -> Vec<Target> {
    let Some(named) = fields.opt_text("per_periodic") else {
        return Vec::new();
    };
    let Some(measure) = ids
        .measures
        .resolve::<crate::MeasureId>(fields.report, &named)
    else {
        return Vec::new();
    };
    let (mut targets, mut recurs) = (Vec::new(), false);
    for procedure in procedures.iter().flat_map(|procedures| procedures.all()) {
        let Some(periodic) = procedure.periodic.iter().find(|p| p.measure == measure) else {
            continue;
        };
        recurs = true;
        let scope = Scope {
            severity: vec![procedure.severity.clone()],
            ..Scope::default()
        };
        let met_by = std::iter::once(Moment::Measure(measure.clone()));
        let met_by = met_by.chain(frame.met_by.iter().cloned()).collect();
        targets.extend(frame.target(scope, met_by, periodic.every.as_secs().unsigned_abs()));
    }
    if !recurs && procedures.is_some() {
        let fault = ClockFault::NothingPeriodic {
            measure: measure.to_string(),
        };
        fields.report.fault(named.place, fault.into());
    }
    targets
}

/// The clock's own targets, in their order, and where they stand.
pub(crate) fn own(
    clock: &mut Fields<'_, '_>,
    ids: &Ids,
    frame: &Frame,
    met_elsewhere: bool,
) -> Vec<(Place, Target)> {
    let mut targets: Vec<Target> = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    // One that names what nobody knows was refused for that.
    let says = met_elsewhere || frame.names_met_by;
    let mut silent: Vec<Place> = Vec::new();
    for mut fields in clock.tables("target") {
        let names_met_by = fields.has("met_by");
        let Some(target) = target(&mut fields, ids, frame) else {
            continue;
        };
        if !says && !names_met_by {
            silent.push(fields.place);
        }
        if let Some(by) = taken_by(&targets, &target.scope, ids) {
            let places = by.iter().map(|by| fields.report.name(places[*by]));
            let first = places.collect::<Vec<_>>().join(", ");
            fields.fault(Reason::ShadowedTarget { first });
        }
        places.push(fields.place);
        targets.push(target);
    }
    // What all of its targets lack, the clock does.
    if silent.len() == targets.len() && !silent.is_empty() {
        silent = vec![clock.place];
    }
    for place in silent {
        let key = "met_by".to_owned();
        clock.report.fault(place, Reason::MissingKey { key });
    }
    places.into_iter().zip(targets).collect()
}

fn target(fields: &mut Fields<'_, '_>, ids: &Ids, frame: &Frame) -> Option<Target> {
    let or = |own: Vec<Moment>, frame: &[Moment]| {
        if own.is_empty() { frame.to_vec() } else { own }
    };
    let scope = scope(fields, ids);
    let met_by = or(moments(fields, "met_by", ids), &frame.met_by);
    let cancelled_by = or(moments(fields, "cancelled_by", ids), &frame.cancelled_by);
    let reset_by = or(moments(fields, "reset_by", ids), &frame.reset_by);
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
        reset_by,
        allowance,
        warnings,
    })
}
