//! Every change goes into the log and comes back, and is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use jiff::Timestamp;
use prost::Message as _;
use redress_case::{
    Actor, ApprovalLevel, Change, Discipline, Evidence, Fact, FiveWOneH, Money, Plan, PlanStep,
    Redress, Satisfaction, Stand, Text, Triage, Visibility,
};
use redress_complaint::ComplaintId;
use redress_policy::Policy;
use redress_wire::router::CaseEvent;

use super::{from_wire, to_wire};
use crate::story;

fn text(words: &str) -> Text {
    Text::of("text", words).expect("a short text")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_778_119_200 + second).expect("a time")
}

fn other() -> ComplaintId {
    ComplaintId::of("web", "other")
}

fn evidence() -> Evidence {
    Evidence {
        object: "photos/1.jpg".to_owned(),
        description: text("the seal"),
        verified_by: "carrier".to_owned(),
    }
}

fn level() -> ApprovalLevel {
    ApprovalLevel {
        level: "director".into(),
        role: "director".into(),
        department: Some("after_sales_tech".into()),
        answer_by: Some(at(600)),
    }
}

fn triage(category: &str) -> Triage {
    Triage {
        category: category.into(),
        urgency: "normal".into(),
        severity: "ordinary".into(),
    }
}

fn plan() -> Plan {
    Plan {
        number: 2,
        adjusts: 1,
        steps: vec![PlanStep {
            step: "refund_paid".to_owned(),
            owner: "finance".to_owned(),
            due_at: Some(at(900)),
            text: text("at once"),
        }],
        redress: vec![
            Redress {
                kind: "refund".into(),
                amount: Some(Money::new(12_300, "CNY").expect("an amount")),
            },
            Redress {
                kind: "apology".into(),
                amount: None,
            },
        ],
        levels: vec![level()],
        text: text("as follows"),
        similar: vec!["CF20260501001".to_owned()],
    }
}

fn more_time() -> Vec<Change> {
    vec![
        Change::ExtensionRequested {
            request: 2,
            clock: Some("result".into()),
            by: "5 working days".to_owned(),
            reason: text("more"),
            evidence: "letter".to_owned(),
            asked: Some(level()),
            not_asked: vec!["after-sales-tech-1".into(), "director-service".into()],
        },
        Change::ExtensionEscalated {
            request: 2,
            level: "department_head".into(),
            to: level(),
            not_asked: vec!["after-sales-tech-1".into()],
        },
        Change::ExtensionApproved {
            request: 2,
            requester: "after-sales-tech-1".into(),
            on_behalf_of: Some("director-products".into()),
            text: text("granted"),
        },
        Change::ExtensionRefused {
            request: 2,
            requester: "after-sales-tech-1".into(),
            on_behalf_of: None,
            reason: text("too long"),
        },
    ]
}

fn in_work() -> Vec<Change> {
    let (department, handler) = ("after_sales_tech", "after-sales-tech-1");
    vec![
        Change::Assigned {
            department: department.into(),
            handler: handler.into(),
            reason: text("why"),
        },
        Change::Accepted,
        Change::TransferredUp {
            department: department.into(),
            handler: handler.into(),
            reason: Text::default(),
        },
        Change::JointHandlingStarted {
            lead: department.into(),
            supporting: vec!["logistics_ops".into()],
        },
        Change::Held {
            pause: "customer_info".into(),
            reason: text("waits"),
            evidence: "letter".to_owned(),
            until: Some(at(7)),
        },
        Change::Resumed {
            pause: "customer_info".into(),
        },
        Change::Extended {
            clock: None,
            by: "5 working days".to_owned(),
            reason: text("more"),
            evidence: String::new(),
            approved_by: Some("director-products".into()),
        },
        Change::TriageCorrected {
            before: Some(triage("logistics")),
            now: triage("product_quality"),
            reason: text("not the carrier"),
            rank: 2,
            wide_impact: true,
        },
        Change::Merged {
            into: other(),
            number: "CF20260501009".to_owned(),
        },
        Change::NoteAdded {
            visibility: Visibility::Customer,
            text: text("soon"),
        },
        Change::Refused {
            command: "approve_plan".to_owned(),
            reason: "missing_right".to_owned(),
        },
    ]
}

fn found_out() -> Vec<Change> {
    let answers = FiveWOneH {
        who: text("who"),
        place: text("at home"),
        ..FiveWOneH::default()
    };
    vec![
        Change::Verified {
            authentic: true,
            reasonable: false,
            text: text("called"),
        },
        Change::FindingRecorded {
            text: text("cracked"),
            evidence: vec![evidence()],
        },
        Change::RootCauseRecorded {
            branch: "machine".into(),
            whys: vec![text("one"), text("two")],
            occurrence: text("cold"),
            escape: text("no test"),
        },
        Change::FiveWOneHRecorded { answers },
        Change::ResponsibilityAssessed {
            parties: vec!["production".into()],
            text: text("pressed cold"),
        },
        Change::InvestigationCompleted,
        Change::ProofAttached { proof: evidence() },
        Change::CorrectiveActionRecorded {
            action: 1,
            text: text("test each"),
            owner: "quality".to_owned(),
            due_at: at(99),
            preventive: true,
        },
        Change::CorrectiveActionVerified {
            action: 1,
            effective: true,
            text: text("works"),
        },
        Change::MeasureRecorded {
            measure: "task_force".into(),
            text: text("met"),
            people: vec!["after-sales-tech-1".to_owned()],
            evidence: vec![evidence()],
        },
        Change::EightDCompiled {
            complete: vec![Discipline::D0, Discipline::D4],
            missing: vec![Discipline::D8],
        },
    ]
}

fn planned() -> Vec<Change> {
    let (plan_no, level_id) = (2, "director");
    vec![
        Change::PlanProposed(plan()),
        Change::ApprovalGiven {
            plan: plan_no,
            level: level_id.into(),
            on_behalf_of: Some("director-service".into()),
            text: text("fine"),
        },
        Change::ApprovalRefused {
            plan: plan_no,
            level: level_id.into(),
            on_behalf_of: None,
            reason: text("too much"),
        },
        Change::ApproverRecused {
            plan: plan_no,
            level: level_id.into(),
            reason: text("a friend"),
        },
        Change::ApprovalEscalated {
            plan: plan_no,
            level: "department_head".into(),
            to: level(),
        },
        Change::PlanApproved { plan: plan_no },
        Change::PlanOffered {
            plan: plan_no,
            means: "phone".to_owned(),
            text: text("told"),
        },
        Change::ConsentGiven {
            plan: plan_no,
            means: "phone".to_owned(),
            proof: "recording".to_owned(),
        },
        Change::ConsentRefused {
            plan: plan_no,
            reason: text("too little"),
        },
        Change::DeclaredUnmeetable {
            reason: text("law"),
            apology: text("sorry"),
        },
        Change::StepExecuted {
            plan: plan_no,
            step: 0,
            text: text("paid"),
        },
        Change::PlanExecuted { plan: plan_no },
    ]
}

fn ended() -> Vec<Change> {
    let batch_no = "B1".to_owned();
    vec![
        Change::ResultConfirmed {
            means: "phone".to_owned(),
            text: text("well"),
        },
        Change::SatisfactionRecorded {
            satisfaction: Satisfaction::Dissatisfied,
            text: text("slow"),
        },
        Change::Closed {
            means: "email".to_owned(),
            answers: vec![text("paid"), text("sorry")],
            text: text("dear customer"),
        },
        Change::Reopened {
            round: 2,
            reason: text("again"),
        },
        Change::Withdrawn { reason: text("no") },
        Change::Rejected {
            reason: text("unfounded"),
            appeal: text("write to us"),
        },
        Change::Archived { keep_until: at(9) },
        Change::RecallOpened {
            batch_no: batch_no.clone(),
            text: text("stop using it"),
        },
        Change::RecallJoined {
            recall: other(),
            number: "CF20260501009".to_owned(),
            batch_no,
            text: text("stop using it"),
        },
        Change::RecallClosed {
            report: text("done"),
            affected: 3,
            finished: 3,
        },
    ]
}

fn every_change() -> Vec<Change> {
    [in_work(), more_time(), found_out(), planned(), ended()].concat()
}

/// As `CaseEvent.change` declares them.
fn declared() -> BTreeSet<String> {
    let set = prost_types::FileDescriptorSet::decode(redress_wire::FILE_DESCRIPTOR_SET);
    let messages = set.expect("descriptors").file.into_iter();
    let messages = messages.filter(|file| file.package() == "redress.router.v1");
    let mut messages = messages.flat_map(|file| file.message_type);
    let event = messages.find(|message| message.name() == "CaseEvent");
    let fields = event.expect("the event").field.into_iter();
    let changes = fields.filter(|field| field.oneof_index.is_some());
    changes.map(|field| field.name().to_owned()).collect()
}

fn around(change: &Change) -> CaseEvent {
    CaseEvent {
        version: 7,
        department: "after_sales_tech".to_owned(),
        handler: "after-sales-tech-1".to_owned(),
        category: "product_quality".to_owned(),
        urgency: "normal".to_owned(),
        severity: "ordinary".to_owned(),
        change: to_wire(change),
        ..CaseEvent::default()
    }
}

#[test]
fn every_change_that_is_declared_is_tried_here() {
    let tried: BTreeSet<String> = every_change()
        .iter()
        .map(|change| change.name().to_owned())
        .collect();
    assert_eq!(tried, declared());
}

#[test]
fn every_change_comes_back_from_the_log_as_it_was() {
    for change in every_change() {
        let event = around(&change);
        let event = CaseEvent::decode(&event.encode_to_vec()[..]).expect("the same");
        assert_eq!(from_wire(&event), Some(change));
    }
}

#[test]
fn a_change_of_a_newer_release_is_none() {
    assert_eq!(from_wire(&CaseEvent::default()), None);
}

#[test]
fn every_change_is_told() {
    let policy = policy();
    for change in every_change() {
        let name = change.name();
        let fact = Fact {
            version: 7,
            actor: Actor::new("after-sales-tech-1", "handler"),
            at: at(0),
            request_id: String::new(),
            policy: String::new(),
            change,
            stand: Stand {
                state: "assigned".to_owned(),
                department: "after_sales_tech".into(),
                handler: "after-sales-tech-1".into(),
                category: "product_quality".into(),
                urgency: "normal".into(),
                severity: "ordinary".into(),
            },
        };
        assert!(story::is_told(&policy, &fact), "{name}");
    }
}

fn policy() -> Policy {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    Policy::parse(&files).expect("the shipped policy is right")
}

fn read(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the shipped policy") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(root, &path, into);
        } else {
            let name = path.strip_prefix(root).expect("below the root");
            let text = std::fs::read_to_string(&path).expect("a text");
            into.insert(name.to_string_lossy().into_owned(), text);
        }
    }
}
