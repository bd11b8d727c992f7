//! Who has the case, and what lies over its stages.

use redress_case::{Change, CommandKind, Fact, Visibility};

use super::{Teller, change, told::Told};

impl Teller<'_> {
    #[rustfmt::skip]
    pub(super) fn handling(&self, fact: &Fact) -> Option<Told> {
        let (names, who) = (&self.names, self.who(fact));
        Some(match change(fact) {
            Change::Assigned { department, handler, reason } => {
                let to = (names.department(department.as_str()), names.person(handler.as_str()));
                let (department, handler) = to;
                Told::new(
                    format!("{who}将案件分派给{department}的{handler}"),
                    format!("{who} assigned the case to {handler} of {department}"),
                ).with(self.fields().reason(reason))
            }
            Change::Accepted => {
                Told::new(format!("{who}受理案件"), format!("{who} accepted the case"))
            }
            Change::TransferredUp { department, handler, reason } => {
                let to = (names.department(department.as_str()), names.person(handler.as_str()));
                let (department, handler) = to;
                Told::new(
                    format!("{who}将案件上报给{department}的{handler}"),
                    format!("{who} handed the case up to {handler} of {department}"),
                ).with(self.fields().reason(reason))
            }
            Change::JointHandlingStarted { lead, supporting } => {
                let lead = names.department(lead.as_str());
                let supporting = supporting.iter().map(|id| names.department(id.as_str()));
                let supporting = names.list(supporting);
                Told::new(
                    format!("{who}启动联合处理：{lead}主责，{supporting}配合"),
                    format!("{who} started joint handling: {lead} leads, {supporting} assist"),
                )
            }
            Change::NoteAdded { visibility, text } => {
                let (zh, en) = match visibility {
                    Visibility::Internal => ("添加内部备注", "added an internal note"),
                    Visibility::Customer => ("告知客户", "told the customer"),
                };
                Told::new(format!("{who}{zh}"), format!("{who} {en}"))
                    .with(self.fields().text(("备注", "note"), text))
            }
            Change::Refused { command, reason } => {
                let known = command.parse::<CommandKind>().ok();
                let zh = known.map_or(command.as_str(), |kind| kind.zh());
                let en = command.replace('_', " ");
                Told::new(
                    format!("{who}无权执行“{zh}”，被拒绝"),
                    format!("{who} tried to {en} and was refused"),
                ).with(self.fields().word(("原因", "reason"), names.refusal(reason)))
            }
            other => return self.overlay(other, &who),
        })
    }

    #[rustfmt::skip]
    fn overlay(&self, change: &Change, who: &str) -> Option<Told> {
        let names = &self.names;
        Some(match change {
            Change::Held { pause, reason, evidence, until } => {
                let pause = names.pause(pause.as_str());
                let (zh, en) = until.map_or_else(Default::default, |until| {
                    let until = self.time(until);
                    (format!("，至{until}"), format!(" until {until}"))
                });
                Told::new(
                    format!("{who}暂停案件（{pause}）{zh}"),
                    format!("{who} put the case on hold ({pause}){en}"),
                ).with(self.fields().reason(reason).word(("证据", "evidence"), evidence))
            }
            Change::Resumed { .. } => {
                Told::new(format!("{who}恢复处理"), format!("{who} resumed the work"))
            }
            Change::TriageCorrected { now, reason, .. } => {
                let category = names.category(now.category.as_str());
                let urgency = names.urgency(now.urgency.as_str());
                let severity = names.severity(now.severity.as_str());
                Told::new(
                    format!("{who}更正分诊：{category}，{urgency}，{severity}"),
                    format!("{who} corrected the triage: {category}, {urgency}, {severity}"),
                ).with(self.fields().reason(reason))
            }
            Change::Merged { number, .. } => Told::new(
                format!("{who}将案件并入{number}"),
                format!("{who} merged the case into {number}, where it goes on"),
            ),
            other => return self.extension(other, who),
        })
    }
}
