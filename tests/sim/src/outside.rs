//! The receivers of mails and webhooks, and the notifier's sender as the simulation has it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redress_notifier::{NotifierCore, Sending, Unsendable};
use redress_runtime::Handle;
use redress_wire::notifier::{self, Command, command};
use tokio::{sync::mpsc, time::sleep};
use tonic::Code;

use crate::{broker::SimPeers, process::Place};

const REPORT_PATIENCE: Duration = Duration::from_secs(10);
const REPORT_PAUSE: Duration = Duration::from_millis(500);

/// Sends what the core gives, each notification once at a time, as the real sender does.
pub(crate) async fn send(
    at: Place,
    handle: Handle<NotifierCore, SimPeers>,
    mut effects: mpsc::UnboundedReceiver<(u32, Sending)>,
) {
    let out = Arc::new(Mutex::new(BTreeSet::new()));
    while let Some((partition, sending)) = effects.recv().await {
        // The next attempt may be due before this one is cleared away: it is another.
        let id = (sending.notification_id.clone(), sending.attempt);
        let is_new = out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.clone());
        if is_new {
            let (place, handle, out) = (at.clone(), handle.clone(), out.clone());
            at.spawn(async move {
                let outcome = attempt(&place, &sending).await;
                let (owner, (name, attempt)) = (place.owner, &id);
                let came = outcome.delivered;
                let line = format!("p{owner} sends {name}, attempt {attempt}: {came}");
                place.world.trace.note(line);
                report(&handle, partition, outcome).await;
                out.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(&id);
            });
        }
    }
}

/// One attempt: taken, not taken, or taken while the sender hears that it was not.
async fn attempt(at: &Place, sending: &Sending) -> notifier::Outcome {
    let world = &at.world;
    let mut outcome = notifier::Outcome {
        complaint_id: sending.complaint_id.clone(),
        notification_id: sending.notification_id.clone(),
        attempt: sending.attempt,
        jitter_permille: world.chance.below(1001) as u32,
        ..notifier::Outcome::default()
    };
    if let Err(unsendable) = &sending.parcel {
        outcome.permanent = matches!(unsendable, Unsendable::Never(_));
        return outcome;
    }
    sleep(world.chance.delay(500)).await;
    let fails = world.chance.happens(world.broker.weather().receiver_fails);
    if !fails || world.chance.happens(300) {
        world
            .model
            .received(&sending.complaint_id, &sending.notification_id);
    }
    outcome.delivered = !fails;
    outcome.permanent = fails && world.chance.happens(100);
    outcome
}

async fn report(
    handle: &Handle<NotifierCore, SimPeers>,
    partition: u32,
    outcome: notifier::Outcome,
) {
    let command = Command {
        command: Some(command::Command::Outcome(outcome)),
    };
    loop {
        let told = handle.command(partition, command.clone(), "", REPORT_PATIENCE);
        match told.await {
            Ok(_) => return,
            Err(refusal) if refusal.code == Code::NotFound => return,
            Err(_) => sleep(REPORT_PAUSE).await,
        }
    }
}
