//! The streams of the gRPC door have bounds, and keep their promises at them.

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use common::{
    number,
    running::{Running, WITHIN, command},
    work,
};
use futures::{StreamExt as _, stream};
use redress_testkit::eventually;
use redress_wire::router::{
    Accept, AddNote, ExecuteManyRequest, ExecuteManyResponse, FollowRequest, FollowResponse,
    Visibility, case_command::Command as Wish, execute_many_response::Outcome,
};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

/// As many as one replica takes.
const FOLLOWERS: usize = 512;
/// Commands that one stream sends without reading an answer; far more than are taken in.
const SENT: u64 = 6_000;
/// What may be under way of them: taken in, answered and not read, and in the connection's buffers.
const UNDER_WAY: u64 = 4_000;
/// So long is each of them, so that buffers hold few.
const NOTE_BYTES: usize = 4_000;

fn note(number: u64) -> Wish {
    Wish::AddNote(AddNote {
        visibility: Visibility::Internal.into(),
        text: format!("{number:0NOTE_BYTES$}"),
    })
}

fn state(answer: ExecuteManyResponse) -> String {
    match answer.outcome {
        Some(Outcome::Done(done)) => done.state,
        other => panic!("{}: {other:?}", answer.position),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_answers_nobody_reads_is_not_read_on_and_loses_nothing() {
    let running = Running::with(2, 1..3).await;
    let handler = running.handler(1).await;
    let pulled = Arc::new(AtomicU64::new(0));
    let (count, name) = (pulled.clone(), handler.clone());
    let sent = stream::iter(0..SENT).map(move |position| {
        count.store(position + 1, Ordering::Relaxed);
        let wish = if position == 0 {
            Wish::Accept(Accept {})
        } else {
            note(position)
        };
        ExecuteManyRequest {
            position,
            command: Some(command(1, (&name, "handler"), wish)),
        }
    });
    let mut caller = running.slow_reader().await;
    let mut answers = caller.execute_many(sent).await.unwrap().into_inner();
    let (mut before, mut still) = (0, 0);
    let taken = eventually("the stream to stand still", WITHIN, async || {
        let now = pulled.load(Ordering::Relaxed);
        still = if now == before { still + 1 } else { 0 };
        before = now;
        (now > 0 && still > 20).then_some(now)
    });
    let taken = taken.await;
    assert!(taken < UNDER_WAY, "{taken} of {SENT} were taken in");

    // Others are served meanwhile.
    let other = running.handler(2).await;
    let accept = ExecuteManyRequest {
        position: 7,
        command: Some(command(2, (&other, "handler"), Wish::Accept(Accept {}))),
    };
    let beside = running
        .commands()
        .execute_many(stream::iter([accept]))
        .await;
    let answer = beside.unwrap().into_inner().message().await.unwrap();
    assert_eq!(state(answer.expect("an answer")), "accepted");

    let mut version = 1;
    for position in 0..SENT {
        let answer = answers.message().await.unwrap().expect("an answer");
        assert_eq!(answer.position, position);
        let Some(Outcome::Done(done)) = answer.outcome else {
            panic!("{answer:?}");
        };
        version += 1;
        assert_eq!(done.version, version);
    }
    assert!(answers.message().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_one_stream_keep_their_order_also_around_those_that_look_elsewhere() {
    let running = Running::with(4, 1..9).await;
    let handler = running.handler(1).await;
    let me = (&*handler, "handler");
    let wrong = redress_wire::router::Merge {
        into: "CF20990101001".to_owned(),
    };
    let wishes = [
        Wish::Accept(Accept {}),
        work::verify(),
        // Speaks of another case, which the door looks for when its turn has come.
        Wish::Merge(wrong),
        work::finding(),
        Wish::Accept(Accept {}),
        work::answers(),
    ];
    let sent: Vec<_> = (0..)
        .zip(wishes)
        .map(|(position, wish)| ExecuteManyRequest {
            position,
            command: Some(command(1, me, wish)),
        })
        .collect();
    let answers = running.commands().execute_many(stream::iter(sent)).await;
    let answers: Vec<_> = answers.unwrap().into_inner().collect().await;
    let heard: Vec<String> = answers
        .into_iter()
        .map(|answer| match answer.unwrap().outcome {
            Some(Outcome::Done(done)) => format!("{} {}", done.version, done.state),
            Some(Outcome::Refused(refused)) => refused.code,
            None => panic!("no outcome"),
        })
        .collect();
    let wanted = [
        "2 accepted",
        "3 verified",
        "NOT_FOUND",
        "4 verified",
        "FAILED_PRECONDITION",
        "5 verified",
    ];
    assert_eq!(heard, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_follower_too_many_is_told_when_to_come_again_and_has_a_place_when_one_leaves() {
    let running = Running::with(1, 1..2).await;
    running.handler(1).await;
    let follow = async || -> Result<Streaming<FollowResponse>, Status> {
        let asked = FollowRequest {
            name: number(1),
            from_version: 0,
        };
        let followed = running.queries().follow(asked).await?;
        Ok(followed.into_inner())
    };
    let mut followers = Vec::new();
    for _ in 0..FOLLOWERS {
        followers.push(follow().await.unwrap());
    }
    let first = followers[FOLLOWERS - 1].message().await.unwrap();
    assert_eq!(first.unwrap().entry.unwrap().version, 0);
    let refused = follow().await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let delay = refused
        .get_details_retry_info()
        .and_then(|it| it.retry_delay);
    assert!(delay > Some(Duration::ZERO), "{delay:?}");
    followers.clear();
    eventually("a place", WITHIN, async || follow().await.ok()).await;
}
