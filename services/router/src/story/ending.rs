//! How a case ends, begins again, and belongs to a recall.

use redress_case::{Change, Fact, Satisfaction};

use super::{Teller, change, told::Told};

impl Teller<'_> {
    #[rustfmt::skip]
    pub(super) fn ending(&self, fact: &Fact) -> Option<Told> {
        let (names, who) = (&self.names, self.who(fact));
        Some(match change(fact) {
            Change::ResultConfirmed { means, text } => {
                let means = names.means(means);
                Told::new(
                    format!("{who}通过{means}与客户确认结果"),
                    format!("{who} confirmed the result with the customer by {means}"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::SatisfactionRecorded { satisfaction, text } => {
                let zh = satisfaction.zh();
                let en = match satisfaction {
                    Satisfaction::Satisfied => "satisfied",
                    Satisfaction::MostlySatisfied => "mostly satisfied",
                    Satisfaction::Dissatisfied => "dissatisfied",
                };
                Told::new(
                    format!("客户表示{zh}，由{who}记录"),
                    format!("the customer is {en}, as {who} recorded"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::Closed { means, answers, text } => {
                let means = names.means(means);
                let fields = answers.iter().zip(1..).fold(self.fields(), |fields, (answer, at)| {
                    fields.text((&format!("答复{at}"), &format!("answer {at}")), answer)
                });
                Told::new(
                    format!("{who}结案，书面告知以{means}发出"),
                    format!("{who} closed the case with a written notice by {means}"),
                ).with(fields.text(("告知", "notice"), text))
            }
            Change::Reopened { round, reason } => Told::new(
                format!("{who}重新打开案件：第{round}次处理"),
                format!("{who} opened the case again: round {round}"),
            ).with(self.fields().reason(reason)),
            Change::Withdrawn { reason } => Told::new(
                format!("客户撤诉，由{who}记录"),
                format!("the customer withdrew the complaint, as {who} recorded"),
            ).with(self.fields().reason(reason)),
            Change::Rejected { reason, appeal } => Told::new(
                format!("{who}认定投诉不成立"),
                format!("{who} rejected the complaint as unfounded"),
            ).with(self.fields().reason(reason).text(("申诉途径", "how to appeal"), appeal)),
            Change::Archived { keep_until } => {
                let until = self.date(*keep_until);
                Told::new(
                    format!("{who}归档，保存至{until}"),
                    format!("{who} archived the case; it is kept until {until}"),
                )
            }
            other => return self.recall(other, &who),
        })
    }

    #[rustfmt::skip]
    fn recall(&self, change: &Change, who: &str) -> Option<Told> {
        Some(match change {
            Change::RecallOpened { batch_no, text } => Told::new(
                format!("{who}启动批次{batch_no}的召回，由本案牵头"),
                format!("{who} opened the recall of batch {batch_no}, led by this case"),
            ).with(self.fields().text(("告知客户", "customers are told"), text)),
            Change::RecallJoined { number, batch_no, text, .. } => Told::new(
                format!("本案纳入由{number}牵头的批次{batch_no}召回"),
                format!("the case joined the recall of batch {batch_no}, led by {number}"),
            ).with(self.fields().text(("告知客户", "the customer is told"), text)),
            Change::RecallClosed { report, affected, finished } => Told::new(
                format!("{who}结束召回：涉及{affected}件，已办结{finished}件"),
                format!("{who} closed the recall: {finished} of {affected} cases are finished"),
            ).with(self.fields().text(("报告", "report"), report)),
            _ => return None,
        })
    }
}
