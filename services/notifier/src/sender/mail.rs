//! Mails over SMTP.

use std::time::Duration;

use anyhow::Context as _;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{self, PoolConfig, authentication::Credentials},
};
use redress_complaint::mask;

use super::{MailSettings, outcome::Outcome};
use crate::Letter;

/// A mail server may look around (name servers, spam filters) before it answers.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Answers that blame our account or settings, not the letter: they can be put right (RFC 4954).
const OUR_FAULT: [u16; 4] = [530, 534, 535, 538];

type Transport = AsyncSmtpTransport<Tokio1Executor>;

pub(crate) fn is_smtp_url(text: &str) -> bool {
    Transport::from_url(text).is_ok()
}

pub(crate) struct Mailer {
    transport: Transport,
    from: Option<Address>,
}

impl Mailer {
    pub(crate) fn new(settings: MailSettings) -> anyhow::Result<Self> {
        let builder = Transport::from_url(&settings.url).context("the mail server's address")?;
        let pool = PoolConfig::new().max_size(settings.connections.into());
        let mut builder = builder.timeout(Some(TIMEOUT)).pool_config(pool);
        if let Some((name, password)) = settings.account {
            builder = builder.credentials(Credentials::new(name, password.expose().to_owned()));
        }
        let from = settings.from.map(|from| from.parse()).transpose();
        Ok(Self {
            transport: builder.build(),
            from: from.context("the address of mails")?,
        })
    }

    pub(crate) async fn send(&self, notification_id: &str, letter: &Letter) -> Outcome {
        let message = match self.message(notification_id, letter) {
            Ok(message) => message,
            Err(error) => return Outcome::Fail(error),
        };
        match self.transport.send(message).await {
            Ok(_) => Outcome::Delivered,
            Err(error) => refused(&error),
        }
    }

    fn message(&self, notification_id: &str, letter: &Letter) -> Result<Message, String> {
        let wrong = |whose: &str| format!("the {whose} address is not one that mail can go to");
        let from = match &self.from {
            Some(from) => from.clone(),
            None => letter.from.parse().map_err(|_| wrong("organisation's"))?,
        };
        let to: Address = letter.to.parse().map_err(|_| wrong("receiver's"))?;
        let header = |name, value: &str| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
        };
        // The same at every attempt, so that a receiver can tell a repeat.
        let id = format!("<{notification_id}@{}>", from.domain());
        Message::builder()
            .message_id(Some(id))
            .from(Mailbox::new(Some(letter.from_name.clone()), from))
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            // RFC 3834: absence notes and other machines must not answer.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .raw_header(header("Content-Language", &letter.locale))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| {
                format!(
                    "the mail cannot be written: {}",
                    mask::text(&error.to_string())
                )
            })
    }
}

/// A server's words may quote the address, so that only its code is kept.
fn refused(error: &smtp::Error) -> Outcome {
    match error.status() {
        Some(code) => {
            let number: u16 = code.to_string().parse().unwrap_or_default();
            let answer = format!("the mail server answered {code}");
            if error.is_permanent() && !OUR_FAULT.contains(&number) {
                Outcome::Fail(answer)
            } else {
                Outcome::retry(answer)
            }
        }
        None if error.is_timeout() => Outcome::retry("the mail server did not answer in time"),
        None => {
            let why = std::error::Error::source(error)
                .map_or_else(|| error.to_string(), ToString::to_string);
            Outcome::retry(format!(
                "the mail server cannot be used: {}",
                mask::text(&why)
            ))
        }
    }
}
