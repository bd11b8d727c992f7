//! Names of commands and states, as they are typed and as people call them.

use crate::output::Output;

/// Id in the schema, what is typed behind `redress case`, what the field calls it.
const COMMANDS: [(&str, &str, &str); 44] = [
    ("assign", "assign", "分派"),
    ("accept", "accept", "受理"),
    ("transfer_up", "transfer-up", "上报"),
    ("start_joint_handling", "joint", "联合处理"),
    ("verify", "verify", "核实"),
    ("record_finding", "finding", "记录调查发现"),
    ("record_root_cause", "root-cause", "记录根本原因"),
    ("record_five_w_one_h", "5w1h", "记录5W1H"),
    ("assess_responsibility", "responsibility", "认定责任"),
    (
        "complete_investigation",
        "complete-investigation",
        "完成调查",
    ),
    ("propose_plan", "propose", "提出方案"),
    ("approve_plan", "approve", "批准方案"),
    ("refuse_plan", "refuse", "驳回方案"),
    ("recuse_approver", "recuse", "审批回避"),
    ("offer_plan", "offer", "征询客户"),
    ("record_consent", "consent", "记录客户同意"),
    ("record_refusal", "refusal", "记录客户不同意"),
    ("adjust_plan", "adjust", "调整方案"),
    ("declare_unmeetable", "unmeetable", "说明无法满足"),
    ("execute_step", "execute", "执行步骤"),
    ("attach_proof", "proof", "附上证明"),
    ("confirm_result", "confirm", "客户确认结果"),
    ("record_satisfaction", "satisfaction", "记录满意度"),
    ("close", "close", "结案"),
    ("reopen", "reopen", "二次处理"),
    ("hold", "hold", "暂停"),
    ("resume", "resume", "恢复"),
    ("extend", "extend", "延期"),
    ("request_extension", "extend-request", "申请延期"),
    ("approve_extension", "extend-approve", "批准延期"),
    ("refuse_extension", "extend-refuse", "驳回延期"),
    ("withdraw", "withdraw", "撤诉"),
    ("reject", "reject", "不予支持"),
    ("correct_triage", "triage", "更正分诊"),
    ("merge", "merge", "并案"),
    ("add_note", "note", "添加备注"),
    ("archive", "archive", "归档"),
    ("record_corrective_action", "capa", "记录纠正预防措施"),
    ("verify_corrective_action", "capa-verify", "验证措施效果"),
    ("record_measure", "measure", "记录程序措施"),
    ("compile_eight_d", "8d", "生成8D报告"),
    ("open_recall", "recall lead", "启动召回"),
    ("join_recall", "recall join", "纳入召回"),
    ("close_recall", "recall close", "结束召回"),
];

/// Id in the schema, in Chinese.
const STATES: [(&str, &str); 22] = [
    ("registered", "已登记"),
    ("triaged", "已分诊"),
    ("assigned", "已分派"),
    ("accepted", "已受理"),
    ("verified", "已核实"),
    ("investigated", "已调查"),
    ("plan_proposed", "方案待审批"),
    ("plan_approved", "方案已批准"),
    ("offered", "已征询客户"),
    ("consent_refused", "客户不同意"),
    ("customer_agreed", "客户已同意"),
    ("executing", "执行中"),
    ("executed", "已执行"),
    ("customer_confirmed", "客户已确认"),
    ("closed", "已结案"),
    ("archived", "已归档"),
    ("reopened", "二次处理"),
    ("withdrawn", "已撤诉"),
    ("rejected", "不予支持"),
    ("unmeetable", "无法满足"),
    ("merged", "已并入"),
    ("on_hold", "暂停中"),
];

/// What is typed for a command of the schema; the id itself when it is not known here.
pub(super) fn typed(id: &str) -> &str {
    let known = COMMANDS.iter().find(|(known, _, _)| *known == id);
    known.map_or(id, |(_, typed, _)| typed)
}

/// A command as typed, with the field's word for it in Chinese.
pub(super) fn command(id: &str, out: &Output) -> String {
    let known = COMMANDS.iter().find(|(known, _, _)| *known == id);
    let zh = known.map_or("", |(_, _, zh)| zh);
    match out.pick("", zh) {
        "" => typed(id).to_owned(),
        zh => format!("{} {zh}", typed(id)),
    }
}

/// A state for people.
pub(super) fn state(id: &str, out: &Output) -> String {
    let known = STATES.iter().find(|(known, _)| *known == id);
    let zh = known.map_or(id, |(_, zh)| zh);
    out.pick(&id.replace('_', " "), zh).to_owned()
}

#[cfg(test)]
mod tests {
    use redress_case::{CommandKind, ON_HOLD, Stage};

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn commands_and_states_are_called_as_where_they_are_decided() {
        let mut named: Vec<(&str, &str)> = COMMANDS.iter().map(|(id, _, zh)| (*id, *zh)).collect();
        named.sort_unstable();
        let commands = CommandKind::ALL.iter().map(|one| (one.as_str(), one.zh()));
        let mut commands: Vec<_> = commands.collect();
        commands.sort_unstable();
        assert_eq!(named, commands);
        let stages = Stage::ALL.iter().map(|one| (one.as_str(), one.zh()));
        let stages: Vec<_> = stages.chain([(ON_HOLD, "暂停中")]).collect();
        assert_eq!(STATES.as_slice(), stages);
    }

    #[test]
    fn what_is_not_known_keeps_its_id() {
        let zh = Output::plain(Lang::Zh);
        assert_eq!(
            state("plan_proposed", &Output::plain(Lang::En)),
            "plan proposed"
        );
        assert_eq!(state("plan_proposed", &zh), "方案待审批");
        assert_eq!(state("new_one", &zh), "new_one");
        assert_eq!(command("propose_plan", &zh), "propose 提出方案");
        assert_eq!(command("new_one", &zh), "new_one");
    }
}
