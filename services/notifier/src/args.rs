use std::time::Duration;

use clap::Args;
use redress_host::settings::Secret;

use crate::{MailSettings, WebhookSettings};

const SMTP_HELP: &str = "Mail server: smtp://host:25, smtp://host:587?tls=required (STARTTLS) \
    or smtps://host:465; without one, mails wait";

/// Settings of the notifier alone.
#[derive(Clone, Debug, Args)]
pub struct NotifierArgs {
    /// Mail server; without one, mails wait
    #[arg(long, value_name = "URL", default_value = "", value_parser = smtp_url, help = SMTP_HELP)]
    pub smtp_url: String,
    /// Account at the mail server
    #[arg(long, value_name = "NAME", requires = "smtp_password")]
    pub smtp_user: Option<String>,
    /// Password of the account at the mail server
    #[arg(long, value_name = "PASSWORD", value_parser = secret)]
    pub smtp_password: Option<Secret>,
    /// Address that mails come from [default: the policy's organisation]
    #[arg(long, value_name = "ADDRESS", value_parser = mail_address)]
    pub mail_from: Option<String>,
    /// Mails on their way at once
    #[arg(long, value_name = "N", default_value = "4",
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub mail_connections: u16,
    /// Webhooks on their way to one department at once
    #[arg(long, value_name = "N", default_value = "4",
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub webhook_connections: u16,
    /// How long a department's system may take to answer a webhook, in seconds
    #[arg(long, value_name = "S", default_value = "20",
          value_parser = clap::value_parser!(u64).range(1..=120))]
    pub webhook_timeout_seconds: u64,
}

impl NotifierArgs {
    /// Where mails go; none without a server.
    pub fn mail(&self) -> Option<MailSettings> {
        (!self.smtp_url.is_empty()).then(|| MailSettings {
            url: self.smtp_url.clone(),
            account: self.smtp_user.clone().zip(self.smtp_password.clone()),
            from: self.mail_from.clone(),
            connections: self.mail_connections,
        })
    }

    /// How webhooks are sent.
    pub fn webhooks(&self) -> WebhookSettings {
        WebhookSettings {
            connections: self.webhook_connections,
            timeout: Duration::from_secs(self.webhook_timeout_seconds),
        }
    }
}

fn smtp_url(text: &str) -> Result<String, String> {
    if text.is_empty() || crate::sender::is_smtp_url(text) {
        Ok(text.to_owned())
    } else {
        Err("must be an address such as smtp://127.0.0.1:1025 or smtps://mail.example:465".into())
    }
}

fn secret(text: &str) -> Result<Secret, String> {
    if text.is_empty() {
        Err("must not be empty".into())
    } else {
        Ok(Secret::new(text))
    }
}

fn mail_address(text: &str) -> Result<String, String> {
    match text.parse::<lettre::Address>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("must be a mail address such as service@example.org".into()),
    }
}
