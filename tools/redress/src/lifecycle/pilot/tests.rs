use redress_wire::router::WorkOrder;

use super::*;

fn pilot(severity: &str) -> Pilot {
    let case = Case {
        state: "assigned".to_owned(),
        urgency: "normal".to_owned(),
        severity: severity.to_owned(),
        work_order: Some(WorkOrder {
            department: "sales".to_owned(),
            handler: "sales-1".to_owned(),
            ..WorkOrder::default()
        }),
        ..Case::default()
    };
    Pilot::new(
        &Arc::new(House::small()),
        case.into(),
        Timestamp::UNIX_EPOCH,
    )
}

/// Who does what, in one word each.
fn words(deeds: &[Deed]) -> Vec<String> {
    let word = |deed: &Deed| {
        let debug = format!("{:?}", deed.command);
        let name = debug.split('(').next().unwrap_or_default().to_owned();
        let counted = match deed.tells {
            Telling::Nothing => "",
            Telling::Reassigned => " reassigned",
            Telling::Reopened => " reopened",
            Telling::Resolved => " resolved",
        };
        format!("{} {name}{counted}", deed.actor.id)
    };
    deeds.iter().map(word).collect()
}

fn drive(pilot: &mut Pilot, moves: &[Move]) -> Vec<String> {
    let event = LogEvent {
        seq: 1,
        label: "event".to_owned(),
        moves: moves.to_vec(),
    };
    words(&pilot.event(&event))
}

const INVESTIGATION: [&str; 5] = [
    "sales-1 Verify",
    "sales-1 RecordFinding",
    "sales-1 RecordFiveWOneH",
    "sales-1 AssessResponsibility",
    "sales-1 CompleteInvestigation",
];
const SOLUTION: [&str; 4] = [
    "sales-1 ProposePlan",
    "sales-1 OfferPlan",
    "sales-1 RecordConsent",
    "sales-1 ExecuteStep resolved",
];

#[test]
fn the_registration_is_an_event_that_needs_no_command() {
    assert!(drive(&mut pilot("ordinary"), &[]).is_empty());
    let corrected = drive(&mut pilot("major"), &[]);
    assert_eq!(corrected, ["sup CorrectTriage"]);
}

#[test]
fn a_solution_goes_through_the_whole_procedure_and_a_second_one_only_through_a_new_plan() {
    let mut pilot = pilot("ordinary");
    let first = drive(&mut pilot, &[Move::Resolve]);
    let wanted = ["sales-1 Accept"]
        .iter()
        .chain(&INVESTIGATION)
        .chain(&SOLUTION);
    assert!(first.iter().eq(wanted), "{first:?}");
    let reopened = drive(&mut pilot, &[Move::Reopen, Move::Work]);
    assert_eq!(reopened, ["sales-1 RecordSatisfaction reopened"]);
    assert_eq!(drive(&mut pilot, &[Move::Resolve]), SOLUTION);
    let closed = drive(&mut pilot, &[Move::Close]);
    assert_eq!(closed, ["sales-1 ConfirmResult", "sales-1 Close"]);
    let reopened = drive(&mut pilot, &[Move::Reopen]);
    assert_eq!(reopened, ["sales-1 Reopen reopened"]);
}

#[test]
fn whoever_gets_the_case_accepts_it_before_work_goes_on() {
    let mut pilot = pilot("ordinary");
    drive(&mut pilot, &[Move::Work]);
    let moved = drive(&mut pilot, &[Move::Reassign("1".to_owned()), Move::Work]);
    assert_eq!(moved, ["sup Assign reassigned", "service-1 Accept"]);
    assert_eq!(drive(&mut pilot, &[Move::Work]), ["service-1 AddNote"]);
}

#[test]
fn a_wait_is_a_hold_and_work_after_it_resumes() {
    let mut pilot = pilot("ordinary");
    drive(&mut pilot, &[Move::Work]);
    let customer = Move::Wait(Wait::Customer, "user".to_owned());
    let vendor = Move::Wait(Wait::Outside, "vendor".to_owned());
    assert_eq!(drive(&mut pilot, &[customer]), ["sales-1 Hold"]);
    assert_eq!(
        drive(&mut pilot, &[vendor]),
        ["sales-1 Resume", "sales-1 Hold"]
    );
    assert_eq!(drive(&mut pilot, &[Move::Work]), ["sales-1 Resume"]);
}

#[test]
fn what_is_closed_without_a_solution_was_withdrawn() {
    let mut pilot = pilot("ordinary");
    assert_eq!(
        drive(&mut pilot, &[Move::Close]),
        ["sales-1 Withdraw", "sales-1 Close"]
    );
    assert_eq!(drive(&mut pilot, &[Move::Close]), ["sales-1 AddNote"]);
}

#[test]
fn work_after_an_end_reopens_even_if_the_log_forgot_to_say_so() {
    let mut pilot = pilot("ordinary");
    drive(&mut pilot, &[Move::Resolve, Move::Close]);
    assert_eq!(
        drive(&mut pilot, &[Move::Work]),
        ["sales-1 Reopen reopened"]
    );
}

#[test]
fn a_fault_behind_it_is_a_corrective_action_that_quality_verifies() {
    let mut pilot = pilot("ordinary");
    let fault = drive(&mut pilot, &[Move::Fault("anomaly".to_owned())]);
    assert_eq!(fault, ["sales-1 Accept", "sales-1 RecordCorrectiveAction"]);
    assert_eq!(
        drive(&mut pilot, &[Move::FaultMended]),
        ["qa VerifyCorrectiveAction"]
    );
    assert_eq!(drive(&mut pilot, &[Move::FaultMended]), ["sales-1 AddNote"]);
}

#[test]
fn a_second_replay_gives_the_same_commands_whatever_the_first_has_made_of_the_case() {
    let case = Case {
        state: "closed".to_owned(),
        urgency: "urgent".to_owned(),
        severity: "ordinary".to_owned(),
        ..Case::default()
    };
    let house = Arc::new(House::small());
    let mut second = Pilot::new(&house, case.into(), Timestamp::UNIX_EPOCH);
    assert!(drive(&mut second, &[Move::Urgency(Urgency::Normal)]).is_empty());
    let corrected = drive(&mut second, &[Move::Urgency(Urgency::Urgent)]);
    assert_eq!(corrected, ["sup CorrectTriage"]);
}

#[test]
fn an_urgency_is_corrected_only_when_it_is_another() {
    let mut pilot = pilot("ordinary");
    assert!(drive(&mut pilot, &[Move::Urgency(Urgency::Normal)]).is_empty());
    let corrected = drive(&mut pilot, &[Move::Urgency(Urgency::Urgent)]);
    assert_eq!(corrected, ["sup CorrectTriage"]);
}
