//! What the gRPC door refuses, and how it says so: clearly, in the caller's language, with what
//! programs need to go on, and without losing anything.

mod common;

use common::{
    number,
    running::{Running, command, request},
    work,
};
use redress_wire::router::{
    Accept, AddNote, AttachProof, CaseCommand, EvidenceInput, GetTimelineRequest, ProposePlan,
    Visibility, case_command::Command as Wish,
};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

const ONE_MEGABYTE: usize = 1 << 20;

fn note(text: &str) -> Wish {
    Wish::AddNote(AddNote {
        visibility: Visibility::Internal.into(),
        text: text.to_owned(),
    })
}

fn plan(fen: i64, currency: &str) -> Wish {
    let mut plan: ProposePlan = work::plan(fen);
    for redress in &mut plan.redress {
        let amount = redress.amount.as_mut().unwrap();
        currency.clone_into(&mut amount.currency);
    }
    Wish::ProposePlan(plan)
}

/// The reason for programs.
fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info();
    let info = info.unwrap_or_else(|| panic!("no reason for programs: {status:?}"));
    info.reason.clone()
}

async fn refused(running: &Running, wanted: CaseCommand) -> Status {
    let answer = running.commands().execute(request(wanted)).await;
    answer.expect_err("a refusal")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_in_the_language_that_the_caller_accepts() {
    let running = Running::with(1, 1..2).await;
    let handler = running.handler(1).await;
    let early = || request(command(1, (&handler, "handler"), work::verify()));
    let mut said = Vec::new();
    for accepted in ["zh-CN,zh;q=0.9", "en-GB,zh;q=0.1", "fr"] {
        let mut asked = Request::new(early());
        let accepted = accepted.parse().unwrap();
        asked.metadata_mut().insert("accept-language", accepted);
        let refused = running.commands().execute(asked).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(reason(&refused), "NOT_ALLOWED_NOW");
        said.push(refused.message().to_owned());
    }
    assert!(said[0].contains("不能执行 verify"), "{}", said[0]);
    assert!(said[1].contains("verify is not possible"), "{}", said[1]);
    assert_eq!(said[2], said[0], "the house speaks Chinese");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_the_second_is_aborted_with_the_current_version_and_can_go_on() {
    let running = Running::with(1, 1..2).await;
    let handler = running.handler(1).await;
    let me = (&*handler, "handler");
    let looked_at = Some(1);
    let expecting = |wish: Wish, expected_version| CaseCommand {
        expected_version,
        ..command(1, me, wish)
    };
    let first = request(expecting(Wish::Accept(Accept {}), looked_at));
    let first = running.commands().execute(first).await.unwrap();
    let current = first.into_inner().version;
    let second = refused(&running, expecting(note("太晚了"), looked_at)).await;
    assert_eq!(second.code(), Code::Aborted);
    assert_eq!(reason(&second), "STALE_VERSION");
    let details = second.get_error_details();
    let told = &details.error_info().unwrap().metadata["version"];
    assert_eq!(*told, current.to_string());
    let again = request(expecting(note("再试一次"), told.parse().ok()));
    let again = running.commands().execute(again).await.unwrap();
    assert_eq!(again.into_inner().version, current + 1);
}

/// What cannot be: who wishes it, and how it is refused.
fn wrong<'a>(me: (&'a str, &'a str)) -> Vec<(Wish, (&'a str, &'a str), Code, &'static str)> {
    let (invalid, no_right) = (Code::InvalidArgument, Code::PermissionDenied);
    let proof = Some(EvidenceInput::default());
    let proof = Wish::AttachProof(AttachProof { proof });
    let almost = "长".repeat(ONE_MEGABYTE / 3 - 200);
    let finance = ("finance-1", "finance");
    vec![
        (note(&almost), me, invalid, "TEXT_TOO_LONG"),
        (plan(-1, "CNY"), me, invalid, "NEGATIVE_AMOUNT"),
        (plan(100, "EUR"), me, invalid, "OTHER_CURRENCY"),
        (plan(100, "元"), me, invalid, "NOT_A_CURRENCY"),
        (proof, me, invalid, "ATTACHMENT_MISSING"),
        (note("x"), ("", "handler"), invalid, "FIELD_MISSING"),
        (note("x"), (me.0, ""), invalid, "ROLE_MISSING"),
        (note("x"), ("nobody", ""), invalid, "ROLE_MISSING"),
        (note("x"), ("nobody", "handler"), no_right, "UNKNOWN_ACTOR"),
        (note("x"), (me.0, "director"), no_right, "ROLE_NOT_HELD"),
        (plan(100, "CNY"), finance, no_right, "MISSING_RIGHT"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_clearly_over_grpc_and_nothing_is_lost() {
    let running = Running::with(1, 1..2).await;
    let handler = running.handler(1).await;
    let me = (&*handler, "handler");
    for (_, wish) in work::until_plan() {
        let wish = request(command(1, me, wish));
        running.commands().execute(wish).await.unwrap();
    }
    // More than any message may have is refused before it is read, less by the case.
    let megabyte = note(&"长".repeat(ONE_MEGABYTE / 3 + 1));
    let status = refused(&running, command(1, me, megabyte)).await;
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("at most"), "{status:?}");
    for (wish, who, code, why) in wrong(me) {
        let status = refused(&running, command(1, who, wish)).await;
        assert_eq!((status.code(), &*reason(&status)), (code, why));
        assert!(!status.message().contains("长长"), "texts are not repeated");
    }
    let name = number(1);
    let told = running
        .queries()
        .get_timeline(GetTimelineRequest { name })
        .await;
    let entries = told.unwrap().into_inner().entries;
    let events: Vec<&str> = entries.iter().map(|entry| &*entry.event).collect();
    // What was done, then the attempts without a right, each once; what was wrong left nothing.
    let attempts = events.iter().filter(|event| **event == "command_refused");
    assert_eq!(attempts.count(), 3, "{events:?}");
    assert_eq!(events.len(), 2 + work::until_plan().len() + 3, "{events:?}");
    let goes_on = request(command(1, me, plan(100, "CNY")));
    let goes_on = running.commands().execute(goes_on).await.unwrap();
    assert_eq!(goes_on.into_inner().state, "plan_approved");
}
