//! What departments and staff are told while a case is worked on, in sentences.

mod common;
mod desk;

use common::{
    WITH_HOOK, WITHOUT_HOOK,
    facts::{escalated, fact, level, plan, text},
};
use desk::told::{desk, letters, planned};
use redress_notifier::Parcel;
use redress_wire::{
    Payload,
    router::{
        ApprovalEscalated, ApprovalGiven, ApprovalRefused, CaseAssigned, CaseTransferredUp,
        JointHandlingStarted, PlanApproved, case_event::Change,
    },
};

#[test]
fn each_level_is_asked_when_its_turn_comes() {
    let mut desk = desk("zh-CN");
    let levels = vec![
        level("head", WITH_HOOK),
        level("finance", WITHOUT_HOOK),
        level("director", ""),
    ];
    let asked = |told: &[Payload]| -> Vec<(String, String, String)> {
        let wanted = planned(told)
            .into_iter()
            .filter(|p| p.cause == "approval_wanted");
        wanted
            .map(|p| (p.level.clone(), p.recipient.clone(), p.means.clone()))
            .collect()
    };
    let one = |level: &str, who: &str, means: &str| {
        vec![(level.to_owned(), who.to_owned(), means.to_owned())]
    };
    let given = |level: &str| {
        let level = level.to_owned();
        Change::ApprovalGiven(ApprovalGiven {
            plan: 1,
            level,
            ..ApprovalGiven::default()
        })
    };
    let told = desk.tell(&fact(2, plan(1, levels)));
    assert_eq!(asked(&told), one("head", WITH_HOOK, "webhook"));
    let told = desk.tell(&fact(3, given("head")));
    assert_eq!(asked(&told), one("finance", WITHOUT_HOOK, "email"));
    let above = Change::ApprovalEscalated(ApprovalEscalated {
        plan: 1,
        level: "finance".to_owned(),
        to: Some(level("finance_head", WITHOUT_HOOK)),
    });
    let told = desk.tell(&fact(4, above));
    assert_eq!(asked(&told), one("finance_head", WITHOUT_HOOK, "email"));
    let told = desk.tell(&fact(5, given("finance_head")));
    assert_eq!(asked(&told), one("director", WITH_HOOK, "webhook"));
    assert!(asked(&desk.tell(&fact(6, given("director")))).is_empty());
}

#[test]
fn the_handler_hears_what_became_of_the_plan() {
    let mut desk = desk("zh-CN");
    desk.tell(&fact(2, plan(1, vec![level("head", WITH_HOOK)])));
    let refused = Change::ApprovalRefused(ApprovalRefused {
        plan: 1,
        level: "head".to_owned(),
        reason: Some(text("王小明的金额过高")),
        ..ApprovalRefused::default()
    });
    desk.tell(&fact(3, refused));
    desk.tell(&fact(4, Change::PlanApproved(PlanApproved { plan: 1 })));
    let letters = letters(&mut desk);
    let subjects: Vec<_> = letters.iter().map(|l| (&*l.to, &*l.subject)).collect();
    let handler = "after-sales-tech-1@redress.example";
    assert_eq!(
        subjects,
        [
            (handler, "【未通过】工单 CF20260501001 的处理方案 1"),
            (handler, "【已通过】工单 CF20260501001 的处理方案 1"),
        ]
    );
    assert!(
        !letters[0].body.contains("王小明"),
        "what names the customer is looked up"
    );
}

#[test]
fn departments_hear_of_transfers_joint_handling_and_escalation() {
    let mut desk = desk("zh-CN");
    let joint = Change::JointHandlingStarted(JointHandlingStarted {
        lead_department: WITH_HOOK.to_owned(),
        supporting_departments: vec![WITHOUT_HOOK.to_owned(), "logistics_ops".to_owned()],
    });
    let assigned = Change::Assigned(CaseAssigned::default());
    let up = Change::TransferredUp(CaseTransferredUp::default());
    for (event, ids) in [
        (
            fact(2, joint),
            vec![
                "CF20260501001-supporting_departments-v2-customer_service",
                "CF20260501001-supporting_departments-v2-logistics_ops",
            ],
        ),
        (
            fact(3, assigned),
            vec!["CF20260501001-department_reassignment-v3"],
        ),
        (fact(4, up), vec!["CF20260501001-handler_transfer-v4"]),
        (
            escalated("result", "supervise", 1, &[]),
            vec!["CF20260501001-department_escalation-result-1777626000-1"],
        ),
    ] {
        let told = desk.tell(&event);
        let found: Vec<_> = planned(&told).iter().map(|p| &*p.notification_id).collect();
        assert_eq!(found, ids);
        assert!(desk.tell(&event).is_empty(), "nothing is told twice");
    }
    let hooks: Vec<serde_json::Value> = desk
        .start()
        .into_iter()
        .filter_map(|sending| match sending.parcel {
            Ok(Parcel::Webhook(hook)) => serde_json::from_str(&hook.payload).ok(),
            _ => None,
        })
        .collect();
    let last = hooks.last().expect("a webhook");
    assert_eq!(
        (&last["type"], &last["data"]["step"]),
        (&"case.escalation".into(), &"supervise".into())
    );
    assert!(
        last["data"]["subject"]
            .as_str()
            .is_some_and(|s| s.contains("督办"))
    );
}
