//! Reads `procedures.toml`.

use crate::catalog::{Catalog, Entry};
use crate::error::{ProcedureFault, Reason};
use crate::ids::{MeasureId, RoleId};
use crate::model::command::CommandName;
use crate::model::house::House;
use crate::model::procedure::{
    Branch, Keep, Measure, Party, Periodic, PlanStepKind, Procedure, Procedures, RedressKind,
};
use crate::model::staff::Staff;
use crate::model::words::Names;
use crate::parse::context::Ids;
use crate::parse::declared::Declared;
use crate::parse::fields::Fields;
use crate::parse::span::duration;
use crate::parse::{Sources, gates, names, once, tables};

pub(crate) fn read(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
    house: Option<&House>,
    staff: Option<&Staff>,
) -> Option<Procedures> {
    let mut roots = sources.take("procedures");
    let report = roots.first()?.report;
    let faults = report.count();
    let only_up = once::<bool>(&mut roots, "first_responsible_may_only_transfer_up");
    let keep = keep(&mut roots);
    let measures = tables(&mut roots, "measure")
        .into_iter()
        .filter_map(|fields| measure(fields, ids, staff))
        .collect();
    let redress = tables(&mut roots, "redress")
        .into_iter()
        .filter_map(|fields| redress(fields, ids))
        .collect();
    let parties = named(&mut roots, "party", &mut ids.parties, |id, name| Party {
        id: id.into(),
        name,
    });
    let branches = named(&mut roots, "branch", &mut ids.branches, |id, name| Branch {
        id: id.into(),
        name,
    });
    let steps = named(&mut roots, "step", &mut ids.plan_steps, |id, name| {
        let id = id.into();
        PlanStepKind { id, name }
    });
    let procedures: Catalog<Procedure> = tables(&mut roots, "procedure")
        .into_iter()
        .filter_map(|fields| procedure(fields, ids, staff))
        .collect();
    if report.count() == faults {
        check_severities(&roots[0], &procedures, house);
    }
    let sound = report.count() == faults;
    sound.then_some(())?;
    Some(Procedures {
        first_responsible_may_only_transfer_up: only_up?.value,
        keep: keep?,
        measures,
        redress,
        parties,
        branches,
        steps,
        by_severity: procedures,
    })
}

/// Entries that are nothing but an id and a name.
fn named<T: Entry>(
    roots: &mut [Fields<'_, '_>],
    key: &'static str,
    declared: &mut Declared,
    entry: impl Fn(&str, Names) -> T,
) -> Catalog<T> {
    let mut entries = Vec::new();
    for mut fields in tables(roots, key) {
        let id = declared.read_id(&mut fields);
        let name = names(&mut fields, "name");
        entries.extend(id.zip(name).map(|(id, name)| entry(&id.value, name)));
    }
    entries.into_iter().collect()
}

fn keep(roots: &mut [Fields<'_, '_>]) -> Option<Keep> {
    let text = once::<String>(roots, "keep")?;
    let keep = parse_keep(&text.value);
    if let (None, Some(root)) = (keep, roots.first()) {
        let text_found = text.value;
        let fault = ProcedureFault::BadKeep { text: text_found };
        root.report.fault(text.place, fault.into());
    }
    keep
}

/// `2 years`, `30 months`, `1 year 6 months`: pairs of a number and a unit, not all zero.
fn parse_keep(text: &str) -> Option<Keep> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut keep = Keep {
        years: 0,
        months: 0,
        days: 0,
    };
    for pair in words.chunks(2) {
        let [amount, unit] = pair else {
            return None;
        };
        let amount: u16 = amount.parse().ok()?;
        let part = match *unit {
            "year" | "years" => &mut keep.years,
            "month" | "months" => &mut keep.months,
            "day" | "days" => &mut keep.days,
            _ => return None,
        };
        *part = part.checked_add(amount)?;
    }
    (keep.years > 0 || keep.months > 0 || keep.days > 0).then_some(keep)
}

fn measure(mut fields: Fields<'_, '_>, ids: &mut Ids, staff: Option<&Staff>) -> Option<Measure> {
    let id = ids.measures.read_id(&mut fields);
    let name = names(&mut fields, "name");
    if !fields.has("by") {
        fields.fault(Reason::MissingKey {
            key: "by".to_owned(),
        });
    }
    let by: Vec<RoleId> = ids.roles.set(&mut fields, "by");
    let id = id?.value;
    if let Some(staff) = staff {
        check_recorders(&fields, &id, &by, staff);
    }
    Some(Measure {
        id: id.as_str().into(),
        name: name?,
        by,
    })
}

/// Each of the roles may record measures, and somebody has one of them.
fn check_recorders(fields: &Fields<'_, '_>, measure: &str, by: &[RoleId], staff: &Staff) {
    for role in by.iter().filter_map(|id| staff.role(id)) {
        if !role.may(CommandName::RecordMeasure) {
            let role = role.id.to_string();
            fields.fault(ProcedureFault::MayNotRecord { role }.into());
        }
    }
    let held = |role: &RoleId| staff.holders(role.as_str()).next().is_some();
    if !by.is_empty() && !by.iter().any(held) {
        let roles: Vec<_> = by.iter().map(RoleId::as_str).collect();
        let fault = ProcedureFault::NobodyRecords {
            measure: measure.to_owned(),
            roles: roles.join(", "),
        };
        fields.fault(fault.into());
    }
}

fn redress(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<RedressKind> {
    let id = ids.redress.read_id(&mut fields);
    let name = names(&mut fields, "name");
    let priced = fields.req::<bool>("priced");
    Some(RedressKind {
        id: id?.value.as_str().into(),
        name: name?,
        priced: priced?.value,
    })
}

fn procedure(
    mut fields: Fields<'_, '_>,
    ids: &mut Ids,
    staff: Option<&Staff>,
) -> Option<Procedure> {
    let severity = fields.text("severity");
    let name = names(&mut fields, "name");
    let severity = severity.filter(|severity| {
        let known = ids.severities.resolve::<String>(fields.report, severity);
        known.is_some() && ids.procedures.declare(fields.report, severity)
    });
    let gates = gates::read(&mut fields, ids, staff);
    let periodic = periodic(&mut fields, ids);
    Some(Procedure {
        severity: severity?.value.as_str().into(),
        name: name?,
        gates,
        periodic,
    })
}

fn periodic(fields: &mut Fields<'_, '_>, ids: &Ids) -> Vec<Periodic> {
    let mut all: Vec<Periodic> = Vec::new();
    for mut fields in fields.tables("periodic") {
        let measure: Option<MeasureId> = ids.measures.req(&mut fields, "measure");
        let every = duration(&mut fields, "every");
        let Some((measure, every)) = measure.zip(every) else {
            continue;
        };
        if all.iter().any(|before| before.measure == measure) {
            fields.fault(Reason::Repeated {
                key: "[[procedure.periodic]]".to_owned(),
                word: measure.to_string(),
            });
        }
        all.push(Periodic { measure, every });
    }
    all
}

fn check_severities(root: &Fields<'_, '_>, procedures: &Catalog<Procedure>, house: Option<&House>) {
    for severity in house.iter().flat_map(|h| &h.severities) {
        if !procedures.contains(&severity.id) {
            let severity = severity.id.to_string();
            root.fault(ProcedureFault::NoProcedure { severity }.into());
        }
    }
}
