//! What outsiders are told, in sentences.

use std::collections::BTreeSet;

use prost::Message as _;
use redress_wire::{
    Payload, Service,
    customer::{SealedPersonalData, SealedText},
    feed::{self, CaseChanged, ComplaintRegistered, EVENTS, Published, publish},
    intake,
    log::Event,
    notifier, ops,
    router::{self, CaseEvent, Evidence, PlanStep, case_event::Change},
    sla_monitor,
};

const ID: [u8; 16] = [0xa1; 16];
const WORDS: &str = "王小明 13812341234";

fn event(payload: Payload) -> Event {
    Event {
        complaint_id: ID.to_vec(),
        time_us: 1_777_626_000_000_000,
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
        payload: Some(payload),
    }
}

fn published(payload: Payload) -> Option<Published> {
    publish((Service::Router, 3, 41, 7), &event(payload), &|_| true)
}

fn name(published: &Published) -> &str {
    published
        .subject
        .rsplit('.')
        .next()
        .expect("a subject has tokens")
}

fn case(change: Change) -> Payload {
    Payload::CaseEvent(CaseEvent {
        number: "CF20260501001".to_owned(),
        version: 9,
        state: "closed".to_owned(),
        change: Some(change),
        ..CaseEvent::default()
    })
}

/// A text that names the customer.
fn text() -> SealedText {
    SealedText {
        key_id: String::new(),
        payload: WORDS.as_bytes().to_vec(),
    }
}

fn evidence() -> Vec<Evidence> {
    vec![Evidence {
        object: WORDS.to_owned(),
        description: Some(text()),
        verified_by: WORDS.to_owned(),
    }]
}

/// Changes with all that anybody wrote about the case.
fn with_words() -> Vec<Change> {
    let words = [investigation(), planning(), course()];
    words.into_iter().flatten().collect()
}

fn investigation() -> Vec<Change> {
    let text = || Some(text());
    let answers = router::FiveWOneH {
        who: text(),
        ..Default::default()
    };
    let verified = router::CaseVerified {
        text: text(),
        ..Default::default()
    };
    let finding = router::FindingRecorded {
        text: text(),
        evidence: evidence(),
    };
    let cause = router::RootCauseRecorded {
        whys: text().into_iter().collect(),
        occurrence: text(),
        escape: text(),
        ..Default::default()
    };
    let assessed = router::ResponsibilityAssessed {
        text: text(),
        ..Default::default()
    };
    let measure = router::MeasureRecorded {
        text: text(),
        people: vec![WORDS.to_owned()],
        evidence: evidence(),
        ..Default::default()
    };
    vec![
        Change::Verified(verified),
        Change::FindingRecorded(finding),
        Change::RootCauseRecorded(cause),
        Change::FiveWOneHRecorded(router::FiveWOneHRecorded {
            answers: Some(answers),
        }),
        Change::ResponsibilityAssessed(assessed),
        Change::MeasureRecorded(measure),
        Change::ProofAttached(router::ProofAttached {
            proof: evidence().pop(),
        }),
    ]
}

fn planning() -> Vec<Change> {
    let text = || Some(text());
    let steps = vec![PlanStep {
        text: text(),
        ..PlanStep::default()
    }];
    let proposed = router::PlanProposed {
        steps,
        text: text(),
        ..Default::default()
    };
    let refused = router::ApprovalRefused {
        reason: text(),
        ..Default::default()
    };
    let offered = router::PlanOffered {
        text: text(),
        ..Default::default()
    };
    let agreed = router::ConsentGiven {
        proof: WORDS.to_owned(),
        ..Default::default()
    };
    let said = router::SatisfactionRecorded {
        text: text(),
        ..Default::default()
    };
    let unmeetable = router::DeclaredUnmeetable {
        reason: text(),
        apology: text(),
    };
    vec![
        Change::PlanProposed(proposed),
        Change::ApprovalRefused(refused),
        Change::PlanOffered(offered),
        Change::ConsentGiven(agreed),
        Change::SatisfactionRecorded(said),
        Change::DeclaredUnmeetable(unmeetable),
    ]
}

fn course() -> Vec<Change> {
    let text = || Some(text());
    let closed = router::CaseClosed {
        answers: text().into_iter().collect(),
        text: text(),
        ..Default::default()
    };
    let held = router::CaseHeld {
        reason: text(),
        evidence: WORDS.to_owned(),
        ..Default::default()
    };
    let rejected = router::CaseRejected {
        reason: text(),
        appeal: text(),
    };
    let note = router::NoteAdded {
        text: text(),
        ..Default::default()
    };
    let joined = router::RecallJoined {
        text: text(),
        ..Default::default()
    };
    let report = router::RecallClosed {
        report: text(),
        ..Default::default()
    };
    vec![
        Change::Assigned(router::CaseAssigned { reason: text() }),
        Change::TransferredUp(router::CaseTransferredUp { reason: text() }),
        Change::Closed(closed),
        Change::Held(held),
        Change::Rejected(rejected),
        Change::NoteAdded(note),
        Change::RecallJoined(joined),
        Change::RecallClosed(report),
    ]
}

#[test]
fn nothing_that_says_who_the_customer_is_or_that_anybody_wrote_is_published() {
    let personal = SealedPersonalData {
        key_id: String::new(),
        payload: WORDS.as_bytes().to_vec().into(),
    };
    let registered = Payload::ComplaintRegistered(intake::ComplaintRegistered {
        request_id: WORDS.to_owned(),
        order_no: WORDS.to_owned(),
        personal: Some(personal),
        ..Default::default()
    });
    let failed = Payload::NotificationGivenUp(notifier::NotificationGivenUp {
        error: WORDS.to_owned(),
        ..Default::default()
    });
    let payloads = with_words()
        .into_iter()
        .map(case)
        .chain([registered, failed]);
    for payload in payloads {
        let published = published(payload).expect("it is public");
        let all = format!("{published:?}").into_bytes();
        for bytes in [&published.payload, &all] {
            for words in WORDS.split(' ') {
                let found = bytes
                    .windows(words.len())
                    .any(|part| part == words.as_bytes());
                assert!(!found, "{words} in {}", published.subject);
            }
        }
    }
}

#[test]
fn an_event_says_what_it_is_and_keeps_its_id_for_ever() {
    let closed = case(Change::Closed(router::CaseClosed::default()));
    let published = published(closed).expect("it is public");
    assert_eq!(published.subject, "redress.events.router.case_closed");
    let header = |name: &str| {
        let mut headers = published.headers.iter();
        headers
            .find(|(header, _)| *header == name)
            .map(|(_, value)| value.as_str())
    };
    for (name, value) in [
        ("ce-specversion", "1.0"),
        ("ce-id", "router-3-41-7"),
        ("ce-source", "/redress/router/3"),
        ("ce-type", "redress.router.v1.CaseClosed"),
        ("ce-subject", "a1a1a1a1-a1a1-a1a1-a1a1-a1a1a1a1a1a1"),
        ("ce-time", "2026-05-01T09:00:00Z"),
        ("ce-dataschema", "redress.feed.v1.CaseChanged"),
        ("Content-Type", "application/protobuf"),
        (
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
    ] {
        assert_eq!(header(name), Some(value), "{name}");
    }
    let payload = CaseChanged::decode(&*published.payload).expect("what it says it is");
    assert_eq!((&*payload.number, payload.version), ("CF20260501001", 9));
}

#[test]
fn a_registration_is_told_without_its_customer() {
    let registered = Payload::ComplaintRegistered(intake::ComplaintRegistered {
        number: "CF20260501001".to_owned(),
        channel: "web".to_owned(),
        product: "X1".to_owned(),
        respond_by_us: 1_777_626_000_000_000,
        ..Default::default()
    });
    let published = published(registered).expect("it is public");
    let told = ComplaintRegistered::decode(&*published.payload).expect("what it says it is");
    assert_eq!(
        (&*told.number, &*told.channel, &*told.product),
        ("CF20260501001", "web", "X1")
    );
    assert_eq!(
        told.respond_by.map(|time| time.seconds),
        Some(1_777_626_000)
    );
    assert_eq!(told.received_at, None);
}

#[test]
fn what_nobody_wants_and_what_is_the_platforms_own_is_not_published() {
    let closed = || event(case(Change::Closed(router::CaseClosed::default())));
    let at = (Service::Router, 0, 1, 0);
    assert!(publish(at, &closed(), &|name| name == "case_closed").is_some());
    assert!(publish(at, &closed(), &|name| name != "case_closed").is_none());
    for own in [
        Payload::NumbersReserved(intake::NumbersReserved::default()),
        Payload::RepeatsSearched(intake::RepeatsSearched::default()),
        Payload::SetAside(ops::SetAside::default()),
        Payload::CaseEvent(CaseEvent::default()),
    ] {
        assert_eq!(published(own), None);
    }
}

#[test]
fn every_event_that_can_be_chosen_can_be_published() {
    let mut names = BTreeSet::new();
    for payload in with_words().into_iter().map(case).chain(others()) {
        let published = published(payload).expect("it is public");
        names.insert(name(&published).to_owned());
    }
    let known: BTreeSet<String> = EVENTS.map(str::to_owned).into();
    assert_eq!(names, known);
}

/// The events that have no words of anybody.
fn others() -> Vec<Payload> {
    let mut payloads = vec![
        Payload::ComplaintRegistered(intake::ComplaintRegistered::default()),
        Payload::RepeatLinked(intake::RepeatLinked::default()),
        Payload::CaseRouted(router::CaseRouted::default()),
        Payload::ClocksStarted(sla_monitor::ClocksStarted::default()),
        Payload::ClockStopped(sla_monitor::ClockStopped::default()),
        Payload::ClockWarned(sla_monitor::ClockWarned::default()),
        Payload::ClockBreached(sla_monitor::ClockBreached::default()),
        Payload::ClockPaused(sla_monitor::ClockPaused::default()),
        Payload::ClockResumed(sla_monitor::ClockResumed::default()),
        Payload::ClockMoved(sla_monitor::ClockMoved::default()),
        Payload::ClockEscalated(sla_monitor::ClockEscalated::default()),
        Payload::EscalationAcknowledged(sla_monitor::EscalationAcknowledged::default()),
        Payload::NotificationPlanned(notifier::NotificationPlanned::default()),
        Payload::NotificationAttempted(notifier::NotificationAttempted::default()),
        Payload::NotificationDelivered(notifier::NotificationDelivered::default()),
        Payload::NotificationGivenUp(notifier::NotificationGivenUp::default()),
        Payload::NotificationRetried(notifier::NotificationRetried::default()),
        Payload::NotificationDropped(notifier::NotificationDropped::default()),
    ];
    let changes = [
        Change::Accepted(router::CaseAccepted {}),
        Change::JointHandlingStarted(router::JointHandlingStarted::default()),
        Change::InvestigationCompleted(router::InvestigationCompleted {}),
        Change::ApprovalGiven(router::ApprovalGiven::default()),
        Change::ApproverRecused(router::ApproverRecused::default()),
        Change::ApprovalEscalated(router::ApprovalEscalated::default()),
        Change::PlanApproved(router::PlanApproved::default()),
        Change::ConsentRefused(router::ConsentRefused::default()),
        Change::StepExecuted(router::StepExecuted::default()),
        Change::PlanExecuted(router::PlanExecuted::default()),
        Change::ResultConfirmed(router::ResultConfirmed::default()),
        Change::Reopened(router::CaseReopened::default()),
        Change::Resumed(router::CaseResumed::default()),
        Change::Extended(router::CaseExtended::default()),
        Change::ExtensionRequested(router::ExtensionRequested::default()),
        Change::ExtensionEscalated(router::ExtensionEscalated::default()),
        Change::ExtensionApproved(router::ExtensionApproved::default()),
        Change::ExtensionRefused(router::ExtensionRefused::default()),
        Change::Withdrawn(router::CaseWithdrawn::default()),
        Change::TriageCorrected(router::TriageCorrected::default()),
        Change::Merged(router::CaseMerged::default()),
        Change::Archived(router::CaseArchived::default()),
        Change::CorrectiveActionRecorded(router::CorrectiveActionRecorded::default()),
        Change::CorrectiveActionVerified(router::CorrectiveActionVerified::default()),
        Change::EightDCompiled(router::EightDCompiled::default()),
        Change::CommandRefused(router::CommandRefused::default()),
        Change::RecallOpened(router::RecallOpened::default()),
    ];
    payloads.extend(changes.map(case));
    payloads
}

#[test]
fn what_the_customer_gets_is_told_with_its_amount() {
    let refund = router::Redress {
        kind: "refund".to_owned(),
        amount: Some(router::Money {
            minor_units: 12_050,
            currency: "CNY".to_owned(),
        }),
    };
    let proposed = router::PlanProposed {
        plan: 2,
        redress: vec![refund],
        ..Default::default()
    };
    let published = published(case(Change::PlanProposed(proposed))).expect("it is public");
    let told = CaseChanged::decode(&*published.payload).expect("what it says it is");
    let expected = feed::Redress {
        kind: "refund".to_owned(),
        minor_units: Some(12_050),
        currency: "CNY".to_owned(),
    };
    assert_eq!((told.plan, told.redress), (2, vec![expected]));
}
