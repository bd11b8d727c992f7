//! What was found out, and what follows from it for the house.

use redress_case::{Change, Discipline, Fact, FiveWOneH};

use super::{
    Teller, change,
    told::{Fields, Told},
};

const QUESTIONS: [(&str, &str); 6] = [
    ("何人", "who"),
    ("何事", "what"),
    ("何时", "when"),
    ("何因", "why"),
    ("何地", "where"),
    ("数量", "how many"),
];

impl Teller<'_> {
    #[rustfmt::skip]
    pub(super) fn investigation(&self, fact: &Fact) -> Option<Told> {
        let (names, who) = (&self.names, self.who(fact));
        Some(match change(fact) {
            Change::Verified { authentic, reasonable, text } => {
                let (zh_a, en_a) = pick(*authentic, ("属实", "authentic"), ("不属实", "not authentic"));
                let (zh_r, en_r) = pick(*reasonable, ("合理", "reasonable"), ("不合理", "not reasonable"));
                Told::new(
                    format!("{who}核实投诉：{zh_a}，{zh_r}"),
                    format!("{who} verified the complaint: {en_a}, {en_r}"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::FindingRecorded { text, evidence } => {
                Told::new(format!("{who}记录调查发现"), format!("{who} recorded a finding"))
                    .with(self.fields().text(("发现", "finding"), text).evidence(evidence))
            }
            Change::RootCauseRecorded { branch, whys, occurrence, escape } => {
                let branch = names.branch(branch.as_str());
                let fields = whys.iter().zip(1..).fold(self.fields(), |fields, (why, at)| {
                    fields.text((&format!("为什么{at}"), &format!("why {at}")), why)
                });
                let fields = fields
                    .text(("发生原因", "why it happened"), occurrence)
                    .text(("未检出原因", "why it was not caught"), escape);
                Told::new(
                    format!("{who}记录根本原因（{branch}）"),
                    format!("{who} recorded a root cause ({branch})"),
                ).with(fields)
            }
            Change::FiveWOneHRecorded { answers } => {
                Told::new(format!("{who}记录5W1H"), format!("{who} recorded answers of 5W1H"))
                    .with(five_w_one_h(self.fields(), answers))
            }
            Change::ResponsibilityAssessed { parties, text } => {
                let parties = names.list(parties.iter().map(|id| names.party(id.as_str())));
                Told::new(
                    format!("{who}认定责任方：{parties}"),
                    format!("{who} found responsible: {parties}"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::InvestigationCompleted => {
                Told::new(format!("{who}完成调查"), format!("{who} completed the investigation"))
            }
            Change::ProofAttached { proof } => {
                Told::new(format!("{who}附上证明"), format!("{who} attached a proof"))
                    .with(self.fields().evidence(std::slice::from_ref(proof)))
            }
            other => return self.follow_up(other, &who),
        })
    }

    #[rustfmt::skip]
    fn follow_up(&self, change: &Change, who: &str) -> Option<Told> {
        let names = &self.names;
        Some(match change {
            Change::CorrectiveActionRecorded { action, text, owner, due_at, preventive } => {
                let (zh, en) = pick(*preventive, ("预防", "preventive"), ("纠正", "corrective"));
                Told::new(
                    format!("{who}制定{zh}措施{action}"),
                    format!("{who} set up {en} action {action}"),
                ).with(self.fields()
                    .text(("措施", "action"), text)
                    .word(("负责", "owner"), names.owner(owner))
                    .word(("期限", "due"), self.time(*due_at)))
            }
            Change::CorrectiveActionVerified { action, effective, text } => {
                let (zh, en) = pick(*effective, ("有效", "effective"), ("无效", "not effective"));
                Told::new(
                    format!("{who}验证措施{action}：{zh}"),
                    format!("{who} verified action {action}: {en}"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::MeasureRecorded { measure, text, people, evidence } => {
                let measure = names.measure(measure.as_str());
                let people = names.list(people.iter().map(|id| names.person(id)));
                Told::new(
                    format!("{who}记录程序措施：{measure}"),
                    format!("{who} recorded a measure: {measure}"),
                ).with(self.fields()
                    .text(("说明", "text"), text)
                    .word(("人员", "people"), people)
                    .evidence(evidence))
            }
            Change::EightDCompiled { complete, missing } => {
                let list = |of: &[Discipline]| names.list(of.iter().map(ToString::to_string));
                Told::new(format!("{who}生成8D报告"), format!("{who} compiled the 8D report"))
                    .with(self.fields()
                        .word(("已完成", "complete"), list(complete))
                        .word(("缺少", "missing"), list(missing)))
            }
            _ => return None,
        })
    }
}

fn five_w_one_h(fields: Fields, answers: &FiveWOneH) -> Fields {
    let answers = answers.in_order().into_iter().zip(QUESTIONS);
    answers.fold(fields, |fields, (answer, question)| {
        fields.text(question, answer)
    })
}

fn pick<T>(yes: bool, if_so: T, if_not: T) -> T {
    if yes { if_so } else { if_not }
}
