//! What is kept of the cases of a partition, and how events change it.

mod contact;
mod delivery;
mod facts;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, btree_map::Entry},
};

use redress_store::Rows;
use redress_wire::{
    Payload,
    intake::ComplaintRegistered,
    log::Event,
    notifier::{CaseRow, NotificationPlanned},
    router::CaseRouted,
};

pub(crate) use self::{
    contact::contact,
    delivery::{apply, find},
    facts::{occasion, told_extension, told_plan},
};
use crate::{
    lanes::{Lanes, Place},
    rows::{self, CaseKey},
    words::PLANNED,
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
            cases.note(key, delivery::is_unfinished(&case));
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
        while let Some((key, mut case)) = self.touched.pop_first() {
            facts::forget_what_is_told(&mut case);
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
            Payload::CaseEvent(fact) => {
                if let Some(case) = self.touch(rows, &fact.number) {
                    facts::fold(case, fact);
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
            Payload::NotificationDropped(e) => {
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
                .filter(|sealed| contact::has_email(sealed))
                .cloned(),
            locale: registered.locale.clone(),
            preferred_contact: registered.preferred_contact.clone(),
            channel: registered.channel.clone(),
            kind: registered.kind.clone(),
            product: registered.product.clone(),
            customer_tier: registered.customer_tier.clone(),
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
        let delivery = delivery::planned(event.time_us, planned);
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
        let unfinished = delivery::is_unfinished(case);
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

fn half(complaint_id: &[u8]) -> u64 {
    complaint_id
        .first_chunk()
        .map_or(0, |half| u64::from_be_bytes(*half))
}
