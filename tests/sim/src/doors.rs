//! Intake's doors as the simulation has them: the real checks, and the real way to the owner.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use redress_complaint::partition_of;
use redress_intake::{
    IntakeCore, IntakeRules,
    door::{
        body::{self, Format},
        check::{Checked, check},
    },
};
use redress_runtime::{Handle, Refusal};
use redress_wire::{
    intake::{Registration, answer},
    peer::SetAsideRow,
};
use tokio::time::sleep;
use tonic::Code;

use crate::{
    broker::{Left, SimPeers},
    model::Outcome,
    process::Place,
};

/// As the real doors: a caller is told "accepted" after this long without an owner.
const OWNER_PATIENCE: Duration = Duration::from_millis(1_500);
const INBOX_PATIENCE: Duration = Duration::from_secs(4);

type Intake = Handle<IntakeCore, SimPeers>;

/// Reads and checks a body.
pub(crate) fn checked(
    rules: &IntakeRules,
    channel: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Checked, Refusal> {
    let limit = rules.policy.house().limits.body_bytes;
    let raw = body::read(body, Format::Json, limit)
        .map_err(|faults| Refusal::invalid(format!("{faults:?}"), Vec::new()))?;
    check(channel, raw, rules, now)
}

/// A caller submits.
pub(crate) async fn submit(at: Place, handle: Intake, channel: String, body: Bytes) -> Outcome {
    let rules = at.world.policies.intake.borrow().clone();
    let checked = match checked(&rules.policy, &channel, &body, at.clock.now()) {
        Ok(checked) => checked,
        Err(refusal) => return outcome(&refusal),
    };
    let digest = blake3::hash(&checked.register.body_digest).to_hex();
    let once = format!("{}-{digest}", checked.id);
    match register(&handle, checked, OWNER_PATIENCE).await {
        Ok(registration) => Outcome::Registered {
            number: registration.number,
            duplicate: registration.duplicate,
        },
        Err(refusal) if refusal.code == Code::Unavailable => {
            match at.world.broker.leave(once, channel, body).await {
                Ok(()) => Outcome::Accepted,
                Err(_) => Outcome::Unknown,
            }
        }
        Err(refusal) => outcome(&refusal),
    }
}

async fn register(
    handle: &Intake,
    checked: Checked,
    patience: Duration,
) -> Result<Registration, Refusal> {
    let partition = partition_of(&checked.id, handle.partitions());
    let answer = handle
        .command(partition, checked.into_command(), "", patience)
        .await?;
    match answer.answer {
        Some(answer::Answer::Registration(registration)) => Ok(registration),
        _ => Err(Refusal::new(Code::Internal, "no registration")),
    }
}

fn outcome(refusal: &Refusal) -> Outcome {
    match refusal.code {
        Code::AlreadyExists => Outcome::Misused,
        Code::Unavailable | Code::ResourceExhausted | Code::Aborted => Outcome::Unknown,
        _ => Outcome::Refused(format!("{} {}", refusal.code_name(), refusal.message)),
    }
}

/// Registers what was left in the inbox, or sets it aside.
pub(crate) async fn inbox(at: Place, handle: Intake) {
    loop {
        tokio::select! {
            biased;
            () = at.stop.cancelled() => return,
            left = at.world.broker.take_left() => match left {
                Some(left) => process(&at, &handle, left).await,
                None => sleep(Duration::from_millis(500)).await,
            }
        }
    }
}

async fn process(at: &Place, handle: &Intake, left: Left) {
    let rules = at.world.policies.intake.borrow().clone();
    let checked = checked(&rules.policy, &left.channel, &left.body, at.clock.now());
    let complaint = checked.as_ref().map(|checked| checked.id).ok();
    let registered = match checked {
        Ok(checked) => register(handle, checked, INBOX_PATIENCE).await,
        Err(refusal) => Err(refusal),
    };
    let again = [Code::Unavailable, Code::ResourceExhausted, Code::Aborted];
    match registered {
        Ok(_) => at.world.broker.settle_left(left.place).await,
        Err(refusal) if again.contains(&refusal.code) => {}
        Err(refusal) => {
            let partition = complaint.map_or(0, |id| partition_of(&id, handle.partitions()));
            let row = SetAsideRow {
                id: blake3::hash(&left.place.to_be_bytes()).as_bytes()[..16].to_vec(),
                source: format!("inbox/{}", left.channel),
                reason: refusal.message,
                ..SetAsideRow::default()
            };
            if handle
                .keep_aside(partition, row, INBOX_PATIENCE)
                .await
                .is_ok()
            {
                at.world.broker.settle_left(left.place).await;
            }
        }
    }
}
