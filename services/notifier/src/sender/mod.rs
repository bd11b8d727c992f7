//! The outside world: takes what the core wants sent, sends it, and reports what came of it.
//!
//! What is out at once is bounded: the core gives a bounded number for every receiver and
//! partition, and every receiver has a bounded number of connections. A receiver that fails
//! again and again is left alone for a while, see [`endpoint`].

mod endpoint;
mod mail;
mod outcome;
mod webhook;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use endpoint::Endpoint;
use mail::Mailer;
pub(crate) use mail::is_smtp_url;
use outcome::Outcome;
use redress_host::{Clock, Metrics, metrics::CounterBy, settings::Secret};
use redress_log::Peers;
use redress_runtime::Handle;
use redress_wire::notifier::{self, Command, command};
use tokio::{
    sync::mpsc::UnboundedReceiver,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tracing::warn;
use webhook::Poster;

use crate::{NotifierCore, Parcel, Sending, Unsendable};

/// How long a report waits for its round, and how long until it is tried again.
const REPORT_PATIENCE: Duration = Duration::from_secs(10);
const REPORT_PAUSE: Duration = Duration::from_millis(500);
/// What is on its way when the process stops may take so long to arrive. It is half of the time
/// that a stop may take, so that the outcome is recorded; what is cut off is sent again.
const DRAIN: Duration = Duration::from_secs(5);

/// Where mails go.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Such as `smtp://127.0.0.1:1025`.
    pub url: String,
    /// Name and password.
    pub account: Option<(String, Secret)>,
    /// Address that mails come from; none: the policy's organisation.
    pub from: Option<String>,
    /// Mails on their way at once.
    pub connections: u16,
}

/// How webhooks are sent.
#[derive(Clone, Copy, Debug)]
pub struct WebhookSettings {
    /// Webhooks on their way to one department at once.
    pub connections: u16,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// Where the secrets of webhooks come from: the environment, outside of tests.
pub type Secrets = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The sender's figures.
#[derive(Clone)]
pub struct SenderMetrics {
    attempts: CounterBy,
}

impl SenderMetrics {
    /// Registers them.
    pub fn register(metrics: &Metrics) -> Self {
        let help = "Attempts to send a notification, by what came of them";
        Self {
            attempts: metrics.counter_by("notification_attempts", "outcome", help),
        }
    }
}

/// Sends.
pub struct Sender {
    mailer: Option<Mailer>,
    poster: Poster,
    /// By department; the empty name is the mail server.
    endpoints: Mutex<BTreeMap<String, Arc<Endpoint>>>,
    /// Attempts that are out: after a round was taken back the core gives them again. Each attempt
    /// for itself, since the next one may be due before the one before is cleared away.
    out: Mutex<HashSet<(String, u32)>>,
    mail_connections: u16,
    webhook_connections: u16,
    metrics: SenderMetrics,
}

impl Sender {
    /// A sender that has sent nothing yet.
    ///
    /// # Errors
    /// The mail settings or the system's certificates cannot be used.
    pub fn new(
        mail: Option<MailSettings>,
        webhooks: WebhookSettings,
        secrets: Secrets,
        clock: Arc<dyn Clock>,
        metrics: SenderMetrics,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            mail_connections: mail.as_ref().map_or(1, |mail| mail.connections),
            mailer: mail.map(Mailer::new).transpose()?,
            poster: Poster::new(webhooks.timeout, secrets, clock)?,
            endpoints: Mutex::default(),
            out: Mutex::default(),
            webhook_connections: webhooks.connections,
            metrics,
        })
    }

    /// Sends what the core gives until `stop`; then waits for what is on its way.
    ///
    /// # Errors
    /// None; the shape is that of a task of the lifecycle.
    pub async fn run<P: Peers>(
        self: Arc<Self>,
        handle: Handle<NotifierCore, P>,
        mut effects: UnboundedReceiver<(u32, Sending)>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let mut under_way = JoinSet::new();
        loop {
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(_) = under_way.join_next() => continue,
                next = effects.recv() => next,
            };
            let Some((partition, sending)) = next else {
                stop.cancelled().await;
                break;
            };
            let (sender, handle, stop) = (self.clone(), handle.clone(), stop.clone());
            if self.starts(&sending) {
                under_way
                    .spawn(async move { sender.send(partition, sending, &handle, &stop).await });
            }
        }
        drop(
            timeout(DRAIN, async {
                while under_way.join_next().await.is_some() {}
            })
            .await,
        );
        Ok(())
    }

    /// Whether to send it now. Without a mail server mails wait as they are: they hold their
    /// places, cost no attempts, and go out after a start with a server.
    fn starts(&self, sending: &Sending) -> bool {
        if self.mailer.is_none() && matches!(sending.parcel, Ok(Parcel::Mail(_))) {
            return false;
        }
        self.out().insert(name_of(sending))
    }

    async fn send<P: Peers>(
        &self,
        partition: u32,
        sending: Sending,
        handle: &Handle<NotifierCore, P>,
        stop: &CancellationToken,
    ) {
        if let Some(outcome) = self.attempt(&sending, stop).await {
            self.metrics.attempts.of(outcome.name()).inc();
            report(partition, &sending, outcome, handle).await;
        }
        self.out().remove(&name_of(&sending));
    }

    /// One attempt; none if the process stops before it begins.
    async fn attempt(&self, sending: &Sending, stop: &CancellationToken) -> Option<Outcome> {
        let parcel = match &sending.parcel {
            Ok(parcel) => parcel,
            Err(Unsendable::Later(error)) => return Some(Outcome::retry(error)),
            Err(Unsendable::Never(error)) => return Some(Outcome::Fail(error.clone())),
        };
        let endpoint = self.endpoint(parcel);
        let pass = tokio::select! {
            biased;
            () = stop.cancelled() => return None,
            pass = endpoint.pass() => pass,
        };
        let outcome = match parcel {
            Parcel::Mail(letter) => match &self.mailer {
                Some(mailer) => mailer.send(&sending.notification_id, letter).await,
                None => return None,
            },
            Parcel::Webhook(webhook) => self.poster.post(&sending.notification_id, webhook).await,
        };
        endpoint.learn(&outcome);
        drop(pass);
        Some(outcome)
    }

    fn endpoint(&self, parcel: &Parcel) -> Arc<Endpoint> {
        let (name, connections) = match parcel {
            Parcel::Mail(_) => ("", self.mail_connections),
            Parcel::Webhook(webhook) => (webhook.department.as_str(), self.webhook_connections),
        };
        let mut endpoints = self
            .endpoints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = endpoints.get(name) {
            return known.clone();
        }
        let endpoint = Arc::new(Endpoint::new(connections));
        endpoints.insert(name.to_owned(), endpoint.clone());
        endpoint
    }

    fn out(&self) -> std::sync::MutexGuard<'_, HashSet<(String, u32)>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name_of(sending: &Sending) -> (String, u32) {
    (sending.notification_id.clone(), sending.attempt)
}

/// Brings an outcome to the owner of the partition, wherever it is by now, as long as it takes:
/// what is not recorded is sent again.
async fn report<P: Peers>(
    partition: u32,
    sending: &Sending,
    outcome: Outcome,
    handle: &Handle<NotifierCore, P>,
) {
    let mut wire = notifier::Outcome {
        complaint_id: sending.complaint_id.clone(),
        notification_id: sending.notification_id.clone(),
        attempt: sending.attempt,
        jitter_permille: rand::random_range(0..=1000),
        ..notifier::Outcome::default()
    };
    outcome.write(&mut wire);
    let command = Command {
        command: Some(command::Command::Outcome(wire)),
    };
    loop {
        match handle
            .command(partition, command.clone(), "", REPORT_PATIENCE)
            .await
        {
            Ok(_) => return,
            Err(refusal) if refusal.code == Code::NotFound => {
                let id = &sending.notification_id;
                warn!(
                    notification.id = id,
                    "an outcome is of a notification that nobody planned"
                );
                return;
            }
            Err(_) => sleep(REPORT_PAUSE).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use redress_host::SystemClock;

    use super::*;
    use crate::Webhook;

    fn attempt(attempt: u32) -> Sending {
        let webhook = Webhook {
            department: "a".to_owned(),
            url: String::new(),
            secret_env: String::new(),
            payload: String::new(),
        };
        Sending {
            complaint_id: Vec::new(),
            notification_id: "CF20260501001-assignment".to_owned(),
            attempt,
            parcel: Ok(Parcel::Webhook(webhook)),
        }
    }

    #[test]
    fn the_next_attempt_starts_although_the_one_before_is_not_cleared_away_yet() {
        let webhooks = WebhookSettings {
            connections: 1,
            timeout: Duration::from_secs(1),
        };
        let metrics = SenderMetrics::register(&Metrics::new("sender"));
        let clock = Arc::new(SystemClock);
        let sender = Sender::new(None, webhooks, Arc::new(|_| None), clock, metrics).unwrap();
        assert!(sender.starts(&attempt(1)));
        assert!(!sender.starts(&attempt(1)), "it is on its way");
        assert!(sender.starts(&attempt(2)), "a slow commit of the first");
    }
}
