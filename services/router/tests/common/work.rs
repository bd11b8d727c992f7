//! What people do with a case, in the words of the wire.

use redress_wire::router::{
    Accept, Archive, AssessResponsibility, Close, CompleteInvestigation, ConfirmResult,
    EvidenceInput, ExecuteStep, Money, OfferPlan, PlanStepInput, ProposePlan, RecordConsent,
    RecordFinding, RecordFiveWOneH, RecordSatisfaction, Redress, Satisfaction, Verify,
    case_command::Command as Wish,
};

use super::at;

pub(crate) fn words(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn verify() -> Wish {
    Wish::Verify(Verify {
        authentic: true,
        reasonable: true,
        text: words("已电话核实"),
    })
}

pub(crate) fn finding() -> Wish {
    Wish::RecordFinding(RecordFinding {
        text: words("密封圈开裂"),
        evidence: vec![EvidenceInput {
            object: words("photos/seal.jpg"),
            description: words("开裂的密封圈"),
            verified_by: String::new(),
        }],
    })
}

pub(crate) fn answers() -> Wish {
    Wish::RecordFiveWOneH(RecordFiveWOneH {
        who: words("客户"),
        what: words("漏电"),
        when: words("五月一日"),
        why: words("密封不良"),
        r#where: words("家中"),
        how_many: words("1 台"),
    })
}

/// A plan that gives the customer so much back.
pub(crate) fn plan(fen: i64) -> ProposePlan {
    let amount = Money {
        minor_units: fen,
        currency: words("CNY"),
    };
    ProposePlan {
        steps: vec![PlanStepInput {
            step: words("refund_paid"),
            owner: words("after_sales_tech"),
            // Far ahead of every clock: some tests run on the real one.
            due_at: Some(redress_wire::event::proto_time(at(50 * 365 * 86_400))),
            text: words("原路退款"),
        }],
        redress: vec![Redress {
            kind: words("refund"),
            amount: Some(amount),
        }],
        text: words("全额退款"),
        similar: Vec::new(),
    }
}

/// An ordinary life from the assignment to the archive.
pub(crate) fn whole_life(fen: i64) -> Vec<(&'static str, Wish)> {
    let mut life = until_plan();
    life.push(("plan_approved", Wish::ProposePlan(plan(fen))));
    life.extend(after_approval());
    life
}

pub(crate) fn until_plan() -> Vec<(&'static str, Wish)> {
    vec![
        ("accepted", Wish::Accept(Accept {})),
        ("verified", verify()),
        ("verified", finding()),
        ("verified", answers()),
        (
            "verified",
            Wish::AssessResponsibility(AssessResponsibility {
                parties: vec![words("production")],
                text: words("冷压不足"),
            }),
        ),
        (
            "investigated",
            Wish::CompleteInvestigation(CompleteInvestigation {}),
        ),
    ]
}

pub(crate) fn after_approval() -> Vec<(&'static str, Wish)> {
    let (phone, text) = (words("phone"), words("已办妥"));
    vec![
        (
            "offered",
            Wish::OfferPlan(OfferPlan {
                means: phone.clone(),
                text: text.clone(),
            }),
        ),
        (
            "customer_agreed",
            Wish::RecordConsent(RecordConsent {
                means: phone.clone(),
                proof: words("recordings/1.wav"),
            }),
        ),
        (
            "executed",
            Wish::ExecuteStep(ExecuteStep {
                step: 0,
                text: text.clone(),
            }),
        ),
        (
            "customer_confirmed",
            Wish::ConfirmResult(ConfirmResult {
                means: phone,
                text: text.clone(),
            }),
        ),
        (
            "customer_confirmed",
            Wish::RecordSatisfaction(RecordSatisfaction {
                satisfaction: Satisfaction::Satisfied.into(),
                text: String::new(),
            }),
        ),
        (
            "closed",
            Wish::Close(Close {
                means: words("email"),
                answers: vec![words("已退款")],
                text,
            }),
        ),
        ("archived", Wish::Archive(Archive {})),
    ]
}
