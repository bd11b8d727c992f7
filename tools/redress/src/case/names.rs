//! Names of commands and states, as they are typed and as people call them.

use crate::output::Output;

/// Id in the schema, what is typed behind `redress case`, what the field calls it.
const COMMANDS: [(&str, &str, &str); 41] = [
    ("assign", "assign", "转派"),
    ("accept", "accept", "受理"),
    ("transfer_up", "transfer-up", "上报"),
    ("start_joint_handling", "joint", "联合处理"),
    ("verify", "verify", "初步核实"),
    ("record_finding", "finding", "调查结果"),
    ("record_root_cause", "root-cause", "根本原因"),
    ("record_five_w_one_h", "5w1h", "5W1H"),
    ("assess_responsibility", "responsibility", "责任判定"),
    (
        "complete_investigation",
        "complete-investigation",
        "调查完成",
    ),
    ("propose_plan", "propose", "提出方案"),
    ("approve_plan", "approve", "审批通过"),
    ("refuse_plan", "refuse", "审批驳回"),
    ("recuse_approver", "recuse", "回避"),
    ("offer_plan", "offer", "征求客户意见"),
    ("record_consent", "consent", "客户同意"),
    ("record_refusal", "refusal", "客户不同意"),
    ("adjust_plan", "adjust", "调整方案"),
    ("declare_unmeetable", "unmeetable", "无法满足"),
    ("execute_step", "execute", "执行步骤"),
    ("attach_proof", "proof", "上传凭证"),
    ("confirm_result", "confirm", "客户确认"),
    ("record_satisfaction", "satisfaction", "满意度"),
    ("close", "close", "办结"),
    ("reopen", "reopen", "二次处理"),
    ("hold", "hold", "挂起"),
    ("resume", "resume", "恢复"),
    ("extend", "extend", "延期"),
    ("withdraw", "withdraw", "撤诉"),
    ("reject", "reject", "不成立"),
    ("correct_triage", "triage", "更正分类"),
    ("merge", "merge", "并案"),
    ("add_note", "note", "备注"),
    ("archive", "archive", "归档"),
    ("record_corrective_action", "capa", "纠正预防措施"),
    ("verify_corrective_action", "capa-verify", "效果验证"),
    ("record_measure", "measure", "程序措施"),
    ("compile_eight_d", "8d", "8D 报告"),
    ("open_recall", "recall lead", "召回"),
    ("join_recall", "recall join", "并入召回"),
    ("close_recall", "recall close", "召回总结"),
];

/// Id in the schema, in Chinese.
const STATES: [(&str, &str); 21] = [
    ("registered", "已登记"),
    ("triaged", "已分类"),
    ("assigned", "已分派"),
    ("accepted", "已受理"),
    ("verified", "已核实"),
    ("investigated", "已调查"),
    ("plan_proposed", "已提方案"),
    ("plan_approved", "方案已批准"),
    ("offered", "征求客户意见"),
    ("customer_agreed", "客户已同意"),
    ("executing", "执行中"),
    ("executed", "已执行"),
    ("customer_confirmed", "客户已确认"),
    ("closed", "已办结"),
    ("archived", "已归档"),
    ("reopened", "二次处理"),
    ("withdrawn", "已撤诉"),
    ("rejected", "不成立"),
    ("unmeetable", "无法满足"),
    ("on_hold", "已挂起"),
    ("merged", "已并案"),
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
    use prost_reflect::DescriptorPool;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn every_command_of_the_schema_has_a_name() {
        let pool = DescriptorPool::decode(redress_wire::FILE_DESCRIPTOR_SET).expect("schemas");
        let command = pool
            .get_message_by_name("redress.router.v1.CaseCommand")
            .expect("it is there");
        let oneof = command.oneofs().next().expect("the commands");
        let mut ids: Vec<String> = oneof
            .fields()
            .map(|field| field.name().to_owned())
            .collect();
        let mut named: Vec<String> = COMMANDS.iter().map(|(id, _, _)| (*id).to_owned()).collect();
        ids.sort();
        named.sort();
        assert_eq!(ids, named);
    }

    #[test]
    fn what_is_not_known_keeps_its_id() {
        let zh = Output::plain(Lang::Zh);
        assert_eq!(
            state("plan_proposed", &Output::plain(Lang::En)),
            "plan proposed"
        );
        assert_eq!(state("plan_proposed", &zh), "已提方案");
        assert_eq!(state("new_one", &zh), "new_one");
        assert_eq!(command("propose_plan", &zh), "propose 提出方案");
        assert_eq!(command("new_one", &zh), "new_one");
    }
}
