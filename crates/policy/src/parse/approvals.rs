//! Reads `approvals.toml`.

use crate::catalog::Catalog;
use crate::error::{ApprovalFault, Reason};
use crate::ids::{LevelId, PlanStepId};
use crate::model::approval::{ApprovalRule, Approvals, Level, LevelScope};
use crate::model::command::CommandName;
use crate::model::currency::Currency;
use crate::model::department::Department;
use crate::model::house::House;
use crate::model::procedure::Procedures;
use crate::model::staff::Staff;
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::report::{At, Place};
use crate::parse::shadow;
use crate::parse::span::opt_duration;
use crate::parse::{Sources, names, once, tables};

/// What approvals refer to; absent where its own file has faults.
pub(crate) struct Around<'a> {
    pub(crate) house: Option<&'a House>,
    pub(crate) departments: &'a Catalog<Department>,
    pub(crate) staff: Option<&'a Staff>,
    pub(crate) procedures: Option<&'a Procedures>,
}

pub(crate) fn read(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
    around: &Around<'_>,
) -> Option<Approvals> {
    let mut roots = sources.take("approvals");
    let currency = currency(&mut roots);
    let levels = levels(&mut roots, ids, around);
    let mut rules: Vec<(Place, ApprovalRule)> = Vec::new();
    for mut fields in tables(&mut roots, "rule") {
        if let Some(rule) = rule(&mut fields, ids) {
            shadow::check(&fields, &rules, &rule, around);
            rules.push((fields.place, rule));
        }
    }
    let rules: Catalog<ApprovalRule> = rules.into_iter().map(|(_, rule)| rule).collect();
    if let Some(root) = roots.first() {
        check_used(root, &levels, &rules, ids);
    }
    Some(Approvals {
        currency: currency?,
        levels,
        rules,
    })
}

fn currency(roots: &mut [Fields<'_, '_>]) -> Option<Currency> {
    let code = once::<String>(roots, "currency")?;
    let currency = Currency::of_code(&code.value);
    if let (None, Some(root)) = (currency, roots.first()) {
        let fault = ApprovalFault::UnknownCurrency { code: code.value };
        root.report.fault(code.place, fault.into());
    }
    currency
}

struct Draft {
    level: Level,
    escalates_to: Option<At<String>>,
}

fn levels(roots: &mut [Fields<'_, '_>], ids: &mut Ids, around: &Around<'_>) -> Catalog<Level> {
    let mut drafts: Vec<Draft> = Vec::new();
    for mut fields in tables(roots, "level") {
        if let Some(draft) = level(&mut fields, ids) {
            check_answered(&fields, &draft.level, around);
            drafts.push(draft);
        }
    }
    let Some(root) = roots.first() else {
        return Catalog::default();
    };
    let mut places = Vec::new();
    let levels: Catalog<Level> = drafts
        .into_iter()
        .map(|mut draft| {
            if let Some(to) = draft.escalates_to {
                draft.level.escalates_to = ids.levels.resolve(root.report, &to);
                places.push((draft.level.id.clone(), to.place));
            }
            draft.level
        })
        .collect();
    check_escalation(root, &levels, &places);
    levels
}

fn level(fields: &mut Fields<'_, '_>, ids: &mut Ids) -> Option<Draft> {
    let id = ids.levels.read_id(fields);
    let name = names(fields, "name");
    let role = ids.roles.req(fields, "role");
    let scope = fields.req::<LevelScope>("scope");
    if fields.has("answer_within") != fields.has("escalates_to") {
        fields.fault(ApprovalFault::HalfEscalation.into());
    }
    let answer_within = opt_duration(fields, "answer_within");
    let escalates_to = fields.opt_text("escalates_to");
    let level = Level {
        id: id?.value.as_str().into(),
        name: name?,
        role: role?,
        scope: scope?.value,
        answer_within,
        escalates_to: None,
    };
    Some(Draft {
        level,
        escalates_to,
    })
}

/// The role may answer, and somebody has it wherever the level asks.
fn check_answered(fields: &Fields<'_, '_>, level: &Level, around: &Around<'_>) {
    let Some((staff, role)) = around.staff.and_then(|s| Some((s, s.role(&level.role)?))) else {
        return;
    };
    for command in [CommandName::ApprovePlan, CommandName::RefusePlan] {
        if !role.may(command) {
            let fault = ApprovalFault::MayNotApprove {
                role: role.id.to_string(),
                command: command.as_str(),
            };
            fields.fault(fault.into());
        }
    }
    let holders: Vec<_> = staff.holders(role.id.as_str()).collect();
    let (level_id, role) = (level.id.to_string(), role.id.to_string());
    if holders.is_empty() {
        let level = level_id;
        fields.fault(ApprovalFault::NobodyApproves { level, role }.into());
        return;
    }
    let nobody = |d: &&Department| !holders.iter().any(|p| p.belongs_to(d.id.as_str()));
    let without = around.departments.iter().filter(nobody);
    let without: Vec<_> = without.map(|d| d.id.as_str()).collect();
    if level.scope == LevelScope::Department && !without.is_empty() {
        let fault = ApprovalFault::NobodyApprovesThere {
            level: level_id,
            role,
            departments: without.join(", "),
        };
        fields.fault(fault.into());
    }
}

/// Every circle of escalations once, at the first level of the file that is in it.
fn check_escalation(root: &Fields<'_, '_>, levels: &Catalog<Level>, places: &[(LevelId, Place)]) {
    let mut reported: Vec<&LevelId> = Vec::new();
    for (start, place) in places {
        let mut path = vec![start];
        let mut next = levels.get(start).and_then(|l| l.escalates_to.as_ref());
        while let Some(id) = next.filter(|id| !path.contains(id)) {
            path.push(id);
            next = levels.get(id).and_then(|l| l.escalates_to.as_ref());
        }
        if next != Some(start) || reported.contains(&start) {
            continue;
        }
        let names = path.iter().chain([&start]).map(|id| id.as_str());
        let fault = ApprovalFault::EscalationCircle {
            level: start.to_string(),
            circle: names.collect::<Vec<_>>().join(" → "),
        };
        root.report.fault(*place, fault.into());
        reported.extend(path);
    }
}

fn rule(fields: &mut Fields<'_, '_>, ids: &mut Ids) -> Option<ApprovalRule> {
    let id = ids.approval_rules.read_id(fields);
    let kinds = ids.redress.set(fields, "kinds");
    let severities = ids.severities.set(fields, "severity");
    let departments = ids.departments.set(fields, "department");
    let above = amount(fields, "above");
    let up_to = amount(fields, "up_to");
    let own = fields.opt::<bool>("within_own_authority");
    let own = own.is_some_and(|own| own.value);
    if !own && !fields.has("levels") {
        fields.fault(Reason::MissingKey {
            key: "levels".to_owned(),
        });
    }
    let levels: Vec<LevelId> = ids.levels.set(fields, "levels");
    let steps: Vec<PlanStepId> = ids.plan_steps.set(fields, "steps");
    let id = id?.value;
    let rule = ApprovalRule {
        id: id.as_str().into(),
        kinds,
        severities,
        departments,
        above,
        up_to,
        levels,
        steps,
    };
    check_rule(fields, &rule, own);
    Some(rule)
}

/// What can be wrong with a rule by itself.
fn check_rule(fields: &Fields<'_, '_>, rule: &ApprovalRule, own: bool) {
    if let (Some(above), Some(up_to)) = (rule.above, rule.up_to)
        && up_to <= above
    {
        fields.fault(ApprovalFault::NoAmount { above, up_to }.into());
    }
    let id = || rule.id.to_string();
    if own && !rule.levels.is_empty() {
        fields.fault(ApprovalFault::LevelsWithinOwnAuthority { rule: id() }.into());
    }
    if own && !rule.steps.is_empty() {
        fields.fault(ApprovalFault::StepsWithoutLevels { rule: id() }.into());
    }
}

fn amount(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<u64> {
    let found = fields.opt::<i64>(key)?;
    let amount = u64::try_from(found.value).ok();
    if amount.is_none() {
        let amount = found.value;
        let fault = ApprovalFault::NegativeAmount { amount };
        fields.report.fault(found.place, fault.into());
    }
    amount
}

fn check_used(
    root: &Fields<'_, '_>,
    levels: &Catalog<Level>,
    rules: &Catalog<ApprovalRule>,
    ids: &Ids,
) {
    for level in levels {
        let asked = rules.iter().any(|rule| rule.levels.contains(&level.id));
        let escalated = levels
            .iter()
            .any(|other| other.escalates_to.as_ref() == Some(&level.id));
        if !asked && !escalated {
            let place = ids.levels.place(level.id.as_str()).unwrap_or(root.place);
            let level = level.id.to_string();
            root.report
                .fault(place, ApprovalFault::UnusedLevel { level }.into());
        }
    }
}
