//! A checked submission.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;

use jiff::Timestamp;
use redress_policy::{Kind, Wish};

use crate::email::Email;
use crate::locale::Locale;
use crate::phone::Phone;
use crate::text::{Line, Words};

/// What a customer lodged, checked; made by [`Submission::check`]. `None` means "not said".
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// The channel's own id of the message: the idempotency key.
    pub request_id: Line,
    /// A complaint unless said otherwise.
    pub kind: Kind,
    /// Who complains.
    pub customer: Customer,
    /// The customer's own words.
    pub description: Words,
    /// What the customer wishes.
    pub wish: Option<Wish>,
    /// Product or service.
    pub product: Option<Line>,
    /// Model or specification.
    pub model: Option<Line>,
    /// How many pieces.
    pub quantity: Option<NonZeroU32>,
    /// Production batch.
    pub batch_no: Option<Line>,
    /// Order.
    pub order_no: Option<Line>,
    /// When it happened, to the microsecond.
    pub occurred_at: Option<Timestamp>,
    /// Where it happened.
    pub place: Option<Line>,
    /// Files in the object store.
    pub attachments: Vec<Attachment>,
    /// Further fields of the channel.
    pub extra: BTreeMap<String, String>,
}

/// Who complains; nothing of it need be known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Customer {
    /// Name.
    pub name: Option<Line>,
    /// Phone number.
    pub phone: Option<Phone>,
    /// Email address.
    pub email: Option<Email>,
    /// Postal address.
    pub address: Option<Line>,
    /// The house's number of the customer.
    pub customer_no: Option<Line>,
    /// The language that the customer asked for.
    pub locale: Option<Locale>,
    /// How the customer wants to hear.
    pub preferred_contact: Option<ContactMeans>,
    /// The tier that the channel knows the customer by; whether the house has it is not checked here.
    pub tier: Option<Line>,
}

/// How a customer wants to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactMeans {
    /// By email.
    Email,
    /// By phone.
    Phone,
    /// By SMS.
    Sms,
}

/// A file in the object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name.
    pub name: Line,
    /// Media type such as `image/jpeg`.
    pub media_type: Option<Line>,
    /// Key in the object store.
    pub object: Line,
}

impl ContactMeans {
    /// The word in lower case, as in policy files and events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Sms => "sms",
        }
    }
}

impl Customer {
    /// The language to write in: the customer's, or else the house's.
    pub fn locale_or<'a>(&'a self, house: &'a str) -> &'a str {
        self.locale.as_ref().map_or(house, Locale::as_str)
    }
}

/// Leaves out what may be personal.
impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("request_id", &self.request_id.as_str())
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
