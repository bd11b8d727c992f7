//! A digest of everything that was submitted, to tell a repeat from a misuse of a request id.

use crate::submission::Submission;

/// BLAKE3 over the checked submission, half of it.
///
/// The same whatever door it came through, in whatever order its fields were, and however its phone
/// number was spelt. Frozen: an installation compares digests over years, so a change here (or in
/// what the checks make equal) would refuse honest repeats.
pub fn body_digest(submission: &Submission) -> [u8; 16] {
    let mut d = Digest(blake3::Hasher::new_derive_key(
        "redress 2026 submission body v1",
    ));
    let s = submission;
    d.text(1, Some(s.request_id.as_str()));
    d.text(2, Some(s.kind.as_str()));
    d.text(3, Some(s.description.as_str()));
    d.text(4, s.wish.map(redress_policy::Wish::as_str));
    d.text(5, s.product.as_ref());
    d.text(6, s.model.as_ref());
    if let Some(quantity) = s.quantity {
        d.field(7, &quantity.get().to_be_bytes());
    }
    d.text(8, s.batch_no.as_ref());
    d.text(9, s.order_no.as_ref());
    if let Some(at) = s.occurred_at {
        d.field(10, &at.as_microsecond().to_be_bytes());
    }
    d.text(11, s.place.as_ref());
    let c = &s.customer;
    d.text(20, c.name.as_ref());
    d.text(21, c.phone.as_ref().map(crate::Phone::as_str));
    d.text(22, c.email.as_ref().map(crate::Email::as_str));
    d.text(23, c.address.as_ref());
    d.text(24, c.customer_no.as_ref());
    d.text(25, c.locale.as_ref().map(crate::Locale::as_str));
    d.text(26, c.preferred_contact.map(crate::ContactMeans::as_str));
    d.text(27, c.tier.as_ref());
    for attachment in &s.attachments {
        d.text(40, Some(&attachment.name));
        d.text(41, attachment.media_type.as_ref());
        d.text(42, Some(&attachment.object));
    }
    for (name, value) in &s.extra {
        d.text(60, Some(name));
        d.text(61, Some(value));
    }
    let mut half = [0; 16];
    d.0.finalize_xof().fill(&mut half);
    half
}

/// Fields one after the other, each as tag, length, bytes; absent ones leave no trace.
struct Digest(blake3::Hasher);

impl Digest {
    fn field(&mut self, tag: u8, bytes: &[u8]) {
        self.0.update(&[tag]);
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn text(&mut self, tag: u8, text: Option<impl AsRef<str>>) {
        if let Some(text) = text {
            self.field(tag, text.as_ref().as_bytes());
        }
    }
}
