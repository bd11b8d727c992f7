//! What likely repeats (重复投诉) are found by: hashes only, no personal data in clear.

use redress_policy::Share;

use crate::email::Email;
use crate::phone::{Phone, half_width};
use crate::simhash::{simhash, similarity_permille};
use crate::submission::{Customer, Submission};

/// Hash of a customer's number, phone or email. The three never collide with one another.
pub type CustomerKey = [u8; 16];

/// The traits of a complaint by which a repeat is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// Who: by number, else by phone, else by email.
    pub customer: Option<CustomerKey>,
    /// About which product.
    pub product: Option<u64>,
    /// About which order.
    pub order: Option<u64>,
    /// [`simhash`] of the description.
    pub simhash: u64,
}

/// Why a complaint is likely a repeat of another, the strongest reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepeatReason {
    /// The same order.
    SameOrder,
    /// The same product.
    SameProduct,
    /// A similar description.
    SimilarText,
}

impl RepeatReason {
    /// The word in events: `same_order`, `same_product`, `similar_text`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SameOrder => "same_order",
            Self::SameProduct => "same_product",
            Self::SimilarText => "similar_text",
        }
    }
}

impl Fingerprint {
    /// The fingerprint of a submission.
    pub fn of(submission: &Submission) -> Self {
        Self {
            customer: customer_keys(&submission.customer).first().copied(),
            product: submission
                .product
                .as_ref()
                .and_then(|product| product_key(product.as_str())),
            order: submission
                .order_no
                .as_ref()
                .and_then(|order| order_key(order.as_str())),
            simhash: simhash(submission.description.as_str()),
        }
    }

    /// Whether this is likely a repeat of the other. Both must be of one known customer; texts are
    /// similar when they have at least `threshold` in common (domain.md section 2).
    pub fn likely_repeat(&self, other: &Self, threshold: Share) -> Option<RepeatReason> {
        let same = |a: Option<u64>, b: Option<u64>| a.is_some() && a == b;
        if self.customer.is_none() || self.customer != other.customer {
            return None;
        }
        if same(self.order, other.order) {
            return Some(RepeatReason::SameOrder);
        }
        if same(self.product, other.product) {
            return Some(RepeatReason::SameProduct);
        }
        let alike = similarity_permille(self.simhash, other.simhash) >= threshold.permille();
        (alike && self.simhash != 0 && other.simhash != 0).then_some(RepeatReason::SimilarText)
    }
}

/// All keys that a customer can be found by: number, phone, email, as far as known, in this order.
pub fn customer_keys(customer: &Customer) -> Vec<CustomerKey> {
    let number = customer
        .customer_no
        .as_ref()
        .map(|number| plain_spelling(number.as_str()));
    let number = number
        .filter(|number| !number.is_empty())
        .map(|number| hash("number", &number));
    let phone = customer.phone.as_ref().map(phone_key);
    let email = customer.email.as_ref().map(email_key);
    [number, phone, email].into_iter().flatten().collect()
}

/// All keys that a text may mean when somebody looks a customer up by it.
pub fn contact_keys(text: &str) -> Vec<CustomerKey> {
    let number = plain_spelling(text);
    let number = (!number.is_empty()).then(|| hash("number", &number));
    let phone = text.parse().ok().map(|phone: Phone| phone_key(&phone));
    let email = text.parse().ok().map(|email: Email| email_key(&email));
    [number, phone, email].into_iter().flatten().collect()
}

/// What complaints about one order have in common, however its number is written; `None` if there
/// is no letter and no digit in it.
pub fn order_key(order_no: &str) -> Option<u64> {
    short("order", order_no)
}

/// What complaints about one product have in common, as [`order_key`] is for an order.
pub fn product_key(product: &str) -> Option<u64> {
    short("product", product)
}

/// What complaints about one batch have in common, as [`order_key`] is for an order.
pub fn batch_key(batch_no: &str) -> Option<u64> {
    short("batch", batch_no)
}

fn short(tag: &str, text: &str) -> Option<u64> {
    let spelling = plain_spelling(text);
    let key = (!spelling.is_empty()).then(|| hash(tag, &spelling))?;
    Some(u64::from_be_bytes(
        key[..8].try_into().expect("a key has 16 bytes"),
    ))
}

fn phone_key(phone: &Phone) -> CustomerKey {
    // A Chinese number with and without its country code is one number.
    hash(
        "phone",
        phone.as_str().strip_prefix("+86").unwrap_or(phone.as_str()),
    )
}

fn email_key(email: &Email) -> CustomerKey {
    hash("email", &email.as_str().to_lowercase())
}

/// Letters and digits only, narrow and in upper case.
fn plain_spelling(text: &str) -> String {
    let kept = text.chars().map(half_width).filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_uppercase).collect()
}

fn hash(tag: &str, text: &str) -> CustomerKey {
    let mut hasher = blake3::Hasher::new_derive_key("redress 2026 fingerprint v1");
    hasher
        .update(tag.as_bytes())
        .update(&[0])
        .update(text.as_bytes());
    let mut key = [0; 16];
    hasher.finalize_xof().fill(&mut key);
    key
}
