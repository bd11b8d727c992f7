//! What the procedure of a case's severity demands before a command.

use redress_policy::{MeasureId, Need};

use crate::desk::Desk;
use crate::{Action, Case, CommandKind, Missing, Progress, Rejection, Stage};

/// What is missing of what the procedure demands before the command.
///
/// The gates before closing and archiving are for what was worked through: what was withdrawn,
/// rejected, declared unmeetable or merged has no plan that could have been confirmed.
pub(crate) fn missing(desk: &Desk<'_>) -> Vec<Missing> {
    let gates_apply = match desk.command {
        CommandKind::Close => desk.case.stage == Stage::CustomerConfirmed,
        CommandKind::Archive => desk.case.stage == Stage::Closed,
        _ => true,
    };
    if !gates_apply {
        return Vec::new();
    }
    let severity = &desk.case.triage.severity;
    let needs = desk
        .procedures()
        .needs_before(severity, desk.command.into());
    needs.iter().filter_map(|need| unmet(need, desk)).collect()
}

/// What every case needs before the command, whatever its procedure.
pub(crate) fn demand(desk: &Desk<'_>, needs: &[Need]) -> Result<(), Rejection> {
    let missing: Vec<Missing> = needs.iter().filter_map(|need| unmet(need, desk)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(desk.lacking(missing))
}

/// What is missing of a need; `None` if it is met.
fn unmet(need: &Need, desk: &Desk<'_>) -> Option<Missing> {
    match need {
        Need::Measure(id) => unmet_measure(id, desk),
        Need::FiveWOneH => unmet_questions(desk.case),
        Need::RootCause => unmet_root_cause(desk.case),
        need if is_met(need, desk.case) => None,
        need => {
            let (en, zh) = named(need);
            Some(Missing::new(en, zh))
        }
    }
}

fn is_met(need: &Need, case: &Case) -> bool {
    let record = &case.record;
    let progress = case.plan.as_ref().map(|plan| plan.progress);
    let reached = |least: Progress| progress.is_some_and(|progress| progress >= least);
    let effective = |action: &Action| action.effective == Some(true);
    match need {
        Need::Verification => record.verification.is_some(),
        Need::Finding => record.findings > 0,
        Need::EscapeCause => record.root_cause.escape,
        Need::Responsibility => record.responsibility,
        Need::Plan => reached(Progress::Proposed),
        Need::Approval => reached(Progress::Approved),
        Need::Offer => reached(Progress::Offered),
        Need::Consent => reached(Progress::Agreed),
        Need::Execution => reached(Progress::Executed),
        Need::Confirmation => case.confirmed,
        Need::Satisfaction => case.satisfaction.is_some(),
        Need::CorrectiveAction => !record.actions.is_empty(),
        Need::CorrectiveActionVerified => record.actions.iter().all(effective),
        Need::EightD => record.eight_d,
        // The closing notice brings the answers, and is refused without; the others are looked at
        // one by one, because they say what is missing of them.
        Need::WrittenAnswers | Need::Measure(_) | Need::FiveWOneH | Need::RootCause => true,
    }
}

/// What is asked for, in English and in Chinese.
fn named(need: &Need) -> (&'static str, &'static str) {
    match need {
        Need::Verification => (
            "verification: is it authentic, is it reasonable",
            "核实:是否属实、是否合理",
        ),
        Need::Finding => ("a finding", "调查发现"),
        Need::FiveWOneH => ("5W1H", "5W1H"),
        Need::RootCause => ("root cause: why it happened", "根本原因:发生原因"),
        Need::EscapeCause => ("root cause: why it was not caught", "根本原因:未检出原因"),
        Need::Responsibility => ("who is responsible", "责任认定"),
        Need::Plan => ("a plan", "处理方案"),
        Need::Approval => ("the plan's approval", "方案审批"),
        Need::Offer => ("the plan told to the customer", "向客户说明方案"),
        Need::Consent => ("the customer's consent", "客户同意"),
        Need::Execution => ("every step of the plan carried out", "方案全部步骤执行完毕"),
        Need::Confirmation => (
            "the customer's confirmation of the result",
            "客户对结果的确认",
        ),
        Need::Satisfaction => ("the customer's satisfaction", "客户满意度"),
        Need::WrittenAnswers => ("an answer to every item", "逐项答复"),
        Need::CorrectiveAction => ("a corrective action", "纠正预防措施"),
        Need::CorrectiveActionVerified => (
            "every corrective action verified as effective",
            "全部纠正预防措施经验证有效",
        ),
        Need::EightD => ("the 8D report", "8D报告"),
        Need::Measure(_) => ("a measure", "措施"),
    }
}

fn unmet_measure(id: &MeasureId, desk: &Desk<'_>) -> Option<Missing> {
    if desk.case.record.measures.contains_key(id) {
        return None;
    }
    let measure = desk.procedures().measures.get(id);
    let (en, zh) = measure.map_or((id.as_str(), id.as_str()), |measure| {
        (&measure.name.en, &measure.name.zh)
    });
    let by = measure.map_or_else(String::new, |measure| {
        let by: Vec<&str> = measure.by.iter().map(AsRef::as_ref).collect();
        by.join(", ")
    });
    Some(Missing::new(
        format!("measure {id} by {by}: {en}"),
        format!("措施 {id}({by}):{zh}"),
    ))
}

fn unmet_questions(case: &Case) -> Option<Missing> {
    let (en, zh): (Vec<_>, Vec<_>) = case.record.answered.missing().unzip();
    let missing = || {
        let (en, zh) = (en.join(", "), zh.join("、"));
        Missing::new(format!("5W1H: {en}"), format!("5W1H:{zh}"))
    };
    (!en.is_empty()).then(missing)
}

fn unmet_root_cause(case: &Case) -> Option<Missing> {
    let known = &case.record.root_cause;
    let open = [
        (known.occurrence, "why it happened", "发生原因"),
        (known.whys > 0, "the chain of whys", "5-Why 链"),
    ];
    let open = open.iter().filter(|(met, ..)| !met);
    let (en, zh): (Vec<_>, Vec<_>) = open.map(|(_, en, zh)| (*en, *zh)).unzip();
    let missing = || {
        let (en, zh) = (en.join(", "), zh.join("、"));
        Missing::new(format!("root cause: {en}"), format!("根本原因:{zh}"))
    };
    (!en.is_empty()).then(missing)
}
