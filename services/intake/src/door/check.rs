//! The checks behind all doors: from a submission as sent to the command that registers it.

use jiff::Timestamp;
use prost::Message as _;
use redress_complaint::{
    ComplaintId, Customer, Email, Fingerprint, Line, Phone, RawSubmission, Submission, Violations,
    body_digest, customer_keys,
};
use redress_policy::{House, Kind, Wish};
use redress_runtime::Refusal;
use redress_wire::{
    customer::{Attachment, PersonalData, SealedPersonalData},
    intake::{Command, Register, command},
};

use super::body::refused;
use crate::IntakeRules;

/// A submission that passed the checks.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its id: decides the partition.
    pub id: ComplaintId,
    /// What the owner of the partition is to record.
    pub register: Register,
}

impl Checked {
    /// The owner's command.
    pub fn into_command(self) -> Command {
        Command {
            command: Some(command::Command::Register(self.register)),
        }
    }
}

/// Checks a submission and its channel; all that is wrong comes back at once.
///
/// # Errors
/// `INVALID_ARGUMENT` with a violation for each fault.
pub fn check(
    channel: &str,
    raw: RawSubmission,
    rules: &IntakeRules,
    received_at: Timestamp,
) -> Result<Checked, Refusal> {
    let house = rules.policy.house();
    let tier = unknown_tier(&raw, house);
    let mut unknown = Vec::new();
    if !rules.policy.channels().contains(channel) {
        let all = format!("must be one of {}", rules.channels);
        unknown.extend(Violations::one("channel", all).into_vec());
    }
    let submission = Submission::check(raw, &house.limits, received_at);
    let others = match submission {
        Ok(submission) if unknown.is_empty() && tier.is_none() => {
            return Ok(registration(channel, submission, rules, received_at));
        }
        Ok(_) => Vec::new(),
        Err(violations) => violations.into_vec(),
    };
    let tier = tier.into_iter().flat_map(Violations::into_vec);
    let all = unknown.into_iter().chain(others).chain(tier).collect();
    Err(Violations::all(all).map_or_else(|| Refusal::invalid("", Vec::new()), refused))
}

/// A tier that the house does not have: no target would fit it, and nobody would notice. A house
/// without tiers keeps what it is told and looks at it nowhere.
fn unknown_tier(raw: &RawSubmission, house: &House) -> Option<Violations> {
    let tier = raw.customer.as_ref()?.tier.as_deref()?.trim();
    if tier.is_empty() || house.tiers.is_empty() || house.tiers.contains(tier) {
        return None;
    }
    let known: Vec<&str> = house.tiers.iter().map(|tier| tier.id.as_str()).collect();
    let words = format!("must be one of {}, or be left out", known.join(", "));
    Some(Violations::one("customer.tier", words))
}

fn registration(
    channel: &str,
    submission: Submission,
    rules: &IntakeRules,
    received_at: Timestamp,
) -> Checked {
    let id = ComplaintId::of(channel, submission.request_id.as_str());
    let print = Fingerprint::of(&submission);
    let mut keys = customer_keys(&submission.customer)
        .into_iter()
        .map(Vec::from);
    let locale = submission
        .customer
        .locale_or(&rules.policy.house().default_locale)
        .to_owned();
    let preferred = submission.customer.preferred_contact;
    let register = Register {
        complaint_id: id.as_bytes().to_vec(),
        channel: channel.to_owned(),
        kind: Kind::as_str(submission.kind).to_owned(),
        received_at_us: received_at.as_microsecond(),
        body_digest: body_digest(&submission).to_vec(),
        wish: submission
            .wish
            .map(Wish::as_str)
            .unwrap_or_default()
            .to_owned(),
        quantity: submission
            .quantity
            .map_or(0, |quantity| quantity.get().into()),
        occurred_at_us: submission.occurred_at.map(Timestamp::as_microsecond),
        locale,
        preferred_contact: preferred
            .map(|means| means.as_str().to_owned())
            .unwrap_or_default(),
        fingerprint_customer: keys.next().unwrap_or_default(),
        fingerprint_further_customer: keys.collect(),
        fingerprint_product: print.product,
        fingerprint_order: print.order,
        fingerprint_simhash: print.simhash,
        traceparent: String::new(),
        ..words(submission)
    };
    Checked { id, register }
}

/// What is taken over as it was said: the business fields, and all that is personal as one piece.
fn words(submission: Submission) -> Register {
    let attachments = submission.attachments.into_iter().map(|file| Attachment {
        name: file.name.into(),
        media_type: text(file.media_type),
        object: file.object.into(),
    });
    let Customer {
        name,
        phone,
        email,
        address,
        customer_no,
        tier,
        ..
    } = submission.customer;
    let personal = PersonalData {
        name: text(name),
        phone: phone
            .as_ref()
            .map(Phone::as_str)
            .unwrap_or_default()
            .to_owned(),
        email: email
            .as_ref()
            .map(Email::as_str)
            .unwrap_or_default()
            .to_owned(),
        address: text(address),
        customer_no: text(customer_no),
        description: submission.description.into(),
        place: text(submission.place),
        attachments: attachments.collect(),
        extra: submission.extra.into_iter().collect(),
    };
    let payload = personal.encode_to_vec().into();
    Register {
        request_id: submission.request_id.into(),
        personal: Some(SealedPersonalData {
            key_id: String::new(),
            payload,
        }),
        product: text(submission.product),
        model: text(submission.model),
        batch_no: text(submission.batch_no),
        order_no: text(submission.order_no),
        customer_tier: text(tier),
        ..Register::default()
    }
}

fn text(line: Option<Line>) -> String {
    line.map(String::from).unwrap_or_default()
}
