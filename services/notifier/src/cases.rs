//! What is kept of the cases of a partition, and how events change it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, btree_map::Entry},
};

use prost::Message as _;
use redress_store::Rows;
use redress_wire::{
    Payload,
    customer::SealedPersonalData,
    intake::ComplaintRegistered,
    log::Event,
    notifier::{CaseRow, DeliveryRow, NotificationPlanned},
    router::CaseRouted,
};

use crate::{
    lanes::{Lanes, Place},
    rows::{self, CaseKey},
    words::{DELIVERED, GIVEN_UP, NO_MEANS, PLANNED, UNREACHABLE},
};

/// The cases of a partition. Rows are written when a round is sealed: a complaint's four events
/// of a round cost one row then.
#[derive(Default)]
pub(crate) struct Cases {
    /// Cases changed in this round, newer than their rows.
    touched: BTreeMap<CaseKey, CaseRow>,
    /// By the first half of the complaint id, which is evenly spread.
    by_id: HashMap<u64, CaseKey>,
    /// Cases with deliveries that are planned or given up.
    unfinished: BTreeSet<CaseKey>,
    pub(crate) lanes: Lanes,
}

impl Cases {
    /// Rebuilds what lives in memory.
    pub(crate) fn open(rows: &Rows) -> Self {
        let mut cases = Self::default();
        rows::each(rows, &mut |key, case| {
            cases.by_id.insert(half(&case.complaint_id), key);
            for (at, delivery) in case.deliveries.iter().enumerate() {
                cases.lanes.add((key, at), delivery);
            }
            cases.note(key, is_unfinished(&case));
        });
        cases
    }

    /// A case as it is now.
    pub(crate) fn get<'a>(&'a self, rows: &Rows, key: CaseKey) -> Option<Cow<'a, CaseRow>> {
        match self.touched.get(&key) {
            Some(case) => Some(Cow::Borrowed(case)),
            None => rows::get(rows, key).map(Cow::Owned),
        }
    }

    /// The key of the case with this complaint id, if it may be here.
    pub(crate) fn key_of(&self, complaint_id: &[u8]) -> Option<CaseKey> {
        self.by_id.get(&half(complaint_id)).copied()
    }

    /// Cases with deliveries that are planned or given up.
    pub(crate) fn unfinished(&self) -> &BTreeSet<CaseKey> {
        &self.unfinished
    }

    /// Writes the rows of the round.
    pub(crate) fn seal(&mut self, rows: &mut Rows) {
        while let Some((key, case)) = self.touched.pop_first() {
            rows::put(rows, key, &case);
        }
    }

    /// Folds one event.
    pub(crate) fn evolve(&mut self, rows: &Rows, event: &Event, payload: &Payload) {
        match payload {
            Payload::ComplaintRegistered(registered) => self.registered(rows, event, registered),
            Payload::CaseRouted(routed) => {
                if let Some(case) = self.touch(rows, &routed.number) {
                    route(case, routed);
                }
            }
            Payload::NotificationPlanned(planned) => self.planned(rows, event, planned),
            Payload::NotificationAttempted(e) => {
                self.happened(rows, event, payload, &e.notification_id);
            }
            Payload::NotificationDelivered(e) => {
                self.happened(rows, event, payload, &e.notification_id);
            }
            Payload::NotificationGivenUp(e) => {
                self.happened(rows, event, payload, &e.notification_id);
            }
            Payload::NotificationRetried(e) => {
                self.happened(rows, event, payload, &e.notification_id);
            }
            _ => {}
        }
    }

    fn touch(&mut self, rows: &Rows, number: &str) -> Option<&mut CaseRow> {
        let key = CaseKey::of(number)?;
        match self.touched.entry(key) {
            Entry::Occupied(case) => Some(case.into_mut()),
            Entry::Vacant(place) => Some(place.insert(rows::get(rows, key)?)),
        }
    }

    fn registered(&mut self, rows: &Rows, event: &Event, registered: &ComplaintRegistered) {
        let Some(key) = CaseKey::of(&registered.number) else {
            return;
        };
        if self.get(rows, key).is_some() {
            return;
        }
        let case = CaseRow {
            complaint_id: event.complaint_id.clone(),
            number: registered.number.clone(),
            contact: registered
                .personal
                .as_ref()
                .filter(|sealed| has_email(sealed))
                .cloned(),
            locale: registered.locale.clone(),
            preferred_contact: registered.preferred_contact.clone(),
            channel: registered.channel.clone(),
            kind: registered.kind.clone(),
            product: registered.product.clone(),
            respond_by_us: registered.respond_by_us,
            registered_at_us: event.time_us,
            ..CaseRow::default()
        };
        self.by_id.insert(half(&event.complaint_id), key);
        self.touched.insert(key, case);
    }

    fn planned(&mut self, rows: &Rows, event: &Event, planned: &NotificationPlanned) {
        let Some(key) = CaseKey::of(&planned.number) else {
            return;
        };
        let Some(case) = self.touch(rows, &planned.number) else {
            return;
        };
        if find(case, &planned.notification_id).is_some() {
            return;
        }
        let delivery = delivery(event.time_us, planned);
        let place = (key, case.deliveries.len());
        case.deliveries.push(delivery.clone());
        if delivery.state == PLANNED {
            self.unfinished.insert(key);
            self.lanes.add(place, &delivery);
        }
    }

    fn happened(&mut self, rows: &Rows, event: &Event, payload: &Payload, notification_id: &str) {
        let Some(key) = CaseKey::of(notification_id) else {
            return;
        };
        let Some(case) = self.touch(rows, notification_id) else {
            return;
        };
        let Some(at) = find(case, notification_id) else {
            return;
        };
        let place: Place = (key, at);
        let before = case.deliveries[at].clone();
        apply(&mut case.deliveries[at], event.time_us, payload);
        let after = case.deliveries[at].clone();
        let unfinished = is_unfinished(case);
        self.lanes.remove(place, &before);
        self.lanes.add(place, &after);
        self.note(key, unfinished);
    }

    fn note(&mut self, key: CaseKey, unfinished: bool) {
        if unfinished {
            self.unfinished.insert(key);
        } else {
            self.unfinished.remove(&key);
        }
    }
}

fn is_unfinished(case: &CaseRow) -> bool {
    case.deliveries
        .iter()
        .any(|d| d.state == PLANNED || d.state == GIVEN_UP)
}

/// Where the delivery with this id stands in its case.
pub(crate) fn find(case: &CaseRow, notification_id: &str) -> Option<usize> {
    case.deliveries
        .iter()
        .position(|delivery| delivery.notification_id == notification_id)
}

/// What an event makes of its delivery.
pub(crate) fn apply(delivery: &mut DeliveryRow, time_us: i64, payload: &Payload) {
    match payload {
        Payload::NotificationAttempted(attempted) => {
            delivery.attempts = attempted.attempt;
            delivery.last_error.clone_from(&attempted.error);
            delivery.next_attempt_at_us = Some(attempted.next_attempt_at_us);
        }
        Payload::NotificationDelivered(delivered) => {
            delivery.attempts = delivered.attempt;
            finish(delivery, DELIVERED, time_us);
        }
        Payload::NotificationGivenUp(given_up) => {
            delivery.attempts = given_up.attempt;
            delivery.last_error.clone_from(&given_up.error);
            finish(delivery, GIVEN_UP, time_us);
        }
        Payload::NotificationRetried(retried) => {
            PLANNED.clone_into(&mut delivery.state);
            delivery.finished_at_us = None;
            delivery.retried_at_us = Some(time_us);
            delivery.retry_request_id.clone_from(&retried.request_id);
            delivery.attempts_before_retry = delivery.attempts;
        }
        _ => {}
    }
}

fn finish(delivery: &mut DeliveryRow, state: &str, time_us: i64) {
    state.clone_into(&mut delivery.state);
    delivery.finished_at_us = Some(time_us);
    delivery.next_attempt_at_us = None;
}

fn route(case: &mut CaseRow, routed: &CaseRouted) {
    case.category.clone_from(&routed.category);
    case.urgency.clone_from(&routed.urgency);
    case.severity.clone_from(&routed.severity);
    case.wide_impact = routed.wide_impact;
    case.department.clone_from(&routed.department);
    case.handler.clone_from(&routed.handler);
    case.rules.clear();
    for reason in &routed.reasons {
        if !case.rules.contains(&reason.rule) {
            case.rules.push(reason.rule.clone());
        }
    }
}

fn delivery(time_us: i64, planned: &NotificationPlanned) -> DeliveryRow {
    let unreachable = planned.means == NO_MEANS;
    DeliveryRow {
        notification_id: planned.notification_id.clone(),
        cause: planned.cause.clone(),
        audience: planned.audience.clone(),
        means: planned.means.clone(),
        recipient: planned.recipient.clone(),
        template: planned.template.clone(),
        locale: planned.locale.clone(),
        department: planned.department.clone(),
        handler: planned.handler.clone(),
        category: planned.category.clone(),
        urgency: planned.urgency.clone(),
        clock: planned.clock.clone(),
        due_at_us: planned.due_at_us,
        state: if unreachable { UNREACHABLE } else { PLANNED }.to_owned(),
        planned_at_us: time_us,
        finished_at_us: unreachable.then_some(time_us),
        ..DeliveryRow::default()
    }
}

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
fn has_email(sealed: &SealedPersonalData) -> bool {
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

fn half(complaint_id: &[u8]) -> u64 {
    complaint_id
        .first_chunk()
        .map_or(0, |half| u64::from_be_bytes(*half))
}
