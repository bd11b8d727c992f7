//! People who work cases: each takes one that is routed and has commands carried out on it, again
//! after no answer and sometimes after one, each time under the same request id.

use std::{sync::atomic::Ordering, time::Duration};

use redress_complaint::{ComplaintId, partition_of};
use redress_router::RouterCore;
use redress_runtime::Handle;
use redress_wire::{
    Service,
    router::{
        Accept, Actor, AddNote, Answer, CaseCommand, CaseWish, Command, CompleteInvestigation,
        Hold, RecordFinding, Resume, Verify, Visibility, Withdraw, answer,
        case_command::Command as Wish, command,
    },
};
use tokio::time::sleep;
use tonic::Code;

use crate::{
    broker::SimPeers,
    model::{Routed, Worked},
    process::Reach,
    scheduler::OUTSIDE,
    world::World,
};

/// As router's door.
const PATIENCE: Duration = Duration::from_secs(3);
/// After so many tries without an answer somebody gives up, while it storms.
const MOST_TRIES: u32 = 6;

/// Starts all who work cases in the run.
pub(crate) fn start(world: &World) {
    let clerks = world.chance.below(world.setting.submissions as u64 / 2 + 1);
    for n in 0..clerks {
        let at = world.chance.millis(0, world.setting.storm_ms);
        world.callers.fetch_add(1, Ordering::Relaxed);
        let after = world.clone();
        world.scheduler.spawn(OUTSIDE, async move {
            sleep(at).await;
            work(&after, n).await;
            after.callers.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

async fn work(world: &World, clerk: u64) {
    // Nothing may ever be routed: callers give up.
    for _ in 0..40 {
        let routed = world.model.routed();
        if routed.is_empty() {
            sleep(Duration::from_millis(500)).await;
            continue;
        }
        let case = world.chance.pick(&routed).clone();
        for (step, wish) in course(world).into_iter().enumerate() {
            let wish = asked(world, &case, format!("w{clerk}.{step}"), wish);
            carry_out(world, &case, &wish).await;
            sleep(world.chance.millis(0, 1_000)).await;
        }
        return;
    }
}

/// Some of the steps of a case, in their order. What the case is not ready for is refused.
fn course(world: &World) -> Vec<Wish> {
    let text = || "As found.".to_owned();
    let hold = Hold {
        pause: "waiting_for_customer".to_owned(),
        reason: text(),
        ..Hold::default()
    };
    let verify = Verify {
        authentic: true,
        reasonable: true,
        text: text(),
    };
    let finding = RecordFinding {
        text: text(),
        ..RecordFinding::default()
    };
    let note = AddNote {
        visibility: Visibility::Internal as i32,
        text: text(),
    };
    let all = [
        (800, Wish::Accept(Accept {})),
        (500, Wish::AddNote(note)),
        (700, Wish::Verify(verify)),
        (400, Wish::Hold(hold)),
        (700, Wish::Resume(Resume {})),
        (500, Wish::RecordFinding(finding)),
        (200, Wish::CompleteInvestigation(CompleteInvestigation {})),
        (200, Wish::Withdraw(Withdraw { reason: text() })),
    ];
    let drawn = all.into_iter();
    let drawn = drawn.filter(|(permille, _)| world.chance.happens(*permille));
    drawn.map(|(_, wish)| wish).collect()
}

fn asked(world: &World, case: &Routed, request_id: String, wish: Wish) -> CaseCommand {
    // Some have no right to it.
    let role = if world.chance.happens(100) {
        "finance"
    } else {
        "handler"
    };
    CaseCommand {
        name: case.number.clone(),
        request_id,
        actor: Some(Actor {
            id: case.handler.clone(),
            role: role.to_owned(),
        }),
        expected_version: None,
        command: Some(wish),
    }
}

async fn carry_out(world: &World, case: &Routed, wish: &CaseCommand) {
    for tries in 1.. {
        let worked = once(world, case, wish).await;
        world.model.worked(case, &wish.request_id, &worked);
        let answered = worked != Worked::Unknown;
        let insists = world.chance.happens(100);
        let tired = tries >= MOST_TRIES && world.storms.load(Ordering::Relaxed);
        if (answered && !insists) || tired || tries > 200 {
            return;
        }
        sleep(world.chance.millis(10, 1_500)).await;
    }
}

async fn once(world: &World, case: &Routed, wish: &CaseCommand) -> Worked {
    let doors = world.reachable(Service::Router);
    if doors.is_empty() {
        sleep(Duration::from_millis(200)).await;
        return Worked::Unknown;
    }
    let (place, reach) = world.chance.pick(&doors).clone();
    let Reach::Router(handle) = reach else {
        return Worked::Unknown;
    };
    let wish = CaseWish {
        complaint_id: case.complaint.clone(),
        command: Some(wish.clone()),
        ..CaseWish::default()
    };
    let answer = world.broker.request(place.owner, ask(handle, wish)).await;
    answer.unwrap_or(Worked::Unknown)
}

async fn ask(handle: Handle<RouterCore, SimPeers>, wish: CaseWish) -> Worked {
    let id = ComplaintId::try_from(&wish.complaint_id[..]).expect("the log checked it");
    let partition = partition_of(&id, handle.partitions());
    let command = Command {
        command: Some(command::Command::Wish(wish)),
    };
    match handle.command(partition, command, "", PATIENCE).await {
        Ok(Answer {
            answer: Some(answer::Answer::Done(done)),
        }) => Worked::Done {
            version: done.version,
        },
        Ok(Answer {
            answer: Some(answer::Answer::Refused(refused)),
        }) => Worked::Refused(refused.reason),
        // Several at once were not asked for.
        Ok(Answer {
            answer: None | Some(answer::Answer::All(_)),
        }) => Worked::Faulty("not the answer to one wish".to_owned()),
        Err(refusal) => match refusal.code {
            Code::Unavailable | Code::ResourceExhausted | Code::Aborted => Worked::Unknown,
            _ => Worked::Faulty(format!("{} {}", refusal.code_name(), refusal.message)),
        },
    }
}
