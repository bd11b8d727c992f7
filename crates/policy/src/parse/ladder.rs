//! Reads escalation ladders, and finds steps that would tell nobody.

use crate::error::{ClockFault, Reason};
use crate::ids::RoleId;
use crate::model::ladder::{EscalationStep, Recipient, StepAt};
use crate::model::staff::Staff;
use crate::parse::context::Ids;
use crate::parse::declared::Declared;
use crate::parse::fields::Fields;
use crate::parse::names;
use crate::parse::report::At;
use crate::parse::span::Measure;

/// The steps of a clock, in their order: the longest before the end first, the longest after it
/// last.
pub(crate) fn read(
    clock: &mut Fields<'_, '_>,
    ids: &Ids,
    staff: Option<&Staff>,
    measure: &Measure,
) -> Vec<EscalationStep> {
    let mut declared = Declared::new("step");
    let mut steps: Vec<EscalationStep> = Vec::new();
    for mut fields in clock.tables("step") {
        let id = declared.read_id(&mut fields);
        let name = names(&mut fields, "name");
        let measure = Measure::read(&mut fields, &ids.calendars, measure);
        let label = id.as_ref().map(|id| id.value.clone()).unwrap_or_default();
        let at = step_at(&mut fields, &measure, &label);
        let to = recipients(&mut fields, ids, staff, &label);
        let quiet = fields.opt::<bool>("quiet_if_acknowledged");
        let (Some(id), Some(name), Some(at)) = (id, name, at) else {
            continue;
        };
        if steps.last().is_some_and(|before| !climbs(&before.at, &at)) {
            fields.fault(Reason::LadderOrder { step: label });
        }
        steps.push(EscalationStep {
            id: id.value.as_str().into(),
            name,
            at,
            to,
            quiet_if_acknowledged: quiet.is_some_and(|quiet| quiet.value),
        });
    }
    steps
}

fn step_at(fields: &mut Fields<'_, '_>, measure: &Measure, step: &str) -> Option<StepAt> {
    if fields.has("before") == fields.has("after") {
        // Both are taken, so that neither is reported as unknown as well.
        let _ = (
            fields.opt::<toml::Value>("before"),
            fields.opt::<toml::Value>("after"),
        );
        fields.fault(
            ClockFault::WhenOfStep {
                step: step.to_owned(),
            }
            .into(),
        );
        return None;
    }
    if fields.has("before") {
        return measure.allowance(fields, "before").map(StepAt::Before);
    }
    measure.allowance(fields, "after").map(StepAt::After)
}

/// Whether the second comes later, as far as their units tell.
fn climbs(first: &StepAt, second: &StepAt) -> bool {
    match (first, second) {
        (StepAt::Before(_), StepAt::After(_)) => true,
        (StepAt::After(_), StepAt::Before(_)) => false,
        (StepAt::Before(first), StepAt::Before(second)) => {
            first.span.unit != second.span.unit || first.span.amount > second.span.amount
        }
        (StepAt::After(first), StepAt::After(second)) => {
            first.span.unit != second.span.unit || first.span.amount < second.span.amount
        }
    }
}

fn recipients(
    fields: &mut Fields<'_, '_>,
    ids: &Ids,
    staff: Option<&Staff>,
    step: &str,
) -> Vec<Recipient> {
    if !fields.has("to") {
        fields.fault(
            ClockFault::NamesNobody {
                step: step.to_owned(),
            }
            .into(),
        );
    }
    let words = fields.one_or_more("to");
    words
        .into_iter()
        .filter_map(|word| recipient(fields, ids, staff, &word))
        .collect()
}

fn recipient(
    fields: &Fields<'_, '_>,
    ids: &Ids,
    staff: Option<&Staff>,
    word: &At<String>,
) -> Option<Recipient> {
    let fault = |fault: ClockFault| {
        fields.report.fault(word.place, fault.into());
        None
    };
    if let Some(id) = word.value.strip_prefix("role:") {
        let at = At {
            value: id.to_owned(),
            place: word.place,
        };
        let role: RoleId = ids.roles.resolve(fields.report, &at)?;
        if staff.is_some_and(|staff| staff.holders(role.as_str()).next().is_none()) {
            return fault(ClockFault::NobodyHasRole {
                role: role.to_string(),
            });
        }
        return Some(Recipient::Role(role));
    }
    let levels = match word.value.as_str() {
        "handler" => return Some(Recipient::Handler),
        "head" => return Some(Recipient::Head),
        "superior" => Some(1),
        text => text
            .strip_prefix("superior:")
            .and_then(|levels| levels.parse().ok()),
    };
    let Some(levels) = levels.filter(|levels| *levels > 0) else {
        return fault(ClockFault::UnknownRecipient {
            found: word.value.clone(),
        });
    };
    match staff.map(longest_line) {
        Some(longest) if usize::from(levels) > longest => {
            fault(ClockFault::NobodyAbove { levels, longest })
        }
        _ => Some(Recipient::Superior(levels)),
    }
}

fn longest_line(staff: &Staff) -> usize {
    let handlers = staff.holders(Staff::HANDLER);
    handlers
        .map(|handler| staff.line(&handler.id).len())
        .max()
        .unwrap_or(0)
}
