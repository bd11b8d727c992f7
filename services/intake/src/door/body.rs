//! From the bytes of a body, or a message of the schema, to a submission as sent.

use jiff::Timestamp;
use prost::Message as _;
use redress_complaint::{
    RawAttachment, RawCustomer, RawNumber, RawSubmission, RawWord, Violations, parse_json,
};
use redress_runtime::{Refusal, Violation};
use redress_wire::{
    headers,
    intake::{Submission, SubmittedCustomer},
};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The standard JSON mapping of the schema.
    Json,
    /// The schema itself.
    Protobuf,
}

impl Format {
    /// The format that a content type names; JSON if there is none.
    ///
    /// # Errors
    /// It is another one.
    pub fn of(content_type: Option<&str>) -> Result<Self, Refusal> {
        let Some(content_type) = content_type else {
            return Ok(Self::Json);
        };
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.is_empty() || essence.eq_ignore_ascii_case(headers::JSON) {
            return Ok(Self::Json);
        }
        if headers::PROTOBUF
            .iter()
            .any(|name| essence.eq_ignore_ascii_case(name))
        {
            return Ok(Self::Protobuf);
        }
        let violations = Violations::one(
            headers::CONTENT_TYPE,
            format!("must be {} or {}", headers::JSON, headers::PROTOBUF[0]),
        );
        Err(refused(violations))
    }

    /// The content type that names it.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => headers::JSON,
            Self::Protobuf => headers::PROTOBUF[0],
        }
    }
}

/// Reads a body of at most `max_bytes`.
///
/// # Errors
/// What is wrong with it.
pub fn read(body: &[u8], format: Format, max_bytes: usize) -> Result<RawSubmission, Violations> {
    match format {
        Format::Json => parse_json(body, max_bytes),
        Format::Protobuf if body.len() > max_bytes => {
            let bytes = body.len();
            let text = format!("has {bytes} bytes, {max_bytes} are allowed: shorten it");
            Err(Violations::one("", text))
        }
        Format::Protobuf => Submission::decode(body).map(raw).map_err(|_| {
            let text = "is not an encoded redress.intake.v1.Submission: send one, or JSON with \
                        Content-Type application/json";
            Violations::one("", text)
        }),
    }
}

/// A submission of the schema, unchecked.
pub fn raw(sent: Submission) -> RawSubmission {
    let attachments = sent.attachments.into_iter().map(|sent| RawAttachment {
        name: Some(sent.name),
        media_type: Some(sent.media_type),
        object: Some(sent.object),
    });
    RawSubmission {
        request_id: Some(sent.request_id),
        kind: Some(RawWord::Number(sent.kind.into())),
        customer: sent.customer.map(customer),
        description: Some(sent.description),
        wish: Some(RawWord::Number(sent.wish.into())),
        product: Some(sent.product),
        model: Some(sent.model),
        quantity: Some(RawNumber::Integer(sent.quantity)),
        batch_no: Some(sent.batch_no),
        order_no: Some(sent.order_no),
        occurred_at: sent.occurred_at.map(written),
        place: Some(sent.place),
        attachments: attachments.collect(),
        extra: sent.extra.into_iter().collect(),
    }
}

fn customer(sent: SubmittedCustomer) -> RawCustomer {
    RawCustomer {
        name: Some(sent.name),
        phone: Some(sent.phone),
        email: Some(sent.email),
        address: Some(sent.address),
        customer_no: Some(sent.customer_no),
        locale: Some(sent.locale),
        preferred_contact: Some(RawWord::Number(sent.preferred_contact.into())),
        tier: Some(sent.tier),
    }
}

/// The time as the checks read it; a time out of range as a text that they refuse.
fn written(sent: prost_types::Timestamp) -> String {
    let in_range = Timestamp::new(sent.seconds, sent.nanos)
        .ok()
        .filter(|_| sent.nanos >= 0);
    in_range.map_or_else(|| "out of range".to_owned(), |time| time.to_string())
}

/// Violations as a refusal whose sentence names the first, for readers that look no further.
pub(crate) fn refused(violations: Violations) -> Refusal {
    let violations: Vec<Violation> = violations
        .into_vec()
        .into_iter()
        .map(|v| Violation {
            field: v.field,
            description: v.description,
        })
        .collect();
    let first = violations.first().map_or_else(String::new, |first| {
        let field = if first.field.is_empty() {
            "the body"
        } else {
            &first.field
        };
        format!("{field} {}", first.description)
    });
    let message = match violations.len() {
        0 | 1 => first,
        more => format!("{first}; and {} more", more - 1),
    };
    Refusal::invalid(message, violations)
}
