//! What departments and staff are told while a case is worked on, in sentences.

mod common;
mod desk;

use common::{
    EMAIL, NINE, NUMBER, WITH_HOOK, WITHOUT_HOOK,
    facts::{HANDLER, escalated, fact, level, plan, text},
    registered, replace, routed, rules_with,
};
use desk::{
    Desk,
    told::{HOOK, desk, later, letters, planned},
};
use redress_host::policy_dir::Files;
use redress_notifier::Parcel;
use redress_wire::{
    Payload,
    router::{
        Actor, ApprovalEscalated, ApprovalGiven, ApprovalLevel, ApprovalRefused, CaseAssigned,
        CaseTransferredUp, ExtensionApproved, ExtensionEscalated, ExtensionRefused,
        ExtensionRequested, JointHandlingStarted, PlanApproved, case_event::Change,
    },
};

/// Level, reader and means of everybody who is asked to approve a plan or an extension.
fn asked(told: &[Payload]) -> Vec<[&str; 3]> {
    let wanted = planned(told)
        .into_iter()
        .filter(|p| ["approval_wanted", "extension_wanted"].contains(&&*p.cause));
    wanted
        .map(|p| [&*p.level, &*p.recipient, &*p.means])
        .collect()
}

fn desk_with(change: impl Fn(&mut Files)) -> Desk {
    let mut desk = Desk::new(rules_with(HOOK, change));
    desk.tell(&registered(NUMBER, EMAIL, "zh-CN"));
    desk.tell(&routed(NUMBER, WITH_HOOK));
    desk
}

#[test]
fn the_people_of_each_level_are_asked_when_its_turn_comes() {
    let mut desk = desk("zh-CN");
    let levels = ["department_head", "finance"].map(|id| {
        let department = if id == "finance" { "" } else { WITH_HOOK };
        level(id, department)
    });
    let given = |level: &str| {
        Change::ApprovalGiven(ApprovalGiven {
            plan: 1,
            level: level.to_owned(),
            ..ApprovalGiven::default()
        })
    };
    let told = desk.tell(&fact(2, plan(1, levels.to_vec())));
    assert_eq!(
        asked(&told),
        [["department_head", "after-sales-tech-head", "email"]]
    );
    let told = desk.tell(&fact(3, given("department_head")));
    assert_eq!(
        asked(&told),
        [
            ["finance", "finance-1", "email"],
            ["finance", "finance-2", "email"]
        ]
    );
    let above = Change::ApprovalEscalated(ApprovalEscalated {
        plan: 1,
        level: "finance".to_owned(),
        to: Some(level("executive", "")),
    });
    let told = desk.tell(&fact(4, above));
    let executives = ["executive-1", "executive-2"].map(|who| ["executive", who, "email"]);
    assert_eq!(asked(&told), executives);
    assert!(asked(&desk.tell(&fact(5, given("executive")))).is_empty());
    let letter = letters(&mut desk).remove(0);
    assert_eq!(letter.to, "after-sales-tech-head@redress.example");
    for words in ["部门负责人审批", "退款 120.50 元"] {
        assert!(letter.body.contains(words), "{words} in {}", letter.body);
    }
}

#[test]
fn who_proposed_the_plan_or_will_not_decide_on_it_is_not_asked() {
    let mut desk = desk("zh-CN");
    let mut proposed = fact(2, plan(1, vec![level("finance", "")]));
    if let Some(Payload::CaseEvent(fact)) = &mut proposed.payload {
        fact.actor = Some(Actor {
            id: "finance-1".to_owned(),
            role: "finance".to_owned(),
        });
    }
    assert_eq!(
        asked(&desk.tell(&proposed)),
        [["finance", "finance-2", "email"]]
    );
}

#[test]
fn who_stands_in_for_an_absent_approver_is_asked_instead() {
    let mut desk = desk_with(|files| {
        let staff = files.get_mut("staff.toml").expect("shipped");
        staff.push_str(
            "\n[[delegation]]\nfrom = \"after-sales-tech-head\"\nto = \"customer-service-head\"\n\
             since = \"2026-04-30\"\nuntil = \"2026-05-02\"\n",
        );
    });
    let proposed = |version| fact(version, plan(1, vec![level("department_head", WITH_HOOK)]));
    let told = desk.tell(&proposed(2));
    assert_eq!(
        asked(&told),
        [["department_head", "customer-service-head", "email"]]
    );
    later(&mut desk, 48);
    let told = desk.tell(&proposed(3));
    assert_eq!(
        asked(&told),
        [["department_head", "after-sales-tech-head", "email"]]
    );
}

#[test]
fn an_approver_without_an_address_is_told_through_the_department() {
    let mut desk = desk_with(|files| {
        let mail = "email = \"after-sales-tech-head@redress.example\"\n";
        replace(files, "staff.toml", mail, "");
    });
    let told = desk.tell(&fact(2, plan(1, vec![level("department_head", WITH_HOOK)])));
    assert_eq!(asked(&told), [["department_head", WITH_HOOK, "webhook"]]);
}

#[test]
fn an_escalation_is_told_to_those_up_the_line_whom_it_names() {
    let mut desk = desk("zh-CN");
    let to = ["director-products", "supervisor"];
    let told = desk.tell(&escalated("result", "supervise", 1, &to));
    let people: Vec<_> = planned(&told)
        .into_iter()
        .filter(|p| p.audience == "person")
        .map(|p| &*p.recipient)
        .collect();
    assert_eq!(people, ["director-products", "supervisor-1"]);
    let letter = letters(&mut desk).remove(0);
    assert_eq!(letter.to, "director-products@redress.example");
    assert!(letter.subject.contains("督办"), "{}", letter.subject);
}

#[test]
fn an_escalation_that_stays_quiet_is_told_to_nobody() {
    let mut desk = desk("zh-CN");
    let mut quiet = escalated("result", "supervise", 1, &["director-products"]);
    if let Some(Payload::ClockEscalated(escalated)) = &mut quiet.payload {
        "acknowledged".clone_into(&mut escalated.quiet);
    }
    assert!(desk.tell(&quiet).is_empty());
}

#[test]
fn the_handler_hears_what_became_of_the_plan() {
    let mut desk = desk("zh-CN");
    desk.tell(&fact(2, plan(1, vec![level("department_head", WITH_HOOK)])));
    let refused = Change::ApprovalRefused(ApprovalRefused {
        plan: 1,
        level: "department_head".to_owned(),
        reason: Some(text("王小明的金额过高")),
        ..ApprovalRefused::default()
    });
    desk.tell(&fact(3, refused));
    desk.tell(&fact(4, Change::PlanApproved(PlanApproved { plan: 1 })));
    let letters: Vec<_> = letters(&mut desk)
        .into_iter()
        .filter(|letter| letter.to.contains(HANDLER))
        .collect();
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
fn a_refusal_names_the_level_though_another_plan_is_proposed_since() {
    let levels = || vec![level("department_head", WITH_HOOK)];
    let refused = Change::ApprovalRefused(ApprovalRefused {
        plan: 1,
        level: "department_head".to_owned(),
        ..ApprovalRefused::default()
    });
    let facts = [
        fact(2, plan(1, levels())),
        fact(3, refused),
        fact(4, plan(2, levels())),
    ];
    let mut desk = desk("zh-CN");
    desk.tell_all(&facts);
    let letters = letters(&mut desk).into_iter();
    let of_the_handler: Vec<_> = letters
        .filter(|letter| letter.to.contains(HANDLER))
        .collect();
    let [refused] = &of_the_handler[..] else {
        panic!("{} letters", of_the_handler.len());
    };
    let words = "处理方案 1 未通过审批（部门负责人审批）";
    assert!(refused.body.contains(words), "{}", refused.body);
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

/// The handler asks for so much; the head of the department is asked.
fn more_time(clock: &str) -> Change {
    Change::ExtensionRequested(ExtensionRequested {
        request: 1,
        clock: clock.to_owned(),
        by: "5 working days".to_owned(),
        reason: Some(text("王小明要等供应商")),
        asked: Some(ApprovalLevel {
            answer_by_us: NINE,
            ..level("department_head", WITH_HOOK)
        }),
        not_asked: vec![HANDLER.to_owned()],
        ..ExtensionRequested::default()
    })
}

#[test]
fn who_may_approve_an_extension_is_told_that_it_waits_by_how_much_and_until_when() {
    for (clock, words) in [
        ("result", ["“处理结果”时限", "5 个工作日"]),
        ("", ["全部时限", "部门负责人审批"]),
    ] {
        let mut desk = desk("zh-CN");
        let told = desk.tell(&fact(2, more_time(clock)));
        let head = ["department_head", "after-sales-tech-head", "email"];
        assert_eq!(asked(&told), [head]);
        assert_eq!(planned(&told)[0].due_at_us, Some(NINE));
        let letter = letters(&mut desk).remove(0);
        assert_eq!(letter.to, "after-sales-tech-head@redress.example");
        for words in words {
            assert!(letter.body.contains(words), "{words} in {}", letter.body);
        }
        assert!(
            !letter.body.contains("王小明"),
            "what names the customer is looked up"
        );
    }
}

#[test]
fn an_extension_that_nobody_answered_is_told_to_the_level_above() {
    let mut desk = desk("zh-CN");
    desk.tell(&fact(2, more_time("result")));
    let above = Change::ExtensionEscalated(ExtensionEscalated {
        request: 1,
        level: "department_head".to_owned(),
        to: Some(level("executive", "")),
        not_asked: vec![HANDLER.to_owned(), "executive-1".to_owned()],
    });
    let told = desk.tell(&fact(3, above));
    assert_eq!(asked(&told), [["executive", "executive-2", "email"]]);
    assert_eq!(planned(&told)[0].by, "5 working days");
}

#[test]
fn who_may_approve_an_extension_and_has_no_address_is_told_through_the_departments_webhook() {
    let mut desk = desk_with(|files| {
        let mail = "email = \"after-sales-tech-head@redress.example\"\n";
        replace(files, "staff.toml", mail, "");
    });
    desk.start();
    let told = desk.tell(&fact(2, more_time("result")));
    assert_eq!(asked(&told), [["department_head", WITH_HOOK, "webhook"]]);
    let sendings = desk.start().into_iter();
    let hooks = sendings.filter_map(|sending| match sending.parcel {
        Ok(Parcel::Webhook(hook)) => serde_json::from_str(&hook.payload).ok(),
        _ => None,
    });
    let hooks: Vec<serde_json::Value> = hooks.collect();
    assert_eq!(hooks[0]["type"], "case.extension_wanted");
    let told = (&hooks[0]["data"]["clock"], &hooks[0]["data"]["by"]);
    assert_eq!(told, (&"result".into(), &"5 working days".into()));
}

#[test]
fn a_deputy_for_who_asked_for_the_extension_is_not_asked() {
    let mut desk = desk_with(|files| {
        let staff = files.get_mut("staff.toml").expect("shipped");
        staff.push_str(
            "\n[[delegation]]\nfrom = \"finance-1\"\nto = \"customer-service-head\"\n\
             since = \"2026-04-30\"\nuntil = \"2026-05-02\"\n",
        );
    });
    let requested = Change::ExtensionRequested(ExtensionRequested {
        asked: Some(level("finance", "")),
        not_asked: vec!["finance-1".to_owned()],
        ..ExtensionRequested::default()
    });
    let told = desk.tell(&fact(2, requested));
    assert_eq!(asked(&told), [["finance", "finance-2", "email"]]);
}

#[test]
fn who_asked_for_the_extension_hears_what_became_of_it() {
    let mut desk = desk("zh-CN");
    desk.tell(&fact(2, more_time("result")));
    letters(&mut desk);
    let refused = Change::ExtensionRefused(ExtensionRefused {
        request: 1,
        reason: Some(text("王小明不能再等")),
        requester: "director-products".to_owned(),
        ..ExtensionRefused::default()
    });
    let approved = Change::ExtensionApproved(ExtensionApproved {
        request: 1,
        requester: HANDLER.to_owned(),
        ..ExtensionApproved::default()
    });
    desk.tell(&fact(3, refused));
    desk.tell(&fact(4, approved));
    let told = letters(&mut desk);
    let [refused, approved] = &told[..] else {
        panic!("{} letters", told.len());
    };
    assert_eq!(refused.to, "director-products@redress.example");
    assert_eq!(approved.to, "after-sales-tech-1@redress.example");
    assert!(refused.subject.starts_with("【未通过】"));
    assert!(approved.subject.starts_with("【已通过】"));
    assert!(approved.body.contains("5 个工作日"));
    assert!(
        !refused.body.contains("王小明"),
        "what names the customer is looked up"
    );
}

#[test]
fn an_answer_tells_what_was_asked_for_though_something_else_is_asked_for_since() {
    let refused = Change::ExtensionRefused(ExtensionRefused {
        request: 1,
        requester: HANDLER.to_owned(),
        ..ExtensionRefused::default()
    });
    let again = Change::ExtensionRequested(ExtensionRequested {
        request: 2,
        by: "9 calendar days".to_owned(),
        asked: Some(level("department_head", WITH_HOOK)),
        ..ExtensionRequested::default()
    });
    let facts = [
        fact(2, more_time("result")),
        fact(3, refused),
        fact(4, again),
    ];
    let mut apart = desk("zh-CN");
    let told: Vec<_> = facts.iter().flat_map(|fact| apart.tell(fact)).collect();
    let mut together = desk("zh-CN");
    assert_eq!(together.tell_all(&facts), told);
    let by: Vec<_> = planned(&told).iter().map(|p| (&*p.clock, &*p.by)).collect();
    assert_eq!(
        by,
        [
            ("result", "5 working days"),
            ("result", "5 working days"),
            ("", "9 calendar days"),
        ]
    );
}

#[test]
fn facts_of_extensions_from_before_anybody_was_asked_tell_nobody() {
    let mut desk = desk("zh-CN");
    let old = [
        Change::ExtensionRequested(ExtensionRequested::default()),
        Change::ExtensionRefused(ExtensionRefused::default()),
        Change::ExtensionApproved(ExtensionApproved::default()),
    ];
    for (version, change) in (2..).zip(old) {
        assert!(planned(&desk.tell(&fact(version, change))).is_empty());
    }
}
