//! How cases got where they are: the facts of an ordinary life up to a stage.

use redress_case::*;

use super::commands::{all_answers, evidence, step, text};
use super::{HANDLER, id, start};

pub fn accepted() -> Vec<Change> {
    vec![Change::Accepted]
}

pub fn verified_as(authentic: bool, reasonable: bool) -> Change {
    Change::Verified {
        authentic,
        reasonable,
        text: text("called"),
    }
}

pub fn verified() -> Vec<Change> {
    [accepted(), vec![verified_as(true, true)]].concat()
}

/// Everything that an ordinary investigation has to bring.
pub fn looked_into() -> Vec<Change> {
    let more = vec![
        Change::FindingRecorded {
            text: text("the seal is broken"),
            evidence: vec![evidence("photos/seal.jpg")],
        },
        Change::FiveWOneHRecorded {
            answers: all_answers(),
        },
        Change::ResponsibilityAssessed {
            parties: vec!["production".into()],
            text: text("pressed cold"),
        },
    ];
    [verified(), more].concat()
}

pub fn investigated() -> Vec<Change> {
    [looked_into(), vec![Change::InvestigationCompleted]].concat()
}

pub fn a_plan(number: u32, levels: Vec<ApprovalLevel>) -> Plan {
    Plan {
        number,
        adjusts: 0,
        steps: vec![step("refund_paid"), step("apology_given")],
        redress: Vec::new(),
        levels,
        text: text("as follows"),
        similar: Vec::new(),
    }
}

pub fn head_level() -> ApprovalLevel {
    ApprovalLevel {
        level: "department_head".into(),
        role: "department_head".into(),
        department: Some("after_sales_tech".into()),
        answer_by: Some(start() + super::hours(5)),
    }
}

pub fn proposed() -> Vec<Change> {
    let plan = a_plan(1, vec![head_level()]);
    [investigated(), vec![Change::PlanProposed(plan)]].concat()
}

pub fn approved() -> Vec<Change> {
    let plan = a_plan(1, Vec::new());
    let more = vec![Change::PlanProposed(plan), Change::PlanApproved { plan: 1 }];
    [investigated(), more].concat()
}

pub fn offered() -> Vec<Change> {
    let offered = Change::PlanOffered {
        plan: 1,
        means: "phone".to_owned(),
        text: text("told"),
    };
    [approved(), vec![offered]].concat()
}

pub fn consent_refused() -> Vec<Change> {
    let reason = text("too little");
    [offered(), vec![Change::ConsentRefused { plan: 1, reason }]].concat()
}

pub fn agreed() -> Vec<Change> {
    let agreed = Change::ConsentGiven {
        plan: 1,
        means: "phone".to_owned(),
        proof: String::new(),
    };
    [offered(), vec![agreed]].concat()
}

pub fn step_done(step: u32) -> Change {
    Change::StepExecuted {
        plan: 1,
        step,
        text: text("done"),
    }
}

pub fn executing() -> Vec<Change> {
    [agreed(), vec![step_done(0)]].concat()
}

pub fn executed() -> Vec<Change> {
    let more = vec![step_done(1), Change::PlanExecuted { plan: 1 }];
    [executing(), more].concat()
}

pub fn confirmed() -> Vec<Change> {
    let confirmed = Change::ResultConfirmed {
        means: "phone".to_owned(),
        text: text("all is well"),
    };
    [executed(), vec![confirmed]].concat()
}

pub fn closed_now() -> Change {
    Change::Closed {
        means: "email".to_owned(),
        answers: vec![text("your money is back")],
        text: text("dear customer"),
    }
}

pub fn closed() -> Vec<Change> {
    [confirmed(), vec![closed_now()]].concat()
}

pub fn archived() -> Vec<Change> {
    let keep_until = start() + super::hours(24 * 730);
    [closed(), vec![Change::Archived { keep_until }]].concat()
}

pub fn reopened() -> Vec<Change> {
    let reason = text("broke again");
    [closed(), vec![Change::Reopened { round: 2, reason }]].concat()
}

pub fn withdrawn() -> Vec<Change> {
    let reason = text("solved");
    [accepted(), vec![Change::Withdrawn { reason }]].concat()
}

pub fn rejected() -> Vec<Change> {
    let (reason, appeal) = (text("unfounded"), text("write to us"));
    [verified(), vec![Change::Rejected { reason, appeal }]].concat()
}

pub fn unmeetable() -> Vec<Change> {
    let (reason, apology) = (text("no part"), text("sorry"));
    [
        verified(),
        vec![Change::DeclaredUnmeetable { reason, apology }],
    ]
    .concat()
}

pub fn merged() -> Vec<Change> {
    let (into, number) = (id("r-2"), "CF20260308004".to_owned());
    [accepted(), vec![Change::Merged { into, number }]].concat()
}

pub fn held() -> Change {
    Change::Held {
        pause: "waiting_for_customer".into(),
        reason: text("asked for a photo"),
        evidence: String::new(),
        until: Some(start() + super::hours(48)),
    }
}

/// A life that ends at the stage; those before routing have no facts.
pub fn up_to(stage: Stage) -> Vec<Change> {
    match stage {
        Stage::Registered | Stage::Triaged | Stage::Assigned => Vec::new(),
        Stage::Accepted => accepted(),
        Stage::Verified => verified(),
        Stage::Investigated => investigated(),
        Stage::PlanProposed => proposed(),
        Stage::PlanApproved => approved(),
        Stage::Offered => offered(),
        Stage::ConsentRefused => consent_refused(),
        Stage::CustomerAgreed => agreed(),
        Stage::Executing => executing(),
        Stage::Executed => executed(),
        Stage::CustomerConfirmed => confirmed(),
        Stage::Closed => closed(),
        Stage::Archived => archived(),
        Stage::Reopened => reopened(),
        Stage::Withdrawn => withdrawn(),
        Stage::Rejected => rejected(),
        Stage::Unmeetable => unmeetable(),
        Stage::Merged => merged(),
    }
}

/// A case at the stage.
pub fn at(stage: Stage) -> super::Given {
    let mut opening = super::opening();
    if stage == Stage::Registered {
        opening.category = "".into();
        opening.urgency = "".into();
        opening.severity = "".into();
        opening.department = "".into();
    }
    if matches!(stage, Stage::Registered | Stage::Triaged) {
        opening.handler = "".into();
    }
    let given = super::given_case(&opening, up_to(stage));
    assert_eq!(given.stage(), stage);
    given
}

/// Who has the case, as the handler's id.
pub fn who() -> PersonId {
    HANDLER.into()
}
