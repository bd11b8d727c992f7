//! What a customer lodges, before anybody handles it.
//!
//! A body comes in as bytes ([`parse_json`]) or from a wire type (build a [`RawSubmission`]), and
//! is checked once ([`Submission::check`]); all that is wrong with it comes back at once as
//! [`Violations`]. A [`Submission`] holds only what passed. From it come the [`ComplaintId`], the
//! [`body_digest`] that tells a repeat from a misuse of the request id, and the [`Fingerprint`]
//! that likely repeats are found by. [`CaseNumber`] is what people call a case; [`mask`] shows
//! personal data to those who need no more.
//!
//! The crate is pure: it reads no clock and knows neither the log nor protobuf.

mod check;
mod digest;
mod email;
mod fingerprint;
mod flexible;
mod id;
mod locale;
pub mod mask;
mod number;
mod parse;
mod phone;
mod raw;
mod simhash;
mod submission;
mod text;
mod violation;

pub use digest::body_digest;
pub use email::{Email, EmailError};
pub use fingerprint::{
    CustomerKey, Fingerprint, RepeatReason, batch_key, contact_keys, customer_keys, order_key,
    product_key,
};
pub use flexible::{RawNumber, RawWord};
pub use id::{ComplaintId, ComplaintIdError, partition_of};
pub use locale::{Locale, LocaleError};
pub use number::{CaseNumber, CaseNumberError, NumberSpace};
pub use parse::parse_json;
pub use phone::{Phone, PhoneError};
pub use raw::{RawAttachment, RawCustomer, RawSubmission};
pub use redress_policy::{Kind, Limits, Wish};
pub use simhash::{simhash, similarity_permille};
pub use submission::{Attachment, ContactMeans, Customer, Submission};
pub use text::{Line, Words};
pub use violation::{Violation, Violations};
