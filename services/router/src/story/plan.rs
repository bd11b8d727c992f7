//! The plan: proposed, approved, offered, agreed to, carried out.

use redress_case::{ApprovalLevel, Change, Fact, Money, PersonId, Plan, PlanStep, Redress};
use redress_complaint::mask;
use redress_policy::Currency;

use super::{Teller, change, told::Told};

impl Teller<'_> {
    #[rustfmt::skip]
    pub(super) fn plan(&self, fact: &Fact) -> Option<Told> {
        let (names, who) = (&self.names, self.who(fact));
        Some(match change(fact) {
            Change::PlanProposed(plan) => self.proposed(plan, &who),
            Change::ApprovalGiven { plan, level, on_behalf_of, text } => {
                let level = names.level(level.as_str());
                let (zh, en) = self.behalf(on_behalf_of.as_ref());
                Told::new(
                    format!("{who}{zh}批准方案{plan}（{level}）"),
                    format!("{who} approved plan {plan} ({level}){en}"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::ApprovalRefused { plan, level, on_behalf_of, reason } => {
                let level = names.level(level.as_str());
                let (zh, en) = self.behalf(on_behalf_of.as_ref());
                Told::new(
                    format!("{who}{zh}驳回方案{plan}（{level}）"),
                    format!("{who} refused plan {plan} ({level}){en}"),
                ).with(self.fields().reason(reason))
            }
            Change::ApproverRecused { plan, reason, .. } => Told::new(
                format!("{who}对方案{plan}申请回避"),
                format!("{who} will not approve plan {plan}, being partial"),
            ).with(self.fields().reason(reason)),
            Change::ApprovalEscalated { plan, level, to } => {
                let (level, to) = (names.level(level.as_str()), self.level(to));
                Told::new(
                    format!("方案{plan}的“{level}”改由“{to}”答复"),
                    format!("plan {plan}: {to} is asked instead of {level}"),
                )
            }
            Change::PlanApproved { plan } => Told::new(
                format!("方案{plan}审批完成"),
                format!("plan {plan} is approved"),
            ),
            other => return self.to_customer(other, &who),
        })
    }

    #[rustfmt::skip]
    fn to_customer(&self, change: &Change, who: &str) -> Option<Told> {
        let names = &self.names;
        Some(match change {
            Change::PlanOffered { plan, means, text } => {
                let means = names.means(means);
                Told::new(
                    format!("{who}通过{means}向客户说明方案{plan}"),
                    format!("{who} told the customer plan {plan} by {means}"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::ConsentGiven { plan, means, proof } => {
                let means = names.means(means);
                Told::new(
                    format!("客户同意方案{plan}（{means}），由{who}记录"),
                    format!("the customer agreed to plan {plan} by {means}, as {who} recorded"),
                ).with(self.fields().word(("证明", "proof"), proof))
            }
            Change::ConsentRefused { plan, reason } => Told::new(
                format!("客户不同意方案{plan}，由{who}记录"),
                format!("the customer refused plan {plan}, as {who} recorded"),
            ).with(self.fields().reason(reason)),
            Change::DeclaredUnmeetable { reason, apology } => Told::new(
                format!("{who}向客户说明诉求无法满足并致歉"),
                format!("{who} told the customer that the wish cannot be met, and apologised"),
            ).with(self.fields().reason(reason).text(("致歉", "apology"), apology)),
            Change::StepExecuted { plan, step, text } => {
                let step = step + 1;
                Told::new(
                    format!("{who}完成方案{plan}的第{step}步"),
                    format!("{who} carried out step {step} of plan {plan}"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::PlanExecuted { plan } => Told::new(
                format!("方案{plan}执行完毕"),
                format!("plan {plan} is carried out"),
            ),
            _ => return None,
        })
    }

    fn proposed(&self, plan: &Plan, who: &str) -> Told {
        let number = plan.number;
        let redress = self
            .names
            .list(plan.redress.iter().map(|r| self.redress(r)));
        let (zh, en) = match redress.as_str() {
            "" => (String::new(), String::new()),
            redress => (format!("：{redress}"), format!(": {redress}")),
        };
        let (proposed_zh, proposed_en) = match plan.adjusts {
            0 => ("提出".to_owned(), String::new()),
            before => (
                format!("在方案{before}之后提出"),
                format!(" after plan {before}"),
            ),
        };
        let fields = plan.steps.iter().fold(self.fields(), |fields, step| {
            fields.word(("步骤", "step"), self.step(step))
        });
        let levels = plan.levels.iter().map(|level| self.level(level));
        let fields = fields
            .word(("审批", "approval by"), self.names.list(levels))
            .text(("说明", "text"), &plan.text)
            .word(
                ("参考案例", "similar cases"),
                self.names.list(plan.similar.clone()),
            );
        Told::new(
            format!("{who}{proposed_zh}方案{number}{zh}"),
            format!("{who} proposed plan {number}{proposed_en}{en}"),
        )
        .with(fields)
    }

    /// `退款 100.00 CNY`.
    fn redress(&self, redress: &Redress) -> String {
        let kind = self.names.redress(redress.kind.as_str());
        match &redress.amount {
            Some(amount) => format!("{kind} {}", shown(amount)),
            None => kind,
        }
    }

    fn step(&self, step: &PlanStep) -> String {
        let due = step.due_at.map_or_else(String::new, |at| self.time(at));
        let words = [
            self.names.step(&step.step),
            self.names.owner(&step.owner),
            due,
            mask::text(step.text.as_str()),
        ];
        let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
        words.join(" · ")
    }

    /// `主管领导（售后技术部）`.
    pub(super) fn level(&self, level: &ApprovalLevel) -> String {
        let name = self.names.level(level.level.as_str());
        match &level.department {
            Some(department) => {
                let department = self.names.department(department.as_str());
                let (open, close) = match self.names.speech {
                    crate::Speech::Zh => ("（", "）"),
                    crate::Speech::En => (" (", ")"),
                };
                format!("{name}{open}{department}{close}")
            }
            None => name,
        }
    }

    pub(super) fn behalf(&self, on_behalf_of: Option<&PersonId>) -> (String, String) {
        on_behalf_of.map_or_else(Default::default, |absent| {
            let absent = self.names.person(absent.as_str());
            (format!("代{absent}"), format!(" for {absent}"))
        })
    }
}

/// `123.00 CNY`; in a currency that is not known, as it stands.
fn shown(amount: &Money) -> String {
    let (units, code) = (amount.minor_units(), amount.currency());
    Currency::of_code(code).map_or_else(
        || format!("{units} {code}"),
        |currency| currency.show(units),
    )
}
