//! A case in the caller's words.

use redress_case::{ON_HOLD, Stage};
use redress_policy::{Kind, Policy};
use redress_wire::{
    event::proto_time,
    router::{Case, CaseRow, RowReason, TriageReason, WorkOrder},
};

use crate::{locale::Speech, names::Names, react::DEFAULT_RULE, worklist::due_at_us};

/// The case as it is shown: ids as they are, names from the policy in force. What a policy no
/// longer knows is shown by its id.
pub fn case_view(row: CaseRow, policy: &Policy, speech: Speech) -> Case {
    let names = Names { policy, speech };
    let words = Words {
        names,
        policy,
        speech,
    };
    let due_at = due_at_us(&row).map(proto_time);
    Case {
        complaint_id: id_text(&row.complaint_id),
        work_order: Some(WorkOrder {
            task: words.task(&row),
            department: row.department.clone(),
            handler: row.handler.clone(),
            contact_person: words.contact_person(&row.department),
            deadline: due_at,
        }),
        reasons: words.reasons(&row),
        registered_at: Some(proto_time(row.registered_at_us)),
        routed_at: Some(proto_time(row.routed_at_us)),
        due_at,
        late: row.clocks.iter().any(|clock| clock.breached),
        category_name: names.category(&row.category),
        department_name: names.department(&row.department),
        handler_name: names.person(&row.handler),
        urgency_name: names.urgency(&row.urgency),
        severity_name: names.severity(&row.severity),
        state_name: state_name(&row.state, speech).to_owned(),
        version: row.version,
        number: row.number,
        state: row.state,
        channel: row.channel,
        kind: row.kind,
        category: row.category,
        urgency: row.urgency,
        severity: row.severity,
        wide_impact: row.wide_impact,
        policy: row.policy,
        product: row.product,
        batch_no: row.batch_no,
    }
}

/// The state in the caller's words; one of a newer release is shown as it is.
pub(crate) fn state_name(state: &str, speech: Speech) -> &str {
    if state == ON_HOLD {
        return speech.pick("暂停中", "on hold");
    }
    match (state.parse::<Stage>(), speech) {
        (Ok(known), Speech::Zh) => known.zh(),
        (Ok(known), Speech::En) => stage_in_english(known),
        (Err(_), _) => state,
    }
}

fn stage_in_english(stage: Stage) -> &'static str {
    match stage {
        Stage::PlanProposed => "plan proposed",
        Stage::PlanApproved => "plan approved",
        Stage::Offered => "offered to the customer",
        Stage::ConsentRefused => "refused by the customer",
        Stage::CustomerAgreed => "customer agreed",
        Stage::CustomerConfirmed => "customer confirmed",
        Stage::Unmeetable => "cannot be met",
        one_word => one_word.as_str(),
    }
}

fn id_text(id: &[u8]) -> String {
    redress_complaint::ComplaintId::try_from(id).map_or_else(|_| String::new(), |id| id.to_string())
}

struct Words<'a> {
    names: Names<'a>,
    policy: &'a Policy,
    speech: Speech,
}

impl Words<'_> {
    fn contact_person(&self, department: &str) -> String {
        let department = self.policy.departments().get(department);
        department.map_or_else(String::new, |found| found.contact_person().name.clone())
    }

    /// What is to be worked on, in one line without personal data: `产品质量 · 电饭煲`.
    fn task(&self, row: &CaseRow) -> String {
        let category = self.names.category(&row.category);
        let about = if row.product.is_empty() {
            self.kind(&row.kind)
        } else {
            &row.product
        };
        format!("{category} · {about}")
    }

    fn kind<'a>(&self, kind: &'a str) -> &'a str {
        match kind.parse() {
            Ok(Kind::Complaint) => self.speech.pick("投诉", "complaint"),
            Ok(Kind::Suggestion) => self.speech.pick("建议", "suggestion"),
            Ok(Kind::Objection) => self.speech.pick("二次反馈", "objection"),
            Ok(Kind::PartnerRelay) => self.speech.pick("合作伙伴转达", "relayed by a partner"),
            Err(_) => kind,
        }
    }

    /// Why it was routed so: what triage recorded, and what follows from it for the people.
    fn reasons(&self, row: &CaseRow) -> Vec<TriageReason> {
        let mut reasons: Vec<_> = row
            .reasons
            .iter()
            .map(|reason| self.reason(reason))
            .collect();
        let (category, department) = (
            self.names.category(&row.category),
            self.names.department(&row.department),
        );
        let lead = match self.speech {
            Speech::Zh => format!("“{category}”由{department}主责"),
            Speech::En => format!("{department} leads “{category}”"),
        };
        let turn = self
            .speech
            .pick("按投诉编号均衡分派", "spread evenly by the complaint's id");
        let further = [
            ("department", "lead", lead),
            ("handler", "even", turn.to_owned()),
        ];
        reasons.extend(further.map(|(axis, rule, text)| TriageReason {
            axis: axis.to_owned(),
            rule: rule.to_owned(),
            keywords: Vec::new(),
            text,
        }));
        reasons
    }

    fn reason(&self, reason: &RowReason) -> TriageReason {
        TriageReason {
            axis: reason.axis.clone(),
            rule: reason.rule.clone(),
            keywords: reason.keywords.clone(),
            text: self.why(&reason.rule),
        }
    }

    fn why(&self, rule: &str) -> String {
        if rule == DEFAULT_RULE {
            return self
                .speech
                .pick("未命中规则，按默认处理", "no rule applied: default")
                .to_owned();
        }
        match (self.policy.rules().get(rule), self.speech) {
            (Some(rule), speech) => rule.reason.in_locale(speech.tag()).to_owned(),
            (None, Speech::Zh) => format!("规则 {rule}（现行制度中已无此规则）"),
            (None, Speech::En) => format!("rule {rule}, which the policy no longer has"),
        }
    }
}
