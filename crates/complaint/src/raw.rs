//! A submission as it was sent, not yet checked: the JSON shape of the contract.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::flexible::{self, RawNumber, RawWord};

/// A submission as sent. `None`, null and the empty text all mean "not said".
///
/// From JSON: names in camel case or as in the schema (snake case), nothing unknown.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RawSubmission {
    /// The channel's own id of the message.
    #[serde(alias = "request_id")]
    pub request_id: Option<String>,
    /// Complaint, suggestion, objection, partner relay.
    pub kind: Option<RawWord>,
    /// Who complains.
    #[serde(deserialize_with = "flexible::object")]
    pub customer: Option<RawCustomer>,
    /// The customer's own words.
    pub description: Option<String>,
    /// What the customer wishes.
    pub wish: Option<RawWord>,
    /// Product or service.
    pub product: Option<String>,
    /// Model or specification.
    pub model: Option<String>,
    /// How many pieces.
    pub quantity: Option<RawNumber>,
    /// Production batch.
    #[serde(alias = "batch_no")]
    pub batch_no: Option<String>,
    /// Order.
    #[serde(alias = "order_no")]
    pub order_no: Option<String>,
    /// RFC 3339.
    #[serde(alias = "occurred_at")]
    pub occurred_at: Option<String>,
    /// Where it happened.
    pub place: Option<String>,
    /// Files in the object store.
    #[serde(deserialize_with = "flexible::objects")]
    pub attachments: Vec<RawAttachment>,
    /// Further fields of the channel.
    #[serde(deserialize_with = "flexible::map")]
    pub extra: BTreeMap<String, String>,
}

/// The customer as sent.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RawCustomer {
    /// Name.
    pub name: Option<String>,
    /// Phone number in any form.
    pub phone: Option<String>,
    /// Email address.
    pub email: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// The house's number of the customer.
    #[serde(alias = "customer_no")]
    pub customer_no: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
    /// Email, phone or SMS.
    #[serde(alias = "preferred_contact")]
    pub preferred_contact: Option<RawWord>,
    /// One of the house's tiers of customers.
    pub tier: Option<String>,
}

/// A file in the object store as sent.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RawAttachment {
    /// File name.
    pub name: Option<String>,
    /// Media type such as `image/jpeg`.
    #[serde(alias = "media_type")]
    pub media_type: Option<String>,
    /// Key in the object store.
    pub object: Option<String>,
}

/// The request id only: everything else may be personal.
impl std::fmt::Debug for RawSubmission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawSubmission")
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
