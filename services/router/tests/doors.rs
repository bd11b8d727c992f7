//! The gRPC doors of a running router, at a real broker.

mod common;

use common::{
    id, number,
    running::{Running, command, request},
    work,
};
use futures::StreamExt as _;
use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_wire::{
    names,
    notifier::{RecallNotices, RecallNoticesQuery, RecallNoticesReply},
    router::{
        Actor, ApproveExtension, ExecuteManyRequest, FollowRequest, GetNextStepsRequest,
        GetRecallRequest, GetTimelineRequest, RequestExtension, RunRecallRequest,
        case_command::Command as Wish, execute_many_response::Outcome,
    },
};
use tonic::Code;
use tonic_types::StatusExt as _;

const CASES: u32 = 7;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_worked_read_and_followed_through_the_doors() {
    let running = Running::with(1, 1..CASES).await;
    let handler = running.handler(1).await;
    let me = (&*handler, "handler");
    let (mut commands, mut queries) = (running.commands(), running.queries());

    let early = request(command(1, me, work::verify()));
    let refused = commands.execute(early).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
    let details = refused.get_error_details();
    let info = details.error_info().expect("the reason for programs");
    assert_eq!(info.reason, "NOT_ALLOWED_NOW");
    assert!(info.metadata["allowed_now"].contains("accept"));
    assert!(details.precondition_failure().is_some());

    let system = request(command(1, ("system", "system"), work::verify()));
    let refused = commands.execute(system).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    // All of the case's life in one stream, as fast as it goes, in the order sent.
    let life = work::whole_life(1_000);
    let sent: Vec<_> = (0..)
        .zip(&life)
        .map(|(position, (_, wish))| ExecuteManyRequest {
            position,
            command: Some(command(1, me, wish.clone())),
        })
        .collect();
    let stream = futures::stream::iter(sent);
    let mut answers = commands.execute_many(stream).await.unwrap().into_inner();
    for (position, (state, wish)) in (0..).zip(&life) {
        let answer = answers.message().await.unwrap().expect("an answer");
        assert_eq!(answer.position, position);
        match answer.outcome {
            Some(Outcome::Done(done)) => assert_eq!(done.state, *state, "{wish:?}"),
            other => panic!("{wish:?}: {other:?}"),
        }
    }
    assert!(answers.message().await.unwrap().is_none());

    let name = id(1).to_string();
    let asked = GetTimelineRequest { name: name.clone() };
    let mut asked = tonic::Request::new(asked);
    asked
        .metadata_mut()
        .insert("accept-language", "en".parse().unwrap());
    let told = queries.get_timeline(asked).await.unwrap().into_inner();
    assert_eq!(told.case.unwrap().state_name, "archived");
    let versions: Vec<u64> = told.entries.iter().map(|entry| entry.version).collect();
    assert_eq!(versions, (0..=told.version).collect::<Vec<_>>());
    assert!(told.entries[2].sentence.ends_with("accepted the case"));

    let follow = FollowRequest {
        name,
        from_version: 3,
    };
    let mut followed = queries.follow(follow).await.unwrap().into_inner();
    for entry in &told.entries[3..] {
        let next = followed.message().await.unwrap().unwrap().entry.unwrap();
        assert_eq!(
            (next.version, next.event),
            (entry.version, entry.event.clone())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_is_asked_for_and_approved_and_whoever_follows_hears_of_it_as_it_happens() {
    let running = Running::with(2, 1..3).await;
    let handler = running.handler(1).await;
    let head = ("after-sales-tech-head", "department_head");
    let mut commands = running.commands();
    let mut follow = tonic::Request::new(FollowRequest {
        name: number(1),
        from_version: 2,
    });
    let english = "en".parse().unwrap();
    follow.metadata_mut().insert("accept-language", english);
    let mut followed = running.queries().follow(follow).await.unwrap().into_inner();
    let asked = Wish::RequestExtension(RequestExtension {
        by: "10 working days".to_owned(),
        reason: "等待供应商复检".to_owned(),
        ..RequestExtension::default()
    });
    let granted = Wish::ApproveExtension(ApproveExtension::default());
    let steps = [((&*handler, "handler"), asked), (head, granted)];
    let wanted = [
        "asked to extend every deadline by 10 working days (request 1)",
        "approved the extension of request 1",
        "extended every deadline by 10 working days",
    ];
    let mut wanted = wanted.iter();
    for ((actor, wish), facts) in steps.into_iter().zip([1, 2]) {
        let wish = request(command(1, actor, wish));
        commands.execute(wish).await.unwrap();
        for sentence in wanted.by_ref().take(facts) {
            let entry = followed.message().await.unwrap().unwrap().entry.unwrap();
            assert!(entry.sentence.ends_with(sentence), "{entry:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_takes_in_every_case_of_the_batch_once() {
    let running = Running::with(1, 1..CASES).await;
    let handler = running.handler(CASES - 1).await;
    let (mut commands, mut queries) = (running.commands(), running.queries());
    let accept = work::until_plan().remove(0).1;
    let accepted = request(command(6, (&handler, "handler"), accept));
    commands.execute(accepted).await.unwrap();

    let recall = RunRecallRequest {
        name: number(6),
        request_id: "recall-1".to_owned(),
        actor: Some(Actor {
            id: "director-products".to_owned(),
            role: "director".to_owned(),
        }),
        batch_no: String::new(),
        text: "请停止使用".to_owned(),
    };
    // Cases 3 and 6 tell a batch, and not the same one; the recall names that of case 3.
    let recall = RunRecallRequest {
        batch_no: common::batch_no(3),
        ..recall
    };
    let run = commands.run_recall(recall.clone()).await.unwrap();
    let run = run.into_inner();
    assert_eq!((run.affected, run.joined), (1, 1));
    let again = commands.run_recall(recall.clone()).await.unwrap();
    let again = again.into_inner();
    assert_eq!((again.affected, again.joined), (1, 0));
    refused_elsewhere(&running, recall).await;

    let asked = GetRecallRequest { name: number(6) };
    let progress = queries.get_recall(asked.clone()).await.unwrap();
    let progress = progress.into_inner();
    assert_eq!(
        (
            progress.affected,
            progress.joined,
            progress.outside,
            progress.closed
        ),
        (1, 1, 0, false)
    );
    let told = (progress.told, progress.told_unknown);
    assert_eq!(told, (0, true), "nobody is there who knows");
    answer_as_notifier(&running, id(3)).await;
    let progress = queries.get_recall(asked).await.unwrap().into_inner();
    let told = (progress.told, progress.telling, progress.unreached);
    assert_eq!((told, progress.told_unknown), ((1, 2, 3), false));
    let steps = GetNextStepsRequest {
        name: number(6),
        actor: Some(Actor {
            id: handler,
            role: "handler".to_owned(),
        }),
    };
    let steps = queries.get_next_steps(steps).await.unwrap().into_inner();
    let verify = steps.steps.iter().find(|step| step.command == "verify");
    assert!(verify.is_some_and(|step| step.allowed), "{steps:?}");
}

/// The batch is recalled by case 6: another case does not tell its customers once more.
async fn refused_elsewhere(running: &Running, recall: RunRecallRequest) {
    let other_lead = RunRecallRequest {
        name: number(1),
        request_id: "recall-2".to_owned(),
        ..recall
    };
    let twice = running.commands().run_recall(other_lead).await.unwrap_err();
    assert_eq!(twice.code(), Code::FailedPrecondition, "{twice:?}");
    assert!(twice.message().contains(&number(6)), "{twice:?}");
}

/// Answers the next question about a recall, as notifier would, if it is about this case only.
async fn answer_as_notifier(running: &Running, case: ComplaintId) {
    let client = running.nats().await;
    let questions = client.subscribe(names::RECALL_NOTICES_SUBJECT).await;
    let mut questions = questions.expect("connected");
    client.flush().await.expect("connected");
    tokio::spawn(async move {
        let question = questions.next().await?;
        let asked = RecallNoticesQuery::decode(question.payload).ok()?;
        let notices = RecallNotices {
            delivered: 1,
            waiting: 2,
            failed: 3,
        };
        let right = asked.recall == number(6) && asked.complaint_ids == [case.as_bytes()];
        let reply = RecallNoticesReply {
            notices: right.then_some(notices),
        };
        let reply = reply.encode_to_vec().into();
        client.publish(question.reply?, reply).await.ok()?;
        client.flush().await.ok()
    });
}
