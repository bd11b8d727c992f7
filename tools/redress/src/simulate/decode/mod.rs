//! From events of the log to what happened, as `redress-what-if` takes it.

mod clocks;
mod fact;
mod words;

use redress_complaint::ComplaintId;
use redress_policy::Kind;
use redress_what_if::{Happening, RecordedRouting, Registration, What};
use redress_wire::{
    Payload,
    event::timestamp,
    intake::ComplaintRegistered,
    log::Event,
    router::{CaseRouted, case_event::Change},
};

/// `NotificationDelivered.cause` of the letter that tells the customer the number.
const ACKNOWLEDGEMENT: &str = "acknowledgement";

/// Tells what an event means. Events about a partition, and those that change no figure, mean
/// nothing. Gives the case if it is over for good with it.
pub(crate) fn tell(
    event: &Event,
    hear: &mut dyn FnMut(ComplaintId, &Happening<'_>),
) -> Option<ComplaintId> {
    let payload = event.payload.as_ref()?;
    let id = ComplaintId::try_from(&event.complaint_id[..]).ok()?;
    let at = event.time();
    let mut say = |what: What<'_>| hear(id, &Happening { at, what });
    match payload {
        Payload::ComplaintRegistered(registered) => register(id, registered, &mut say),
        Payload::CaseRouted(routed) => say(What::Routed(routing(routed))),
        Payload::NotificationDelivered(delivered) if delivered.cause == ACKNOWLEDGEMENT => {
            say(What::Acknowledged);
        }
        Payload::CaseEvent(case) => fact::tell(case, &mut say),
        other => clocks::tell(other, &mut say),
    }
    let over = matches!(
        payload,
        Payload::CaseEvent(case)
            if matches!(case.change, Some(Change::Archived(_) | Change::Merged(_)))
    );
    over.then_some(id)
}

fn register(id: ComplaintId, registered: &ComplaintRegistered, say: &mut dyn FnMut(What<'_>)) {
    let id = id.to_string();
    let text = words::of(registered);
    say(What::Registered(Registration {
        id: &id,
        number: &registered.number,
        received_at: timestamp(registered.received_at_us),
        channel: &registered.channel,
        // As router takes it: a kind of a newer release is a complaint.
        kind: registered.kind.parse().unwrap_or(Kind::Complaint),
        wish: registered.wish.parse().ok(),
        product: &registered.product,
        quantity: u64::try_from(registered.quantity)
            .ok()
            .filter(|quantity| *quantity > 0),
        tier: &registered.customer_tier,
        text: text.as_deref(),
    }));
}

fn routing(routed: &CaseRouted) -> RecordedRouting<'_> {
    RecordedRouting {
        policy: &routed.policy,
        category: &routed.category,
        urgency: &routed.urgency,
        severity: &routed.severity,
        wide_impact: routed.wide_impact,
        department: &routed.department,
        handler: &routed.handler,
    }
}

#[cfg(test)]
mod tests {
    use redress_wire::notifier::NotificationDelivered;
    use redress_wire::router::{CaseArchived, CaseEvent};

    use super::*;

    fn heard(payload: Payload) -> (Vec<String>, Option<ComplaintId>) {
        let event = Event {
            complaint_id: vec![7; 16],
            time_us: 1_000_000,
            payload: Some(payload),
            ..Event::default()
        };
        let mut heard = Vec::new();
        let over = tell(&event, &mut |_, happening| {
            heard.push(format!("{:?}", happening.what));
        });
        (heard, over)
    }

    #[test]
    fn only_the_delivered_acknowledgement_is_an_acknowledgement() {
        let delivered = |cause: &str| {
            let cause = cause.to_owned();
            heard(Payload::NotificationDelivered(NotificationDelivered {
                cause,
                ..NotificationDelivered::default()
            }))
        };
        assert_eq!(delivered("acknowledgement").0, ["Acknowledged"]);
        assert_eq!(delivered("assignment").0.len(), 0);
    }

    #[test]
    fn an_archived_case_is_over() {
        let archived = CaseEvent {
            change: Some(Change::Archived(CaseArchived::default())),
            ..CaseEvent::default()
        };
        let (heard, over) = heard(Payload::CaseEvent(archived));
        assert_eq!(over, ComplaintId::try_from(&[7; 16][..]).ok());
        assert_eq!(heard.len(), 2, "{heard:?}");
    }

    #[test]
    fn a_fact_about_a_partition_is_no_case() {
        let event = Event {
            payload: Some(Payload::CaseRouted(CaseRouted::default())),
            ..Event::default()
        };
        let mut count = 0;
        assert_eq!(tell(&event, &mut |_, _| count += 1), None);
        assert_eq!(count, 0);
    }
}
