//! Complaints as they came in.

use super::{ComplaintRegistered, EarlierComplaint, RepeatLinked, Said, complaint_id, time};
use crate::{Payload, intake};

pub(super) fn said(payload: &Payload) -> Option<Said> {
    Some(match payload {
        Payload::ComplaintRegistered(e) => {
            Said::of("redress.feed.v1.ComplaintRegistered", &registered(e))
        }
        Payload::RepeatLinked(e) => Said::of("redress.feed.v1.RepeatLinked", &linked(e)),
        _ => return None,
    })
}

/// The channel's own id of the message and the order stay inside: both can lead to the customer.
fn registered(e: &intake::ComplaintRegistered) -> ComplaintRegistered {
    ComplaintRegistered {
        number: e.number.clone(),
        channel: e.channel.clone(),
        kind: e.kind.clone(),
        received_at: time(e.received_at_us),
        respond_by: time(e.respond_by_us),
        wish: e.wish.clone(),
        product: e.product.clone(),
        model: e.model.clone(),
        quantity: e.quantity,
        batch_no: e.batch_no.clone(),
        locale: e.locale.clone(),
    }
}

fn linked(e: &intake::RepeatLinked) -> RepeatLinked {
    let earlier = e.earlier.iter().map(|earlier| EarlierComplaint {
        complaint_id: complaint_id(&earlier.complaint_id).unwrap_or_default(),
        number: earlier.number.clone(),
        reason: earlier.reason.clone(),
    });
    RepeatLinked {
        number: e.number.clone(),
        earlier: earlier.collect(),
    }
}
