//! The customer's contact, as it stands in the registration.

use prost::Message as _;
use redress_wire::{customer::SealedPersonalData, notifier::CaseRow};

/// The parts of the personal data that letters use: the rest is skipped unread.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Contact {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "3")]
    pub(crate) email: String,
    #[prost(string, tag = "6")]
    pub(crate) description: String,
}

/// Just the address, for the common question whether there is one.
#[derive(Clone, PartialEq, prost::Message)]
struct Address {
    #[prost(string, tag = "3")]
    email: String,
}

/// Whether the customer can be written to. What stands under a key is kept: only opening it, when
/// something is sent, tells.
pub(super) fn has_email(sealed: &SealedPersonalData) -> bool {
    !sealed.key_id.is_empty()
        || Address::decode(sealed.payload.clone()).is_ok_and(|address| !address.email.is_empty())
}

/// The customer's contact, if it is kept and readable.
pub(crate) fn contact(case: &CaseRow) -> Option<Contact> {
    let sealed = case
        .contact
        .as_ref()
        .filter(|sealed| sealed.key_id.is_empty())?;
    Contact::decode(sealed.payload.clone()).ok()
}
