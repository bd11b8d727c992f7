//! Webhooks over HTTP, signed after Standard Webhooks.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use redress_host::Clock;
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT},
    redirect,
};
use standardwebhooks as standard;
use tracing::warn;

use super::{Secrets, outcome::Outcome};
use crate::Webhook;

/// A receiver may ask for more time, but not for ever.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Answers that blame the message itself, or the address for good: the same again would be
/// answered the same. Every other refusal (an unknown path, a wrong secret, an overload) is put
/// right on one side or the other sooner or later, and is tried again.
const FINAL: [StatusCode; 4] = [
    StatusCode::BAD_REQUEST,
    StatusCode::GONE,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNPROCESSABLE_ENTITY,
];

pub(crate) struct Poster {
    client: Client,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    /// Variables whose lack was logged already.
    missed: Mutex<BTreeSet<String>>,
}

impl Poster {
    pub(crate) fn new(
        timeout: Duration,
        secrets: Secrets,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        // Somebody else in the process may have chosen the same before.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .timeout(timeout)
            // A signed message goes to the address in the policy and to no other.
            .redirect(redirect::Policy::none())
            .build()
            .context("webhooks cannot be sent from here")?;
        Ok(Self {
            client,
            secrets,
            clock,
            missed: Mutex::default(),
        })
    }

    pub(crate) async fn post(&self, notification_id: &str, webhook: &Webhook) -> Outcome {
        let now = self.clock.now();
        let signature = match self.sign(notification_id, now, webhook) {
            Ok(signature) => signature,
            Err(outcome) => return outcome,
        };
        let request = self
            .client
            .post(&webhook.url)
            .header(CONTENT_TYPE, "application/json")
            .header(
                USER_AGENT,
                concat!("redress-notifier/", env!("CARGO_PKG_VERSION")),
            )
            .header(standard::HEADER_WEBHOOK_ID, notification_id)
            .header(standard::HEADER_WEBHOOK_TIMESTAMP, now.as_second())
            .header(standard::HEADER_WEBHOOK_SIGNATURE, signature)
            .body(webhook.payload.clone());
        match request.send().await {
            Ok(response) => answered(&response, now),
            Err(error) => Outcome::retry(unanswered(&error)),
        }
    }

    fn sign(
        &self,
        notification_id: &str,
        now: Timestamp,
        webhook: &Webhook,
    ) -> Result<String, Outcome> {
        let variable = &webhook.secret_env;
        let Some(secret) = (self.secrets)(variable) else {
            let error = format!(
                "the environment variable {variable} with the webhook's secret is not set here"
            );
            if self
                .missed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(variable.clone())
            {
                warn!(department = webhook.department, "webhooks wait: {error}");
            }
            return Err(Outcome::retry(error));
        };
        let signed = standard::Webhook::new(&secret)
            .and_then(|key| key.sign(notification_id, now.as_second(), webhook.payload.as_bytes()));
        signed.map_err(|_| {
            Outcome::retry(format!(
                "{variable} is not a secret such as whsec_ and base64"
            ))
        })
    }
}

fn answered(response: &Response, now: Timestamp) -> Outcome {
    let status = response.status();
    if status.is_success() {
        return Outcome::Delivered;
    }
    let error = if status.is_redirection() {
        format!(
            "answered with {}; redirects are not followed",
            status.as_u16()
        )
    } else {
        format!("answered with {}", status.as_u16())
    };
    if FINAL.contains(&status) {
        Outcome::Fail(error)
    } else {
        Outcome::Retry {
            error,
            after: retry_after(response.headers(), now),
        }
    }
}

/// `Retry-After` in either of its forms: seconds, or a date (RFC 9110).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = value.parse() {
        Duration::from_secs(seconds)
    } else {
        let at = rfc2822::parse(value).ok()?.timestamp();
        at.duration_since(now)
            .max(SignedDuration::ZERO)
            .try_into()
            .ok()?
    };
    Some(wait.min(LONGEST_WAIT))
}

/// The address may hold a key, so that errors do not repeat it.
fn unanswered(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "the connection was refused or broke"
    } else if error.is_builder() {
        "the address in the policy cannot be used"
    } else {
        "the exchange broke off"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_ask_for_time_in_seconds_or_with_a_date() {
        let now: Timestamp = "2026-05-01T09:00:00Z".parse().unwrap();
        for (value, wait) in [
            ("7", Some(7)),
            ("Fri, 01 May 2026 09:00:30 GMT", Some(30)),
            ("Fri, 01 May 2026 08:00:00 GMT", Some(0)),
            ("99999999", Some(24 * 3600)),
            ("soon", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
            assert_eq!(
                retry_after(&headers, now),
                wait.map(Duration::from_secs),
                "{value}"
            );
        }
    }
}
