//! Reads what clocks wait for: milestones, and measures of the procedures.

use crate::error::ClockFault;
use crate::model::milestone::{Milestone, Moment};
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::report::At;

/// The moments under a key that may be absent: one, or a list.
pub(crate) fn moments(fields: &mut Fields<'_, '_>, key: &'static str, ids: &Ids) -> Vec<Moment> {
    let words = fields.one_or_more(key);
    words
        .into_iter()
        .filter_map(|word| moment(fields, ids, word))
        .collect()
}

fn moment(fields: &Fields<'_, '_>, ids: &Ids, word: At<String>) -> Option<Moment> {
    let place = word.place;
    if let Some(id) = word.value.strip_prefix(Moment::MEASURE) {
        let value = id.to_owned();
        return ids
            .measures
            .resolve(fields.report, &At { value, place })
            .map(Moment::Measure);
    }
    let milestone = word.value.parse().ok();
    if milestone.is_none() {
        let known: Vec<&str> = Milestone::ALL.iter().map(|word| word.as_str()).collect();
        let fault = ClockFault::UnknownMoment {
            found: word.value,
            known: known.join(", "),
        };
        fields.report.fault(place, fault.into());
    }
    milestone.map(Moment::Milestone)
}
