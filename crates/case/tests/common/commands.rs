//! Commands as tests give them: good ones, to be spoilt one field at a time.

use jiff::Timestamp;
use redress_case::*;

use super::{COLLEAGUE, id, start};

pub fn text(words: &str) -> Text {
    Text::of("text", words).expect("a short text")
}

pub fn days_ahead(days: i64) -> Timestamp {
    start() + super::hours(24 * days)
}

pub fn assign(department: Option<&str>, handler: Option<&str>) -> Command {
    Command::Assign(Assign {
        department: department.map(Into::into),
        handler: handler.map(Into::into),
        reason: text("holiday"),
    })
}

pub fn accept() -> Command {
    Command::Accept(Accept)
}

pub fn transfer_up() -> Command {
    let reason = text("too big for me");
    Command::TransferUp(TransferUp { reason })
}

pub fn joint(lead: Option<&str>, supporting: &[&str]) -> Command {
    Command::StartJointHandling(StartJointHandling {
        lead: lead.map(Into::into),
        supporting: supporting.iter().map(|id| (*id).into()).collect(),
    })
}

pub fn verify(authentic: bool, reasonable: bool) -> Command {
    let text = text("called the customer");
    Command::Verify(Verify {
        authentic,
        reasonable,
        text,
    })
}

pub fn evidence(object: &str) -> Evidence {
    Evidence {
        object: object.to_owned(),
        description: text("a photo"),
        verified_by: String::new(),
    }
}

pub fn finding() -> Command {
    Command::RecordFinding(RecordFinding {
        text: text("the seal is broken"),
        evidence: vec![evidence("photos/seal.jpg")],
    })
}

pub fn root_cause(occurrence: &str, escape: &str) -> Command {
    Command::RecordRootCause(RecordRootCause {
        branch: "machine".into(),
        whys: vec![text("the press was cold"), text("the heater had failed")],
        occurrence: text(occurrence),
        escape: text(escape),
    })
}

pub fn all_answers() -> FiveWOneH {
    FiveWOneH {
        who: text("the customer"),
        what: text("the seal leaks"),
        when: text("on Sunday"),
        why: text("pressed cold"),
        place: text("at home"),
        how_many: text("two pieces"),
    }
}

pub fn five_w_one_h(answers: FiveWOneH) -> Command {
    Command::RecordFiveWOneH(RecordFiveWOneH { answers })
}

pub fn responsibility() -> Command {
    Command::AssessResponsibility(AssessResponsibility {
        parties: vec!["production".into()],
        text: text("pressed cold"),
    })
}

pub fn complete_investigation() -> Command {
    Command::CompleteInvestigation(CompleteInvestigation)
}

pub fn step(word: &str) -> PlanStep {
    PlanStep {
        step: word.to_owned(),
        owner: super::HANDLER.to_owned(),
        due_at: Some(days_ahead(3)),
        text: Text::default(),
    }
}

pub fn refund(minor_units: i64) -> Redress {
    Redress {
        kind: "refund".into(),
        amount: Some(Money::new(minor_units, "CNY").expect("an amount")),
    }
}

pub fn unpriced(kind: &str) -> Redress {
    Redress {
        kind: kind.into(),
        amount: None,
    }
}

pub fn plan(redress: Vec<Redress>, steps: &[&str]) -> ProposePlan {
    ProposePlan {
        steps: steps.iter().map(|word| step(word)).collect(),
        redress,
        text: text("as follows"),
        similar: vec!["CF20260101007".to_owned()],
    }
}

/// Within the handler's own authority.
pub fn small_plan() -> ProposePlan {
    plan(vec![refund(10_000)], &["refund_paid"])
}

/// 800 yuan: the head of the department approves.
pub fn moderate_plan() -> ProposePlan {
    plan(vec![refund(80_000)], &["refund_paid"])
}

/// 3,000 yuan: head of department, director, finance.
pub fn considerable_plan() -> ProposePlan {
    plan(vec![refund(300_000)], &["refund_paid"])
}

pub fn approve() -> Command {
    let text = text("go on");
    Command::ApprovePlan(ApprovePlan { plan: 0, text })
}

pub fn refuse() -> Command {
    let reason = text("too much");
    Command::RefusePlan(RefusePlan { plan: 0, reason })
}

pub fn recuse() -> Command {
    let reason = text("the customer is my cousin");
    Command::RecuseApprover(RecuseApprover { reason })
}

pub fn offer() -> Command {
    Command::OfferPlan(OfferPlan {
        means: "phone".to_owned(),
        text: text("told by phone"),
    })
}

pub fn consent() -> Command {
    Command::RecordConsent(RecordConsent {
        means: "phone".to_owned(),
        proof: "recordings/1.mp3".to_owned(),
    })
}

pub fn refusal() -> Command {
    let reason = text("wants it all back");
    Command::RecordRefusal(RecordRefusal { reason })
}

pub fn adjust(plan: ProposePlan) -> Command {
    Command::AdjustPlan(AdjustPlan { plan })
}

pub fn unmeetable() -> Command {
    Command::DeclareUnmeetable(DeclareUnmeetable {
        reason: text("the part is no longer made"),
        apology: text("we are sorry"),
    })
}

pub fn execute(step: u32) -> Command {
    let text = text("done");
    Command::ExecuteStep(ExecuteStep { step, text })
}

pub fn proof() -> Command {
    let proof = evidence("proofs/receipt.pdf");
    Command::AttachProof(AttachProof { proof })
}

pub fn confirm() -> Command {
    Command::ConfirmResult(ConfirmResult {
        means: "phone".to_owned(),
        text: text("all is well"),
    })
}

pub fn satisfied(satisfaction: Satisfaction) -> Command {
    Command::RecordSatisfaction(RecordSatisfaction {
        satisfaction,
        text: text("as the customer said"),
    })
}

pub fn close(answers: usize) -> Command {
    Command::Close(Close {
        means: "email".to_owned(),
        answers: vec![text("your money is back"); answers],
        text: text("dear customer"),
    })
}

pub fn reopen() -> Command {
    let reason = text("it broke again");
    Command::Reopen(Reopen { reason })
}

pub fn hold(pause: &str, hours: Option<i64>) -> Hold {
    Hold {
        pause: pause.into(),
        reason: text("as said"),
        evidence: String::new(),
        until: hours.map(|hours| start() + super::hours(hours)),
    }
}

pub fn resume() -> Command {
    Command::Resume(Resume)
}

pub fn extend(by: &str, approved_by: Option<&str>) -> Command {
    Command::Extend(Extend {
        clock: Some("result".into()),
        by: by.to_owned(),
        reason: text("the carrier has not answered"),
        evidence: String::new(),
        approved_by: approved_by.map(Into::into),
    })
}

pub fn request_extension(by: &str) -> Command {
    Command::RequestExtension(RequestExtension {
        clock: Some("result".into()),
        by: by.to_owned(),
        reason: text("the carrier has not answered"),
        evidence: String::new(),
    })
}

pub fn approve_extension(request: u32) -> Command {
    let text = text("granted");
    Command::ApproveExtension(ApproveExtension { request, text })
}

pub fn refuse_extension(request: u32) -> Command {
    let reason = text("the carrier answers tomorrow");
    Command::RefuseExtension(RefuseExtension { request, reason })
}

pub fn withdraw() -> Command {
    let reason = text("solved it myself");
    Command::Withdraw(Withdraw { reason })
}

pub fn reject() -> Command {
    Command::Reject(Reject {
        reason: text("bought elsewhere"),
        appeal: text("write to the head of the department"),
    })
}

pub fn correct(category: Option<&str>, urgency: Option<&str>, severity: Option<&str>) -> Command {
    Command::CorrectTriage(CorrectTriage {
        category: category.map(Into::into),
        urgency: urgency.map(Into::into),
        severity: severity.map(Into::into),
        reason: text("seen more closely"),
    })
}

pub fn other(request: &str, ended: bool) -> OtherCase {
    OtherCase {
        id: id(request),
        number: "CF20260308004".to_owned(),
        ended,
        recall: None,
    }
}

pub fn merge() -> Command {
    let into = other("r-2", false);
    Command::Merge(Merge { into })
}

pub fn note(visibility: Visibility) -> Command {
    let text = text("called, nobody there");
    Command::AddNote(AddNote { visibility, text })
}

pub fn archive() -> Command {
    Command::Archive(Archive)
}

pub fn action(preventive: bool) -> Command {
    Command::RecordCorrectiveAction(RecordCorrectiveAction {
        text: text("watch the heater"),
        owner: "after_sales_tech".to_owned(),
        due_at: Some(days_ahead(20)),
        preventive,
    })
}

pub fn verify_action(action: u32, effective: bool) -> Command {
    let text = text("no leak since");
    Command::VerifyCorrectiveAction(VerifyCorrectiveAction {
        action,
        effective,
        text,
    })
}

pub fn measure(measure: &str) -> Command {
    Command::RecordMeasure(RecordMeasure {
        measure: measure.into(),
        text: text("done"),
        people: vec!["executive-1".to_owned()],
        evidence: Vec::new(),
    })
}

pub fn eight_d() -> Command {
    Command::CompileEightD(CompileEightD)
}

pub fn open_recall() -> Command {
    Command::OpenRecall(OpenRecall {
        batch_no: String::new(),
        text: text("please stop using it"),
    })
}

/// A case that leads the recall of the batch.
pub fn leading(request: &str) -> OtherCase {
    OtherCase {
        recall: Some("B-2026-02".to_owned()),
        ..other(request, false)
    }
}

pub fn join_recall() -> Command {
    Command::JoinRecall(JoinRecall {
        recall: leading("r-9"),
        batch_no: "B-2026-02".to_owned(),
        text: text("please stop using it"),
    })
}

pub fn close_recall(affected: u64, finished: u64) -> Command {
    Command::CloseRecall(CloseRecall {
        report: text("all exchanged"),
        affected,
        finished,
    })
}

/// A good one of every kind.
pub fn every_command() -> Vec<Command> {
    vec![
        assign(None, Some(COLLEAGUE)),
        accept(),
        transfer_up(),
        joint(None, &["logistics_ops"]),
        verify(true, true),
        finding(),
        root_cause("pressed cold", "no test of temperature"),
        five_w_one_h(all_answers()),
        responsibility(),
        complete_investigation(),
        small_plan().into(),
        approve(),
        refuse(),
        recuse(),
        offer(),
        consent(),
        refusal(),
        adjust(small_plan()),
        unmeetable(),
        execute(0),
        proof(),
        confirm(),
        satisfied(Satisfaction::Satisfied),
        close(1),
        reopen(),
        hold("waiting_for_customer", Some(24)).into(),
        resume(),
        extend("1 working day", None),
        request_extension("5 working days"),
        approve_extension(0),
        refuse_extension(0),
        withdraw(),
        reject(),
        correct(None, Some("urgent"), None),
        merge(),
        note(Visibility::Internal),
        archive(),
        action(false),
        verify_action(1, true),
        measure("containment"),
        eight_d(),
        open_recall(),
        join_recall(),
        close_recall(3, 3),
    ]
}
