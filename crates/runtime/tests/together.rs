//! Changes for an owner in another replica: those that wait at the same time travel together, and each
//! is answered by itself.

mod toy;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures::{
    FutureExt as _,
    future::{BoxFuture, join_all, pending},
};
use prost::Message as _;
use redress_log::{Handler, Membership as _, Peers as _, Presence, Serving, memory::MemoryPeers};
use redress_runtime::{Processor, Refusal};
use redress_store::MemoryStore;
use redress_wire::{
    Service,
    peer::{Call, PartitionReply, Reply, call::Body, partition_reply::Outcome},
};
use tonic::Code;
use toy::{Ask, PARTITIONS, Told, Toy, World};

const SOON: Duration = Duration::from_secs(10);
const OWNER: &str = "owner";

/// How many calls each message had that reached the owner.
type Seen = Arc<Mutex<Vec<usize>>>;

/// What the owner makes of the so-many-th message: its answer, if it gives one.
type Manner = fn(usize, Call) -> BoxFuture<'static, Reply>;

struct Scene {
    door: Processor<Toy, MemoryPeers>,
    seen: Seen,
    _serving: Serving,
}

/// An owner of everything that answers in some manner, and a replica that asks it.
async fn scene(manner: Manner) -> Scene {
    let world = World::new();
    let presence = Presence {
        seat: OWNER.to_owned(),
        ..Presence::default()
    };
    let members = &world.members;
    let renewed = members.renew(Service::Router, OWNER, &presence).await;
    renewed.expect("the twin always answers");
    for partition in 0..PARTITIONS {
        let claimed = members.claim(Service::Router, partition, OWNER, 0).await;
        claimed.expect("nobody else claims");
    }
    let seen = Seen::default();
    let noted = seen.clone();
    let handler: Handler = Arc::new(move |body: Bytes| {
        let call = Call::decode(body).expect("a call");
        let count = match &call.body {
            Some(Body::Calls(several)) => several.calls.len(),
            _ => 1,
        };
        let place = {
            let mut noted = noted.lock().expect("nobody panics");
            noted.push(count);
            noted.len() - 1
        };
        let reply = manner(place, call);
        Box::pin(async move { reply.await.encode_to_vec().into() })
    });
    let serving = world.peers.serve(Service::Router, OWNER, handler).await;
    Scene {
        door: world.start("door", MemoryStore::new()).await,
        seen,
        _serving: serving.expect("the twin serves"),
    }
}

impl Scene {
    async fn ask(&self, number: u64, patience: Duration) -> Result<u64, Refusal> {
        let word = number.to_string();
        let partition = (number % u64::from(PARTITIONS)) as u32;
        let asked = self
            .door
            .handle
            .command(partition, Ask { word }, "", patience);
        asked.await.map(|told| told.number)
    }

    fn seen(&self) -> Vec<usize> {
        self.seen.lock().expect("nobody panics").clone()
    }
}

/// Tells the number asked for; thirteens are refused.
fn told(call: &Call) -> Reply {
    let Some(Body::Command(command)) = &call.body else {
        return Reply::default();
    };
    let word = Ask::decode(command.clone()).expect("a command").word;
    let number: u64 = word.parse().expect("a number");
    let outcome = if number.is_multiple_of(13) {
        Outcome::Refused(redress_wire::peer::Refused {
            code: Code::NotFound as i32,
            message: word,
            ..redress_wire::peer::Refused::default()
        })
    } else {
        Outcome::Answer(Told { number }.encode_to_vec().into())
    };
    let reply = PartitionReply {
        partition: call.partitions[0],
        outcome: Some(outcome),
    };
    Reply {
        replies: vec![reply],
        all: Vec::new(),
    }
}

fn all_told(call: &Call) -> Reply {
    match &call.body {
        Some(Body::Calls(several)) => Reply {
            replies: Vec::new(),
            all: several.calls.iter().map(told).collect(),
        },
        _ => told(call),
    }
}

fn right(number: u64, answer: Result<u64, Refusal>) {
    match answer {
        Ok(told) => assert!(
            told == number && !number.is_multiple_of(13),
            "{told}, {number}"
        ),
        Err(refusal) => {
            assert_eq!(
                (refusal.code, refusal.message),
                (Code::NotFound, number.to_string())
            );
            assert!(number.is_multiple_of(13), "{number}");
        }
    }
}

#[tokio::test]
async fn what_waits_at_the_same_time_travels_together_and_is_answered_by_itself() {
    let scene = scene(|_, call| Box::pin(async move { all_told(&call) })).await;
    let numbers = 1..=500;
    let asked = join_all(numbers.clone().map(|number| scene.ask(number, SOON)));
    for (number, answer) in numbers.zip(asked.await) {
        right(number, answer);
    }
    let seen = scene.seen();
    assert_eq!(seen.iter().sum::<usize>(), 500, "each once: {seen:?}");
    assert!(
        seen.len() <= 20 && seen.iter().all(|count| *count <= 64),
        "{seen:?}"
    );
    scene.door.stop().await;
}

#[tokio::test]
async fn one_that_comes_alone_goes_alone_and_at_once() {
    let scene = scene(|_, call| Box::pin(async move { all_told(&call) })).await;
    for number in 1..=5 {
        right(number, scene.ask(number, SOON).await);
    }
    assert_eq!(scene.seen(), [1; 5]);
    scene.door.stop().await;
}

#[tokio::test]
async fn an_older_release_is_asked_one_by_one() {
    let manner: Manner = |_, call| {
        Box::pin(async move {
            match call.body {
                // What a message has that does not know of a field.
                Some(Body::Calls(_)) => Reply::default(),
                _ => told(&call),
            }
        })
    };
    let scene = scene(manner).await;
    let numbers = 1..=100;
    let asked = join_all(numbers.clone().map(|number| scene.ask(number, SOON)));
    for (number, answer) in numbers.zip(asked.await) {
        right(number, answer);
    }
    let single = scene.seen().iter().filter(|count| **count == 1).count();
    assert_eq!(single, 100, "each was decided once: {:?}", scene.seen());
    scene.door.stop().await;
}

#[tokio::test]
async fn an_answer_that_does_not_come_holds_up_nobody_else() {
    let manner: Manner = |place, call| {
        Box::pin(async move {
            if place == 0 {
                pending::<()>().await;
            }
            all_told(&call)
        })
    };
    let scene = scene(manner).await;
    let short = Duration::from_millis(500);
    let lost = async {
        let refused = scene.ask(1, short).await.expect_err("nobody answers it");
        assert_eq!(refused.code, Code::Unavailable);
        assert!(refused.message.contains("may have done it"), "{refused:?}");
    };
    let others = async {
        while scene.seen().is_empty() {
            tokio::task::yield_now().await;
        }
        // They would wait as long as the first one, were they held up by it.
        let asked = join_all((2..=12).map(|number| scene.ask(number, short / 2)));
        for (number, answer) in (2..).zip(asked.await) {
            right(number, answer);
        }
    };
    futures::join!(lost, others);
    scene.door.stop().await;
}

#[tokio::test]
async fn who_no_longer_waits_is_not_asked_for() {
    let manner: Manner = |_, call| {
        Box::pin(async move {
            tokio::task::yield_now().await;
            all_told(&call)
        })
    };
    let scene = scene(manner).await;
    let first = scene.ask(1, SOON);
    let given_up = async {
        // It waits behind the first when its caller leaves.
        drop(scene.ask(2, SOON).now_or_never());
    };
    let (first, ()) = futures::join!(first, given_up);
    right(1, first);
    right(3, scene.ask(3, SOON).await);
    assert_eq!(scene.seen(), [1, 1]);
    scene.door.stop().await;
}

#[tokio::test]
async fn replicas_decide_each_others_changes_once() {
    let world = World::new();
    let one = world.start("m1", MemoryStore::new()).await;
    let two = world.start("m2", MemoryStore::new()).await;
    let ask = |at: &Processor<Toy, MemoryPeers>, partition| {
        let (handle, asked) = (at.handle.clone(), "number".to_owned());
        async move {
            handle
                .command(partition, Ask { word: asked }, "", SOON)
                .await
        }
    };
    let asked = (0..200).flat_map(|n| [&one, &two].map(|at| ask(at, n % PARTITIONS)));
    let mut told = Vec::new();
    for answer in join_all(asked).await {
        told.push(answer.expect("a number").number);
    }
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 400);
    futures::join!(one.stop(), two.stop());
}
