//! From a delivery to what is sent: the words and the address, under the policy in force when it
//! is sent. All of it lives in memory only.

mod payload;
mod redress;
mod text;
mod values;

use redress_policy::Department;
use redress_wire::notifier::{CaseRow, DeliveryRow};

use crate::{Rules, cases::contact};

/// One attempt to send one notification.
pub struct Sending {
    /// The complaint it is about.
    pub complaint_id: Vec<u8>,
    /// The same at every attempt.
    pub notification_id: String,
    /// Counts from 1.
    pub attempt: u32,
    /// What is sent; or why nothing can be.
    pub parcel: Result<Parcel, Unsendable>,
}

/// What is sent.
pub enum Parcel {
    /// A mail.
    Mail(Letter),
    /// A signed webhook.
    Webhook(Webhook),
}

/// A mail.
pub struct Letter {
    /// The organisation, as the reader's language calls it.
    pub from_name: String,
    /// The organisation's address; a setting may say otherwise.
    pub from: String,
    /// The receiver's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Of the text, such as `zh-CN`.
    pub locale: String,
}

/// A signed webhook.
pub struct Webhook {
    /// Whose system it goes to.
    pub department: String,
    /// Where to.
    pub url: String,
    /// The environment variable with the secret.
    pub secret_env: String,
    /// JSON, under 20 kB.
    pub payload: String,
}

/// Why nothing can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// It may be possible later, or after a change of the policy.
    Later(String),
    /// It will not be possible.
    Never(String),
}

/// The next attempt of a delivery.
pub(crate) fn sending(rules: &Rules, case: &CaseRow, delivery: &DeliveryRow) -> Sending {
    Sending {
        complaint_id: case.complaint_id.clone(),
        notification_id: delivery.notification_id.clone(),
        attempt: delivery.attempts + 1,
        parcel: parcel(rules, case, delivery),
    }
}

fn parcel(rules: &Rules, case: &CaseRow, delivery: &DeliveryRow) -> Result<Parcel, Unsendable> {
    let sealed = "what the letter says is sealed and cannot be opened";
    let values = values::of(rules, case, delivery)
        .map_err(|text::Sealed| Unsendable::Later(sealed.into()))?;
    let (subject, body) = rules
        .write(&delivery.template, &delivery.locale, &values)
        .map_err(Unsendable::Never)?;
    let departments = rules.policy.departments();
    if delivery.means == "webhook" {
        let told = departments.get(&delivery.recipient);
        return webhook(told, case, delivery, (&subject, &body)).map(Parcel::Webhook);
    }
    let to = match delivery.audience.as_str() {
        "customer" => customer_address(case)?,
        "department" => {
            let told = departments.get(&delivery.recipient);
            staff_address(told.and_then(|d| d.email.clone()))?
        }
        _ => {
            let person = rules.policy.staff().person(&delivery.recipient);
            staff_address(person.and_then(|p| p.email.clone()))?
        }
    };
    let organisation = &rules.policy.house().organisation;
    Ok(Parcel::Mail(Letter {
        from_name: organisation.name.in_locale(&delivery.locale).to_owned(),
        from: organisation.email.clone(),
        to,
        subject,
        body,
        locale: delivery.locale.clone(),
    }))
}

fn webhook(
    department: Option<&Department>,
    case: &CaseRow,
    delivery: &DeliveryRow,
    text: (&str, &str),
) -> Result<Webhook, Unsendable> {
    let gone =
        || Unsendable::Later("the policy names no webhook of the department any more".into());
    let target = department
        .and_then(|d| d.webhook.as_ref())
        .ok_or_else(gone)?;
    Ok(Webhook {
        department: delivery.recipient.clone(),
        url: target.url.clone(),
        secret_env: target.secret_env.clone(),
        payload: payload::of(case, delivery, text),
    })
}

fn customer_address(case: &CaseRow) -> Result<String, Unsendable> {
    if case
        .contact
        .as_ref()
        .is_some_and(|sealed| !sealed.key_id.is_empty())
    {
        return Err(Unsendable::Later(
            "the customer's contact is sealed and cannot be opened".into(),
        ));
    }
    let address = contact(case)
        .map(|contact| contact.email)
        .filter(|email| !email.is_empty());
    address.ok_or_else(|| Unsendable::Never("there is no address of the customer".into()))
}

fn staff_address(address: Option<String>) -> Result<String, Unsendable> {
    let gone = || Unsendable::Later("the policy names no address of the receiver any more".into());
    address.ok_or_else(gone)
}
